"""What people are told about their data. Whoever changes the words gives them a new version."""

from __future__ import annotations

from market.core.language import Message

VERSION = "2026-11"
TEXT = Message(
    vi=(
        "Chợ nông sản lưu tên, e-mail, số điện thoại và các lần đăng nhập của bạn để bạn dùng được tài khoản và "
        "để đối tác liên hệ trong giao dịch. Người ngoài không thấy e-mail, số điện thoại, mã số thuế cá nhân (12"
        " số) và địa chỉ nhà của hộ kinh doanh. Cán bộ xem liên hệ của tổ chức thì được ghi lại và bạn xem được. "
        "Bạn có quyền xem và tải mọi dữ liệu về mình (GET /me/export), sửa (PATCH /me), xóa (DELETE /me) và rút "
        "lại sự đồng ý. Hợp đồng đã ký được giữ theo luật, dưới một mã không còn tên. Thiết bị đăng nhập được giữ"
        " 180 ngày, nhật ký xem liên hệ hai năm."
    ),
    en=(
        "The market keeps your name, e-mail, phone and sign-ins, so that you can use your account and partners "
        "can reach you about a deal. Outsiders see no e-mail, phone, personal tax number (12 digits) or home "
        "address of a household business. Officers who read an organization's contacts are written down, and you "
        "can see it. You may see and take along all that is kept about you (GET /me/export), correct it (PATCH "
        "/me), erase it (DELETE /me) and take consent back. Signed agreements are kept as the law asks, under an "
        "id without a name. Devices are kept for 180 days, readings of contacts for two years."
    ),
)
