"""Who may take back a file. Pure."""

from __future__ import annotations

from market.attachments.models import Attachment
from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message


class AlreadyWithdrawn(Conflict):
    code = "already-withdrawn"
    detail = Message(vi="Tệp này đã được rút lại.", en="This file was withdrawn already.")


def require_can_withdraw(actor: Actor, attachment: Attachment, *, settled: bool) -> None:
    """Who uploaded it, as long as nobody has judged by it; officers always.

    Raises:
        NotAllowed: others.
        AlreadyWithdrawn: it was taken back before.
    """
    own = actor.user_id is not None and actor.user_id == attachment.uploaded_by
    if not actor.is_officer and (settled or not own):
        raise NotAllowed
    if attachment.withdrawn_at is not None:
        raise AlreadyWithdrawn
