"""The story of a run: look, judge, publish. Ports in, report out; the hallway between rooms and doors.

``run`` does all three. Where the one that reads strangers' papers must not write, ``judge`` and ``publish`` are two
processes, and a plan is handed from one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.fates import RunReport
from bot.models import Library
from bot.pipeline.judging import Judging
from bot.pipeline.looking import look
from bot.pipeline.parts import Parts, run_name
from bot.pipeline.publishing import Publishing
from bot.plan import Plan

__all__ = ["Parts", "judge", "learn", "publish", "run", "run_name"]


def run(
    library: Library,
    parts: Parts,
    *,
    run: str,
    now: Callable[[], datetime],
    asked_for: Mapping[str, str] | None = None,
) -> RunReport:
    """One run. Failures of single parts are in the report, and what they touched is due again at the next run.

    ``asked_for``: papers that a person wants proposed whatever the bot thinks of them, and who; closed ones excepted.
    Raises SurveyBotError only when nothing can be done at all: the ledger cannot be read, or the forge not be asked.
    """
    sight = look(library, parts, run=run, at=now(), asked_for=asked_for or {})
    plan = Judging(library, parts, sight).plan()
    return Publishing(library, parts, sight, plan, now).report()


def judge(library: Library, parts: Parts, *, run: str, now: Callable[[], datetime]) -> Plan:
    """What a run would write down, for ``publish``. Nothing is written but the ledger at hand. Raises as ``run``."""
    return Judging(library, parts, look(library, parts, run=run, at=now(), asked_for={})).plan()


def publish(library: Library, parts: Parts, plan: Plan, *, now: Callable[[], datetime]) -> RunReport:
    """Write a plan down that was checked (``bot.recheck``). Raises as ``run``."""
    sight = look(library, parts, run=plan.run, at=now(), asked_for={})
    return Publishing(library, parts, sight, plan, now).report()


def learn(library: Library, parts: Parts, *, run: str, now: Callable[[], datetime]) -> RunReport:
    """What people did and asked for since the last run, written down; nothing is judged. Raises as ``run``."""
    return publish(library, parts, Plan(run=run, started=now()), now=now)
