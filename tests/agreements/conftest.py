from __future__ import annotations

import pytest

STORY = "story"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The story of a deal, request by request, with what everybody was told; when asked to be talkative."""
    if terminalreporter.config.getoption("verbose") < 1:
        return
    for report in terminalreporter.getreports("passed"):
        for name, lines in report.user_properties:
            if name == STORY:
                terminalreporter.section("need, quote, MOU, contract, deliveries")
                for line in lines:
                    terminalreporter.write_line(line)
