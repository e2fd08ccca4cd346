"""The pictures of the demo story: drawn by ourselves, the same each time, one for each listing."""

from __future__ import annotations

from pathlib import Path

from litestar import Litestar
from sqlalchemy import func, select

from market.config import PROJECT_ROOT
from market.core.db import create_sessions
from market.demo.drawing import PAINTERS, drawn
from market.demo.looks import BY_CATEGORY, LOOKS, OTHERS, Look
from market.demo.seeds import read_story
from market.demo.showing import drawing, show_goods
from market.demo.telling import tell_story
from market.listings.models import Listing
from market.photos.making import photo_blobs
from tests.people import connected

DIRECTORY = PROJECT_ROOT / "seeds" / "demo"


async def test_every_listing_of_the_story_shows_its_goods_once(own_app: Litestar, tmp_path: Path) -> None:
    settings = own_app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    sessions, story = create_sessions(own_app.state.engine), read_story(DIRECTORY)
    async with drawing(sessions, story) as pictures:
        told = await tell_story(sessions, DIRECTORY, data_dir=tmp_path)
        shown = await show_goods(sessions, story, pictures=pictures, store=photo_blobs(settings))
        again = await show_goods(sessions, story, pictures=None, store=photo_blobs(settings))

    assert (shown, again) == (told.listings, 0)
    async with sessions() as session:
        bare = select(func.count()).select_from(Listing).where(Listing.photo.is_(None))
        assert await session.scalar(bare) == 0
        listing = await session.scalar(select(Listing.id).where(Listing.status == "published").limit(1))
    async with connected(own_app) as client:
        photo = (await client.get(f"/listings/{listing}")).json()["photo"]
        assert "tranh minh họa" in photo["alt"]
        assert (await client.get(photo["small"])).status_code == 200
    settings.data_dir = before


def test_every_shape_can_be_drawn_and_the_same_look_is_the_same_picture() -> None:
    looks = [look for _, look in LOOKS] + [*BY_CATEGORY.values(), OTHERS]
    assert {look.shape for look in looks} == PAINTERS.keys()
    for shape in PAINTERS:
        look = Look(shape, "#d8336f")
        assert drawn(look).tobytes() == drawn(look).tobytes()
