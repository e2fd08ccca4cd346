"""Every link leads somewhere: for people a page, for programs the API; and nothing private is shown."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from market.core.ids import new_id
from market.events.schemas import EventCreate
from market.listings.schemas import ListingCreate
from market.needs.schemas import NeedCreate
from market.notifications.news import link_of
from market.notifications.table import NOTICES
from market.web.problems import problem_kinds
from tests.events.stories import organizer_with_event
from tests.people import Client
from tests.test_access_matrix import example_of

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


async def browsed(client: Client, path: str, **headers: str) -> httpx.Response:
    return await client.http.get(path, headers={**BROWSER, **headers})


async def test_the_beginning_is_a_page_for_people_and_links_for_programs(client: Client) -> None:
    page = await browsed(client, "/")
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="vi"' in page.text
    assert "Market" in (await browsed(client, "/", **{"Accept-Language": "en"})).text
    told = await client.http.get("/")
    links = told.json()["links"]
    assert "Accept" in told.headers["vary"]
    assert set(re.findall(r'href="([^"]+)"', page.text)) >= {link["href"] for link in links.values()}
    for link in links.values():
        assert (await client.http.get(link["href"], follow_redirects=True)).status_code == 200, link


async def test_every_error_code_is_explained_in_both_languages_with_an_example(client: Client) -> None:
    kinds = (await client.get("/problems")).json()["items"]
    assert {"not-found", "validation-failed", "stale", "event-code-taken"} <= {kind["code"] for kind in kinds}
    assert len(kinds) == len(problem_kinds()) > 30
    for kind in kinds:
        assert kind["title"]["vi"]
        assert kind["title"]["en"]
        assert kind["details"]
        assert (kind["example"]["code"], kind["example"]["status"]) == (kind["code"], kind["status"])
        assert "{" not in kind["example"]["detail"]
        assert (await client.get(f"/problems/{kind['code']}")).json() == kind


async def test_the_type_of_a_refusal_leads_to_what_it_means(client: Client) -> None:
    refusal = (await client.get("/listings?limit=0")).json()
    page = await browsed(client, refusal["type"])
    assert page.status_code == 200
    assert refusal["title"] in page.text
    explained = await client.http.get(refusal["type"], follow_redirects=True)
    assert explained.json()["code"] == refusal["code"]
    assert (await browsed(client, "/problems")).status_code == 200
    assert (await client.get("/problems/there-is-none")).status_code == 404


ELSEWHERE = ("saved_search", "organization")
"""What links lead to that no notice of the table is about."""


@pytest.mark.parametrize("entity", sorted({*(notice.about for notice in NOTICES.values()), *ELSEWHERE}))
async def test_every_link_in_a_mail_leads_somewhere(client: Client, entity: str) -> None:
    path = link_of(entity, new_id())
    page = await browsed(client, path)
    assert page.headers["content-type"].startswith("text/html")
    assert page.status_code in {200, 404}
    assert path in page.text
    program = await client.http.get(path)
    assert (program.status_code, program.headers["location"]) == (307, f"/api/v1{path}")


@pytest.mark.parametrize(("kind", "model"), [("listings", ListingCreate), ("needs", NeedCreate)])
async def test_what_is_public_is_shown_and_a_draft_is_not(client: Client, kind: str, model: Any) -> None:
    owner = await client.register("producer", "buyer")
    body = example_of(model) | {"title": "Bưởi <b>da xanh</b>", "deadline": None, "publish": False}
    if kind == "listings":
        del body["deadline"]
    made = (await owner.post(f"/{kind}", body)).json()
    hidden = await browsed(client, f"/{kind}/{made['id']}")
    assert (hidden.status_code, "da xanh" in hidden.text) == (404, False)
    assert (await owner.post(f"/{kind}/{made['id']}/publish")).status_code == 200
    shown = await browsed(client, f"/{kind}/{made['id']}")
    assert shown.status_code == 200
    assert "Bưởi &lt;b&gt;da xanh&lt;/b&gt;" in shown.text
    assert owner.organization["name"] in shown.text
    assert linked(shown)["@context"] == "https://schema.org"


def linked(page: httpx.Response) -> Any:
    """What a page tells search engines."""
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    return json.loads(data)


async def test_a_published_event_is_a_page_with_its_sessions_and_calendar(client: Client) -> None:
    organizer = await client.register("organizer", name="Trung tâm Tổ Chức")
    session = {"name": "Khai </script> mạc", "on": "2026-12-04", "starts": "08:00", "ends": "09:00"}
    body = example_of(EventCreate) | {"code": None, "sessions": [session]}
    path = f"/events/{(await organizer.post('/events', body)).json()['id']}"
    assert "Khai" not in (await browsed(client, path)).text
    await organizer.post(f"{path}/publish")
    shown = await browsed(client, path)
    assert "Khai &lt;/script&gt; mạc" in shown.text
    assert linked(shown)["subEvent"][0]["name"] == session["name"]
    (calendar,) = re.findall(r'href="([^"]+/calendar)"', shown.text)
    file = await client.http.get(calendar)
    assert "BEGIN:VTIMEZONE" in file.text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in file.text


async def test_an_organization_is_a_page_without_its_contacts_even_to_itself(client: Client) -> None:
    owner = await client.register(gln="8938505974002", contact={"name": "Liên Hệ Kín", "phone": "0912345678"})
    headers = {"Authorization": f"Bearer {owner.token}"}
    shown = await browsed(client, f"/organizations/{owner.organization['id']}", **headers)
    assert shown.status_code == 200
    assert owner.organization["name"] in shown.text
    assert linked(shown)["globalLocationNumber"] == "8938505974002"
    assert "Kín" not in shown.text


@pytest.mark.parametrize("kind", ["listings", "needs", "events", "organizations"])
async def test_what_is_not_there_says_so_by_its_status(client: Client, kind: str) -> None:
    assert (await browsed(client, f"/{kind}/{new_id()}")).status_code == 404
    assert (await client.http.get(f"/{kind}/{new_id()}", headers={"Accept": "application/json"})).status_code == 307


async def test_the_link_of_an_event_leads_to_its_page_on_a_phone(client: Client) -> None:
    session = {"name": "Gặp <gỡ>", "kind": "meetings", "on": "2026-12-04", "starts": "08:00", "ends": "10:00"}
    organizer, event = await organizer_with_event(client, publish=False, sessions=[session], booths=[{"number": "A1"}])
    path = f"/events/{event['id']}"
    hidden = await browsed(client, path)
    await organizer.post(f"{path}/publish")
    shown = await browsed(client, path)
    english = await browsed(client, path, **{"Accept-Language": "en"})
    await organizer.post(f"{path}/cancel")
    cancelled = await browsed(client, path)

    assert (hidden.status_code, event["name"] in hidden.text) == (404, False)
    assert shown.status_code == 200
    for said in (event["name"], "04/12/2026 – 05/12/2026", "Nha Trang", "08:00–10:00", "Gặp &lt;gỡ&gt;"):
        assert said in shown.text
    assert f'href="/api/v1{path}/calendar"' in shown.text
    assert "Add to the calendar" in english.text
    assert "ĐÃ HỦY" in cancelled.text


@pytest.mark.parametrize("path", ["/password", "/invitations", "/second-factor", "/contacts/{id}"])
async def test_links_in_letters_of_an_account_lead_to_a_form(client: Client, path: str) -> None:
    path = path.format(id=new_id())
    page = await browsed(client, path)
    assert page.status_code == 200
    assert "<form" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    script = re.search(r'<script src="([^"]+)"', page.text)
    assert script is not None
    code = (await browsed(client, script[1])).text
    for doing in re.findall(r'data-does="([^"]+)"', page.text):
        assert re.search(rf'^  "?{doing}"?:', code, re.MULTILINE), doing
    english = await browsed(client, path, **{"Accept-Language": "en"})
    assert 'lang="en"' in english.text


async def test_the_forms_ask_the_api_for_what_is_there(client: Client) -> None:
    code = (await browsed(client, "/letters.js")).text
    asked = set(re.findall(r'ask\("(/[^"]+)"', code)) | {"/me/contacts/{contact_id}/prove"}
    described = (await client.get("/schema/openapi.json")).json()["paths"]
    assert {path for path in asked if f"/api/v1{path}" not in described} == set()
