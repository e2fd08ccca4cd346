import re

from market.documentation import PlainPage
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


async def test_search_parameters_are_described(client: Client) -> None:
    paths = (await client.get("/schema/openapi.json")).json()["paths"]

    parameters = {parameter["name"] for parameter in paths["/api/v1/listings"]["get"]["parameters"]}
    assert parameters >= {"q", "concept", "province", "certificate", "ocop_min", "price_max_vnd", "on", "sort", "page"}


def test_without_the_pages_the_operations_are_listed() -> None:
    schema = {"paths": {"/x": {"get": {"summary": "a < b"}}}}

    page = PlainPage(path="/").render(None, schema).decode()  # type: ignore[arg-type]

    assert "<code>/x</code>" in page
    assert "a &lt; b" in page
