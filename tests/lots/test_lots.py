"""What was harvested together can be recorded, put right, and followed back from its label."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from market.core.changes import Change
from market.core.ids import new_id
from market.core.qr_codes import qr_code
from market.listings.schemas import ListingCreate
from market.lots.labels import gtin_14
from market.lots.schemas import LotCreate
from tests.agreements.stories import verified
from tests.people import Client
from tests.photos.pictures import encoded, picture
from tests.test_access_matrix import example_of

BROWSER = {"Accept": "text/html", "Accept-Language": "vi"}
REPORT = b"%PDF-1.7 du luong: khong phat hien"


async def offered(owner: Client, *, publish: bool = True) -> Any:
    """A listing."""
    body = example_of(ListingCreate) | {"publish": publish, "another": True, "external_id": None}
    answer = await owner.post("/listings", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def recorded(owner: Client, listing: Any, **changes: Any) -> Any:
    """A lot of it."""
    answer = await owner.post(f"/listings/{listing['id']}/lots", example_of(LotCreate) | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_lot_is_recorded_listed_and_logged(client: Client) -> None:
    owner = await client.register("producer")
    listing = await offered(owner)
    first, second = [await recorded(owner, listing, code=code) for code in ("A-1", "A-2")]
    assert (first["gtin"], first["quantity"], first["listing"]) == ("08938505974194", "1800", listing["id"])
    assert first["organization"]["name"] == owner.organization["name"]
    found = (await client.get(f"/listings/{listing['id']}/lots")).json()["items"]
    assert [lot["code"] for lot in found] == ["A-2", "A-1"]
    assert (await client.get(f"/lots/{second['id']}")).json() == second
    async with client.app.state.sessions() as session:
        logged = select(Change).where(Change.entity == "lot").order_by(Change.id)
        changes = (await session.scalars(logged)).all()
    assert [(change.verb, change.diff["code"][1]) for change in changes] == [("create", "A-1"), ("create", "A-2")]


async def test_a_code_stands_for_one_lot_of_an_organization(client: Client) -> None:
    owner, other = await client.register("producer"), await client.register("producer", name="HTX Khác")
    listing, another = await offered(owner), await offered(owner)
    await recorded(owner, listing)
    again = await owner.post(f"/listings/{another['id']}/lots", example_of(LotCreate))
    assert (again.status_code, again.json()["code"]) == (409, "lot-code-taken")
    await recorded(other, await offered(other), gtin=None)
    lot = await recorded(owner, listing, code="B")
    taken = await owner.patch(f"/lots/{lot['id']}", {"code": "TL-2611-07", "relabel": True})
    assert (taken.status_code, taken.json()["code"]) == (409, "lot-code-taken")


async def test_everything_wrong_is_refused_at_once_in_both_languages(client: Client) -> None:
    owner = await client.register("producer")
    path = f"/listings/{(await offered(owner))['id']}/lots"
    wrong = {"code": "LÔ/1", "gtin": "8938505974195", "unit": "khong-co", "quantity": "0"}
    refused = await owner.post(path, example_of(LotCreate) | wrong)
    assert refused.status_code == 400
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/code", "/gtin", "/unit", "/quantity"}
    (wrong_digit,) = [error for error in refused.json()["errors"] if error["pointer"] == "/gtin"]
    assert (wrong_digit["code"], "phải là 4 " in wrong_digit["message"]) == ("gtin-check-digit", True)
    reversed_ = {"harvested_to": "2026-11-19", "packed_on": "2026-11-18", "best_before": "2026-11-01"}
    refused = await owner.post(path, example_of(LotCreate) | reversed_)
    assert [error["code"] for error in refused.json()["errors"]] == ["before-harvest"] * 3
    assert "20/11/2026" in refused.json()["errors"][0]["message"]
    english = await owner.post(
        path, example_of(LotCreate) | {"best_before": "2026-11-22"}, headers={"Accept-Language": "en"}
    )
    assert [error["message"] for error in english.json()["errors"]] == [
        "The best-before day must not come before the packing, 23/11/2026."
    ]
    assert (await owner.get(path)).json()["items"] == []


async def test_a_label_in_use_changes_only_when_that_is_meant(client: Client) -> None:
    owner = await client.register("producer")
    lot = await recorded(owner, await offered(owner))
    path = f"/lots/{lot['id']}"
    refused = await owner.patch(path, {"code": "X", "gtin": "4006381333931", "growing_area_code": None})
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/growing_area_code", "erases-published"),
        ("/code", "label-changes"),
        ("/gtin", "label-changes"),
    ]
    sent = {"code": "X", "relabel": True, "growing_area_code": None, "erase": ["growing_area_code"], "quantity": "1.5"}
    edited = await owner.patch(path, sent)
    assert edited.status_code == 200, edited.text
    assert (edited.json()["code"], edited.json()["quantity"], edited.json()["version"]) == ("X", "1.5", 2)
    assert edited.json()["growing_area_code"] is None
    assert (await owner.patch(path, {"note": "x"}, headers={"If-Match": '"1-x"'})).status_code == 412
    assert (await owner.patch(path, {"unit": None})).status_code == 400
    other = await client.register("producer", name="HTX Khác")
    assert (await other.patch(path, {"note": "x"})).status_code == 403


async def test_a_gtin_may_be_added_to_a_label_at_any_time(client: Client) -> None:
    owner = await client.register("producer")
    lot = await recorded(owner, await offered(owner), gtin=None)
    assert lot["label_url"] == lot["trace_url"]
    added = (await owner.patch(f"/lots/{lot['id']}", {"gtin": "8938505974194"})).json()
    assert added["label_url"].endswith("/01/08938505974194/10/TL-2611-07")


async def test_lots_of_drafts_are_hidden_and_labels_outlast_their_listing(client: Client) -> None:
    owner = await client.register("producer")
    listing = await offered(owner, publish=False)
    lot = await recorded(owner, listing)
    hidden = await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)
    assert (hidden.status_code, "VN-DTOR" in hidden.text) == (404, False)
    for path in (f"/lots/{lot['id']}", f"/lots/{lot['id']}/qr", f"/lots/{lot['id']}/reports"):
        assert (await client.get(path)).status_code == 404
    assert (await client.http.get("/01/08938505974194/10/TL-2611-07", headers=BROWSER)).status_code == 404
    assert (await owner.post(f"/listings/{listing['id']}/publish")).status_code == 200
    assert (await owner.delete(f"/listings/{listing['id']}")).status_code == 204
    assert (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)).status_code == 200
    archived = await owner.post(f"/listings/{listing['id']}/lots", example_of(LotCreate) | {"code": "B"})
    assert archived.status_code == 409


async def test_the_label_leads_to_a_page_that_says_where_the_goods_come_from(client: Client) -> None:
    owner = await client.register("producer", name="HTX <b>Mẫu</b>")
    lot = await recorded(owner, await offered(owner), note="Rửa <i>trước</i> khi dùng")
    label = await client.get(f"/lots/{lot['id']}/qr")
    assert (label.status_code, label.headers["content-type"]) == (200, "image/svg+xml")
    assert label.text == qr_code(lot["label_url"])
    path = lot["label_url"].removeprefix(client.app.state.settings.reached_at())
    assert path == "/01/08938505974194/10/TL-2611-07"
    page = await client.http.get(path, headers=BROWSER, follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == f"/trace/{lot['id']}"
    for said in ("VN-DTOR-0099", "20/11/2026 – 22/11/2026", "HTX &lt;b&gt;Mẫu", "Rửa &lt;i&gt;", "1800 ", "07/12/2026"):
        assert said in page.text, said
    short = await client.http.get("/01/8938505974194/10/TL-2611-07", headers=BROWSER)
    assert (short.status_code, short.headers["location"]) == (307, f"/trace/{lot['id']}")
    program = await client.http.get(path, follow_redirects=True)
    assert program.json()["id"] == lot["id"]


async def test_a_label_that_two_claim_asks_which_is_meant(client: Client) -> None:
    owner, other = await client.register("producer", name="HTX Một"), await client.register("producer", name="HTX Hai")
    await verified(await client.officer(), other)
    lots = [await recorded(who, await offered(who)) for who in (owner, other)]
    page = await client.http.get("/01/08938505974194/10/TL-2611-07", headers=BROWSER)
    assert page.status_code == 300
    assert all(f"/trace/{lot['id']}" in page.text for lot in lots)
    assert "HTX Một" in page.text


async def test_test_reports_are_read_by_whoever_sees_the_lot(client: Client) -> None:
    owner, other = await client.register("producer"), await client.register("producer", name="HTX Khác")
    lot = await recorded(owner, await offered(owner))
    path = f"/lots/{lot['id']}/reports"
    files = {"file": ("Nguyễn Văn Mẫu.pdf", REPORT)}
    assert (await other.post(path, files=files)).status_code == 403
    sent = await owner.post(path, files=files)
    assert sent.status_code == 201, sent.text
    listed = await client.get(path)
    assert [report["id"] for report in listed.json()["items"]] == [sent.json()["id"]]
    assert "Nguyễn" not in listed.text
    read = await client.get(f"{path}/{sent.json()['id']}")
    assert (read.content, "TL-2611-07" in read.headers["content-disposition"]) == (REPORT, True)
    page = (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)).text
    assert f"/api/v1{path}/{sent.json()['id']}" in page
    assert (await other.post(f"{path}/{sent.json()['id']}/withdraw")).status_code == 403
    assert (await owner.post(f"{path}/{sent.json()['id']}/withdraw")).status_code == 200
    assert (await client.get(f"{path}/{sent.json()['id']}")).status_code == 404
    assert (await client.get(path)).json()["items"] == []


async def test_a_lot_and_its_page_show_its_photo_and_nobody_elses_draft(client: Client) -> None:
    owner, other = await client.register("producer"), await client.register("producer", name="HTX Khác")
    lot = await recorded(owner, await offered(owner))
    files = {"file": ("lo.png", encoded(picture(64, 48)))}
    assert (await other.post(f"/lots/{lot['id']}/photos", files=files)).status_code == 403
    sent = await owner.post(f"/lots/{lot['id']}/photos", files=files, data={"alt": "Thùng <đầu>"})
    assert sent.status_code == 201, sent.text
    shown = (await client.get(f"/lots/{lot['id']}")).json()["photo"]
    assert shown["alt"] == "Thùng <đầu>"
    assert (await client.get(shown["small"])).status_code == 200
    page = (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)).text
    assert shown["small"] in page
    assert "Thùng &lt;đầu&gt;" in page
    draft = await recorded(owner, await offered(owner, publish=False), code="B")
    hidden = await owner.post(f"/lots/{draft['id']}/photos", files={"file": ("a.png", encoded(picture(65, 48)))})
    assert (await client.get(f"/lots/{draft['id']}/photos")).status_code == 404
    assert (await client.get(hidden.json()["small"].split("?")[0])).status_code == 404


async def test_the_page_of_a_lot_shows_the_photo_of_its_listing_only_while_that_is_public(client: Client) -> None:
    owner = await client.register("producer")
    listing = await offered(owner)
    lot = await recorded(owner, listing)
    sent = await owner.post(f"/listings/{listing['id']}/photos", files={"file": ("a.png", encoded(picture(66, 48)))})
    address = sent.json()["small"].split("?")[0]
    assert address in (await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)).text
    assert (await owner.post(f"/listings/{listing['id']}/pause")).status_code == 200
    page = await client.http.get(f"/trace/{lot['id']}", headers=BROWSER)
    assert (page.status_code, address in page.text) == (200, False)


@pytest.mark.parametrize(
    ("text", "is_read_as"),
    [
        ("8938505974194", "08938505974194"),
        ("08938505974194", "08938505974194"),
        ("96385074", "00000096385074"),
        ("8938505974195", None),
        ("893850597419", None),
        ("0000000000000", None),
        ("٨٩٣٨٥٠٥٩٧٤١٩٤", None),
        ("", None),
    ],
)
def test_a_gtin_is_told_by_its_last_digit(text: str, is_read_as: str | None) -> None:
    assert gtin_14(text) == is_read_as


async def test_a_label_of_nothing_says_so(client: Client) -> None:
    for path in (f"/trace/{new_id()}", "/01/123/10/A", "/01/08938505974194/10/%3Cb%3E"):
        page = await client.http.get(path, headers=BROWSER)
        assert page.status_code == 404
        assert "<b>" not in page.text
