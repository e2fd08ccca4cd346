"""A file that is imported again with another price changes what is there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from market.config import Settings
from market.listings.models import Listing
from market.needs.models import Need
from tests.imports.test_import import FIRST, Sessions, listing, refused, run, sessions, written

__all__ = ["sessions"]


async def test_a_file_imported_again_updates_by_external_id(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    rows = [listing(number, external_id=f"TL-{number}", price_vnd=20_000 + number) for number in range(3)]
    first = await run(own_settings, "listings", written(tmp_path / "mot.ndjson", rows), "--organization", FIRST)
    rows[1]["price_vnd"] = 30_000
    again = await run(own_settings, "listings", written(tmp_path / "hai.ndjson", rows), "--organization", FIRST)

    assert (first.exit_code, again.exit_code) == (0, 0), again.output
    async with sessions() as session:
        prices = list(await session.scalars(select(Listing.price_vnd).order_by(Listing.external_id)))
    assert prices == [20_000, 30_000, 20_002]


async def test_needs_of_a_file_are_updated_too_and_weekdays_are_asked_about(
    own_settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "nhu-cau.csv"
    head = "external_id;title;delivery_province;concept;quantity;unit;per;weekdays;from;to\n"
    line = "N1;{title};TP Hồ Chí Minh;Tỏi lột;500;kg;day;{days};1/12/2026;31/1/2027\n"
    file.write_text(head + line.format(title="Tỏi", days="T2-T7"), encoding="utf-8")
    assert (await run(own_settings, "needs", str(file), "--organization", FIRST)).exit_code == 0
    asked = line.format(title="Tỏi đã đổi", days='"2,3,4,5,6,7"')
    file.write_text(head + line.format(title="Tỏi mới", days="T2, CN") + asked, encoding="utf-8")
    again = await run(own_settings, "needs", str(file), "--organization", FIRST)

    async with sessions() as session:
        assert list(await session.scalars(select(Need.title))) == ["Tỏi mới"]
    assert again.exit_code == 1
    (bad,) = refused(str(file))
    assert [(error["pointer"], error["code"]) for error in bad["errors"]] == [("/lines/0/weekdays", "ambiguous")]
