"""Our own file of a paper that nobody has signed, which is no scan of it."""

from __future__ import annotations

import io
import re
import zipfile

from market.core.errors import FieldError, ValidationFailed
from market.core.file_types import DOCX, PDF, FileType
from market.core.language import Message
from market.core.pdf_contents import is_unsigned_print

UNSIGNED = Message(
    vi="Đây là bản do chợ soạn ra, chưa ai ký: hãy in, ký rồi quét (hoặc ký số vào PDF), hoặc gửi với kind là annex.",
    en="This is our own file, which nobody has signed: print, sign and scan it (or sign the PDF digitally), or send it "
    "with the kind annex.",
)
CORE = "docProps/core.xml"
MOST_CORE = 64 * 1024
OUR_TITLE = re.compile(r"<dc:title>[^<]*\d{4}-[A-Z][A-Z0-9]{1,11}-\d{4,}(?:-PL\d+)?\s*</dc:title>")


def require_signed(body: bytes, kind: FileType, *, pointer: str = "/file") -> None:
    """Refuse as a scan what we wrote and nobody has signed.

    Raises:
        ValidationFailed: it is our PDF or DOCX as it was downloaded.
    """
    if (kind is PDF and is_unsigned_print(body)) or (kind is DOCX and _is_our_docx(body)):
        raise ValidationFailed(errors=[FieldError(pointer, "unsigned-draft", UNSIGNED)])


def _is_our_docx(body: bytes) -> bool:
    """Whether its title ends in a number of ours; who fills in and signs a DOCX prints it."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(CORE) as core:
            return OUR_TITLE.search(core.read(MOST_CORE).decode("utf-8", "replace")) is not None
    except (KeyError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return False
