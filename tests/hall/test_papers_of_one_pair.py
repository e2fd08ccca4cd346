"""Two who sign several papers at one event: each is kept, and the same one at two desks is asked about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from market.core import clock
from tests.events.meetings.stories import hall
from tests.hall.test_desk import DAY, device, noted, paper, results_of, sent, verified
from tests.people import Client

PAIR = ("HTX Giả Lập Một", "Siêu thị Giả Lập")
MANGOES = {"description": "Xoài", "quantity": "3", "unit": "TNE"}
COCONUTS = {"description": "Dừa khô", "quantity": "8000", "unit": "H87"}


def of_the_pair(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return paper(*PAIR, lines=list(lines), **more)


async def test_papers_of_one_pair_with_other_goods_are_kept_in_one_batch(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    desk, _ = await device(there)

    with clock.at(DAY + timedelta(hours=2)):
        path = f"{there.path}/agreements/batch"
        several = await desk.post(path, {"items": [of_the_pair(MANGOES), of_the_pair(COCONUTS)]})
        twice = await desk.post(path, {"items": [of_the_pair(MANGOES), of_the_pair(MANGOES, note="lần hai")]})

    assert [result["state"] for result in results_of(several)] == ["kept", "kept"]
    known = results_of(several)[0]["about"]
    assert [(one["state"], one["duplicate_of"]) for one in results_of(twice)] == [("duplicate", known)] * 2


async def test_a_paper_twice_in_one_batch_looks_like_the_first(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    desk, _ = await device(there)

    spelled = of_the_pair({"description": "XOÀI", "quantity": "3000", "unit": "KGM"})
    answer = await desk.post(f"{there.path}/agreements/batch", {"items": [of_the_pair(MANGOES), spelled]})

    first, second = results_of(answer)
    aside = (await there.organizer.get(f"{there.path}/desk/duplicates")).json()["items"]
    assert (first["state"], second["state"], second["duplicate_of"]) == ("kept", "duplicate", first["about"])
    assert [item["looks_like"] for item in aside] == [first["about"]]


@pytest.mark.parametrize(
    ("lines", "more", "state"),
    [
        ([{"description": "Bưởi da xanh", "quantity": "9", "unit": "TNE"}], {}, "kept"),
        ([MANGOES | {"quantity": "4"}], {}, "kept"),
        ([MANGOES, COCONUTS], {}, "kept"),
        ([COCONUTS], {"value_vnd": 90_000_000}, "duplicate"),
        ([], {"value_vnd": 80_000_000}, "kept"),
        ([], {}, "duplicate"),
        ([MANGOES], {"value_vnd": 80_000_000}, "duplicate"),
        ([{"description": "xoai", "quantity": "3000", "unit": "KGM"}], {}, "duplicate"),
        ([{"concept": "mango", "quantity": "30", "unit": "DTN"}], {}, "duplicate"),
        ([{"description": "Xoài cát Hòa Lộc", "quantity": "3", "unit": "TNE"}], {}, "duplicate"),
        ([{"description": "Xoài"}], {}, "duplicate"),
    ],
)
async def test_what_both_say_tells_two_papers_apart_and_what_one_leaves_out_does_not(
    client: Client, lines: list[Any], more: dict[str, Any], state: str
) -> None:
    there = await hall(client, sellers=0, buyers=0)
    await verified(client, there.organizer)
    (one, _), (other, _) = await device(there, "Một"), await device(there, "Hai")

    with clock.at(DAY + timedelta(hours=2)):
        await sent(one, there, [noted("paper", of_the_pair(MANGOES, value_vnd=90_000_000))])
        second = await sent(other, there, [noted("paper", of_the_pair(*lines, **more))])

    assert second["results"][0]["state"] == state
