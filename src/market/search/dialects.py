"""How the conditions of a search are spelled over each of the two indexes."""

from __future__ import annotations

from market.engine.filter_language import any_of, valid_now
from market.search.request import Dialect, Expression


def _at_most_price(value: int, _now: int) -> str:
    limit = int(value)
    return f"(price_vnd_kg <= {limit} OR (NOT price_vnd_kg >= 0 AND price_vnd <= {limit}))"


def _at_least_price(value: int, _now: int) -> str:
    limit = int(value)
    return f"(price_vnd_kg >= {limit} OR (NOT price_vnd_kg >= 0 AND price_vnd >= {limit}))"


_COMMON: dict[str, Expression] = {
    "concepts": lambda values, _: any_of("concepts", values),
    "provinces": lambda values, _: any_of("provinces", values),
    "regions": lambda values, _: any_of("regions", values),
    "weeks": lambda values, _: f"weeks IN [{', '.join(str(int(week)) for week in values)}]",
    "organization": lambda value, _: any_of("organization", [str(value)]),
    "category": lambda value, _: any_of("categories", [value]),
}

_FACETS = {
    "category": "category",
    "province": "province",
    "region": "regions",
    **{name: name for name in ("grade", "size", "packing")},
}

LISTINGS = Dialect(
    index="listings",
    expressions=_COMMON
    | {
        "certificates": valid_now,
        "price_min_vnd": _at_least_price,
        "price_max_vnd": _at_most_price,
        "quantity_min_kg": lambda value, _: f"capacity_kg_week >= {int(value)}",
        "quantity_max_kg": lambda value, _: f"capacity_kg_week <= {int(value)}",
    },
    sorts={"price_asc": "price_vnd_kg:asc", "price_desc": "price_vnd_kg:desc", "newest": "published_at:desc"},
    facets={"concept": "concept", **_FACETS},
)

NEEDS = Dialect(
    index="needs",
    expressions=_COMMON
    | {
        "certificates": lambda values, _: " AND ".join(any_of("required", [value]) for value in values),
        "price_min_vnd": lambda value, _: f"price_ceiling_vnd_kg >= {int(value)}",
        "price_max_vnd": lambda value, _: f"price_ceiling_vnd_kg <= {int(value)}",
        "quantity_min_kg": lambda value, _: f"quantity_kg_week >= {int(value)}",
        "quantity_max_kg": lambda value, _: f"quantity_kg_week <= {int(value)}",
    },
    sorts={
        "price_asc": "price_ceiling_vnd_kg:asc",
        "price_desc": "price_ceiling_vnd_kg:desc",
        "newest": "published_at:desc",
    },
    facets={"concept": "concepts", **_FACETS},
    always=lambda now: f"deadline > {now}",
)
