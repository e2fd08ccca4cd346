"""What a saved search must be like, and how many one person may keep. Pure."""

from __future__ import annotations

from market.core.errors import Conflict, ValidationFailed
from market.core.language import Message
from market.matching.alerts.watching import Watch

MOST_SAVED_SEARCHES = 200

ASKS_NOTHING = Message(
    vi="Tìm kiếm này không nêu điều kiện nào; hãy ghi mặt hàng, nơi, chứng nhận, giá hoặc từ khóa.",
    en="This search asks for nothing; name goods, a place, a certificate, a price or words.",
)


class TooManySavedSearches(Conflict):
    code = "too-many-saved-searches"
    detail = Message(
        vi="Mỗi người lưu được nhiều nhất {most} tìm kiếm.", en="One person can keep at most {most} searches."
    )


def require_room_for_one_more(kept: int) -> None:
    """Refuse another saved search to somebody who keeps very many.

    Raises:
        TooManySavedSearches
    """
    if kept >= MOST_SAVED_SEARCHES:
        raise TooManySavedSearches(most=MOST_SAVED_SEARCHES)


def require_something_asked(watch: Watch) -> None:
    """Refuse a search that everything fits.

    Raises:
        ValidationFailed: it has no condition.
    """
    if watch.asks_nothing:
        raise ValidationFailed.single("/query", "asks-nothing", ASKS_NOTHING)
