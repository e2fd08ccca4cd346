"""What the words mean that states, roles, reasons and kinds are told in."""

from __future__ import annotations

# fmt: off
MEANINGS: tuple[dict[str, str], ...] = (
    {"draft": "not shown yet", "published": "found by all", "paused": "hidden for a while", "archived": "over"},
    {
        "draft": "not shown yet", "published": "open to registrations", "closed": "over",
        "cancelled": "does not happen",
    },
    {"check_in": "somebody came", "outcome": "of a meeting", "paper": "that was signed"},
    {"unverified": "nobody has looked", "verified": "seen by an officer", "rejected": "not so"},
    {
        "unverified": "nobody has looked", "verified": "seen by an officer", "rejected": "not so",
        "suspended": "counts no more until it is verified again",
    },
    {
        "open": "waits for an officer", "verified": "counts", "rejected": "not so",
        "suspended": "counts no more until it is verified again", "withdrawn": "taken back",
    },
    {
        "draft": "the buyer has not seen it", "submitted": "the buyer is asked", "countered": "the supplier is asked",
        "accepted": "whole, goods are reserved", "partly_accepted": "in part, goods are reserved",
        "declined": "refused by the buyer", "withdrawn": "taken back by the supplier",
        "expired": "its last day is over",
    },
    {
        "draft": "binds nobody", "signed": "by every side", "effective": "quantified and confirmed, deliveries count",
        "fulfilled": "all was delivered", "partly_fulfilled": "closed short", "lapsed": "nothing came of it",
        "terminated": "ended before its time", "superseded": "a later version holds",
    },
    {
        "requested": "waits for the organizer", "waiting": "in line for a place", "accepted": "comes",
        "declined": "not taken", "withdrawn": "taken back",
    },
    {"planned": "to come", "held": "took place", "missed": "somebody did not come", "cancelled": "does not happen"},
    {"waiting": "to be tried, or tried again", "delivered": "taken by the endpoint", "failed": "given up"},
    {"active": "is told", "paused": "by its people", "disabled": "by the market, see the reason"},
    {"thin": "what changed, to be read", "full": "with the thing itself"},
    {"owner": "runs the organization", "manager": "speaks for it", "staff": "does its daily work"},
    {"producer": "sells", "buyer": "buys", "organizer": "runs events", "authority": "of the state"},
    {"created": "seen for the first time", "updated": "changed", "gone": "not there or not visible any more"},
    {"queued": "waits", "running": "is being made", "done": "is there", "failed": "could not be made"},
    {
        "asking": "waits for answers", "checking": "is being tried", "ready": "may be run",
        "running": "is being imported", "done": "all rows were dealt with", "failed": "could not be read",
    },
    {"34": "provinces from 2025-07-01 on", "63": "provinces before"},
    {"2008": "the map of 63 provinces", "2025": "the map of 34"},
    {
        "counted": "counts", "waiting": "for the receiver's word", "disputed": "does not count",
        "taken_back": "reversed",
    },
    {"day": "each day of delivery", "week": "each week", "month": "each month", "total": "all together"},
    {"pending": "not answered yet", "accepted": "joined", "declined": "stayed out", "withdrawn": "taken back"},
    {"off": "no mail", "instant": "at once", "daily": "once a day"},
    {"bac": "the north", "trung": "the middle", "nam": "the south"},
    {
        "quality": "of the goods", "volume": "too much or too little", "packaging": "of the goods",
        "price": "of a unit", "discount": "too small", "payment_terms": "when and how is paid",
        "logistics": "the way there", "force_majeure": "nobody's fault: storm, epidemic, embargo",
        "documents": "certificates, invoices, permits", "other": "as the note says",
    },
    {
        "quality": "of the goods", "volume": "too much or too little", "packaging": "of the goods",
        "price": "of a unit", "discount": "too small", "payment_terms": "when and how is paid",
        "logistics": "the way there", "certificates": "missing or not valid", "other": "as the note says",
    },
    {
        "price": "too high or too low", "quantity": "too much or too little", "quality": "of the goods",
        "certificates": "missing", "time": "not when it was wanted", "distance": "too far away",
        "no_interest": "in what the other has", "other": "as the note says",
    },
    {
        "mou": "what both mean to do, no promise yet", "framework": "terms for later orders", "sale": "goods once",
        "offtake": "all or part of a harvest", "agency": "selling for the other",
        "cooperation": "something else together",
    },
    {
        "framework": "terms for later orders", "sale": "goods once", "offtake": "all or part of a harvest",
        "agency": "selling for the other",
    },
    {"trade": "about goods", "other": "about something else", "all": "both"},
    {"trade": "about goods", "other": "about something else"},
    {"seller": "offers goods", "buyer": "wants them"},
    {"supplier": "offers goods", "buyer": "wants them"},
    {
        "seller": "sells", "buyer": "buys", "authority": "of the state, owes nothing",
        "witness": "saw it, owes nothing",
    },
    {
        "conference": "of speakers and signings", "fair": "with booths", "seminar": "to learn",
        "delegation": "a journey", "survey": "a look at farms and shelves",
    },
    {
        "interested": "they will talk again", "sample": "goods are sent to be tried",
        "visit": "one will visit the other", "mou": "one is to be signed", "contract": "one is to be signed",
        "none": "nothing came of it",
    },
    {"suitable": "fit to be bought", "with_conditions": "fit when the remarks are met", "unsuitable": "not fit"},
    {"2024": "communes and districts before 2025-07-01", "2025": "communes from then on"},
    {
        "organizations": "both are active and not the same", "concept": "the goods", "variety": "of the goods",
        "form": "fresh, dried, frozen", "part": "fruit, leaf, root", "certificates": "on every delivery date",
        "season": "when there are goods", "units": "that convert into each other", "grade": "as asked for",
        "moq": "the least order", "price": "at most what is paid",
    },
    {
        "coverage": "how much of the quantity", "price": "how far below the ceiling", "concept": "how near the goods",
        "certificates": "those that are only preferred", "distance": "between the provinces",
        "record": "how much of the agreed was delivered before", "freshness": "how lately it was updated",
    },
    {"vi": "Vietnamese", "en": "English"},
    {"identity": "who it is", "kind": "what it does", "tax_code": "which number is its own"},
    {
        "relevance": "what fits best", "price_asc": "cheapest first", "price_desc": "dearest first",
        "newest": "latest published first",
    },
    {
        "concept": "by goods", "category": "by kind of goods", "province": "by present province",
        "region": "by present region",
        "grade": "by grade, as `/reference/specifications` names them",
        "size": "by size, with the range of a scale behind it",
        "packing": "by packing",
    },
    {"auto": "further tiers while the page has room", "all": "every tier is counted", "exact": "only what was asked"},
    {"on": "the words are read", "off": "the words are only words"},
    {
        "exact": "what was asked", "form": "other forms of it", "variety": "other varieties", "wider": "wider goods",
        "condition": "lacks one condition", "text": "has the words only",
    },
    {
        "cooperative": "hợp tác xã", "cooperative_union": "liên hiệp hợp tác xã", "cooperative_group": "tổ hợp tác",
        "company": "công ty", "household_business": "hộ kinh doanh", "farm": "trang trại", "individual": "cá nhân",
        "association": "hội, hiệp hội", "public_body": "cơ quan nhà nước, đơn vị sự nghiệp",
    },
    {"ok": "works", "degraded": "works in part", "down": "does not work"},
    {"ok": "works", "down": "does not work"},
    {"in_app": "in the application only", "email": "by mail too"},
    {"instant": "at once", "daily": "once a day"},
    {
        "event": "by event", "province": "by province", "instrument": "by kind of paper", "kind": "by what is agreed",
        "status": "by state",
    },
    {"overall": "all together", "event": "by event", "province": "by province"},
    {"open": "waits for a decision", "decided": "somebody has decided"},
    {
        "draft": "not shown yet", "published": "found by all", "paused": "hidden for a while", "archived": "over",
        "any": "all of these",
    },
    {"open": "waits for an officer", "settled": "an officer has decided"},
    {
        "listings": "what is offered", "needs": "what is wanted", "registrations": "for an event",
        "delegates": "people of registered organizations", "agreements": "papers that were signed",
        "prices": "of listings that are there", "lots": "of listings that are there; a code that is known updates",
    },
    {"listings": "what is offered", "needs": "what is wanted"},
    {"xlsx": "a workbook", "csv": "text, UTF-8 with a mark"},
    {"pdf": "to print", "docx": "to edit"},
    {"json": "for programs", "ics": "for calendars", "pdf": "to print"},
    {"json": "for programs", "xlsx": "a workbook", "pdf": "to print"},
    {
        "organization": "who takes part", "certificate": "a recognition of one", "listing": "what is offered",
        "lot": "a harvest", "need": "what is wanted", "quote": "an answer to a need", "event": "where they meet",
        "agreement": "what was signed",
    },
    {
        "draft": "binds nobody yet", "note": "its logger's own word", "contested": "a party says that it is not so",
        "nobody_verified": "of no principal an officer has looked at who it is",
    },
    {
        "receiver_may_dispute": "until its days are over", "beyond_the_promise": "only the receiver's word counts it",
        "no_receiver": "nobody is there to confirm",
    },
    {"grade": "how good", "size": "how big", "packing": "what it is packed in"},
    {
        "attached": "to its paper", "waiting": "for a person to say to which paper", "set_aside": "it is of no paper",
    },
    {
        "attached": "to its paper", "waiting": "for a person to say to which paper", "set_aside": "it is of no paper",
        "withdrawn": "taken back from its paper",
    },
    {
        "attached": "to its paper", "waiting": "for a person to say to which paper", "known": "sent before",
        "refused": "wrong, see why",
    },
    {
        "code": "the QR on its page", "text": "a number printed on it", "name": "the name of the file",
        "person": "somebody said so",
    },
    {
        "no-number": "none can be read", "unknown-number": "no paper of this event has it",
        "several-papers": "its number is of more than one", "not-yours": "you may not add to its paper",
        "paper-full": "its paper takes no more files", "unread": "it could not be looked at",
    },
    {
        "number-read": "its number is on the scan", "number-in-name": "its number is in the name of the file",
        "party-in-name": "a party is in the name of the file", "no-scan-yet": "it has none",
    },
    {
        "valid": "verified, and today within its dates", "expired": "its last day is over", "not_yet": "begins later",
        "recalled": "taken back by its issuer", "unverified": "nobody has looked", "rejected": "not so",
        "suspended": "counts no more until it is verified again",
    },
    {"verified": "so it is", "rejected": "not so"},
    {
        "name_of": "another name of known goods", "commodity": "new goods", "variety": "new goods within wider ones",
        "form": "a word for how goods come", "not_ours": "goods of no concern here",
    },
    {"head": "before the goods", "tail": "after the goods"},
    {
        "total": "all together", "day": "each day of delivery", "week": "each week", "month": "each month",
        "year": "each year", "season": "each season",
    },
    {
        "all": "all of the harvest", "fixed": "this quantity, within the tolerance",
        "minimum": "at least this quantity",
    },
    {"fixed": "as it stands", "floor": "at least this", "market": "as the market pays on the day"},
    {
        "listing": "goods that are offered", "organization": "who offers", "booth": "a stand at an event",
        "lot": "a harvest",
    },
    {
        "amend": "replace its content", "close": "end with less than was agreed", "lapse": "nothing came of it",
        "terminate": "end before its time",
    },
    {
        "spam": "sent to everybody", "fraud": "means to cheat", "abuse": "insults or threatens",
        "impersonation": "is not who it says", "other": "as the note says",
    },
    {
        "farm": "where it grows", "supplier_warehouse": "of who sells", "buyer_warehouse": "of who buys",
        "buyer_stores": "each store of who buys", "wholesale_market": "chợ đầu mối", "port": "where ships leave",
    },
    {
        "loose": "nothing around it", "sack": "bao", "crate": "stays with the buyer", "returnable_crate": "goes back",
        "carton": "thùng giấy", "retail": "as it is sold in the shop", "other": "as the note says",
    },
    {
        "pesticide_residues": "what is left of sprays", "heavy_metals": "lead, cadmium and others",
        "microbiology": "germs", "antibiotics": "of animals and fish", "nitrate": "of vegetables",
        "quality": "sugar, size, damage",
    },
    {
        "none": "what was taken stays", "rejected_on_arrival": "what is refused at the door",
        "spoiled_in_days": "what spoils within the agreed days", "unsold": "what is left over",
    },
    {
        "bank_transfer": "chuyển khoản", "cash_on_delivery": "at the door", "prepayment": "before delivery",
        "letter_of_credit": "through a bank's promise", "set_off": "against what the other owes",
    },
    {"wall": "for all to see", "organization": "of one organization", "table": "of one table"},
    {"a4": "several on a sheet", "label": "one a label"},
    {"people": "one a person", "tables": "one a table"},
    {"sent": "by us", "received": "by us, from others"},
    {"summary": "what strangers see", "full": "all of it"},
    {
        "note": "its logger's own word", "vouched": "logged by the verified body of its event",
        "confirmed": "by every party that is known", "contested": "a party says that it is not so",
    },
    {
        "confirmed": "it says so too", "asked": "it has not answered", "contested": "it says that it is not so",
        "word_of_logger": "known by name only, nobody has asked it",
    },
    {"stated": "on the paper", "computed": "from the lines"},
    {
        "scan": "the signed paper", "annex": "belongs to it", "evidence": "shows that it is so",
        "enclosure": "sent with a message", "table": "a file that was imported",
    },
    {"kept": "taken", "duplicate": "was there before", "merged": "brought together with what was there"},
    {"kept": "taken", "known": "sent before", "duplicate": "kept aside for a person", "refused": "wrong, see why"},
    {"email": "an address", "phone": "a number"},
    {"same": "as the other: kept once", "another": "both are meant"},
    {"exact": "this number", "about": "more or less", "at_least": "this or more"},
    {
        "given": "the author said so", "certain": "the title says so", "guessed": "the title suggests so",
        "open": "nobody knows yet",
    },
    {"given": "the author said so", "inferred": "read in the title"},
    {
        "agreement": "the paper", "delivery": "an entry of the ledger",
        "delivery_confirmation": "the receiver's word", "delivery_dispute": "the receiver's objection",
    },
    {
        "price_vnd": "the price", "price_tiers": "prices of larger orders", "moq": "the least order",
        "capacity": "how much there is when", "certificates": "that go with it",
    },
    {
        "gtin": "the number of the article", "growing_area_code": "mã số vùng trồng",
        "packed_on": "the day of packing", "best_before": "the last good day", "note": "in words",
    },
    {"member": "belongs to it", "invited": "has not answered"},
    {"active": "takes part", "suspended": "by an officer"},
    {
        "window-over": "the last day of the line is past", "no-suppliers": "nobody passes every gate",
        "capacity": "all together have too little", "moq": "shares are below least orders",
        "max-suppliers": "it would take more suppliers", "time": "the search was broken off",
    },
    {"open": "waits for the others", "accepted": "by all", "declined": "by one", "withdrawn": "by who made it"},
    {"programme": "speeches and visits", "meetings": "two and two at tables", "signing": "of papers"},
    {"met": "all of it", "partly_met": "some of it", "not_met": "none of it"},
    {"concept": "goods", "province": "a place", "organization": "who takes part", "listing": "what is offered"},
    {
        "not_taking_part": "one is not registered", "same_side": "both sell or both buy",
        "no_common_time": "never there together", "never_in_one_hall": "the way is longer than the break",
        "one_is_full": "one has no slot left", "both_are_full": "neither has a slot left",
        "no_table": "none is left when both are free", "others_before": "so that everybody meets somebody",
    },
    {"active": "is told", "paused": "by its people"},
    {"ours": "we want to meet them", "theirs": "they want to meet us", "others": "of two others"},
    {
        "database": "PostgreSQL", "catalogue": "the reference data", "log": "the change log is of this database",
        "clock": "of this machine and the database", "worker": "has given a sign of life",
        "index": "is there and filled", "followers": "keep up with the log", "jobs": "are done in time",
        "mail": "leaves", "disk": "has room", "engine": "Meilisearch answers",
    },
)
# fmt: on
"""By value; a list of values is explained by the entry that has exactly these."""
