"""`market import` as a person runs it: files in, rows kept, refusals written down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from typer.testing import CliRunner, Result

from market.config import Settings
from market.core.access import SYSTEM
from market.core.changes import Change
from market.core.db import create_sessions
from market.imports.commands import import_commands
from market.imports.files import HEAD_BYTES
from market.listings.models import Listing, ListingCapacity
from market.needs.models import Need, NeedLine
from market.organizations.schemas import OrganizationCreate
from market.organizations.service import create_organization
from market.reference.catalogue import Catalogue
from tests.imports.sheets import workbook

Sessions = async_sessionmaker[AsyncSession]
FIRST, SECOND = "HTX Giả lập Một", "HTX Giả lập Hai"


@pytest.fixture
async def sessions(own_engine: AsyncEngine, catalogue: Catalogue) -> Sessions:
    """Sessions on a database with two organizations."""
    sessions = create_sessions(own_engine)
    async with sessions.begin() as session:
        for name in (FIRST, SECOND):
            await create_organization(session, SYSTEM, _organization(name))
    return sessions


def _organization(name: str) -> OrganizationCreate:
    return OrganizationCreate.model_validate(
        {"name": name, "kinds": ["producer"], "legal_form": "cooperative", "province": {"code": "82"}}
    )


async def run(settings: Settings, *arguments: str, given: bytes = b"") -> Result:
    return await asyncio.to_thread(CliRunner().invoke, import_commands(lambda: settings), list(arguments), input=given)


def listing(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "title": f"Thanh long ruột đỏ {number}",
        "concept": "dragon-fruit-red",
        "province": {"code": "82", "version": "2025"},
        "unit": "KGM",
        "publish": True,
        **changes,
    }


def written(path: Path, rows: Sequence[Any]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


async def titles(sessions: Sessions) -> list[str]:
    async with sessions() as session:
        return list(await session.scalars(select(Listing.title).order_by(Listing.id)))


def refused(path: str) -> list[dict[str, Any]]:
    """What the file of refused rows holds; there is none when there was nothing to refuse."""
    file = Path(f"{path}.errors.ndjson")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def added(path: str, lines: bytes) -> None:
    with Path(path).open("ab") as file:
        file.write(lines)


async def test_every_row_of_a_good_file_is_kept_in_order_and_logged(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    file = written(tmp_path / "hang.ndjson", [listing(number) for number in range(2300)])
    done = await run(own_settings, "listings", file, "--organization", FIRST)
    assert done.exit_code == 0, done.output
    assert "2,300 listings kept, 0 refused" in done.output
    assert await titles(sessions) == [f"Thanh long ruột đỏ {number}" for number in range(2300)]
    async with sessions() as session:
        logged = select(func.count(), func.count(Change.entity_id.distinct())).where(Change.entity == "listing")
        assert (await session.execute(logged)).one() == (2300, 2300)
        assert set(await session.scalars(select(Change.actor_kind))) == {"system"}
        transactions = select(func.count(Change.xid.distinct())).where(Change.entity == "listing")
        assert await session.scalar(transactions) == 3
    assert refused(file) == []


async def test_a_bad_row_is_written_down_with_every_error_and_the_others_are_kept(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    bad = listing(2, unit="???", moq=-1, surprise=True)
    file = written(tmp_path / "hang.ndjson", [listing(1), bad, listing(3)])
    added(file, "không phải JSON\n[1]\n\n".encode())
    added(file, b" " * HEAD_BYTES + b'\n{"title": "\xff"}\n')
    done = await run(own_settings, "listings", file, "--organization", FIRST, "--language", "en")
    assert done.exit_code == 1
    assert "2 listings kept, 4 refused" in done.output
    assert await titles(sessions) == ["Thanh long ruột đỏ 1", "Thanh long ruột đỏ 3"]
    first, *others = refused(file)
    assert (first["line"], first["row"]) == (2, bad)
    assert {error["pointer"] for error in first["errors"]} == {"/unit", "/moq", "/surprise"}
    assert [(row["line"], row["errors"][0]["code"]) for row in others] == [
        (4, "not-json"),
        (5, "not-json"),
        (8, "not-utf-8"),
    ]


async def test_a_row_may_name_its_organization_by_id_or_exact_name(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    rows = [listing(1, organization=FIRST), listing(2, organization=SECOND), listing(3, organization="HTX Không có")]
    file = written(tmp_path / "hang.ndjson", [*rows, listing(4)])
    done = await run(own_settings, "listings", file)
    assert done.exit_code == 1
    assert await titles(sessions) == ["Thanh long ruột đỏ 1", "Thanh long ruột đỏ 2"]
    codes = [(row["line"], row["errors"][0]["code"]) for row in refused(file)]
    assert codes == [(3, "unknown-organization"), (4, "missing")]
    async with sessions() as session:
        owners = list(await session.scalars(select(Listing.organization_id)))
    again = await run(own_settings, "listings", "-", "--organization", str(owners[1]), given=_line(listing(5)))
    assert again.exit_code == 0, again.output
    async with sessions() as session:
        fifth = select(Listing.organization_id).where(Listing.title == "Thanh long ruột đỏ 5")
        assert await session.scalar(fifth) == owners[1]


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"


async def test_a_dry_run_finds_the_same_errors_and_keeps_nothing(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    foreign = listing(2, certificates=[str(UUID(int=7))])
    file = written(tmp_path / "hang.ndjson", [listing(1), foreign])
    tried = await run(own_settings, "listings", file, "--organization", FIRST, "--dry-run")
    assert tried.exit_code == 1
    assert refused(file)[0]["errors"][0]["pointer"] == "/certificates/0"
    assert await titles(sessions) == []
    async with sessions() as session:
        assert not await session.scalar(select(func.count()).where(Change.entity == "listing"))


async def test_an_import_goes_on_from_a_line(own_settings: Settings, sessions: Sessions, tmp_path: Path) -> None:
    file = written(tmp_path / "hang.ndjson", [listing(number) for number in range(1, 6)])
    done = await run(own_settings, "listings", file, "--organization", FIRST, "--from-line", "4")
    assert done.exit_code == 0
    assert await titles(sessions) == ["Thanh long ruột đỏ 4", "Thanh long ruột đỏ 5"]


SECOND_WINDOW = ";".join(f"capacity.2.{name}" for name in ("from", "to", "quantity", "per"))
CSV = f"""title;province;unit;price_vnd;moq;cold_chain;from;to;quantity;per;{SECOND_WINDOW}
"Bưởi da xanh
loại 1";Vĩnh Long;kg;45.000 đ;12;có;01/12/2026;2027-02-28;500;week;2027-03-01;2027-03-31;300;week
Bưởi năm roi;2008:86;KGM;40000;1.500;không;;;;;;;;
"""


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_csv_is_read_as_spreadsheets_write_it(
    own_settings: Settings, sessions: Sessions, tmp_path: Path, mark: bytes
) -> None:
    file = tmp_path / "hang.csv"
    file.write_bytes(mark + CSV.encode())
    done = await run(own_settings, "listings", str(file), "--organization", FIRST)
    assert done.exit_code == 1
    async with sessions() as session:
        kept = (await session.scalars(select(Listing))).one()
        windows = (await session.scalars(select(ListingCapacity).order_by(ListingCapacity.starts_on))).all()
    assert (kept.title, kept.unit, kept.price_vnd, str(kept.moq), kept.cold_chain) == (
        "Bưởi da xanh loại 1",
        "KGM",
        45000,
        "12.000",
        True,
    )
    assert [(str(w.starts_on), str(w.ends_on), int(w.quantity)) for w in windows] == [
        ("2026-12-01", "2027-02-28", 500),
        ("2027-03-01", "2027-03-31", 300),
    ]
    (bad,) = refused(str(file))
    assert (bad["line"], bad["row"]["title"]) == (4, "Bưởi năm roi")
    assert [(error["pointer"], error["code"]) for error in bad["errors"]] == [("/moq", "ambiguous")]
    assert "1500" in bad["errors"][0]["message"]
    assert "1.5" in bad["errors"][0]["message"]


async def test_needs_come_from_csv_with_several_lines(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "nhu-cau.csv"
    file.write_text(
        "organization,title,delivery_province,deadline,concept,quantity,unit,per,weekdays,from,to,required_certificates,"
        "lines.2.concept,lines.2.quantity,lines.2.unit,lines.2.per,lines.2.from,lines.2.to\n"
        f"{FIRST},Trái cây,79,2026-12-31,dragon-fruit-red,500,KGM,day,1;3;5,2026-12-01,2027-01-31,vietgap;ocop:4,"
        "mango,100,KGM,week,2026-12-01,2027-01-31\n",
        encoding="utf-8",
    )
    done = await run(own_settings, "needs", str(file))
    assert done.exit_code == 0, done.output
    async with sessions() as session:
        assert await session.scalar(select(Need.title)) == "Trái cây"
        lines = (await session.scalars(select(NeedLine).order_by(NeedLine.position))).all()
    assert [(line.concept_id, line.weekdays, line.required_certificates) for line in lines] == [
        ("dragon-fruit-red", [1, 3, 5], ["vietgap", "ocop:4"]),
        ("mango", [], []),
    ]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("title\nBưởi\n".encode("utf-16"), "default:unit"),
        ("title,colour\nBưởi,xanh\n".encode(), "default:unit"),
        (b"\n\n", "empty"),
        (b"%PDF-1.7", "no spreadsheet"),
        (b"\x80\x9d\x81\x8d" * 20, "encoding"),
    ],
)
async def test_a_file_that_cannot_be_meant_is_refused_in_words_before_anything_is_kept(
    own_settings: Settings, sessions: Sessions, tmp_path: Path, content: bytes, word: str
) -> None:
    file = tmp_path / "hang.csv"
    file.write_bytes(content)
    done = await run(own_settings, "listings", str(file), "--organization", FIRST)
    assert isinstance(done.exception, ValueError)
    assert word in str(done.exception)
    assert await titles(sessions) == []


async def test_an_unknown_organization_is_refused_before_anything_is_kept(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    file = written(tmp_path / "hang.ndjson", [listing(1)])
    done = await run(own_settings, "listings", file, "--organization", "HTX Không có")
    assert "HTX Không có" in str(done.exception)
    assert await titles(sessions) == []


async def test_the_same_file_is_imported_once_unless_told_otherwise(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    file = written(
        tmp_path / "hang.ndjson", [listing(1, another=True), listing(2, unit="???"), listing(3, another=True)]
    )
    arguments = ("listings", file, "--organization", FIRST)
    assert (await run(own_settings, *arguments)).exit_code == 1
    told = refused(file)
    again = await run(own_settings, *arguments)
    assert again.exit_code == 1
    assert "Going on after line 3" in again.output
    assert "2 listings kept, 1 refused" in again.output
    assert await titles(sessions) == ["Thanh long ruột đỏ 1", "Thanh long ruột đỏ 3"]
    assert refused(file) == told
    other = await run(own_settings, "listings", file, "--organization", SECOND)
    assert "Going on" not in other.output
    anew = await run(own_settings, *arguments, "--anew")
    assert "Going on" not in anew.output
    assert len(await titles(sessions)) == 6
    assert refused(file) == told


async def test_the_command_line_takes_the_same_spreadsheets_and_asks_the_same_questions(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "bang-gia.xlsx"
    rows = [["BẢNG GIÁ"], ["Tên hàng", "ĐVT", "Giá sỉ", "Giá siêu thị"], ["Cà rốt", "kg", 12000, "14.000"]]
    file.write_bytes(workbook(rows))
    asked = await run(own_settings, "listings", str(file), "--organization", FIRST)
    assert "column:price_vnd" in str(asked.exception)
    assert await titles(sessions) == []
    for choice in (["--column", "Giá siêu thị=price_vnd"], ["--answer", "column:price_vnd=4", "--anew"]):
        done = await run(
            own_settings, "listings", str(file), "--organization", FIRST, "--answer", "existing=update", *choice
        )
        assert done.exit_code == 0, done.output
    async with sessions() as session:
        assert list(await session.scalars(select(Listing.price_vnd))) == [14000]
