from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core.language import Message, preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "vi"),
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("vi;q=0.5, en;q=0.5", "vi"),
        ("fr, de", "vi"),
        ("fr, en;q=0.1", "en"),
        ("en;q=0", "vi"),
        ("en;q=nonsense", "vi"),
        ("EN-us", "en"),
        ("en;q=nan", "vi"),
    ],
)
def test_english_only_where_it_is_asked_for_above_vietnamese(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


@given(st.text())
def test_any_header_gives_a_language(header: str) -> None:
    assert preferred_language(header) in {"vi", "en"}


@given(st.text(), st.sampled_from(["vi", "en"]))
def test_what_people_typed_is_shown_as_typed(typed: str, language: str) -> None:
    message = Message(vi="Không có: {name}.", en="There is no: {name}.")
    assert typed in message.text("vi" if language == "vi" else "en", name=typed)
