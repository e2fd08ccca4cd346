"""The table of news: every kind says what happened and what to do next, in both languages."""

from __future__ import annotations

import string
from dataclasses import MISSING, fields
from typing import Any

import pytest

from market.core.ids import new_id
from market.core.language import Message
from market.notifications.kinds import Kind, OfPaper, Payload
from market.notifications.news import news_of
from market.notifications.table import NOTICES, notice_of

COMMON = {field.name for field in fields(Payload)}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def filled_in(kind: Kind, **more: Any) -> Payload:
    """A payload of the kind with something in each of its own fields."""
    needed = {
        field.name: f"<{field.name}>"
        for field in fields(NOTICES[kind].payload)
        if field.name not in COMMON and field.default is MISSING
    }
    return NOTICES[kind].payload(id=new_id(), version=3, **{**needed, **more})


def test_every_kind_has_a_row() -> None:
    assert set(NOTICES) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_words_name_only_what_the_payload_holds_and_the_same_in_both_languages(kind: Kind) -> None:
    notice = NOTICES[kind]
    held = {field.name for field in fields(notice.payload)} - COMMON
    for text in (notice.text, *notice.variants.values()):
        assert places(text.vi) == places(text.en) <= held
        assert text.vi != text.en
    for fixed in (notice.subject, notice.next):
        assert fixed.vi
        assert fixed.en
        assert places(fixed.vi) | places(fixed.en) == set()


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_told_in_each_of_its_wordings(kind: Kind) -> None:
    for variant in ("", *NOTICES[kind].variants):
        news = news_of(kind, filled_in(kind, variant=variant))
        assert (news.kind, news.entity) == (kind, NOTICES[kind].about)
        assert "{" not in news.text.vi + news.text.en


def test_what_is_told_of_one_version_is_one_thing_unless_it_names_itself() -> None:
    first = filled_in(Kind.PAPER_SIGNED)
    assert news_of(Kind.PAPER_SIGNED, first).key == f"paper_signed:{first.id}@3"
    named = filled_in(Kind.DELIVERY_LOGGED, key="delivery:1")
    assert news_of(Kind.DELIVERY_LOGGED, named).key == "delivery:1"


def test_the_payload_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError):
        news_of(Kind.QUOTE_DECLINED, OfPaper(id=new_id(), version=1, paper="HĐ 01", by="HTX"))


def test_words_of_ours_come_in_the_language_of_the_reader() -> None:
    news = news_of(Kind.PAPER_ENDED, filled_in(Kind.PAPER_ENDED, reason=Message(vi="giá", en="price")))
    assert (news.text.vi.endswith("Lý do: giá."), news.text.en.endswith("Reason: price.")) == (True, True)


def test_news_of_a_kind_that_is_no_more_can_still_be_read() -> None:
    assert notice_of("long_ago").next.vi
