"""Imports every room's tables, so that Alembic and the tests see them all. Nothing else."""

from market.accounts import models as accounts
from market.agreements import models as agreements
from market.attachments import models as attachments
from market.certificates import models as certificates
from market.core import changes, eras, followers, idempotency, shared_limits, signs_of_life
from market.core.db import Base
from market.events import models as events
from market.events.afterwards import models as afterwards
from market.events.desk import models as desk
from market.events.meetings import models as meetings
from market.imports import models as imports
from market.integrations.webhooks import models as webhooks
from market.listings import models as listings
from market.lots import models as lots
from market.matching import models as matching
from market.matching.alerts import models as alerts
from market.needs import models as needs
from market.notifications import models as notifications
from market.organizations import models as organizations
from market.organizations.blocks import models as blocks
from market.organizations.claims import models as claims
from market.photos import models as photos
from market.programmes import models as programmes
from market.quotes import models as quotes
from market.reference import models as reference

__all__ = [
    "Base",
    "accounts",
    "afterwards",
    "agreements",
    "alerts",
    "attachments",
    "blocks",
    "certificates",
    "changes",
    "claims",
    "desk",
    "eras",
    "events",
    "followers",
    "idempotency",
    "imports",
    "listings",
    "lots",
    "matching",
    "meetings",
    "needs",
    "notifications",
    "organizations",
    "photos",
    "programmes",
    "quotes",
    "reference",
    "shared_limits",
    "signs_of_life",
    "webhooks",
]
