"""Where labels of lots lead: what was harvested when, where and by whom, and what was tested."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from uuid import UUID

from market.core import clock
from market.core.language import Language, Message
from market.lots.labels import trace_path
from market.lots.models import Lot
from market.lots.policy import is_public
from market.photos.addresses import photo_mark
from market.reference.catalogue import Catalogue
from market.web.page import facts, page

NAMES = {
    "code": Message(vi="Mã lô", en="Lot"),
    "organization": Message(vi="Nhà sản xuất", en="Producer"),
    "place": Message(vi="Nơi", en="Place"),
    "area": Message(vi="Mã số vùng trồng", en="Growing area code"),
    "harvest": Message(vi="Thu hoạch", en="Harvested"),
    "quantity": Message(vi="Sản lượng lô", en="Quantity of the lot"),
    "packed": Message(vi="Đóng gói", en="Packed"),
    "best": Message(vi="Hạn dùng", en="Best before"),
    "reports": Message(vi="Phiếu kiểm nghiệm", en="Test reports"),
    "report": Message(vi="Phiếu {number}", en="Report {number}"),
    "label": Message(vi="Mã QR của nhãn", en="QR code of the label"),
    "data": Message(vi="Dữ liệu cho chương trình", en="Data for programs"),
    "said": Message(
        vi="Thông tin do nhà sản xuất khai; chợ chưa kiểm tra.",
        en="This is what the producer says; the market has not checked it.",
    ),
}
ENDED = {
    "recalled": Message(
        vi="LÔ HÀNG ĐÃ BỊ THU HỒI ngày {day}. Không bán, không dùng; trả lại nơi mua.",
        en="THIS LOT WAS RECALLED on {day}. Do not sell or eat it; bring it back to where it was bought.",
    ),
    "withdrawn": Message(
        vi="Nhà sản xuất đã rút lô này ngày {day}: ghi nhầm, không còn giá trị.",
        en="The producer withdrew this lot on {day}: it was recorded by mistake and counts no more.",
    ),
    "reason": Message(vi="Lý do: {reason}", en="Reason: {reason}"),
}
NONE = Message(vi="Không có lô hàng này", en="There is no such lot")
CHECK = Message(
    vi="Kiểm tra lại mã trên nhãn: GTIN {gtin}, lô {code}.", en="Check what the label says: GTIN {gtin}, lot {code}."
)
SEVERAL = Message(vi="Nhiều đơn vị khai nhãn này", en="Several organizations say that this label is theirs")
RECALLED_AMONG = Message(
    vi="HÀNG MANG NHÃN NÀY CÓ LÔ ĐÃ BỊ THU HỒI: {names}. Không bán, không dùng khi chưa rõ hàng của đơn vị nào.",
    en="A LOT WITH THIS LABEL WAS RECALLED: {names}. Do not sell or eat the goods unless you are sure whose they are.",
)
HOLD_AGAINST = Message(vi="Hãy chọn đơn vị có tên trên bao bì.", en="Choose the one that is named on the packing.")


def _said(name: str, language: Language, **values: object) -> str:
    return NAMES[name].text(language, **values)


def _day(day: date | None) -> str | None:
    return f"{day:%d/%m/%Y}" if day else None


def _harvest(lot: Lot) -> str:
    begun, ended = _day(lot.harvested_from), _day(lot.harvested_to)
    return f"{begun} – {ended}" if begun != ended else f"{begun}"


def trace_page(lot: Lot, reports: Sequence[UUID], *, catalogue: Catalogue, language: Language) -> bytes:
    """A lot as whoever reads its label sees it.

    Args:
        lot: with its listing and organization.
        reports: ids of its test reports, oldest first.
    """
    unit = catalogue.unit(lot.unit)
    rows: list[tuple[str, str | None]] = [
        (_said("code", language), lot.code),
        ("GTIN", lot.gtin),
        (_said("organization", language), lot.listing.organization.name),
        (_said("place", language), catalogue.province(lot.listing.province_code, lot.listing.province_version).name),
        (_said("area", language), lot.growing_area_code),
        (_said("harvest", language), _harvest(lot)),
        (
            _said("quantity", language),
            f"{lot.quantity.normalize():f} {unit.name_en if language == 'en' else unit.name_vi}",
        ),
        (_said("packed", language), _day(lot.packed_on)),
        (_said("best", language), _day(lot.best_before)),
    ]
    note = f"<p>{escape(lot.note)}</p>" if lot.note else ""
    here = f"/api/v1/lots/{lot.id}"
    label = f'<p><img src="{here}/qr" width="180" alt="{escape(_said("label", language))}"></p>'
    data = f'<p><a href="{here}">{escape(_said("data", language))}</a></p>'
    said = f"<p><small>{escape(_said('said', language))}</small></p>"
    body = (
        _end(lot, language)
        + _picture(lot)
        + facts(rows)
        + note
        + _reports(here, reports, language)
        + said
        + label
        + data
    )
    return page(lot.listing.title, body, language=language)


def _end(lot: Lot, language: Language) -> str:
    """That a lot must not be used, before anything else of it."""
    how, at, reason = ("recalled", lot.recalled_at, lot.recall_reason)
    if at is None:
        how, at, reason = ("withdrawn", lot.withdrawn_at, lot.withdrawal_reason)
    if at is None:
        return ""
    day = f"{clock.business_date(at):%d/%m/%Y}"
    told = ENDED[how].text(language, day=day), ENDED["reason"].text(language, reason=reason)
    return _alert(told)


def _alert(sentences: Iterable[str]) -> str:
    told = "".join(f"<p><strong>{escape(sentence)}</strong></p>" for sentence in sentences)
    return f'<div role="alert" style="border:3px solid #b00;padding:1em">{told}</div>'


def _owner(lot: Lot) -> str:
    return lot.listing.organization.name


def _picture(lot: Lot) -> str:
    shown = photo_mark(lot.photo, public=is_public(lot))
    if shown is None and lot.listing.status == "published":
        shown = photo_mark(lot.listing.photo, public=is_public(lot))
    return f'<p><img src="{escape(shown.small)}" alt="{escape(shown.alt or "")}"></p>' if shown else ""


def _reports(here: str, reports: Sequence[UUID], language: Language) -> str:
    if not reports:
        return ""
    links = "".join(
        f'<li><a href="{here}/reports/{report}">{escape(_said("report", language, number=number))}</a></li>'
        for number, report in enumerate(reports, 1)
    )
    return f"<h2>{escape(_said('reports', language))}</h2><ul>{links}</ul>"


def no_lot_page(gtin: str, code: str, *, language: Language) -> bytes:
    """The page of a label that nobody's lot has, or none that everybody may see."""
    return page(NONE.text(language), f"<p>{escape(CHECK.text(language, gtin=gtin, code=code))}</p>", language=language)


def choice_page(lots: Sequence[Lot], *, language: Language) -> bytes:
    """The page of a label that several organizations have; that one of their lots was recalled is said first."""
    claims = sorted(lots, key=lambda lot: lot.recalled_at is None)
    alarm = RECALLED_AMONG.text(language, names=", ".join(_owner(lot) for lot in claims if lot.recalled_at))
    warning = _alert([alarm]) if any(lot.recalled_at for lot in claims) else ""
    links = "".join(
        f'<li>{_end(lot, language)}<a href="{trace_path(lot)}">{escape(_owner(lot))}: {escape(lot.listing.title)}</a>'
        "</li>"
        for lot in claims
    )
    body = f"{warning}<p>{escape(HOLD_AGAINST.text(language))}</p><ul>{links}</ul>"
    return page(SEVERAL.text(language), body, language=language)
