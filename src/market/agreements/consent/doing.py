"""What somebody can do with an agreement now: the table of rights, less what could only be refused. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from market.agreements.consent.rights import roles_of, verbs_of
from market.agreements.gate import missing_to_quantify, missing_to_sign, principals, unconfirmed
from market.agreements.models import Agreement, AgreementParty, AgreementProposal
from market.agreements.policy import may_confirm, require_can_sign, speaks_for
from market.agreements.states import NOTHING_DELIVERED, SOMETHING_DELIVERED, TRANSITIONS
from market.core import clock
from market.core.access import Actor
from market.core.errors import MarketError


def doable(actor: Actor, agreement: Agreement) -> list[str]:
    """The verbs that this actor can do now, of an agreement that was read with its marks (or was just drafted)."""
    return [verb for verb in verbs_of(actor, agreement) if verb not in FURTHER or FURTHER[verb](actor, agreement)]


def answerable(actor: Actor, proposal: AgreementProposal) -> list[str]:
    """How this actor can answer a proposal."""
    if proposal.status != "open":
        return []
    own = [id_ for id_ in proposal.asked if actor.is_officer or speaks_for(actor, id_)]
    if not own:
        return ["decline"] if speaks_for(actor, proposal.proposed_by_id) else []
    return (["accept"] if set(own) - set(proposal.accepted) else []) + ["decline"]


def _can_sign(actor: Actor, agreement: Agreement) -> bool:
    try:
        require_can_sign(actor, agreement)
    except MarketError:
        return False
    missing = missing_to_sign(agreement, today=clock.today())
    # A missing date is today.
    if any(one.code != "missing" for one in missing):
        return False
    own = [party for _, party in principals(agreement) if actor.belongs_to(party.organization_id)]
    vouches = roles_of(actor, agreement) & {"officer", "body"}
    # Of no side is only who may say it of the sides.
    return bool(vouches) or not own or any(party.confirmed_at is None for party in own) or agreement.signed_on is None


def _confirmable(actor: Actor, agreement: Agreement) -> list[AgreementParty]:
    waiting = [party for party in agreement.parties if party.confirmed_at is None]
    return [party for party in waiting if may_confirm(actor, agreement, party)]


def _can_contest(actor: Actor, agreement: Agreement) -> bool:
    return any(party.organization_id is not None for party in _confirmable(actor, agreement))


def _can_edit(actor: Actor, agreement: Agreement) -> bool:
    confirmed = [party.organization_id for party in agreement.parties if party.organization_id and party.confirmed_at]
    return agreement.status == "draft" or all(map(actor.belongs_to, confirmed))


def _is_ready(_: Actor, agreement: Agreement) -> bool:
    return not missing_to_quantify(agreement) and not unconfirmed(agreement)


def _nothing_like_it(verb: str) -> Callable[[Actor, Agreement], bool]:
    """Whether nobody has asked for it yet; an officer ends by a mandate what is still being asked for."""

    def can(actor: Actor, agreement: Agreement) -> bool:
        new = all(one.verb != verb for one in agreement.proposals) or (actor.is_officer and verb != "amend")
        return new and _ledger_allows(verb, agreement)

    return can


def _ledger_allows(verb: str, agreement: Agreement) -> bool:
    """Whether what was delivered lets it end so, as `endings` asks the ledger itself."""
    asked, marks = TRANSITIONS[verb].requires, agreement.marks or ()
    if NOTHING_DELIVERED in asked:
        return "delivered" not in marks and "awaited" not in marks
    return SOMETHING_DELIVERED not in asked or "delivered" in marks


FURTHER: Mapping[str, Callable[[Actor, Agreement], bool]] = MappingProxyType(
    {
        "edit": _can_edit,
        "sign": _can_sign,
        "confirm": lambda actor, agreement: bool(_confirmable(actor, agreement)),
        "contest": _can_contest,
        "make-effective": _is_ready,
        "convert": lambda _, agreement: agreement.instrument == "mou" and "converted" not in (agreement.marks or ()),
        **{verb: _nothing_like_it(verb) for verb in ("amend", "close", "lapse", "terminate")},
    }
)
"""What must hold beside the right."""
