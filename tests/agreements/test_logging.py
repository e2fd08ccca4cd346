from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.contents import digest
from market.agreements.models import AgreementContent
from market.core.changes import Change
from tests.agreements.stories import LINE, SECRETS, done, logged, signed, table
from tests.people import Client


async def changes_of(session: AsyncSession, agreement: dict[str, Any]) -> list[Change]:
    rows = select(Change).where(Change.entity == "agreement", Change.entity_id == agreement["id"]).order_by(Change.id)
    return list(await session.scalars(rows))


async def test_an_organizer_logs_paper_of_others_and_all_of_it_comes_back(client: Client) -> None:
    around = await table(client)

    answer = await around.organizer.post("/agreements", around.paper())

    assert answer.status_code == 201, answer.text
    agreement = answer.json()
    assert answer.headers["location"] == f"/api/v1/agreements/{agreement['id']}"
    assert (agreement["number"], agreement["status"], agreement["detail"]) == ("2026-NT01-0001", "draft", "full")
    assert (agreement["value_vnd"], agreement["value_source"]) == (123456789, "stated")
    assert agreement["event"] == {name: around.event[name] for name in ("id", "code", "name")}
    assert agreement["province"]["name"] == "Khánh Hòa"
    assert [party["name"] for party in agreement["parties"]] == ["HTX Bán Thử", "Siêu thị Mua Thử"]
    assert agreement["parties"][0]["responsible"] == {"name": "Phụ Trách Bán", "phone": "+84912345678"}
    line = agreement["lines"][0]
    assert (line["concept"]["id"], line["quantity"], line["unit"]) == ("dragon-fruit-red", "1750.5", "KGM")
    assert (line["tolerance_pct"], line["price_kind"], line["price_vnd"]) == ("5", "fixed", 28000)
    assert line["delivery_plan"]["weekdays"] == [1, 4]
    assert agreement["allowed"] == ["edit", "annotate", "discard", "sign"]
    assert agreement["logged_by"] == around.organizer.organization["id"]


async def test_numbers_run_by_event_and_year(client: Client) -> None:
    around = await table(client)

    numbers = [
        (await logged(around.officer, around.paper(**changes)))["number"]
        for changes in ({}, {}, {"signed_on": "2025-12-31"}, {"event": None}, {})
    ]

    assert numbers == ["2026-NT01-0001", "2026-NT01-0002", "2025-NT01-0001", "2026-00-0001", "2026-NT01-0003"]


async def test_a_party_logs_its_own_paper_but_nobody_elses(client: Client) -> None:
    around = await table(client)
    stranger = await client.register("producer")

    own = await around.seller.post("/agreements", around.paper())
    others = await stranger.post("/agreements", around.paper())
    unknown = await client.post("/agreements", around.paper())

    assert [answer.status_code for answer in (own, others, unknown)] == [201, 403, 401]


async def test_a_party_may_be_known_by_name_only(client: Client) -> None:
    around = await table(client)
    parties = [{"role": "seller", "name": "HTX Chưa Đăng Ký"}, {"role": "buyer", "name": "Chợ Chưa Đăng Ký"}]

    agreement = await logged(around.officer, around.paper(parties=parties))

    assert [(party["name"], party["organization"]) for party in agreement["parties"]] == [
        ("HTX Chưa Đăng Ký", None),
        ("Chợ Chưa Đăng Ký", None),
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"instrument": "handshake"}, "/instrument"),
        ({"event": "019a0000-0000-7000-8000-000000000000"}, "/event"),
        ({"province": {"code": "58"}}, "/province"),
        ({"value_vnd": -1}, "/value_vnd"),
        ({"value_vnd": 10.5}, "/value_vnd"),
        ({"valid_from": "2027-01-01", "valid_until": "2026-01-01"}, "/valid_until"),
        (
            {"parties": [{"role": "seller", "organization": "019a0000-0000-7000-8000-000000000000"}]},
            "/parties/0/organization",
        ),
        ({"parties": [{"role": "seller"}]}, "/parties/0"),
        ({"lines": [LINE | {"quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [LINE | {"quantity": "1.0005"}]}, "/lines/0/quantity"),
        ({"lines": [LINE | {"unit": "bushel"}]}, "/lines/0/unit"),
        ({"lines": [LINE | {"unit": None}]}, "/lines/0"),
        ({"lines": [LINE | {"concept": "unicorn"}]}, "/lines/0/concept"),
        ({"lines": [LINE | {"period_until": "2026-11-01"}]}, "/lines/0"),
        ({"lines": [LINE | {"tolerance_pct": 101}]}, "/lines/0/tolerance_pct"),
        ({"lines": [LINE | {"price_kind": "market"}]}, "/lines/0"),
        ({"lines": [LINE | {"delivery_plan": {}}]}, "/lines/0/delivery_plan"),
        ({"lines": [LINE | {"delivery_plan": {"deliveries": [{"on": "2026-12-02", "quantity": 5}]}}]}, "/lines/0"),
        (
            {"lines": [LINE | {"delivery_plan": {"deliveries": [{"on": "2028-12-02", "quantity": "1750.5"}]}}]},
            "/lines/0",
        ),
        ({"lines": [LINE | {"quantity": "900000000000", "price_vnd": 900000000000000}]}, "/lines"),
        ({"lines": [LINE | {"id": "019a0000-0000-7000-8000-000000000000"}]}, "/lines/0/id"),
    ],
)
async def test_paper_that_cannot_be_is_refused_and_nothing_is_written(
    client: Client, session: AsyncSession, changes: dict[str, Any], pointer: str
) -> None:
    officer = await client.officer()
    base = {"instrument": "sale", "title": "Hợp đồng thử", "lines": [LINE]}

    answer = await officer.post("/agreements", base | changes)

    assert answer.status_code == 400, answer.text
    assert pointer in {error["pointer"].removesuffix("/code") for error in answer.json()["errors"]}
    assert (await session.scalars(select(Change).where(Change.entity == "agreement"))).all() == []


async def test_a_draft_event_takes_no_papers(client: Client) -> None:
    around = await table(client)
    draft = (await around.organizer.post("/events", {**_event(around.event), "code": "NT02"})).json()

    answer = await around.organizer.post("/agreements", around.paper(event=draft["id"]))

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "event-not-held")


def _event(event: dict[str, Any]) -> dict[str, Any]:
    body = {name: event[name] for name in ("name", "kind", "starts_on", "ends_on")}
    return body | {"province": {"code": event["province"]["code"]}}


async def test_a_value_nobody_states_is_computed_from_the_lines_to_the_dong(client: Client) -> None:
    around = await table(client)
    daily = LINE | {"quantity": "0.333", "per": "day", "delivery_plan": {"weekdays": [1]}, "price_vnd": 1001}

    agreement = await logged(around.officer, around.paper(value_vnd=None, lines=[LINE, daily]))
    unpriced = await logged(around.officer, around.paper(value_vnd=None, lines=[LINE, LINE | {"price_vnd": None}]))

    mondays = 12
    assert agreement["value_vnd"] == round(1750.5 * 28000) + 4000
    assert round(0.333 * mondays * 1001) == 4000
    assert agreement["value_source"] == "computed"
    assert (unpriced["value_vnd"], unpriced["value_source"]) == (None, None)


async def test_a_computed_value_follows_the_lines_and_a_stated_one_stays(client: Client) -> None:
    around = await table(client)
    stated = await logged(around.officer, around.paper())
    computed = await logged(around.officer, around.paper(value_vnd=None))
    half = {"lines": [LINE | {"quantity": "1000"}]}

    values = []
    for agreement in (stated, computed):
        answer = await around.officer.patch(f"/agreements/{agreement['id']}", half, headers={"If-Match": "*"})
        values.append((answer.json()["value_vnd"], answer.json()["value_source"]))

    assert values == [(123456789, "stated"), (28000000, "computed")]


async def test_every_change_is_in_the_log_without_value_price_or_person(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    await done(around.seller, agreement, "confirm")

    changes = await changes_of(session, agreement)

    assert [(change.verb, change.version) for change in changes] == [("create", 1), ("sign", 2), ("confirm", 3)]
    text = str([change.diff for change in changes])
    assert not [secret for secret in SECRETS if secret in text and secret not in ("Tiêu đề kín", "1750")]
    assert changes[0].diff["value_vnd"] == ["***", "***"]
    assert changes[2].diff["parties"][1][0]["confirmed"] is True


async def test_every_version_is_kept_whole_under_the_digest_in_the_log(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())

    kept = (await session.scalars(select(AgreementContent).order_by(AgreementContent.version))).all()
    logged_digests = [change.diff["content_sha256"] for change in await changes_of(session, agreement)]

    assert [row.version for row in kept] == [1, 2]
    assert [digest(row.content) for row in kept] == [row.sha256 for row in kept]
    assert logged_digests == [[None, kept[0].sha256], [kept[0].sha256, kept[1].sha256]]
    assert kept[1].content["terms"]["value_vnd"] == 123456789


async def test_lines_and_parties_named_by_id_are_kept_and_the_others_replaced(client: Client) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper(lines=[LINE, LINE]))
    first, second = (line["id"] for line in agreement["lines"])
    lines = [LINE | {"id": second, "quantity": "9"}, LINE | {"concept": "pineapple"}]

    answer = await around.organizer.patch(f"/agreements/{agreement['id']}", {"lines": lines}, headers={"If-Match": "*"})

    after = answer.json()["lines"]
    assert [line["concept"]["id"] for line in after] == ["dragon-fruit-red", "pineapple"]
    assert (after[0]["id"], after[0]["quantity"]) == (second, "9")
    assert after[1]["id"] not in (first, second)
    assert [party["id"] for party in answer.json()["parties"]] == [party["id"] for party in agreement["parties"]]


async def test_a_stale_version_is_refused_and_a_missing_one_asked_for(client: Client) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}"
    tag = (await around.organizer.get(path)).headers["etag"]

    missing = await around.organizer.patch(path, {"title": "Một"})
    fresh = await around.organizer.patch(path, {"title": "Hai"}, headers={"If-Match": tag})
    stale = await around.organizer.patch(path, {"title": "Ba"}, headers={"If-Match": tag})

    assert [answer.status_code for answer in (missing, fresh, stale)] == [428, 200, 412]
    assert (await around.organizer.get(path)).json()["title"] == "Hai"


@pytest.mark.parametrize("verb", ["sign", "confirm", "make-effective"])
async def test_every_step_asks_for_the_version_that_was_read(client: Client, verb: str) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}/{verb}"

    missing = await around.organizer.post(path)
    stale = await around.organizer.post(path, headers={"If-Match": '"99-abc"'})

    assert [missing.status_code, stale.status_code] == [428, 412]


async def test_a_discarded_draft_is_out_of_sight_and_still_in_the_log(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}"

    missing = await around.organizer.delete(path)
    answer = await around.organizer.delete(path, headers={"If-Match": "*"})

    assert (missing.status_code, answer.status_code) == (428, 204)
    assert [(await who.get(path)).status_code for who in (around.organizer, around.seller, around.officer)] == [404] * 3
    assert [change.verb for change in await changes_of(session, agreement)] == ["create", "discard"]


async def test_signed_paper_is_not_discarded(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())

    answer = await around.organizer.delete(f"/agreements/{agreement['id']}", headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-transition")


async def test_sending_the_same_again_changes_nothing_not_even_confirmations(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    before = await done(around.seller, agreement, "confirm")

    same = {name: around.paper()[name] for name in ("parties", "lines", "title")}
    answer = await around.seller.patch(f"/agreements/{agreement['id']}", same, headers={"If-Match": "*"})

    assert answer.status_code == 200, answer.text
    assert answer.json() == before
    assert (await around.seller.get(f"/agreements/{agreement['id']}")).json() == before


async def test_one_line_is_not_named_twice(client: Client) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper())
    line = LINE | {"id": agreement["lines"][0]["id"]}

    answer = await around.organizer.patch(
        f"/agreements/{agreement['id']}", {"lines": [line, line]}, headers={"If-Match": "*"}
    )

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/lines/1/id"]
