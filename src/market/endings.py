"""Operations that are going to end: the only list of them.

Answers (`Deprecation`, RFC 9745, and `Sunset`, RFC 8594) and the API's description (`deprecated`) follow from it. An
operation stays for at least `LEAST_NOTICE` after it is named here, and answers as before until its sunset.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from market.core.endings import Ending

LEAST_NOTICE = timedelta(days=180)
"""How long whoever calls an operation has, at least, to call another."""

ENDINGS: Mapping[str, Ending] = {}
"""By operation id; nothing is going to end at present."""
