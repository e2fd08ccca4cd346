"""What ends by the clock: verifications of claims, and with an identity the certificates that stand on it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.service import suspend_certificates
from market.core import clock
from market.core.jobs import Schedule
from market.organizations.claims.service import end_terms, remind_of_terms


async def end_claims(session: AsyncSession) -> None:
    """Suspend the verifications whose last day is over, and remind of those that end soon."""
    await end_terms(session, today=clock.today(), dependents=(suspend_certificates,))
    await remind_of_terms(session, today=clock.today())


CLAIM_SCHEDULE = Schedule("end_claims", "3 17 * * *", end_claims)
"""Crontabs are in UTC: three minutes into the day in Vietnam."""
