"""Who may take back a file. Pure."""

from __future__ import annotations

from market.attachments.models import Attachment
from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message


class AlreadyWithdrawn(Conflict):
    code = "already-withdrawn"
    detail = Message(vi="Tệp này đã được rút lại.", en="This file was withdrawn already.")


class FileStays(NotAllowed):
    code = "file-stays"
    detail = Message(
        vi="Tệp này đã là căn cứ của điều được xác nhận hoặc xác minh nên ở lại; nếu nhầm, nhờ cán bộ rút.",
        en="Something was confirmed or verified by this file, so it stays; ask an officer where it is a mistake.",
    )


class NotYourFile(NotAllowed):
    code = "not-your-file"
    detail = Message(
        vi="Chỉ người đã tải tệp này lên, hoặc cán bộ, rút lại được.",
        en="Only the person who uploaded this file, or an officer, takes it back.",
    )


def require_can_withdraw(actor: Actor, attachment: Attachment, *, settled: bool) -> None:
    """Who uploaded it, as long as nobody has judged by it; officers always.

    Raises:
        NotYourFile: others.
        FileStays: somebody has judged by it.
        AlreadyWithdrawn: it was taken back before.
    """
    own = actor.user_id is not None and actor.user_id == attachment.uploaded_by
    if not actor.is_officer and not own:
        raise NotYourFile
    if not actor.is_officer and settled:
        raise FileStays
    if attachment.withdrawn_at is not None:
        raise AlreadyWithdrawn
