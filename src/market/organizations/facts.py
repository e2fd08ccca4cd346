"""An organization as plain values, beside what very many read of what is its: the same names as the row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func

from market.organizations.models import Organization


class NamedOrganization(msgspec.Struct, frozen=True, array_like=True):
    """What `OrganizationMark` says; the database sends it as a list in this order."""

    id: UUID
    name: str
    verification: str


NAMED: Any = func.json_build_array(*(getattr(Organization, name) for name in NamedOrganization.__struct_fields__))
"""An organization as `NamedOrganization` has it, field by field."""
