"""How the lists that people work with become tables: the headings are those that imports read."""

from __future__ import annotations

from collections.abc import Mapping

from market.core.sheets.tables import Table, TableColumn
from market.sheet_words import requirements_said, status_said, stretch_said, unit_said, weekdays_said

LISTINGS = Table(
    "hang-ban",
    (
        TableColumn("Mã trên Market", "id", width=38, english="Market id"),
        TableColumn("Tên hàng", "title", width=36, english="Title"),
        TableColumn("ĐVT", "unit", width=10, english="Unit", says=unit_said),
        TableColumn("Đơn giá", "price_vnd", "money", 14, english="Price"),
        TableColumn("Đặt tối thiểu", "moq", "number", 14, english="Least order"),
        TableColumn("Xuất xứ", "province.name", english="Province"),
        TableColumn("Quy cách", "packaging", english="Packaging"),
        TableColumn("Bảo quản lạnh", "cold_chain", "flag", 14, english="Cold chain"),
        TableColumn("Hàng hóa (danh mục)", "concept.name_vi", width=24, english="Goods (catalogue)"),
        TableColumn("Bên bán", "organization.name", width=30, english="Seller"),
        TableColumn("Mùa: đầu", "available_from", "day", 14, english="Season: first"),
        TableColumn("Mùa: cuối", "available_to", "day", 14, english="Season: last"),
        TableColumn("kg một tuần", "weekly_kg", "number", 14, english="kg a week"),
        TableColumn("đ/kg", "price_vnd_kg", "number", 14, english="đ/kg"),
        TableColumn("GCN đã xác minh", "certificates", "list", 30, english="Verified certificates"),
        TableColumn("Đăng lúc", "published_at", "instant", 18, english="Published at"),
        TableColumn("kg mỗi ĐVT", "kg_each", "number", 12, english="kg each"),
        TableColumn("Giá đến hết ngày", "price_until", "day", 14, english="Price until"),
    ),
)
NEEDS = Table(
    "nhu-cau",
    (
        TableColumn("Mã trên Market", "id", width=38, english="Market id"),
        TableColumn("Tiêu đề", "title", width=36, english="Need title"),
        TableColumn("Bên đặt", "organization.name", width=30, english="Asked by"),
        TableColumn("Mặt hàng", "lines[].name|lines[].concept.name_vi", width=28, english="Goods"),
        TableColumn("ĐVT", "lines[].unit", width=10, english="Unit", says=unit_said),
        TableColumn("Số lượng", "lines[].quantity", "number", 14, english="Quantity"),
        TableColumn("Mỗi", "lines[].per", width=10, english="Per", says=stretch_said),
        TableColumn("Từ ngày", "lines[].from", "day", 14, english="From"),
        TableColumn("Đến ngày", "lines[].to", "day", 14, english="To"),
        TableColumn("Các thứ giao hàng", "lines[].weekdays", width=16, english="Weekdays", says=weekdays_said),
        TableColumn("Giá trần", "lines[].price_ceiling_vnd", "money", 14, english="Price ceiling"),
        TableColumn(
            "Bắt buộc có",
            "lines[].required_certificates",
            width=24,
            english="Required certificates",
            says=requirements_said,
        ),
        TableColumn(
            "Ưu tiên có",
            "lines[].preferred_certificates",
            width=24,
            english="Preferred certificates",
            says=requirements_said,
        ),
        TableColumn("Phẩm cấp", "lines[].grade", english="Grade"),
        TableColumn("Kích cỡ", "lines[].size", english="Size"),
        TableColumn("Quy cách", "lines[].packaging", english="Packaging"),
        TableColumn("kg mỗi ĐVT", "lines[].kg_each", "number", 12, english="kg each"),
        TableColumn("Giao trước", "deliver_before", width=12, english="Before"),
        TableColumn("Nơi giao", "delivery_province.name", english="Delivered to"),
        TableColumn("Ghi chú", "lines[].note", width=30, english="Note"),
        TableColumn("Hạn chào", "deadline", "day", 14, english="Deadline"),
        TableColumn("Trạng thái", "status", width=12, english="Status", says=status_said),
        TableColumn("Mô tả nhu cầu", "description", width=30, english="Description"),
        TableColumn("Mã đơn", "external_id", english="Order code"),
    ),
    repeated="lines",
)
LOTS = Table(
    "lo-hang",
    (
        TableColumn("Mã lô", "code", english="Lot"),
        TableColumn("Mã trên Market", "listing", width=38, english="Market id"),
        TableColumn("Tên hàng", "title", width=36, english="Title"),
        TableColumn("Ngày thu hoạch", "harvested_from", "day", 14, english="Harvested from"),
        TableColumn("Thu hoạch đến", "harvested_to", "day", 14, english="Harvested to"),
        TableColumn("Số lượng", "quantity", "number", 14, english="Quantity"),
        TableColumn("ĐVT", "unit", width=10, english="Unit", says=unit_said),
        TableColumn("Mã vùng trồng", "growing_area_code", english="Growing area code"),
        TableColumn("Ngày đóng gói", "packed_on", "day", 14, english="Packed on"),
        TableColumn("Hạn sử dụng", "best_before", "day", 14, english="Best before"),
        TableColumn("Mã GTIN", "gtin", english="GTIN"),
        TableColumn("Ghi chú", "note", width=30, english="Note"),
        TableColumn("Trang truy xuất", "trace_url", width=40, english="Trace page"),
        TableColumn("Thu hồi lúc", "recalled_at", "instant", 18, english="Recalled at"),
    ),
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
        TableColumn("Tên đơn vị", "organization.name", width=36, english="Organization"),
        TableColumn("Trạng thái", "status", english="Status", says=status_said),
        TableColumn("Số đại biểu", "delegates_count", "number", 12, english="Delegates"),
        TableColumn("Họ tên", "delegates[].name", width=28, english="Delegate"),
        TableColumn("Chức vụ", "delegates[].title", english="Position"),
        TableColumn("Điện thoại", "delegates[].phone", english="Phone"),
        TableColumn("Số gian hàng", "booths", "number", 12, english="Booths"),
        TableColumn("Nguyện vọng", "booth_wish", width=30, english="Wishes"),
    ),
    repeated="delegates",
)

TABLES: Mapping[str, Table] = {
    "searchListings": LISTINGS,
    "searchNeeds": NEEDS,
    "listLots": LOTS,
    "listAgreements": AGREEMENTS,
    "listRegistrations": REGISTRATIONS,
}
