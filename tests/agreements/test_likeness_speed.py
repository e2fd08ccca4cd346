"""That what is probably the same is found among thousands, without holding each against each."""

from __future__ import annotations

import time
from datetime import date
from uuid import UUID

from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.agreements.paper.likeness import KnownPapers

NAMES = 3000


def paper(number: int, seller: str, *, value_vnd: int | None = 1000) -> Agreement:
    sides = [AgreementParty(role="seller", name_only=seller), AgreementParty(role="buyer", name_only="Siêu thị Mẫu")]
    for side in sides:
        side.organization = None
    agreement = Agreement(
        id=UUID(int=number), number=f"{number}", event_id=UUID(int=0), signed_on=date(2026, 12, 4), instrument="mou",
        value_vnd=value_vnd,
    )  # fmt: skip
    agreement.parties = sides
    agreement.lines = [AgreementLine(description="Thanh long", quantity=None, unit_code="KGM", per="week")]
    return agreement


def word(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:04d}") + "x"


def test_thousands_who_sign_the_same_with_one_buyer_are_not_held_against_each_other() -> None:
    known = KnownPapers()
    began = time.process_time()
    for number in range(NAMES):
        agreement = paper(number, f"HTX {word(number)} {word(NAMES - number)} {word(number * 3)}")
        assert known.like(agreement) is None
        known.add(agreement)
    seconds = time.process_time() - began

    slipped = paper(NAMES, f"Hợp tác xã {word(7)} {word(NAMES - 7)} {word(21)}x")
    print(f"{NAMES:,} papers of one buyer told apart in {seconds:.2f} s of processor time")
    assert seconds < 5
    found = known.like(slipped)
    assert found is not None
    assert found.id == UUID(int=7)
