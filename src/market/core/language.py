"""Vietnamese first, English second: messages in both, and which one a request wants."""

from __future__ import annotations

from typing import Literal

import msgspec

Language = Literal["vi", "en"]


class Message(msgspec.Struct, frozen=True):
    """One sentence in both languages; `{name}` places are filled from parameters."""

    vi: str
    en: str

    def text(self, language: Language, /, **parameters: object) -> str:
        """The sentence in `language` with its places filled; what fills one may be a message itself."""
        template = self.vi if language == "vi" else self.en
        if not parameters:
            return template
        spoken = {name: one.text(language) if isinstance(one, Message) else one for name, one in parameters.items()}
        return template.format(**spoken)


def preferred_language(accept_language: str | None) -> Language:
    """English only when `Accept-Language` ranks it above Vietnamese; Vietnamese otherwise (RFC 9110, 12.5.4)."""
    if not accept_language:
        return "vi"
    weights = {"vi": 0.0, "en": 0.0}
    for part in accept_language.lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.split("-")[0].strip()
        if primary in weights:
            weights[primary] = max(weights[primary], _quality(parameters))
    return "en" if weights["en"] > weights["vi"] else "vi"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
