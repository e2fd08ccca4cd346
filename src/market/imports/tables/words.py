"""The words that people head their columns with, by field and kind of table. Data, not code: add what you meet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from market.vietnamese.spelling import folded, marked

GOODS = (
    "tên hàng", "tên sản phẩm", "tên hàng hóa", "mặt hàng", "tên mặt hàng", "sản phẩm", "hàng hóa", "tên nông sản",
    "nông sản", "tên sp", "tên hh", "tên hàng hóa dịch vụ", "tên hàng hóa quy cách", "tên", "loại hàng", "product",
    "tên nông sản sản phẩm", "sản phẩm ocop", "tên sản phẩm ocop", "hàng", "sản phẩm dịch vụ", "item", "product name",
    "title", "name",
)  # fmt: skip
UNIT = ("đvt", "đơn vị tính", "dvt", "đ v t", "đơn vị", "unit", "đv tính", "đvị tính", "uom")
NOTE = ("ghi chú", "mô tả", "chú thích", "note", "notes", "diễn giải", "ghi chú khác", "lưu ý", "remark")
CODE = (
    "mã hàng", "mã sp", "mã sản phẩm", "masp", "mã vật tư", "sku", "mã hh", "mã hàng hóa", "code", "mã số", "mã",
    "mahang", "mã vạch", "barcode", "item code", "mã nội bộ",
)  # fmt: skip
QUANTITY = (
    "số lượng", "sl", "khối lượng", "sản lượng", "số lượng đặt", "sl đặt", "nhu cầu", "qty", "quantity", "kl",
    "số lượng cần", "sl cần", "số lượng dự kiến", "sản lượng dự kiến", "soluong",
)  # fmt: skip
ORGANIZATION = (
    "tên đơn vị", "đơn vị", "cơ quan", "doanh nghiệp", "tên doanh nghiệp", "tổ chức", "tên tổ chức", "công ty",
    "htx", "hợp tác xã", "tên cơ sở", "cơ sở", "đơn vị tham gia", "tên doanh nghiệp htx", "đơn vị tham dự",
    "tên công ty", "cơ quan đơn vị", "đơn vị công tác",
)  # fmt: skip
PLACE = (
    "xuất xứ",
    "tỉnh",
    "tỉnh thành",
    "tỉnh tp",
    "địa phương",
    "nơi sản xuất",
    "nguồn gốc",
    "tỉnh thành phố",
    "origin",
    "province",
)
SIDE_A = (
    "bên a", "bên bán", "bên a bán", "bên cung", "bên cung ứng", "nhà cung cấp", "bên sản xuất", "seller",
    "bên cung cấp", "đơn vị bán", "đơn vị cung cấp", "đơn vị cung ứng", "đơn vị sản xuất", "người bán", "chủ thể",
)  # fmt: skip
SIDE_B = (
    "bên b", "bên mua", "bên b mua", "bên tiêu thụ", "bên thu mua", "nhà phân phối", "buyer", "bên phân phối",
    "đơn vị mua", "đơn vị tiêu thụ", "đơn vị thu mua", "đơn vị phân phối", "người mua", "doanh nghiệp thu mua",
)  # fmt: skip
SEASON = (
    "mùa vụ", "thời vụ", "thời gian thu hoạch", "thời gian cung ứng", "thời gian cung cấp", "thời gian có hàng",
    "thời điểm thu hoạch", "mùa thu hoạch", "tháng thu hoạch",
)  # fmt: skip
"""Columns that say when there are goods, or are wanted, in one cell."""
PRICE = (
    "giá", "đơn giá", "giá bán", "giá sỉ", "giá lẻ", "giá siêu thị", "giá bán lẻ", "giá bán sỉ", "giá đại lý", "price",
    "giá niêm yết", "đơn giá bán", "giá tại vườn", "giá giao", "giá bán buôn", "giá thùng", "giá hcm", "giá kênh",
    "báo giá", "gia", "đơn giá đồng", "unit price", "giá bán đề xuất", "giá chào",
)  # fmt: skip
COST = ("giá vốn", "giá nhập", "giá mua", "giá gốc", "giá cũ", "giá tháng trước", "giá thị trường")
"""Prices of another kind: never suggested as what is asked for, but they may be chosen."""

IGNORED = (
    "stt", "tt", "số tt", "số thứ tự", "no", "thành tiền", "tổng tiền", "tổng", "tổng cộng", "chữ ký", "hình ảnh",
    "ảnh", "vat", "thuế", "thuế suất", "ký nhận", "còn hạn", "tình trạng", "nhóm", "nhóm hàng", "ngành hàng", "tổng sl",
    "tổng số lượng", "cộng", "điểm",
)  # fmt: skip
TOLD_ONLY = (
    "hàng hóa (danh mục)", "goods (catalogue)", "bên đặt", "asked by", "mùa: đầu", "mùa: cuối", "season: first",
    "season: last", "kg một tuần", "kg a week", "đ/kg", "gcn đã xác minh", "verified certificates", "đăng lúc",
    "published at", "bên bán", "seller", "giá đến hết ngày", "price until", "trang truy xuất", "trace page",
    "thu hồi lúc", "recalled at",
)  # fmt: skip
"""Headings of what is exported here for people to look at, and follows from the rest."""
KG_EACH = ("kg mỗi đvt", "kg mỗi đơn vị", "số kg mỗi đvt", "kg each", "khối lượng mỗi đvt")
STATUS = ("trạng thái", "status")

LISTINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("mã trên market", "id", "market id"),
    "external_id": CODE,
    "title": GOODS,
    "unit": UNIT,
    "price_vnd": PRICE,
    "moq": ("least order", "đặt tối thiểu", "số lượng tối thiểu", "sl tối thiểu", "moq", "đơn hàng tối thiểu",
            "mua tối thiểu",
                "tối thiểu"),
    "stock": ("tồn", "tồn kho", "sl tồn", "số lượng tồn", "slton", "tồn cuối", "số lượng có", "cung ứng", "tồn cuối kỳ",
              "năng lực cung ứng", "ton kho", "hiện có", "có thể giao", "onhand", *QUANTITY),
    "province": PLACE,
    "growing_area": ("vùng trồng", "mã vùng trồng", "mã số vùng trồng", "vùng nguyên liệu"),
    "kg_each": KG_EACH,
    "price_until": ("giá đến hết ngày", "giá đến ngày", "giá áp dụng đến", "price until"),
    "packaging": ("packaging", "quy cách", "quy cách đóng gói", "đóng gói", "bao bì", "qui cách", "trọng lượng",
                  "trọng lượng tịnh",
                  "khối lượng tịnh", "dung tích", "thể tích"),
    "shelf_life_days": ("hạn dùng ngày", "số ngày bảo quản", "hạn sử dụng ngày", "bảo quản ngày", "shelf life"),
    "variety": ("giống", "chủng loại"),
    "ocop_level": ("hạng sao", "số sao", "xếp hạng", "phân hạng", "sao", "hạng ocop", "kết quả phân hạng", "ocop",
                   "hạng", "kết quả xếp hạng", "đạt hạng"),
    "grade": ("loại", "phẩm cấp", "hạng hàng", "size", "cỡ", "phân loại", "kích cỡ"),
    "cold_chain": ("cold chain", "bảo quản lạnh", "chuỗi lạnh", "hàng lạnh"),
    "certificate_words": ("chứng nhận", "tiêu chuẩn", "chứng chỉ", "giấy chứng nhận"),
    "decision_number": ("quyết định công nhận số", "số quyết định", "quyết định", "quyết định số", "số qđ",
                        "số quyết định công nhận"),
    "decision_date": ("quyết định công nhận ngày", "ngày công nhận", "ngày quyết định", "ngày cấp", "năm công nhận",
                      "ngày ban hành", "quyết định ngày"),
    "organization": ("chủ thể", "chủ thể tên", "tên chủ thể", "nhà cung cấp", "ncc", "đơn vị sản xuất",
                     "cơ sở sản xuất", "chủ thể sản xuất", *ORGANIZATION),
    "address": ("địa chỉ", "chủ thể địa chỉ", "địa chỉ sản xuất"),
    "commune": ("xã", "xã phường", "xã thị trấn", "xã phường thị trấn", "phường xã", "phường", "xã phường đặc khu",
                "tên xã", "đơn vị xã", "huyện", "huyện xã"),
    "season": SEASON,
    "from": ("từ ngày", "ngày bắt đầu", "bắt đầu", "có hàng từ", "mùa vụ từ"),
    "to": ("đến ngày", "ngày kết thúc", "kết thúc", "có hàng đến", "mùa vụ đến"),
    "description": NOTE,
}  # fmt: skip

PRICES: Mapping[str, tuple[str, ...]] = {
    "id": LISTINGS["id"],
    "external_id": CODE,
    "title": GOODS,
    "unit": UNIT,
    "price_vnd": PRICE,
}

LOTS: Mapping[str, tuple[str, ...]] = {
    "id": LISTINGS["id"],
    "code": ("mã lô", "số lô", "lô", "lô hàng", "mã lô hàng", "số lô hàng", "ký hiệu lô", "mã lô sản xuất",
             "lô sản xuất", "mã lô thu hoạch", "mã truy xuất", "lot", "lot no", "lot code", "batch", "batch no"),
    "external_id": tuple(word for word in CODE if word not in ("mã vạch", "barcode")),
    "title": GOODS,
    "harvested_from": ("harvested from", "ngày thu hoạch", "thu hoạch", "thu hoạch từ", "thu hoạch từ ngày",
                       "ngày thu", "ngày hái",
                       "ngày cắt", "từ ngày", "ngày bắt đầu thu hoạch", "harvested", "harvest date"),
    "harvested_to": ("harvested to", "thu hoạch đến", "thu hoạch đến ngày", "đến ngày", "ngày kết thúc thu hoạch"),
    "quantity": (*QUANTITY, "sản lượng thu hoạch", "sản lượng lô"),
    "unit": UNIT,
    "growing_area_code": ("growing area code", "mã vùng trồng", "mã số vùng trồng", "vùng trồng", "msvt",
                          "mã số vùng", "mã vùng", "puc"),
    "packed_on": ("packed on", "ngày đóng gói", "đóng gói", "nsx", "ngày sản xuất", "packed"),
    "best_before": ("hạn sử dụng", "hsd", "hạn dùng", "sử dụng đến", "best before", "expiry"),
    "gtin": ("gtin", "mã gtin", "mã vạch", "barcode"),
    "note": NOTE,
}  # fmt: skip

NEEDS: Mapping[str, tuple[str, ...]] = {
    "id": LISTINGS["id"],
    "external_id": (
        "order code",
        "mã đơn",
        "số đơn",
        "mã đơn hàng",
        "đơn hàng",
        "số po",
        "po",
        "mã nhu cầu",
        "số đơn hàng",
        "mã đđh",
    ),
    "title": ("tiêu đề", "tên nhu cầu", "tên đơn", "need title"),
    "description": ("mô tả nhu cầu", "mô tả chung", "description"),
    "goods": (*GOODS, "goods"),
    "unit": UNIT,
    "quantity": QUANTITY,
    "per": ("mỗi", "per", "kỳ", "theo kỳ"),
    "price_ceiling_vnd": (
        "price ceiling",
        "giá trần",
        "giá tối đa",
        "giá mua",
        "giá mua tối đa",
        "giá mục tiêu",
        "giá mua cao nhất",
        "giá cao nhất",
        "không quá",
        "giá không quá",
        "mức giá tối đa",
        "giá chấp nhận",
        *PRICE,
    ),
    "required_certificates": ("bắt buộc có", "chứng nhận bắt buộc", "required certificates"),
    "preferred_certificates": ("ưu tiên có", "chứng nhận ưu tiên", "preferred certificates"),
    "requirements": (
        "yêu cầu",
        "tiêu chuẩn",
        "chứng nhận",
        "yêu cầu chứng nhận",
        "tiêu chuẩn chất lượng",
        "chất lượng",
    ),
    "store": (
        "cửa hàng",
        "tên cửa hàng",
        "chi nhánh",
        "điểm bán",
        "điểm giao",
        "bếp",
        "bếp ăn",
        "trường",
        "store",
        "kho nhận",
    ),
    "season": (*SEASON, "thời gian", "thời gian cần", "thời gian mua", "thời gian thực hiện"),
    "weekdays": (
        "các thứ giao hàng",
        "weekdays",
        "ngày giao trong tuần",
        "thứ giao",
        "thứ giao hàng",
        "lịch giao",
        "ngày trong tuần",
        "các thứ",
    ),
    "date": (
        "thứ ngày",
        "ngày thứ",
        "ngày tháng",
        "ngày",
        "ngày giao",
        "ngày đặt",
        "ngày nhận",
        "ngày giao hàng",
        "ngày cần",
        "ngày cần hàng",
    ),
    "from": ("từ ngày", "ngày bắt đầu", "từ", "from"),
    "to": ("đến ngày", "ngày kết thúc", "đến", "to"),
    "deadline": ("hạn chào", "hạn chào giá", "hạn báo giá", "deadline"),
    "deliver_before": ("before", "giao trước", "giờ giao", "trước giờ", "thời gian giao", "giao trước giờ", "giờ nhận"),
    "delivery_province": (
        "delivered to",
        "nơi giao",
        "giao tại",
        "tỉnh giao",
        "địa điểm giao",
        "nơi nhận",
        "tỉnh",
        "tỉnh thành",
    ),
    "grade": ("phẩm cấp", "loại", "hạng hàng", "grade"),
    "size": ("kích cỡ", "cỡ", "size", "kích thước"),
    "packaging": LISTINGS["packaging"],
    "kg_each": KG_EACH,
    "status": STATUS,
    "organization": ("người mua", "siêu thị", "khách hàng", *ORGANIZATION),
    "note": NOTE,
}

REGISTRATIONS: Mapping[str, tuple[str, ...]] = {
    "organization": (*ORGANIZATION, "organization"),
    "tax_code": ("mst", "mã số thuế", "mã số doanh nghiệp", "mã số dn"),
    "gln": ("gln", "mã gln", "mã địa điểm toàn cầu", "global location number"),
    "delegate_name": ("delegate", "họ tên", "họ và tên", "đại biểu", "người đại diện", "đại diện", "tên đại biểu",
                      "người liên hệ",
                      "họ tên đại biểu", "tên người tham dự", "người tham dự"),
    "delegate_title": ("chức vụ", "chức danh", "position"),
    "phone": ("sđt", "điện thoại", "số điện thoại", "đt", "di động", "đt liên hệ", "số đt", "phone"),
    "delegates_count": ("delegates", "số đại biểu", "số người", "số lượng đại biểu", "sl đại biểu", "số lượng",
                        "số người tham dự"),
    "booths": ("booths", "gian hàng", "số gian", "số gian hàng", "số lượng gian hàng"),
    "booth_wish": ("wishes", "yêu cầu gian hàng", "nguyện vọng", "yêu cầu", *NOTE),
}  # fmt: skip

AGREEMENTS: Mapping[str, tuple[str, ...]] = {
    "number": ("tt", "stt", "số tt", "số thứ tự", "no"),
    "paper_number": ("số hđ", "số hợp đồng", "số biên bản", "số văn bản", "số hiệu", "số", "số ký hiệu", "số bbgn"),
    "instrument": ("loại", "loại văn bản", "hình thức", "loại giấy tờ", "loại hình", "loại hợp đồng",
                "hình thức ký kết",
                   "nội dung ký kết", "loại hình ký kết"),
    "seller": SIDE_A,
    "buyer": SIDE_B,
    "parties": ("các bên", "các bên ký kết", "các bên tham gia", "bên tham gia ký kết", "đơn vị ký kết", "hai bên"),
    "representative": ("đại diện", "người ký", "người đại diện", "đại diện ký", "người ký kết"),
    "seller_representative": ("đại diện bên a", "đại diện bên bán", "người ký bên a"),
    "buyer_representative": ("đại diện bên b", "đại diện bên mua", "người ký bên b"),
    "goods": (*GOODS, "nội dung", "nội dung hợp tác", "nội dung thỏa thuận"),
    "quantity_words": (*QUANTITY, "số lượng sản lượng", "sản lượng cam kết"),
    "unit": UNIT,
    "price_vnd": PRICE,
    "value_vnd": ("giá trị", "trị giá", "giá trị hđ", "giá trị hợp đồng", "tổng giá trị", "giá trị dự kiến",
                "thành tiền",
                  "kinh phí", "doanh số"),
    "signed_on": ("ngày ký", "ngày", "ngày ký kết", "ngày tháng", "ngày ký hđ"),
    "valid_from": ("hiệu lực từ", "từ ngày", "bắt đầu"),
    "valid_until": ("hiệu lực đến", "đến ngày", "hết hạn", "thời hạn đến", "thời hạn", "thời gian thực hiện",
                    "thời gian giao", "thời gian giao hàng", "thời gian cung cấp", "thời gian hợp tác",
                    "tiến độ giao"),
    "signing_place": ("nơi ký", "địa điểm ký", "địa điểm"),
    "witness": ("bên c", "bên thứ ba", "chứng kiến", "đơn vị chứng kiến", "bên làm chứng"),
    "note": NOTE,
}  # fmt: skip

WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "listings": LISTINGS,
        "needs": NEEDS,
        "registrations": REGISTRATIONS,
        "delegates": REGISTRATIONS,
        "agreements": AGREEMENTS,
        "prices": PRICES,
        "lots": LOTS,
    }
)

_SIGNS = re.compile(r"[^\w\s]+|_")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
EXACT, BEGINS, HOLDS = 3, 2, 1


def plain_heading(text: str, *, brackets: bool = True) -> str:
    """A heading as it is compared: without signs and, unless kept, without what stands in brackets.

    Marks count where there are any: "Hạng" is no "Hàng". A heading typed without any may mean both.
    """
    bare = text if brackets else _IN_BRACKETS.sub(" ", text)
    return " ".join(_SIGNS.sub(" ", marked(bare)).split())


@lru_cache(maxsize=16)
def phrases_of(kind: str) -> tuple[tuple[str, str, str], ...]:
    """Every phrase, with its marks and without, and its field."""
    found = ((plain_heading(word), field) for field, words in WORDS[kind].items() for word in words)
    return tuple((phrase, folded(phrase), field) for phrase, field in dict.fromkeys(found))


COST_PHRASES = frozenset(plain_heading(word) for word in COST)
IGNORED_PHRASES = frozenset(
    form for word in (*IGNORED, *TOLD_ONLY) for form in (plain_heading(word), folded(plain_heading(word)))
)


_SELLS, _BUYS = re.compile(r"\b(?:bán|cung|sản xuất|seller)\b"), re.compile(r"\b(?:mua|tiêu thụ|phân phối|buyer)\b")
_STARS = re.compile(r"(?:đạt |hạng |ocop )*([1-5]) (?:sao|star|stars)(?: ocop)?")


def stars_of(heading: str) -> int | None:
    """How many stars a column of marks stands for: "Hạng sao / 4 sao"; None for any other."""
    found = _STARS.fullmatch(plain_heading(heading.rpartition(" / ")[2]))
    return int(found[1]) if found else None


def side_said(heading: str) -> str | None:
    """Whether a heading says in words who sells or buys: "Bên A (bên mua)" buys, whatever its letter."""
    text = plain_heading(heading)
    sells, buys = bool(_SELLS.search(text)), bool(_BUYS.search(text))
    return None if sells == buys else "seller" if sells else "buyer"


@lru_cache(maxsize=4096)
def fields_named(kind: str, heading: str) -> tuple[tuple[str, int], ...]:
    """The fields that a heading may mean, the likeliest first, with how closely: exactly, at its start, inside it."""
    found: dict[str, int] = {}
    forms = [plain_heading(heading), plain_heading(heading, brackets=False)]
    forms.append(plain_heading(heading.rpartition(" / ")[2], brackets=False))
    for text in dict.fromkeys(forms):
        unmarked = text == folded(text)
        for with_marks, without, field in phrases_of(kind):
            closeness = _closeness(text, without if unmarked else with_marks)
            if closeness > found.get(field, 0):
                found[field] = closeness
    if kind == "agreements" and found.keys() & {"seller", "buyer"} and (side := side_said(heading)):
        other = "buyer" if side == "seller" else "seller"
        found[side] = max(found.get(side, 0), found.pop(other, 0))
    order = list(WORDS[kind])
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], order.index(pair[0]))))


def _closeness(text: str, phrase: str) -> int:
    if text == phrase:
        return EXACT
    if len(phrase) < 3 and " " not in phrase:
        return 0
    if text.startswith(f"{phrase} "):
        return BEGINS
    return HOLDS if f" {phrase} " in f" {text} " and len(phrase) > 4 else 0


def is_cost(heading: str) -> bool:
    """Whether it is a price, but what one paid oneself or that of another day."""
    text = plain_heading(heading, brackets=False)
    return any(text == phrase or text.startswith(f"{phrase} ") for phrase in COST_PHRASES)


def is_ignored(heading: str) -> bool:
    """Whether lists have such a column and nobody needs it: row numbers, totals, signatures."""
    return plain_heading(heading, brackets=False) in IGNORED_PHRASES or plain_heading(heading) in IGNORED_PHRASES
