"""The paper of an agreement as a file: PDF by Typst, DOCX from a Word template. The same paper gives the same bytes.

A template of the same name in `templates/` of the data directory wins over ours, so that an officer edits the paper
with Word, or a text editor, without touching the program.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec
import structlog
import typst
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from market.agreements.paper import Paper
from market.config import Settings
from market.core.errors import MarketError
from market.core.language import Message

log = structlog.get_logger(__name__)

Format = Literal["pdf", "docx"]


class TemplateBroken(MarketError):
    status, code = 500, "template-broken"
    title = Message(vi="Mẫu văn bản bị lỗi", en="The template is broken")
    detail = Message(
        vi="Mẫu văn bản {name} không dùng được: {reason}. Hãy sửa mẫu hoặc xóa nó để dùng mẫu gốc.",
        en="The template {name} cannot be used: {reason}. Correct it, or delete it to use the original.",
    )


def template_path(settings: Settings, kind: Format) -> Path:
    """The template in use: an officer's own, else ours."""
    name = "agreement.typ" if kind == "pdf" else "agreement.docx"
    own = settings.data_dir / "templates" / name
    return own if own.exists() else settings.seeds_dir / "templates" / name


def write_paper(paper: Paper, *, made_at: datetime, template: Path, kind: Format) -> bytes:
    """The file; a matter of some 50 ms, so not for the event loop.

    Args:
        made_at: when the version was made; the file carries it instead of the time of writing.

    Raises:
        TemplateBroken: the template asks for what is not there, or cannot be read.
    """
    try:
        return WRITERS[kind](paper, made_at, template)
    except (typst.TypstError, TemplateError, SyntaxError, zipfile.BadZipFile, KeyError, ValueError) as error:
        # The trace would hold what the paper says of people.
        log.error("template_broken", template=template.name, reason=type(error).__name__)
        raise TemplateBroken(name=template.name, reason=str(error)[:300]) from None


@cache
def _fonts() -> typst.Fonts:
    # The machine's own fonts would make other bytes on another machine.
    return typst.Fonts(include_system_fonts=False)


def _pdf(paper: Paper, made_at: datetime, template: Path) -> bytes:
    written = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"paper": msgspec.json.encode(paper.as_values()).decode()},
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(written, bytes):
        raise ValueError("the template gives no single document")
    return written


def _docx(paper: Paper, made_at: datetime, template: Path) -> bytes:
    document = DocxTemplate(template)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document.render(paper.as_values(), environment, autoescape=True)
    document.core_properties.title = f"{paper.heading} {paper.number}"
    document.core_properties.created = document.core_properties.modified = made_at.replace(microsecond=0)
    buffer = io.BytesIO()
    document.save(buffer)
    return _dated(buffer, made_at)


def _dated(archive: io.BytesIO, made_at: datetime) -> bytes:
    """The same archive, whose parts carry one date instead of the time of writing."""
    dated = io.BytesIO()
    with zipfile.ZipFile(archive) as parts, zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as result:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, date_time=made_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            result.writestr(entry, parts.read(part))
    return dated.getvalue()


WRITERS: Mapping[Format, Callable[[Paper, datetime, Path], bytes]] = MappingProxyType({"pdf": _pdf, "docx": _docx})
MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)
