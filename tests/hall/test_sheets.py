"""What is printed, looked at as the paper it becomes: nothing is cut off and nothing is written over something else."""

from __future__ import annotations

import json
import time
from uuid import uuid4

import pypdfium2
import typst
from PIL import Image

from market.config import PROJECT_ROOT
from market.events.models import Event, Registration
from market.hall import sheets
from market.organizations.models import Organization

LONG = (
    "HTX Dịch vụ Nông nghiệp Tổng hợp Sản xuất và Tiêu thụ Thanh long ruột đỏ VietGAP xã Thử Nghiệm An, huyện Ví Dụ, "
    "tỉnh Minh Họa (Liên hiệp HTX Nông sản sạch Đồng bằng Giả Định – Chi nhánh số 12)"
)
NAME = "Nguyễn Phước Hoàng Thiên Trúc Quỳnh Như Phương Thảo"
TITLE = "Chủ tịch Hội đồng quản trị kiêm Giám đốc điều hành, phụ trách xuất khẩu"
EVENT = Event(
    id=uuid4(),
    code="NT01",
    name="Hội nghị kết nối cung – cầu nông sản, sản phẩm OCOP các tỉnh Ví Dụ, Minh Họa với Thành phố Giả Định 2026",
    place="Nhà Mẫu",
    halls=[],
    tables=2,
)


def coming(name: str | None, title: str | None, organization: str, *booths: str) -> Registration:
    people = [{"name": name, "title": title}] if name else []
    row = Registration(id=uuid4(), delegates_count=1, delegates=people, booth_numbers=list(booths), side="seller")
    row.organization = Organization(name=organization)
    return row


def printed(values: dict[str, object], template: str = "badges.typ") -> pypdfium2.PdfDocument:
    paper = {"paper": json.dumps(values, ensure_ascii=False)}
    return pypdfium2.PdfDocument(typst.compile(PROJECT_ROOT / "seeds" / "templates" / template, sys_inputs=paper))


def lines_of(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float]]:
    """Where words stand: left, bottom, right, top of each run."""
    text = page.get_textpage()
    return [text.get_rect(place) for place in range(text.count_rects())]


def written_over(boxes: list[tuple[float, float, float, float]]) -> int:
    """How many pairs of lines share more than a quarter of the lower one's height."""

    def over(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
        wide = min(one[2], other[2]) - max(one[0], other[0])
        high = min(one[3], other[3]) - max(one[1], other[1])
        return wide > 1 and high > 0.25 * min(one[3] - one[1], other[3] - other[1])

    return sum(over(one, other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_a_badge_says_all_of_a_long_name_and_writes_nothing_over_anything() -> None:
    row = coming(NAME, TITLE, LONG, "A1", "A2", "A3")

    page = printed(sheets.badges(EVENT, [row], layout="label"))[0]

    said = " ".join(page.get_textpage().get_text_range().split())
    for whole in (EVENT.name, NAME, TITLE, LONG, "Bên bán · Gian hàng A1, A2, A3"):
        assert whole in said
    width, height = page.get_size()
    boxes = lines_of(page)
    assert all(left >= 0 and bottom >= 0 and right <= width and top <= height for left, bottom, right, top in boxes)
    assert written_over(boxes) == 0


def test_a_badge_of_somebody_without_name_title_or_booth_is_whole() -> None:
    page = printed(sheets.badges(EVENT, [coming(None, None, "HTX Một")], layout="label"))[0]

    assert "Đại biểu" in (said := page.get_textpage().get_text_range())
    assert "Gian hàng" not in said
    assert written_over(lines_of(page)) == 0


def test_a_word_without_end_does_not_run_into_the_code() -> None:
    page = printed(sheets.badges(EVENT, [coming("X" * 90, None, "Z" * 200)], layout="label"))[0]

    picture = page.render(scale=4).to_pil().convert("L")
    width, height = picture.size
    right = picture.crop((int(width * 0.68), int(height * 0.5), width, int(height * 0.9)))
    nobody = printed(sheets.badges(EVENT, [coming("X", None, "Z")], layout="label"))[0].render(scale=4).to_pil()
    of_nobody = nobody.convert("L").crop((int(width * 0.68), int(height * 0.5), width, int(height * 0.9)))
    assert abs(dark(right) - dark(of_nobody)) < 0.1


def dark(picture: Image.Image) -> float:
    """The share of dark points."""
    counts = picture.histogram()
    return sum(counts[:128]) / sum(counts)


def test_a_thousand_badges_are_printed_in_seconds() -> None:
    rows = [coming(f"Lê Thị Thử {n}", "Phó Giám đốc", f"HTX Nông sản Ví Dụ số {n}", f"B{n}") for n in range(1000)]
    began = time.process_time()

    pages = printed(sheets.badges(EVENT, rows, layout="a4"))

    print(f"1,000 badges in {time.process_time() - began:.1f} s of processor time")
    assert len(pages) == 100
    assert time.process_time() - began < 20
