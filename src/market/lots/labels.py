"""What stands on the label of a lot: its code, its GTIN, and the address that its QR code holds."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from stdnum import ean

from market.core.schemas import Code
from market.core.validation import refusal
from market.lots.models import Lot

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}", re.ASCII)


def _label_code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise refusal(
            "lot_code",
            "Mã lô gồm tối đa 20 chữ không dấu, chữ số, dấu chấm, gạch ngang và gạch dưới, bắt đầu bằng chữ hay số.",
            "A lot code has at most 20 letters without marks, digits, dots, dashes and underscores, "
            "and begins with a letter or digit.",
        )
    return text


GTIN_LENGTHS = (8, 12, 13, 14)


def gtin_14(text: str) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits as one of 14; None when it is none (its last digit checks the others)."""
    digits = re.sub(r"[ -]", "", text)
    is_one = digits.isascii() and ean.is_valid(digits) and digits.strip("0") != ""
    return digits.zfill(14) if is_one else None


def right_check_digit(text: str) -> str | None:
    """What the last digit of a GTIN would have to be; None when the text has no digits enough or too many of them."""
    digits = re.sub(r"[ -]", "", text)
    is_long_enough = digits.isascii() and digits.isdigit() and len(digits) in GTIN_LENGTHS and digits.strip("0") != ""
    return str(ean.calc_check_digit(digits[:-1])) if is_long_enough else None


def _known_gtin(text: str) -> str:
    gtin = gtin_14(text)
    if gtin is None and (right := right_check_digit(text)) is not None:
        raise refusal(
            "gtin_check_digit",
            f"Số kiểm tra của GTIN sai: chữ số cuối phải là {right} nếu các chữ số trước đúng.",
            f"The check digit of this GTIN is wrong: the last digit has to be {right} if the others are right.",
        )
    if gtin is None:
        raise refusal(
            "gtin",
            "Không phải GTIN: cần 8, 12, 13 hay 14 chữ số, chữ số cuối là số kiểm tra.",
            "No GTIN: 8, 12, 13 or 14 digits are needed, of which the last checks the others.",
        )
    return gtin


LotCode = Annotated[Code, AfterValidator(_label_code)]
"""The code of a lot, as it may stand in a GS1 label and an address."""

Gtin = Annotated[Code, AfterValidator(_known_gtin), Field(examples=["8938505974194"])]
"""A GTIN; 14 digits in an answer."""


def trace_path(lot: Lot) -> str:
    """Where people read of a lot, under the market's own address."""
    return f"/trace/{lot.id}"


def label_path(lot: Lot) -> str:
    """What the QR code holds, under the market's own address: the GS1 Digital Link where the lot has a GTIN."""
    return f"/01/{lot.gtin}/10/{lot.code}" if lot.gtin else trace_path(lot)
