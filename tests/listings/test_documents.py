"""What the search engine holds of a listing."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.listings.document import listing_document
from market.listings.facts import published_facts
from market.listings.models import Listing
from market.listings.queries import listings_by_id
from market.reference.types import known_catalogue
from tests.people import SEEN, Client

FULL: dict[str, Any] = {
    "title": "Thanh long ruột đỏ Chợ Gạo",
    "description": "Hái trong ngày.\nGiao tận nơi.",
    "variety": "LĐ1",
    "growing_area": "VN-TGOR-0037",
    "province": {"code": "82", "version": "2008"},
    "unit": "KGM",
    "price_vnd": 28000,
    "moq": "200.5",
    "capacity": [
        {"from": "2027-03-01", "to": "2027-05-09", "quantity": "0.125", "per": "month"},
        {"from": "2026-12-01", "to": "2027-03-28", "quantity": "5000", "per": "week"},
    ],
    "packaging": "thùng 10 kg",
    "publish": True,
}
BARE: dict[str, Any] = {
    "title": "Dừa xiêm xanh",
    "province": {"code": "83", "version": "2008"},
    "unit": "H87",
    "publish": True,
}
PAPERS: tuple[dict[str, Any], ...] = (
    {
        "scheme": "vietgap",
        "number": "VietGAP-TT-26-01-82-0007",
        "issuer": "Trung tâm Mẫu",
        "issued_on": "2026-01-15",
        "scope_concepts": ["dragon-fruit"],
    },
    {"scheme": "ocop", "level": 4, "issuer": "UBND tỉnh Mẫu", "issued_on": "2026-01-15", "scope_area": "vn-tgor-0037"},
)


async def test_documents_are_the_same_from_rows_and_from_facts(client: Client, session: AsyncSession) -> None:
    cooperative, officer = await client.register("producer"), await client.officer()
    papers = [(await cooperative.post("/certificates", paper)).json()["id"] for paper in PAPERS]
    await officer.post(f"/certificates/{papers[0]}/verify", SEEN)
    ids = [
        UUID((await cooperative.post("/listings", listing)).raise_for_status().json()["id"])
        for listing in ({**FULL, "certificates": papers}, BARE)
    ]
    catalogue = await known_catalogue(session)

    session.expunge_all()
    rows = await listings_by_id(session, select(Listing), ids)
    facts = await published_facts(session, ids[::-1])

    of_rows = [listing_document(row, catalogue=catalogue) for row in rows]
    assert of_rows == [listing_document(each, catalogue=catalogue) for each in facts[::-1]]
    assert len(of_rows[0]["card"]["certificates"]) == 2
    assert "vietgap" in of_rows[0]["valid_until"]


async def test_what_nobody_may_see_has_no_facts(client: Client, session: AsyncSession) -> None:
    cooperative = await client.register("producer")
    draft = UUID((await cooperative.post("/listings", BARE | {"publish": False})).json()["id"])

    assert await published_facts(session, [draft]) == []
    assert await published_facts(session, []) == []
