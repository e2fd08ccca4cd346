"""How often passwords and codes may be tried: for an account from one address, for an account from anywhere, and from
an address for anything. What turns out right is given back, so that colleagues behind one proxy do not use it up; and
a device on which the account was signed in before has an allowance of its own, which nobody else can use up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.rate_limit import TokenBuckets

ACCOUNT_BUCKET = "attempt account"
FROM_ANYWHERE = 5
"""An account may be tried from all addresses so many times as often as from one."""
FOR_ANYTHING = 10
"""From one address so many times as often as for one account: a cooperative, or a market hall, shares an address."""


@dataclass(slots=True)
class SignInAttempts:
    """Three buckets a try, or one of a device that is known; shared by all processes at once: hashing costs more than
    the statement."""

    per_minute: int
    _pair: TokenBuckets = field(init=False)
    _account: TokenBuckets = field(init=False)
    _address: TokenBuckets = field(init=False)
    _known: TokenBuckets = field(init=False)

    def __post_init__(self) -> None:
        self._pair = TokenBuckets(self.per_minute, name="attempt")
        self._account = TokenBuckets(self.per_minute * FROM_ANYWHERE, name=ACCOUNT_BUCKET)
        self._address = TokenBuckets(self.per_minute * FOR_ANYTHING, name="attempt address")
        self._known = TokenBuckets(self.per_minute, name="attempt device")

    def _buckets(self, address: str, account: str, device: str | None) -> Sequence[tuple[TokenBuckets, str]]:
        if device is not None:
            return ((self._known, f"{device} {account}"),)
        return (
            (self._pair, f"{address} {account}"),
            (self._account, account),
            (self._address, address),
        )

    async def require(
        self, sessions: async_sessionmaker[AsyncSession], *, address: str, account: str, device: str | None = None
    ) -> None:
        """Count a try.

        Args:
            device: the number of one on which this account was signed in before.

        Raises:
            TooManyRequests: too many within a minute, here or at another process.
        """
        if not self.per_minute:
            return
        buckets = self._buckets(address, account, device)
        if not any(bucket.is_empty(caller) for bucket, caller in buckets):
            # Who is refused anyway costs no statement.
            await self._settle(sessions, buckets)
        for bucket, caller in buckets:
            bucket.require(caller)
        await self._settle(sessions, buckets)

    async def _settle(
        self, sessions: async_sessionmaker[AsyncSession], buckets: Sequence[tuple[TokenBuckets, str]]
    ) -> None:
        async with sessions.begin() as session:
            for bucket, caller in buckets:
                await bucket.settle(session, looking_up=caller)

    def right(self, *, address: str, account: str, device: str | None = None) -> None:
        """The try was a right one."""
        for bucket, caller in self._buckets(address, account, device):
            bucket.give_back(caller)

    def __iter__(self) -> Iterator[TokenBuckets]:
        return iter((self._pair, self._account, self._address, self._known))
