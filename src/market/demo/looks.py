"""How the goods of the demo story look: a shape and two colours for each. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

Shape = Literal[
    "round", "long", "bunch", "leaves", "root", "bowl", "jar", "packet", "fish", "shrimp", "shell", "eggs", "mushroom"
]


class Look(msgspec.Struct, frozen=True):
    """What is drawn: the same look gives the same picture."""

    shape: Shape
    colour: str
    second: str = "#4c8c3a"
    """Of leaves, of what is in a bowl, of a label."""


LOOKS: tuple[tuple[str, Look], ...] = (
    ("dragon-fruit", Look("round", "#d8336f", "#6fae4e")),
    ("coconut-green", Look("round", "#7fb24a")),
    ("coconut-ma", Look("round", "#8a6242", "#b08a5c")),
    ("watermelon", Look("round", "#2f7a3c", "#9ccf72")),
    ("pomelo", Look("round", "#b9cf5a")),
    ("orange", Look("round", "#f08c1e")),
    ("mandarin", Look("round", "#f2711c")),
    ("lime", Look("round", "#76b041")),
    ("melon", Look("round", "#cbbf7a")),
    ("tomato", Look("round", "#d9362b")),
    ("bell-pepper", Look("round", "#d22f27")),
    ("durian", Look("round", "#a8973a", "#6d6a2a")),
    ("jackfruit", Look("long", "#a7a23e", "#6d7a2a")),
    ("pineapple", Look("long", "#d9a026", "#4f8f3c")),
    ("mangosteen", Look("round", "#5b2245", "#7fa04e")),
    ("persimmon", Look("round", "#e8791f")),
    ("star-apple", Look("round", "#7b3f78")),
    ("passion", Look("round", "#5e2a52")),
    ("mango", Look("long", "#f0b429")),
    ("banana", Look("long", "#f2cf3b", "#a8892a")),
    ("avocado", Look("long", "#3f6b35")),
    ("cucumber", Look("long", "#3f8f45")),
    ("okra", Look("long", "#6a9c3c")),
    ("asparagus", Look("long", "#5f9c4a")),
    ("chili", Look("long", "#cc2b26")),
    ("grape", Look("bunch", "#5d3577")),
    ("sea-grapes", Look("bunch", "#4f9a4d")),
    ("lychee", Look("bunch", "#c43c4c")),
    ("rambutan", Look("bunch", "#cf3a3a")),
    ("longan", Look("bunch", "#b98d52")),
    ("ha-chau", Look("bunch", "#d9c07a")),
    ("strawberry", Look("bunch", "#d6293c")),
    ("plum", Look("bunch", "#8f2f4a")),
    ("carrot", Look("root", "#ee7d22")),
    ("potato", Look("root", "#c69c5d", "#8f6b3a")),
    ("yam", Look("root", "#7d4a86")),
    ("sweet-potato", Look("root", "#a8486a")),
    ("ginger", Look("root", "#cfa968", "#8f6b3a")),
    ("garlic", Look("round", "#efe6dc", "#c9bfae")),
    ("shallot", Look("round", "#a8456b", "#c9bfae")),
    ("rice-paper", Look("packet", "#f3ead2", "#c94b3c")),
    ("rice", Look("bowl", "#3e6fa3", "#f7f3e6")),
    ("black-pepper", Look("bowl", "#b6543a", "#3a3532")),
    ("sea-salt", Look("bowl", "#3e6fa3", "#ffffff")),
    ("salt", Look("bowl", "#3e6fa3", "#e8703a")),
    ("cashew", Look("bowl", "#5c8a4a", "#e3c48c")),
    ("macadamia", Look("bowl", "#5c8a4a", "#b98250")),
    ("peanut", Look("bowl", "#5c8a4a", "#d9a066")),
    ("lotus", Look("bowl", "#8a5c7a", "#efe3c4")),
    ("coffee", Look("packet", "#5a3a26", "#e8d6b8")),
    ("tea", Look("packet", "#3f6b3a", "#f0ead0")),
    ("noodles", Look("packet", "#d9cfae", "#7d9c4a")),
    ("cake", Look("packet", "#e3b04b", "#b0392c")),
    ("candy", Look("packet", "#c9742f", "#f5e9cf")),
    ("dried-fruit", Look("packet", "#e09a2e", "#fff3d6")),
    ("dried-shrimp", Look("bowl", "#3e6fa3", "#ee8f5a")),
    ("honey", Look("jar", "#e09a1e", "#fff3d0")),
    ("fish-sauce", Look("jar", "#9c4f1e", "#f7e3b0")),
    ("fermented", Look("jar", "#b3603a", "#f5e3c4")),
    ("oil", Look("jar", "#d9c45a", "#eef3d6")),
    ("nectar", Look("jar", "#a8642e", "#fff0d0")),
    ("milk", Look("jar", "#f3efe6", "#7fb24a")),
    ("bird-nest", Look("jar", "#efe3d0", "#b0392c")),
    ("shrimp", Look("shrimp", "#e8835a")),
    ("crab", Look("shell", "#c9532e")),
    ("oyster", Look("shell", "#9a938a")),
    ("cockle", Look("shell", "#b59a7d")),
    ("egg-duck", Look("eggs", "#dfe8e3", "#c9a56a")),
    ("egg", Look("eggs", "#e3b58a", "#c9a56a")),
    ("tilapia", Look("fish", "#d9645a")),
    ("mushroom", Look("mushroom", "#b39b86", "#efe6da")),
)
"""By a part of the name of the concept; the first that fits."""

BY_CATEGORY: dict[str, Look] = {
    "fruit": Look("round", "#8fae4a"),
    "vegetable": Look("leaves", "#4f9a45"),
    "aquatic": Look("fish", "#6f8ca3"),
    "meat_livestock": Look("packet", "#b0483f", "#f7e3d6"),
    "herb_spice": Look("leaves", "#5a8f4a"),
    "nut": Look("bowl", "#5c8a4a", "#d9a066"),
    "cereal_rice": Look("bowl", "#3e6fa3", "#f7f3e6"),
}
OTHERS = Look("packet", "#8c7a5c", "#f5ecd6")


def look_of(concept: str, category: str) -> Look:
    """How goods are drawn."""
    named = (look for part, look in LOOKS if part in concept)
    return next(named, BY_CATEGORY.get(category, OTHERS))
