"""Published figures stay what they are: sourced, qualified, apart from the market's own records."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement
from market.config import PROJECT_ROOT
from market.core.changes import Change
from market.programmes.loading import InconsistentFigures, load_figures, read_figures
from market.programmes.models import Figure
from market.programmes.wording import figure_words, number_in_words
from market.reference.catalogue import Catalogue
from tests.people import Client

SEEDS = PROJECT_ROOT / "seeds" / "reference"


@pytest.fixture
async def figures(session: AsyncSession, catalogue: Catalogue) -> dict[str, Figure]:
    await load_figures(session, SEEDS, catalogue=catalogue)
    await session.commit()
    return {figure.code: figure for figure in await session.scalars(select(Figure))}


async def everything(client: Client, query: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await client.get(f"/figures?{query}&limit=20{cursor}")).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.usefixtures("figures")
async def test_loading_twice_changes_nothing(session: AsyncSession, catalogue: Catalogue) -> None:
    entries = select(func.count()).select_from(Change).where(Change.entity == "figure")
    before = await session.scalar(entries)
    assert await load_figures(session, SEEDS, catalogue=catalogue) == 0
    assert await session.scalar(entries) == before == 48


async def test_a_figure_that_left_the_file_is_kept_but_shown_to_nobody(
    client: Client, session: AsyncSession, catalogue: Catalogue, figures: dict[str, Figure], tmp_path: Path
) -> None:
    file = json.loads((SEEDS / "figures.json").read_text(encoding="utf-8"))
    file["figures"] = [figure for figure in file["figures"] if figure["id"] != "dbscl-fields"]
    (tmp_path / "figures.json").write_text(json.dumps(file), encoding="utf-8")
    assert await load_figures(session, tmp_path, catalogue=catalogue) == 1
    await session.commit()
    assert figures["dbscl-fields"].retired
    codes = {item["code"] for item in await everything(client, "programme=HCM-DBSCL")}
    assert codes == {"dbscl-provinces"}


def test_sums_that_were_published_together_are_checked(catalogue: Catalogue, tmp_path: Path) -> None:
    file = json.loads((SEEDS / "figures.json").read_text(encoding="utf-8"))
    part = next(figure for figure in file["figures"] if figure["id"] == "lam-dong-2025-projects-operating")
    part["value"] = "85"
    (tmp_path / "figures.json").write_text(json.dumps(file), encoding="utf-8")
    with pytest.raises(InconsistentFigures, match="lam-dong-2025-projects is not the sum"):
        read_figures(tmp_path / "figures.json", catalogue=catalogue)


@pytest.mark.parametrize(
    ("code", "vietnamese", "english"),
    [
        ("nha-trang-2023-delegates", "khoảng 200 đại biểu", "about 200 delegates"),
        ("nha-trang-2023-contracts", "28 hợp đồng đã ký", "28 contracts signed"),
        (
            "dhtb-2024-hcmc-consumers",
            "ít nhất 10.000.000 người tiêu dùng ở TP. Hồ Chí Minh",
            "at least 10,000,000 consumers in Ho Chi Minh City",
        ),
        (
            "dhtb-2024-bilateral-contents",
            "10/11 nội dung song phương đã thực hiện",
            "10/11 bilateral contents carried out",
        ),
    ],
)
async def test_a_figure_is_said_with_its_qualifier_and_denominator(
    figures: dict[str, Figure], code: str, vietnamese: str, english: str
) -> None:
    assert figure_words(figures[code], "vi") == vietnamese
    assert figure_words(figures[code], "en") == english


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert number_in_words(Decimal("1349.500"), "vi") == "1.349,5"
    assert number_in_words(Decimal("1349.500"), "en") == "1,349.5"


@pytest.mark.usefixtures("figures")
async def test_figures_are_public_filtered_and_paged(client: Client) -> None:
    assert len(await everything(client, "")) == 48
    mous = await everything(client, "metric=mous_signed")
    assert [item["value"] for item in mous] == ["18"]
    assert mous[0]["source"]["published"] == "2024-10"
    assert {item["programme"] for item in await everything(client, "programme=HCM-TAYNGUYEN")} == {"HCM-TAYNGUYEN"}
    assert (await client.get("/figures?metrc=mous_signed")).status_code == 400


@pytest.mark.usefixtures("figures")
async def test_figures_are_said_in_the_language_asked_for(client: Client) -> None:
    answer = await client.get("/figures?metric=delegates", headers={"Accept-Language": "en"})
    assert [item["words"] for item in answer.json()["items"]] == ["about 200 delegates"]


@pytest.mark.usefixtures("figures")
async def test_programmes_know_their_provinces_on_both_maps(client: Client) -> None:
    programmes = {item["id"]: item for item in (await client.get("/programmes")).json()["items"]}
    assert len(programmes) == 5
    delta = programmes["HCM-DBSCL"]
    assert len(delta["provinces"]) == 13
    assert {unit["name"] for unit in delta["provinces_today"]} >= {"Vĩnh Long", "Đồng Tháp", "Cần Thơ"}
    assert len(delta["provinces_today"]) == 6
    assert delta["figures_count"] == 2


@pytest.mark.usefixtures("figures")
async def test_published_contracts_are_not_agreements_of_this_market(session: AsyncSession) -> None:
    assert await session.scalar(select(func.count()).select_from(Agreement)) == 0


async def test_a_programme_is_found_with_its_figures(client: Client, figures: dict[str, Figure]) -> None:
    programme = next(f.programme_group_id for f in figures.values() if f.programme_group_id)
    one = await client.get(f"/programmes/{programme}")
    listed = await client.get(f"/programmes/{programme}/figures", params={"limit": 100})

    assert one.json()["figures_count"] == len(listed.json()["items"]) > 0
    assert {item["programme"] for item in listed.json()["items"]} == {programme}
    for path in ("/programmes/khong-co", "/programmes/khong-co/figures"):
        assert (await client.get(path)).status_code == 404
