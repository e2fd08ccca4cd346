"""Who may decide what a name is. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message
from market.reference.models import GoodsName


class AlreadyDecided(Conflict):
    code = "already-decided"
    detail = Message(
        vi='Đã có người quyết định tên này; gửi "again": true nếu muốn quyết định lại.',
        en='Somebody has decided this name; send "again": true to decide it anew.',
    )


class ContradictsReference(Conflict):
    code = "contradicts-reference"
    detail = Message(
        vi="Quyết định này mâu thuẫn với danh mục: {reason}.", en="This contradicts the catalogue: {reason}."
    )


def require_can_decide(actor: Actor, name: GoodsName, *, again: bool) -> None:
    """An officer, and of a decided name only who says so.

    Raises:
        NotAllowed: not an officer.
        AlreadyDecided: it was decided already.
    """
    if not actor.is_officer and not actor.is_system:
        raise NotAllowed
    if name.state == "decided" and not again:
        raise AlreadyDecided
