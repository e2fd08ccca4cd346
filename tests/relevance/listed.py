"""What people really list, read from `listed/*.txt`: titles as producers and wholesalers write them, with the facts.

A line is `goods :: title @province +certificate | title ...`. Goods are written by their meaning, in the names of
this laboratory: `name : part > form`, or several such separated by ` / `, any of which is right. A name after `?` is
one that the market need not know. Titles are real kinds of goods; their makers are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from market.reference.catalogue import Catalogue

LISTED = Path(__file__).parent / "listed"
GOODS = re.compile(r"(?P<name>[^:>]+)(?::\s*(?P<part>[\w-]+)\s*)?(?:>\s*(?P<form>[\w-]+))?")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a title offers, as its author meant it."""

    goods: str
    """As written in the file; open names compare by it."""
    concepts: tuple[str, ...]
    """What the catalogue calls it; none when it knows no such name."""


@dataclass(frozen=True, slots=True)
class Titled:
    """One title with its facts."""

    title: str
    fact: Fact
    group: str
    """The file it stands in."""
    province: str | None
    certificates: tuple[str, ...]


def fact_of(text: str, catalogue: Catalogue) -> Fact:
    """The meaning of goods as the files write them. A form or part of something unknown is unknown."""
    text = text.strip()
    if text.startswith("?"):
        text = text[1:].split("@")[0].strip()
    found: dict[str, None] = {}
    for one in text.split(" / "):
        read = GOODS.fullmatch(one.strip())
        if read is None:
            raise ValueError(f"goods cannot be read: {one}")
        name = read["name"].strip()
        known = catalogue.find_concept(name[1:]) if name.startswith("#") else None
        named = (known,) if known is not None else catalogue.concepts_named(name)
        form, part = read["form"], read["part"]
        found |= {catalogue.pair(c.id, form=form, part=part) if form or part else c.id: None for c in named}
    return Fact(text, tuple(found))


def titles(catalogue: Catalogue) -> Sequence[Titled]:
    """Every title of the files, in order."""
    return [one for path in sorted(LISTED.glob("*.txt")) for one in _read(path, catalogue)]


def _read(path: Path, catalogue: Catalogue) -> Iterator[Titled]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("# "):
            continue
        goods, written = line.split(" :: ")
        fact = fact_of(goods, catalogue)
        for one in written.split(" | "):
            words = one.split()
            title = " ".join(word for word in words if word[0] not in "@+" or (word[1:2].isdigit() and word[0] == "+"))
            places = [word[1:] for word in words if word[0] == "@"]
            certificates = tuple(word[1:] for word in words if re.fullmatch(r"\+[a-z][\w-]*", word))
            yield Titled(title, fact, path.stem, places[0] if places else None, certificates)
