"""What somebody can do with an agreement now: the table of rights, less what could only be refused. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from market.agreements.consent.rights import roles_of, verbs_of
from market.agreements.gate import missing_to_quantify, missing_to_sign, principals, unconfirmed
from market.agreements.models import Agreement, AgreementParty, AgreementProposal
from market.agreements.policy import may_confirm, require_can_sign, speaks_for
from market.core import clock
from market.core.access import Actor
from market.core.errors import MarketError


def doable(actor: Actor, agreement: Agreement) -> list[str]:
    """The verbs that this actor can do now; what the ledger of deliveries has to allow beside stays in."""
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
    return bool(vouches) or any(party.confirmed_at is None for party in own) or agreement.signed_on is None


def _confirmable(actor: Actor, agreement: Agreement) -> list[AgreementParty]:
    waiting = [party for party in agreement.parties if party.confirmed_at is None]
    return [party for party in waiting if may_confirm(actor, agreement, party)]


def _can_contest(actor: Actor, agreement: Agreement) -> bool:
    waiting = [party for party in _confirmable(actor, agreement) if party.contested_at is None]
    return any(party.organization_id is not None for party in waiting)


def _can_edit(actor: Actor, agreement: Agreement) -> bool:
    confirmed = [party.organization_id for party in agreement.parties if party.organization_id and party.confirmed_at]
    return agreement.status == "draft" or all(map(actor.belongs_to, confirmed))


def _is_ready(_: Actor, agreement: Agreement) -> bool:
    return not missing_to_quantify(agreement) and not unconfirmed(agreement)


def _nothing_like_it(verb: str) -> Callable[[Actor, Agreement], bool]:
    return lambda _, agreement: all(one.verb != verb for one in agreement.proposals)


FURTHER: Mapping[str, Callable[[Actor, Agreement], bool]] = MappingProxyType(
    {
        "edit": _can_edit,
        "sign": _can_sign,
        "confirm": lambda actor, agreement: bool(_confirmable(actor, agreement)),
        "contest": _can_contest,
        "make-effective": _is_ready,
        "convert": lambda _, agreement: agreement.instrument == "mou",
        **{verb: _nothing_like_it(verb) for verb in ("amend", "close", "lapse", "terminate")},
    }
)
"""What must hold beside the right, as far as the paper itself says it."""
