"""Reference data over HTTP: public, whole and long-lived in caches; only concepts come in pages."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from market.core import clock
from market.core.access import Access
from market.core.errors import ValidationFailed
from market.core.language import Message
from market.core.pagination import Page
from market.core.query import query_of
from market.core.representation import single
from market.reference.addresses import read_address
from market.reference.catalogue import Catalogue
from market.reference.finding import find_communes, find_concepts, find_districts, find_specifications, page_of
from market.reference.goods_schemas import (
    CategoryOut,
    ConceptOut,
    ConceptQuery,
    GoodsFormOut,
    GoodsPartOut,
    SpecificationOut,
    SpecificationQuery,
)
from market.reference.schemas import (
    AddressOut,
    AddressQuery,
    CommuneDetail,
    CommuneQuery,
    DistrictDetail,
    DistrictQuery,
    ProvinceDetail,
    ProvinceQuery,
    RegionOut,
    SchemeOut,
    UnitOut,
    WholeListQuery,
)

CACHE_CONTROL = "public, max-age=3600, stale-while-revalidate=86400"


@get(
    "/reference/provinces",
    operation_id="listProvinces",
    access=Access.ANYONE,
    summary="Provinces in force on a day",
    dependencies={"params": query_of(ProvinceQuery)},
)
async def list_provinces(
    request: Request[Any, Any, Any], params: NamedDependency[ProvinceQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[ProvinceDetail]]:
    """On the map of 34 provinces, or of 63 for days before 2025-07-01; each with the codes that listings and needs
    take.
    """
    day = params.on or clock.today()
    provinces = catalogue.on(day)
    if not provinces:
        message = Message(
            vi="Danh mục tỉnh, thành bắt đầu từ 2008-08-01.", en="The list of provinces begins on 2008-08-01."
        )
        raise ValidationFailed.single("/on", "before-first-list", message)
    page = Page[ProvinceDetail](
        items=[ProvinceDetail.on(catalogue, province, day) for province in provinces[: params.limit]], next_cursor=None
    )
    return single(request, page, version=1, items=ProvinceDetail, cache_control=CACHE_CONTROL)


@get(
    "/reference/regions",
    operation_id="listRegions",
    access=Access.ANYONE,
    summary="Socio-economic regions of both maps",
    dependencies={"params": query_of(WholeListQuery)},
)
async def list_regions(
    request: Request[Any, Any, Any], params: NamedDependency[WholeListQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[RegionOut]]:
    """Which provinces lie in each region, by the map of 63 and of 34."""
    page = Page[RegionOut](
        items=[RegionOut.within(catalogue, region) for region in catalogue.regions[: params.limit]], next_cursor=None
    )
    return single(request, page, version=1, items=RegionOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/concepts",
    operation_id="listConcepts",
    access=Access.ANYONE,
    summary="What goods are called",
    dependencies={"params": query_of(ConceptQuery)},
)
async def list_concepts(
    request: Request[Any, Any, Any], params: NamedDependency[ConceptQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[ConceptOut]]:
    """Goods with all their regional names, by what is typed or by category; their ids are what `concept` takes
    everywhere.
    """
    concepts, next_cursor = page_of(find_concepts(catalogue, params.q), limit=params.limit, cursor=params.cursor)
    page = Page[ConceptOut](
        items=[ConceptOut.within(catalogue, concept) for concept in concepts], next_cursor=next_cursor
    )
    return single(request, page, version=1, items=ConceptOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/categories",
    operation_id="listCategories",
    access=Access.ANYONE,
    summary="The tree of goods",
    dependencies={"params": query_of(WholeListQuery)},
)
async def list_categories(
    request: Request[Any, Any, Any], params: NamedDependency[WholeListQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[CategoryOut]]:
    """Every category with its parent, for filters and menus; `concept`s hang below the leaves."""
    items = [CategoryOut.model_validate(category) for category in catalogue.categories[: params.limit]]
    page = Page[CategoryOut](items=items, next_cursor=None)
    return single(request, page, version=1, items=CategoryOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/forms",
    operation_id="listForms",
    access=Access.ANYONE,
    summary="How goods come: dried, as powder",
    dependencies={"params": query_of(WholeListQuery)},
)
async def list_forms(
    request: Request[Any, Any, Any], params: NamedDependency[WholeListQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[GoodsFormOut]]:
    """The codes that a listing's `form` takes, with their names."""
    page = Page[GoodsFormOut](
        items=[GoodsFormOut.described(form) for form in catalogue.forms[: params.limit]], next_cursor=None
    )
    return single(request, page, version=1, items=GoodsFormOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/parts",
    operation_id="listParts",
    access=Access.ANYONE,
    summary="Parts of plants and animals",
    dependencies={"params": query_of(WholeListQuery)},
)
async def list_parts(
    request: Request[Any, Any, Any], params: NamedDependency[WholeListQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[GoodsPartOut]]:
    """The codes that a listing's `part` takes, with their names."""
    page = Page[GoodsPartOut](
        items=[GoodsPartOut.described(part) for part in catalogue.parts[: params.limit]], next_cursor=None
    )
    return single(request, page, version=1, items=GoodsPartOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/specifications",
    operation_id="listSpecifications",
    access=Access.ANYONE,
    summary="Grades, sizes and packings by goods",
    dependencies={"params": query_of(SpecificationQuery)},
)
async def list_specifications(
    request: Request[Any, Any, Any], params: NamedDependency[SpecificationQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[SpecificationOut]]:
    """What `grade`, `size` and `packaging` are understood as for goods, in any of their names; other words are kept as
    they are, and only equal words answer them.
    """
    terms = find_specifications(catalogue, params.kind, concept=params.concept, category=params.category)
    items = [SpecificationOut.described(term) for term in terms[: params.limit]]
    page = Page[SpecificationOut](items=items, next_cursor=None)
    return single(request, page, version=1, items=SpecificationOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/units",
    operation_id="listUnits",
    access=Access.ANYONE,
    summary="Units of measure",
    dependencies={"params": query_of(WholeListQuery)},
)
async def list_units(
    request: Request[Any, Any, Any], params: NamedDependency[WholeListQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[UnitOut]]:
    """The codes that `unit` takes, and how many kilograms one is where that is fixed."""
    page = Page[UnitOut](items=[UnitOut.of(unit) for unit in catalogue.units[: params.limit]], next_cursor=None)
    return single(request, page, version=1, items=UnitOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/certification-schemes",
    operation_id="listCertificationSchemes",
    access=Access.ANYONE,
    summary="Certificates and recognitions, with their rules by date",
    dependencies={"params": query_of(WholeListQuery)},
)
async def list_certification_schemes(
    request: Request[Any, Any, Any], params: NamedDependency[WholeListQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[SchemeOut]]:
    """Which levels and terms each scheme grants, and since when; their codes are what `scheme` takes."""
    page = Page[SchemeOut](
        items=[SchemeOut.within(catalogue, scheme) for scheme in catalogue.schemes[: params.limit]], next_cursor=None
    )
    return single(request, page, version=1, items=SchemeOut, cache_control=CACHE_CONTROL)


@get(
    "/reference/communes",
    operation_id="listCommunes",
    access=Access.ANYONE,
    summary="Communes, wards and special zones by what is typed",
    dependencies={"params": query_of(CommuneQuery)},
)
async def list_communes(
    request: Request[Any, Any, Any], params: NamedDependency[CommuneQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[CommuneDetail]]:
    """By the beginning of what is typed, with or without marks, in a province if one is given; old names find what
    they are today.
    """
    day = params.on or clock.today()
    communes = find_communes(catalogue, params.q, province=params.province, on=day)[: params.limit]
    page = Page[CommuneDetail](
        items=[CommuneDetail.of_place(catalogue, commune) for commune in communes], next_cursor=None
    )
    return single(request, page, version=1, items=CommuneDetail, cache_control=CACHE_CONTROL)


@get(
    "/reference/districts",
    operation_id="listDistricts",
    access=Access.ANYONE,
    summary="Districts that there were until 2025-06-30, and what has their territory",
    dependencies={"params": query_of(DistrictQuery)},
)
async def list_districts(
    request: Request[Any, Any, Any], params: NamedDependency[DistrictQuery], catalogue: NamedDependency[Catalogue]
) -> Response[Page[DistrictDetail]]:
    """By what is typed; districts were abolished, so each answers the communes and the province that have its
    territory now.
    """
    districts = find_districts(catalogue, params.q, province=params.province)[: params.limit]
    page = Page[DistrictDetail](
        items=[DistrictDetail.of_place(catalogue, district) for district in districts], next_cursor=None
    )
    return single(request, page, version=1, items=DistrictDetail, cache_control=CACHE_CONTROL)


@get(
    "/reference/addresses",
    operation_id="readAddress",
    access=Access.ANYONE,
    summary="The places that an address names, old ones with what they are today",
    dependencies={"params": query_of(AddressQuery)},
)
async def get_address(
    request: Request[Any, Any, Any], params: NamedDependency[AddressQuery], catalogue: NamedDependency[Catalogue]
) -> Response[AddressOut]:
    """Reads free text as people write addresses and answers each place in it; nothing is kept."""
    address = AddressOut.of_address(catalogue, params.q, read_address(catalogue, params.q))
    return single(request, address, version=1, cache_control=CACHE_CONTROL)


routes = [
    list_provinces,
    list_regions,
    list_communes,
    list_districts,
    get_address,
    list_categories,
    list_forms,
    list_parts,
    list_concepts,
    list_specifications,
    list_units,
    list_certification_schemes,
]
