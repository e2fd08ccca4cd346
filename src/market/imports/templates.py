"""Workbooks to fill in: a heading that is known here, lists to choose from, and a page that explains."""

from __future__ import annotations

import io
from collections.abc import Mapping

import xlsxwriter

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.imports.tables.fields import LABEL_OF_KIND, LABELS
from market.reference.catalogue import Catalogue

FIELDS: Mapping[str, tuple[str, ...]] = {
    "listings": ("external_id", "title", "unit", "price_vnd", "moq", "stock", "province", "packaging", "growing_area",
                 "description"),
    "needs": ("external_id", "goods", "unit", "quantity", "price_ceiling_vnd", "date", "deliver_before", "requirements",
              "packaging", "note"),
    "registrations": ("organization", "tax_code", "gln", "delegates_count", "booths", "booth_wish"),
    "delegates": ("organization", "tax_code", "gln", "delegate_name", "delegate_title", "phone"),
    "agreements": ("number", "instrument", "seller", "seller_representative", "buyer", "buyer_representative", "goods",
                   "quantity_words", "price_vnd", "value_vnd", "signed_on", "note"),
    "prices": ("external_id", "title", "unit", "price_vnd"),
    "lots": ("code", "external_id", "title", "harvested_from", "harvested_to", "quantity", "unit", "growing_area_code",
             "packed_on", "best_before", "gtin", "note"),
}  # fmt: skip
REQUIRED = frozenset(
    {
        "title",
        "goods",
        "unit",
        "quantity",
        "price_vnd",
        "organization",
        "seller",
        "buyer",
        "instrument",
        "code",
        "harvested_from",
    }
)
HINTS: Mapping[str, str] = {
    "price_vnd": "đồng cho một ĐVT, ví dụ 28000",
    "price_ceiling_vnd": "đồng cho một ĐVT, ví dụ 32000",
    "external_id": "mã của riêng bạn; nhập lại cùng mã thì cập nhật, không thêm mới",
    "stock": "số lượng đang có, theo ĐVT; 0 là hết hàng",
    "quantity_words": "ví dụ 20 tấn/tháng; chưa xác định thì ghi đúng như vậy",
    "value_vnd": "ví dụ 1,2 tỷ",
    "date": "ngày/tháng/năm",
    "signed_on": "ngày/tháng/năm",
    "code": "như in trên nhãn, không dấu, tối đa 20 ký tự; nhập lại cùng mã lô thì cập nhật",
    "harvested_from": "ngày/tháng/năm",
    "harvested_to": "để trống nếu thu hoạch trong một ngày",
    "growing_area_code": "mã số vùng trồng do cơ quan quản lý cấp",
    "gtin": "mã vạch 8, 12, 13 hay 14 chữ số, nếu có",
    "gln": "mã địa điểm GS1, 13 chữ số, nếu có",
    "requirements": "ví dụ VietGAP, OCOP 4 sao",
    "number": "các dòng hàng của cùng một văn bản để trống STT ở những dòng sau",
}
INSTRUMENTS = ("Hợp đồng mua bán", "Biên bản ghi nhớ", "Hợp đồng nguyên tắc", "Hợp đồng bao tiêu", "Hợp đồng đại lý")
CERTIFICATES = ("VietGAP", "GlobalGAP", "Hữu cơ", "HACCP", "OCOP 3 sao", "OCOP 4 sao", "OCOP 5 sao")
DAYS = frozenset({"date", "signed_on", "harvested_from", "harvested_to", "packed_on", "best_before"})
ROWS = 2000
UNKNOWN_CATEGORY = Message(vi="Không có nhóm hàng “{text}”.", en='There is no group of goods "{text}".')


def template_of(kind: str, catalogue: Catalogue, *, category: str | None) -> bytes:
    """A workbook for one kind of import.

    Args:
        category: goods whose kinds come in the list of names: an id or a name.

    Raises:
        ValidationFailed: there is no such goods.
    """
    lists = _lists(catalogue, category)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(LABEL_OF_KIND[kind].vi)
    explained = book.add_worksheet("Hướng dẫn")
    listed = book.add_worksheet("Danh mục")
    listed.hide()
    needed = book.add_format({"bold": True, "bg_color": "#DDEBDA", "border": 1, "text_wrap": True})
    optional = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1, "text_wrap": True})
    dated = book.add_format({"num_format": "dd/mm/yyyy"})
    ranges = {}
    for at, (name, values) in enumerate(lists.items()):
        listed.write_column(0, at, values)
        column = chr(ord("A") + at)
        ranges[name] = f"='Danh mục'!${column}$1:${column}${len(values)}"
    for at, name in enumerate(FIELDS[kind]):
        sheet.write_string(0, at, LABELS[name].vi, needed if name in REQUIRED else optional)
        sheet.set_column(at, at, 34 if name in ("title", "goods", "organization", "seller", "buyer") else 18,
                         dated if name in DAYS else None)  # fmt: skip
        if name in ranges and lists[name]:
            # A word of one's own is taken too: the list only helps.
            sheet.data_validation(
                1, at, ROWS, at, {"validate": "list", "source": ranges[name], "error_type": "information"}
            )
        explained.write_row(at, 0, [LABELS[name].vi, "bắt buộc" if name in REQUIRED else "", HINTS.get(name, "")])
    explained.set_column(0, 0, 24)
    explained.set_column(2, 2, 80)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, ROWS, len(FIELDS[kind]) - 1)
    book.close()
    return file.getvalue()


def _lists(catalogue: Catalogue, category: str | None) -> dict[str, list[str]]:
    goods = _goods(catalogue, category) if category else []
    return {
        "unit": sorted({unit.name_vi for unit in catalogue.units}, key=lambda name: (name != "kilôgam", name)),
        "province": sorted({one.name for one in catalogue.provinces if one.becomes is None}),
        "instrument": list(INSTRUMENTS),
        "requirements": list(CERTIFICATES),
        "title": goods,
        "goods": goods,
    }


def _goods(catalogue: Catalogue, category: str) -> list[str]:
    known = catalogue.find_concept(category)
    wanted = {concept.id for concept in ([known] if known else catalogue.concepts_named(category))}
    found = [one for one in catalogue.concepts if one.id in wanted or wanted & set(catalogue.ancestors(one.id))]
    if not found:
        raise ValidationFailed.single("/category", "unknown-category", UNKNOWN_CATEGORY, text=category)
    return sorted(one.name_vi for one in found)
