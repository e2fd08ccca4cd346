"""Goods: commodity x form x part, each pair with one concept id.

A pair that the catalogue names has the id of that concept (dried-mango); any other is spelled `commodity.form`,
`commodity.part` or `commodity.part.form` (mango.powder, lotus.leaf.tea) and means the same in every process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from market.reference.indexes import InconsistentReference, by_key, everything_below, lines_of_parents
from market.reference.records import Concept, Form, Goods, ReferenceRecords

ANY = "*"
FRESH = "fresh"
DRIED = "dried"
DAIRY = "dairy"
MEAT = "meat"
MILK = "raw-milk"
"""Of an animal that is sold as meat, what comes in a form of dairy is its milk: sữa chua dê is no goat meat."""
UNCLASSIFIED = "unclassified"
"""The category of what nobody has placed yet."""
WHOLE_AND_CUTS = frozenset({"meat_livestock", "aquatic"})
"""Categories whose parts are kinds of the whole: pork belly is pork, while a lemon leaf is no lemon."""
MOST_PAIRS = 50_000
"""Spelled pairs that are remembered; anybody may ask for one."""


class GoodsTable:
    """Every concept, form, part and category, indexed once. Immutable apart from what it remembers of spelled pairs."""

    def __init__(self, records: ReferenceRecords) -> None:
        self.categories = by_key(((c.id, c) for c in records.categories), "category")
        self.forms = by_key(((f.id, f) for f in records.forms), "form")
        self.parts = by_key(((p.id, p) for p in records.parts), "part")
        self.concepts = by_key(((c.id, c) for c in records.concepts), "concept")
        self.generic = self._generics(records.forms)
        """The concept that a form is by itself: a broom, whatever it is made of."""
        self.category_lines = lines_of_parents({c.id: c.parent for c in records.categories}, "category")
        self.form_lines = lines_of_parents({f.id: f.parent for f in records.forms}, "form")
        self._parents = {c.id: c.parent for c in self.concepts.values()}
        self._lines = lines_of_parents(self._parents, "concept")
        self._below = everything_below(self._lines)
        self.categories_below = everything_below(self.category_lines)
        self.forms_below = everything_below(self.form_lines)
        self._spelled: dict[str, Concept | None] = {}
        self._wider: dict[str, tuple[str, ...]] = {}
        self._narrower: dict[str, frozenset[str]] = {"": frozenset()}
        self._check()
        self._named = {self.goods(c.id): c.id for c in records.concepts if c.of is not None and (c.form or c.part)}
        """By what they are in the end: yogurt is of cow's milk, which is of cattle."""

        self._named_below: dict[str, list[str]] = defaultdict(list)
        self._holding = {(c.holds, c.form): c.id for c in records.concepts if c.holds is not None}
        self._made_into = {category for form in records.forms for category in form.category.values()}
        self._index_named()

    def _index_named(self) -> None:
        """Which concepts with a name of their own lie below each through what they are made of."""
        for concept in self.concepts.values():
            if concept.of is not None:
                for wider in self.ancestors(concept.id):
                    self._named_below[wider].append(concept.id)

    def _generics(self, forms: Iterable[Form]) -> dict[str, str]:
        """For each form that is goods by itself, the concept that means it: one of its own, or one named like it."""
        named = {c.form: c.id for c in self.concepts.values() if c.form and c.of is None and c.holds is None}
        alone = {form.id: form for form in forms if form.alone and form.id not in named}
        for form in alone.values():
            parent = form.parent if form.parent in alone else named.get(form.parent or "")
            self.concepts.setdefault(form.id, _of_form(form, parent=parent))
        return {form: concept for form, concept in named.items() if form} | {form_id: form_id for form_id in alone}

    def _check(self) -> None:
        for concept in self.concepts.values():
            known = (
                (concept.category, self.categories), (concept.form, self.forms), (concept.of, self.concepts),
                (concept.part, self.parts), (concept.natural, self.parts),
            )  # fmt: skip
            if missing := [key for key, table in known if key is not None and key not in table]:
                raise InconsistentReference(f"concept {concept.id} refers to {missing}, which do not exist")
        if both := self.forms.keys() & self.parts.keys():
            raise InconsistentReference(f"{sorted(both)} are forms and parts")

    def find(self, concept_id: str) -> Concept | None:
        """The concept of an id, spelled pairs included."""
        known = self.concepts.get(concept_id)
        if known is not None or "." not in concept_id:
            return known
        if concept_id not in self._spelled and len(self._spelled) < MOST_PAIRS:
            self._spelled[concept_id] = self._read(concept_id)
        return self._spelled.get(concept_id)

    def goods(self, concept_id: str) -> Goods:
        """What a concept is made of.

        Raises:
            LookupError: there is no such concept.
        """
        concept = self.find(concept_id)
        if concept is None:
            raise LookupError(concept_id)
        if concept.of is None:
            return Goods(concept.id)
        base = self.goods(concept.of)
        return Goods(base.commodity, concept.form or base.form, concept.part or base.part)

    def pair(self, commodity: str, form: str | None = None, part: str | None = None) -> str:
        """The id of a commodity in a form and part; forms and parts in which it comes anyway change nothing.

        Raises:
            LookupError: there is no such commodity, form or part.
        """
        of = self.goods(commodity)
        concept = self.concepts[of.commodity]
        form, part = form or of.form, part or of.part
        if part is None and self._is_of_milk(concept, form):
            part = MILK
        if part is not None and (part == concept.natural or self._is_in(concept, self.parts[part].unchanged)):
            part = None
        if (
            form is not None
            and not self._has_own(concept, form, part)
            and (form == concept.form or self._is_usual(form, concept))
        ):
            form = None
        if form is None and part is None:
            return of.commodity
        spelled = ".".join([of.commodity, *([part] if part else []), *([form] if form else [])])
        return self._named.get(Goods(of.commodity, form, part), spelled)

    def _is_in(self, concept: Concept, categories: Collection[str]) -> bool:
        return any(category in categories for category in (concept.category, *self.category_lines[concept.category]))

    def is_finished(self, category: str) -> bool:
        """Whether goods of a category have been made into something, so that no word after their name does it again."""
        line = (category, *self.category_lines[category])
        raw = {*self.forms[DRIED].unchanged, *(id_ for id_, one in self.categories.items() if one.perishable)}
        return category in self._made_into and raw.isdisjoint(line)

    def _has_own(self, concept: Concept, form: str, part: str | None) -> bool:
        """Whether goods in a form have a concept of their own, however they usually come: ginger, dried."""
        named = self.concepts.get(self._named.get(Goods(concept.id, form, part), ""))
        return form != FRESH and named is not None and named.of == concept.id

    def _is_of_milk(self, concept: Concept, form: str | None) -> bool:
        return form is not None and concept.natural == MEAT and DAIRY in self.form_lines[form]

    def whole(self, commodity: str) -> tuple[str, str]:
        """What a commodity is called when another part of it is meant, in both languages: goat for goat meat.

        Raises:
            LookupError: there is no such commodity.
        """
        concept = self.concepts[commodity]
        part = self.parts.get(concept.natural or "")
        if part is None:
            return concept.name_vi, concept.name_en
        before = next((f"{head.word} " for head in part.heads if concept.name_vi.startswith(f"{head.word} ")), "")
        after = next((f" {word}" for word in part.english if concept.name_en.endswith(f" {word}")), "")
        return concept.name_vi.removeprefix(before), concept.name_en.removesuffix(after)

    def _is_usual(self, form: str, concept: Concept) -> bool:
        line = (concept.category, *self.category_lines[concept.category])
        return form == FRESH or any(category in self.forms[form].unchanged for category in line)

    def _read(self, concept_id: str) -> Concept | None:
        commodity, *facets = concept_id.split(".")
        base = self.concepts.get(commodity)
        if base is None or not 1 <= len(facets) <= 2:
            return None
        part = facets[0] if facets[0] in self.parts else None
        form = facets[-1] if facets[-1] in self.forms else None
        if len(facets) != (part is not None) + (form is not None) or self.pair(commodity, form, part) != concept_id:
            return None
        return self._made(base, concept_id, form, part)

    def _made(self, base: Concept, concept_id: str, form_id: str | None, part_id: str | None) -> Concept:
        vi, en, category = base.name_vi, base.name_en, base.category
        if part_id is not None:
            part = self.parts[part_id]
            named = self.concepts.get(self._named.get(Goods(base.id, None, part_id), ""))
            vi, en = self.whole(base.id)
            if not self._is_of_milk(base, form_id):
                vi, en = (named.name_vi, named.name_en) if named else (f"{part.name_vi} {vi}", f"{en} {part.name_en}")
            category = self._category_of(part.category, category)
        if form_id is not None:
            form = self.forms[form_id]
            vi, en = _in_form_vi(form, vi), _in_form_en(form, en)
            category = self._category_of(form.category, category)
        return replace(
            base, id=concept_id, parent=None, name_vi=vi, name_en=en, category=category, names=(), hs4=None,
            harvest_months=None if form_id else base.harvest_months, of=base.id, form=form_id, part=part_id,
        )  # fmt: skip

    def _category_of(self, mapping: Mapping[str, str], category: str) -> str:
        for key in (category, *self.category_lines[category], ANY):
            if key in mapping:
                return mapping[key]
        return category

    def ancestors(self, concept_id: str) -> tuple[str, ...]:
        """Ids of wider goods, nearest first: the same form of wider commodities, wider forms of the same.

        Raises:
            LookupError: there is no such concept.
        """
        if not concept_id:
            return ()
        if concept_id not in self._wider:
            self._wider[concept_id] = tuple(dict.fromkeys(self._line(concept_id)))
        return self._wider[concept_id]

    def _line(self, concept_id: str) -> Iterable[str]:
        concept = self.find(concept_id)
        if concept is None:
            raise LookupError(concept_id)
        yield from self._lines.get(concept_id, ())
        if concept.of is None:
            return
        goods = self.goods(concept_id)
        base = self.concepts[goods.commodity]
        forms = (goods.form, *self.form_lines[goods.form]) if goods.form else (None,)
        parts = (goods.part, None) if goods.part and self._is_cut(base) else (goods.part,)
        for part in parts:
            for commodity in (base.id, *self._lines[base.id]):
                for form in forms:
                    wider = self.pair(commodity, form, part)
                    if wider != concept_id:
                        yield wider
                        yield from self._lines.get(wider, ())
        yield from self._generic(base, forms)

    def _generic(self, base: Concept, forms: Iterable[str | None]) -> Iterable[str]:
        """What is called by its form alone, or by form and category: a broom, dried fruit."""
        for form in forms:
            if form is not None and form in self.generic:
                yield self.generic[form]
                yield from self._lines[self.generic[form]]
            for category in (base.category, *self.category_lines[base.category]):
                holding = self._holding.get((category, form))
                if holding is not None:
                    yield holding
                    yield from self._lines[holding]

    def kinds(self, concept_id: str) -> frozenset[str]:
        """Ids of the concept itself and of the narrower ones that have a name of their own."""
        return self._below.get(concept_id, frozenset({concept_id}))

    def _is_cut(self, concept: Concept) -> bool:
        line = (concept.category, *self.category_lines[concept.category])
        return not WHOLE_AND_CUTS.isdisjoint(line)

    def descendants(self, concept_id: str) -> frozenset[str]:
        """Ids of the concept itself and of everything narrower, spelled pairs included.

        Raises:
            LookupError: there is no such concept.
        """
        if concept_id in self._narrower:
            return self._narrower[concept_id]
        found = {*self._below.get(concept_id, (concept_id,)), *self._named_below.get(concept_id, ())}
        for narrower in list(found):
            concept = self.find(narrower)
            if concept is None:
                raise LookupError(concept_id)
            if concept.of is not None:
                found |= set(self._pairs_below(concept))
            elif concept.holds is not None and concept.form is not None:
                found |= set(self._held(concept.holds, concept.form))
            elif concept.form is not None:
                found |= {
                    self.pair(c, concept.form)
                    for c, base in self.concepts.items()
                    if base.of is None and base.form is None
                }
            elif self._is_cut(concept):
                found |= {self.pair(narrower, None, part) for part in self.parts}
        below = frozenset(narrower for narrower in found if concept_id in (narrower, *self.ancestors(narrower)))
        if len(self._narrower) < MOST_PAIRS:
            self._narrower[concept_id] = below
        return below

    def _held(self, category: str, form: str) -> Iterable[str]:
        below = self.categories_below[category]
        for concept in list(self.concepts.values()):
            if concept.of is None and concept.form is None and concept.category in below:
                for kind in self.forms_below[form]:
                    yield self.pair(concept.id, kind)

    def _pairs_below(self, concept: Concept) -> Iterable[str]:
        for commodity in self._below[concept.of or ""]:
            for form in self.forms_below[concept.form] if concept.form else (None,):
                yield self.pair(commodity, form, concept.part)


def _of_form(form: Form, *, parent: str | None) -> Concept:
    """Goods that are only a form: a broom, whatever it is made of."""
    return Concept(
        id=form.id, parent=parent, name_vi=form.name_vi, name_en=form.name_en,
        category=form.category.get(ANY, UNCLASSIFIED), form=form.id,
        hs4=None, units=(), harvest_months=None, provinces=None, names=(),
    )  # fmt: skip


def _in_form_vi(form: Form, name: str) -> str:
    heads = [
        word.word for word in form.heads if word.regions is None and (word.of is None or word.word == form.name_vi)
    ]
    if heads:
        return f"{form.name_vi if form.name_vi in heads else heads[0]} {name}"
    return f"{name} {form.tails[0] if form.tails else form.name_vi}"


def _in_form_en(form: Form, name: str) -> str:
    states = any(form.name_en.split()[-1].endswith(end) for end in ("ed", "en", "t", "d"))
    return f"{form.name_en} {name}" if states and not form.heads else f"{name} {form.name_en}"
