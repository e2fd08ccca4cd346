"""What the tests of events and of agreements begin with."""

from __future__ import annotations

from typing import Any

from tests.people import Client

EVENT: dict[str, Any] = {
    "name": "Hội nghị kết nối cung cầu thử nghiệm",
    "kind": "conference",
    "starts_on": "2026-12-04",
    "ends_on": "2026-12-05",
    "province": {"code": "56", "version": "2025"},
    "place": "Nha Trang",
}


async def organizer_with_event(
    client: Client, *, publish: bool = True, **changes: Any
) -> tuple[Client, dict[str, Any]]:
    """A new organizer and its event."""
    organizer = await client.register("organizer", name="Trung tâm Xúc tiến Thử nghiệm")
    answer = await organizer.post("/events", EVENT | changes)
    assert answer.status_code == 201, answer.text
    event: dict[str, Any] = answer.json()
    if publish:
        answer = await organizer.post(f"/events/{event['id']}/publish")
        assert answer.status_code == 200, answer.text
        event = answer.json()
    return organizer, event
