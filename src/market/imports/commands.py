"""`market import`: listings and needs from NDJSON and CSV files."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.errors import FieldError
from market.core.garbage import collected_seldom
from market.imports.files import FILE_BYTES, HEAD_BYTES, numbered_lines
from market.imports.kinds.every import KINDS
from market.imports.kinds.kind import Kind, Options
from market.imports.ledgers import FileLedger
from market.imports.owners import find_owners
from market.imports.refusals import Refusals
from market.imports.resuming import FilePlace, digest_of, place_of
from market.imports.rows import Row, read_rows
from market.imports.running import Import, Report, run_import
from market.imports.sheets.opening import open_book
from market.imports.table_files import Importer, TableFile, table_file
from market.imports.tables.asking import Question
from market.imports.writing import Writer
from market.organizations.models import Organization
from market.reference.types import known_catalogue, remembered

STDIN = "-"
FORMATS = """

FILE holds NDJSON (each line a body as POST takes it, UTF-8) or is a spreadsheet: XLSX, XLS, ODS, CSV or TSV in whatever
encoding; - is standard input, NDJSON or CSV. The heading of a spreadsheet is found by itself, in the words people use
(Tên hàng, ĐVT, Đơn giá...) or as the API names the fields, with dots: province.code, capacity.1.from, lines.2.concept.
--column 'Giá siêu thị=price_vnd' says what a column is, --answer ID=VALUE answers what is asked. Rows may name their
organization (id, tax code or exact name).

Every 1,000 rows are kept together. A refused row goes to FILE.errors.ndjson (stdin.errors.ndjson), with its line, the
row as given and every error, and the import goes on. However an import ended, running it again on the same file goes on
after the last line that was dealt with, and does nothing when that was the end; --anew imports all of it once more.
Exit code 0: every row was kept; 1: some were refused, or it was interrupted.
"""

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="NDJSON or CSV; - is standard input.")]
Owner = Annotated[str | None, typer.Option("--organization", help="Whose rows: id, tax code or exact name.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, keep nothing.")]
FromLine = Annotated[
    int | None, typer.Option(min=1, help="Begin at this line, whatever earlier runs did; for standard input.")
]
Anew = Annotated[bool, typer.Option("--anew", help="Begin at the first line, whatever earlier runs did.")]
Words = Annotated[Literal["vi", "en"], typer.Option("--language", help="Language of the errors of rows.")]

ColumnIs = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="HEADING=FIELD", help="What a column is; an empty field: nothing."),
]
Answer = Annotated[list[str] | None, typer.Option("--answer", metavar="ID=VALUE", help="Answers a question.")]
Event = Annotated[UUID | None, typer.Option("--event", help="For registrations and agreements: at which event.")]
Publish = Annotated[bool, typer.Option("--publish", help="Publish what is created.")]
MOST_TABLE_BYTES = 64 * 1024 * 1024
"""A larger CSV is read line by line, its columns named as the API does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asked for."""

    kind: Kind
    file: str
    organization: str | None
    dry_run: bool
    from_line: int | None
    """Where to begin; None: where an earlier run ended."""
    language: Literal["vi", "en"]
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field by heading."""
    answers: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)

    @property
    def errors_path(self) -> Path:
        """Where refused rows go."""
        return Path(f"{'stdin' if self.file == STDIN else self.file}.errors.ndjson")


def import_commands(settings: Callable[[], Settings]) -> typer.Typer:
    """The commands.

    Args:
        settings: gives the settings when a command runs, those of a running `market up` included.
    """
    app = typer.Typer(
        help="Bring listings, needs, prices, lots, registrations or signed papers in from a file.", no_args_is_help=True
    )

    def add(name: str) -> None:
        def command(
            file: FileArgument,
            *,
            organization: Owner = None,
            dry_run: DryRun = False,
            from_line: FromLine = None,
            anew: Anew = False,
            language: Words = "vi",
            column: ColumnIs = None,
            answer: Answer = None,
            event: Event = None,
            publish: Publish = False,
        ) -> None:
            wish = Wish(
                kind=KINDS[name],
                file=file,
                organization=organization,
                dry_run=dry_run,
                from_line=1 if anew else from_line,
                language=language,
                columns=_pairs(column),
                answers=_pairs(answer),
                options=Options(event=event, publish=publish),
            )
            report = import_file(settings(), wish, console=Console(stderr=True))
            raise typer.Exit(0 if report.finished and not report.refused else 1)

        app.command(name, help=f"Import {name}.{FORMATS}")(command)

    for name in KINDS:
        add(name)
    return app


def _pairs(given: list[str] | None) -> dict[str, str]:
    parted = [pair.rpartition("=") for pair in given or ()]
    return {name.strip(): value.strip() for name, _, value in parted}


def import_file(settings: Settings, wish: Wish, *, console: Console) -> Report:
    """Import a file and say on the console what became of it.

    Raises:
        OSError: the file cannot be read, or the errors cannot be written beside it.
        ValueError: wrong encoding, unknown columns, an organization that is none; nothing was imported.
    """
    began = time.monotonic()
    with collected_seldom():
        report = asyncio.run(_import(settings, wish, console))
    _say_report(report, wish, time.monotonic() - began, console)
    return report


async def _import(settings: Settings, wish: Wish, console: Console) -> Report:
    database = create_engine(settings.sqlalchemy_url(), pool_size=1)
    sessions = create_sessions(database)
    stop = asyncio.Event()
    try:
        with ExitStack() as stack:
            async with sessions() as session:
                catalogue = await known_catalogue(session)
            bar = stack.enter_context(_progress(console))
            owner = await _owner(sessions, wish.organization)
            place = await _place(sessions, wish, owner)
            _say_place(place, wish, bar.console)
            shown = bar.add_task(wish.kind.name, total=None)
            rows = await _rows(wish, owner, sessions, stack, lambda *at, **of: bar.update(shown, *at, **of))
            writer = Writer(
                sessions=sessions,
                kind=wish.kind,
                ledger=FileLedger(_refusals(wish, place, stack), wish.language),
                place=place,
                dry_run=wish.dry_run,
                stop=stop,
                waiting=lambda why: bar.console.print(f"The database is away, trying again: {why}", markup=False),
                catalogue=catalogue,
                answers=wish.answers,
                options=wish.options,
            )
            task = Import(
                writer=writer,
                kind=wish.kind,
                catalogue=catalogue,
                owner=owner,
                stop=stop,
                advanced=lambda report: _advanced(report, bar, shown, wish),
            )
            _stop_on_signals(stop)
            first = place.next_line if place else wish.from_line or 1
            before = (place.kept, place.refused) if place else (0, 0)
            return await run_import(task, (row for row in rows if row.line >= first), kept=before[0], refused=before[1])
    finally:
        await database.dispose()


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    # Drawn seldom: beside a busy database every drawing takes time from the rows.
    return Progress(*columns, console=console, refresh_per_second=2)


def _advanced(report: Report, bar: Progress, shown: TaskID, wish: Wish) -> None:
    refused = f", {report.refused:,} refused" if report.refused else ""
    bar.update(shown, description=f"{report.kept:,} {wish.kind.name} kept{refused}")


async def _rows(
    wish: Wish,
    owner: UUID | None,
    sessions: async_sessionmaker[AsyncSession],
    stack: ExitStack,
    show: Callable[..., None],
) -> Iterator[Row]:
    """The rows of a spreadsheet, or those of lines that are read as they come."""
    if _is_table(wish):
        importer = await _importer(sessions, owner)
        table = await asyncio.to_thread(_table, wish, importer)
        return table.rows()
    stream, size = _opened(wish.file, stack)
    show(total=size)
    lines = numbered_lines(stream, passed=lambda count: show(advance=count))
    if wish.kind.columns is None:
        raise ValueError(f"{wish.kind.name} come from spreadsheets")
    return read_rows(lines, name=wish.file, columns=wish.kind.columns)


def _is_table(wish: Wish) -> bool:
    path = Path(wish.file)
    if wish.file == STDIN or path.suffix.lower() in (".ndjson", ".jsonl", ".json") or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(4096)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return False
    return path.suffix.lower() != ".csv" or path.stat().st_size <= MOST_TABLE_BYTES


def _table(wish: Wish, importer: Importer) -> TableFile:
    path = Path(wish.file)
    book = open_book(path.read_bytes(), name=path.name)

    def laid_out(chosen: Mapping[int, str | None]) -> TableFile:
        return table_file(
            book,
            kind=wish.kind,
            catalogue=remembered(),
            name=path.name,
            chosen=chosen,
            answers=wish.answers,
            options=wish.options,
            importer=importer,
        )

    table = laid_out({})
    if wish.columns:
        columns = [column for column in table.layout.columns if column.heading in wish.columns]
        table = laid_out({column.position: wish.columns[column.heading] or None for column in columns})
    if open_ := table.open_questions:
        asked = "\n".join(f"  --answer {one.id}=...  {_asked(one, wish.language)}" for one in open_)
        raise ValueError(f"the file leaves open:\n{asked}")
    return table


def _asked(question: Question, language: Literal["vi", "en"]) -> str:
    choices = "; ".join(f"{choice.value}: {choice.label.text(language)}" for choice in question.choices)
    return f"{question.say(language)}{f' ({choices})' if choices else ''}"


async def _importer(sessions: async_sessionmaker[AsyncSession], owner: UUID | None) -> Importer:
    if owner is None:
        return Importer(names_others=True)
    async with sessions() as session:
        organization = await session.get_one(Organization, owner)
    province = {"code": organization.province_code, "version": organization.province_version}
    return Importer(organization.name, province, names_others=False)


def _opened(file: str, stack: ExitStack) -> tuple[BufferedReader[Any], int | None]:
    if file == STDIN:
        return BufferedReader(getattr(sys.stdin.buffer, "raw", sys.stdin.buffer), HEAD_BYTES), None
    stream = BufferedReader(FileIO(file), FILE_BYTES)
    stack.callback(stream.close)
    return stream, Path(file).stat().st_size if Path(file).is_file() else None


async def _place(sessions: async_sessionmaker[AsyncSession], wish: Wish, owner: UUID | None) -> FilePlace | None:
    """How far the file has come; standard input and trials are not remembered."""
    sha256 = None if wish.dry_run else await asyncio.to_thread(digest_of, Path(wish.file))
    if sha256 is None:
        return None
    async with sessions() as session:
        return await place_of(session, sha256=sha256, kind=wish.kind.name, owner=owner, from_line=wish.from_line)


def _say_place(place: FilePlace | None, wish: Wish, console: Console) -> None:
    if place is not None and place.next_line > 1 and wish.from_line is None:
        console.print(
            f"Going on after line {place.next_line - 1:,}: an earlier run of this file came so far "
            "(--anew imports all of it once more).",
            soft_wrap=True,
            highlight=False,
        )


def _refusals(wish: Wish, place: FilePlace | None, stack: ExitStack) -> Refusals:
    refusals = Refusals(wish.errors_path, from_line=place.next_line if place else wish.from_line or 1)
    stack.callback(refusals.close)
    return refusals


async def _owner(sessions: async_sessionmaker[AsyncSession], name: str | None) -> UUID | None:
    if name is None:
        return None
    async with sessions() as session:
        owner = (await find_owners(session, [name]))[name]
    if isinstance(owner, FieldError):
        raise ValueError(owner.message.text("en", **owner.parameters))
    return owner


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def told() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread, as in tests
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, told)


def _say_report(report: Report, wish: Wish, seconds: float, console: Console) -> None:
    rate = (report.kept - report.kept_before) / seconds if seconds else 0.0
    kept = "could be kept (dry run: nothing was)" if wish.dry_run else "kept"
    console.print(f"{report.kept:,} {wish.kind.name} {kept}, {report.refused:,} refused, {rate:,.0f} a second.")
    if report.refused:
        table = Table("refused for", "rows")
        for code, count in report.codes.most_common(10):
            table.add_row(code, f"{count:,}")
        console.print(table)
        console.print(f"The refused rows and their errors are in {wish.errors_path}", soft_wrap=True, markup=False)
    if not report.finished:
        line = max(report.next_line, wish.from_line or 1)
        doubt = f" The database went away in the middle of a commit: look whether line {line} was kept."
        remembered = f"Interrupted after line {line - 1:,}; run it again to go on."
        forgotten = f"Interrupted; go on with --from-line {line}.{doubt if report.in_doubt else ''}"
        console.print(forgotten if wish.file == STDIN or wish.dry_run else remembered, style="yellow", soft_wrap=True)
