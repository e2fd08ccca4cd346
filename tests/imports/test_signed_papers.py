"""The organizer's list of signed papers, and lists of who comes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from market.core import clock
from tests.agreements.stories import table
from tests.events.meetings.stories import accepted, hall
from tests.hall.test_desk import verified
from tests.imports.sheets import answered, brought, imported, run, workbook
from tests.people import Client

TITLE = ["TỔNG HỢP KÝ KẾT TẠI HỘI NGHỊ KẾT NỐI GIẢ LẬP"]
HEADING = [
    "TT",
    "Loại",
    "Bên A (bán)",
    "Đại diện",
    "Bên B (mua)",
    "Đại diện",
    "Mặt hàng",
    "Sản lượng",
    "Giá trị",
    "Ngày ký",
    "Ghi chú",
]


@pytest.fixture(autouse=True)
def _after_the_event() -> Any:
    with clock.at(datetime(2026, 12, 20, 2, tzinfo=UTC)):
        yield


async def papers(who: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = (await who.get(f"/agreements?limit=100{cursor}")).json()
        found += answer["items"]
        if answer["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer['next_cursor']}"


async def test_several_lines_make_one_paper_and_a_paper_written_twice_is_asked_about(client: Client) -> None:
    officer = await client.officer()
    rows = [
        TITLE,
        HEADING,
        [
            1,
            "Hợp đồng",
            "HTX Giả Lập Một",
            "Bà A",
            "Siêu thị Giả Lập",
            "Ông B",
            "Cà rốt",
            "20 tấn/tháng",
            "1,2 tỷ",
            "15/12/2026",
            "",
        ],
        ["", "", "", "", "", "", "Bắp cải tím", "5 tấn/tháng", "", "", ""],
        [
            2,
            "Biên bản ghi nhớ",
            "HTX Giả Lập Hai",
            "nt",
            "Siêu thị Giả Lập",
            "nt",
            "Bưởi da xanh",
            "theo mùa vụ",
            "chưa xác định",
            "15/12/2026",
            "2 bên",
        ],
        [
            3,
            "BBGN",
            "Cty Giả Lập Ba",
            "Ông C",
            "Chuỗi Giả Lập",
            "Bà D",
            "Cà phê rang xay",
            "~ 2 tấn",
            "500 triệu",
            "15.12.26",
            "",
        ],
        [
            4,
            "HĐ nguyên tắc",
            "HTX Giả Lập Bốn",
            "",
            "Bếp Giả Lập",
            "",
            "Gạo ST25",
            "10-12 tấn/tháng",
            "3.400.000.000",
            "16/12/2026",
            "3 bên",
        ],
        [
            2,
            "Biên bản ghi nhớ",
            "HTX Giả Lập Hai",
            "nt",
            "Siêu thị Giả Lập",
            "nt",
            "Bưởi da xanh",
            "theo mùa vụ",
            "chưa xác định",
            "15/12/2026",
            "ghi trùng",
        ],
    ]
    task = await brought(officer, workbook(rows), "agreements", "ky-ket.xlsx")
    assert (task["state"], [one["id"] for one in task["questions"]]) == ("asking", ["duplicates"])
    task = await answered(officer, task, answers={"duplicates": "skip"})
    done = await run(officer, task)
    assert (done["counts"]["created"], done["counts"]["skipped"], done["counts"]["refused"]) == (4, 1, 0)
    found = {paper["parties"][0]["name"]: paper for paper in await papers(officer)}
    one, two = found["HTX Giả Lập Một"], found["HTX Giả Lập Hai"]
    assert (one["instrument"], one["status"], one["value_vnd"], one["signed_on"]) == (
        "sale",
        "signed",
        1_200_000_000,
        "2026-12-15",
    )
    assert [(line["concept"]["id"], line["quantity"], line["unit"], line["per"]) for line in one["lines"]] == [
        ("carrot", "20", "TNE", "month"),
        ("cabbage-red", "5", "TNE", "month"),
    ]
    assert one["parties"][0]["representative"]["name"] == "Bà A"
    assert two["parties"][1]["representative"]["name"] == "Ông B"
    assert (two["instrument"], two["quantified"], two["value_vnd"], two["lines"][0]["quantity"]) == (
        "mou",
        False,
        None,
        None,
    )
    four = found["HTX Giả Lập Bốn"]
    assert (four["instrument"], four["value_vnd"]) == ("framework", 3_400_000_000)
    assert (four["lines"][0]["quantity"], four["lines"][0]["binding"]) == ("10", "minimum")
    assert "10-12 tấn/tháng" in four["lines"][0]["description"]


async def test_twenty_eight_contracts_and_eighteen_memoranda_come_from_one_sheet(client: Client) -> None:
    officer = await client.officer()
    goods = ("Cà rốt", "Bưởi da xanh", "Gạo ST25", "Thanh long ruột đỏ")
    rows: list[list[Any]] = [TITLE, HEADING]
    for number in range(1, 47):
        kind = "Hợp đồng mua bán" if number <= 28 else "Biên bản ghi nhớ (MOU)"
        seller, buyer = f"HTX Giả Lập Số {number}", f"Siêu thị Giả Lập {number % 5}"
        rows.append(
            [
                number,
                kind,
                seller,
                "",
                buyer,
                "",
                goods[number % 4],
                f"{number} tấn",
                f"{number * 10} triệu",
                "12/12/2026",
                "",
            ]
        )
        if number % 7 == 0:
            rows.append(["", "", "", "", "", "", goods[(number + 1) % 4], "2 tấn", "", "", ""])
    done = await imported(officer, workbook(rows), "agreements", mandate="Biên bản hội nghị 12/BB ngày 12/12/2026")
    assert (done["counts"]["created"], done["counts"]["refused"]) == (46, 0)
    totals = (await officer.get("/agreements/totals?by=kind")).json()["total"]
    assert (totals["contracts"], totals["mous"]) == (28, 18)
    again = await brought(officer, workbook(rows), "agreements")
    assert (again["state"], again["questions"][0]["id"]) == ("asking", "existing")
    again = await run(officer, await answered(officer, again, answers={"existing": "skip"}))
    assert (again["counts"]["created"], again["counts"]["skipped"]) == (0, 46)


SIGNED = [1, "Hợp đồng mua bán", "HTX Lẻ", "", "Siêu thị Lẻ", "", "Cà rốt", "2 tấn", "", "15/12/2026", ""]


async def test_the_body_of_an_event_vouches_for_its_list_and_an_officer_by_a_mandate_alone(client: Client) -> None:
    """Nobody's word but the file's: such papers are notes and count in no total until their parties confirm."""
    around = await table(client)
    counted = []
    for who, options in ((around.officer, {}), (around.organizer, {"event": around.event["id"]})):
        done = await imported(who, workbook([HEADING, SIGNED]), "agreements", **options)
        assert done["counts"]["created"] == 1
        counted.append((await client.get("/agreements/totals?by=kind")).json()["total"]["contracts"])
    assert counted == [0, 1]


async def test_an_organizer_whom_nobody_has_verified_keeps_drafts_and_is_told_why(client: Client) -> None:
    organizer = await client.register("organizer")
    rows = [HEADING, [1, "Hợp đồng", "HTX Lẻ", "", "Siêu thị Lẻ", "", "Cà rốt", "2 tấn", "", "15/12/2026", ""]]
    done = await imported(organizer, workbook(rows), "agreements")
    assert done["counts"]["created"] == 1
    answer = await organizer.get(f"/imports/{done['id']}/result?format=csv")
    assert "dự thảo" in answer.text


async def test_delegates_a_row_each_register_their_organizations(client: Client) -> None:
    officer = await client.officer()
    first = await client.register("producer", name="HTX Giả Lập Dự Hội")
    event = (
        await officer.post(
            "/events",
            {
                "name": "Hội nghị giả lập",
                "kind": "conference",
                "starts_on": "2026-12-22",
                "ends_on": "2026-12-22",
                "province": {"code": "79"},
            },
        )
    ).json()
    assert (await officer.post(f"/events/{event['id']}/publish")).status_code == 200
    rows = [
        ["STT", "Tên đơn vị", "Họ và tên", "Chức vụ", "Điện thoại"],
        [1, "HTX Giả Lập Dự Hội", "Nguyễn Thị Mẫu", "Giám đốc", "0901234567"],
        [2, "", "Trần Văn Mẫu", "Kế toán", ""],
        [3, "HTX Chưa Ai Biết", "Lê Mẫu", "", ""],
    ]
    assert (await client.http.get("/health/live")).status_code == 200
    done = await imported(officer, workbook(rows), "delegates", event=event["id"])
    assert (done["counts"]["created"], done["counts"]["refused"]) == (1, 1)
    (registered,) = (await officer.get(f"/events/{event['id']}/registrations")).json()["items"]
    assert registered["organization"]["id"] == first.organization["id"]
    assert [delegate["name"] for delegate in registered["delegates"]] == ["Nguyễn Thị Mẫu", "Trần Văn Mẫu"]


async def test_a_list_names_its_organizations_by_their_location_numbers(client: Client) -> None:
    officer = await client.officer()
    known = await client.register("producer", name="HTX Có Mã GLN", gln="8938505974002")
    assert (await officer.post(f"/organizations/{known.organization['id']}/verify")).status_code == 200
    day = {"starts_on": "2026-12-22", "ends_on": "2026-12-22", "province": {"code": "79"}}
    event = (await officer.post("/events", {"name": "Hội nghị giả lập", "kind": "conference", **day})).json()
    assert (await officer.post(f"/events/{event['id']}/publish")).status_code == 200
    rows = [
        ["Mã GLN", "Họ và tên", "Chức vụ"],
        ["8938505974002", "Nguyễn Thị Mẫu", "Giám đốc"],
        ["", "Trần Văn Mẫu", "Kế toán"],
        ["8938505974019", "Lê Mẫu", ""],
    ]
    done = await imported(officer, workbook(rows), "delegates", event=event["id"])
    assert (done["counts"]["created"], done["counts"]["refused"]) == (1, 1)
    (registered,) = (await officer.get(f"/events/{event['id']}/registrations")).json()["items"]
    assert registered["organization"]["id"] == known.organization["id"]
    assert len(registered["delegates"]) == 2


async def test_a_paper_that_is_meant_twice_is_kept_twice_and_asked_about_when_the_file_comes_again(
    client: Client,
) -> None:
    officer = await client.officer()
    paper = ["Hợp đồng", "HTX Giả Lập Một", "", "Siêu thị Giả Lập", "", "Cà rốt", "20 tấn", "1,2 tỷ", "15/12/2026", ""]
    rows = [HEADING, *([number, *paper] for number in (1, 2))]
    task = await answered(officer, await brought(officer, workbook(rows), "agreements"), answers={"duplicates": "keep"})
    done = await run(officer, task)
    assert (done["counts"]["created"], done["counts"]["refused"]) == (2, 0)
    other = await brought(officer, workbook([*rows, [3, *paper[:-2], "16/12/2026", ""]]), "agreements")
    other = await answered(officer, other, answers={"duplicates": "keep"})
    assert [one["id"] for one in other["questions"]] == ["existing"]
    done = await run(officer, await answered(officer, other, answers={"duplicates": "keep", "existing": "skip"}))
    assert (done["counts"]["created"], done["counts"]["skipped"]) == (1, 2)


async def test_a_list_of_an_event_takes_day_place_and_signatories_from_it_where_it_says_none(client: Client) -> None:
    there = await hall(
        client,
        sellers=0,
        buyers=0,
        sessions=[{"name": "Ký kết", "kind": "signing", "on": "2026-12-05", "starts": "09:00", "ends": "10:00"}],
    )
    await verified(client, there.organizer)
    cooperative = await client.register("producer", name="HTX Nông nghiệp Giả Lập Năm")
    await accepted(there, cooperative, delegates=[{"name": "Bà Năm", "title": "Giám đốc"}])
    rows = [
        ["STT", "Loại", "Bên bán", "Bên mua", "Hàng hóa", "Sản lượng", "Ngày ký", "Nơi ký"],
        [1, "Hợp đồng", "hợp tác xã NN giả lập năm", "Siêu thị Giả Lập", "Cà rốt", "2 tấn", "", ""],
        [2, "Biên bản ghi nhớ", "HTX Giả Lập Sáu", "Siêu thị Giả Lập", "Cà rốt", "2 tấn", "04/12/2026", "Cam Ranh"],
    ]

    done = await imported(there.organizer, workbook(rows), "agreements", event=there.event["id"])
    again = await brought(there.organizer, workbook(rows), "agreements", event=there.event["id"])

    assert (done["counts"]["created"], done["counts"]["refused"]) == (2, 0)
    assert again["questions"][0]["id"] == "existing"
    ids = [paper["id"] for paper in await papers(there.organizer)]
    found = [(await there.organizer.get(f"/agreements/{id_}")).json() for id_ in sorted(ids)]
    assert [(paper["status"], paper["signed_on"], paper["signing_place"]) for paper in found] == [
        ("signed", "2026-12-05", "Nha Trang"),
        ("signed", "2026-12-04", "Cam Ranh"),
    ]
    assert {paper["province"]["code"] for paper in found} == {"56"}
    assert found[0]["parties"][0]["organization"]["id"] == cooperative.organization["id"]
    assert found[0]["parties"][0]["representative"] == {"name": "Bà Năm", "title": "Giám đốc"}


async def test_who_runs_an_event_names_the_delegates_of_those_who_are_registered(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    registered, elsewhere = [await client.register("producer", name="HTX Cùng Tên Giả Lập") for _ in range(2)]
    known = {"name": "Trần Văn Hai", "phone": "0901234568"}
    await accepted(there, registered, delegates=[{"name": "Nguyễn Thị Một"}, known], delegates_count=2)
    rows = [
        ["STT", "Tên đơn vị", "Họ và tên", "Chức vụ", "Điện thoại"],
        [1, "HTX Cùng Tên Giả Lập", "NGUYỄN THỊ MỘT", "Giám đốc", "0901234567"],
        [2, "", "Trần Văn Hai", "Kế toán", "0901234568"],
        [3, "", "Lê Văn Ba", "", ""],
        [4, "HTX Không Đăng Ký Giả Lập", "Ai Đó", "", ""],
    ]
    await client.register("producer", name="HTX Không Đăng Ký Giả Lập")
    with clock.at(datetime(2026, 12, 1, tzinfo=UTC)):
        organizer, stranger = await there.organizer.now(), await (await client.register("organizer")).now()
        done = await imported(organizer, workbook(rows), "delegates", event=there.event["id"])
        again = await imported(organizer, workbook(rows[:4]), "delegates", event=there.event["id"])
        refused = await imported(stranger, workbook(rows[:4]), "delegates", event=there.event["id"])

    counts = [(each["counts"]["updated"], each["counts"]["unchanged"]) for each in (done, again, refused)]
    assert counts == [(1, 0), (0, 1), (0, 0)]
    assert [each["counts"]["refused"] for each in (done, again, refused)] == [1, 0, 1]
    (registration,) = (await registered.get(f"{there.path}/registrations")).json()["items"]
    assert [(person["name"], person["title"], person["phone"]) for person in registration["delegates"]] == [
        ("Nguyễn Thị Một", "Giám đốc", "+84901234567"),
        ("Trần Văn Hai", "Kế toán", "+84901234568"),
        ("Lê Văn Ba", None, None),
    ]
    assert (await elsewhere.get(f"{there.path}/registrations")).json()["items"] == []
