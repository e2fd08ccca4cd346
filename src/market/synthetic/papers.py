"""An invented agreement and all that was recorded of it, as the verbs of agreements would have left it.

Rows are plain values with the columns of their tables: for hundreds of thousands of papers, objects of the database
layer and a statement for each verb would take hours. What a version says, what the log tells of it and what reports
count are made by the room of agreements itself (`contents`, `course.COUNTED`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from market.agreements.consent.standing import consent_of
from market.agreements.history.contents import (
    COURSE,
    Content,
    consent_in_content,
    content_of_confirmation,
    content_of_delivery,
    content_of_rows,
    details_for_log,
    digest,
    fields_of,
)
from market.agreements.ledger.course import COUNTED
from market.agreements.models import Agreement, AgreementLine, Delivery, DeliveryConfirmation
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import entry, values_for_log
from market.core.ids import new_id

Rows = list[dict[str, Any]]
Row = SimpleNamespace
"""Of a table, by the names of its columns."""
SILENT_DAYS = 7
"""How long a receiver may keep silent before a delivery counts."""


@dataclass(slots=True)
class Paper:
    """An agreement, what belongs to it, and its history so far; a draft to begin with."""

    agreement: Row
    parties: Sequence[Row]
    lines: Sequence[Row]
    contents: Rows = field(default_factory=list)
    changes: Rows = field(default_factory=list)
    course: Rows = field(default_factory=list)
    deliveries: Rows = field(default_factory=list)
    confirmations: Rows = field(default_factory=list)
    content: Content | None = None

    def create(self, at: datetime) -> None:
        """Log the draft."""
        self.agreement.created_at = at
        self._keep("create", at, SYSTEM, changed=None)

    def record(self, verb: str, at: datetime, *, actor: Actor = SYSTEM, **columns: Any) -> None:
        """The next version, by a verb that sets these columns."""
        follows = consent_of(Row(**(vars(self.agreement) | columns)), self.parties)
        if follows != self.agreement.consent:
            columns["consent"] = follows
        changed = {name: [getattr(self.agreement, name), value] for name, value in columns.items()}
        vars(self.agreement).update(columns)
        self.agreement.version += 1
        self._keep(verb, at, actor, changed=changed)

    def confirm(self, party: Row, at: datetime) -> None:
        """A party confirms what was signed; an officer notes it on its behalf."""
        party.confirmed_at = at
        self.record("confirm", at, actor=replace(SYSTEM, on_behalf_of=party.organization_id))

    def deliver(self, line: Row, at: datetime, *, quantity: Decimal, rejected: Decimal, evidence: str) -> UUID:
        """Goods arrive on a line; returns the id of the entry."""
        row = {
            **_first_version(at),
            "line_id": line.id,
            "delivered_on": clock.business_date(at),
            "quantity": quantity,
            "rejected": rejected,
            "rejection_cause": "quality" if rejected else None,
            "evidence": evidence,
            "note": None,
            "lot_id": None,
            "reverses_id": None,
            "recorded_by_id": None,
            "counts_on": clock.business_date(at) + timedelta(days=SILENT_DAYS),
        }
        details = {"content_sha256": [None, digest(content_of_delivery(Row(**row)))]}
        self.deliveries.append(row)
        told = values_for_log(Delivery, row) | details
        self.changes.append(entry(SYSTEM, Delivery, row, verb="deliver", at=at, diff=told))
        return UUID(str(row["id"]))

    def confirm_delivery(self, delivery: UUID, at: datetime) -> None:
        """The receiving side, through an officer, says that goods arrived as recorded."""
        row = {**_first_version(at), "delivery_id": delivery, "organization_id": None}
        details = {"content_sha256": [None, digest(content_of_confirmation(Row(**row)))]}
        self.confirmations.append(row)
        told = values_for_log(DeliveryConfirmation, row) | details
        self.changes.append(entry(SYSTEM, DeliveryConfirmation, row, verb="confirm", at=at, diff=told))

    def _keep(self, verb: str, at: datetime, actor: Actor, *, changed: dict[str, Any] | None) -> None:
        agreement, before = self.agreement, self.content
        agreement.updated_at = at
        after = content_of_rows(agreement, self.parties, self.lines) if before is None else self._continued(before)
        details = details_for_log(before, after)
        told = (values_for_log(Agreement, vars(agreement)) if changed is None else changed) | details
        self.changes.append(entry(actor, Agreement, vars(agreement), verb=verb, at=at, diff=told))
        kept = {"agreement_id": agreement.id, "version": agreement.version}
        self.contents.append({**kept, "content": after, "sha256": details["content_sha256"][1]})
        self.content = after
        self._note_course(at)

    def _continued(self, before: Content) -> Content:
        """The content after a verb that leaves the terms as they are, as all but `create` do here."""
        confirmed = [party.confirmed_at and party.confirmed_at.isoformat() for party in self.parties]
        consent = consent_in_content(self.agreement, self.parties)
        now = {"course": fields_of(self.agreement, COURSE), "confirmations": confirmed}
        return before | now | ({"consent": consent} if consent else {})

    def _note_course(self, at: datetime) -> None:
        """As `course.note_course`: a new stretch when something that is counted changed."""
        agreement = self.agreement
        if agreement.status == "draft":
            return
        counted = {name: getattr(agreement, name) for name in COUNTED}
        counted["was_effective"] = agreement.effective_on is not None
        if self.course and all(self.course[-1][name] == value for name, value in counted.items()):
            return
        if self.course:
            self.course[-1]["until_at"] = at
        links = {"first_id": agreement.id, "converted_first_id": agreement.converted_from_id}
        self.course.append({"agreement_id": agreement.id, "since_at": at, "until_at": None, **links, **counted})


def _first_version(at: datetime) -> dict[str, Any]:
    return {"id": new_id(), "version": 1, "created_at": at, "updated_at": at}


def draft(columns: dict[str, Any]) -> Row:
    """The row of an agreement that nothing has become of."""
    nothing_yet = dict.fromkeys((column.name for column in Agreement.__table__.columns), None)
    begun = {"id": new_id(), "version": 1, "status": "draft", "amendment_number": 0}
    begun |= {"clauses": "", "vouched": False, "one_hand": False, "consent": "note"}
    return Row(**(nothing_yet | begun | columns))


def party(agreement: Row, position: int, role: str, *, responsible: str | None, **who: Any) -> Row:
    """A side of an agreement: `organization_id`, or `name_only`."""
    return Row(
        id=new_id(),
        agreement_id=agreement.id,
        position=position,
        role=role,
        organization_id=who.get("organization_id"),
        name_only=who.get("name_only"),
        representative_name=None,
        representative_title=None,
        responsible_name=responsible,
        responsible_phone=None,
        confirmed_at=None,
        confirmed_by=None,
        mandate=None,
        contested_at=None,
        contest_words=None,
    )


def promised(agreement: Row, position: int, concept: str, **terms: Any) -> Row:
    """A line of an agreement; without further terms it names the goods only."""
    nothing_yet = dict.fromkeys((column.name for column in AgreementLine.__table__.columns), None)
    known = {"id": new_id(), "agreement_id": agreement.id, "position": position, "concept_id": concept}
    fixed = {"per": "total", "binding": "fixed", "tolerance_pct": Decimal(0)}
    return Row(**(nothing_yet | known | fixed | terms))
