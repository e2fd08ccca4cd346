from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from tests.people import Client

REQUEST: dict[str, Any] = {
    "organization": {
        "name": "HTX Nông sản Mẫu Chợ Gạo",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "tax_code": None,
        "province": {"code": "83", "version": "2008"},
    },
    "user": {"full_name": "Nguyễn Thị Mẫu", "email": "mau@htx.example", "phone": None, "password": "mot-cau-dai"},
}


async def test_registering_gives_an_organization_its_owner_and_a_sign_in(client: Client) -> None:
    answer = await client.post("/auth/register", REQUEST)

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["organization"]["province"]["today"]["name"] == "Vĩnh Long"
    assert answer.headers["location"] == f"/api/v1/organizations/{body['organization']['id']}"
    client.token = body["tokens"]["access_token"]
    me = (await client.get("/me")).json()
    assert me["user"]["email"] == "mau@htx.example"
    assert [m["role"] for m in me["memberships"]] == ["owner"]
    assert me["acting_for"] == body["organization"]["id"]


async def test_registering_is_in_the_log_without_personal_data(client: Client, session: AsyncSession) -> None:
    body = (await client.post("/auth/register", REQUEST)).json()

    changes = (await session.scalars(select(Change).order_by(Change.id))).all()
    entities = [change.entity for change in changes]
    assert entities == ["user_account", "organization", "claim", "claim", "organization_member", "sign_in"]
    assert str(changes[1].entity_id) == body["organization"]["id"]
    assert "mau@htx.example" not in str([change.diff for change in changes])


async def test_every_error_is_named_at_once_and_nothing_is_written(client: Client, session: AsyncSession) -> None:
    wrong = {
        "organization": {"name": "", "kinds": ["farmer"], "legal_form": "cooperative", "tax_code": "123", "colour": 1},
        "user": {"full_name": "A", "email": "no-address", "password": "short"},
    }

    answer = await client.post("/auth/register", wrong, headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers >= {
        "/organization/name",
        "/organization/kinds/0",
        "/organization/colour",
        "/organization/province",
        "/user/email",
        "/user/password",
    }
    assert (await session.scalars(select(Change))).all() == []


async def test_the_same_idempotency_key_registers_once_and_answers_alike(client: Client) -> None:
    first = await client.post("/auth/register", REQUEST, headers={"Idempotency-Key": "dang-ky-1"})
    second = await client.post("/auth/register", REQUEST, headers={"Idempotency-Key": "dang-ky-1"})
    other = {**REQUEST, "organization": {**REQUEST["organization"], "name": "HTX Khác"}}
    third = await client.post("/auth/register", other, headers={"Idempotency-Key": "dang-ky-1"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"
    assert third.status_code == 422


async def test_a_wrong_tax_code_is_told_beside_everything_else(client: Client) -> None:
    organization = {"name": "", "kinds": ["producer"], "legal_form": "company", "tax_code": "0100109107"}
    user = {"full_name": "Người Thử", "email": "khong", "password": "1"}
    answer = await client.post("/auth/register", {"organization": organization, "user": user})
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/organization/name",
        "/organization/tax_code",
        "/organization/province",
        "/user/email",
        "/user/password",
    }
