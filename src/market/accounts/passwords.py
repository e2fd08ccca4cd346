"""Passwords that anybody would try first, and are therefore refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from market.core.validation import refusal

LIST = Path(__file__).with_name("common_passwords.txt")
FEWEST_CHARACTERS = 10
FEWEST_DIFFERENT = 5
LEETSPEAK = str.maketrans("013457$", "oleasts")


@cache
def _common() -> frozenset[str]:
    words = LIST.read_text(encoding="utf-8").split()
    return frozenset(words) | {word.translate(LEETSPEAK) for word in words}


def refuse_common(password: str) -> str:
    """The password, when it is none of the common ones.

    Raises:
        PydanticCustomError: it stands in the list, in any case and with or without marks, or repeats a few characters.
    """
    plain = _plain(password)
    if len(set(plain)) < FEWEST_DIFFERENT or plain in _common() or plain.translate(LEETSPEAK) in _common():
        raise refusal(
            "common_password",
            "Mật khẩu này quá phổ biến, ai cũng đoán được; hãy dùng một câu dài của riêng bạn.",
            "This password is too common to be safe; use a long sentence of your own.",
        )
    return password


def names_its_owner(password: str, owners: Iterable[str | None]) -> bool:
    """Whether the password is no more than the name, address or number of whom it protects."""
    plain = _plain(password)
    return any(plain == _plain(part) for owner in owners if owner for part in (owner, owner.partition("@")[0]))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn" and not c.isspace())
