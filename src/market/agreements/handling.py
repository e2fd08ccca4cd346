"""What every route of agreements begins and ends with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements import policy, queries
from market.agreements.answers import agreement_out
from market.agreements.gate import missing_to_count
from market.agreements.models import Agreement
from market.agreements.schemas import AgreementOut
from market.core.access import Actor
from market.core.batches import ItemError
from market.core.language import preferred_language
from market.core.representation import require_match, single
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


async def open_agreement(request: AnyRequest, session: AsyncSession, actor: Actor, agreement_id: UUID) -> Agreement:
    """The agreement, locked for a write by an insider who read this very version.

    Raises:
        NotFound: it may not be seen.
        NotAllowed: not an insider.
        PreconditionRequired, Stale: If-Match is missing, or names another version.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id, lock=True)
    policy.require_insider(actor, agreement)
    require_match(request, agreement.version, required=True)
    return agreement


def answer(
    request: AnyRequest,
    agreement: Agreement,
    actor: Actor,
    catalogue: Catalogue,
    *,
    status: int = 200,
) -> Response[AgreementOut]:
    """The agreement as this actor may see it, with its ETag; to insiders with what keeps it from coming into force."""
    missing = None
    if policy.is_insider(actor, agreement):
        language = preferred_language(request.headers.get("accept-language"))
        missing = [ItemError.model_validate(one.render(language)) for one in missing_to_count(agreement)]
    model = agreement_out(agreement, actor=actor, catalogue=catalogue, missing=missing)
    location = f"/api/v1/agreements/{agreement.id}" if status == 201 else None
    return single(request, model, version=agreement.version, status=status, location=location)
