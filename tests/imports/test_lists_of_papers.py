"""Lists of signed papers: whom they name, which goods, what is another paper, and what stays a draft."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from market.core import clock
from tests.events.meetings.stories import hall
from tests.hall.test_desk import verified
from tests.imports.sheets import answered, brought, imported, run, workbook
from tests.imports.test_signed_papers import papers
from tests.people import SEEN, Client

HEADING = ["STT", "Loại", "Bên bán", "Bên mua", "Hàng hóa", "Sản lượng", "Giá trị", "Ngày ký", "Thời hạn"]


@pytest.fixture(autouse=True)
def _after_the_event() -> Any:
    with clock.at(datetime(2026, 12, 20, 2, tzinfo=UTC)):
        yield


def row(
    goods: str, amount: str, *, seller: str = "HTX Giả Lập Một", day: str = "15/12/2026", until: str = "",
    buyer: str = "Siêu thị Giả Lập",
) -> list[Any]:  # fmt: skip
    return ["", "Biên bản ghi nhớ", seller, buyer, goods, amount, "", day, until]


def sheet(*rows: list[Any], title: str = "DANH SÁCH KÝ KẾT GIẢ LẬP") -> bytes:
    numbered = [[number, *cells[1:]] for number, cells in enumerate(rows, start=1)]
    return workbook([[title], HEADING, *numbered])


async def whole(who: Client) -> list[dict[str, Any]]:
    ids = sorted(paper["id"] for paper in await papers(who))
    return [(await who.get(f"/agreements/{id_}")).json() for id_ in ids]


async def result(who: Client, task: dict[str, Any]) -> str:
    answer = await who.get(f"/imports/{task['id']}/result?format=csv")
    return str(answer.text)


async def test_papers_of_one_pair_with_other_goods_or_quantities_are_all_kept(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    rows = (
        row("Thanh long ruột đỏ", "20 tấn"),
        row("Bưởi da xanh", "9 tấn"),
        row("Bưởi da xanh", "4 tấn"),
        row("Dừa khô", "8000 quả"),
    )

    done = await imported(there.organizer, sheet(*rows), "agreements", event=there.event["id"])

    assert (done["counts"]["created"], done["counts"]["refused"]) == (4, 0)


@pytest.mark.parametrize(("wish", "counts"), [("skip", (0, 1)), ("add", (1, 0))])
async def test_a_paper_that_is_logged_already_is_asked_about_once_in_words_of_papers(
    client: Client, wish: str, counts: tuple[int, int]
) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    await imported(there.organizer, sheet(row("Bưởi da xanh", "9 tấn")), "agreements", event=there.event["id"])
    otherwise = sheet(row("buoi da xanh", "9000 kg", seller="Hợp tác xã giả lập một"))

    task = await brought(there.organizer, otherwise, "agreements", event=there.event["id"])
    assert [one["id"] for one in task["questions"]] == ["existing"]
    assert "các bên" in task["questions"][0]["text"]
    assert "đơn vị tính" not in task["questions"][0]["text"]
    task = await answered(there.organizer, task, answers={"existing": wish})
    done = await run(there.organizer, task)

    assert (done["counts"]["created"], done["counts"]["skipped"], done["counts"]["refused"]) == (*counts, 0)


async def test_names_in_other_letters_and_short_forms_are_linked_and_others_are_said(client: Client) -> None:
    officer = await client.officer()
    known = [
        await client.register("producer", name="Hợp tác xã Nông sản Mẫu Chợ Giả"),
        await client.register("buyer", name="Siêu thị Minh Họa Giả Lập"),
    ]
    body = sheet(
        row("Bưởi da xanh", "9 tấn", seller="HTX nông sản mẫu chợ giả", buyer="SIÊU THỊ MINH HỌA GIẢ LẬP"),
        row("Dừa khô", "2 tấn", seller="HTX Chưa Ai Biết", buyer="sieu thi minh hoa gia lap"),
    )

    done = await imported(officer, body, "agreements")

    linked = [
        [party["organization"] and party["organization"]["id"] for party in one["parties"]]
        for one in await whole(officer)
    ]
    seller, buyer = (who.organization["id"] for who in known)
    assert sorted(linked, key=str) == sorted([[seller, buyer], [None, buyer]], key=str)
    assert "“HTX Chưa Ai Biết”" in await result(officer, done)


async def test_of_namesakes_the_verified_one_is_offered_and_the_row_asks(client: Client) -> None:
    officer = await client.officer()
    false, true = [await client.register("producer", name="HTX Giả Lập Trùng Tên") for _ in range(2)]
    assert (await officer.post(f"/organizations/{true.organization['id']}/verify", SEEN)).status_code == 200
    body = sheet(row("Dừa khô", "2 tấn", seller="htx giả lập trùng tên"))

    task = await brought(officer, body, "agreements")
    (question,) = task["questions"]
    assert (task["state"], question["id"]) == ("asking", "party:htx gia lap trung ten")
    assert [choice["value"] for choice in question["choices"]] == [
        true.organization["id"],
        false.organization["id"],
        "name",
    ]
    task = await answered(officer, task, answers={question["id"]: true.organization["id"]})
    await run(officer, task)

    (paper,) = await whole(officer)
    assert paper["parties"][0]["organization"]["id"] == true.organization["id"]


async def test_unverified_namesakes_are_named_in_a_remark_and_linked_to_nobody(client: Client) -> None:
    officer = await client.officer()
    both = [await client.register("producer", name="HTX Giả Lập Trùng Tên") for _ in range(2)]

    done = await imported(officer, sheet(row("Dừa khô", "2 tấn", seller="HTX Giả Lập Trùng Tên")), "agreements")

    said = await result(officer, done)
    assert all(one.organization["id"] in said for one in both)
    (paper,) = await whole(officer)
    assert paper["parties"][0]["organization"] is None


@pytest.mark.parametrize("sign", ["; ", " và ", " + ", "/", ", "])
async def test_several_goods_of_one_cell_are_asked_about_and_never_taken_for_the_first(
    client: Client, sign: str
) -> None:
    officer = await client.officer()
    body = sheet(row(f"Thanh long ruột trắng{sign}thanh long ruột đỏ", "10 tấn"), row("Dừa khô", "2 tấn"))

    task = await brought(officer, body, "agreements")
    assert [one["id"] for one in task["questions"]] == ["several-goods"]
    assert "Thanh long ruột trắng; thanh long ruột đỏ" in task["questions"][0]["text"]
    refused = await run(officer, await answered(officer, task, answers={"several-goods": "refuse"}))
    assert (refused["counts"]["created"], refused["counts"]["codes"]) == (1, {"several-goods": 1})
    task = await answered(officer, await brought(officer, body, "agreements"), answers={"several-goods": "apart"})
    task = await answered(officer, task, answers={"existing": "skip"}) if task["state"] == "asking" else task
    await run(officer, task)

    lines = [line for paper in await whole(officer) for line in paper["lines"]]
    told = {line["concept"]["id"]: line["quantity"] for line in lines}
    assert {"dragon-fruit-white": None, "dragon-fruit-red": None}.items() <= told.items()


async def test_what_stays_a_draft_says_so_in_the_result(client: Client) -> None:
    officer = await client.officer()
    done = await imported(officer, sheet(row("Dừa khô", "2 tấn", day="")), "agreements")
    other = await imported(officer, sheet(row("Bưởi da xanh", "2 tấn")), "agreements", sign=False)

    assert "dự thảo, chưa được tính: không có ngày ký" in await result(officer, done)
    assert "dự thảo, chưa được tính: tệp được nhập với sign = false" in await result(officer, other)
    assert "papers-as-drafts" in [remark["code"] for remark in other["remarks"]]


async def test_the_day_that_the_title_names_is_offered_as_the_day_of_signing(client: Client) -> None:
    officer = await client.officer()
    body = workbook(
        [
            ["DANH SÁCH KÝ KẾT GIẢ LẬP"],
            ["(Ngày 30/11/2026)"],
            ["STT", "Loại", "Bên bán", "Bên mua", "Hàng hóa", "Sản lượng"],
            [1, "Biên bản ghi nhớ", "HTX Giả Lập Một", "Siêu thị Giả Lập", "Dừa khô", "2 tấn"],
        ]
    )

    task = await brought(officer, body, "agreements")
    (question,) = task["questions"]
    assert (question["id"], question["choices"][0]["value"]) == ("default:signed_on", "2026-11-30")
    await run(officer, await answered(officer, task, answers={"default:signed_on": "2026-11-30"}))

    assert [paper["signed_on"] for paper in await papers(officer)] == ["2026-11-30"]


@pytest.mark.parametrize(
    ("until", "amount", "period"),
    [
        ("giao từ T12/2026 đến T5/2027", "50 tấn", ("2026-12-01", "2027-05-31")),
        ("12/2026 - 05/2027", "50 tấn", ("2026-12-01", "2027-05-31")),
        ("3 tháng", "50 tấn", ("2026-12-15", "2027-03-14")),
        ("1 năm", "50 tấn/năm", ("2026-12-15", "2027-12-14")),
        ("31/12/2027", "50 tấn", (None, "2027-12-31")),
    ],
)
async def test_terms_in_words_give_a_period(
    client: Client, until: str, amount: str, period: tuple[str | None, str]
) -> None:
    officer = await client.officer()

    await imported(officer, sheet(row("Dừa khô", amount, until=until)), "agreements")

    (paper,) = await whole(officer)
    assert (paper["valid_from"], paper["valid_until"]) == period
    if period[0]:
        assert [(line["period_from"], line["period_until"]) for line in paper["lines"]] == [period]


async def test_an_amount_a_year_without_a_period_says_that_it_has_none(client: Client) -> None:
    officer = await client.officer()

    done = await imported(officer, sheet(row("Dừa khô", "50 tấn/năm")), "agreements")

    assert "thời hạn" in await result(officer, done)


async def test_a_peoples_committee_is_an_authority_and_sells_nothing(client: Client) -> None:
    officer = await client.officer()

    await imported(officer, sheet(row("Dừa khô", "2 tấn", seller="UBND xã Giả Lập")), "agreements")

    (paper,) = await whole(officer)
    assert [party["role"] for party in paper["parties"]] == ["authority", "buyer"]
    assert paper["domain"] == "other"
