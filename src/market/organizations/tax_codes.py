"""Vietnamese tax codes by legal form.

Organizations have 10 digits, their branches 13 (10, a hyphen, 3), both with a check digit (python-stdnum).
Household businesses and individuals use the 12-digit personal identification number since 1 July 2025
(Circular 86/2024/TT-BTC); codes issued to them before have 10 or 13 digits and stay in old papers.
"""

from __future__ import annotations

import re
from typing import Literal, cast

from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.vn import mst

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.core.validation import refusal

LegalForm = Literal[
    "cooperative",
    "cooperative_union",
    "cooperative_group",
    "company",
    "household_business",
    "farm",
    "individual",
    "association",
    "public_body",
]

PERSONAL_FORMS: frozenset[LegalForm] = frozenset({"household_business", "farm", "individual", "cooperative_group"})
HOME_FORMS: frozenset[LegalForm] = frozenset({"household_business", "farm", "individual"})
"""Whose address is where people live."""
PERSONAL_NUMBER = re.compile(r"^\d{12}$")


def is_personal_number(tax_code: str | None) -> bool:
    """Whether a tax code is the personal identification number of somebody."""
    return tax_code is not None and PERSONAL_NUMBER.match(tax_code) is not None


def normalize_tax_code(text: str, legal_form: LegalForm) -> str:
    """A tax code as it is stored: digits, with a hyphen before a branch number.

    Raises:
        PydanticCustomError: the form or the check digit is wrong for this legal form.
    """
    compact = re.sub(r"[\s.]", "", text)
    if legal_form in PERSONAL_FORMS and PERSONAL_NUMBER.match(compact):
        return compact
    try:
        return str(mst.format(mst.validate(compact)))
    except InvalidNumber:
        raise refusal(
            "tax_code",
            "Mã số thuế không đúng: cần 10 hoặc 13 chữ số đúng số kiểm tra, hoặc 12 chữ số với hộ, cá nhân.",
            "Not a tax code: 10 or 13 digits with a right check digit, or 12 for households and individuals.",
        ) from None


def checked_tax_code(text: str, legal_form: str) -> str:
    """As `normalize_tax_code`, where the legal form is known only from the row.

    Raises:
        ValidationFailed: at `/tax_code`.
    """
    try:
        return normalize_tax_code(text, cast("LegalForm", legal_form))
    except PydanticCustomError as error:
        context = error.context or {}
        message = Message(vi=context["vi"], en=context["en"])
        raise ValidationFailed.single("/tax_code", "tax-code", message) from None
