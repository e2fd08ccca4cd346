"""Who may bring what. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message
from market.imports.models import ImportState, ImportTask

LOGGING_KINDS = frozenset({"organizer", "authority"})


class OrganizationNeeded(NotAllowed):
    detail = Message(
        vi="Tệp này phải do thành viên của tổ chức bán hoặc mua gửi; hàng của các tổ chức khác do quản trị viên nhập.",
        en="A member of the organization that sells or buys sends this file; administrators bring in those of others.",
    )


class NotInThisState(Conflict):
    code = "import-state"
    detail = Message(
        vi="Tệp đang ở trạng thái “{state}”; việc này cần trạng thái: {wanted}.",
        en='The import is "{state}"; this takes: {wanted}.',
    )


def require_can_import(actor: Actor, kind: str) -> None:
    """Listings, needs, prices and lots are an organization's own; officers may register others and log papers, and
    administrators bring listings and needs of the organizations that their rows name.

    Raises:
        NotAllowed: no organization is acted for where one is needed.
    """
    if actor.membership is not None or (actor.is_officer and kind in ("registrations", "delegates", "agreements")):
        return
    if not (actor.is_admin and kind in ("listings", "needs")):
        raise OrganizationNeeded


def require_state(task: ImportTask, *wanted: ImportState) -> None:
    """Refuse what cannot be done now.

    Raises:
        NotInThisState: the task is in another state.
    """
    if task.state not in wanted:
        raise NotInThisState(state=task.state, wanted=", ".join(wanted))
