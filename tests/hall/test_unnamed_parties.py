"""A telephone or an address is nobody's name: who is told by it alone is kept unnamed, and no stranger reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.contacts import phone_in, without_contacts
from market.agreements.models import Agreement, AgreementParty
from market.core import clock
from tests.events.meetings.stories import hall
from tests.hall.test_desk import DAY, device, results_of, verified
from tests.people import Client

NUMBER = "0912345678"
UNTOLD = (NUMBER, NUMBER[1:], "0300000000")


def told_by(seller: dict[str, Any], buyer: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"instrument": "mou", "parties": [{"role": "seller"} | seller, {"role": "buyer"} | buyer]} | more


async def public_texts(client: Client, event_id: str) -> str:
    texts = []
    for path in (f"/agreements?event={event_id}", "/ocds/releases", "/changes?entity=agreement", "/changes"):
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        texts.append(answer.text)
    return "".join(texts)


async def test_a_paper_of_which_nobody_has_a_name_waits_as_a_draft_and_shows_no_telephone(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    desk, _ = await device(there)
    paper = told_by({"phone": NUMBER}, {"tax_code": "0300000000"})

    with clock.at(DAY + timedelta(hours=2)):
        answer = await desk.post(f"{there.path}/agreements/batch", {"items": [paper]})
        again = await desk.post(f"{there.path}/agreements/batch", {"items": [paper]})
        texts = await public_texts(client, there.event["id"])
        totals = (await client.get(f"{there.path}/summary")).json()

    (kept,) = results_of(answer)
    assert (kept["state"], kept["signed"], {error["code"] for error in kept["errors"]}) == (
        "kept",
        False,
        {"nobody-named"},
    )
    assert [(one["name"], one["phone"]) for one in kept["unlinked"]] == [
        ("Chưa rõ tên", "+84912345678"),
        ("Chưa rõ tên (MST 0300000000)", None),
    ]
    assert results_of(again)[0]["state"] == "duplicate"
    assert not any(text in texts for text in UNTOLD)
    assert totals["mous"] == 0, totals
    logged = (await there.organizer.get(f"/agreements/{kept['about']}")).json()
    assert (logged["status"], logged["parties"][0]["name"]) == ("draft", "Chưa rõ tên")
    assert NUMBER[1:] not in logged["title"]


async def test_a_telephone_where_the_name_belongs_finds_its_party_and_stands_nowhere(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    desk, _ = await device(there)
    papers = [
        told_by({"name": f"HTX Giả Lập Một - {NUMBER}"}, {"name": "Siêu thị Giả Lập"}),
        told_by({"name": "mua@vi-du.example"}, {"name": "Chợ Giả Lập"}, instrument="sale"),
    ]

    with clock.at(DAY + timedelta(hours=2)):
        answer = await desk.post(f"{there.path}/agreements/batch", {"items": papers})
        texts = await public_texts(client, there.event["id"])

    assert [one["signed"] for one in results_of(answer)] == [True, True]
    assert [one["unlinked"][0]["name"] for one in results_of(answer)] == ["HTX Giả Lập Một", "Chưa rõ tên"]
    assert "HTX Giả Lập Một" in texts
    assert NUMBER[1:] not in texts
    assert "vi-du.example" not in texts


async def test_what_older_papers_were_kept_under_is_shown_to_nobody(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    desk, _ = await device(there)
    paper = told_by({"name": "HTX Giả Lập Một"}, {"name": "Siêu thị Giả Lập"})
    with clock.at(DAY + timedelta(hours=2)):
        answer = await desk.post(f"{there.path}/agreements/batch", {"items": [paper]})
        assert results_of(answer)[0]["signed"], answer.text
        await session.execute(update(AgreementParty).values(name_only="+84912345678"))
        await session.execute(update(Agreement).values(title="Biên bản ghi nhớ +84912345678 – Siêu thị"))
        await session.commit()
        texts = await public_texts(client, there.event["id"])

    assert "Chưa rõ tên" in texts
    assert NUMBER[1:] not in texts


async def test_nobody_logs_a_party_by_its_telephone(client: Client) -> None:
    officer = await client.officer()
    body = {
        "instrument": "mou",
        "title": "Biên bản giả lập",
        "parties": [{"role": "seller", "name": NUMBER}, {"role": "buyer", "name": "Ông A, a@vi-du.example"}],
    }

    answer = await officer.post("/agreements", body)

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["contact-as-name"] * 2


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("HTX Số 3 (0912 345 678)", "HTX Số 3"),
        ("+84 28 3822 5678", ""),
        ("Công ty Giả Lập (MST: 0312345678)", "Công ty Giả Lập (MST: 0312345678)"),
        ("Công ty 28 Giả Lập", "Công ty 28 Giả Lập"),
        ("Ký ngày 05.12.2026, 08 bên", "Ký ngày 05.12.2026, 08 bên"),
        ("Hợp đồng 01/2026/HĐ-000123456789", "Hợp đồng 01/2026/HĐ-000123456789"),
    ],
)
def test_telephones_are_told_from_other_numbers(text: str, bare: str) -> None:
    assert without_contacts(text) == bare
    assert (phone_in(text) is None) == (bare == text)
