from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement
from market.config import PROJECT_ROOT
from market.core import clock
from market.events.desk.models import DeskItem
from market.programmes.loading import load_figures
from market.reference.catalogue import Catalogue
from tests.database import CountQueries
from tests.events.meetings.stories import MORNING, Hall, accepted, hall, meetings, scheduled, wished
from tests.people import SEEN, Client

DAY = datetime(2026, 12, 4, 3, tzinfo=UTC)
DELEGATES = [{"name": "Nguyễn Văn Một", "title": "Giám đốc"}, {"name": "Trần Thị Hai"}]


async def verified(client: Client, who: Client) -> None:
    officer = await client.officer()
    answer = await officer.post(f"/organizations/{who.organization['id']}/verify", SEEN)
    assert answer.status_code == 200, answer.text


async def device(there: Hall, name: str = "Bàn ký 1") -> tuple[Client, dict[str, Any]]:
    answer = await there.organizer.post(f"{there.path}/devices", {"name": name})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return replace(there.organizer, token=made["token"], organization={}, user={}), made


def paper(seller: str, buyer: str, *, instrument: str = "mou", **more: Any) -> dict[str, Any]:
    parties = [{"role": "seller", "name": seller}, {"role": "buyer", "name": buyer}]
    return {"instrument": instrument, "parties": parties} | more


def noted(kind: str, content: dict[str, Any], *, sequence: int = 0, at: datetime = DAY) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind, "sequence": sequence, "at": at.isoformat(), kind: content}


async def sent(who: Client, there: Hall, items: list[Any], *, sent_at: datetime | None = None) -> dict[str, Any]:
    body = {"sent_at": (sent_at or clock.now()).isoformat(), "items": items}
    answer = await who.post(f"{there.path}/desk/replay", body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_device_reaches_its_own_event_and_nothing_else_until_it_is_ended(client: Client) -> None:
    there, elsewhere = await hall(client, sellers=1, buyers=0), await hall(client, sellers=0, buyers=0)
    desk, made = await device(there)

    own = await desk.get(f"{there.path}/roster")
    others = await desk.get(f"{elsewhere.path}/roster")
    closed = [
        (await desk.get("/me")).status_code,
        (await desk.get(f"{there.path}/registrations")).status_code,
        (await desk.post(f"{there.path}/devices", {"name": "Máy lạ"})).status_code,
        (await desk.get(f"{there.path}/wishes")).status_code,
    ]
    ended = await there.organizer.post(f"{there.path}/devices/{made['id']}/end")
    after = await desk.get(f"{there.path}/roster")

    assert (own.status_code, others.status_code, closed) == (200, 404, [403] * 4)
    assert "svg" in made["qr_svg"]
    assert ended.json()["ended_at"] is not None
    assert (after.status_code, after.json()["code"]) == (401, "device-ended")


async def test_a_device_is_good_for_a_month_after_its_event(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    desk, _ = await device(there)

    with clock.at(datetime(2027, 1, 2, tzinfo=UTC)):
        assert (await desk.get(f"{there.path}/roster")).status_code == 200
    with clock.at(datetime(2027, 2, 2, tzinfo=UTC)):
        assert (await desk.get(f"{there.path}/roster")).status_code == 401


async def test_people_are_checked_in_by_badge_and_by_name_once_each(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    cooperative = await client.register("producer", name="HTX Cam Sành Mẫu")
    registration = await accepted(there, cooperative, delegates=DELEGATES, delegates_count=2)
    desk, _ = await device(there)
    path = f"{there.path}/check-ins"

    async def came(**who: Any) -> tuple[int, Any]:
        answer = await desk.post(path, {"id": str(uuid4()), **who})
        body = answer.json()
        return answer.status_code, body.get("state") or body["errors"][0]["code"]

    assert await came(badge=f"{registration['id']}/0") == (201, "kept")
    assert await came(name="nguyen van mot") == (201, "duplicate")
    assert await came(name="TRẦN THỊ HAI") == (201, "kept")
    assert await came(name="Ai Đó") == (400, "unknown-person")
    assert await came(badge=f"{registration['id']}/7") == (400, "unknown-badge")
    again = {"id": str(uuid4()), "name": "htx cam sanh mau"}
    first, second = await desk.post(path, again), await desk.post(path, again)
    assert first.json() == second.json()
    people = (await desk.get(f"{there.path}/roster")).json()["participants"][0]["people"]
    assert [person["checked_in"] for person in people] == [True, True]


async def test_a_check_in_asks_for_one_person_in_few_statements_and_finds_namesakes_of_this_event_alone(
    client: Client, count_queries: CountQueries
) -> None:
    there, elsewhere = await hall(client, sellers=0, buyers=0), await hall(client, sellers=0, buyers=0)
    first, second = await client.register("producer", name="HTX Bưởi Một"), await client.register("producer")
    delegates = [{"name": "Lê  Thị Đào"}, {"name": "Phạm Hai"}]
    registration = await accepted(there, first, delegates=delegates, delegates_count=2)
    await accepted(elsewhere, second, delegates=delegates, delegates_count=2)
    desk, _ = await device(there)
    path = f"{there.path}/check-ins"

    with count_queries() as by_badge:
        badge = await desk.post(path, {"id": str(uuid4()), "badge": f"{registration['id']}/1"})
    with count_queries() as by_name:
        named = await desk.post(path, {"id": str(uuid4()), "name": "LE THI đào"})
    organization = await desk.post(path, {"id": str(uuid4()), "name": "htx  buoi một"})
    await accepted(there, second, delegates=[{"name": "lê thị đào"}])
    ambiguous = await desk.post(path, {"id": str(uuid4()), "name": "Lê Thị Đào"})
    of_one = {"id": str(uuid4()), "name": "Lê Thị Đào", "organization": second.organization["id"]}

    assert (badge.json()["delegate"], named.json()["delegate"]) == ("Phạm Hai", "Lê Thị Đào")
    assert (len(by_badge), len(by_name)) == (4, 5)
    assert (organization.json()["state"], organization.json()["delegate"]) == ("kept", None)
    assert ambiguous.json()["errors"][0]["code"] == "name-ambiguous"
    assert (await desk.post(path, of_one)).json()["organization"] == second.organization["id"]


async def test_however_many_papers_take_the_same_few_statements(client: Client, count_queries: CountQueries) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    known = [await client.register("producer", name=f"HTX Đông Người {n}") for n in range(3)]
    desk, _ = await device(there)

    def papers(of: str, count: int) -> list[dict[str, Any]]:
        sellers = [f"HTX ĐÔNG  người {n}" if n < len(known) else f"HTX {of} {n}" for n in range(count)]
        return [noted("paper", paper(name, f"Chợ {of} {n}"), sequence=n) for n, name in enumerate(sellers)]

    with count_queries() as few:
        first = await sent(desk, there, papers("Ít", 2))
    with count_queries() as many:
        second = await sent(desk, there, [*papers("Nhiều", 30), noted("paper", {"instrument": "treaty"})])

    assert (first["kept"], second["kept"], second["refused"]) == (2, 30, 1)
    assert len(many) == len(few) < 25
    numbers = [result["number"] for result in [*first["results"], *second["results"]] if result["number"]]
    assert [int(number.rsplit("-", 1)[1]) for number in numbers] == list(range(1, 33))
    assert {result["signed"] for result in second["results"][:30]} == {True}
    assert [len(result["unlinked"]) for result in second["results"][:4]] == [1, 1, 1, 2]
    agreement = (await there.organizer.get(f"/agreements/{second['results'][29]['about']}")).json()
    assert (agreement["version"], agreement["status"], agreement["consent"]) == (2, "signed", "vouched")


async def test_four_devices_that_send_everything_three_times_in_any_order_end_in_28_contracts_and_18_mous(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    desks = [(await device(there, f"Bàn {number}"))[0] for number in range(4)]
    papers = [
        noted("paper", paper(f"HTX {n}", f"Siêu thị {n}", instrument="sale" if n < 28 else "mou"), sequence=n)
        for n in range(46)
    ]
    chance = random.Random(7)

    with clock.at(datetime(2026, 12, 7, 2, tzinfo=UTC)):
        for _ in range(3):
            chance.shuffle(papers)
            for desk, part in zip(desks, (papers[:20], papers[10:30], papers[25:], papers[::7]), strict=True):
                answer = await sent(desk, there, part)
                assert answer["refused"] == answer["duplicates"] == 0

    signed = (
        select(Agreement.instrument, func.count()).where(Agreement.status == "signed").group_by(Agreement.instrument)
    )
    assert {row.instrument: row[1] for row in await session.execute(signed)} == {"sale": 28, "mou": 18}
    days = set(await session.scalars(select(Agreement.signed_on)))
    assert [str(day) for day in days] == ["2026-12-04"]


async def test_a_wrong_clock_orders_no_numbers(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    desk, _ = await device(there)
    # The clock was set back by years between the first paper and the second.
    items = [
        noted("paper", paper("HTX A", "Siêu thị A"), sequence=1, at=DAY),
        noted("paper", paper("HTX B", "Siêu thị B"), sequence=2, at=datetime(2001, 1, 1, tzinfo=UTC)),
        noted("paper", paper("HTX C", "Siêu thị C"), sequence=3, at=DAY + timedelta(days=2000)),
    ]

    with clock.at(DAY + timedelta(hours=2)):
        answer = await sent(desk, there, items[::-1])

    numbers = [result["number"][-4:] for result in answer["results"]]
    assert numbers == ["0003", "0002", "0001"]
    assert {str(day) for day in await session.scalars(select(Agreement.signed_on))} == {"2026-12-04"}


async def test_the_same_paper_at_two_desks_is_kept_aside_until_a_person_decides(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    (one, _), (other, _) = await device(there, "Một"), await device(there, "Hai")

    with clock.at(DAY + timedelta(hours=2)):
        first = await sent(one, there, [noted("paper", paper("HTX Xoài Cát", "Siêu thị Mẫu"))])
        second = await sent(other, there, [noted("paper", paper("htx xoai  cat", "SIÊU THỊ MẪU"))])
    aside = (await there.organizer.get(f"{there.path}/desk/duplicates")).json()["items"]
    assert await session.scalar(select(func.count()).select_from(Agreement)) == 1
    path = f"{there.path}/desk/duplicates/{aside[0]['id']}/decide"
    another = await there.organizer.post(path, {"is": "another"})
    gone = await there.organizer.post(path, {"is": "same"})

    assert second["results"][0]["state"] == "duplicate"
    assert second["results"][0]["duplicate_of"] == first["results"][0]["about"] == aside[0]["looks_like"]
    assert (another.status_code, another.json()["state"]) == (200, "kept")
    assert await session.scalar(select(func.count()).select_from(Agreement)) == 2
    assert gone.status_code == 404


GOODS: dict[str, Any] = {
    "lines": [{"description": "Thanh long ruột đỏ", "quantity": "500", "unit": "KGM", "per": "week"}],
    "value_vnd": 40_000_000,
}


@pytest.mark.parametrize(
    ("seller", "buyer", "more", "state"),
    [
        ("Hợp tác xã Nông nghiệp XOÀI CÁT ví dụ", "sieu thi mau", {}, "duplicate"),
        ("HTX NN Xoài Cát Ví Dụ", "Siêu thị Mẫu.", {"value_vnd": 40_000_000}, "duplicate"),
        ("HTX NN Xoài Cát Ví Dụ", "Siêu thị Mẫu.", {"value_vnd": 1}, "kept"),
        ("HTX NN Xòai Cáat Ví Dụ", "Siêu thị Mẫu", GOODS, "duplicate"),
        ("HTX Xoài Cát Ví Dụ", "Siêu thị Mẫu", GOODS, "duplicate"),
        ("HTX NN Xoài Cáat Ví Dụ", "Siêu thị Mẫu", {}, "kept"),
        ("HTX NN Xoài Cáat Ví Dụ", "Siêu thị Mẫu", GOODS | {"value_vnd": 41_000_000}, "kept"),
        ("HTX NN Bưởi Ví Dụ", "Siêu thị Mẫu", GOODS, "kept"),
    ],
)
async def test_a_paper_spelled_otherwise_is_kept_aside_and_another_one_is_not(
    client: Client, seller: str, buyer: str, more: dict[str, Any], state: str
) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    (one, _), (other, _) = await device(there, "Một"), await device(there, "Hai")

    first = await sent(one, there, [noted("paper", paper("HTX NN Xoài Cát Ví Dụ", "Siêu thị Mẫu", **GOODS))])
    second = await sent(other, there, [noted("paper", paper(seller, buyer, **more))])

    assert (first["results"][0]["state"], second["results"][0]["state"]) == ("kept", state)
    aside = (await there.organizer.get(f"{there.path}/desk/duplicates")).json()["items"]
    known = first["results"][0]["about"] if state == "duplicate" else None
    assert second["results"][0]["duplicate_of"] == known
    assert [item["looks_like"] for item in aside] == ([known] if known else [])
    for item in aside:
        decided = await there.organizer.post(f"{there.path}/desk/duplicates/{item['id']}/decide", {"is": "same"})
        assert decided.json()["about"] == known


async def test_a_party_is_found_by_its_name_written_short_and_offered_where_a_letter_slipped(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    cooperative = await client.register("producer", name="HTX Nông nghiệp Bưởi Năm Roi Mẫu")
    await accepted(there, cooperative)
    papers = [paper(name, "Chợ Mẫu") for name in ("hợp tác xã NN bưởi năm roi mẫu", "HTX NN Bưởi Nặm Rooi Mẫu")]

    answer = await there.organizer.post(f"{there.path}/agreements/batch", {"items": papers})

    found, offered = [[(side["pointer"], side["candidates"]) for side in one["unlinked"]] for one in results_of(answer)]
    assert found == [("/parties/1", [])]
    assert offered == [("/parties/0", [cooperative.organization["id"]]), ("/parties/1", [])]


def results_of(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def test_a_paper_found_to_be_the_same_is_counted_once_and_kept(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=0)
    desk, _ = await device(there)
    await sent(
        desk, there, [noted("paper", paper("HTX A", "Siêu thị A")), noted("paper", paper("HTX A", "Siêu thị A"))]
    )
    aside = (await there.organizer.get(f"{there.path}/desk/duplicates")).json()["items"]

    await there.organizer.post(f"{there.path}/desk/duplicates/{aside[0]['id']}/decide", {"is": "same"})

    states = (await session.scalars(select(DeskItem.state).order_by(DeskItem.id))).all()
    assert sorted(states) == ["kept", "merged"]
    assert await session.scalar(select(func.count()).select_from(Agreement)) == 1


async def test_broken_items_come_back_with_reasons_and_the_good_are_kept(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=0)
    desk, _ = await device(there)
    good = [noted("paper", paper(f"HTX {n}", f"Siêu thị {n}")) for n in range(5)]
    broken: list[Any] = [
        {"kind": "paper"},
        noted("paper", {"instrument": "treaty", "parties": []}),
        noted("check_in", {"name": "Không Ai"}),
        noted("outcome", {"meeting": str(uuid4()), "outcome": "mou"}),
        noted("paper", paper("HTX X", "Siêu thị X", valid_from="2026-12-04", valid_until="2020-01-01")),
    ]

    items = [item for pair in zip(good, broken, strict=True) for item in pair]
    answer = await sent(desk, there, [*items, "no item", None, 7])

    assert (answer["kept"], answer["refused"]) == (5, 8)
    assert answer["results"][5]["id"] == broken[2]["id"]
    unread = answer["results"][3]
    assert (unread["id"], unread["state"]) == (broken[1]["id"], "refused")
    refused = [result for result in answer["results"] if result["state"] == "refused"]
    assert all(result["errors"][0]["message"] for result in refused)
    assert await session.scalar(select(func.count()).select_from(Agreement)) == 5


async def test_an_id_that_was_used_for_another_paper_loses_neither(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=0)
    desk, _ = await device(there)
    one, other = noted("paper", paper("HTX A", "Siêu thị A")), noted("paper", paper("HTX B", "Siêu thị B"))
    other["id"] = one["id"]

    for _ in range(2):
        await sent(desk, there, [one])
        await sent(desk, there, [other])

    assert await session.scalar(select(func.count()).select_from(Agreement)) == 2


async def test_of_two_outcomes_the_later_one_stands_whichever_comes_first(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=2, buyers=1)
    for seller in there.sellers:
        await wished(there, seller, there.buyers[0])
    await scheduled(there, session)
    desk, _ = await device(there)
    outcomes: list[str] = []
    for meeting, turned in zip(await meetings(there), (False, True), strict=True):
        early = noted("outcome", {"meeting": meeting["id"], "outcome": "interested"}, at=DAY)
        late = noted("outcome", {"meeting": meeting["id"], "outcome": "mou"}, at=DAY + timedelta(minutes=5))
        for item in (late, early) if turned else (early, late):
            with clock.at(DAY + timedelta(hours=1)):
                await sent(desk, there, [item])
        outcomes.append((await desk.get(f"/meetings/{meeting['id']}")).json()["outcome"])

    assert outcomes == ["mou", "mou"]


async def test_46_papers_are_logged_in_one_go_with_what_the_event_knows(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    cooperative = await client.register("producer", name="HTX Bưởi Da Xanh Mẫu")
    await accepted(there, cooperative, delegates=DELEGATES, delegates_count=2)
    desk, _ = await device(there)
    papers: list[Any] = [paper(f"HTX {n}", f"Siêu thị {n}") for n in range(44)]
    papers += [
        {
            "instrument": "sale",
            "parties": [{"role": "seller", "name": "htx buoi da xanh mau"}, {"role": "buyer", "name": "Chợ Mẫu"}],
        },
        {"instrument": "sale"},
    ]

    with clock.at(DAY + timedelta(hours=2)):
        answer = await desk.post(f"{there.path}/agreements/batch", {"items": papers})

    said = answer.json()
    assert (answer.status_code, said["kept"], said["refused"]) == (200, 45, 1)
    assert said["results"][45]["errors"][0]["pointer"] == "/parties"
    logged = (await there.organizer.get(f"/agreements/{said['results'][44]['about']}")).json()
    assert logged["parties"][0]["organization"]["id"] == cooperative.organization["id"]
    assert logged["parties"][0]["representative"] == {"name": "Nguyễn Văn Một", "title": "Giám đốc"}
    assert (logged["signed_on"], logged["signing_place"], logged["province"]["code"]) == (
        "2026-12-04",
        "Nha Trang",
        "56",
    )
    assert (logged["status"], said["results"][44]["signed"]) == ("signed", True)
    assert [party["pointer"] for party in said["results"][44]["unlinked"]] == ["/parties/1"]


async def test_strangers_log_no_papers_of_an_event(client: Client) -> None:
    there = await hall(client, sellers=1, buyers=0)

    answer = await there.sellers[0].post(f"{there.path}/agreements/batch", {"items": [paper("A", "B")]})

    assert answer.status_code == 403


async def test_the_summary_counts_who_came_met_and_signed_and_compares_it_with_what_was_published(
    client: Client, session: AsyncSession, catalogue: Catalogue
) -> None:
    await load_figures(session, PROJECT_ROOT / "seeds" / "reference", catalogue=catalogue)
    await session.commit()
    there = await hall(
        client,
        sellers=0,
        buyers=0,
        starts_on="2023-04-07",
        ends_on="2023-04-08",
        sessions=[MORNING | {"on": "2023-04-07"}],
    )
    officer = await client.officer()
    await officer.patch(there.path, {"programme": "HCM-DHTB"}, headers={"If-Match": "*"})
    await verified(client, there.organizer)
    cooperative = await client.register("producer", name="HTX Ớt Mẫu")
    await accepted(there, cooperative, delegates=DELEGATES, delegates_count=2)
    desk, _ = await device(there)
    goods: dict[str, Any] = {
        "lines": [{"concept": "dragon-fruit-red", "quantity": "500", "unit": "KGM", "per": "week"}]
    }
    items = [noted("check_in", {"name": "Nguyễn Văn Một"}) for _ in range(2)]
    items += [noted("paper", paper("HTX Ớt Mẫu", f"Siêu thị {n}", **goods, value_vnd=1000)) for n in range(3)]
    items += [noted("paper", paper("HTX Khác", f"Siêu thị {n}", instrument="sale")) for n in range(2)]
    await sent(desk, there, items)

    summary = (await there.organizer.get(f"{there.path}/summary")).json()
    for place, figures in (("Trung tâm hội nghị Mẫu, Nha Trang", 3), ("Nhà Mẫu, Cam Ranh", 0), ("Nha Trang", 3)):
        await there.organizer.patch(there.path, {"place": place})
        assert len((await client.get(f"{there.path}/summary")).json()["figures"]) == figures
    public = (await client.get(f"{there.path}/summary")).json()
    before = (await client.get(f"{there.path}/summary?as_of=2023-04-07&known_at=2024-01-01T00:00:00Z")).json()

    assert (summary["papers"], summary["mous"], summary["contracts"]) == (5, 3, 2)
    assert summary["came"] | {"organizations_registered": 1} == {
        "organizations_registered": 1,
        "organizations_waiting": 0,
        "organizations_accepted": 1,
        "delegates_registered": 2,
        "organizations_came": 1,
        "people_came": 1,
    }
    assert [(row["concept"]["id"], row["papers"]) for row in summary["by_goods"]] == [("dragon-fruit-red", 3)]
    assert [row["papers"] for row in summary["by_party_province"]] == [3]
    assert (summary["signed_vnd"], public["signed_vnd"]) == (3000, None)
    compared = {row["metric"]: (row["published"], row["recorded"], row["difference"]) for row in summary["figures"]}
    assert compared["contracts_signed"] == ("28", 2, "-26")
    assert compared["mous_signed"] == ("18", 3, "-15")
    assert before["papers"] == 0


async def test_an_event_cloned_for_next_year_keeps_its_organization_and_none_of_its_people(client: Client) -> None:
    there = await hall(client, sellers=2, buyers=0)

    clone = await there.organizer.post(
        f"{there.path}/clone", {"name": "Năm sau", "starts_on": "2027-12-03", "ends_on": "2027-12-04"}
    )

    made = clone.json()
    assert (clone.status_code, made["status"], made["organizations_count"]) == (201, "draft", 0)
    assert (made["cloned_from"], made["organizer"]) == (there.event["id"], there.event["organizer"])
    assert [part["on"] for part in made["sessions"]] == ["2027-12-03"]


async def test_badges_timetables_and_calendars_are_printed_for_those_who_may_see_them(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client)
    await wished(there, there.sellers[0], there.buyers[0])
    await scheduled(there, session)

    badges = [await there.organizer.get(f"{there.path}/badges?{query}") for query in ("", "format=label&kind=tables")]
    sheets = [await there.organizer.get(f"{there.path}/timetable?format=pdf&by={by}") for by in ("wall", "table")]
    own = await there.sellers[0].get(f"{there.path}/timetable?format=ics")
    stranger = await there.sellers[1].get(f"{there.path}/timetable")

    assert [answer.content[:5] for answer in (*badges, *sheets)] == [b"%PDF-"] * 4
    entry = Calendar.from_ical(own.content).events[0]
    assert str(entry["SUMMARY"]) == there.buyers[0].organization["name"]
    assert str(entry["STATUS"]) == "CONFIRMED"
    assert stranger.json()["items"] == []
    assert (await there.sellers[0].get(f"{there.path}/badges")).status_code == 403


async def test_goods_named_in_plain_words_are_counted_where_they_are_certain(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    names = ("thanh long ruột đỏ", "xoài cát Hòa Lộc", "hàng hóa theo phụ lục")
    papers = [
        paper(f"HTX {name}", "Chợ Mẫu", lines=[{"description": name, "quantity": "2 tấn/tuần", "unit": "kg"}])
        for name in names
    ]
    answer = await there.organizer.post(f"{there.path}/agreements/batch", {"items": papers})
    assert answer.status_code == 200, answer.text
    logged = [(await there.organizer.get(f"/agreements/{one['about']}")).json() for one in answer.json()["results"]]
    assert [[mark["id"] for mark in one["concepts"]] for one in logged] == [
        ["dragon-fruit-red"],
        ["mango-hoa-loc"],
        [],
    ]
    assert [(line["quantity"], line["per"]) for one in logged for line in one["lines"]] == [("2000", "week")] * 3
