"""What is said around news: in mail, and where mail is stopped."""

from __future__ import annotations

from market.core.language import Language, Message

MAIL_SUBJECT_MANY = Message(vi="{count} thông báo mới", en="{count} new notifications")
MAIL_MORE = Message(vi="… và {count} thông báo khác.", en="… and {count} more.")
MAIL_SEE_ALL = Message(vi="Xem tất cả: {url}", en="See them all: {url}")
MAIL_UNSUBSCRIBE_SEARCH = Message(
    vi="Không muốn nhận thư của tìm kiếm này nữa: {url}", en="To get no more mail of this search: {url}"
)
MAIL_UNSUBSCRIBE = Message(vi="Không muốn nhận thư thông báo nữa: {url}", en="To get no more mail of this kind: {url}")

UNSUBSCRIBE_TITLE = Message(vi="Ngừng nhận thư thông báo", en="Stop mail notifications")
UNSUBSCRIBE_ASK = Message(
    vi="Bạn sẽ không nhận thư thông báo nữa; thông báo trong ứng dụng vẫn còn.",
    en="You will get no more notifications by mail; those in the application stay.",
)
UNSUBSCRIBE_DO = Message(vi="Ngừng nhận thư", en="Stop the mail")
UNSUBSCRIBE_DONE = Message(vi="Đã ngừng gửi thư.", en="No more mail will be sent.")


def said(language: Language, *, vi: str, en: str) -> str:
    """The one of two texts that is in the language."""
    return vi if language == "vi" else en
