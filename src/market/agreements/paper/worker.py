"""The process in which papers are written (`core.child`): PDF by Typst, DOCX from a Word template.

The same paper gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec
import segno
import typst
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from market.agreements.paper.order import Broken, Format, PaperOrder, PaperResult, Written
from market.core.child import answer_parent
from market.core.qr_codes import qr_code

MOST_REASON = 300
QR_MILLIMETRES, QR_SCALE = 18, 6
"""Wide, and in the picture pixels for each of its squares."""


def write_paper(order: PaperOrder) -> PaperResult:
    """The file, or why the template cannot be used; a matter of some 50 ms."""
    try:
        return Written(WRITERS[order.kind](order))
    except (typst.TypstError, TemplateError, SyntaxError, zipfile.BadZipFile, KeyError, ValueError) as error:
        return Broken(reason=str(error)[:MOST_REASON], kind=type(error).__name__)


@cache
def _fonts() -> typst.Fonts:
    # The machine's own fonts would make other bytes on another machine.
    return typst.Fonts(include_system_fonts=False)


def _pdf(order: PaperOrder) -> bytes:
    template = Path(order.template)
    values = order.values | ({"qr": qr_code(order.values["qr"])} if "qr" in order.values else {})
    written = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"paper": msgspec.json.encode(values).decode()},
        timestamp=int(order.made_at.timestamp()),
    )
    if not isinstance(written, bytes):
        raise ValueError("the template gives no single document")
    return written


def _docx(order: PaperOrder) -> bytes:
    document = DocxTemplate(order.template)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    pictures = {"qr": _picture(document, order.values["qr"])} if "qr" in order.values else {}
    document.render(order.values | pictures, environment, autoescape=True)
    document.core_properties.title = f"{order.values['heading']} {order.values['number']}"
    document.core_properties.created = document.core_properties.modified = order.made_at.replace(microsecond=0)
    buffer = io.BytesIO()
    document.save(buffer)
    return _dated(buffer, order.made_at)


def _picture(document: DocxTemplate, text: str) -> InlineImage:
    """A QR code where the template places it."""
    png = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=3).save(png, kind="png", scale=QR_SCALE, border=2)
    png.seek(0)
    return InlineImage(document, png, width=Mm(QR_MILLIMETRES))


def _dated(archive: io.BytesIO, made_at: datetime) -> bytes:
    """The same archive, whose parts carry one date instead of the time of writing."""
    dated = io.BytesIO()
    with zipfile.ZipFile(archive) as parts, zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as result:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, date_time=made_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            result.writestr(entry, parts.read(part))
    return dated.getvalue()


WRITERS: Mapping[Format, Callable[[PaperOrder], bytes]] = MappingProxyType({"pdf": _pdf, "docx": _docx})


def answer(order: bytes) -> bytes:
    """An order in, what became of it out; both in MessagePack."""
    return msgspec.msgpack.encode(write_paper(msgspec.msgpack.decode(order, type=PaperOrder)))


if __name__ == "__main__":
    answer_parent(answer)
