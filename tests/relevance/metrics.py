"""Measures of a ranked list of grades."""

from __future__ import annotations

import math
from collections.abc import Sequence


def discounted_gain(grades: Sequence[int]) -> float:
    """Sum of 2^grade - 1, each divided by the logarithm of its place."""
    return sum(((1 << grade) - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def ndcg(ranked: Sequence[int], relevant: Sequence[int], *, depth: int = 10) -> float:
    """Discounted gain of the first results over the best possible one; `relevant` are all grades there are."""
    best = discounted_gain(sorted(relevant, reverse=True)[:depth])
    return discounted_gain(ranked[:depth]) / best if best else 0.0


def recall(ranked: Sequence[int], relevant: Sequence[int], *, depth: int = 50) -> float:
    """Share of the best documents there are that the first results hold, or of as many as fit there."""
    best = max(relevant, default=0)
    wanted = sum(grade == best for grade in relevant) if best else 0
    found = sum(grade == best for grade in ranked[:depth])
    return found / min(wanted, depth) if wanted else 0.0


def first_hit(ranked: Sequence[int], relevant: Sequence[int]) -> bool:
    """Whether the first result is as good as any there is."""
    return bool(ranked) and ranked[0] == max(relevant, default=0)


def empty(ranked: Sequence[int], relevant: Sequence[int]) -> bool:
    """Whether nothing was answered although something is there."""
    return not ranked and max(relevant, default=0) > 0
