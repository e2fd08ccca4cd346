"""The table of news: for each kind its words, its fixed subject, and what to do next, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from market.notifications.event_table import EVENT_NOTICES
from market.notifications.kinds import (
    Kind,
    Notice,
    OfCertificate,
    OfCertificateDecision,
    OfClaim,
    OfDecline,
    OfExpiry,
    OfMatch,
    OfMessage,
    OfQuote,
    OfRecall,
    OfReset,
    OfWebhook,
    Payload,
    Words,
    notice,
)
from market.notifications.lot_table import LOT_NOTICES
from market.notifications.paper_table import PAPER_NOTICES

ANSWER_QUOTE: Words = (
    "Mở báo giá để chấp nhận, đề nghị lại hoặc từ chối.",
    "Open the quote to accept it, counter it or decline it.",
)

_NOTICES: Mapping[Kind, Notice] = {
    Kind.LISTING_MATCH: notice(
        "listing",
        OfMatch,
        text=(
            "Nguồn hàng “{title}” của {organization} phù hợp với nhu cầu “{watch_title}” của bạn.",
            "The listing “{title}” of {organization} fits your need “{watch_title}”.",
        ),
        subject=("Có nguồn hàng phù hợp với nhu cầu của bạn", "A listing fits your need"),
        then=("Xem nguồn hàng và nhắn cho bên bán.", "Look at the listing and write to the seller."),
        several=(
            "Nguồn hàng “{title}” của {organization} phù hợp với nhu cầu “{watch_title}” của bạn. "
            "(và {more} tin khác của bạn)",
            "The listing “{title}” of {organization} fits your need “{watch_title}”. (and {more} more of yours)",
        ),
        beyond=(
            "Hôm nay còn nhiều nguồn hàng khác phù hợp với tin của bạn (đến giờ: {more}), như “{title}” của "
            "{organization} với “{watch_title}”; xem tất cả ở phần ghép nối.",
            "Many more listings fit yours today ({more} so far), such as “{title}” of {organization} for "
            "“{watch_title}”; your matches show them all.",
        ),
    ),
    Kind.NEED_MATCH: notice(
        "need",
        OfMatch,
        text=(
            "Nhu cầu “{title}” của {organization} phù hợp với nguồn hàng “{watch_title}” của bạn.",
            "The need “{title}” of {organization} fits your listing “{watch_title}”.",
        ),
        subject=("Có nhu cầu phù hợp với nguồn hàng của bạn", "A need fits your listing"),
        then=("Xem nhu cầu và gửi báo giá trước hạn.", "Look at the need and send a quote before its deadline."),
        several=(
            "Nhu cầu “{title}” của {organization} phù hợp với nguồn hàng “{watch_title}” của bạn. "
            "(và {more} tin khác của bạn)",
            "The need “{title}” of {organization} fits your listing “{watch_title}”. (and {more} more of yours)",
        ),
        beyond=(
            "Hôm nay còn nhiều nhu cầu khác phù hợp với tin của bạn (đến giờ: {more}), như “{title}” của "
            "{organization} với “{watch_title}”; xem tất cả ở phần ghép nối.",
            "Many more needs fit yours today ({more} so far), such as “{title}” of {organization} for "
            "“{watch_title}”; your matches show them all.",
        ),
    ),
    Kind.SAVED_SEARCH: notice(
        "listing",
        OfMatch,
        text=(
            "Nguồn hàng “{title}” của {organization} khớp với tìm kiếm đã lưu “{watch_title}”.",
            "The listing “{title}” of {organization} matches your saved search “{watch_title}”.",
        ),
        subject=("Có tin mới khớp với tìm kiếm đã lưu của bạn", "Something new matches your saved search"),
        then=("Xem tin; sửa hoặc ngừng tìm kiếm nếu không còn cần.", "Look at it; edit or stop the search at will."),
        need=(
            "Nhu cầu “{title}” của {organization} khớp với tìm kiếm đã lưu “{watch_title}”.",
            "The need “{title}” of {organization} matches your saved search “{watch_title}”.",
        ),
    ),
    Kind.CERTIFICATE_VERIFIED: notice(
        "certificate",
        OfCertificateDecision,
        text=(
            "Chứng nhận {scheme} của {organization} đã được xác minh và được tính khi tìm kiếm, ghép nối.",
            "The {scheme} certificate of {organization} was verified and counts in search and matching.",
        ),
        subject=("Chứng nhận của bạn đã được xác minh", "Your certificate was verified"),
        then=("Gắn chứng nhận vào các nguồn hàng mà nó bao trùm.", "Attach it to the listings that it covers."),
    ),
    Kind.CERTIFICATE_REJECTED: notice(
        "certificate",
        OfCertificateDecision,
        text=(
            "Chứng nhận {scheme} của {organization} không được xác minh. Lý do: {reason}.",
            "The {scheme} certificate of {organization} was not verified. Reason: {reason}.",
        ),
        subject=("Chứng nhận của bạn không được xác minh", "Your certificate was not verified"),
        then=(
            "Sửa thông tin hoặc bổ sung bản quét; chứng nhận sẽ được xem lại.",
            "Correct it or attach a scan; it is looked at again.",
        ),
    ),
    Kind.CERTIFICATE_SUSPENDED: notice(
        "certificate",
        OfCertificate,
        text=(
            "Chứng nhận {scheme} của {organization} tạm ngưng được tính vì tổ chức đã đổi thông tin định danh.",
            "The {scheme} certificate of {organization} is suspended: what identifies the organization has changed.",
        ),
        subject=("Chứng nhận của bạn tạm ngưng được tính", "Your certificate is suspended"),
        then=(
            "Bổ sung giấy tờ mang tên, mã số mới và chờ cán bộ xác minh lại.",
            "Attach papers with the new name or number, and wait for an officer to verify them again.",
        ),
    ),
    Kind.CERTIFICATE_RECALLED: notice(
        "certificate",
        OfRecall,
        text=(
            "Chứng nhận {scheme} của {organization} đã bị thu hồi và không còn được tính khi tìm kiếm, ghép nối.",
            "The {scheme} certificate of {organization} was recalled and no longer counts in search and matching.",
        ),
        subject=("Một chứng nhận đã bị thu hồi", "A certificate was recalled"),
        then=(
            "Kiểm tra những gì dựa vào chứng nhận này và trao đổi với bên kia.",
            "Look at what relies on this certificate, and talk to the other side.",
        ),
        need=(
            "Chứng nhận {scheme} của {organization} đã bị thu hồi; nguồn hàng “{title}” từng phù hợp với "
            "“{watch_title}” của bạn.",
            "The {scheme} certificate of {organization} was recalled; its listing “{title}” had fitted your "
            "“{watch_title}”.",
        ),
        quote=(
            "Chứng nhận {scheme} của {organization} đã bị thu hồi; nguồn hàng “{title}” nằm trong báo giá cho "
            "“{watch_title}”.",
            "The {scheme} certificate of {organization} was recalled; its listing “{title}” is in the quote for "
            "“{watch_title}”.",
        ),
        agreement=(
            "Chứng nhận {scheme} của {organization} đã bị thu hồi; nguồn hàng “{title}” thuộc văn bản "
            "“{watch_title}” của bạn.",
            "The {scheme} certificate of {organization} was recalled; its listing “{title}” belongs to your "
            "“{watch_title}”.",
        ),
    ),
    Kind.CERTIFICATE_EXPIRING: notice(
        "certificate",
        OfExpiry,
        text=(
            "Chứng nhận {scheme} của {organization} hết hạn sau ngày {day}; hãy gia hạn để tiếp tục đáp ứng nhu cầu.",
            "The {scheme} certificate of {organization} expires after {day}; renew it to keep fitting needs.",
        ),
        subject=("Chứng nhận của bạn sắp hết hạn", "Your certificate expires soon"),
        then=("Gia hạn và khai chứng nhận mới.", "Renew it, and record the new one."),
    ),
    Kind.CLAIM_VERIFIED: notice(
        "claim",
        OfClaim,
        text=("Đã xác minh với {organization}: {claim}.", "Verified of {organization}: {claim}."),
        subject=("Khai báo của bạn đã được xác minh", "What you claimed was verified"),
        then=("Không cần làm gì thêm.", "There is nothing more to do."),
    ),
    Kind.CLAIM_REJECTED: notice(
        "claim",
        OfClaim,
        text=(
            "Không xác minh được với {organization}: {claim}. Lý do: {reason}.",
            "Not verified of {organization}: {claim}. Reason: {reason}.",
        ),
        subject=("Khai báo của bạn không được xác minh", "What you claimed was not verified"),
        then=("Khai lại kèm căn cứ rõ hơn.", "Claim it again, with better evidence."),
    ),
    Kind.CLAIM_SUSPENDED: notice(
        "claim",
        OfClaim,
        text=(
            "Tạm ngưng với {organization}: {claim}. Lý do: {reason}.",
            "Suspended of {organization}: {claim}. Reason: {reason}.",
        ),
        subject=("Một xác minh của bạn tạm ngưng", "Something verified of you is suspended"),
        then=(
            "Khai lại kèm căn cứ mới và chờ cán bộ xác minh.",
            "Claim it again with new evidence, and wait for an officer to verify it.",
        ),
    ),
    Kind.RESET_ASKED: notice(
        "organization",
        OfReset,
        text=(
            "Có người xin mật khẩu mới cho {person} qua điện thoại dùng chung; mã dùng được từ {at}.",
            "Somebody asked for a new password of {person} by the shared telephone; the code works from {at} on.",
        ),
        subject=(
            "Có người xin mật khẩu mới qua điện thoại dùng chung",
            "A new password was asked for by a shared phone",
        ),
        then=(
            "Nếu không phải người đó, người đó đăng nhập như thường lệ để hủy; hãy xác nhận e-mail riêng.",
            "If it was not them, they sign in as always to call it off; let them prove an e-mail of their own.",
        ),
    ),
    Kind.CLAIM_ENDING: notice(
        "claim",
        OfClaim,
        text=(
            "Xác minh với {organization} sắp hết hạn: {claim}. Ngày cuối: {reason}.",
            "A verification of {organization} is about to end: {claim}. Its last day: {reason}.",
        ),
        subject=("Một xác minh của bạn sắp hết hạn", "Something verified of you is about to end"),
        then=(
            "Gửi giấy tờ mới và nhờ cán bộ xác minh lại trước ngày đó.",
            "Attach newer papers, and ask an officer to verify it again before that day.",
        ),
    ),
    Kind.QUOTE_SUBMITTED: notice(
        "quote",
        OfQuote,
        text=(
            "{supplier} gửi báo giá cho nhu cầu “{title}” của bạn.",
            "{supplier} sent a quote for your need “{title}”.",
        ),
        subject=("Có báo giá cho nhu cầu của bạn", "A quote for your need"),
        then=ANSWER_QUOTE,
    ),
    Kind.QUOTE_REVISED: notice(
        "quote",
        OfQuote,
        text=(
            "{supplier} chào lại cho nhu cầu “{title}” của bạn.",
            "{supplier} revised its quote for your need “{title}”.",
        ),
        subject=("Báo giá cho nhu cầu của bạn được chào lại", "A quote for your need was revised"),
        then=ANSWER_QUOTE,
    ),
    Kind.QUOTE_COUNTERED: notice(
        "quote",
        OfQuote,
        text=(
            "{buyer} đề nghị lại về báo giá của bạn cho nhu cầu “{title}”.",
            "{buyer} made a counter-offer on your quote for “{title}”.",
        ),
        subject=("Có đề nghị lại về báo giá của bạn", "A counter-offer on your quote"),
        then=(
            "Mở báo giá để chấp nhận đề nghị hoặc chào lại.",
            "Open the quote to accept the counter-offer or revise the quote.",
        ),
    ),
    Kind.QUOTE_ACCEPTED: notice(
        "quote",
        OfQuote,
        text=(
            "{buyer} chấp nhận báo giá của bạn cho nhu cầu “{title}”.",
            "{buyer} accepted your quote for “{title}”.",
        ),
        subject=("Báo giá được chấp nhận", "A quote was accepted"),
        then=("Lập văn bản từ báo giá và cùng ký.", "Draw up the agreement from the quote and sign it together."),
        partly=(
            "{buyer} chấp nhận một phần báo giá của bạn cho nhu cầu “{title}”.",
            "{buyer} accepted a part of your quote for “{title}”.",
        ),
        counter=(
            "{supplier} chấp nhận đề nghị của bạn cho nhu cầu “{title}”.",
            "{supplier} accepted your counter-offer for “{title}”.",
        ),
    ),
    Kind.QUOTE_DECLINED: notice(
        "quote",
        OfDecline,
        text=(
            "{buyer} từ chối báo giá của bạn cho nhu cầu “{title}”. Lý do: {reason}.",
            "{buyer} declined your quote for “{title}”. Reason: {reason}.",
        ),
        subject=("Báo giá bị từ chối", "A quote was declined"),
        then=("Có thể gửi báo giá mới khi nhu cầu còn mở.", "You may send a new quote while the need is open."),
    ),
    Kind.QUOTE_WITHDRAWN: notice(
        "quote",
        OfQuote,
        text=("{supplier} rút báo giá cho nhu cầu “{title}” của bạn.", "{supplier} withdrew its quote for “{title}”."),
        subject=("Một báo giá đã rút", "A quote was withdrawn"),
        then=("Xem các báo giá khác của nhu cầu.", "Look at the other quotes for the need."),
    ),
    Kind.QUOTE_EXPIRED: notice(
        "quote",
        OfQuote,
        text=(
            "Báo giá của {supplier} cho nhu cầu “{title}” của {buyer} đã hết hạn.",
            "The quote of {supplier} for the need “{title}” of {buyer} has expired.",
        ),
        subject=("Một báo giá đã hết hạn", "A quote has expired"),
        then=("Bên bán có thể chào lại.", "The supplier may revise it."),
    ),
    Kind.AGREEMENT_DRAWN_UP: notice(
        "quote",
        OfQuote,
        text=(
            "Đã có dự thảo văn bản từ báo giá của {supplier} cho nhu cầu “{title}” của {buyer}.",
            "An agreement was drafted from the quote of {supplier} for the need “{title}” of {buyer}.",
        ),
        subject=("Đã có dự thảo văn bản", "An agreement was drafted"),
        then=("Mở dự thảo, kiểm tra và ký.", "Open the draft, check it and sign it."),
    ),
    Kind.MESSAGE: notice(
        "thread",
        OfMessage,
        text=("{organization} viết cho bạn.", "{organization} wrote to you."),
        subject=("Có tin nhắn mới", "A new message"),
        then=(
            "Mở cuộc trao đổi để đọc và trả lời; có thể chặn hoặc báo cáo nếu bị làm phiền.",
            "Open the thread to read and answer; block or report it if it bothers you.",
        ),
        titled=(
            "{organization} viết cho bạn về “{title}”.",
            "{organization} wrote to you about “{title}”.",
        ),
    ),
    Kind.WEBHOOK_DISABLED: notice(
        "webhook",
        OfWebhook,
        text=(
            "Máy chủ {host} của bạn không nhận được tin nào trong ba ngày, nên webhook đã bị tắt.",
            "Your server {host} took no message for three days, so its webhook was disabled.",
        ),
        subject=("Một webhook đã bị tắt", "A webhook was disabled"),
        then=(
            "Sửa máy chủ, bật lại webhook (status: active) rồi cho gửi lại các tin đã lỡ.",
            "Mend the server, make the webhook active again and have the missed messages sent again.",
        ),
        gone=(
            "Máy chủ {host} của bạn báo không nhận tin nữa (410), nên webhook đã bị tắt.",
            "Your server {host} says that it takes no more messages (410), so its webhook was disabled.",
        ),
        secret_lost=(
            "Khóa ký của webhook tới {host} không còn đọc được, nên webhook đã bị tắt; hãy đổi khóa (rotate-secret).",
            "The secret of the webhook to {host} can no longer be read, so it was disabled; exchange the secret.",
        ),
    ),
}

NOTICES: Mapping[Kind, Notice] = MappingProxyType({**_NOTICES, **LOT_NOTICES, **PAPER_NOTICES, **EVENT_NOTICES})
"""One row for each kind."""

_ANY = notice(
    "thread",
    Payload,
    text=("Có điều mới.", "There is something new."),
    subject=("Có thông báo mới", "A new notification"),
    then=("Mở để xem.", "Open it and see."),
)


_KNOWN = frozenset(map(str, Kind))


def notice_of(kind: str) -> Notice:
    """The row of a kind as it was kept; news of a kind that there is no more are still news."""
    return NOTICES[Kind(kind)] if kind in _KNOWN else _ANY
