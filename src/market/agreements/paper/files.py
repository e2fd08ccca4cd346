"""The paper of an agreement as a file. The libraries that write it live in a process of their own (`worker`).

A template of the same name in `templates/` of the data directory wins over ours, so that an officer edits the paper
with Word, or a text editor, without touching the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import msgspec
import structlog

from market.agreements.paper.order import Broken, Format, PaperOrder, PaperResult
from market.agreements.paper.places import Paper
from market.config import Settings
from market.core.child import Child
from market.core.errors import MarketError
from market.core.language import Message

log = structlog.get_logger(__name__)

MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)

_decode = msgspec.msgpack.Decoder(PaperResult).decode


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


def paper_writer() -> Child:
    """The process that writes papers, for `write_paper`; it starts with the first one."""
    return Child("market.agreements.paper.worker")


async def write_paper(writer: Child, paper: Paper, *, made_at: datetime, template: Path, kind: Format) -> bytes:
    """The file; the same paper gives the same bytes.

    Args:
        made_at: when the version was made; the file carries it instead of the time of writing.

    Raises:
        TemplateBroken: the template asks for what is not there, or cannot be read.
        Unavailable: too many papers are being written already.
    """
    order = PaperOrder(kind=kind, values=paper.as_values(), made_at=made_at, template=str(template))
    result: PaperResult = _decode(await writer.ask(msgspec.msgpack.encode(order)))
    if isinstance(result, Broken):
        log.error("template_broken", template=template.name, reason=result.kind)
        raise TemplateBroken(name=template.name, reason=result.reason)
    return result.body
