from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from stdnum.vn import mst

from market.organizations.tax_codes import PERSONAL_FORMS, LegalForm, normalize_tax_code
from tests.people import SEEN, Client

ORGANIZED: list[LegalForm] = ["cooperative", "cooperative_union", "company", "association", "public_body"]
PERSONAL: list[LegalForm] = sorted(PERSONAL_FORMS)

serials = st.text("0123456789", min_size=7, max_size=7).filter(lambda digits: digits != "0000000")
"""Invented: a serial within province 99, which issues none."""


def made_up(serial: str) -> str | None:
    """A ten-digit code that passes the check; None where no digit does."""
    check = mst.calc_check_digit(f"99{serial}")
    return f"99{serial}{check}" if len(str(check)) == 1 else None


def a_code(start: int = 1) -> str:
    return next(code for number in range(start, start + 20) if (code := made_up(f"{number:07}")))


@given(serials, st.sampled_from(ORGANIZED + PERSONAL))
def test_ten_digits_with_a_right_check_digit_are_a_code_for_every_form(serial: str, form: LegalForm) -> None:
    if code := made_up(serial):
        assert normalize_tax_code(code, form) == code
        assert normalize_tax_code(f" {code[:4]} {code[4:7]}.{code[7:]} ", form) == code


@given(serials, st.integers(1, 9))
def test_a_wrong_check_digit_is_refused(serial: str, off: int) -> None:
    if code := made_up(serial):
        wrong = code[:-1] + str((int(code[-1]) + off) % 10)
        with pytest.raises(PydanticCustomError):
            normalize_tax_code(wrong, "company")


@pytest.mark.parametrize("form", ORGANIZED + PERSONAL)
def test_a_branch_has_three_digits_more(form: LegalForm) -> None:
    code = a_code()
    for typed in (f"{code}-001", f"{code}001", f"{code} 001"):
        assert normalize_tax_code(typed, form) == f"{code}-001"
    with pytest.raises(PydanticCustomError):
        normalize_tax_code(f"{code}-000", form)


@pytest.mark.parametrize("form", PERSONAL)
def test_people_and_households_may_have_their_personal_number(form: LegalForm) -> None:
    assert normalize_tax_code("099 000 000 001", form) == "099000000001"


@pytest.mark.parametrize("form", ORGANIZED)
def test_organizations_may_not(form: LegalForm) -> None:
    with pytest.raises(PydanticCustomError):
        normalize_tax_code("099000000001", form)


@given(st.text(max_size=20), st.sampled_from(ORGANIZED + PERSONAL))
def test_any_text_is_a_code_or_refused(typed: str, form: LegalForm) -> None:
    try:
        stored = normalize_tax_code(typed, form)
    except PydanticCustomError:
        return
    assert normalize_tax_code(stored, form) == stored


def registration(email: str, **organization: Any) -> dict[str, Any]:
    whole = {"name": "HTX Mã Số", "kinds": ["producer"], "legal_form": "cooperative", "province": {"code": "82"}}
    return {
        "organization": {**whole, **organization},
        "user": {"full_name": "Người Thử", "email": email, "password": "mot-cau-du-dai"},
    }


async def test_one_tax_code_has_one_verified_organization(client: Client) -> None:
    code = a_code()
    first = await client.post("/auth/register", registration("mot@thu.example", tax_code=code))
    officer = await client.officer()
    await officer.post(f"/organizations/{first.json()['organization']['id']}/verify", SEEN)
    spaced = f"{code[:5]} {code[5:]}"
    second = await client.post("/auth/register", registration("hai@thu.example", tax_code=spaced))
    branch = await client.post("/auth/register", registration("ba@thu.example", tax_code=f"{code}001"))
    assert first.json()["organization"]["tax_code"] == code
    assert (second.status_code, second.json()["code"]) == (409, "tax-code-taken")
    assert branch.status_code == 201


async def test_a_wrong_code_is_refused_in_both_languages_and_everywhere(client: Client) -> None:
    htx = await client.register()
    path = f"/organizations/{htx.organization['id']}"
    for language, words in (("vi", "Mã số thuế không đúng"), ("en", "Not a tax code")):
        headers = {"Accept-Language": language}
        for answer in (
            await client.post("/auth/register", registration("a@thu.example", tax_code="9900000000"), headers=headers),
            await htx.patch(path, {"tax_code": "9900000000"}, headers=headers),
        ):
            assert answer.status_code == 400
            assert words in answer.json()["errors"][0]["message"]


async def test_another_legal_form_must_suit_the_tax_code(client: Client) -> None:
    household = await client.register(legal_form="household_business", tax_code="099000000002")
    path = f"/organizations/{household.organization['id']}"
    refused = await household.patch(path, {"legal_form": "company"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/tax_code")
    code = a_code(100)
    both = await household.patch(path, {"legal_form": "company", "tax_code": code})
    assert (both.status_code, both.json()["tax_code"]) == (200, code)
    none = await household.patch(path, {"tax_code": None})
    assert (none.status_code, none.json()["tax_code"]) == (200, None)
