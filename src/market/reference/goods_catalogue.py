"""What goods are, of a catalogue: concepts, pairs, forms, parts and categories."""

from __future__ import annotations

from collections.abc import Mapping

from market.reference.goods import GoodsTable
from market.reference.indexes import NameIndex, keys_named
from market.reference.records import Category, Concept, Form, Goods, HomographReading, Part
from market.vietnamese.spelling import folded, marked


def concept_names(concept: Concept) -> tuple[str, ...]:
    """Every name of a concept, Vietnamese first, English last."""
    return (concept.name_vi, *(name.name for name in concept.names), concept.name_en)


class GoodsCatalogue:
    """The half of `Catalogue` that knows goods."""

    _goods: GoodsTable
    _concepts: Mapping[str, Concept]
    _concept_names: NameIndex[str]
    _spellings: Mapping[str, tuple[tuple[str, str], ...]]
    _homographs: Mapping[str, tuple[HomographReading, ...]]

    @property
    def concepts(self) -> tuple[Concept, ...]:
        return tuple(concept for concept in self._concepts.values() if not concept.retired)

    def concept(self, concept_id: str) -> Concept:
        """A concept by its id, pairs that only an id spells (mango.powder) included."""
        found = self._goods.find(concept_id)
        if found is None:
            raise KeyError(concept_id)
        return found

    def find_concept(self, concept_id: str) -> Concept | None:
        return self._goods.find(concept_id)

    @property
    def categories(self) -> tuple[Category, ...]:
        return tuple(category for category in self._goods.categories.values() if not category.retired)

    @property
    def forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self._goods.forms.values() if not form.retired)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self._goods.parts.values() if not part.retired)

    def find_category(self, category_id: str) -> Category | None:
        return self._goods.categories.get(category_id)

    def find_form(self, form_id: str) -> Form | None:
        return self._goods.forms.get(form_id)

    def find_part(self, part_id: str) -> Part | None:
        return self._goods.parts.get(part_id)

    def category_line(self, category_id: str) -> tuple[str, ...]:
        """Ids of a category and of those above it, the nearest first."""
        return (category_id, *self._goods.category_lines[category_id])

    def categories_below(self, category_id: str) -> frozenset[str]:
        """Ids of a category and of all below it."""
        return self._goods.categories_below[category_id]

    def forms_below(self, form_id: str) -> frozenset[str]:
        """Ids of a form and of all narrower ones."""
        return self._goods.forms_below[form_id]

    def goods(self, concept_id: str) -> Goods:
        """The commodity, form and part of a concept."""
        return self._goods.goods(concept_id)

    def pair(self, commodity: str, *, form: str | None = None, part: str | None = None) -> str:
        """The concept of a commodity in a form and part; what it comes in anyway changes nothing.

        Raises:
            LookupError: there is no such commodity.
        """
        return self._goods.pair(commodity, form, part)

    def is_perishable(self, category_id: str) -> bool:
        """Whether goods of a category become others when they are dried or kept otherwise."""
        return any(self._goods.categories[id_].perishable for id_ in self.category_line(category_id))

    def generic(self, form_id: str) -> str | None:
        """The concept that a form is by itself (a broom); None for forms that are no goods alone (dried)."""
        return self._goods.generic.get(form_id)

    def whole(self, commodity: str) -> tuple[str, str]:
        """What a commodity is called when another part of it is meant: vịt for its eggs, not thịt vịt."""
        return self._goods.whole(commodity)

    def is_finished(self, category_id: str) -> bool:
        """Whether goods of a category have been made into something already: a sauce, a cake, a basket."""
        return self._goods.is_finished(category_id)

    def ancestors(self, concept_id: str) -> tuple[str, ...]:
        """Ids of the wider concepts, nearest first."""
        return self._goods.ancestors(concept_id)

    def descendants(self, concept_id: str) -> frozenset[str]:
        """Ids of the concept itself and of all narrower ones."""
        return self._goods.descendants(concept_id)

    def kinds(self, concept_id: str) -> frozenset[str]:
        """As `descendants`, without pairs that only an id spells."""
        return self._goods.kinds(concept_id)

    def is_same_or_narrower(self, concept_id: str, *, than: str) -> bool:
        """Whether goods of concept `concept_id` are goods of concept `than`."""
        return concept_id == than or than in self.ancestors(concept_id)

    def concepts_named(self, text: str) -> tuple[Concept, ...]:
        """Concepts called `text` in any region or in English; marks count when the text has any."""
        return tuple(self._concepts[key] for key in keys_named(self._concept_names, text))

    def spellings(self, concept_id: str) -> tuple[tuple[str, str], ...]:
        """Every name of a concept, each with its marks and without, ready to be compared."""
        known = self._spellings.get(concept_id)
        return known or tuple((marked(name), folded(name)) for name in concept_names(self.concept(concept_id)))

    @property
    def homographs(self) -> tuple[HomographReading, ...]:
        return tuple(reading for readings in self._homographs.values() for reading in readings)

    def readings(self, word: str) -> tuple[HomographReading, ...]:
        """What a word with different meanings by region may name, commonest first; empty for any other word."""
        return self._homographs.get(marked(word), ())
