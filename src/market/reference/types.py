"""Field types that name reference data, checked while the rest of a body is, so that all errors come at once.

A process has one catalogue; whoever loads it lets the field types know it by `remember`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.errors import FieldError
from market.core.schemas import Code
from market.core.validation import refusal
from market.reference.catalogue import Catalogue, load_catalogue
from market.reference.checking import (
    commune_error,
    concept_error,
    facet_error,
    province_error,
    requirement_error,
    unit_error,
)
from market.reference.decisions import reference_version
from market.reference.schemas import CommuneRef, ProvinceRef

_remembered: list[tuple[Catalogue, int | None]] = []
_loading = asyncio.Lock()


def remember(catalogue: Catalogue, *, version: int | None = None) -> Catalogue:
    """Let the field types check against this catalogue from now on.

    Args:
        catalogue: whose.
        version: of the reference data in the database; none where it is not known to be theirs.
    """
    _remembered[:] = [(catalogue, version)]
    return catalogue


async def known_catalogue(session: AsyncSession) -> Catalogue:
    """The process's catalogue, loaded by the first who needs it; whoever comes meanwhile waits for that one."""
    if not _remembered:
        async with _loading:
            if not _remembered:
                version = await reference_version(session)
                remember(await load_catalogue(session), version=version)
    return remembered()


async def catalogue_of_now(session: AsyncSession, *, prepare: Callable[[Catalogue], object] | None = None) -> Catalogue:
    """The catalogue as the database has it, which is read again only when it holds another version than the process.

    Args:
        session: of the database.
        prepare: what must be made of a catalogue before searches use it; done in a thread, for it takes a while.
    """
    stored = await reference_version(session)
    if not _remembered or _remembered[0][1] != stored:
        catalogue = await load_catalogue(session)
        if prepare is not None:
            await asyncio.to_thread(prepare, catalogue)
        remember(catalogue, version=stored)
    return remembered()


def is_remembered() -> bool:
    """Whether the process has its catalogue."""
    return bool(_remembered)


def remembered() -> Catalogue:
    """The catalogue the field types check against.

    Raises:
        RuntimeError: the process has loaded none.
    """
    if not _remembered:
        raise RuntimeError("no catalogue was remembered: load it before reading what people send")
    return _remembered[0][0]


def _raise(error: FieldError | None) -> None:
    if error is not None:
        vi, en = (error.message.text(language, **error.parameters) for language in ("vi", "en"))
        raise refusal(error.code.replace("-", "_"), _escaped(vi), _escaped(en))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _known_concept(concept_id: str) -> str:
    _raise(concept_error(remembered(), concept_id, pointer=""))
    return concept_id


def _known_form(form_id: str) -> str:
    _raise(facet_error(remembered().find_form(form_id), form_id, kind="form", pointer=""))
    return form_id


def _known_part(part_id: str) -> str:
    _raise(facet_error(remembered().find_part(part_id), part_id, kind="part", pointer=""))
    return part_id


def _known_category(category_id: str) -> str:
    _raise(facet_error(remembered().find_category(category_id), category_id, kind="category", pointer=""))
    return category_id


def _known_unit(code: str) -> str:
    _raise(unit_error(remembered(), code, pointer=""))
    return code


def _known_requirement(text: str) -> str:
    _raise(requirement_error(remembered(), text, pointer=""))
    return text


def _known_province(ref: ProvinceRef) -> ProvinceRef:
    _raise(province_error(remembered(), ref, pointer=""))
    return ref


def _known_commune(ref: CommuneRef) -> CommuneRef:
    _raise(commune_error(remembered(), ref, pointer=""))
    return ref


ConceptId = Annotated[Code, AfterValidator(_known_concept)]
"""What goods are, e.g. `dragon-fruit-red`."""

FormId = Annotated[Code, AfterValidator(_known_form)]
"""How goods come, e.g. `dried`."""

PartId = Annotated[Code, AfterValidator(_known_part)]
"""A part of a plant or animal, e.g. `leaf`."""

CategoryId = Annotated[Code, AfterValidator(_known_category)]
"""A group of goods, e.g. `fruit`."""

UnitCode = Annotated[Code, AfterValidator(_known_unit)]
"""A unit of measure, e.g. `KGM`."""

CertificateRequirement = Annotated[Code, AfterValidator(_known_requirement)]
"""A scheme that must be held, with a least level where it has levels: `vietgap`, `ocop:4`."""

KnownProvince = Annotated[ProvinceRef, AfterValidator(_known_province)]
"""A province of one of the two maps."""

KnownCommune = Annotated[CommuneRef, AfterValidator(_known_commune)]
"""A commune of today or of the list before."""
