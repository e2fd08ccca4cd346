"""The password (or PIN) shown again, before something that a stolen telephone must not do."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts import credentials
from market.accounts.models import User
from market.accounts.pins import short_name_of, takes
from market.accounts.service import user_id_of
from market.core.access import Actor
from market.core.errors import NotAllowed
from market.core.language import Message
from market.core.transaction import let_go


class WrongPassword(NotAllowed):
    code = "wrong-password"
    detail = Message(vi="Mật khẩu hiện tại không đúng.", en="The password of now is not right.")


async def proved_again(session: AsyncSession, actor: Actor, password: str) -> User:
    """The person who asks, locked, after their password (or PIN) proved right.

    Raises:
        WrongPassword: it did not.
    """
    known = (await session.get_one(User, user_id_of(actor))).password_hash
    await let_go(session)
    if not await credentials.password_matches(password, known):
        short = await short_name_of(session, user_id_of(actor))
        if short is None or not await takes(session, short.id, password):
            raise WrongPassword
    return await session.get_one(User, user_id_of(actor), populate_existing=True, with_for_update=True)
