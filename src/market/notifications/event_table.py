"""The part of the table of news that events fill."""

from __future__ import annotations

from collections.abc import Mapping

from market.notifications.kinds import Kind, Notice, OfEvent, OfFollowUp, OfRegistration, OfTimetable, notice

EVENT_NOTICES: Mapping[Kind, Notice] = {
    Kind.REGISTRATION_RECEIVED: notice(
        "event",
        OfRegistration,
        text=(
            "Đã ghi đăng ký của {organization} tham dự “{event}”; ban tổ chức sẽ trả lời.",
            "The registration of {organization} for “{event}” was taken down; the organizers will answer.",
        ),
        subject=("Đã ghi đăng ký tham dự của bạn", "Your registration was taken down"),
        then=(
            "Nếu không phải bạn đăng ký hoặc không dự được, hãy rút đăng ký.",
            "If it was not you, or you cannot come, withdraw it.",
        ),
        waiting=(
            "“{event}” đã đủ chỗ: {organization} ở danh sách chờ và được báo khi có chỗ.",
            "“{event}” is full: {organization} is on the waiting list and is told when there is a place.",
        ),
        by_others=(
            "Cán bộ đã đăng ký {organization} tham dự “{event}”. Cách đồng ý được ghi: {reason}.",
            "An officer registered {organization} for “{event}”. It is noted how you agreed: {reason}.",
        ),
    ),
    Kind.REGISTRATION_ACCEPTED: notice(
        "event",
        OfRegistration,
        text=(
            "Đăng ký của {organization} tham dự “{event}” (ngày {day}, tại {place}) đã được nhận.",
            "The registration of {organization} for “{event}” (on {day}, at {place}) was accepted.",
        ),
        subject=("Đăng ký tham dự đã được nhận", "Your registration was accepted"),
        then=(
            "Xem lịch của sự kiện và chuẩn bị người dự, gian hàng.",
            "Look at the programme; prepare people and booth.",
        ),
        noted=(
            "Đăng ký của {organization} tham dự “{event}” (ngày {day}, tại {place}) đã được nhận. Ban tổ chức nhắn: "
            "{reason}.",
            "The registration of {organization} for “{event}” (on {day}, at {place}) was accepted. The organizers say: "
            "{reason}.",
        ),
    ),
    Kind.REGISTRATION_DECLINED: notice(
        "event",
        OfRegistration,
        text=(
            "Đăng ký của {organization} tham dự “{event}” không được nhận. Lý do: {reason}.",
            "The registration of {organization} for “{event}” was declined. Reason: {reason}.",
        ),
        subject=("Đăng ký tham dự không được nhận", "Your registration was declined"),
        then=("Liên hệ ban tổ chức nếu cần.", "Ask the organizers if need be."),
    ),
    Kind.TIMETABLE_SET: notice(
        "event",
        OfTimetable,
        text=(
            "Lịch gặp của {organization} tại “{event}” đã có: {meetings}.",
            "The meetings of {organization} at “{event}” are set: {meetings}.",
        ),
        subject=("Lịch gặp của bạn đã có", "Your meetings are set"),
        then=(
            "Đến trước giờ hẹn 5 phút; báo ban tổ chức nếu không dự được.",
            "Be there five minutes before; tell the organizers if you cannot come.",
        ),
    ),
    Kind.TIMETABLE_CHANGED: notice(
        "event",
        OfTimetable,
        text=(
            "Lịch gặp của {organization} tại “{event}” có thay đổi: {meetings}. Các cuộc khác giữ nguyên.",
            "The meetings of {organization} at “{event}” have changed: {meetings}. The others stay as they were.",
        ),
        subject=("Lịch gặp của bạn có thay đổi", "Your meetings have changed"),
        then=(
            "Sửa lại sổ hẹn; báo ban tổ chức nếu không dự được.",
            "Correct your diary; tell the organizers if you cannot come.",
        ),
    ),
    Kind.EVENT_SOON: notice(
        "event",
        OfEvent,
        text=("“{event}” bắt đầu ngày {day} tại {place}.", "“{event}” begins on {day} at {place}."),
        subject=("Sự kiện bạn đăng ký sắp bắt đầu", "An event of yours begins soon"),
        then=("Xem lịch gặp và mang theo thẻ có mã QR.", "Look at your meetings and bring the badge with its QR code."),
    ),
    Kind.EVENT_CHANGED: notice(
        "event",
        OfEvent,
        text=(
            "“{event}” đổi ngày hoặc nơi: nay là ngày {day} tại {place}.",
            "“{event}” changed its days or place: it is now on {day} at {place}.",
        ),
        subject=("Sự kiện bạn đăng ký đã đổi ngày hoặc nơi", "An event of yours changed its days or place"),
        then=("Xem lại lịch; rút đăng ký nếu không dự được.", "Look at it again; withdraw if you cannot come."),
    ),
    Kind.EVENT_CANCELLED: notice(
        "event",
        OfEvent,
        text=(
            "“{event}” (ngày {day}, tại {place}) không diễn ra nữa.",
            "“{event}” (on {day}, at {place}) does not take place.",
        ),
        subject=("Sự kiện bạn đăng ký đã hủy", "An event of yours was cancelled"),
        then=("Không cần đến; các cuộc gặp cũng đã hủy.", "Do not come; its meetings are cancelled too."),
    ),
    Kind.FOLLOW_UP_DUE: notice(
        "meeting",
        OfFollowUp,
        text=(
            "Đến ngày {day}, việc đã hẹn với {partner} tại “{event}”.",
            "What you agreed with {partner} at “{event}” is due on {day}.",
        ),
        subject=("Có việc đã hẹn đến ngày", "Something you agreed upon is due"),
        then=("Mở cuộc gặp để xem việc và ghi đã làm.", "Open the meeting to see what it is, and say when it is done."),
    ),
}
