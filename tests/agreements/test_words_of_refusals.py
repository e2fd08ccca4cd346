"""Refusals say in words what is wrong, and sums beyond all bounds are refused and not broken over."""

from __future__ import annotations

from tests.agreements.stories import LINE, act, logged, signed, table
from tests.people import Client


async def test_a_state_and_a_verb_are_said_in_words(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    body = {"line": agreement["lines"][0]["id"], "delivered_on": agreement["signed_on"], "quantity": "1"}

    answer = await around.seller.post(f"/agreements/{agreement['id']}/deliveries", body)

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["state"]) == (409, "illegal-transition", "signed")
    assert "đã ký" in problem["detail"]
    assert not {"signed", "(deliver)"} & {*problem["detail"].split()}


async def test_kinds_of_organizations_are_said_in_words(client: Client) -> None:
    producer = await client.register("producer")
    day = {"starts_on": "2026-12-22", "ends_on": "2026-12-22", "province": {"code": "79"}}

    answer = await producer.post("/events", {"name": "Hội nghị giả lập", "kind": "conference", **day})

    assert (answer.status_code, answer.json()["code"]) == (403, "organization-kind")
    assert "đơn vị tổ chức" in answer.json()["detail"]
    assert "organizer" not in answer.json()["detail"]


async def test_a_mandate_of_somebody_who_is_no_officer_is_refused_and_not_ignored(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())

    refused = await act(around.seller, draft, "sign", {"mandate": "Giấy ủy quyền 1"})
    signed_ = await act(around.seller, draft, "sign", {})

    assert refused.status_code == 400
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/mandate", "mandate-not-yours")]
    assert signed_.status_code == 200


async def test_a_sum_beyond_all_bounds_is_refused(client: Client) -> None:
    around = await table(client)
    line = LINE | {
        "quantity": "999999999999.999", "unit": "TNE", "per": "day", "price_vnd": 10**15,
        "period_from": "2026-12-01", "period_until": "2036-12-01",
    }  # fmt: skip

    answer = await around.officer.post("/agreements", around.paper(lines=[line], value_vnd=None))

    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["code"] in ("value-too-large", "less-than-equal")
