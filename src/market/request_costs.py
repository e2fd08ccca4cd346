"""What requests cost: against a caller's allowance, and in seconds before they are broken off."""

from __future__ import annotations

from collections.abc import Mapping

COSTS: Mapping[str, int] = {
    "poolNeed": 100,
    "register": 20,
    "signIn": 10,
    "signInByPin": 10,
    "resetPin": 10,
    "loseSecondFactor": 10,
    "forgotPin": 10,
    "addShortName": 20,
    "setPin": 10,
    "addMember": 10,
    "eraseMe": 10,
    "startSecondFactor": 10,
    "resetPassword": 10,
    "forgotPassword": 10,
    "changePassword": 10,
    "acceptAsNewPerson": 10,
    "exportMe": 50,
    "writeAgreement": 20,
    "searchListings": 2,
    "searchNeeds": 2,
}
"""How many plain requests one of these is worth, by what it costs the market: solving, hashing, papers, searching."""

FILE_SECONDS, RECKONING_SECONDS = 120.0, 20.0
LONGER: Mapping[str, float] = {
    **dict.fromkeys(
        (
            "attachCertificateEvidence",
            "attachAgreementDocument",
            "attachClaimEvidence",
            "attachTestReport",
            "postFile",
            "addOrganizationPhoto",
            "addListingPhoto",
            "addBoothPhoto",
            "addLotPhoto",
            "appendToPhotoUpload",
            "downloadCertificateEvidence",
            "downloadAgreementDocument",
            "downloadClaimEvidence",
            "downloadTestReport",
            "downloadFile",
            "takeScans",
            "downloadScan",
            "replayDesk",
            "logPapers",
            "printBadges",
        ),
        FILE_SECONDS,
    ),
    **dict.fromkeys(
        (
            "createListings",
            "createNeeds",
            "poolNeed",
            "writeAgreement",
            "drawUpAgreements",
            "sumUpAgreements",
            "reportValues",
            "reportConversion",
            "reportLapses",
            "listOcdsReleases",
            "suggestMeetings",
            "summarizeEvent",
            "listOcdsRecords",
        ),
        RECKONING_SECONDS,
    ),
    "listChanges": 60.0,
    "streamChanges": 3700.0,
}
"""Seconds by operation, for those that may take longer than `request_seconds`: the body's own time counts too."""
