"""What people are told, in both languages."""

from __future__ import annotations

from market.core.language import Language, Message

LISTING_FITS_NEED = Message(
    vi="Nguồn hàng “{title}” của {organization} phù hợp với nhu cầu “{watch}” của bạn.",
    en="The listing “{title}” of {organization} fits your need “{watch}”.",
)
NEED_FITS_LISTING = Message(
    vi="Nhu cầu “{title}” của {organization} phù hợp với nguồn hàng “{watch}” của bạn.",
    en="The need “{title}” of {organization} fits your listing “{watch}”.",
)
LISTING_IN_SEARCH = Message(
    vi="Nguồn hàng “{title}” của {organization} khớp với tìm kiếm đã lưu “{watch}”.",
    en="The listing “{title}” of {organization} matches your saved search “{watch}”.",
)
NEED_IN_SEARCH = Message(
    vi="Nhu cầu “{title}” của {organization} khớp với tìm kiếm đã lưu “{watch}”.",
    en="The need “{title}” of {organization} matches your saved search “{watch}”.",
)
RECALLED_OF_MATCH = Message(
    vi="Chứng nhận {scheme} của {organization} đã bị thu hồi; nguồn hàng “{title}” từng phù hợp với “{watch}” của bạn.",
    en="The {scheme} certificate of {organization} was recalled; its listing “{title}” had fitted your “{watch}”.",
)
RECALLED_OF_OWN = Message(
    vi="Chứng nhận {scheme} của {organization} đã bị thu hồi và không còn được tính khi tìm kiếm, ghép nối.",
    en="The {scheme} certificate of {organization} was recalled and no longer counts in search and matching.",
)
EXPIRING = Message(
    vi="Chứng nhận {scheme} của {organization} hết hạn sau ngày {day}; hãy gia hạn để tiếp tục đáp ứng nhu cầu.",
    en="The {scheme} certificate of {organization} expires after {day}; renew it to keep fitting needs.",
)

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


def filled(message: Message, **parameters: object) -> Message:
    """The sentence in both languages with its places filled."""
    return Message(vi=message.text("vi", **parameters), en=message.text("en", **parameters))


def said(language: Language, *, vi: str, en: str) -> str:
    """The one of two texts that is in the language."""
    return vi if language == "vi" else en


def with_more(message: Message, more: int) -> Message:
    """The sentence, and of how many more of one's own it is true."""
    if more <= 0:
        return message
    return Message(vi=f"{message.vi} (và {more} tin khác của bạn)", en=f"{message.en} (and {more} more of yours)")
