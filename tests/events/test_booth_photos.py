"""Photos of what an organization shows at an event: its own to add, everybody's to see once it is accepted."""

from __future__ import annotations

import io

from PIL import Image

from tests.events.meetings.stories import accepted, hall
from tests.people import Client


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1200, 900), "#d8336f").save(file, "JPEG")
    return file.getvalue()


async def test_the_floor_list_shows_the_photo_of_a_booth(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0, booths=[{"number": "A1", "hall": None}])
    own, stranger = await client.register("producer"), await client.register("producer")
    registration = await accepted(there, own, booths=1)
    given = {"booth_numbers": ["A1"]}
    await there.organizer.patch(f"{there.path}/registrations/{registration['id']}", given)
    path = f"/booths/{registration['id']}/photos"

    async def sent(who: Client) -> int:
        files = {"file": ("gian.jpg", picture(), "image/jpeg")}
        answer = await who.post(path, None, files=files, data={"alt": "Gian hàng"})
        return answer.status_code

    assert (await sent(own), await sent(stranger), await sent(there.organizer)) == (201, 403, 403)
    booth = (await client.get(f"{there.path}/booths")).json()["items"][0]
    assert booth["photo"]["alt"] == "Gian hàng"
    assert (await client.get(booth["photo"]["small"])).status_code == 200
    assert len((await client.get(path)).json()["items"]) == 1


async def test_nobody_sees_the_booth_of_whoever_is_not_accepted(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    own = await client.register("producer")
    asked = (await own.post(f"{there.path}/registrations", {"delegates_count": 1})).json()

    assert (await client.get(f"/booths/{asked['id']}/photos")).status_code == 404
    assert (await own.get(f"/booths/{asked['id']}/photos")).status_code == 200
