"""Which goods a quantity is asked of, where a query names several: xoài và 500 kg thanh long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from market.reading.segments import Segment
from market.vietnamese.text import Token

SEVERAL = 2
_SIGNS = frozenset(",;+&/")


@dataclass(frozen=True, slots=True)
class Bound:
    """The goods of each quantity, by the number of its segment; `others` when some goods have none."""

    own: Mapping[int, tuple[str, ...]]
    others: bool


def quantities_by_goods(
    quantities: Sequence[int], query: str, tokens: Sequence[Token], parts: Sequence[Segment]
) -> Bound | None:
    """The goods that each quantity stands by; None when all are asked of all goods.

    A quantity is of the goods that come directly after it, or else of those directly before it; a separator (và, a
    comma) is a border. The only quantity of a query, at its beginning or its end, is of everything between.

    Args:
        quantities: the numbers of their segments, in order.
        query: the text the tokens were cut from.
        tokens: its words.
        parts: its segments.
    """
    named = [number for number, part in enumerate(parts) if part.kind == "concept"]
    if not quantities or len(named) < SEVERAL:
        return None
    items = _items(named, query, tokens, parts)
    if len(items) < SEVERAL or (len(quantities) == 1 and not items[0][-1] < quantities[0] < items[-1][0]):
        return None
    trailing = quantities[-1] > items[-1][-1]
    own: dict[int, tuple[str, ...]] = {}
    for number in quantities:
        before = next((item for item in reversed(items) if item[-1] < number), None)
        after = next((item for item in items if item[0] > number), None)
        apart = before is None or _border(before[-1], number, query, tokens, parts)
        follows = after is None or (not apart and (trailing or _border(number, after[0], query, tokens, parts)))
        item = before if follows else after
        if item is not None:
            own[number] = tuple(dict.fromkeys(entry.keys[0] for at in item for entry in parts[at].entries))
    told = set(own.values())
    return Bound(own, others=len(told) < len(items)) if len(told) > 1 or len(told) < len(items) else None


def _items(named: Sequence[int], query: str, tokens: Sequence[Token], parts: Sequence[Segment]) -> list[list[int]]:
    """The goods, those together that nothing separates: cam quýt is one thing that a quantity may be asked of."""
    items = [[named[0]]]
    for before, number in pairwise(named):
        between = parts[before + 1 : number]
        if any(part.amount for part in between) or _border(before, number, query, tokens, parts):
            items.append([number])
        else:
            items[-1].append(number)
    return items


def _border(first: int, second: int, query: str, tokens: Sequence[Token], parts: Sequence[Segment]) -> bool:
    """Whether a separator stands between two segments."""
    if any(part.kind == "separator" for part in parts[first + 1 : second]):
        return True
    between = query[tokens[parts[first].last - 1].end : tokens[parts[second].first].start]
    return not _SIGNS.isdisjoint(between)
