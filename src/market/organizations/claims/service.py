"""Verbs of claims: make, withdraw; verify, reject, suspend; and what falls when an identity changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import Change, record_change, record_changes
from market.core.language import Message
from market.core.states import require_transition
from market.organizations.claims import policy
from market.organizations.claims.models import Claim, Subject
from market.organizations.claims.queries import living_claims, was_refused
from market.organizations.claims.schemas import ClaimCreate, ClaimVerification
from market.organizations.claims.states import CLAIM_TRANSITIONS, DECIDED, GRANTED_KINDS
from market.organizations.models import Organization
from market.organizations.policy import GlnTaken, TaxCodeTaken
from market.organizations.tax_codes import checked_tax_code

Dependent = Callable[[AsyncSession, Actor, Organization], Awaitable[None]]
"""Suspends what rooms above let stand on an organization's identity (its certificates)."""

IDENTITY = ("name", "tax_code", "legal_form", "province_code", "province_version")
"""Columns that say who an organization is."""

RECORDED = "Cán bộ ghi nhận khi lập hồ sơ tổ chức"
CHANGED = Message(vi="Thông tin định danh của tổ chức đã thay đổi", en="What identifies the organization has changed")
FELL = Message(
    vi="Định danh của tổ chức không còn được xác minh", en="The organization's identity is not verified any more"
)
DISPUTED = Message(vi="Mã số thuế đã được trao cho tổ chức khác", en="Its tax code was given to another organization")
TERM_OVER = Message(vi="Hết thời hạn xác minh", en="The term of the verification is over")


def identity_of(organization: Organization) -> dict[str, str | None]:
    """Who an organization says it is; a person's own number and home stay with the organization's row."""
    personal = Organization.personal_columns(vars(organization))
    return {name: None if name in personal else getattr(organization, name) for name in IDENTITY}


def _claim(
    actor: Actor,
    organization: Organization,
    subject: Subject,
    *,
    kind: str | None = None,
    evidence: str | None = None,
) -> Claim:
    return Claim(
        organization_id=organization.id,
        subject=subject,
        kind=kind,
        statement=identity_of(organization) if subject == "identity" else {},
        evidence=evidence,
        status="open",
        claimed_by=actor.user_id,
    )


async def open_claims(
    session: AsyncSession, actor: Actor, organization: Organization, *, kinds: Collection[str], granted: bool
) -> list[Claim]:
    """What a new organization says of itself.

    Args:
        granted: an officer records it, and grants the kinds by that.
    """
    # An officer who records an organization claims nothing, and may decide on what it is.
    owner = replace(actor, user_id=None) if granted else actor
    claims = [_claim(owner, organization, "identity")]
    for kind in sorted(kinds):
        claim = _claim(owner, organization, "kind", kind=kind)
        if granted and kind in GRANTED_KINDS:
            claim.status, claim.decision_note = "verified", RECORDED
            claim.decided_by, claim.decided_at = actor.user_id, clock.now()
            claim.valid_until = policy.last_day(None, today=clock.today())
        claims.append(claim)
    await record_changes(session, actor, claims, verb="create")
    return claims


def held_at_once(kinds: Collection[str], *, granted: bool) -> tuple[list[str], list[str]]:
    """Of the kinds that a new organization claims, those it holds and those it only asks for."""
    held = [kind for kind in sorted(set(kinds)) if granted or kind not in GRANTED_KINDS]
    return held, [kind for kind in sorted(set(kinds)) if kind not in held]


async def identity_claim(session: AsyncSession, actor: Actor, organization: Organization) -> Claim:
    """What the organization says of its identity, to be decided on (again). The organization must be locked."""
    living = await living_claims(session, organization.id, subject="identity")
    claim = living[0] if living else _claim(actor, organization, "identity")
    if not living:
        claim.claimed_by = None
    if claim.status == "verified":
        claim.status = "open"
    await record_change(session, actor, claim, verb="edit" if living else "create")
    return claim


async def make_claim(session: AsyncSession, actor: Actor, organization: Organization, claim_in: ClaimCreate) -> Claim:
    """Say something of one's own organization, which must be locked.

    Raises:
        AlreadyClaimed: it is claimed already and was not rejected.
        NothingToDispute: nobody verified has the tax code.
        ValidationFailed: the tax code is none.
    """
    for other in await living_claims(session, organization.id, subject=claim_in.subject):
        settled = other.subject == "tax_code" and other.status == "verified"
        if other.kind == claim_in.kind and not settled:
            raise policy.AlreadyClaimed(status=other.status)
    claim = _claim(actor, organization, claim_in.subject, kind=claim_in.kind, evidence=claim_in.evidence)
    claim.reason = claim_in.reason
    if claim_in.tax_code is not None:
        claim.statement = {"tax_code": checked_tax_code(claim_in.tax_code, organization.legal_form)}
        if await holder_of(session, claim.statement["tax_code"], besides=organization) is None:
            raise policy.NothingToDispute
    await record_change(session, actor, claim, verb="create")
    if claim.kind is not None:
        await _hold_or_ask(session, organization, [claim.kind])
        await record_change(session, actor, organization, verb="claim")
    return claim


async def _hold_or_ask(session: AsyncSession, organization: Organization, kinds: Collection[str]) -> None:
    """What nobody has to grant is held while it is claimed, unless an officer has rejected it before."""
    held, asked = set(organization.kinds), set(organization.asked_kinds)
    for kind in kinds:
        must_wait = kind in GRANTED_KINDS or await was_refused(session, organization.id, kind)
        (asked if must_wait else held).add(kind)
    organization.kinds, organization.asked_kinds = sorted(held), sorted(asked)


@dataclass(frozen=True, slots=True)
class ChangedKinds:
    """Which kinds an organization says it is no more, and which it says it is now."""

    dropped: Sequence[Claim]
    new: Sequence[str]


async def change_kinds(session: AsyncSession, organization: Organization, kinds: Collection[str]) -> ChangedKinds:
    """From now on the organization says it is of these kinds. Only its row is changed; `record_kinds` does the rest."""
    known = {claim.kind: claim for claim in await living_claims(session, organization.id, subject="kind")}
    new = sorted(set(kinds) - known.keys())
    organization.kinds = sorted(set(organization.kinds) & set(kinds))
    organization.asked_kinds = sorted(set(organization.asked_kinds) & set(kinds))
    await _hold_or_ask(session, organization, new)
    return ChangedKinds([claim for kind, claim in known.items() if kind not in kinds], new)


async def record_kinds(session: AsyncSession, actor: Actor, organization: Organization, changed: ChangedKinds) -> None:
    """Withdraw and make the claims of `change_kinds`, once the organization's row was recorded."""
    for claim in changed.dropped:
        claim.status = "withdrawn"
    await record_changes(session, actor, changed.dropped, verb="withdraw")
    new = [_claim(actor, organization, "kind", kind=kind) for kind in changed.new]
    await record_changes(session, actor, new, verb="create")


async def verify_claim(
    session: AsyncSession, actor: Actor, claim: Claim, verification: ClaimVerification, *, organization: Organization
) -> Claim:
    """A second person has looked at the evidence. Both rows must be locked.

    Raises:
        NotAllowed, OwnClaim: not an officer of elsewhere.
        IllegalTransition: it was decided.
        TaxCodeTaken, GlnTaken: a verified organization has the tax code or GLN of this identity.
        ValidationFailed: its term is over or too long.
    """
    policy.require_can_decide(actor, claim)
    if claim.subject == "identity":
        await require_free_tax_code(session, organization.tax_code, besides=organization)
        await require_free_gln(session, organization.gln, besides=organization)
    _decide(actor, claim, "verify", note=verification.note)
    claim.evidence = verification.seen or claim.evidence
    claim.valid_until = policy.last_day(verification.valid_until, today=clock.today())
    await record_change(session, actor, claim, verb="verify")
    if claim.subject == "identity":
        organization.verification, organization.verified_at = "verified", clock.now()
        organization.verified_by, organization.verification_note = actor.user_id, verification.note
    elif claim.kind is not None:
        organization.kinds = sorted({*organization.kinds, claim.kind})
        organization.asked_kinds = sorted(set(organization.asked_kinds) - {claim.kind})
    await record_change(session, actor, organization, verb="verify" if claim.subject == "identity" else "claim")
    return claim


async def refuse_claim(
    session: AsyncSession,
    actor: Actor,
    claim: Claim,
    verb: str,
    *,
    organization: Organization,
    note: str | None,
    dependents: Sequence[Dependent] = (),
) -> Claim:
    """Reject or suspend a claim; what stood on it falls with it. Both rows must be locked.

    Raises:
        NotAllowed, OwnClaim: not an officer of elsewhere.
        IllegalTransition: not out of its state.
    """
    policy.require_can_decide(actor, claim)
    _decide(actor, claim, verb, note=note)
    await record_change(session, actor, claim, verb=verb)
    if claim.subject == "identity":
        standing = await unsettle(session, organization)
        organization.verification = "rejected" if verb == "reject" else "unverified"
        organization.verified_by, organization.verification_note = actor.user_id, note
        await record_change(session, actor, organization, verb="verify")
        await record_fall(session, actor, organization, standing, reason=FELL, dependents=dependents)
    elif claim.kind is not None:
        waiting = {claim.kind} if verb == "suspend" else set()
        organization.asked_kinds = sorted(set(organization.asked_kinds) - {claim.kind} | waiting)
        organization.kinds = sorted(set(organization.kinds) - {claim.kind})
        await record_change(session, actor, organization, verb="claim")
    return claim


def _decide(actor: Actor, claim: Claim, verb: str, *, note: str | None) -> None:
    require_transition(CLAIM_TRANSITIONS, verb, state=claim.status)
    claim.status = DECIDED[verb]
    claim.decided_by, claim.decided_at, claim.decision_note = actor.user_id, clock.now(), note


async def settle_tax_code(
    session: AsyncSession,
    actor: Actor,
    claim: Claim,
    verification: ClaimVerification,
    *,
    organization: Organization,
    dependents: Sequence[Dependent] = (),
) -> Claim:
    """An officer gives a disputed tax code to who claims it: who had it loses it, and what stood on it.

    Raises:
        NotAllowed, OwnClaim: not an officer outside both organizations.
        IllegalTransition: it was decided.
    """
    policy.require_can_decide(actor, claim)
    tax_code = claim.statement["tax_code"]
    holder = await holder_of(session, tax_code, besides=organization)
    if holder is not None:
        if actor.belongs_to(holder.id):
            raise policy.OwnClaim
        holder.tax_code = None
        standing = await unsettle(session, holder)
        await record_change(session, actor, holder, verb="lose_tax_code")
        await record_fall(session, actor, holder, standing, reason=DISPUTED, dependents=dependents)
    _decide(actor, claim, "verify", note=verification.note)
    claim.evidence = verification.seen or claim.evidence
    await record_change(session, actor, claim, verb="verify")
    if organization.tax_code != tax_code:
        organization.tax_code = tax_code
        standing = await unsettle(session, organization)
        await record_change(session, actor, organization, verb="claim")
        await record_fall(session, actor, organization, standing, reason=CHANGED, dependents=dependents)
    return claim


async def unsettle(session: AsyncSession, organization: Organization) -> list[Claim]:
    """Nobody knows (any more) who the organization is: nothing that stood on it stands.

    Only its row is changed; what stood is returned for `record_fall`, once the row was recorded.
    """
    standing = [
        claim
        for claim in await living_claims(session, organization.id)
        if claim.subject == "identity" or (claim.status == "verified" and claim.kind in organization.kinds)
    ]
    lost = {claim.kind for claim in standing if claim.kind in GRANTED_KINDS and claim.kind is not None}
    organization.kinds = sorted(set(organization.kinds) - lost)
    organization.asked_kinds = sorted(set(organization.asked_kinds) | lost)
    organization.verification, organization.verified_at, organization.verified_by = "unverified", None, None
    return standing


async def record_fall(
    session: AsyncSession,
    actor: Actor,
    organization: Organization,
    standing: Sequence[Claim],
    *,
    reason: Message = CHANGED,
    dependents: Sequence[Dependent] = (),
) -> None:
    """Suspend what stood on an identity, here and in the rooms above."""
    suspended = [claim for claim in standing if claim.status == "verified"]
    for claim in suspended:
        # What nobody has to grant is as it was before anybody looked.
        lost = claim.subject == "identity" or claim.kind in GRANTED_KINDS
        claim.status, claim.decision_note = ("suspended" if lost else "open"), reason.vi
        claim.statement = identity_of(organization) if claim.subject == "identity" else claim.statement
    await record_changes(session, actor, suspended, verb="suspend")
    for suspend in dependents:
        await suspend(session, actor, organization)


async def restate_identity(
    session: AsyncSession, actor: Actor, organization: Organization, standing: Sequence[Claim]
) -> None:
    """An officer looks at the new identity: the claim that waits says it, and one that was rejected is made again."""
    waiting = [claim for claim in standing if claim.subject == "identity" and claim.status != "verified"]
    if not any(claim.subject == "identity" for claim in standing):
        await record_change(session, actor, _claim(actor, organization, "identity"), verb="create")
    for claim in waiting:
        claim.statement = identity_of(organization)
    await record_changes(session, actor, waiting, verb="edit")


async def holder_of(session: AsyncSession, tax_code: str, *, besides: Organization | None) -> Organization | None:
    """The verified organization that has a tax code, locked."""
    rows = select(Organization).where(Organization.tax_code == tax_code, Organization.verification == "verified")
    if besides is not None:
        rows = rows.where(Organization.id != besides.id)
    return await session.scalar(rows.with_for_update())


async def require_free_tax_code(session: AsyncSession, tax_code: str | None, *, besides: Organization | None) -> None:
    """Refuse a tax code that a verified organization has.

    Raises:
        TaxCodeTaken
    """
    if tax_code is not None and await holder_of(session, tax_code, besides=besides) is not None:
        raise TaxCodeTaken


async def require_free_gln(session: AsyncSession, gln: str | None, *, besides: Organization | None) -> None:
    """Refuse a GLN that another verified organization has.

    Raises:
        GlnTaken
    """
    if gln is None:
        return
    rows = select(Organization.id).where(Organization.gln == gln, Organization.verification == "verified")
    if besides is not None:
        rows = rows.where(Organization.id != besides.id)
    if await session.scalar(rows.with_for_update()) is not None:
        raise GlnTaken


async def remind_of_terms(session: AsyncSession, *, today: date) -> int:
    """Note once of each verification that its term is about to end, so that its organization is told.

    Returns how many there were.
    """
    told = aliased(Change)
    rows = (
        select(Claim)
        .where(Claim.status == "verified", Claim.valid_until.between(today, today + policy.REMINDED_BEFORE))
        .where(~_reminded_since(told))
        .order_by(Claim.organization_id)
    )
    ending = list(await session.scalars(rows.with_for_update(skip_locked=True)))
    await record_changes(session, SYSTEM, ending, verb="remind")
    return len(ending)


def _reminded_since(told: type[Change]) -> ColumnElement[bool]:
    """Whether the organization was told since somebody verified it last."""
    return (
        select(told.id)
        .where(told.entity == "claim", told.entity_id == Claim.id, told.verb == "remind")
        .where(told.at >= Claim.decided_at)
        .exists()
    )


async def end_terms(session: AsyncSession, *, today: date, dependents: Sequence[Dependent] = ()) -> int:
    """Suspend the verifications whose last day is over. Returns how many there were."""
    rows = select(Claim).where(Claim.status == "verified", Claim.valid_until < today).order_by(Claim.organization_id)
    over = list(await session.scalars(rows))
    for claim in over:
        organization = await session.get_one(Organization, claim.organization_id, with_for_update=True)
        await session.refresh(claim, with_for_update=True)
        if claim.status == "verified":
            await refuse_claim(
                session,
                SYSTEM,
                claim,
                "suspend",
                organization=organization,
                note=TERM_OVER.vi,
                dependents=dependents,
            )
    return len(over)
