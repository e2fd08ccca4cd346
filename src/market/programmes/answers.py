"""From rows and reference data to what the API says about them."""

from __future__ import annotations

from market.core.language import Language
from market.programmes.models import Figure
from market.programmes.schemas import FigureOut, ProgrammeOut, SourceOut
from market.programmes.wording import figure_words
from market.reference.catalogue import Catalogue
from market.reference.records import ProgrammeGroup
from market.reference.schemas import ProvinceOut, UnitOfMap

PLAIN = ("id", "code", "event", "metric", "value", "unit", "qualifier", "as_of", "quote")


def programme_out(group: ProgrammeGroup, *, figures_count: int, catalogue: Catalogue) -> ProgrammeOut:
    """The programme with its provinces on both maps."""
    return ProgrammeOut(
        id=group.id,
        name_vi=group.name_vi,
        name_en=group.name_en,
        provinces=[ProvinceOut.within(catalogue, province) for province in catalogue.programme_provinces(group.id)],
        provinces_today=[UnitOfMap.of(province) for province in catalogue.programme_provinces_today(group.id)],
        figures_count=figures_count,
    )


def figure_out(figure: Figure, *, catalogue: Catalogue, language: Language) -> FigureOut:
    """The figure with its words and its source."""
    return FigureOut.model_construct(
        **{name: getattr(figure, name) for name in PLAIN},
        programme=figure.programme_group_id,
        of=figure.out_of,
        words=figure_words(figure, language),
        provinces=[ProvinceOut.within(catalogue, catalogue.province(**named)) for named in figure.provinces],
        source=SourceOut(
            title=figure.source_title,
            publisher=figure.source_publisher,
            url=figure.source_url,
            published=figure.source_published,
        ),
    )
