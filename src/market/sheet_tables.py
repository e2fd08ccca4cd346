"""How the lists that people work with become tables: the headings are those that imports read."""

from __future__ import annotations

from collections.abc import Mapping

from market.core.sheets.tables import Table, TableColumn

LISTINGS = Table(
    "hang-ban",
    (
        TableColumn("Mã trên Market", "id", width=38),
        TableColumn("Tên hàng", "title", width=36),
        TableColumn("ĐVT", "unit", width=10),
        TableColumn("Đơn giá", "price_vnd", "money", 14),
        TableColumn("Đặt tối thiểu", "moq", "number", 14),
        TableColumn("Xuất xứ", "province.name"),
        TableColumn("Quy cách", "packaging"),
        TableColumn("Bảo quản lạnh", "cold_chain", "flag", 14),
        TableColumn("Hàng hóa (danh mục)", "concept.name_vi", width=24),
        TableColumn("Bên bán", "organization.name", width=30),
        TableColumn("Mùa: đầu", "available_from", "day", 14),
        TableColumn("Mùa: cuối", "available_to", "day", 14),
        TableColumn("kg một tuần", "weekly_kg", "number", 14),
        TableColumn("đ/kg", "price_vnd_kg", "number", 14),
        TableColumn("GCN đã xác minh", "certificates", "list", 30),
        TableColumn("Đăng lúc", "published_at", "instant", 18),
    ),
)
NEEDS = Table(
    "nhu-cau",
    (
        TableColumn("Mã trên Market", "id", width=38),
        TableColumn("Tiêu đề", "title", width=36),
        TableColumn("Bên đặt", "organization.name", width=30),
        TableColumn("Mặt hàng", "lines[].concept.name_vi", width=28),
        TableColumn("ĐVT", "lines[].unit", width=10),
        TableColumn("Số lượng", "lines[].quantity", "number", 14),
        TableColumn("Mỗi", "lines[].per", width=10),
        TableColumn("Từ ngày", "lines[].from", "day", 14),
        TableColumn("Đến ngày", "lines[].to", "day", 14),
        TableColumn("Giá trần", "lines[].price_ceiling_vnd", "money", 14),
        TableColumn("Bắt buộc có", "lines[].required_certificates", "list", 24),
        TableColumn("Ưu tiên có", "lines[].preferred_certificates", "list", 24),
        TableColumn("Giao trước", "deliver_before", width=12),
        TableColumn("Nơi giao", "delivery_province.name"),
        TableColumn("Ghi chú", "lines[].note", width=30),
        TableColumn("Hạn chào", "deadline", "day", 14),
        TableColumn("Trạng thái", "status", width=12),
    ),
    repeated="lines",
)
AGREEMENTS = Table(
    "van-ban",
    (
        TableColumn("Số trên Market", "number", width=18),
        TableColumn("Loại văn bản", "instrument"),
        TableColumn("Trạng thái", "status"),
        TableColumn("Ngày ký", "signed_on", "day", 14),
        TableColumn("Các bên", "parties", "list", 50),
        TableColumn("Mặt hàng", "concepts", "list", 40),
        TableColumn("Giá trị", "value_vnd", "money", 18),
        TableColumn("Số HĐ", "paper_number"),
        TableColumn("Sự kiện", "event.name", width=30),
        TableColumn("Tỉnh", "province.name"),
        TableColumn("Hiệu lực từ", "valid_from", "day", 14),
        TableColumn("Hiệu lực đến", "valid_until", "day", 14),
        TableColumn("Tên", "title", width=40),
        TableColumn("Mã trên Market", "id", width=38),
    ),
)
REGISTRATIONS = Table(
    "dang-ky",
    (
        TableColumn("Tên đơn vị", "organization.name", width=36),
        TableColumn("Trạng thái", "status"),
        TableColumn("Số đại biểu", "delegates_count", "number", 12),
        TableColumn("Họ tên", "delegates[].name", width=28),
        TableColumn("Chức vụ", "delegates[].title"),
        TableColumn("Điện thoại", "delegates[].phone"),
        TableColumn("Số gian hàng", "booths", "number", 12),
        TableColumn("Nguyện vọng", "booth_wish", width=30),
    ),
    repeated="delegates",
)

TABLES: Mapping[str, Table] = {
    "searchListings": LISTINGS,
    "searchNeeds": NEEDS,
    "listAgreements": AGREEMENTS,
    "listRegistrations": REGISTRATIONS,
}
