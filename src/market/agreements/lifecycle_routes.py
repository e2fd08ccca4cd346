"""What becomes of an agreement over HTTP: sign, confirm, make effective, amend, convert, close, lapse, terminate."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath, JSONBody

from market.agreements import amendments, endings, lifecycle
from market.agreements.consent.rights import rights_in_words
from market.agreements.handling import AnyRequest, Reference, Session, Who, answer, open_agreement
from market.agreements.lifecycle_schemas import AmendRequest, CauseRequest, ConfirmRequest, ConvertRequest, SignRequest
from market.agreements.schemas import AgreementOut
from market.core.access import Access

SIGNING = """A party signs for itself, the verified body of the event or an officer with a mandate for all.
With the last signature the paper is signed; `into_force` lets it count at once where nothing is missing, and
`missing` says what is, and whose step it is."""
"""What signing does; with the rights it is the description of the operation."""


@post(
    "/agreements/{agreement_id:uuid}/sign",
    operation_id="signAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The paper was signed; a principal signs for itself, and it is signed when all have",
    description=f"{SIGNING}\n\n{rights_in_words()}",
)
async def sign_agreement(
    agreement_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[SignRequest | None] = None,
) -> Response[AgreementOut]:
    agreement = await open_agreement(request, session, actor, agreement_id)
    sent = data or SignRequest()
    await lifecycle.sign_agreement(session, actor, agreement, sent)
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/confirm",
    operation_id="confirmAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="A party confirms the content as it stands",
)
async def confirm_agreement(
    agreement_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[ConfirmRequest | None] = None,
) -> Response[AgreementOut]:
    """For the owners and managers of a named party. It says that the content of this version is what they agreed to;
    another version must be confirmed anew.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    sent = data or ConfirmRequest()
    await lifecycle.confirm_agreement(
        session, actor, agreement, party_id=sent.party, mandate=sent.mandate, into_force=sent.into_force
    )
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/make-effective",
    operation_id="makeAgreementEffective",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Let it count, once quantified and confirmed; a refusal lists all that is missing",
)
async def make_agreement_effective(
    agreement_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[AgreementOut]:
    """From then on deliveries are recorded against it and it counts as effective. What is missing is named all at
    once, line by line.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    await lifecycle.make_effective(session, actor, agreement)
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/amend",
    operation_id="amendAgreement",
    access=Access.SIGNED_IN,
    summary="Propose the next version, with a coded reason: it holds when every known principal accepts",
)
async def amend_agreement(
    agreement_id: FromPath[UUID],
    data: JSONBody[AmendRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """Makes a draft of the next version with the changes and a cause, and asks every known principal; the version in
    force goes on until all have accepted.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    amendment = await amendments.amend_agreement(session, actor, agreement, data)
    return answer(request, amendment, actor, catalogue, status=201)


@post(
    "/agreements/{agreement_id:uuid}/convert",
    operation_id="convertAgreement",
    access=Access.SIGNED_IN,
    summary="Draft the contract that an MOU leads to",
)
async def convert_agreement(
    agreement_id: FromPath[UUID],
    data: JSONBody[ConvertRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """Makes a draft contract from a signed MOU, with its parties and lines; the MOU stays and names the contract."""
    agreement = await open_agreement(request, session, actor, agreement_id)
    contract = await amendments.convert_agreement(session, actor, agreement, data)
    if data.sign:
        await lifecycle.sign_agreement(session, actor, contract, SignRequest())
    return answer(request, contract, actor, catalogue, status=201)


@post(
    "/agreements/{agreement_id:uuid}/close",
    operation_id="closeAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="It ends short: partly fulfilled, with a cause",
)
async def close_agreement(
    agreement_id: FromPath[UUID],
    data: JSONBody[CauseRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """For a contract of which something came and not all will. Principals who have not asked for it are asked first,
    as a proposal; then what was reserved is free.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    await endings.end_agreement(session, actor, agreement, data, verb="close")
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/lapse",
    operation_id="lapseAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Nothing came of it, with a cause",
)
async def lapse_agreement(
    agreement_id: FromPath[UUID],
    data: JSONBody[CauseRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """For paper of which nothing came. Principals who have not asked for it are asked first, as a proposal; then
    what was reserved is free, and it is counted among the lapses.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    await endings.end_agreement(session, actor, agreement, data, verb="lapse")
    return answer(request, agreement, actor, catalogue)


@post(
    "/agreements/{agreement_id:uuid}/terminate",
    operation_id="terminateAgreement",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="It is ended before its time, with a cause",
)
async def terminate_agreement(
    agreement_id: FromPath[UUID],
    data: JSONBody[CauseRequest],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[AgreementOut]:
    """Ends it before its time, with a cause. Principals who have not asked for it are asked first, as a proposal;
    deliveries stay in the ledger, and what was reserved is free again.
    """
    agreement = await open_agreement(request, session, actor, agreement_id)
    await endings.end_agreement(session, actor, agreement, data, verb="terminate")
    return answer(request, agreement, actor, catalogue)


routes = [
    sign_agreement,
    confirm_agreement,
    make_agreement_effective,
    amend_agreement,
    convert_agreement,
    close_agreement,
    lapse_agreement,
    terminate_agreement,
]
