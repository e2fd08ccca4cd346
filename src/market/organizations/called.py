"""Organizations by what papers call them: in any letters, and however the words around the name are shortened."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from sqlalchemy import Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.duplicates import spelled
from market.organizations.firm_names import SHORT, firm_key
from market.organizations.models import Organization
from market.organizations.queries import visible_organizations

MOST_SPELLINGS = 32
"""Of one name that are looked up; a name with more words to shorten is found by the first of them."""
_LONG: Mapping[str, Sequence[str]] = {
    short: sorted((long for long, its in SHORT.items() if its == short), key=len) for short in SHORT.values() if short
}
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted({*SHORT, *_LONG} - {''}, key=len, reverse=True))})\b")


async def organizations_called(
    session: AsyncSession, actor: Actor, names: Iterable[str]
) -> dict[str, list[Organization]]:
    """Whom each name may mean, verified ones first; one statement, by the index of folded names."""
    wanted = set(names)
    spellings = sorted({spelling for name in wanted for spelling in spellings_of(name)})
    if not spellings:
        return {}
    # The index has names as the database folds them.
    folded = select(func.market_searchable(func.unnest(literal(spellings, ARRAY(Text))), type_=Text)).scalar_subquery()
    rows = visible_organizations(actor).where(
        func.market_searchable(Organization.name) == any_(func.array(folded, type_=ARRAY(Text)))
    )
    by_key: defaultdict[str, list[Organization]] = defaultdict(list)
    for organization in await session.scalars(rows.order_by(Organization.id)):
        by_key[firm_key(organization.name)].append(organization)
    return {name: sorted(by_key.get(firm_key(name), ()), key=_not_verified) for name in wanted}


def _not_verified(organization: Organization) -> bool:
    return organization.verification != "verified"


def spellings_of(name: str) -> set[str]:
    """How a name may be written, plainly: with each of its common words short and long."""
    plain = spelled(name)
    if not plain:
        return set()
    parts: list[Sequence[str]] = []
    end = 0
    for found in _WORDS.finditer(plain):
        parts += [(plain[end : found.start()],), _forms(found[0])]
        end = found.end()
    every = product(*parts, (plain[end:],))
    return {plain, *(" ".join("".join(words).split()) for words, _ in zip(every, range(MOST_SPELLINGS), strict=False))}


def _forms(word: str) -> Sequence[str]:
    short = SHORT.get(word, word)
    return tuple(dict.fromkeys((word, short, *_LONG.get(short, ()))))


def sure_one(found: Sequence[Organization]) -> Organization | None:
    """The one that a name means for certain: the only one, or the only verified one that nobody is namesake of."""
    verified = [organization for organization in found if organization.verification == "verified"]
    if len(found) == 1:
        return found[0]
    if len(verified) != 1:
        return None
    namesakes = [other for other in found if spelled(other.name) == spelled(verified[0].name)]
    return verified[0] if len(namesakes) == 1 else None


def told(organizations: Iterable[Organization]) -> Iterator[str]:
    """Organizations as a person tells them apart."""
    for organization in organizations:
        mark = " (đã xác minh)" if organization.verification == "verified" else ""
        yield f"{organization.name}{mark} {organization.id}"
