"""A certificate as plain values, for those who read very many: the same names as the row, without being one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func

from market.certificates.models import Certificate, Verification


class HeldCertificate(msgspec.Struct, frozen=True, array_like=True):
    """What is asked of a certificate beside what it certifies; the database sends it as a list in this order."""

    id: UUID
    scheme: str
    level: int | None
    issued_on: date
    expires_on: date | None
    scope_concepts: tuple[str, ...]
    scope_area: str | None
    verification: Verification
    recalled_at: datetime | None


HELD: Any = func.json_build_array(*(getattr(Certificate, name) for name in HeldCertificate.__struct_fields__))
"""A certificate as `HeldCertificate` has it, field by field."""

AnyCertificate = Certificate | HeldCertificate
