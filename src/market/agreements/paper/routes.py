"""An agreement as a Vietnamese paper over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import Field

from market.agreements import policy, queries
from market.agreements.handling import AnyRequest, Reference, Session, Who
from market.agreements.paper.files import MEDIA_TYPES, template_path, write_paper
from market.agreements.paper.order import Format
from market.agreements.paper.versions import read_paper
from market.core.access import Access
from market.core.downloads import download
from market.core.query import query_of
from market.core.schemas import Schema


class PaperQuery(Schema):
    format: Format = "pdf"
    version: int | None = Field(default=None, ge=1, le=2**31 - 1, description="As it was then; the newest if left out")


@get(
    "/agreements/{agreement_id:uuid}/document",
    operation_id="writeAgreement",
    access=Access.SIGNED_IN,
    answers=tuple(MEDIA_TYPES.values()),
    dependencies={"params": query_of(PaperQuery)},
    summary="The agreement as a paper to print and sign; the same version gives the same bytes",
)
async def write_agreement(
    agreement_id: FromPath[UUID],
    params: NamedDependency[PaperQuery],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[bytes]:
    """For parties, whoever logged it and officers, of any version. As PDF or to be edited in Word."""
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    paper, made_at = await read_paper(session, agreement, version=params.version, catalogue=catalogue)
    state = request.app.state
    template = template_path(state.settings, params.format)
    body = await write_paper(state.paper_writer, paper, made_at=made_at, template=template, kind=params.format)
    name = f"{paper.our_number}-v{paper.version}.{params.format}"
    return download(request, body, name=name, media_type=MEDIA_TYPES[params.format])


routes = [write_agreement]
