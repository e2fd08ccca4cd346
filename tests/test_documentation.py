import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar
from pydantic import create_model

from market.conflicts import CONFLICTS
from market.core.idempotency import StillRunning
from market.core.schemas import Answer
from market.documentation import PlainPage
from market.model_documentation import model_schemas
from market.openapi import description
from tests.described import parameters_of
from tests.people import Client


async def test_the_description_is_openapi_3_1_with_every_operation_named(client: Client) -> None:
    description = (await client.get("/schema/openapi.json")).json()

    assert description["openapi"].startswith("3.1")
    operations = [
        operation
        for path in description["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) > 40
    assert all(operation.get("summary") for operation in operations)


async def test_the_pages_load_from_this_server_alone(client: Client) -> None:
    page = await client.get("/schema")

    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)=["\']([^"\']+)["\']', page.text)
    assert sources
    assert all(source.startswith("/") for source in sources)
    for source in sources:
        asset = await client.http.get(source)
        assert asset.status_code == 200, source


async def test_bodies_are_described_with_examples(client: Client) -> None:
    schemas = (await client.get("/schema/openapi.json")).json()["components"]["schemas"]

    for name in ("ListingCreate", "NeedCreate", "OrganizationCreate", "UserCreate", "CertificateCreate"):
        assert schemas[name]["examples"], name
    assert "from" in schemas["Capacity"]["properties"]


async def test_what_the_framework_reads_wrongly_is_described_as_it_is(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    schemas, paths = described["components"]["schemas"], described["paths"]

    (time_of_day, _) = schemas["NeedCreate"]["properties"]["deliver_before"]["anyOf"]
    assert re.fullmatch(time_of_day["pattern"], "06:30")
    assert schemas["LineOut"]["properties"]["tolerance_pct"]["type"] == "string"
    form = paths["/api/v1/agreements/{agreement_id}/documents"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert form["schema"]["properties"]["file"]["format"] == "binary"
    paper = paths["/api/v1/agreements/{agreement_id}/document"]["get"]["responses"]["200"]["content"]
    assert "application/pdf" in paper
    assert set(paths["/api/v1/listings/{listing_id}/json-ld"]["get"]["responses"]["200"]["content"]) == {
        "application/ld+json"
    }


async def test_examples_are_what_their_models_describe(client: Client) -> None:
    components = (await client.get("/schema/openapi.json")).json()["components"]

    exemplary = {name: schema for name, schema in components["schemas"].items() if schema.get("examples")}
    assert len(exemplary) > 5
    for schema in exemplary.values():
        for example in schema["examples"]:
            Draft202012Validator({**schema, "components": components}).validate(example)


async def test_every_list_that_is_described_to_trim_its_items_does(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    paths = described["paths"]
    member, officer = await client.register("producer", "buyer"), await client.officer()
    trimming = {
        path
        for path, methods in paths.items()
        if any(parameter["name"] == "fields" for parameter in parameters_of(described, methods.get("get", {})))
    }
    plain = sorted(path for path in trimming if "{" not in path)

    assert {"/api/v1/listings", "/api/v1/threads", "/api/v1/threads/{thread_id}/messages"} <= trimming
    assert len(plain) > 15
    for path in plain:
        refused = await member.get(path, params={"fields": "khong_co"})
        if refused.status_code == 403:
            refused = await officer.get(path, params={"fields": "khong_co"})
        assert refused.status_code == 400, path
        assert [error["code"] for error in refused.json()["errors"]] == ["unknown-fields"], path


async def test_search_parameters_are_described(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()

    search = described["paths"]["/api/v1/listings"]["get"]
    parameters = {parameter["name"] for parameter in parameters_of(described, search)}
    assert parameters >= {"q", "concept", "province", "certificate", "ocop_min", "price_max_vnd", "on", "sort", "page"}


def test_two_models_of_one_name_are_refused_only_where_the_name_is_described() -> None:
    made = [create_model("TwofoldAnswer", __base__=Answer, count=(int, ...)) for _ in range(2)]

    assert len(made) == 2
    assert "ListingOut" in model_schemas(["ListingOut"])
    with pytest.raises(ValueError, match="TwofoldAnswer"):
        model_schemas(["TwofoldAnswer"])


def test_without_the_pages_the_operations_are_listed() -> None:
    schema = {"paths": {"/x": {"get": {"summary": "a < b"}}}}

    page = PlainPage(path="/").render(None, schema).decode()  # type: ignore[arg-type]

    assert "<code>/x</code>" in page
    assert "a &lt; b" in page


def test_every_operation_tells_its_refusals_as_problems_and_its_security(app: Litestar) -> None:
    described = app.openapi_schema.to_schema()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/"):
                told = {status for status in operation["responses"] if status >= "400"}
                assert {"400", "401", "403", "429"} <= told, (method, path)
                assert {"bearer": []} in operation["security"]
    sign = described["paths"]["/api/v1/agreements/{agreement_id}/sign"]["post"]
    assert {"412", "415", "422", "428"} <= set(sign["responses"])
    assert {"Idempotency-Key", "If-Match"} <= {parameter["name"] for parameter in parameters_of(described, sign)}
    assert {} not in sign["security"]
    assert {} in described["paths"]["/api/v1/listings"]["get"]["security"]
    (media_type,) = described["components"]["responses"]["BadRequest"]["content"]
    assert media_type == "application/problem+json"
    assert "ValidationException" not in described["components"]["schemas"]


def test_every_conflict_that_the_database_may_find_is_told_where_it_is_met() -> None:
    told = [
        told
        for methods in description()["paths"].values()
        for operation in methods.values()
        for status, told in operation["responses"].items()
        if status == "409" and "description" in told
    ]
    codes = {kind.code for kind in CONFLICTS.values()} - {StillRunning.code}
    assert {code for code in codes if not any(f"`{code}`" in one["description"] for one in told)} == set()


def test_an_operation_tells_its_own_refusals_and_not_those_of_others() -> None:
    paths = description()["paths"]
    accepted = paths["/api/v1/quotes/{quote_id}/accept"]["post"]["responses"]
    assert "`capacity-short`" in accepted["409"]["description"]
    assert "`other-side`" in accepted["403"]["description"]
    assert "`tax-code-taken`" not in accepted["409"]["description"]
    assert paths["/api/v1/listings"]["get"]["responses"]["403"] == {"$ref": "#/components/responses/NotAllowed"}


async def test_a_real_refusal_fits_its_description(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()["components"]["schemas"]["Problem"]
    answer = (await client.get("/listings?limit=0&bogus=1")).json()
    assert set(answer) == set(described["properties"]) == set(described["required"])
    assert set(answer["errors"][0]) == set(described["properties"]["errors"]["items"]["properties"])


def _operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    ]


async def test_every_operation_says_in_sentences_what_it_does_and_for_whom(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    for path, method, operation in _operations(described):
        if path.startswith("/api/"):
            assert len(operation["description"]) > 40, (method, path)
            assert operation["description"].endswith("."), (method, path)


async def test_no_operation_only_repeats_its_title_or_another(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    said: dict[str, str] = {}
    for path, method, operation in _operations(described):
        words = operation["description"]
        assert not words.startswith(operation["summary"]), (method, path)
        assert words not in said, (method, path, said[words])
        said[words] = operation["operationId"]


async def test_every_list_takes_a_limit_or_says_why_not(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    lists = 0
    for path, method, operation in _operations(described):
        schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        answered = described["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        if method != "get" or "items" not in answered.get("properties", {}):
            continue
        lists += 1
        taken = {parameter["name"] for parameter in parameters_of(described, operation)}
        assert "limit" in taken or "`limit`" in operation["description"], path
    assert lists > 40


async def test_a_limit_of_programmes_is_kept(client: Client) -> None:
    whole = (await client.get("/programmes")).json()["items"]
    assert (await client.get("/programmes", params={"limit": 1})).json()["items"] == whole[:1]


async def test_headers_are_required_where_leaving_them_out_is_refused(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    demanding = 0
    for path, method, operation in _operations(described):
        headers = [one for one in parameters_of(described, operation) if one["in"] == "header"]
        required = [one["name"] for one in headers if one["required"]]
        assert required == (["If-Match"] if "428" in operation["responses"] else []), (method, path)
        demanding += bool(required)
    assert demanding > 10


async def test_optional_means_optional(client: Client) -> None:
    """No default of null: a typed client would have to send it, or find it in what it reads."""
    schemas = (await client.get("/schema/openapi.json")).json()["components"]["schemas"]
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            assert described.get("default", 0) is not None, (name, field)


async def test_every_parameter_says_what_it_is(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    silent = [
        (path, method, parameter["name"])
        for path, method, operation in _operations(described)
        for parameter in parameters_of(described, operation)
        if not parameter.get("description")
    ]
    assert silent == []


async def test_the_position_of_a_write_is_told_where_it_is_answered_and_taken(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    for path, method, operation in _operations(described):
        if not path.startswith("/api/"):
            continue
        taken = {parameter["name"] for parameter in parameters_of(described, operation)}
        told = [answer.get("headers", {}) for status, answer in operation["responses"].items() if status < "300"]
        assert ("Market-Position" in taken) == (method == "get"), (method, path)
        assert all(("Market-Position" in headers) == (method != "get") for headers in told), (method, path)


def _listed(described: Any) -> Iterator[dict[str, Any]]:
    """Every list of values of the description."""
    if isinstance(described, dict):
        if isinstance(described.get("enum"), list):
            yield described
        for key, part in described.items():
            if key not in {"examples", "example"}:
                yield from _listed(part)
    elif isinstance(described, list):
        for part in described:
            yield from _listed(part)


async def test_every_listed_value_says_what_it_means(client: Client) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    lists = list(_listed(described))
    assert len(lists) > 200
    unexplained = [one for one in lists if not all(f"{value}:" in one.get("description", "") for value in one["enum"])]
    assert unexplained == []
