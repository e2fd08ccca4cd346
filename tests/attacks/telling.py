"""A plugin of the replay: notes what is refused in each test, and tells it by what was tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.attacks.tried import TRIED
from tests.people import Client

REFUSED = "refused"


@pytest.fixture(autouse=True)
def refusals(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What was refused in this test, by reason, and how often."""
    told: dict[str, int] = {}
    ask = Client.request

    async def heard(client: Client, method: str, path: str, **arguments: Any) -> httpx.Response:
        answer = await ask(client, method, path, **arguments)
        if answer.status_code >= 400:
            problem = answer.json()
            codes = ", ".join(sorted({error["code"] for error in problem.get("errors", [])}))
            reason = f"{answer.status_code} {problem['code']}" + (f" ({codes})" if codes else "")
            told[reason] = told.get(reason, 0) + 1
        return answer

    monkeypatch.setattr(Client, "request", heard)
    request.node.user_properties.append((REFUSED, told))
    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was tried, and the reasons with which it was refused."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    by_name: dict[str, list[pytest.TestReport]] = {}
    for report in reports:
        by_name.setdefault(report.nodeid.partition("::test_")[2].partition("[")[0], []).append(report)
    told: set[str] = set()
    for tried, files in TRIED.items():
        names = [name for tests in files.values() for name in tests if name in by_name]
        if names:
            terminalreporter.section(tried)
            told |= set(names)
            _tell(terminalreporter, by_name, names)
    if others := [name for name in by_name if name not in told]:
        terminalreporter.section("tried besides")
        _tell(terminalreporter, by_name, others)


def _tell(
    terminalreporter: pytest.TerminalReporter, by_name: dict[str, list[pytest.TestReport]], names: list[str]
) -> None:
    for name in names:
        for outcome, said in _said(by_name[name]):
            terminalreporter.write_line(f"{outcome} {name.replace('_', ' ')}: {said}")


def _said(reports: list[pytest.TestReport]) -> Iterator[tuple[str, str]]:
    reasons: dict[str, int] = {}
    for report in reports:
        refused: Any = dict(report.user_properties).get(REFUSED, {})
        for reason, times in refused.items():
            reasons[reason] = reasons.get(reason, 0) + times
    held = all(report.passed for report in reports)
    listed = ", ".join(f"{reason} x {times}" for reason, times in reasons.items())
    yield ("refused" if held and reasons else "holds  " if held else "OPEN   "), listed or "without a refusal"
