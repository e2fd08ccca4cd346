"""Text that cannot be read, and what would do instead."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import PydanticCustomError

from market.core.errors import FieldError
from market.core.language import Message

LONGEST_QUOTED = 60


class Unreadable(ValueError):
    """A text that is no such value, or that can be read two ways.

    Args:
        code: for programs, e.g. `ambiguous`, `unknown-unit`.
        message: for people; its places are filled from `parameters`.
        suggestions: the nearest right spellings, the likeliest first.
    """

    def __init__(
        self, code: str, message: Message, /, *, suggestions: Sequence[str] = (), **parameters: object
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.suggestions = tuple(suggestions)
        quoted = parameters.get("text")
        shortened = {"text": quoted[:LONGEST_QUOTED]} if isinstance(quoted, str) else {}
        self.parameters = parameters | shortened

    def __str__(self) -> str:
        return self.message.text("en", **self.parameters)

    def at(self, pointer: str) -> FieldError:
        """The refusal as an error of one place of what was sent."""
        return FieldError(pointer, self.code, self.message, self.parameters, self.suggestions)

    def for_pydantic(self) -> PydanticCustomError:
        """The refusal as a validator raises it."""
        context = {
            "vi": self.message.vi,
            "en": self.message.en,
            "parameters": self.parameters,
            "suggestions": self.suggestions,
        }
        return PydanticCustomError(self.code.replace("-", "_"), "{en}", context)


class RefusedText(str):
    """A text that cannot be read beside what was sent with it; whoever reads it refuses it for this reason."""

    __slots__ = ("unreadable",)
    unreadable: Unreadable

    def __new__(cls, text: str, unreadable: Unreadable) -> RefusedText:
        made = super().__new__(cls, text)
        made.unreadable = unreadable
        return made


def two_ways(text: str, one: str, other: str) -> Unreadable:
    """The refusal of a text with two readings."""
    return Unreadable("ambiguous", TWO_WAYS, suggestions=(one, other), text=text, one=one, other=other)


TWO_WAYS = Message(
    vi="“{text}” có thể hiểu theo hai cách; hãy ghi {one} hoặc {other}.",
    en='"{text}" can be read in two ways; write {one} or {other}.',
)
