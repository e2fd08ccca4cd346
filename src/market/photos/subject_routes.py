"""The four routes that photos of anything have, once: listed, added, described or moved, removed.

A room says what its things are called; paths, names of parameters and words stay its own in the API's description.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.photos import handling
from market.photos.making import FORM
from market.photos.schemas import PhotoOut, Photos, PhotoUpdate
from market.photos.subjects import PhotoSubject

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]
Work = TypeVar("Work", bound=Callable[..., Awaitable[Any]])
ADD = "Add a photo: a multipart form with file and, if you like, alt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoWords:
    """What the routes of one kind of thing are called, and what they say of themselves."""

    operations: str
    """`Listing` makes `addListingPhoto`."""
    parameter: str
    """Of the thing in the path: `listing_id`."""
    of_whom: str
    """Behind "The photos of": `a listing`."""
    listing: str
    """Who sees them."""
    adding: str
    editing: str
    removing: str


def photo_routes(subject: PhotoSubject, words: PhotoWords) -> list[HTTPRouteHandler]:
    """The routes of one kind of thing."""
    path = f"/{subject.collection}/{{{words.parameter}:uuid}}/photos"
    photo = f"{subject.kind}_photo_id"
    one = f"{path}/{{{photo}:uuid}}"
    names = {"subject_id": words.parameter, "photo_id": photo}
    called = words.operations
    listed = get(
        path,
        operation_id=f"list{called}Photos",
        access=Access.ANYONE,
        summary=f"The photos of {words.of_whom}, in their order",
    )
    added = post(
        path,
        operation_id=f"add{called}Photo",
        access=Access.MEMBER,
        request_max_body_size=MAX_UPLOAD_BODY_BYTES,
        form=FORM,
        summary=ADD,
    )
    edited = patch(
        one,
        operation_id=f"edit{called}Photo",
        access=Access.MEMBER,
        summary="Describe a photo, or move it among the others",
    )
    removed = delete(one, operation_id=f"remove{called}Photo", access=Access.MEMBER, summary="Remove a photo")
    work = _work_of(subject)
    said = (words.listing, words.adding, words.editing, words.removing)
    doors = (listed, added, edited, removed)
    return [door(_renamed(one, names, text)) for door, one, text in zip(doors, work, said, strict=True)]


def _work_of(subject: PhotoSubject) -> tuple[Callable[..., Awaitable[Any]], ...]:
    """What each of the four does."""

    async def list_photos(subject_id: FromPath[UUID], session: Session, actor: Who) -> Response[Photos]:
        return await handling.list_photos(session, actor, subject, subject_id)

    async def add_photo(
        subject_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
    ) -> Response[PhotoOut]:
        return await handling.add_photo(request, session, actor, subject, subject_id)

    async def edit_photo(
        subject_id: FromPath[UUID],
        photo_id: FromPath[UUID],
        data: JSONBody[PhotoUpdate],
        session: Session,
        actor: Who,
        request: AnyRequest,
    ) -> Response[PhotoOut]:
        return await handling.change_photo(request, session, actor, subject, subject_id, photo_id, data)

    async def remove_photo(
        subject_id: FromPath[UUID], photo_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
    ) -> None:
        await handling.drop_photo(request, session, actor, subject, subject_id, photo_id)

    work = (list_photos, add_photo, edit_photo, remove_photo)
    rules = tuple(rule for _, rule in inspect.getmembers(type(subject), inspect.isfunction))
    for one in work:
        # They are called through the subject: whoever reads off a function what it may refuse does not find them.
        vars(one)["also_runs"] = rules
    return work


def _renamed(work: Work, names: dict[str, str], words: str) -> Work:
    """The same function with parameters of other names: a handler's are read off its signature."""
    own = {name: shared for shared, name in names.items()}

    async def renamed(**given: Any) -> Any:
        return await work(**{own.get(name, name): value for name, value in given.items()})

    hints = get_type_hints(work, include_extras=True)
    parameters = [
        parameter.replace(name=names.get(name, name), annotation=hints[name])
        for name, parameter in inspect.signature(work).parameters.items()
    ]
    renamed.__signature__ = inspect.Signature(parameters, return_annotation=hints["return"])  # type: ignore[attr-defined]
    renamed.__annotations__ = {names.get(name, name): hint for name, hint in hints.items()}
    renamed.__name__, renamed.__doc__ = work.__name__, words
    renamed.__wrapped__ = work  # type: ignore[attr-defined]  # what it may refuse is read off what it runs
    return renamed  # type: ignore[return-value]
