"""What was tried against the market, and which tests try it again. Each is a way in that once was open."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HERE, PAPERS = "attacks/test_papers.py", "agreements/test_consent.py"
RECEIVING, LIKENESS = "agreements/ledger/test_receiving.py", "agreements/paper/test_likeness.py"
CLAIMS, CERTIFICATES = "organizations/test_claims.py", "certificates/test_certificates.py"
TAKEOVER, LIMITS, LIST = "attacks/test_takeover.py", "attacks/test_limits.py", "attacks/test_list.py"
PHONES, PERSONS = "attacks/test_shared_phones.py", "attacks/test_personal_data.py"

TRIED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "A witness amends a contract with a friend, ends it alone, rewrites its price": {
            PAPERS: (
                "a_witness_neither_amends_nor_ends_nor_edits_what_it_saw",
                "an_amendment_of_one_party_and_its_friend_supersedes_nothing",
                "a_principal_that_a_friend_replaces_keeps_the_contract_until_it_accepts",
                "one_side_does_not_end_a_contract_alone",
                "who_logged_a_contract_in_force_does_not_end_it_either",
            ),
        },
        "Paper between two organizations of one person names a supermarket, counts, is public": {
            HERE: (
                "two_organizations_of_one_person_agree_with_nobody",
                "who_leaves_afterwards_makes_no_two_hands_of_one",
                "an_organization_that_sells_to_itself_agrees_with_nobody",
                "made_up_organizations_count_for_no_event_of_others",
                "an_amendment_brings_nobody_to_an_event_whom_its_organizer_never_saw",
            ),
            PAPERS: (
                "patching_a_note_names_nobody_who_has_not_spoken",
                "signed_paper_is_not_patched_to_name_a_supermarket",
                "an_authority_that_never_saw_the_paper_is_not_named_to_strangers",
            ),
        },
        "One party alone signs with any organization": {
            HERE: (
                "one_side_signs_for_no_supermarket",
                "a_third_party_neither_confirms_for_a_side_nor_is_told_only_no",
            ),
        },
        "A producer calls itself an authority and vouches for strangers": {
            CLAIMS: (
                "who_registers_as_an_authority_is_none_until_an_officer_says_so",
                "a_verified_producer_cannot_give_itself_a_kind_whose_word_counts",
                "a_verified_producer_vouches_for_no_sale_between_strangers",
            ),
            PAPERS: (
                "the_verified_body_of_an_event_vouches_and_nobody_else_does",
                "a_producer_that_calls_itself_an_authority_vouches_for_no_event_of_others",
                "vouched_paper_that_moves_to_the_event_of_others_is_vouched_for_no_more",
            ),
        },
        "An event under an official programme, for the telephones of its delegates": {
            HERE: ("an_official_programme_is_named_by_officers_and_verified_authorities",),
            CLAIMS: ("who_is_organizer_no_more_reads_no_delegates",),
        },
        "A certificate without evidence, valid for ever": {
            CERTIFICATES: (
                "without_evidence_nothing_is_verified",
                "a_term_beyond_what_the_scheme_grants_is_not_verified",
            ),
            CLAIMS: (
                "no_kind_is_granted_where_nobody_looked_at_anything",
                "a_verification_of_identity_says_what_was_seen_and_until_when_it_counts",
            ),
        },
        "Paper of two whom nobody knows counts, or goes on counting when its party is found out": {
            "agreements/test_counted.py": ("paper_between_two_whom_nobody_knows_counts_for_nothing",),
            "agreements/test_recounting.py": (
                "followers_hear_of_paper_that_begins_and_stops_to_count",
                "a_strangers_feed_names_no_paper_that_never_counted",
                "reports_of_a_past_day_know_who_was_known_on_it",
            ),
        },
        "A file that runs, opens or hides something; our own unsigned file as a scan": {
            "core/test_pdf_contents.py": (
                "what_runs_opens_or_hides_is_refused_with_words",
                "what_unpacks_to_too_much_is_not_unpacked",
            ),
            "agreements/paper/test_attachments.py": ("our_own_file_that_nobody_has_signed_is_no_scan",),
        },
        "A seller alone makes a contract fulfilled": {
            RECEIVING: (
                "a_seller_alone_fulfils_nothing",
                "a_witness_records_nothing_and_a_seller_confirms_nothing_for_a_buyer_known_by_name",
            ),
        },
        "A signed scan is withdrawn while the contract is in force": {PAPERS: ("a_scan_of_paper_in_force_stays",)},
        "A remark of haggling is printed as a clause": {HERE: ("what_was_said_while_haggling_is_no_clause",)},
        "Paper is signed, in force, delivered, and nobody is told": {
            PAPERS: ("parties_are_told_of_every_step_with_what_to_do",),
        },
        "The same paper and the same delivery count twice": {
            LIKENESS: ("the_same_paper_is_refused_with_the_number_of_the_other", "two_desks_at_once_log_one_paper"),
            RECEIVING: ("what_is_tapped_twice_is_asked_about_and_what_differs_is_not",),
        },
        "Whoever was shut out comes in by another door": {
            "attacks/test_blocks.py": (
                "who_is_blocked_neither_quotes_nor_haggles_on",
                "who_is_blocked_names_the_other_on_no_paper",
                "who_is_blocked_is_neither_wished_for_nor_suggested_nor_seated",
            ),
            HERE: ("a_title_that_is_sent_to_strangers_leads_nowhere",),
        },
        "A forgotten password is the end; people share a telephone; keys outlive whoever left": {
            TAKEOVER: (
                "who_forgets_everything_gets_in_again_by_the_outbox_alone",
                "the_keys_of_who_left_are_gone_and_do_not_come_back",
                "an_invitation_is_a_link_that_works_once_with_a_password_of_ones_own",
            ),
            PHONES: (
                "four_people_share_a_telephone_and_each_is_themselves",
                "who_forgets_the_pin_and_loses_the_device_gets_in_by_the_outbox_alone",
                "who_holds_the_shared_telephone_does_not_become_the_owner",
                "who_holds_the_shared_telephone_waits_three_days_for_an_owner_without_mail",
                "an_owner_calls_off_what_others_asked_for",
                "who_leaves_signs_in_by_pin_no_more",
            ),
        },
        "An address that nobody has proved takes a company over": {
            TAKEOVER: (
                "who_typed_an_address_first_does_not_come_to_own_who_invited_it",
                "an_unproved_address_is_free_for_its_owner_and_then_for_nobody",
                "an_account_made_with_somebody_elses_address_is_theirs_alone_after_a_reset",
                "links_that_are_used_expired_of_others_or_invented_have_one_answer",
                "a_code_takes_five_guesses",
            ),
        },
        "A key makes an owner who survives it; 12345678 is a password": {
            TAKEOVER: (
                "a_key_makes_no_owner_who_survives_it",
                "a_key_opens_what_it_was_made_for_until_its_day",
                "what_anybody_would_try_first_is_no_password",
            ),
            LIST: ("eight_digits_are_no_password_for_anybody_new",),
        },
        "Half-sent requests, wrong passwords and pools stop the market for everybody": {
            LIMITS: (
                "three_hundred_half_sent_requests_keep_nobody_out",
                "wrong_passwords_sent_with_a_key_leave_connections_to_others",
                "who_fails_is_told_slowly_and_takes_nobodys_place_meanwhile",
            ),
            LIST: ("pools_asked_for_by_nobody_known_are_not_denied_to_others",),
        },
        "Two processes allow twice as much; a proxy's neighbours lock each other out": {
            LIMITS: (
                "two_processes_share_one_limit_of_passwords",
                "two_processes_share_one_limit_of_requests",
                "wrong_passwords_of_a_colleague_behind_the_same_proxy_lock_nobody_out",
                "wrong_passwords_of_others_keep_no_known_device_out_and_no_way_back_in",
            ),
        },
        "The history is written anew by whoever owns the database": {
            "agreements/anchors/test_anchors.py": ("a_rewritten_database_is_named_by_its_anchor",),
        },
        "An organization asks the register for addresses, one by one": {
            TAKEOVER: ("an_organization_reads_no_register_of_addresses_by_inviting",),
        },
        "A person's number and home are public; reports tell one agreement's cause": {
            PERSONS: (
                "a_persons_number_and_home_are_not_public_and_not_in_the_log",
                "the_history_holds_when_who_signed_has_taken_everything_along_and_is_erased",
            ),
            "reports/test_reports.py": ("what_was_not_performed_is_told_by_cause_as_of_a_day",),
        },
        "An adviser with eleven cooperatives lists for the first by mistake": {
            LIST: ("an_adviser_with_eleven_cooperatives_lists_for_none_by_mistake",),
        },
    }
)
"""What was tried -> in which file under `tests/` which tests, without `test_`."""
