from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from market.agreements.paper.wording import DIGITS, amount_in_words, in_figures, in_words
from market.config import Settings
from market.core import clock
from tests.agreements.stories import Table, logged, signed, table
from tests.people import Client

WORDS = {word: digit for digit, word in enumerate(DIGITS)} | {"mốt": 1, "tư": 4, "lăm": 5}


def value_of(words: str) -> int:
    """Reads a number the way a person does: another road than the one that wrote it."""
    billions, _, rest = words.rpartition(" tỷ") if " tỷ" in words else ("", "", words)
    total = value_of(billions) * 10**9 if billions else 0
    group = digit = 0
    for word in rest.split():
        if word in WORDS:
            digit = WORDS[word]
        elif word == "mười":
            group, digit = group + 10, 0
        elif word in ("trăm", "mươi"):
            group, digit = group + digit * {"trăm": 100, "mươi": 10}[word], 0
        elif word in ("nghìn", "triệu"):
            total += (group + digit) * {"nghìn": 10**3, "triệu": 10**6}[word]
            group = digit = 0
        else:
            assert word == "linh", word
    return total + group + digit


@given(st.integers(min_value=0, max_value=10**15) | st.integers(min_value=0, max_value=10**4))
def test_an_amount_in_words_is_read_back_as_the_same_amount(number: int) -> None:
    words = in_words(number)
    assert value_of(words) == number
    assert not re.search(r"  |^ | $|mươi một|mươi năm|mười năm|linh không|mươi không", words)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (104, "Một trăm linh bốn đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (55_555, "Năm mươi lăm nghìn năm trăm năm mươi lăm đồng"),
        (1_000_015, "Một triệu không trăm mười lăm đồng"),
        (2_000_000_000_000, "Hai nghìn tỷ đồng"),
        (1_000_000_001, "Một tỷ không trăm linh một đồng"),
        (10**15, "Một triệu tỷ đồng"),
    ],
)
def test_amounts_are_worded_as_contracts_word_them(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


def test_no_words_for_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="from zero"):
        in_words(-1)


@given(st.decimals(min_value=0, max_value=10**12, places=3))
def test_figures_are_exact(number: Decimal) -> None:
    written = in_figures(number)
    assert Decimal(written.replace(".", "").replace(",", ".")) == number
    assert re.fullmatch(r"\d{1,3}(\.\d{3})*(,\d*[1-9])?", written)


async def paper_text(who: Client, agreement: dict[str, Any], query: str = "") -> str:
    """All that the Word document says."""
    answer = await who.get(f"/agreements/{agreement['id']}/document?format=docx{query}")
    assert answer.status_code == 200, answer.text
    document = Document(io.BytesIO(answer.content))
    parts = [paragraph.text for paragraph in document.paragraphs]
    for grid in document.tables:
        parts += [cell.text for row in grid.rows for cell in row.cells]
    return "\n".join(parts)


async def test_the_paper_says_all_that_was_agreed(client: Client) -> None:
    around = await table(client)
    text = await paper_text(around.seller, await signed(around.organizer, around.paper(clauses="Điều khoản kín")))
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "HỢP ĐỒNG MUA BÁN",
        "Tiêu đề kín",
        "Số: 2026-NT01-0001",
        "ngày 20 tháng 11 năm 2026, tại Nha Trang",
        "BÊN A (Bên bán): HTX Bán Thử",
        "BÊN B (Bên mua): Siêu thị Mua Thử",
        "Đại diện: Đại Diện Bán",
        "Chức vụ: Giám đốc",
        "Phụ trách thực hiện: Phụ Trách Bán, điện thoại +84912345678",
        "Thanh long ruột đỏ",
        "1.750,5 (± 5%)",
        "28.000",
        "49.014.000",
        "từ ngày 01/12/2026 đến ngày 28/02/2027; thứ Hai, thứ Năm hằng tuần; giao trước 06:00",
        "123.456.789 đồng",
        "Một trăm hai mươi ba triệu bốn trăm năm mươi sáu nghìn bảy trăm tám mươi chín đồng",
        "Điều khoản kín",
    ):
        assert said in text, said
    assert "{{" not in text
    assert "{%" not in text
    assert "DỰ THẢO" not in text
    assert "Ghi chú kín" not in text


async def test_a_draft_says_that_it_is_one(client: Client) -> None:
    around = await table(client)
    assert "DỰ THẢO" in await paper_text(around.seller, await logged(around.organizer, around.paper()))


async def test_paper_with_next_to_nothing_on_it_can_be_printed(client: Client) -> None:
    around = await table(client)
    sides = [{"role": "seller", "name": "HTX <Chỉ có tên> & con"}, {"role": "buyer", "name": "*Chợ* #Mẫu"}]
    bare = {"instrument": "mou", "title": 'Tên "lạ" $x_1$ {{ 7 * 7 }}', "parties": sides}
    agreement = await logged(around.organizer, bare)
    text = await paper_text(around.organizer, agreement)
    assert "BIÊN BẢN GHI NHỚ" in text
    assert "HTX <Chỉ có tên> & con" in text
    assert "{{ 7 * 7 }}" in text
    assert "Các bên chưa xác định giá trị." in text
    answer = await around.organizer.get(f"/agreements/{agreement['id']}/document")
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["pdf", "docx"])
async def test_a_version_is_written_again_byte_for_byte_whatever_changed_since(client: Client, kind: str) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    path = f"/agreements/{agreement['id']}/document?format={kind}"
    first = await around.seller.get(path)
    assert first.headers["content-disposition"].startswith('attachment; filename="2026-NT01-0001-v2.')

    with clock.shifted(timedelta(minutes=10)):
        renamed = await around.seller.patch(
            f"/organizations/{around.seller.organization['id']}", {"name": "HTX Tên Mới"}
        )
        assert renamed.status_code == 200, renamed.text
        tag = (await around.organizer.get(f"/agreements/{agreement['id']}")).headers["etag"]
        edited = await around.organizer.patch(
            f"/agreements/{agreement['id']}", {"title": "Tiêu đề khác"}, headers={"If-Match": tag}
        )
        assert edited.status_code == 200, edited.text
        again, now = await around.seller.get(f"{path}&version=2"), await around.seller.get(path)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert now.content != first.content
    unchanged = await around.seller.get(f"{path}&version=2", headers={"If-None-Match": first.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    if kind == "docx":
        assert "HTX Tên Mới" in await paper_text(around.seller, agreement)
        assert "HTX Bán Thử" in await paper_text(around.seller, agreement, "&version=2")


async def test_the_paper_is_for_insiders_only(client: Client) -> None:
    around = await table(client)
    draft, paper = await logged(around.organizer, around.paper()), await signed(around.organizer, around.paper())
    stranger = await client.register("buyer")
    assert (await stranger.get(f"/agreements/{draft['id']}/document")).status_code == 404
    assert (await stranger.get(f"/agreements/{paper['id']}/document")).status_code == 403
    assert (await client.get(f"/agreements/{paper['id']}/document")).status_code == 401
    assert (await around.officer.get(f"/agreements/{paper['id']}/document")).status_code == 200


async def test_there_is_no_paper_of_a_version_that_never_was(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    assert (await around.seller.get(f"/agreements/{agreement['id']}/document?version=9")).status_code == 404
    assert (await around.seller.get(f"/agreements/{agreement['id']}/document?format=odt")).status_code == 400


@pytest.fixture
def own_templates(client: Client, tmp_path: Path) -> Iterator[Path]:
    """A data directory of this test alone, with an officer's templates in it."""
    settings: Settings = client.app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    (tmp_path / "templates").mkdir()
    yield tmp_path / "templates"
    settings.data_dir = before


async def test_an_officer_edits_the_paper_with_word(client: Client, own_templates: Path) -> None:
    around: Table = await table(client)
    agreement = await signed(around.organizer, around.paper())
    document = Document()
    document.add_paragraph("SỞ CÔNG THƯƠNG MẪU · {{ number }}")
    document.save(str(own_templates / "agreement.docx"))
    assert await paper_text(around.officer, agreement) == "SỞ CÔNG THƯƠNG MẪU · 2026-NT01-0001"


@pytest.mark.parametrize(
    ("kind", "template"), [("docx", "{{ so_hop_dong }}"), ("docx", "{% if %}"), ("pdf", "#khong-co")]
)
async def test_a_broken_template_is_named(client: Client, own_templates: Path, kind: str, template: str) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    if kind == "docx":
        document = Document()
        document.add_paragraph(template)
        document.save(str(own_templates / "agreement.docx"))
    else:
        (own_templates / "agreement.typ").write_text(template, encoding="utf-8")
    answer = await around.officer.get(f"/agreements/{agreement['id']}/document?format={kind}")
    assert (answer.status_code, answer.json()["code"]) == (500, "template-broken")
    assert "agreement." in answer.json()["detail"]


async def test_a_template_reaches_nothing_but_the_paper(client: Client, own_templates: Path) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    document = Document()
    document.add_paragraph("{{ number.__class__.__mro__ }}")
    document.save(str(own_templates / "agreement.docx"))
    answer = await around.officer.get(f"/agreements/{agreement['id']}/document?format=docx")
    assert answer.status_code == 500


def test_the_templates_are_whole(settings: Settings) -> None:
    with zipfile.ZipFile(settings.seeds_dir / "templates" / "agreement.docx") as parts:
        assert parts.testzip() is None
