"""Who may bring what. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.core.errors import Conflict, NotAllowed
from market.core.language import Message
from market.imports.models import ImportState, ImportTask

LOGGING_KINDS = frozenset({"organizer", "authority"})


class NotInThisState(Conflict):
    code = "import-state"
    detail = Message(
        vi="Tệp đang ở trạng thái “{state}”; việc này cần trạng thái: {wanted}.",
        en='The import is "{state}"; this takes: {wanted}.',
    )


def require_can_import(actor: Actor, kind: str) -> None:
    """Listings, needs, prices and lots are an organization's own; officers may register others and log papers.

    Raises:
        NotAllowed: no organization is acted for where one is needed.
    """
    if actor.membership is None and not (actor.is_officer and kind in ("registrations", "delegates", "agreements")):
        raise NotAllowed


def require_state(task: ImportTask, *wanted: ImportState) -> None:
    """Refuse what cannot be done now.

    Raises:
        NotInThisState: the task is in another state.
    """
    if task.state not in wanted:
        raise NotInThisState(state=task.state, wanted=", ".join(wanted))
