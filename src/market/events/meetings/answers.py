"""From rows to what the API says about wishes, meetings and the timetable, to this actor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from market.core.access import Actor
from market.core.language import Language, Message
from market.events.meetings.models import Meeting, Timetable, Wish
from market.events.meetings.schemas import (
    Cause,
    MeetingOut,
    Suggestion,
    TimetableOut,
    UnmetWish,
    WishOut,
)
from market.events.meetings.worth import Worth
from market.events.models import Event, Registration
from market.events.policy import may_run
from market.events.schemas import OrganizationRef
from market.matching.score import Judgement
from market.matching.weights import WEIGHTS

CAUSES: Mapping[Cause, Message] = MappingProxyType(
    {
        "not_taking_part": Message(vi="Một bên không (còn) tham dự.", en="One of the two does not take part."),
        "same_side": Message(vi="Hai bên cùng phía.", en="Both are of the same side."),
        "no_common_time": Message(vi="Hai bên không có giờ rảnh chung.", en="The two are never there together."),
        "never_in_one_hall": Message(
            vi="Hai bên không lúc nào ở cùng hội trường; đường đi lâu hơn giờ nghỉ.",
            en="The two are never in one hall: the way takes longer than the break.",
        ),
        "one_is_full": Message(vi="Một bên đã kín lịch.", en="One of the two has no slot left."),
        "both_are_full": Message(vi="Cả hai bên đã kín lịch.", en="Neither of the two has a slot left."),
        "no_table": Message(vi="Hết bàn vào các giờ hai bên rảnh.", en="No table is left when both are free."),
        "others_before": Message(
            vi="Các cuộc gặp khác được xếp trước để ai cũng có cuộc gặp.",
            en="Other meetings went first, so that everybody meets somebody.",
        ),
    }
)
WISHED = Message(vi="Bên kia muốn gặp bạn", en="They wish to meet you")
NEARLY = Message(vi="Gần khớp: {why}", en="Nearly fits: {why}")
MOST_REASONS = 4


def wish_out(actor: Actor, event: Event, wish: Wish, *, mutual: bool) -> WishOut:
    """A wish; its note is for who wishes and who runs the event."""
    ours, theirs = actor.belongs_to(wish.organization_id), actor.belongs_to(wish.partner_id)
    return WishOut(
        id=wish.id,
        organization=OrganizationRef.model_validate(wish.organization),
        partner=OrganizationRef.model_validate(wish.partner),
        direction="ours" if ours else "theirs" if theirs else "others",
        mutual=mutual,
        note=wish.note if ours or may_run(actor, event) else None,
        created_at=wish.created_at,
        version=wish.version,
    )


def suggestion_out(registration: Registration, worth: Worth, *, wished: bool, language: Language) -> Suggestion:
    """Somebody worth meeting, with the reasons of the listing and the line that fit best."""
    reasons = _reasons(worth.best, language) if worth.best else []
    return Suggestion(
        organization=OrganizationRef.model_validate(registration.organization),
        side=registration.side or "seller",
        weight=worth.weight,
        listing=worth.best.offer.listing_id if worth.best else None,
        need=worth.best.demand.need_id if worth.best else None,
        fits=worth.best.fits if worth.best else None,
        reasons=[*reasons, *([WISHED.text(language)] if wished else [])],
        wished_by_them=wished,
    )


def _reasons(best: Judgement, language: Language) -> list[str]:
    against = [gate.why.text(language) for gate in best.gates if not gate.passed]
    if against:
        return [NEARLY.text(language, why=against[0])]
    speaking = sorted(best.parts, key=lambda part: -part.value * WEIGHTS[part.name])
    return [part.why.text(language) for part in speaking[:MOST_REASONS]]


def meeting_out(meeting: Meeting) -> MeetingOut:
    """A meeting in full: whoever may see the row may see what came of it."""
    return MeetingOut.model_construct(
        **{
            name: getattr(meeting, name)
            for name in MeetingOut.model_fields
            if name not in ("event", "seller", "buyer", "table", "noted_early")
        },
        event=meeting.event_id,
        seller=OrganizationRef.model_validate(meeting.seller),
        buyer=OrganizationRef.model_validate(meeting.buyer),
        table=meeting.table_number,
        noted_early=meeting.outcome_at is not None and meeting.outcome_at < meeting.starts_at,
    )


def timetable_out(actor: Actor, event: Event, row: Timetable | None, *, language: Language) -> TimetableOut:
    """How far it is; of the wishes that it leaves unmet everybody sees those of its own."""
    result = (row.result if row else None) or {}
    numbers = {name: result.get(name) for name in ("slots", "meetings", "moved", "cancelled", "met", "most_met")}
    return TimetableOut(
        event=event.id,
        status=row.status if row else None,
        progress=row.progress if row else 0,
        asked_at=row.asked_at if row else None,
        done_at=row.done_at if row else None,
        **numbers,
        weight=result.get("weight"),
        bound=result.get("bound"),
        unmet_wishes=_unmet(actor, event, result.get("unmet", ()), language),
    )


def _unmet(actor: Actor, event: Event, found: Sequence[Sequence[str]], language: Language) -> list[UnmetWish]:
    everything = may_run(actor, event)
    unmet = []
    for one, other, cause in found:
        organization, partner = UUID(one), UUID(other)
        if everything or actor.belongs_to(organization):
            known = next(known for known in CAUSES if known == cause)
            text = CAUSES[known].text(language)
            unmet.append(UnmetWish(organization=organization, partner=partner, cause=known, message=text))
    return unmet
