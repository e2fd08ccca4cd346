"""The summary of an event as people pass it on: a workbook, and a paper of a few pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from market.agreements.states import INSTRUMENTS
from market.core import clock
from market.core.clock import VIETNAM
from market.core.sheets.streaming import SheetColumn
from market.events.meetings.models import Outcome
from market.reports.event_schemas import EventSummary, ProvinceCount
from market.reports.periods import SheetOf

OUTCOMES: Mapping[Outcome | None, str] = {
    "interested": "Quan tâm",
    "sample": "Gửi mẫu",
    "visit": "Thăm vùng trồng",
    "mou": "Ký ghi nhớ",
    "contract": "Ký hợp đồng",
    "none": "Không có kết quả",
    None: "Chưa ghi",
}
METRICS: Mapping[str, str] = {
    "contracts_signed": "Hợp đồng đã ký",
    "mous_signed": "Biên bản ghi nhớ đã ký",
    "delegates": "Đại biểu",
}
SIDES: Mapping[str | None, str] = {"seller": "Bên bán", "buyer": "Bên mua", None: "Khác"}
PAPERS, UNIT = SheetColumn("Văn bản", 12), SheetColumn("Tỉnh", 28)


def sheets_of(summary: EventSummary) -> list[SheetOf]:
    """The tables of the summary; the first says of when it is, by both clocks."""
    return [
        SheetOf("Tổng quan", (SheetColumn("Chỉ tiêu", 44), SheetColumn("Giá trị", 24)), _overview(summary)),
        SheetOf(
            "Theo loại văn bản",
            (SheetColumn("Loại", 34), PAPERS, SheetColumn("Có hiệu lực", 14)),
            [(INSTRUMENTS[row.instrument].vi, row.papers, row.effective) for row in summary.by_instrument],
        ),
        SheetOf("Nơi ký", (UNIT, PAPERS), _provinces(summary.by_signing_province)),
        SheetOf("Tỉnh của các bên", (UNIT, PAPERS), _provinces(summary.by_party_province)),
        SheetOf(
            "Mặt hàng",
            (SheetColumn("Mặt hàng", 34), PAPERS),
            [(row.concept.name_vi, row.papers) for row in summary.by_goods],
        ),
        SheetOf(
            "Kết quả gặp",
            (SheetColumn("Kết quả", 28), SheetColumn("Cuộc gặp", 12)),
            [(OUTCOMES[row.outcome], row.meetings) for row in summary.met.outcomes],
        ),
        SheetOf(
            "Góp ý",
            (SheetColumn("Phía", 18), SheetColumn("Số góp ý", 12), SheetColumn("Điểm trung bình", 18)),
            [(SIDES[row.side], row.answers, row.mean_rating) for row in summary.feedback],
        ),
        SheetOf("Số liệu công bố", _FIGURE_COLUMNS, _figures(summary)),
    ]


_FIGURE_COLUMNS = (
    SheetColumn("Chỉ tiêu", 26),
    SheetColumn("Đã công bố", 14),
    SheetColumn("Ghi nhận", 14),
    SheetColumn("Chênh lệch", 14),
    SheetColumn("Nguồn", 50),
)


def _provinces(counts: Sequence[ProvinceCount]) -> list[tuple[Any, ...]]:
    return [(row.unit.name, row.papers) for row in counts]


def _figures(summary: EventSummary) -> list[tuple[Any, ...]]:
    return [
        (METRICS.get(row.metric, row.metric), row.published, row.recorded, row.difference, row.source)
        for row in summary.figures
    ]


def _overview(summary: EventSummary) -> list[tuple[Any, ...]]:
    came, met = summary.came, summary.met
    rows: list[tuple[str, Any]] = [
        ("Sự kiện", summary.name),
        ("Mã", summary.code),
        ("Tính đến ngày", summary.as_of),
        ("Theo hiểu biết lúc", f"{summary.known_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"),
        ("Tổ chức đăng ký", came.organizations_registered),
        ("Tổ chức được nhận", came.organizations_accepted),
        ("Tổ chức có mặt", came.organizations_came),
        ("Đại biểu đăng ký", came.delegates_registered),
        ("Người có mặt", came.people_came),
        ("Cuộc gặp đã diễn ra", met.held),
        ("Cuộc gặp vắng một bên", met.missed),
        ("Cuộc gặp ghi kết quả trước giờ", met.noted_early),
        ("Cuộc gặp đã hủy", met.cancelled),
        ("Việc hẹn đến hạn chưa làm", met.follow_ups_due),
        ("Việc hẹn đã làm", met.follow_ups_done),
        ("Văn bản", summary.papers),
        ("Biên bản ghi nhớ", summary.mous),
        ("Ghi nhớ đã thành hợp đồng", summary.mous_converted),
        ("Hợp đồng", summary.contracts),
        ("Có thể ghi trùng, chờ quyết định", summary.probable_duplicates),
    ]
    sums = (
        ("Giá trị đã ký (đồng)", summary.signed_vnd),
        ("Giá trị có hiệu lực (đồng)", summary.effective_vnd),
        ("Giá trị đã giao (đồng)", summary.delivered_vnd),
    )
    return [*rows, *((name, value) for name, value in sums if value is not None)]


def paper_of(summary: EventSummary) -> dict[str, Any]:
    """What the template `summary.typ` places; tables without rows are left out."""
    return {
        "event": summary.name,
        "heading": "Tổng kết sự kiện",
        "made": f"in lúc {clock.now().astimezone(VIETNAM):%H:%M %d/%m/%Y}",
        "tables": [
            {
                "title": sheet.name,
                "columns": [column.heading for column in sheet.columns],
                "widths": [column.width for column in sheet.columns],
                "rows": [[_said(value) for value in row] for row in sheet.rows],
            }
            for sheet in sheets_of(summary)
            if sheet.rows
        ],
    }


def _said(value: object) -> str:
    """As people write it: dots between thousands, a comma before decimals."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}".translate(str.maketrans(",.", ".,"))
    if hasattr(value, "strftime"):
        return str(value.strftime("%d/%m/%Y"))
    return str(value)
