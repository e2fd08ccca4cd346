"""The process in which timetables are made (`core.child`): a problem in, a plan out, both as JSON."""

from __future__ import annotations

import msgspec

from market.core.child import answer_parent
from market.events.meetings.problem import TimetableProblem
from market.events.meetings.timetable import make_timetable, mend_timetable


def answer(asked: bytes) -> bytes:
    """The plan of a problem."""
    problem = msgspec.json.decode(asked, type=TimetableProblem)
    return msgspec.json.encode(mend_timetable(problem) if problem.kept else make_timetable(problem))


if __name__ == "__main__":
    answer_parent(answer)
