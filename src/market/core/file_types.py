"""What a file is, told by its content; what it says of itself is only compared with that."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.core.pdf_contents import Concern, concern_of

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 200
"""Unpacked to packed. Text in office documents reaches about 50; a bomb begins at 1,000."""
MAX_PARTS = 5_000

OFFICE = "application/vnd.openxmlformats-officedocument."
UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
"""Declared types that say nothing: what programs send when they do not know."""

EMPTY = Message(vi="Tệp rỗng.", en="The file is empty.")
UNKNOWN = Message(
    vi="Chỉ nhận PDF, JPEG, PNG, DOCX và XLSX; nội dung tệp không phải loại nào trong số đó.",
    en="PDF, JPEG, PNG, DOCX and XLSX are taken; the content of the file is none of these.",
)
LIE = Message(
    vi="Tệp được gửi là {declared} nhưng nội dung là {found}.", en="The file is said to be {declared} but is {found}."
)
BOMB = Message(
    vi="Tệp nén bung ra quá lớn hoặc có cấu trúc bất thường.",
    en="The archive would unpack to too much, or is oddly made.",
)
CONCERNS: Mapping[Concern, Message] = MappingProxyType(
    {
        "program-inside": Message(
            vi="Không nhận PDF có mã chạy (JavaScript, mở chương trình, biểu mẫu tự gửi); hãy in lại thành PDF thường.",
            en="A PDF with programs in it (JavaScript, launching, sending) is not taken; print it to a plain PDF.",
        ),
        "file-inside": Message(
            vi="Không nhận PDF có tệp khác nhúng bên trong; hãy tải từng tệp riêng.",
            en="A PDF with other files in it is not taken; send each file by itself.",
        ),
        "encrypted": Message(
            vi="Không nhận PDF bị khóa hay mã hóa, vì không xem được bên trong; hãy lưu lại không mật khẩu.",
            en="An encrypted PDF is not taken, since nobody can look into it; save it without a password.",
        ),
        "unreadable": Message(
            vi="Không xem được bên trong PDF này; hãy in lại thành PDF thường.",
            en="This PDF cannot be looked into; print it to a plain PDF.",
        ),
    }
)
MACROS = Message(vi="Không nhận tài liệu có macro.", en="Documents with macros are not taken.")


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken."""

    name: str
    media_type: str
    extensions: tuple[str, ...]


PDF = FileType("PDF", "application/pdf", ("pdf",))
JPEG = FileType("JPEG", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = FileType("PNG", "image/png", ("png",))
DOCX = FileType("DOCX", f"{OFFICE}wordprocessingml.document", ("docx",))
XLSX = FileType("XLSX", f"{OFFICE}spreadsheetml.sheet", ("xlsx",))
TYPES = (PDF, JPEG, PNG, DOCX, XLSX)
MEDIA_TYPES = tuple(kept.media_type for kept in TYPES)
SIGNATURES = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
ALIASES = {"image/jpg": JPEG.media_type, "image/pjpeg": JPEG.media_type, "application/x-pdf": PDF.media_type}


def checked_type(body: bytes, *, file_name: str, declared: str) -> FileType:
    """The type of a file that may be kept.

    Args:
        declared: the media type it was sent with; may say nothing.

    Raises:
        ValidationFailed: it is empty, of no type that is taken, a bomb, not what its name or type says, or a PDF that
            holds more than pages.
    """
    if not body:
        raise _refused("empty", EMPTY)
    found = next((kind for signature, kind in SIGNATURES if body.startswith(signature)), None)
    if found is None:
        found = _office_type(body)
    elif found is PDF and (concern := concern_of(body)) is not None:
        raise _refused(concern, CONCERNS[concern])
    said = declared.partition(";")[0].strip().lower()
    extension = PurePosixPath(file_name).suffix.removeprefix(".").lower()
    if ALIASES.get(said, said) not in {*UNSAID, found.media_type}:
        raise _refused("type-mismatch", LIE, declared=said, found=found.name)
    if extension and extension not in found.extensions:
        raise _refused("type-mismatch", LIE, declared=f".{extension}", found=found.name)
    return found


def _refused(code: str, message: Message, **parameters: object) -> ValidationFailed:
    return ValidationFailed(errors=[FieldError("/file", code, message, parameters)])


def _office_type(body: bytes) -> FileType:
    if not body.startswith(b"PK\x03\x04"):
        raise _refused("type-unknown", UNKNOWN)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _refused("type-unknown", UNKNOWN) from None
    _refuse_bomb(parts, len(body))
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused("macros", MACROS)
    if "[Content_Types].xml" in names:
        for part, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX)):
            if part in names:
                return kind
    raise _refused("type-unknown", UNKNOWN)


def _refuse_bomb(parts: list[zipfile.ZipInfo], size: int) -> None:
    """Judge by the directory, without unpacking: sizes, and parts that lie in each other's place."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    overlapping = packed > size or len({part.header_offset for part in parts}) < len(parts)
    steep = any(part.file_size > 1024 * 1024 and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or overlapping or steep:
        raise _refused("archive-bomb", BOMB)
