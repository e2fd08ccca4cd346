"""E-mail addresses and telephone numbers as people type them, and as they are kept."""

from __future__ import annotations

import re
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from market.core.schemas import clean_line
from market.core.validation import refusal

EMAIL = re.compile(r"^[^@\s\"(),:;<>\[\\\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+$")


def normalize_phone(text: str) -> str:
    """A telephone number in E.164; numbers without a country code are Vietnamese.

    Raises:
        PydanticCustomError: no such number can exist.
    """
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise refusal("phone", "Số điện thoại không hợp lệ.", "Not a valid telephone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalize_email(text: str) -> str:
    """An e-mail address in lower case.

    Raises:
        PydanticCustomError: it has not the form of an address.
    """
    if not EMAIL.match(text):
        raise refusal("email", "Địa chỉ e-mail không hợp lệ.", "Not a valid e-mail address.")
    return text.lower()


def normalize_identifier(text: str) -> str:
    """What a person signs in with, as it is stored: an address in lower case or a number in E.164.

    Raises:
        PydanticCustomError: neither an address nor a number.
    """
    return normalize_email(text) if "@" in text else normalize_phone(text)


_Contact = StringConstraints(min_length=3, max_length=254)
Phone = Annotated[str, _Contact, AfterValidator(clean_line), AfterValidator(normalize_phone)]
Email = Annotated[str, _Contact, AfterValidator(clean_line), AfterValidator(normalize_email)]


_NUMBER = re.compile(
    r"(?P<tax>\b(?:MST|MSDN|mã số(?: thuế| doanh nghiệp)?)\W*)?(?<![\w+])(?:(?:\+|00)84|0)(?:[\s.\-()]?\d){8,10}(?!\d)",
    re.IGNORECASE,
)
"""May also be a tax code, where it is called so."""
_ADDRESS = re.compile(r"[^@\s,;<>()]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def phone_in(text: str) -> str | None:
    """The first telephone number that stands in a text, in E.164."""
    for found in _NUMBER.finditer(text):
        if found["tax"]:
            continue
        try:
            return normalize_phone(found[0])
        except PydanticCustomError:
            continue
    return None


def without_contacts(text: str, *, instead: str = "") -> str:
    """A text that strangers may read: what it says of telephones and e-mail addresses is replaced."""
    if "@" not in text and not any(map(str.isdigit, text)):
        return text
    bare = _ADDRESS.sub(instead, text)
    bare = _NUMBER.sub(lambda found: instead if phone_in(found[0]) else found[0], bare)
    return text if bare == text else " ".join(bare.split()).strip(" -–:,;()")


def holds_contact(text: str) -> bool:
    """Whether a telephone number or an e-mail address stands in a text."""
    return without_contacts(text) != text
