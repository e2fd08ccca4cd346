"""From rows to what the API says about an agreement, to this actor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from market.accounts.contacts import without_contacts
from market.agreements.columns import columns_of
from market.agreements.consent.counted import uncounted_because
from market.agreements.consent.doing import answerable, doable
from market.agreements.consent.standing import party_consent, shown_parties
from market.agreements.gate import UNNAMED, missing_to_quantify, party_name
from market.agreements.ledger.counting import STAGES, stage_of
from market.agreements.ledger.quantities import next_expected
from market.agreements.ledger.schemas import DeliveryOut, DisputeOut, StandingOut, WaitsBecause
from market.agreements.ledger.standings import Standing
from market.agreements.models import (
    Agreement,
    AgreementLine,
    AgreementParty,
    AgreementProposal,
    Delivery,
    DeliveryDispute,
)
from market.agreements.policy import is_insider, receivers
from market.agreements.proposal_schemas import ProposalOut
from market.agreements.schemas import (
    AgreementOut,
    DeliveryPlan,
    EventRef,
    LineOut,
    PartyOut,
    PlannedDelivery,
    Representative,
    Responsible,
)
from market.core import clock
from market.core.access import Actor
from market.core.batches import ItemError
from market.core.language import Language
from market.events.schemas import OrganizationRef
from market.quotes.schemas import TermsOut
from market.reference.catalogue import Catalogue
from market.reference.goods_schemas import ConceptMark
from market.reference.schemas import ProvinceOut

OF_EVERY_ROW = ("id", "created_at", "updated_at", "version")
PUBLIC = OF_EVERY_ROW + columns_of(Agreement, shown="everybody")
PRIVATE = columns_of(Agreement, shown="insiders")
"""Only for parties, who logged it and officers, as are lines and people."""
LINE = ("id", *columns_of(AgreementLine, shown="insiders"))


def agreement_out(
    agreement: Agreement, *, actor: Actor, catalogue: Catalogue, missing: list[ItemError] | None = None
) -> AgreementOut:
    """The agreement as this actor may see it.

    Args:
        missing: what keeps it from coming into force, where that was asked for.
    """
    full = is_insider(actor, agreement)
    province = None
    if agreement.province_code is not None and agreement.province_version is not None:
        unit = catalogue.province(agreement.province_code, agreement.province_version)
        province = ProvinceOut.within(catalogue, unit)
    concepts = dict.fromkeys(line.concept_id for line in agreement.lines if line.concept_id)
    columns: dict[str, Any] = {name: getattr(agreement, name) for name in PUBLIC}
    columns |= {name: getattr(agreement, name) if full else None for name in PRIVATE}
    if columns["title"]:
        columns["title"] = without_contacts(columns["title"], instead=UNNAMED)
    return AgreementOut.model_construct(
        **columns,
        detail="full" if full else "summary",
        quantified=not missing_to_quantify(agreement),
        event=EventRef.model_validate(agreement.event) if agreement.event else None,
        province=province,
        concepts=[ConceptMark.named(catalogue, concept) for concept in concepts],
        uncounted=uncounted_because(agreement),
        missing=missing,
        vouched_by=agreement.vouched_by_id,
        parties=[party_out(one, full=full) for one in (agreement.parties if full else shown_parties(agreement))],
        amends=agreement.amends_id,
        converted_from=agreement.converted_from_id,
        lines=[line_out(line, catalogue=catalogue) for line in agreement.lines] if full else None,
        logged_by=agreement.logged_by_id if full else None,
        quote=agreement.quote_id if full else None,
        trade_terms=TermsOut.model_validate(agreement.trade_terms) if full and agreement.trade_terms else None,
        proposals=[proposal_out(one, actor=actor) for one in agreement.proposals] if full else None,
        allowed=doable(actor, agreement) if full else None,
    )


PROPOSAL = (*("id", "verb", "cause", "note", "status", "asked", "accepted", "words", "created_at", "version"),)


def proposal_out(proposal: AgreementProposal, *, actor: Actor) -> ProposalOut:
    """What waits for consent, to those who may read the paper."""
    columns: dict[str, Any] = {name: getattr(proposal, name) for name in PROPOSAL}
    return ProposalOut.model_construct(
        **columns,
        agreement=proposal.agreement_id,
        result=proposal.result_id,
        proposed_by=proposal.proposed_by_id,
        allowed=answerable(actor, proposal),
    )


def party_out(party: AgreementParty, *, full: bool) -> PartyOut:
    """A party: its name is public, its people are not."""
    people: dict[str, Any] = dict.fromkeys(
        ("representative", "responsible", "confirmed_at", "contested_at", "contest_words")
    )
    people |= {"role": party.role, "consent": party_consent(party)}
    if full:
        people |= {name: getattr(party, name) for name in ("confirmed_at", "contested_at", "contest_words")}
        # Stored people were validated when they came in.
        if party.representative_name is not None:
            people["representative"] = Representative.model_construct(
                name=party.representative_name, title=party.representative_title
            )
        if party.responsible_name is not None:
            people["responsible"] = Responsible.model_construct(
                name=party.responsible_name, phone=party.responsible_phone
            )
    organization = OrganizationRef.model_validate(party.organization) if party.organization else None
    return PartyOut.model_construct(id=party.id, name=party_name(party), organization=organization, **people)


def line_out(line: AgreementLine, *, catalogue: Catalogue) -> LineOut:
    """A line with its quantity and price; never shown to those who need not know."""
    columns: dict[str, Any] = {name: getattr(line, name) for name in LINE}
    return LineOut.model_construct(
        **columns,
        concept=ConceptMark.named(catalogue, line.concept_id) if line.concept_id else None,
        unit=line.unit_code,
        delivery_plan=_plan_out(line.delivery_plan),
        quote_line=line.quote_line_id,
    )


def _plan_out(plan: dict[str, Any] | None) -> DeliveryPlan | None:
    if plan is None:
        return None
    deliveries = [
        PlannedDelivery(on=planned["on"], quantity=Decimal(planned["quantity"])) for planned in plan["deliveries"]
    ]
    return DeliveryPlan.model_construct(**{**plan, "deliveries": deliveries})


DELIVERY = ("id", "delivered_on", "quantity", "rejected", "rejection_cause", "evidence", "note", "created_at")


def delivery_out(delivery: Delivery, *, agreement: Agreement, language: Language) -> DeliveryOut:
    """An entry of the ledger of an agreement; whoever may see the ledger may see all of it."""
    columns: dict[str, Any] = {name: getattr(delivery, name) for name in DELIVERY}
    stage = stage_of(delivery, today=clock.today())
    return DeliveryOut.model_construct(
        **columns,
        line=delivery.line_id,
        lot=delivery.lot_id,
        reverses=delivery.reverses_id,
        recorded_by=delivery.recorded_by_id,
        confirmed_at=delivery.confirmation.created_at if delivery.confirmation else None,
        stage=stage,
        stage_name=STAGES[stage].text(language),
        counts_on=_counts_on(delivery) if stage in ("counted", "waiting") else None,
        waits_because=_waits_because(delivery, agreement) if stage == "waiting" else None,
        dispute=_dispute_out(delivery.dispute) if delivery.dispute else None,
    )


def _counts_on(delivery: Delivery) -> date | None:
    """The day from which an entry counts: that of its confirmation, or when silence has let it pass."""
    confirmed = clock.business_date(delivery.confirmation.created_at) if delivery.confirmation else None
    recorded = clock.business_date(delivery.created_at)
    passes = max(delivery.counts_on, recorded) if delivery.counts_on and delivery.dispute is None else None
    return min((day for day in (confirmed, passes) if day is not None), default=None)


def _waits_because(delivery: Delivery, agreement: Agreement) -> WaitsBecause:
    if delivery.counts_on is not None:
        return "receiver_may_dispute"
    others = receivers(agreement) - {delivery.recorded_by_id}
    return "beyond_the_promise" if others else "no_receiver"


def _dispute_out(dispute: DeliveryDispute) -> DisputeOut:
    return DisputeOut(cause=dispute.cause, words=dispute.words, by=dispute.organization_id, at=dispute.created_at)


def standing_out(standing: Standing) -> StandingOut:
    """Where a line stands."""
    return StandingOut(
        line=standing.line.id,
        unit=standing.line.unit_code,
        committed=standing.committed,
        delivered=standing.delivered,
        rejected=standing.rejected,
        accepted=standing.accepted,
        waiting=standing.waiting,
        disputed=standing.disputed,
        outcome=standing.outcome,
        over_delivered=standing.over_delivered,
        next_on=next_expected(standing.line, today=clock.today()),
    )
