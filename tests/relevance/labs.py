"""The laboratories: known goods, and what people list with queries that were tuned on and queries that were not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from market.config import PROJECT_ROOT
from market.reading.vocabulary import build_vocabulary
from market.reference.catalogue import Catalogue
from tests.relevance.corpus import TODAY, documents
from tests.relevance.grading import Asked, grade_titles, load_asked
from tests.relevance.judgements import Document, Judgement, grade, load_judgements
from tests.relevance.stalls import stalls

JUDGEMENTS = PROJECT_ROOT / "search" / "judgements"
LISTED_JUDGEMENTS = JUDGEMENTS / "listed"
FLOOR = JUDGEMENTS / "floor.json"
NOW = int(datetime.combine(TODAY, time(5), tzinfo=UTC).timestamp())

Query = Judgement | Asked
Grades = Mapping[str, int]
"""By id of a document; without an entry it is 0."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A corpus with queries judged over it."""

    name: str
    meaning: str
    catalogue: Catalogue
    documents: Sequence[Document]
    queries: Sequence[Query]
    grades: Callable[[Query], Grades]


LABS = ("known", "tuned", "unseen")


def labs(catalogue: Catalogue, *, only: str | None = None) -> Iterator[Lab]:
    """Every laboratory, one after the other."""
    if only in {None, "known"}:
        yield _known(catalogue)
    yield from (lab for lab in _listed(catalogue) if only in {None, lab.name})


def _known(catalogue: Catalogue) -> Lab:
    corpus = documents(catalogue)
    by_concept: dict[str, list[Document]] = defaultdict(list)
    for document in corpus:
        for concept in document["concepts"]:
            by_concept[concept].append(document)

    def grades(query: Query) -> Grades:
        if not isinstance(query, Judgement):
            raise TypeError(query)
        named = [concept for criterion in query.relevant for concept in criterion.concepts]
        everything = any(not criterion.concepts for criterion in query.relevant)
        rest = corpus if everything else [document for concept in named for document in by_concept[concept]]
        return {document["id"]: grade(query, document, now=NOW, today=TODAY) for document in rest}

    meaning = "known goods, given by their authors"
    return Lab("known", meaning, catalogue, corpus, load_judgements(JUDGEMENTS), grades)


def _listed(catalogue: Catalogue) -> Iterator[Lab]:
    corpus = stalls(catalogue, build_vocabulary(catalogue))
    given = [stall.titled for stall in corpus]
    ids = [stall.document["id"] for stall in corpus]

    def grades(query: Query) -> Grades:
        if not isinstance(query, Asked):
            raise TypeError(query)
        return dict(zip(ids, grade_titles(query, given, catalogue), strict=True))

    for name, meaning in (("tuned", "what people list"), ("unseen", "what people list, queries never tuned on")):
        asked = load_asked(LISTED_JUDGEMENTS / f"{name}.jsonl", catalogue)
        yield Lab(name, meaning, catalogue, [stall.document for stall in corpus], asked, grades)
