"""Where links in mails lead: what everybody may see is shown, the rest says where it can be read."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from uuid import UUID

from market.core.language import Language, Message
from market.integrations.json_ld import Thing
from market.listings.schemas import ListingOut
from market.needs.schemas import NeedLineOut, NeedOut
from market.organizations.schemas import OrganizationOut
from market.web.page import facts, page

KINDS: Mapping[str, Message] = {
    "listings": Message(vi="Chào bán", en="Listing"),
    "lots": Message(vi="Lô hàng", en="Lot"),
    "needs": Message(vi="Nhu cầu mua", en="Need"),
    "quotes": Message(vi="Báo giá", en="Quote"),
    "threads": Message(vi="Trao đổi", en="Thread"),
    "agreements": Message(vi="Thỏa thuận", en="Agreement"),
    "claims": Message(vi="Yêu cầu xác minh", en="Claim"),
    "certificates": Message(vi="Chứng nhận", en="Certificate"),
    "events": Message(vi="Sự kiện", en="Event"),
    "meetings": Message(vi="Cuộc gặp", en="Meeting"),
    "organizations": Message(vi="Tổ chức", en="Organization"),
    "webhooks": Message(vi="Webhook", en="Webhook"),
    "saved-searches": Message(vi="Tìm kiếm đã lưu", en="Saved search"),
}
"""What has an address of its own, by the word in its path."""

SIGN_IN = Message(
    vi="Nội dung này chỉ dành cho người có quyền xem. Hãy mở nó trong ứng dụng mà bạn đã đăng nhập, "
    "hoặc đọc qua API bằng mã truy cập của bạn:",
    en="Only those who may see this can read it. Open it in the application that you are signed in to, "
    "or read it from the API with your own credential:",
)
NAMES = {
    "organization": Message(vi="Đơn vị", en="Organization"),
    "place": Message(vi="Nơi", en="Place"),
    "price": Message(vi="Giá", en="Price"),
    "least": Message(vi="Mua ít nhất", en="Minimum order"),
    "available": Message(vi="Có hàng", en="Available"),
    "deadline": Message(vi="Hạn chào giá", en="Offers until"),
    "goods": Message(vi="Cần mua", en="Wanted"),
    "tax_code": Message(vi="Mã số thuế", en="Tax code"),
    "website": Message(vi="Trang web", en="Website"),
    "through": Message(vi="đến", en="to"),
    "data": Message(vi="Dữ liệu cho chương trình", en="Data for programs"),
}


def _said(name: str, language: Language) -> str:
    return NAMES[name].text(language)


def elsewhere(kind: str, id_: UUID, *, language: Language) -> bytes:
    """The page of something that is not for everybody; whether it is there at all is not said."""
    path = f"/api/v1/{kind}/{id_}"
    body = f"<p>{escape(SIGN_IN.text(language))}</p><pre>GET {escape(path)}</pre>"
    return page(KINDS[kind].text(language), body, language=language)


def listing_page(listing: ListingOut, *, language: Language, linked: Thing) -> bytes:
    """A listing as people read it."""
    price = f"{listing.price_vnd:,} đ / {listing.unit}".replace(",", ".") if listing.price_vnd is not None else None
    available = None
    if listing.available_from and listing.available_to:
        available = f"{listing.available_from:%d/%m/%Y} {_said('through', language)} {listing.available_to:%d/%m/%Y}"
    rows: list[tuple[str, str | None]] = [
        (_said("organization", language), listing.organization.name),
        (_said("place", language), listing.province.name),
        (_said("price", language), price),
        (_said("least", language), f"{listing.moq} {listing.unit}" if listing.moq else None),
        (_said("available", language), available),
    ]
    picture = ""
    if listing.photo is not None:
        picture = f'<p><img src="{escape(listing.photo.small)}" alt="{escape(listing.photo.alt or "")}"></p>'
    text = f"<p>{escape(listing.description)}</p>" if listing.description else ""
    body = picture + text + facts(rows) + _data("listings", listing.id, language)
    return page(listing.title, body, language=language, linked=linked)


def need_page(need: NeedOut, *, language: Language, linked: Thing) -> bytes:
    """A need as people read it."""
    lines = "; ".join(f"{_goods(line, language)}: {line.quantity} {line.unit}" for line in need.lines)
    rows: list[tuple[str, str | None]] = [
        (_said("organization", language), need.organization.name),
        (_said("place", language), need.delivery_province.name),
        (_said("goods", language), lines),
        (_said("deadline", language), f"{need.deadline:%d/%m/%Y}" if need.deadline else None),
    ]
    text = f"<p>{escape(need.description)}</p>" if need.description else ""
    body = text + facts(rows) + _data("needs", need.id, language)
    return page(need.title, body, language=language, linked=linked)


def organization_page(organization: OrganizationOut, *, language: Language, linked: Thing) -> bytes:
    """An organization as everybody may see it."""
    rows: list[tuple[str, str | None]] = [
        (_said("place", language), organization.province.name),
        (_said("tax_code", language), organization.tax_code),
        ("GLN", organization.gln),
        (_said("website", language), organization.website),
    ]
    text = f"<p>{escape(organization.description)}</p>" if organization.description else ""
    body = text + facts(rows) + _data("organizations", organization.id, language)
    return page(organization.name, body, language=language, linked=linked)


def _goods(line: NeedLineOut, language: Language) -> str:
    if line.concept is None:
        return line.name or ""
    return line.concept.name_en if language == "en" else line.concept.name_vi


def _data(kind: str, id_: UUID, language: Language) -> str:
    path = f"/api/v1/{kind}/{id_}"
    return f'<p><a href="{path}">{escape(_said("data", language))}</a></p>'
