"""One listing as it is answered: made anew only when what was read is not the same.

What the database sends of a listing is one text, and the answer follows from this text, the catalogue and the time
alone. So the answer to a text that was seen before is the one that was given then: it is never staler than the
statement that proves it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from market.core import clock
from market.core.representation import Encoded
from market.listings.answers import listing_out
from market.listings.facts import read_whole_listing
from market.photos.addresses import signed_step
from market.reference.catalogue import Catalogue

KEPT = 4096
"""Answers that a process remembers, of some 4 kB each."""


def stored_listing(text: str, catalogue: Catalogue) -> tuple[Encoded, int]:
    """The answer and its version.

    Args:
        text: as `whole_listing_text` reads it.
    """
    # Certificates expire with the day; addresses of pictures that are not public are signed for a while.
    return _kept(text, catalogue, clock.today(), signed_step())


@lru_cache(maxsize=KEPT)
def _kept(text: str, catalogue: Catalogue, _day: date, _step: int) -> tuple[Encoded, int]:
    listing = read_whole_listing(text)
    return Encoded.of(listing_out(listing, catalogue=catalogue), version=listing.version), listing.version
