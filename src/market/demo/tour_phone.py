"""The tour's last part: a phone on a thin line, and what is said when the engine is down."""

from __future__ import annotations

from typing import Any

from market.demo.tour_goods import COOPERATIVE
from market.demo.tour_story import Step, Tour
from market.demo.visitors import Json, answered, demand


def read_on_a_phone(tour: Tour) -> None:
    """What a phone has already is not sent again; it takes only the fields that it shows."""
    path = f"/listings/{tour.listing['id']}"
    whole = tour.nobody.ask("GET", path)
    tag = whole.headers["etag"]
    again = tour.nobody.ask("GET", path, headers={"If-None-Match": tag})
    demand(again.status_code == 304 and not again.content, f"an unchanged listing was sent again: {again.status_code}")
    trimmed = tour.nobody.ask("GET", path, params={"fields": "id,title,price_vnd"})
    demand(answered(trimmed, 200).keys() == {"id", "title", "price_vnd"}, "fields= does not trim")
    tour.screen.table(
        ("yêu cầu", "HTTP", "byte"),
        [
            ("cả tin", whole.status_code, len(whole.content)),
            ("lần sau, kèm ETag", again.status_code, len(again.content)),
            ("chỉ tên và giá", trimmed.status_code, len(trimmed.content)),
        ],
    )


def sync(tour: Tour, since: str | None) -> tuple[list[Json], str]:
    """Every change since a cursor, as somebody who is not signed in may see it, and the next cursor."""
    changed: list[Json] = []
    params: dict[str, Any] = {"limit": 1000} | ({"since": since} if since else {})
    while True:
        page = tour.nobody.get("/changes", **params)
        changed += page["items"]
        params["since"] = page["next_cursor"]
        if not page["more"]:
            return changed, page["next_cursor"]


def sync_a_phone(tour: Tour) -> None:
    """A phone takes everything once, then only what changed; what is no longer to be seen comes as gone."""
    cooperative, listing = tour.visitors[COOPERATIVE], tour.listing["id"]
    everything, cursor = sync(tour, None)
    rows: list[tuple[object, ...]] = [("lần đầu: tất cả", len(everything), "")]
    for verb, told in (("pause", "gone"), ("publish", "updated")):
        cooperative.post(f"/listings/{listing}/{verb}", status=200)
        changed: list[Json] = []

        def has_come(changed: list[Json] = changed) -> bool:
            nonlocal cursor
            more, cursor = sync(tour, cursor)
            changed += more
            return any(item["id"] == listing for item in changed)

        tour.wait_for(f"{verb} does not come to the phone", has_come)
        item = next(item for item in changed if item["id"] == listing)
        demand(item["change"] == told, f"after {verb} the phone is told {item['change']}, not {told}")
        demand((item["data"] is None) == (told == "gone"), f"after {verb} the phone is told too much or too little")
        rows.append((f"sau «{verb}»", len(changed), item["change"]))
    tour.screen.table(("điện thoại đồng bộ", "mục", "tin của hợp tác xã"), rows)


def say_whether_degraded(tour: Tour) -> None:
    """A search says whether the engine answered; without one PostgreSQL does."""
    seen: dict[str, Any] = {}

    def agree() -> bool:
        seen["ready"] = answered(tour.http.get("/health/ready"), 200)
        seen["degraded"] = tour.nobody.get("/listings", q="thanh long")["degraded"]
        return bool(seen["degraded"] == (seen["ready"]["engine"] != "ok"))

    # A single search may find a busy engine too slow.
    tour.wait_for("what a search says of the engine is not what the market says of its health", agree)
    ready, degraded = seen["ready"], seen["degraded"]
    words = "máy tìm kiếm đang nghỉ, PostgreSQL trả lời thay (degraded)" if degraded else "máy tìm kiếm trả lời"
    tour.screen.sees("Chợ", f"cơ sở dữ liệu {ready['database']}, máy tìm kiếm {ready['engine']}: {words}")
    tour.screen.sees("Chợ", "khi máy tìm kiếm dừng, mọi câu trả lời ghi degraded: true; việc ghi vẫn chạy")


STEPS = (
    Step("Điện thoại đọc, không tải lại cái đã có", "A phone reads, and loads nothing twice", read_on_a_phone),
    Step(
        "Điện thoại đồng bộ: chỉ những gì đã đổi, và những gì đã mất",
        "Delta sync: only what changed, and what is gone",
        sync_a_phone,
    ),
    Step(
        "Câu trả lời nói rõ máy tìm kiếm có đang chạy không",
        "An answer says whether the search engine is up",
        say_whether_degraded,
    ),
)
