"""Of every column: public (anyone may read it), private (parties and officers), or sensitive (a person's own or a
secret: never in the change log, the index, OCDS or an answer to outsiders). A test fails on a column without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Sensitivity = Literal["public", "private", "sensitive"]

COLUMNS: Mapping[str, Mapping[Sensitivity, str]] = {
    "agreement": {
        "private": (
            "id number paper_number instrument domain title event_id signed_on signing_place province_code "
            "province_version valid_from valid_until value_source status effective_on ended_on cause logged_by_id "
            "amends_id amendment_number amendment_cause converted_from_id quote_id discarded_at vouched vouched_by_id "
            "one_hand consent"
        ),
        "sensitive": "value_vnd note cause_note amendment_note trade_terms clauses mandate",
    },
    "agreement_content": {"private": "agreement_id version content sha256"},
    "agreement_course": {
        "private": (
            "id agreement_id since_at until_at first_id amends_id converted_first_id instrument domain status "
            "was_effective cause event_id province_code province_version value_vnd signed_on effective_on ended_on"
        ),
    },
    "agreement_line": {
        "private": (
            "id agreement_id position concept_id description quantity unit_code per period_from period_until "
            "delivery_plan binding tolerance_pct price_kind price_vnd first_line_id quote_line_id"
        ),
    },
    "agreement_link": {"private": "seq change_id entity entity_id payload_sha256 previous hash"},
    "agreement_number": {"private": "series year last"},
    "agreement_party": {
        "private": "id agreement_id position role organization_id name_only confirmed_at confirmed_by contested_at",
        "sensitive": (
            "representative_name representative_title responsible_name responsible_phone mandate contest_words"
        ),
    },
    "agreement_proposal": {
        "private": "id agreement_id verb result_id cause status asked accepted proposed_by_id",
        "sensitive": "note words mandate",
    },
    "api_key": {
        "private": "id user_id organization_id name hint scopes expires_at last_used_at revoked_at",
        "sensitive": "hash",
    },
    "attachment": {
        "private": "id subject subject_id kind sha256 size content_type organization_id uploaded_by withdrawn_at",
        "sensitive": "file_name withdrawal_reason",
    },
    "capacity_reservation": {"private": "id listing_id week quantity holder holder_id line_id reserved_at released_at"},
    "category": {"public": "id parent_id name_vi name_en ocop perishable fresh heads words retired"},
    "certificate": {
        "public": (
            "id organization_id scheme level number issuer issued_on expires_on scope_concepts scope_area scope_note "
            "verification recorded_by verified_by verified_at verification_note recalled_at recall_reason"
        ),
        "private": "reference",
    },
    "certification_scheme": {
        "public": (
            "id parent_id name_vi name_en kind number_pattern number_example number_form number_check validity_months "
            "validity_note issuer law standard levels renewal_window_days confidence retired"
        ),
    },
    "change": {
        "private": (
            "id xid at entity entity_id version verb diff actor_kind user_id organization_id credential_id "
            "on_behalf_of request_id"
        ),
    },
    "claim": {
        "private": (
            "id organization_id subject kind statement evidence reason status claimed_by decided_by decided_at "
            "decision_note valid_until"
        ),
    },
    "commune": {"public": "code version kind name province_code district_code valid_from valid_to becomes retired"},
    "concept": {
        "public": (
            "id parent_id name_vi name_en category hs4 units harvest_months provinces of_id form_id part_id "
            "holds_category_id natural_part_id material descriptors retired"
        ),
    },
    "concept_name": {"public": "concept_id name position regions retired"},
    "contact_reading": {"private": "id at reader_id reader_organization_id organization_id what about_id request_id"},
    "delivery": {
        "private": (
            "id line_id delivered_on quantity rejected rejection_cause evidence reverses_id recorded_by_id counts_on "
            "lot_id"
        ),
        "sensitive": "note",
    },
    "delivery_confirmation": {"private": "id delivery_id organization_id"},
    "delivery_dispute": {"private": "id delivery_id organization_id cause", "sensitive": "words"},
    "district": {"public": "code kind name province valid_to becomes retired"},
    "era": {"public": "number began_at shift"},
    "event": {
        "public": (
            "id code name kind starts_on ends_on province_code province_version place address organizer_id "
            "programme_group_id description tables status published_at"
        ),
        "private": (
            "halls sessions booths slot_minutes break_minutes capacity_organizations capacity_delegates "
            "registration_closes_on wishes_close_on most_meetings cloned_from_id walking_minutes follows_id"
        ),
    },
    "event_desk_item": {
        "private": "id event_id client_id kind sequence at client_at digest state about_id duplicate_of_id device_id",
        "sensitive": "content",
    },
    "event_device": {"private": "id event_id name expires_at ended_at made_by", "sensitive": "hash"},
    "event_registration": {
        "private": (
            "id event_id organization_id delegates_count booths booth_wish status decision_note side booth_numbers "
            "away consent photo"
        ),
        "sensitive": "delegates",
    },
    "event_feedback": {"private": "id event_id organization_id rating again", "sensitive": "words"},
    "event_finding": {
        "private": "id event_id organization_id visited_on concept_id area_ha verdict",
        "sensitive": "words",
    },
    "event_scan": {
        "private": "id event_id sha256 attachment_id state agreement_id matched_by version_printed cause",
        "sensitive": "said",
    },
    "event_timetable": {"private": "event_id status progress asked_at done_at result"},
    "event_wish": {"private": "id event_id organization_id partner_id withdrawn_at", "sensitive": "note"},
    "figure": {
        "private": (
            "id code programme_group_id event metric value out_of unit qualifier as_of provinces quote source_title "
            "source_publisher source_url source_published retired"
        ),
    },
    "follower_cursor": {"private": "name xid change_id updated_at"},
    "fulfilment_record": {"private": "organization_id lines_due lines_met updated_at"},
    "goods_decision": {
        "public": (
            "id name_id kind name name_en concept_id parent_id form_id place category_id regions note decided_by "
            "decided_at superseded_at"
        ),
    },
    "goods_form": {
        "public": "id parent_id name_vi name_en heads tails english category unchanged vetoes alone retired",
    },
    "goods_name": {"public": "id key name category_id state may_be"},
    "goods_part": {"public": "id name_vi name_en heads english category retired unchanged"},
    "goods_specification": {
        "public": (
            "id kind parent_id name_vi name_en position names categories concepts rank measure factor example retired"
        ),
    },
    "homograph_reading": {"private": "word rank concept_id unit_code regions note_vi note_en near retired"},
    "idempotent_answer": {"private": "scope key fingerprint status headers body created_at"},
    "import_progress": {
        "private": "import_id trial total next_line created updated unchanged skipped refused codes updated_at",
    },
    "import_row": {"private": "import_id line did entity_id errors remarks"},
    "import_task": {
        "private": "id organization_id user_id credential_id actor_kind kind sha256 size state problem finished_at",
        "sensitive": "file_name options columns answers found",
    },
    "imported_file": {"private": "id sha256 kind organization_id next_line kept refused updated_at"},
    "limit_spent": {"private": "caller full_at"},
    "known_device": {"private": "id organization_id name made_by last_used_at ended_at", "sensitive": "phone hash"},
    "listing": {
        "public": (
            "id organization_id title description variety grade growing_area concept_id category_id certainty "
            "evidence name_key may_be concept_source confidence province_code province_version unit price_vnd "
            "price_tiers moq packaging shelf_life_days cold_chain status published_at search_text commune_code "
            "commune_version price_until kg_each size external_id photo"
        ),
    },
    "listing_capacity": {"public": "id listing_id starts_on ends_on quantity per"},
    "listing_certificate": {"public": "listing_id certificate_id"},
    "listing_price": {"private": "id listing_id price_vnd until set_at"},
    "lot": {
        "public": (
            "id listing_id organization_id code gtin harvested_from harvested_to quantity unit growing_area_code "
            "packed_on best_before note photo recalled_at recall_reason withdrawn_at withdrawal_reason"
        ),
    },
    "match_tally": {"private": "organization_id kind day told untold"},
    "measurement_unit": {
        "public": (
            "code dimension name_vi name_en aliases kg_factor litre_factor piece_factor recommendation note_vi "
            "note_en retired"
        ),
    },
    "meeting": {
        "private": (
            "id event_id seller_id buyer_id starts_at ends_at table_number hall weight status outcome outcome_reason "
            "outcome_at outcome_key follow_up_on follow_up_done_at"
        ),
        "sensitive": "outcome_note follow_up_note",
    },
    "need": {
        "public": (
            "id organization_id title description province_code province_version deliver_before deadline status "
            "published_at search_text external_id"
        ),
    },
    "need_line": {
        "public": (
            "id need_id position name concept_id category_id certainty forms accepted quantity unit per weekdays "
            "starts_on ends_on required_certificates preferred_certificates price_ceiling_vnd note kg_each grade size "
            "packaging"
        ),
    },
    "notification": {
        "private": (
            "id user_id organization_id kind entity entity_id entity_version watch_entity watch_id text_vi text_en "
            "dedupe_key mail created_at read_at emailed_at texted_at caused_by"
        ),
    },
    "notification_preference": {"private": "id user_id mail language messenger quiet_from quiet_until quiet_kinds"},
    "one_time_token": {
        "private": "purpose user_id subject_id kind attempts created_at expires_at used_at",
        "sensitive": "hash contact code_hash",
    },
    "organization": {
        "public": (
            "id name kinds legal_form province_code province_version description website status verification "
            "verified_at verified_by verification_note asked_kinds commune_code commune_version photo"
        ),
        "sensitive": "tax_code gln address contact_name contact_phone contact_email",
    },
    "organization_invitation": {
        "private": "id organization_id user_id contact_kind expires_at role status",
        "sensitive": "contact",
    },
    "organization_standing": {"public": "organization_id since_at until_at", "private": "id"},
    "organization_member": {"private": "id organization_id user_id role left_at"},
    "photo": {
        "public": (
            "id subject subject_id organization_id place alt small_sha256 large_sha256 thumbhash width height size "
            "uploaded_by removed_at"
        ),
        "sensitive": "signing_key",
    },
    "photo_upload": {"private": "id user_id subject subject_id alt length received photo_id created_at expires_at"},
    "photo_upload_part": {"private": "upload_id starts_at body"},
    "privacy_consent": {"private": "id user_id notice withdrawn_at"},
    "programme_group": {"public": "id name_vi name_en version retired"},
    "programme_group_member": {"public": "group_id code version retired"},
    "province_term": {"public": "code version valid_from valid_to kind full_name resolution retired"},
    "province_unit": {
        "public": (
            "code version name full_name kind aliases codename region macro_region valid_from valid_to becomes "
            "iso3166_2 latitude longitude retired"
        ),
    },
    "push_subscription": {"private": "id user_id sign_in_id created_at", "sensitive": "endpoint_hash sealed"},
    "quote": {
        "private": (
            "id need_id organization_id status revision shown_from valid_until submitted_at decided_at decline_reason"
        ),
        "sensitive": "decline_note",
    },
    "quote_line": {
        "private": (
            "id revision_id position need_line_id listing_id quantity unit per weekdays starts_on ends_on price_vnd "
            "accepted_quantity"
        ),
    },
    "quote_revision": {
        "private": (
            "id quote_id number side author_id written_at valid_until discount_pct credit_days delivery_point "
            "delivery_place packaging packaging_note tests returns payment_method note"
        ),
    },
    "recovery_code": {"private": "user_id used_at", "sensitive": "hash"},
    "reference_state": {"public": "id version"},
    "refresh_token": {"private": "sign_in_id created_at used_at", "sensitive": "hash"},
    "region": {"public": "id version name_vi name_en macro_region valid_from valid_to retired"},
    "reported_match": {"private": "watch_id thing_id published_at told_at"},
    "saved_search": {
        "private": "id user_id organization_id kind channel frequency active deleted_at",
        "sensitive": "name query",
    },
    "saved_search_reading": {"private": "saved_search_id anchors watch"},
    "scheme_rule": {"private": "scheme_id level valid_from valid_to granted_by authority_vi source retired"},
    "short_name": {"private": "id user_id organization_id ended_at", "sensitive": "phone name pin_hash wrong_pins"},
    "sign_in": {
        "private": (
            "id user_id expires_at revoked_at revoked_because last_seen_at second_factor known_device_id "
            "only_organization_id"
        ),
        "sensitive": "device",
    },
    "sign_of_life": {"private": "name at detail"},
    "thread": {
        "private": "id first_organization_id second_organization_id need_id listing_id quote_id last_message_id",
    },
    "thread_block": {"private": "id organization_id blocked_id lifted_at"},
    "thread_message": {"private": "id thread_id organization_id author_id written_at text attachment_id"},
    "thread_reading": {"private": "thread_id user_id message_id"},
    "thread_report": {
        "private": "id thread_id organization_id reported_by reason status settled_by settled_at",
        "sensitive": "note settlement",
    },
    "user_account": {
        "private": (
            "id email_proved_at phone_proved_at language password_typed_by_other totp_confirmed_at platform_roles "
            "deactivated_at erased_at"
        ),
        "sensitive": "full_name email phone password_hash totp_secret totp_last_step wrong_factors wrong_factors_since",
    },
    "user_contact": {"private": "id user_id kind proved_at", "sensitive": "value"},
    "webhook": {
        "private": "id organization_id description event_types body status disabled_reason previous_until deleted_at",
        "sensitive": "url secret previous_secret",
    },
    "webhook_delivery": {
        "private": (
            "id webhook_id event_type entity_id body status attempts next_attempt_at created_at last_attempt_at "
            "response_status error took_ms"
        ),
    },
    "webhook_rest": {"private": "webhook_id until"},
}
"""Columns by table. `tax_code`, `gln` and `address` of an organization are sensitive for homes and persons only."""


BOOKKEEPING = frozenset({"version", "created_at", "updated_at"})
"""Columns of every entity; where a table does not list them they are whose affair its `id` is."""


def sensitivity_of(table: str, column: str) -> Sensitivity | None:
    """What was decided of a column; None where nobody has."""
    for sensitivity, columns in COLUMNS.get(table, {}).items():
        if column in columns.split():
            return sensitivity
    return sensitivity_of(table, "id") if column in BOOKKEEPING else None
