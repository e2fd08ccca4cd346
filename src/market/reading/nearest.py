"""The nearest right names to one that is none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from market.vietnamese.spelling import folded, marked

MOST = 3
CLOSE_ENOUGH = 0.65


def nearest(text: str, names: Iterable[tuple[str, str]], *, most: int = MOST) -> tuple[str, ...]:
    """Of names with what to send for each, what to send for the nearest, the nearest first.

    Args:
        text: what was written.
        names: a name and what to send for it.
    """
    written = folded(text)
    # The first name of a spelling wins: names come with the commonest first.
    names = list(names)
    by_name: dict[str, str] = {}
    for name, value in names:
        by_name.setdefault(folded(name), value)
    if not written:
        return ()
    close = get_close_matches(written, by_name, n=most * 4, cutoff=CLOSE_ENOUGH)
    whole = [name for name in by_name if f" {written} " in f" {name} " or f" {name} " in f" {written} "]
    whole.sort(key=lambda name: abs(len(name) - len(written)))
    # What was written may be how several names begin: đậu, of đậu nành and đậu xanh.
    marks = marked(text)
    begun = [(name, value) for name, value in names if marked(name).startswith(f"{marks} ")]
    begun.sort(key=lambda pair: len(pair[0]))
    return tuple(dict.fromkeys([*(value for _, value in begun), *(by_name[name] for name in [*close, *whole])]))[:most]


def offered(values: Iterable[str]) -> dict[str, str]:
    """The parameters of a sentence that ends in what would do; nothing where nothing is near."""
    named = ", ".join(values)
    return {"vi_near": f" Gần nhất: {named}." if named else "", "en_near": f" Nearest: {named}." if named else ""}
