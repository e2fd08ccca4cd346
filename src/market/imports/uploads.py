"""What files imports take, told by their content; what is dangerous is refused before anything is kept."""

from __future__ import annotations

from market.core.errors import FieldError, ValidationFailed
from market.core.file_types import OFFICE, FileType
from market.imports.sheets.grids import UnreadableFile
from market.imports.sheets.opening import glance

XLSX = FileType("XLSX", f"{OFFICE}spreadsheetml.sheet", ("xlsx", "xlsm", "xltx"))
XLS = FileType("XLS", "application/vnd.ms-excel", ("xls",))
ODS = FileType("ODS", "application/vnd.oasis.opendocument.spreadsheet", ("ods",))
TEXT = FileType("CSV", "text/csv", ("csv", "tsv", "txt", "tab"))
PAGE = FileType("HTML", "text/html", ("html", "htm", "xls"))
TABLES = {"xlsx": XLSX, "xls": XLS, "ods": ODS, "html": PAGE, "text": TEXT}


def table_type(body: bytes, *, file_name: str, declared: str) -> FileType:
    """The kind of table that a file is; what it is called or declared to be does not matter.

    Raises:
        ValidationFailed: it is none, empty, damaged, a bomb, or has macros.
    """
    del file_name, declared
    try:
        return TABLES[glance(body)]
    except UnreadableFile as refused:
        raise ValidationFailed(
            errors=[FieldError("/file", refused.code, refused.message, refused.parameters)]
        ) from None
