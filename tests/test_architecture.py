"""The walls of the house, so that a bug that could happen once is found by a test for ever after."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.orm import configure_mappers

from market.column_facts import sensitivity_of
from market.core.access import PEOPLE, Access
from market.core.db import Entity
from market.models import Base
from market.organizations.scopes import THINGS

SOURCE = Path(__file__).parents[1] / "src" / "market"
FILES = sorted(SOURCE.rglob("*.py"))
MOST_LINES_OF_A_FILE, MOST_LINES_OF_A_FUNCTION = 400, 50
MAY_COMMIT = (
    "core/transaction.py",
    "core/followers.py",
    "core/job_queue.py",
    "worker.py",
    "cli.py",
    "local/",
    "demo/",
    "imports/",
)
MAY_IMPORT_LITESTAR = ("app.py", "lifetime.py", "asgi.py", "documentation.py", "core/")
ROUTES = ("routes.py", "handling.py")
"""`handling` is what several route files of a room share."""


def place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=place(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def called(path: Path) -> Iterator[tuple[str, int]]:
    """Dotted names of what a file calls, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func), node.lineno


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.fixture(scope="module")
def handlers(shared_app: Litestar) -> list[HTTPRouteHandler]:
    """Our own handlers: what the framework adds (its description pages, OPTIONS) is its own."""
    found = [handler for route in shared_app.routes for handler in getattr(route, "route_handlers", ())]
    ours = [handler for handler in found if handler.fn.__module__.startswith("market.")]
    return list({id(handler): handler for handler in ours}.values())


def test_every_route_declares_who_may_ask(handlers: list[HTTPRouteHandler]) -> None:
    assert [handler.handler_name for handler in handlers if not isinstance(handler.opt.get("access"), Access)] == []


def test_every_route_says_what_a_key_needs_for_it(handlers: list[HTTPRouteHandler]) -> None:
    known = {*THINGS, PEOPLE}
    api = [handler for handler in handlers if handler.resolve_include_in_schema()]
    asked = [handler for handler in api if not str(handler.operation_id).startswith(("is", "getMetrics"))]
    assert [handler.handler_name for handler in asked if handler.opt.get("scope") not in known] == []


def test_of_every_column_it_is_known_whose_affair_it_is() -> None:
    columns = [(table.name, column) for table in Base.metadata.tables.values() for column in table.columns]
    open_ones = [f"{table}.{column.name}" for table, column in columns if not sensitivity_of(table, column.name)]
    assert open_ones == [], "decide in market/column_facts.py"
    # The first photo is a copy of a row of `photo`, which is logged itself.
    unlogged = [
        f"{table}.{column.name}"
        for table, column in columns
        if column.info.get("private") and column.name != "photo" and sensitivity_of(table, column.name) != "sensitive"
    ]
    assert unlogged == []


def test_what_is_sensitive_never_enters_the_log() -> None:
    logged = [
        f"{kind.__tablename__}.{column.name}"
        for kind in Entity.__subclasses__()
        for column in kind.__table__.columns
        if sensitivity_of(kind.__tablename__, column.name) == "sensitive" and not column.info.get("private")
    ]
    # Of an organization these depend on the row; `Organization.personal_columns` says of which.
    assert sorted(logged) == ["organization.address", "organization.gln", "organization.tax_code"]


def test_every_route_has_a_name_of_its_own_in_camel_case(handlers: list[HTTPRouteHandler]) -> None:
    names = [str(handler.operation_id) for handler in handlers]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)*", name)] == []


def test_every_route_says_what_it_does(handlers: list[HTTPRouteHandler]) -> None:
    assert [handler.handler_name for handler in handlers if not handler.summary] == []


def test_every_route_that_writes_says_which_status_it_answers(shared_app: Litestar) -> None:
    operations = [
        (path, method, operation)
        for path, item in shared_app.openapi_schema.to_schema()["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "patch", "put", "delete"}
    ]
    silent = [f"{method} {path}" for path, method, operation in operations if not operation.get("responses")]
    assert operations
    assert silent == []


def test_no_relationship_loads_by_itself() -> None:
    configure_mappers()
    relationships = [relation for mapper in Base.registry.mappers for relation in mapper.relationships]
    assert relationships
    assert [str(relation) for relation in relationships if relation.lazy not in {"raise", "raise_on_sql"}] == []


def test_only_routes_and_the_frame_know_the_web_framework() -> None:
    knowing = [
        place(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if any(name.partition(".")[0] == "litestar" for name in imported(node))
    ]
    strangers = {name for name in knowing if not name.startswith(MAY_IMPORT_LITESTAR)}
    typing_only = {name for name in strangers if _only_for_types(SOURCE / name)}
    assert sorted(name for name in strangers - typing_only if not name.endswith(ROUTES)) == []


def _only_for_types(path: Path) -> bool:
    """Whether a file imports the framework under `if TYPE_CHECKING:` alone."""
    top = [name for node in tree(path).body for name in imported(node)]
    return not any(name.partition(".")[0] == "litestar" for name in top)


def test_imports_stand_at_the_top() -> None:
    hidden = [
        f"{place(path)}:{node.lineno}"
        for path in FILES
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{place(path)}:{function.name}": _lines_of_code(function) for path in FILES for function in functions(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def _lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without the docstring, which may say as much as it must."""
    first = function.body[0]
    said = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) is not None else 0
    return (function.end_lineno or 0) - function.lineno + 1 - said


@pytest.mark.parametrize("call", ["datetime.now", "datetime.utcnow", "datetime.today", "date.today"])
def test_there_is_one_clock(call: str) -> None:
    # What one machine notes of its own processes, and of its own clock, is not the market's time.
    own = ("core/clock.py", "core/probing.py")
    watched = [path for path in FILES if place(path) not in own and not place(path).startswith("local/")]
    readers = [f"{place(path)}:{line}" for path in watched for name, line in called(path) if name.endswith(call)]
    assert readers == []


def test_commits_stand_where_a_transaction_begins() -> None:
    inside = [path for path in FILES if not place(path).startswith(MAY_COMMIT) and path.name != "commands.py"]
    committing = [f"{place(path)}:{line}" for path in inside for name, line in called(path) if name.endswith(".commit")]
    assert committing == []


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "managers", "base", "common", "misc"])
def test_no_room_for_things_without_a_name(name: str) -> None:
    assert [place(path) for path in FILES if name in (path.stem, *path.relative_to(SOURCE).parts[:-1])] == []


def test_rooms_speak_with_keywords() -> None:
    """Two things are told apart by position; a third needs a name."""
    crowded = []
    for path in FILES:
        for function in tree(path).body:
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or path.name != "service.py":
                continue
            given = [argument.arg for argument in function.args.args if argument.arg not in {"session", "actor"}]
            if len(given) > 2 and not function.name.startswith("_"):
                crowded.append(f"{place(path)}:{function.name}({', '.join(given)})")
    assert crowded == []
