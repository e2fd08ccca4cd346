"""Every field that a column may be, by kind of table: how its cells are read and what it is called in templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from market.core.language import Message
from market.imports import cells, day_cells, named_cells, people_cells, seasons
from market.imports.cells import Reading
from market.imports.columns import LISTING_COLUMNS, NEED_COLUMNS, ORGANIZATION, Columns
from market.imports.sheets.grids import Value
from market.imports.tables import terms
from market.imports.tables.weeks import period_from
from market.imports.tables.words import WORDS

Read = Callable[[Value, Reading], Any]
NUMBERS = (cells.quantity, named_cells.amount)
"""Readers whose numbers may be written in two ways."""
DAYS = (day_cells.whole_day, day_cells.first_day, day_cells.last_day, terms.term)
"""Readers whose days may have the month first."""

READERS: Mapping[str, Read] = {
    **dict.fromkeys(("price_vnd", "price_ceiling_vnd", "value_vnd"), cells.money),
    **dict.fromkeys(("moq", "quantity", "stock", "min_quantity"), cells.quantity),
    "kg_each": named_cells.kg_each,
    "per": named_cells.stretch,
    "price_until": day_cells.whole_day,
    **dict.fromkeys(("booths", "delegates_count"), people_cells.headcount),
    "phone": people_cells.phone,
    "season": seasons.season,
    **dict.fromkeys(("deadline", "signed_on", "until", "date", "packed_on", "best_before"), day_cells.whole_day),
    **dict.fromkeys(("from", "valid_from", "harvested_from"), day_cells.first_day),
    **dict.fromkeys(("to", "harvested_to"), day_cells.last_day),
    "valid_until": terms.term,
    "decision_date": day_cells.any_day,
    "deliver_before": day_cells.clock_time,
    "unit": named_cells.unit,
    "province": named_cells.province,
    "delivery_province": named_cells.delivery_province,
    "concept": named_cells.goods,
    "ocop_level": named_cells.stars,
    "requirements": named_cells.demands,
    "quantity_words": named_cells.amount,
    "instrument": named_cells.instrument,
    **dict.fromkeys(("cold_chain", "publish"), named_cells.flag),
    **dict.fromkeys(("certificates", "required_certificates", "preferred_certificates"), named_cells.listed),
    "weekdays": named_cells.weekdays,
    **dict.fromkeys(("description", "note"), cells.text),
}  # fmt: skip
"""By the last part of a field's name; everything else is a line of text."""

MONEY = frozenset({"price_vnd", "price_ceiling_vnd"})
"""Fields that several columns of a list may mean, so that somebody must choose."""

STARS = "stars:"
"""Begins the field of a column whose marks say so many stars: `stars:4`."""
PART = "part:"
"""Begins the field of a column that holds what one shop wants of the goods of a row: `part:CH Quận 1`."""

LABELS: Mapping[str, Message] = {
    "id": Message(vi="Mã trên Market", en="Market id"),
    "external_id": Message(vi="Mã hàng", en="Code"),
    "title": Message(vi="Tên hàng", en="Title"),
    "goods": Message(vi="Mặt hàng", en="Goods"),
    "unit": Message(vi="ĐVT", en="Unit"),
    "price_vnd": Message(vi="Đơn giá", en="Price"),
    "price_ceiling_vnd": Message(vi="Giá trần", en="Price ceiling"),
    "value_vnd": Message(vi="Giá trị", en="Value"),
    "moq": Message(vi="Đặt tối thiểu", en="Least order"),
    "stock": Message(vi="Tồn kho", en="In stock"),
    "quantity": Message(vi="Số lượng", en="Quantity"),
    "quantity_words": Message(vi="Sản lượng", en="Quantity"),
    "province": Message(vi="Xuất xứ", en="Province"),
    "delivery_province": Message(vi="Nơi giao", en="Delivered to"),
    "growing_area": Message(vi="Vùng trồng", en="Growing area"),
    "packaging": Message(vi="Quy cách", en="Packaging"),
    "size": Message(vi="Kích cỡ", en="Size"),
    "kg_each": Message(vi="kg mỗi ĐVT", en="kg each"),
    "price_until": Message(vi="Giá đến hết ngày", en="Price until"),
    "per": Message(vi="Mỗi", en="Per"),
    "deadline": Message(vi="Hạn chào", en="Deadline"),
    "required_certificates": Message(vi="Bắt buộc có", en="Required certificates"),
    "preferred_certificates": Message(vi="Ưu tiên có", en="Preferred certificates"),
    "shelf_life_days": Message(vi="Hạn dùng (ngày)", en="Shelf life (days)"),
    "variety": Message(vi="Giống", en="Variety"),
    "grade": Message(vi="Phẩm cấp", en="Grade"),
    "certificate_words": Message(vi="Chứng nhận", en="Certificates"),
    "requirements": Message(vi="Yêu cầu", en="Requirements"),
    "ocop_level": Message(vi="Hạng sao", en="OCOP stars"),
    "decision_number": Message(vi="Số quyết định", en="Decision number"),
    "decision_date": Message(vi="Ngày quyết định", en="Decision date"),
    "organization": Message(vi="Đơn vị", en="Organization"),
    "tax_code": Message(vi="Mã số thuế", en="Tax code"),
    "gln": Message(vi="Mã GLN", en="GLN"),
    "address": Message(vi="Địa chỉ", en="Address"),
    "commune": Message(vi="Xã, phường", en="Commune"),
    "season": Message(vi="Mùa vụ", en="Season"),
    "weekdays": Message(vi="Các thứ giao hàng", en="Weekdays"),
    "parties": Message(vi="Các bên", en="Parties"),
    "store": Message(vi="Cửa hàng", en="Shop"),
    "from": Message(vi="Từ ngày", en="From"),
    "to": Message(vi="Đến ngày", en="To"),
    "date": Message(vi="Ngày giao", en="Day"),
    "deliver_before": Message(vi="Giao trước", en="Before"),
    "description": Message(vi="Ghi chú", en="Description"),
    "note": Message(vi="Ghi chú", en="Note"),
    "delegate_name": Message(vi="Họ và tên", en="Delegate"),
    "delegate_title": Message(vi="Chức vụ", en="Position"),
    "phone": Message(vi="Điện thoại", en="Phone"),
    "delegates_count": Message(vi="Số đại biểu", en="Delegates"),
    "booths": Message(vi="Số gian hàng", en="Booths"),
    "booth_wish": Message(vi="Nguyện vọng", en="Wishes"),
    "number": Message(vi="STT", en="No."),
    "paper_number": Message(vi="Số HĐ", en="Paper number"),
    "instrument": Message(vi="Loại văn bản", en="Instrument"),
    "seller": Message(vi="Bên A (bán)", en="Seller"),
    "buyer": Message(vi="Bên B (mua)", en="Buyer"),
    "representative": Message(vi="Đại diện", en="Representative"),
    "seller_representative": Message(vi="Đại diện bên A", en="Seller's representative"),
    "buyer_representative": Message(vi="Đại diện bên B", en="Buyer's representative"),
    "witness": Message(vi="Bên chứng kiến", en="Witness"),
    "signed_on": Message(vi="Ngày ký", en="Signed on"),
    "valid_from": Message(vi="Hiệu lực từ", en="Valid from"),
    "valid_until": Message(vi="Hiệu lực đến", en="Valid until"),
    "signing_place": Message(vi="Nơi ký", en="Signed at"),
    "concept": Message(vi="Mã mặt hàng", en="Concept"),
    "publish": Message(vi="Đăng", en="Publish"),
    "status": Message(vi="Trạng thái", en="Status"),
    "code": Message(vi="Mã lô", en="Lot"),
    "harvested_from": Message(vi="Ngày thu hoạch", en="Harvested from"),
    "harvested_to": Message(vi="Thu hoạch đến", en="Harvested to"),
    "growing_area_code": Message(vi="Mã vùng trồng", en="Growing area code"),
    "packed_on": Message(vi="Ngày đóng gói", en="Packed on"),
    "best_before": Message(vi="Hạn sử dụng", en="Best before"),
    "gtin": Message(vi="Mã GTIN", en="GTIN"),
}

COLUMNS: Mapping[str, Columns] = {"listings": LISTING_COLUMNS, "needs": NEED_COLUMNS}


@dataclass(frozen=True, slots=True)
class Field:
    """What a column is."""

    name: str
    place: tuple[str | int, ...]
    """Where it goes in the body that the API takes; of fields of our own, their name alone."""
    read: Read


@lru_cache(maxsize=4096)
def field_of(kind: str, name: str) -> Field | None:
    """A field by its name, as a heading of the API or as a word of ours; None when there is none."""
    if period_from(name) is not None or name.startswith(PART):
        return Field(name, (name,), cells.quantity) if kind == "needs" else None
    if name.startswith(STARS):
        return Field(name, (name,), named_cells.marked) if kind == "listings" else None
    if kind in COLUMNS and (found := COLUMNS[kind].find(name)) is not None:
        place = found[0]
        last = str(place[-1])
        of_reference = len(place) > 1 and last in ("code", "version")
        return Field(name, place, cells.line if of_reference else READERS.get(last, cells.line))
    if name in WORDS[kind]:
        return Field(name, (name,), READERS.get(name, cells.line))
    return Field(name, (name,), cells.line) if name == ORGANIZATION and kind in COLUMNS else None


def known_fields(kind: str) -> list[str]:
    """The names of every field, but for the numbered ones of the API."""
    return list(WORDS[kind])


LABEL_OF_KIND: Mapping[str, Message] = MappingProxyType(
    {
        "listings": Message(vi="Hàng bán", en="Listings"),
        "needs": Message(vi="Nhu cầu mua", en="Needs"),
        "registrations": Message(vi="Đăng ký tham dự", en="Registrations"),
        "delegates": Message(vi="Đại biểu", en="Delegates"),
        "agreements": Message(vi="Văn bản đã ký", en="Agreements"),
        "prices": Message(vi="Giá", en="Prices"),
        "lots": Message(vi="Lô hàng", en="Lots"),
    }
)
