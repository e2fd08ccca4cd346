"""Global Location Numbers of GS1: 13 digits that name a party or place, of which the last checks the others."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from stdnum import ean

from market.core.schemas import Code
from market.core.validation import refusal

DIGITS = 13


def gln_of(text: str) -> str | None:
    """A GLN as its 13 digits; None when it is none.

    Spaces and hyphens are set aside, and the identifier (410 to 417) that a label prints before it in brackets.
    """
    digits = re.sub(r"^\(41[0-7]\)|[ -]", "", text.strip())
    is_one = len(digits) == DIGITS and digits.isascii() and ean.is_valid(digits) and digits.strip("0") != ""
    return digits if is_one else None


def _known_gln(text: str) -> str:
    gln = gln_of(text)
    if gln is not None:
        return gln
    digits = re.sub(r"[ -]", "", text)
    if len(digits) == DIGITS and digits.isascii() and digits.isdigit() and digits.strip("0"):
        right = ean.calc_check_digit(digits[:-1])
        raise refusal(
            "gln_check_digit",
            f"Số kiểm tra của GLN sai: chữ số cuối phải là {right} nếu các chữ số trước đúng.",
            f"The check digit of this GLN is wrong: the last digit has to be {right} if the others are right.",
        )
    raise refusal(
        "gln",
        "Không phải GLN: cần 13 chữ số, chữ số cuối là số kiểm tra.",
        "No GLN: 13 digits are needed, of which the last checks the others.",
    )


Gln = Annotated[Code, AfterValidator(_known_gln), Field(examples=["8938505974002"])]
"""A GLN; 13 digits in an answer."""
