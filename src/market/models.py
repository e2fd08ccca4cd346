"""Imports every room's tables, so that Alembic and the tests see them all. Nothing else."""

from market.accounts import models as accounts
from market.agreements import models as agreements
from market.core import changes, followers, idempotency
from market.core.db import Base
from market.events import models as events
from market.organizations import models as organizations
from market.reference import models as reference

__all__ = [
    "Base",
    "accounts",
    "agreements",
    "changes",
    "events",
    "followers",
    "idempotency",
    "organizations",
    "reference",
]
