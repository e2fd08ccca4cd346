"""Links and codes that prove who reads a contact: they work once, for a while, and few guesses are taken.

Whatever is wrong with one (used, expired, of somebody else, never given out, guessed too often) has one answer. Who
guesses uses up codes, never links: those nobody can guess, so that nobody is kept out by the guesses of others.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.credentials import new_token, token_hash
from market.accounts.models import ContactKind, OneTimeToken, RefreshToken, SignIn, TokenPurpose
from market.core import clock
from market.core.errors import Conflict, MarketError
from market.core.language import Message
from market.core.sealing import valid_secrets
from market.core.transaction import keep_changes

MOST_GUESSES = 5
CODE_DIGITS = 8
MOST_AN_HOUR = 5
"""Messages to one contact for one purpose: with the guesses above, 25 guesses an hour at a hundred million codes."""
LIFETIMES: dict[TokenPurpose, timedelta] = {
    "reset": timedelta(minutes=30),
    "reset_later": timedelta(days=10),
    "prove": timedelta(hours=24),
    "invite": timedelta(days=7),
    "pin": timedelta(minutes=30),
    "factor": timedelta(days=10),
}
KEPT_AFTER_EXPIRY = timedelta(days=1)


class CodeNotValid(MarketError):
    status, code = 400, "code-not-valid"
    title = Message(vi="Mã không dùng được", en="Code not valid")
    detail = Message(
        vi="Đường dẫn hoặc mã này không đúng, đã dùng hoặc đã hết hạn; hãy yêu cầu mã mới.",
        en="This link or code is wrong, used or expired; ask for a new one.",
    )


class TooEarly(Conflict):
    code = "too-early"
    detail = Message(
        vi="Chưa đến lúc: dùng được từ {at}. Trong thời gian chờ, chính chủ đăng nhập như thường lệ để hủy yêu cầu.",
        en="Not yet: it can be used from {at}. Until then the owner calls it off by signing in as always.",
    )


@dataclass(frozen=True, slots=True)
class Sealed:
    """What goes out to the contact. Neither is kept."""

    token: str
    code: str


def _code_hash(secret: str, purpose: str, contact: str, code: str) -> bytes:
    # Keyed: a hundred million codes are hashed in a minute by whoever reads the table.
    return hmac.digest(secret.encode(), f"{purpose}\0{contact}\0{code}".encode(), hashlib.sha256)


async def asked_too_often(session: AsyncSession, *, purpose: TokenPurpose, contact: str) -> bool:
    """Whether so many messages of this purpose went to a contact within the hour that no more go.

    One goes all the same when none of them opens anything any more: others who ask must not use up what somebody needs.
    """
    sent, is_open = func.distinct(OneTimeToken.created_at), OneTimeToken.expires_at > clock.now()
    recent = select(func.count(sent), func.count().filter(is_open, OneTimeToken.used_at.is_(None))).where(
        OneTimeToken.contact == contact,
        OneTimeToken.purpose == purpose,
        OneTimeToken.created_at > clock.now() - timedelta(hours=1),
    )
    times, left = (await session.execute(recent)).one()
    return times >= MOST_AN_HOUR and left > 0


async def issue(
    session: AsyncSession,
    secret: str,
    *,
    purpose: TokenPurpose,
    kind: ContactKind,
    contact: str,
    user_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> Sealed:
    """A new link and code for a contact; those sent before for the same thing no longer work."""
    now = clock.now()
    before = update(OneTimeToken).where(
        OneTimeToken.contact == contact,
        OneTimeToken.purpose == purpose,
        OneTimeToken.user_id.is_not_distinct_from(user_id),
        OneTimeToken.subject_id.is_not_distinct_from(subject_id),
        OneTimeToken.used_at.is_(None),
    )
    await session.execute(before.values(used_at=now), execution_options={"synchronize_session": False})
    sealed = Sealed(new_token(), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}")
    session.add(
        OneTimeToken(
            hash=token_hash(sealed.token),
            purpose=purpose,
            user_id=user_id,
            subject_id=subject_id,
            kind=kind,
            contact=contact,
            code_hash=_code_hash(secret, purpose, contact, sealed.code),
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    await session.flush()
    return sealed


async def redeem_token(session: AsyncSession, token: str, *, purpose: TokenPurpose) -> OneTimeToken:
    """Use a link up.

    Raises:
        CodeNotValid: it cannot be used (any more).
    """
    found: OneTimeToken | None = await session.scalar(
        update(OneTimeToken)
        .where(
            OneTimeToken.hash == token_hash(token),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(OneTimeToken)
    )
    if found is None:
        raise CodeNotValid
    return found


async def redeem_code(
    session: AsyncSession,
    secret: str,
    *,
    purpose: TokenPurpose,
    contact: str,
    code: str,
    subject_id: UUID | None = None,
) -> OneTimeToken:
    """Use a code up that was sent to a contact. Each guess is counted, also those sent all at once.

    Raises:
        CodeNotValid: it is not the code, or can be used no more.
    """
    open_ones = update(OneTimeToken).where(
        OneTimeToken.contact == contact,
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
        OneTimeToken.attempts < MOST_GUESSES,
    )
    if subject_id is not None:
        open_ones = open_ones.where(OneTimeToken.subject_id == subject_id)
    # The rows stay locked until the guess is written down: guesses at once wait for each other here.
    counted = open_ones.values(attempts=OneTimeToken.attempts + 1).returning(OneTimeToken)
    keep_changes(session)
    given = [_code_hash(one, purpose, contact, code) for one in valid_secrets(secret)]
    tried = (await session.scalars(counted, execution_options={"populate_existing": True})).all()
    for one in tried:
        if any(hmac.compare_digest(one.code_hash, hash_) for hash_ in given):
            one.used_at = clock.now()
            await session.flush()
            return one
    raise CodeNotValid


async def give_back(session: AsyncSession, proof: OneTimeToken) -> None:
    """It was right and came too early: it can be used later, and was no guess."""
    proof.used_at, proof.attempts = None, max(0, proof.attempts - 1)
    await session.flush()


async def call_off(session: AsyncSession, user_id: UUID, purpose: TokenPurpose) -> None:
    """What was sent to a person for a purpose opens nothing any more."""
    sent = update(OneTimeToken).where(
        OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None)
    )
    await session.execute(sent.values(used_at=clock.now()), execution_options={"synchronize_session": False})


async def is_waited_for(session: AsyncSession, user_id: UUID, purpose: TokenPurpose) -> bool:
    """Whether something that was sent to a person for a purpose may still be used."""
    waiting = select(OneTimeToken.hash).where(
        OneTimeToken.user_id == user_id,
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
        OneTimeToken.attempts < MOST_GUESSES,
    )
    return (await session.scalars(waiting.limit(1))).first() is not None


async def forget_old_tokens(session: AsyncSession) -> None:
    """Drop what has been over for a day: links, codes, and refresh tokens of ended sign-ins (a nightly job)."""
    long_ago = clock.now() - KEPT_AFTER_EXPIRY
    await session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < long_ago))
    over = select(SignIn.id).where(or_(SignIn.expires_at < long_ago, SignIn.revoked_at < long_ago))
    await session.execute(delete(RefreshToken).where(RefreshToken.sign_in_id.in_(over)))
