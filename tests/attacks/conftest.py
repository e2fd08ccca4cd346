from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.attacks.letters import Letters
from tests.people import Client

REFUSED = "refused"


@pytest.fixture
def letters(client: Client) -> Letters:
    return Letters(client.app.state.sessions, client.app.state.token_policy.secret)


@pytest.fixture(autouse=True)
def refusals(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What was refused in this test, by reason, and how often."""
    told: dict[str, int] = {}
    ask = Client.request

    async def heard(client: Client, method: str, path: str, **arguments: Any) -> httpx.Response:
        answer = await ask(client, method, path, **arguments)
        if answer.status_code >= 400:
            reason = f"{answer.status_code} {answer.json()['code']}"
            told[reason] = told.get(reason, 0) + 1
        return answer

    monkeypatch.setattr(Client, "request", heard)
    request.node.user_properties.append((REFUSED, told))
    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each try, and the reasons with which it was refused."""
    reports = [one for one in terminalreporter.getreports("passed") if dict(one.user_properties).get(REFUSED)]
    if not reports or terminalreporter.config.getoption("verbose") < 1:
        return
    terminalreporter.section("refused, with these reasons")
    for report in reports:
        told = dict(report.user_properties)[REFUSED]
        name = report.nodeid.partition("::test_")[2].replace("_", " ")
        terminalreporter.write_line(f"{name}: {', '.join(f'{reason} x {times}' for reason, times in told.items())}")
