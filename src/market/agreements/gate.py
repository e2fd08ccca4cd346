"""What is missing before an agreement may be signed, or may count: each thing at its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from market.accounts.contacts import without_contacts
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.core.errors import Conflict, FieldError
from market.core.language import Message

TRADING = ("seller", "buyer")
UNNAMED = "Chưa rõ tên"
"""The name of a party of which only a telephone or tax code is known; a person says later who it is."""
NOBODY_NAMED = Message(
    vi="Chưa bên nào có tên: hãy gắn tổ chức hoặc ghi tên của bên này.",
    en="No party has a name: say which organization this is, or its name.",
)
NO_LINES = Message(vi="Chưa có dòng hàng nào.", en="There are no lines yet.")
LINE_QUESTIONS = (
    ("concept", "concept_id", Message(vi="Chưa rõ mặt hàng.", en="What the goods are is not said.")),
    ("quantity", "quantity", Message(vi="Chưa có số lượng.", en="There is no quantity.")),
    ("unit", "unit_code", Message(vi="Chưa có đơn vị.", en="There is no unit.")),
    ("period_from", "period_from", Message(vi="Chưa có ngày bắt đầu.", en="There is no first day.")),
    ("period_until", "period_until", Message(vi="Chưa có ngày kết thúc.", en="There is no last day.")),
    ("delivery_plan", "delivery_plan", Message(vi="Chưa có kế hoạch giao.", en="There is no delivery plan.")),
)
NO_RESPONSIBLE = Message(
    vi="{name} cần ghi người phụ trách thực hiện.", en="{name} has to name a person responsible for carrying it out."
)
NOT_CONFIRMED = Message(
    vi="{name} chưa xác nhận nội dung này: chủ hay quản lý của bên đó xác nhận (confirm).",
    en="{name} has not confirmed this content: an owner or manager of that party confirms it (confirm).",
)
NOT_MADE = Message(
    vi="Không thiếu gì; một bên, bên lập văn bản hay cán bộ cho có hiệu lực: make-effective.",
    en="Nothing is missing; a party, its logger or an officer lets it count: make-effective.",
)
NO_SIDES = Message(vi="Cần ít nhất một bên bán và một bên mua.", en="At least one seller and one buyer are needed.")
NO_PARTIES = Message(vi="Cần ít nhất hai bên ký.", en="At least two parties are needed.")
NO_DATE = Message(vi="Chưa có ngày ký.", en="There is no signing date.")
FUTURE_DATE = Message(vi="Ngày ký ở tương lai.", en="The signing date is in the future.")


class RequirementsMissing(Conflict):
    """The transition fits the state, but something it requires is not there; `errors` lists all of it."""

    code = "requirements-missing"
    detail = Message(
        vi="Chưa đủ điều kiện: còn {count} điểm, xem errors.", en="Not ready: {count} things are missing, see errors."
    )


def require_nothing_missing(missing: Sequence[FieldError]) -> None:
    """Refuse with everything that is missing at once.

    Raises:
        RequirementsMissing: there is something.
    """
    if missing:
        raise RequirementsMissing(errors=missing, count=len(missing))


def principals_of(parties: Sequence[Any]) -> list[tuple[int, Any]]:
    """Who is bound, with their places: sellers and buyers; where there are none, the authorities."""
    placed = list(enumerate(parties))
    trading = [(place, party) for place, party in placed if party.role in TRADING]
    return trading or [(place, party) for place, party in placed if party.role == "authority"]


def principals(agreement: Agreement) -> list[tuple[int, AgreementParty]]:
    """As `principals_of`, of an agreement."""
    return principals_of(agreement.parties)


def sides_of(parties: Sequence[Any]) -> list[list[tuple[int, Any]]]:
    """The principals by side: all sellers, all buyers; authorities each for themselves."""
    bound = principals_of(parties)
    if bound and bound[0][1].role == "authority":
        return [[one] for one in bound]
    by_role = [[(place, party) for place, party in bound if party.role == role] for role in TRADING]
    return [side for side in by_role if side]


def missing_to_sign(agreement: Agreement, *, today: date) -> list[FieldError]:
    """Both sides and a signing date that has come."""
    missing: list[FieldError] = []
    roles = {party.role for party in agreement.parties}
    if agreement.domain == "trade" and not {"seller", "buyer"} <= roles:
        missing.append(FieldError("/parties", "sides-missing", NO_SIDES))
    elif len([party for party in agreement.parties if party.role != "witness"]) < 2:
        missing.append(FieldError("/parties", "parties-missing", NO_PARTIES))
    bound = principals(agreement)
    if bound and all(is_unnamed(party) for _, party in bound):
        missing.extend(FieldError(f"/parties/{place}/name", "nobody-named", NOBODY_NAMED) for place, _ in bound)
    if agreement.signed_on is None:
        missing.append(FieldError("/signed_on", "missing", NO_DATE))
    elif agreement.signed_on > today:
        missing.append(FieldError("/signed_on", "in-the-future", FUTURE_DATE))
    return missing


def _asked_of(line: AgreementLine, place: int) -> Iterator[FieldError]:
    for name, column, message in LINE_QUESTIONS:
        if getattr(line, column) is None:
            yield FieldError(f"/lines/{place}/{name}", "missing", message)


def missing_to_quantify(agreement: Agreement) -> list[FieldError]:
    """What the quantification gate asks for: all of it for every line, and a responsible person on each side."""
    missing = [] if agreement.lines else [FieldError("/lines", "missing", NO_LINES)]
    for place, line in enumerate(agreement.lines):
        missing.extend(_asked_of(line, place))
    for side in sides_of(agreement.parties):
        if all(party.responsible_name is None for _, party in side):
            who = " / ".join(party_name(party) for _, party in side)
            missing.append(FieldError(f"/parties/{side[0][0]}/responsible", "missing", NO_RESPONSIBLE, {"name": who}))
    return missing


def unconfirmed(agreement: Agreement) -> list[FieldError]:
    """The principals who have not confirmed the content as it stands."""
    return [
        FieldError(f"/parties/{place}/confirmed_at", "not-confirmed", NOT_CONFIRMED, {"name": party_name(party)})
        for place, party in principals(agreement)
        if party.confirmed_at is None
    ]


def missing_to_count(agreement: Agreement) -> list[FieldError]:
    """All that a draft or signed paper lacks to be in force, and whose step it is; nothing once it is."""
    if agreement.status not in ("draft", "signed"):
        return []
    missing = [*missing_to_quantify(agreement), *unconfirmed(agreement)]
    if agreement.status == "signed" and not missing:
        missing = [FieldError("/status", "not-made-effective", NOT_MADE)]
    return missing


def party_name(party: AgreementParty) -> str:
    """The party's name, known here or not; never how to reach somebody, which older papers were kept under."""
    return party.organization.name if party.organization else public_name(party.name_only or "")


def public_name(name: str) -> str:
    """A name as everybody may read it."""
    return without_contacts(name) or UNNAMED


def is_unnamed(party: AgreementParty) -> bool:
    """Whether nobody knows who it is: neither an organization here nor a name."""
    return party.organization_id is None and public_name(party.name_only or "").startswith(UNNAMED)
