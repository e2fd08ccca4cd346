"""The catalogue of the seed files and its vocabulary, built once for the tests of this room."""

from datetime import date
from functools import cache
from pathlib import Path

from market.reading.understanding import Understood, read_query
from market.reading.vocabulary import Vocabulary, build_vocabulary
from market.reference.catalogue import Catalogue, catalogue_from_files

SEEDS = Path(__file__).parents[2] / "seeds" / "reference"
TODAY = date(2026, 11, 1)


@cache
def catalogue() -> Catalogue:
    return catalogue_from_files(SEEDS)


@cache
def vocabulary() -> Vocabulary:
    return build_vocabulary(catalogue())


def read(query: str, *, region: str | None = None) -> Understood:
    return read_query(query, vocabulary(), region=region, today=TODAY)


def ids(query: str, *, region: str | None = None) -> list[str]:
    return [reading.id for reading in read(query, region=region).concepts]
