"""What an organization may be called: nobody looks like somebody else, and a name carries nobody anywhere."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from market.core.schemas import Line
from market.core.validation import refusal
from market.core.values.addresses import holds_address

LOOK_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Scripts with letters that a person takes for Latin ones."""


def _no_address(name: str) -> str:
    """Names stand in mail to strangers: they carry nobody anywhere."""
    if holds_address(name):
        raise refusal(
            "address_in_name",
            "Tên tổ chức không chứa địa chỉ thư hay trang web; hãy ghi địa chỉ vào website hoặc contact.",
            "A name holds no mail or web address; write those into website or contact.",
        )
    return name


def _in_one_script(name: str) -> str:
    """Refuse letters that look like Latin ones beside Latin ones; wide and circled forms become plain.

    Raises:
        PydanticCustomError: with which of its letters.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if plain.isascii():
        return plain
    scripts = {letter: unicodedata.name(letter, "").partition(" ")[0] for letter in plain if letter.isalpha()}
    strange = sorted(letter for letter, script in scripts.items() if script in LOOK_LATIN)
    if strange and "LATIN" in scripts.values():
        raise refusal(
            "mixed_scripts",
            "Tên lẫn chữ cái của bảng chữ khác trông giống chữ Latinh: {letters}.",
            "The name has letters of another script that look like Latin ones: {letters}.",
            letters=", ".join(strange),
        )
    return plain


Name = Annotated[Line, AfterValidator(_in_one_script), AfterValidator(_no_address)]
