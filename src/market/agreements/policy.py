"""Who may do what with an agreement. Pure."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from market.agreements.consent.rights import LOGGING_KINDS, SPEAKING, may_vouch, require_right, roles_of
from market.agreements.gate import party_name, principals
from market.agreements.models import Agreement, AgreementParty
from market.core.access import Actor
from market.core.errors import NotAllowed, ValidationFailed
from market.core.language import Message


class SigningNotVouchedFor(NotAllowed):
    """Everybody sees what is signed, so that nobody may be said to have signed by somebody unknown."""

    code = "signing-not-vouched-for"
    detail = Message(
        vi="Ghi nhận đã ký thay các bên khác cần cán bộ, hoặc đơn vị tổ chức hay cơ quan đã được xác minh; "
        "một bên tự ghi được khi mọi bên bán, bên mua đều là tổ chức ở đây và sẽ xác nhận.",
        en="To record that others signed takes an officer, or a verified organizer or authority; a party may do it "
        "when every seller and buyer is an organization here, who will confirm.",
    )


class NotForThisParty(NotAllowed):
    code = "not-for-this-party"
    detail = Message(
        vi="Chủ hoặc quản lý của {names} tự nói cho mình; cán bộ làm thay khi có giấy ủy quyền (mandate).",
        en="Owners and managers of {names} say so themselves; an officer does with a mandate.",
    )


class NotTheReceiver(NotAllowed):
    code = "not-the-receiver"
    detail = Message(
        vi="Bên nhận hàng ({names}) xác nhận hoặc khiếu nại lần giao; bên giao chờ, hoặc ghi đảo khi ghi sai.",
        en="The receiving side ({names}) confirms or disputes a delivery; who delivers waits, or reverses.",
    )


class NotYourEntry(NotAllowed):
    code = "not-your-entry"
    detail = Message(
        vi="Tổ chức đã ghi lần giao này ghi đảo nó; khi chưa được tính, bên nhận có thể khiếu nại hoặc ghi đảo.",
        en="Whoever recorded this delivery reverses it; until it counts, the receiver may dispute or reverse it.",
    )


class NotYoursToLog(NotAllowed):
    code = "not-yours-to-log"
    detail = Message(
        vi="Ghi văn bản của bên khác dành cho cán bộ, đơn vị tổ chức và cơ quan đã được cấp quyền; tổ chức khác ghi "
        "văn bản mà mình là một bên.",
        en="Officers, and organizers and authorities that were granted to be so, log papers of others; any other "
        "organization logs papers that name it as a party.",
    )


class MandateMissing(ValidationFailed):
    """An officer speaks for somebody only by a mandate that can be named."""


MANDATE_MISSING = Message(
    vi="Cán bộ làm thay một bên phải nêu giấy ủy quyền (mandate).",
    en="An officer who acts for a party names the mandate.",
)


def is_insider(actor: Actor, agreement: Agreement) -> bool:
    """Parties, whoever logged it, and officers: they see value, prices and contacts."""
    return roles_of(actor, agreement) != {"stranger"}


def require_insider(actor: Actor, agreement: Agreement) -> None:
    """Read all of it.

    Raises:
        NotAllowed: neither a party, nor who logged it, nor an officer.
    """
    if not is_insider(actor, agreement):
        raise NotAllowed


def require_can_sign(actor: Actor, agreement: Agreement) -> None:
    """Officers, and verified organizers and authorities, say that others signed; a principal signs for itself alone.

    Raises:
        NotAllowed: not by the table of rights.
        IllegalTransition: not a draft.
        SigningNotVouchedFor: an insider whom nobody has verified, and a side could not contradict.
    """
    require_right(actor, agreement, "sign")
    if actor.is_officer or "body" in roles_of(actor, agreement):
        return
    if actor.belongs_to(agreement.logged_by_id) and agreement.logged_by and may_vouch(agreement.logged_by):
        return
    bound = [party for _, party in principals(agreement)]
    of_a_side = any(actor.belongs_to(party.organization_id) for party in bound)
    if not of_a_side or any(party.organization_id is None for party in bound):
        raise SigningNotVouchedFor


def speaks_for(actor: Actor, organization_id: UUID | None) -> bool:
    """Owners and managers, for their own organization."""
    return organization_id is not None and actor.role_in(organization_id) in SPEAKING


def require_mandate(actor: Actor, mandate: str | None) -> None:
    """Ask an officer by what mandate it speaks for others; the system follows rules of its own.

    Raises:
        MandateMissing: none was named.
    """
    if actor.is_officer and not actor.is_system and not mandate:
        raise MandateMissing.single("/mandate", "mandate-missing", MANDATE_MISSING)


def require_can_log(actor: Actor, party_ids: Collection[UUID]) -> None:
    """Officers, organizers and authorities log what others sign; an organization logs what it is a party of.

    Raises:
        NotYoursToLog: otherwise.
    """
    if actor.is_officer:
        return
    own = actor.membership
    if own is None or not (own.kinds & LOGGING_KINDS or own.organization_id in party_ids):
        raise NotYoursToLog


def _known(agreement: Agreement, role: str) -> frozenset[UUID]:
    ids = (party.organization_id for party in agreement.parties if party.role == role)
    return frozenset(id_ for id_ in ids if id_ is not None)


def receivers(agreement: Agreement) -> frozenset[UUID]:
    """The organizations here that goods come to: buyers, unless they sell on the same paper.

    Where nobody sells or buys, each principal receives what the others bring.
    """
    roles = {party.role for _, party in principals(agreement)}
    if roles & {"seller", "buyer"}:
        return _known(agreement, "buyer") - _known(agreement, "seller")
    return frozenset(party.organization_id for _, party in principals(agreement) if party.organization_id)


def may_receive(actor: Actor, agreement: Agreement, *, recorded_by: UUID | None = None) -> bool:
    """Whether the actor may confirm or dispute a delivery: of the receiving side, and not by its own record alone.

    Officers may for any; who logged the paper may where no receiver is here, unless it is the one that sells.
    """
    if actor.is_officer:
        return True
    known = receivers(agreement)
    if known:
        own = {organization for organization in known if actor.belongs_to(organization)}
        return bool(own if _known(agreement, "buyer") else own - {recorded_by})
    logger = agreement.logged_by_id
    return actor.belongs_to(logger) and logger not in _known(agreement, "seller")


def require_can_receive(actor: Actor, agreement: Agreement, *, recorded_by: UUID | None = None) -> None:
    """Confirm or dispute a delivery.

    Raises:
        NotTheReceiver: see `may_receive`; says who is.
    """
    if not may_receive(actor, agreement, recorded_by=recorded_by):
        known = receivers(agreement) - ({recorded_by} if recorded_by else set())
        names = [party_name(party) for party in agreement.parties if party.organization_id in known]
        nameless = [party_name(party) for party in agreement.parties if party.role == "buyer"]
        raise NotTheReceiver(names=", ".join(dict.fromkeys(names or nameless)))


def require_can_take_back(actor: Actor, agreement: Agreement, *, recorded_by: UUID | None, counts: bool) -> None:
    """An entry is taken back by who recorded it; one that does not count yet by the receiver too; by officers any.

    Raises:
        NotYourEntry: it is somebody else's.
    """
    if actor.is_officer or actor.belongs_to(recorded_by):
        return
    if counts or not may_receive(actor, agreement, recorded_by=recorded_by):
        raise NotYourEntry


def may_confirm(actor: Actor, agreement: Agreement, party: AgreementParty) -> bool:
    """Owners and managers for their own organization, who logged it for those known only by name, officers for any."""
    if actor.is_officer:
        return True
    if party.organization_id is not None:
        return speaks_for(actor, party.organization_id)
    return actor.belongs_to(agreement.logged_by_id)
