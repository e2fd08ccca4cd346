from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from market.accounts.contacts import Email, Phone, normalize_identifier

PHONE, EMAIL = TypeAdapter(Phone), TypeAdapter(Email)

SPELLINGS = [
    "0912345678",
    "0912 345 678",
    "0912.345.678",
    "+84912345678",
    "+84 912 345 678",
    "84912345678",
    "0084912345678",
    "(091) 2345678",
    " 0912-345-678 ",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_phone_is_one_number_however_it_is_typed(typed: str) -> None:
    assert PHONE.validate_python(typed) == "+84912345678"
    assert normalize_identifier(typed.strip()) == "+84912345678"


@pytest.mark.parametrize("typed", ["12", "0912", "+1", "không có", "0912345678901234", "+84", "0012345"])
def test_what_cannot_be_called_is_no_phone(typed: str) -> None:
    with pytest.raises(ValidationError):
        PHONE.validate_python(typed)


def test_a_number_of_another_country_stays_of_that_country() -> None:
    assert PHONE.validate_python("+65 6123 4567") == "+6561234567"


@pytest.mark.parametrize("typed", ["Ten.Toi@Thu.Example", "ten.toi@thu.example", "TEN.TOI@THU.EXAMPLE"])
def test_an_address_is_one_in_any_case(typed: str) -> None:
    assert EMAIL.validate_python(typed) == "ten.toi@thu.example"


@pytest.mark.parametrize(
    "typed", ["ten", "ten@", "@thu.example", "a b@thu.example", "a@b", "a@b..vn", "a@-b.vn", "<a@b.vn>"]
)
def test_what_has_not_the_form_of_an_address_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_contact_or_refused(typed: str) -> None:
    for kind in (PHONE, EMAIL):
        try:
            stored = kind.validate_python(typed)
        except ValidationError:
            continue
        assert kind.validate_python(stored) == stored
