"""What the database refuses, as rooms say it: the error of each constraint that two requests at once may meet."""

from __future__ import annotations

from collections.abc import Mapping

from market.accounts.service import ContactTaken
from market.agreements.amendments import AlreadyConverted, AmendmentOpen
from market.agreements.drawing_up import AlreadyDrawnUp
from market.agreements.ledger.deliveries import AlreadyReversed
from market.attachments.service import AlreadyAttached
from market.core.errors import AlreadyExists, MarketError
from market.core.idempotency import StillRunning
from market.events.desk.checking_in import SentTwiceAtOnce
from market.events.meetings.wishes import AlreadyWished
from market.events.registering import AlreadyRegistered
from market.events.service import EventCodeTaken
from market.lots.policy import LotCodeTaken
from market.organizations.claims.policy import AlreadyClaimed
from market.organizations.joining import AlreadyMember
from market.organizations.policy import GlnTaken, TaxCodeTaken
from market.organizations.shared_phones import ShortNameTaken
from market.quotes.policy import LineQuoted, QuoteOpen, ThreadExists

CONFLICTS: Mapping[str, type[MarketError]] = {
    "pk_idempotent_answer": StillRunning,
    "uq_user_account_email": ContactTaken,
    "uq_user_account_phone": ContactTaken,
    "uq_listing_organization_id_external_id": AlreadyExists,
    "uq_lot_organization_id_code": LotCodeTaken,
    "uq_need_organization_id_external_id": AlreadyExists,
    "uq_organization_gln": GlnTaken,
    "uq_organization_tax_code": TaxCodeTaken,
    "uq_claim_living": AlreadyClaimed,
    "uq_organization_member_organization_id": AlreadyMember,
    "uq_organization_invitation_open": AlreadyMember,
    "uq_short_name_phone_name": ShortNameTaken,
    "uq_event_code": EventCodeTaken,
    "uq_quote_need_id_organization_id": QuoteOpen,
    "fk_quote_line_need_line_id": LineQuoted,
    "uq_thread_pair_and_subject": ThreadExists,
    "uq_agreement_amends_id": AmendmentOpen,
    "uq_agreement_converted_from_id": AlreadyConverted,
    "uq_agreement_quote_id": AlreadyDrawnUp,
    "uq_delivery_reverses_id": AlreadyReversed,
    "uq_attachment_subject_subject_id_sha256": AlreadyAttached,
    "uq_event_registration_event_id_organization_id": AlreadyRegistered,
    "uq_event_desk_item_event_id_client_id": SentTwiceAtOnce,
    "uq_event_scan_event_id_sha256": SentTwiceAtOnce,
    "uq_event_wish_event_id_organization_id_partner_id": AlreadyWished,
}

FOUND_BY_DATABASE: Mapping[str, tuple[type[MarketError], ...]] = {
    **dict.fromkeys(("createEvent", "editEvent", "cloneEvent"), (EventCodeTaken,)),
    **dict.fromkeys(("recordLot", "editLot"), (LotCodeTaken,)),
    "createQuote": (QuoteOpen,),
    "editNeed": (LineQuoted,),
    "startThread": (ThreadExists,),
    "takeScans": (SentTwiceAtOnce,),
    "replayDesk": (SentTwiceAtOnce,),
}
"""Conflicts that no code looks for before it writes, by operation."""
