"""From rows to what the API says about a quote, to this actor."""

from __future__ import annotations

from market.core.access import Actor
from market.organizations.answers import organization_mark
from market.quotes.contents import TERMS
from market.quotes.models import Quote, QuoteLine, QuoteRevision
from market.quotes.policy import sides_of
from market.quotes.quantities import accepted_value, revision_value, total_quantity
from market.quotes.schemas import NeedRef, QuoteLineOut, QuoteOut, RevisionOut, Revisions, TermsOut
from market.quotes.states import allowed_to

PLAIN = (
    "id",
    "status",
    "valid_until",
    "submitted_at",
    "decided_at",
    "decline_reason",
    "decline_note",
    "created_at",
    "updated_at",
    "version",
)
LINE = ("id", "quantity", "unit", "per", "weekdays", "price_vnd", "accepted_quantity")


def quote_out(quote: Quote, *, actor: Actor) -> QuoteOut:
    """The quote with the revision that counts and what the actor may do."""
    return QuoteOut.model_construct(
        **{name: getattr(quote, name) for name in PLAIN},
        need=NeedRef.model_validate(quote.need),
        supplier=organization_mark(quote.organization),
        buyer=organization_mark(quote.need.organization),
        current=revision_out(quote.current),
        accepted_vnd=accepted_value(quote.current),
        allowed=allowed_to(sides_of(actor, quote), state=quote.status),
    )


def revisions_out(quote: Quote, *, actor: Actor) -> Revisions:
    """Every offer and counter-offer; what was written before it was submitted is not for the buyer."""
    first = 1 if actor.is_officer or actor.belongs_to(quote.organization_id) else quote.shown_from or quote.revision
    return Revisions.model_construct(
        items=[revision_out(revision) for revision in quote.revisions if revision.number >= first]
    )


def revision_out(revision: QuoteRevision) -> RevisionOut:
    """One offer or counter-offer."""
    return RevisionOut.model_construct(
        number=revision.number,
        side=revision.side,
        written_at=revision.written_at,
        valid_until=revision.valid_until,
        terms=terms_out(revision),
        note=revision.note,
        lines=[_line_out(line) for line in revision.lines],
        total_vnd=revision_value(revision),
    )


def terms_out(revision: QuoteRevision) -> TermsOut:
    """The trade terms of a revision."""
    return TermsOut.model_construct(**{name: getattr(revision, name) for name in TERMS})


def _line_out(line: QuoteLine) -> QuoteLineOut:
    return QuoteLineOut.model_construct(
        **{name: getattr(line, name) for name in LINE},
        need_line=line.need_line_id,
        listing=line.listing_id,
        from_=line.starts_on,
        to=line.ends_on,
        total_quantity=total_quantity(line),
    )
