"""Every kind of news there is, and what each must say for itself. Their words stand in `table.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from market.core.language import Message
from market.core.values.addresses import without_addresses

Spoken = Message | str
"""A sentence of ours in both languages, or words of somebody's as they are."""

Words = tuple[str, str]
"""Vietnamese, English."""

Entity = Literal[
    "listing",
    "need",
    "certificate",
    "claim",
    "quote",
    "thread",
    "event",
    "meeting",
    "agreement",
    "webhook",
    "lot",
    "organization",
]
"""What news are about; the link leads there."""


class Kind(StrEnum):
    """What happened, as the API names it."""

    LISTING_MATCH = "listing_match"
    NEED_MATCH = "need_match"
    SAVED_SEARCH = "saved_search"

    CERTIFICATE_VERIFIED = "certificate_verified"
    CERTIFICATE_REJECTED = "certificate_rejected"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    CERTIFICATE_RECALLED = "certificate_recalled"
    CERTIFICATE_EXPIRING = "certificate_expiring"

    LOT_RECALLED = "lot_recalled"
    LOT_WITHDRAWN = "lot_withdrawn"
    LABEL_SHARED = "label_shared"

    CLAIM_VERIFIED = "claim_verified"
    CLAIM_REJECTED = "claim_rejected"
    CLAIM_SUSPENDED = "claim_suspended"
    RESET_ASKED = "reset_asked"
    CLAIM_ENDING = "claim_ending"

    QUOTE_SUBMITTED = "quote_submitted"
    QUOTE_REVISED = "quote_revised"
    QUOTE_COUNTERED = "quote_countered"
    QUOTE_ACCEPTED = "quote_accepted"
    QUOTE_DECLINED = "quote_declined"
    QUOTE_WITHDRAWN = "quote_withdrawn"
    QUOTE_EXPIRED = "quote_expired"
    AGREEMENT_DRAWN_UP = "agreement_drawn_up"
    MESSAGE = "message"

    REGISTRATION_ACCEPTED = "registration_accepted"
    REGISTRATION_DECLINED = "registration_declined"
    TIMETABLE_SET = "timetable_set"
    TIMETABLE_CHANGED = "timetable_changed"
    REGISTRATION_RECEIVED = "registration_received"
    EVENT_SOON = "event_soon"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    FOLLOW_UP_DUE = "follow_up_due"

    PAPER_NAMED = "paper_named"
    PAPER_TO_SIGN = "paper_to_sign"
    PAPER_TO_CONFIRM = "paper_to_confirm"
    PAPER_SIGNED = "paper_signed"
    PAPER_CONFIRMED = "paper_confirmed"
    PAPER_IN_FORCE = "paper_in_force"
    PAPER_AMENDED = "paper_amended"
    PAPER_CONTESTED = "paper_contested"
    PAPER_ENDED = "paper_ended"
    PROPOSAL_MADE = "proposal_made"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_DECLINED = "proposal_declined"
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"

    DELIVERY_LOGGED = "delivery_logged"
    DELIVERY_RECEIVED = "delivery_received"
    DELIVERY_REVERSED = "delivery_reversed"
    DELIVERY_CONFIRMED = "delivery_confirmed"
    DELIVERY_REJECTED = "delivery_rejected"
    DELIVERY_DISPUTED = "delivery_disputed"
    DELIVERY_OVERDUE = "delivery_overdue"

    WEBHOOK_DISABLED = "webhook_disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What news of any kind are about. What a kind needs besides are the texts that fill the places of its words."""

    id: UUID
    """Of what the link leads to."""
    version: int
    """Of it, as it was then."""
    key: str | None = None
    """The same however often the same thing is found to have happened; by default the kind, the thing and its version.
    An event that repeats on one version (a delivery of an agreement) must name itself here."""
    watch: tuple[str, UUID] | None = None
    """What of the recipient's own it concerns: a need, listing, saved search, quote, agreement."""
    caused_by: UUID | None = None
    """The organization whose deed it was; how much mail the unverified cause is bounded."""
    binding: bool = False
    """Whether it is of what the recipient has agreed to: told even where the recipient blocks whose deed it was."""
    variant: str = ""
    """Which of the kind's wordings fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMatch(Payload):
    """`title` of `organization` fits `watch_title` of the recipient."""

    title: str
    organization: str
    watch_title: str
    more: int = 0
    """How many more of the recipient's own it fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCertificate(Payload):
    """A certificate of `organization`."""

    scheme: str
    organization: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCertificateDecision(OfCertificate):
    """`reason` is what the officer noted."""

    reason: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRecall(OfCertificate):
    """The recipient relied on the certificate by its listing `title`, for `watch_title`."""

    title: str = ""
    watch_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLot(Payload):
    """A lot of `organization`, of its listing `title`; the recipient has to do with it by `watch_title`."""

    lot: str
    title: str
    organization: str
    reason: Spoken
    watch_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLabel(Payload):
    """`organization` recorded a lot with the GTIN that lots of the recipient carry."""

    lot: str
    gtin: str
    organization: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfExpiry(OfCertificate):
    """`day` is the last day it counts, as people write it."""

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfReset(Payload):
    """Somebody asked for a new password of `person`, which opens from `at` on."""

    person: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfClaim(Payload):
    """What `organization` says of itself (`claim`), and what the officer noted; of one that ends, its last day."""

    claim: Spoken
    organization: str
    reason: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTimetable(Payload):
    """`meetings` of `organization` at `event` that are new, moved or cancelled: when, where and with whom."""

    event: str
    organization: str
    meetings: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEvent(Payload):
    """`event` is on `day` at `place`, as people write them."""

    event: str
    day: str
    place: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFollowUp(Payload):
    """What was to follow by `day` on the meeting with `partner` at `event`. What it is stays with the meeting."""

    event: str
    partner: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfQuote(Payload):
    """A quote of `supplier` for the need `title` of `buyer`."""

    title: str
    supplier: str
    buyer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDecline(OfQuote):
    """Why the buyer declined."""

    reason: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMessage(Payload):
    """`organization` wrote, about `title`. What was written is never told, only that it was."""

    organization: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRegistration(Payload):
    """`organization` at `event`, which is on `day` at `place`, as people write them."""

    event: str
    organization: str
    reason: Spoken
    day: str
    place: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPaper(Payload):
    """`paper` names an agreement (its number or title); `by` is who did it."""

    paper: str
    by: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfReasonedPaper(OfPaper):
    """Why it was contested, declined or ended, in words of whoever did."""

    reason: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDelivery(OfPaper):
    """`amount` of `goods`, with its unit, under `paper`."""

    goods: Spoken
    amount: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLoggedDelivery(OfDelivery):
    """Without an answer it counts from `day` on, as people write it; empty where it never does."""

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfReasonedDelivery(OfDelivery):
    """Why it was rejected or disputed."""

    reason: Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOverdueDelivery(Payload):
    """`amount` of `goods` was due by `day` under `paper`."""

    paper: str
    goods: Spoken
    amount: Spoken
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfWebhook(Payload):
    """The server `host` of the recipient's organization, which messages are sent to."""

    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A row of the table: what news of a kind say."""

    about: Entity
    payload: type[Payload]
    text: Message
    """With places for what the payload has of its own."""
    subject: Message
    """Of a mail about nothing else: nothing that somebody wrote stands in it."""
    next: Message
    """What to do now."""
    variants: Mapping[str, Message]
    """Other wordings of the text, by name."""

    def sentence(self, payload: Payload) -> Message:
        """The text in both languages, its places filled.

        Raises:
            TypeError: the payload is another kind's.
            KeyError: the kind has no such variant.
        """
        if not isinstance(payload, self.payload):
            raise TypeError(f"{type(payload).__name__} given, {self.payload.__name__} needed")
        text = self.variants[payload.variant] if payload.variant else self.text
        return Message(vi=text.text("vi", **words(payload, "vi")), en=text.text("en", **words(payload, "en")))


def notice(
    about: Entity, payload: type[Payload], *, text: Words, subject: Words, then: Words, **variants: Words
) -> Notice:
    """A row of the table, from plain words."""
    return Notice(
        about=about,
        payload=payload,
        text=Message(*text),
        subject=Message(*subject),
        next=Message(*then),
        variants={name: Message(*wording) for name, wording in variants.items()},
    )


_COMMON = frozenset(field.name for field in fields(Payload))


def words(payload: Payload, language: Literal["vi", "en"]) -> dict[str, Any]:
    """What fills the places of a text.

    Titles and names are written by whoever causes the news, to people who never heard of them: they lead nowhere.
    """
    named = {field.name: getattr(payload, field.name) for field in fields(payload) if field.name not in _COMMON}
    return {name: _word(name, value, language) for name, value in named.items()}


def _word(name: str, value: Any, language: Literal["vi", "en"]) -> Any:
    if isinstance(value, Message):
        return value.text(language)
    # Why something was decided is said by officers and organizers, who may name a place to look it up.
    return without_addresses(value) if isinstance(value, str) and name != "reason" else value
