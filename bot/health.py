"""Whether "nothing new" can be believed: the watch is healthy, degraded or stale, in one sentence. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from pydantic import AwareDatetime

from bot.fates import RunReport
from bot.markdown import shortened
from bot.models import Model
from bot.phrases import count, length, moment
from bot.schedule import announcements, following
from bot.slices import Count, SliceReport, WatchReport
from bot.watch import watermark

Condition: TypeAlias = Literal["healthy", "degraded", "stale"]

_MISSED = 3
"""So many announcements may be unread before the watch is stale: a run may fail, and the next one too."""
_USUAL, _PATIENCE, _GAPS, _FEW = 0.9, 1.5, 20, 4
"""A watch that runs once a week is stale only when it is silent by this factor longer than nine in ten of the last gaps
between two runs were; fewer gaps than the last number do not tell what is usual."""
_PAUSE = timedelta(hours=30)
"""arXiv announces every evening; where it is longer until the next one there is a weekend or a holiday between."""
_LONGEST_PAUSE = timedelta(days=14)
_REASON, _NAME, _STRETCHES = 240, 40, 6
"""Characters of a reason and of the name of a part, and stretches of days, that are told."""
_LOOK = "the schedule of the workflow, and the switch `enabled` in survey-bot.toml"


class Health(Model):
    """How the watch is."""

    state: Condition
    sentence: str
    """For the maintainer; one sentence, without the full stop."""
    mark: AwareDatetime | None
    """The watermark: up to here everything was read; None where nothing was."""
    age: timedelta | None
    """How old the watermark is."""
    missed: Count
    """How often arXiv has announced papers since the watermark."""


def health(runs: Sequence[RunReport], now: datetime, days: int, query: str = "") -> Health:
    """How the watch is, by the reports of its runs, oldest first; ``days``: the overlap, see ``[watch] days``.

    ``query``: what is searched for; empty: what the last run searched for. Runs over files and over other times than
    those that were due say nothing of the watch. But where no report knows of a watermark, because it was written
    before there was one, every run that read its sources to the end counts.
    """
    past = _past(runs, query or next((run.watch.query for run in reversed(runs) if run.watch), ""), now)
    missed = len(announcements(past.mark, now)) if past.mark else 0
    age = max(now - past.mark, timedelta()) if past.mark else None
    state: Condition
    if _is_stale(past, age, missed):
        state, told = "stale", _stale(past, now, missed, days)
    elif trouble := _trouble(past):
        state, told = "degraded", trouble
    else:
        state, told = "healthy", _well(past, now, missed)
    return Health(state=state, sentence=f"The watch is {state}: {told}", mark=past.mark, age=age, missed=missed)


def tells(run: RunReport) -> bool:
    """Whether a run tells how the watch is: one that only learned what people did says nothing of the sources."""
    return bool(run.watch or run.watched or run.failures)


def latest(runs: Sequence[RunReport], many: int) -> list[RunReport]:
    """The last runs that tell how the watch is, at least one, oldest first."""
    return [run for run in runs if tells(run)][-max(1, many) :]


def days_read(watch: WatchReport) -> tuple[int, int]:
    """How many days of arXiv were read whole, and how many were to be."""
    parts = [part for part in watch.slices if part.since]
    return sum(not part.failed for part in parts), len(parts)


def came(run: RunReport) -> int:
    """How many papers a run read of its sources."""
    return sum(part.got for part in run.watch.slices if part.since) if run.watch else run.seen


def went(run: RunReport) -> str:
    """How a run went, in a few words."""
    if run.watch and any(part.failed for part in run.watch.slices):
        whole, all_of_them = days_read(run.watch)
        return f"degraded: {count(all_of_them - whole, 'day') if whole < all_of_them else 'the feed'} not read"
    if run.failures:
        more = f" (+{len(run.failures) - 1})" if len(run.failures) > 1 else ""
        return f"degraded: {shortened(_line(run.failures[0].what), _NAME)}{more}"
    return "well" if run.watch else "well, over files"


def failed(watch: WatchReport) -> list[str]:
    """What was not read whole, and why, one line for all that failed alike: ``2026-11-18 to 2026-11-20 (3 days): …``.

    Reasons that differ by their numbers alone are alike.
    """
    alike: dict[tuple[str, str], list[SliceReport]] = {}
    for part in watch.slices:
        if part.failed:
            alike.setdefault((part.source, re.sub(r"\d+", "#", part.failed)), []).append(part)
    lines = []
    for (source, _), parts in alike.items():
        more = " (or alike)" if any(part.failed != parts[0].failed for part in parts) else ""
        lines.append(f"{_stretches(parts) or source}: {_line(parts[0].failed)}{more}")
    return lines


def empty(watch: WatchReport) -> str:
    """The days that held no paper although arXiv had announced by then; nothing where there are none."""
    return _stretches([part for part in watch.slices if not (part.failed or part.early or part.got)])


class _Past(NamedTuple):
    """What the reports tell of the watch."""

    mark: datetime | None
    reach: datetime | None
    """How far runs went, whether they read all until there or not."""
    read: list[RunReport]
    """Those that read everything until they started, oldest first."""
    asked: RunReport | None
    """The last that asked arXiv and knows of a watermark."""
    told: RunReport | None
    """The last that tells how the watch is."""


def _past(runs: Sequence[RunReport], query: str, now: datetime) -> _Past:
    """``query``: what is searched for now; what was searched for before says nothing of it."""
    runs = [run for run in runs if run.started <= now and not (run.files or (run.watch and run.watch.backfill))]
    told = next((run for run in reversed(runs) if tells(run)), None)
    if not any(run.watch for run in runs):
        read = [run for run in runs if run.watched]
        mark = read[-1].started if read else None
        return _Past(mark, mark, read, None, told)
    same = [run for run in runs if run.watch and run.watch.query == query]
    reach = [end for run in same if run.watch and (end := _reach(run.watch))]
    read = [run for run in same if run.watch and _is_whole(run.watch)]
    asked = same[-1] if same else None
    return _Past(watermark(runs, query, now), max(reach, default=None), read, asked, told)


def _reach(watch: WatchReport) -> datetime | None:
    return max((part.until for part in watch.slices if part.until), default=None)


def _is_whole(watch: WatchReport) -> bool:
    """Whether the watermark is where the run went; a run over days long past (``--until``) does not move it."""
    reach = _reach(watch) or watch.before
    return bool(watch.after and watch.after != watch.before and (not reach or watch.after >= reach))


def _is_stale(past: _Past, age: timedelta | None, missed: int) -> bool:
    if age is None or not past.read:
        return True
    if missed < _MISSED:
        return False
    gaps = sorted([later.started - earlier.started for earlier, later in pairwise(past.read)][-_GAPS:])
    return len(gaps) < _FEW or age > gaps[math.ceil(_USUAL * len(gaps)) - 1] * _PATIENCE


# --- the sentences ----------------------------------------------------------------------------------------------------


def _stale(past: _Past, now: datetime, missed: int, days: int) -> str:
    reason = _reason(past.told) if past.told else ""
    if past.told is None or past.mark is None:
        none = "no run has read what arXiv announced of late" if past.told else "no run has asked arXiv yet"
        why = f" ({reason})" if reason else ""
        return f"{none}{why}; `survey-bot run` reads the last {count(days, 'day')}, and if none starts look at {_LOOK}"
    if not past.read:
        since = "arXiv was never read to its end"
    else:
        since = f"arXiv was read to its end only until {moment(past.mark)}, {length(now - past.mark)} ago, and has "
        since += f"announced papers {missed} times since"
    if reason and len(announcements(min(past.told.started, now), now)) < _MISSED:
        look = f"but the last one, of {moment(past.told.started)}, could not ({reason})"
    else:
        look = f"so look at why none has: {_LOOK}"
    if past.asked is None and now - past.mark > timedelta(days=days):
        return f"{since}; `survey-bot run --since {past.mark.astimezone(UTC):%Y-%m-%d}` reads them, {look}"
    return f"{since}; the next run catches up by itself, {look}"


def _trouble(past: _Past) -> str:
    """What keeps the watch from being healthy; nothing where nothing does."""
    mark = moment(past.mark) if past.mark else ""
    goes_on = f"; the next run goes on from {mark} by itself"
    if past.asked and past.asked.watch and any(part.failed for part in past.asked.watch.slices):
        run, (whole, all_of_them) = past.asked, days_read(past.asked.watch)
        if whole < all_of_them:
            did = f"the run of {moment(run.started)} read {whole:,} of {count(all_of_them, 'day')} of arXiv whole"
            return f"{did} ({_reason(run)}){goes_on}"
        return (
            f"everything arXiv announced until {mark} has been read, but its second way in does not "
            f"confirm it ({_reason(run)}); the next run tries again"
        )
    if past.mark and past.reach and past.mark < past.reach:
        return f"arXiv was read to its end only until {mark}, although later days were read as well{goes_on}"
    if past.told and past.told.failures:
        many = count(len(past.told.failures), "failure")
        return (
            f"everything arXiv announced until {mark} has been read, but the run of {moment(past.told.started)} had "
            f"{many} ({_reason(past.told)}); what it could not do is due again at the next run"
        )
    return ""


def _well(past: _Past, now: datetime, missed: int) -> str:
    mark, last = past.mark or now, past.read[-1]
    ago = "just now" if now - mark < timedelta(hours=1) else f"{length(now - mark)} ago"
    papers = f"{count(came(last), 'paper')}, {last.proposed:,} proposed"
    since = f", and {count(missed, 'announcement')} since {'waits' if missed == 1 else 'wait'} for the next run"
    told = f"everything arXiv announced until {moment(mark)} has been read ({ago}, {papers}){since if missed else ''}"
    earlier, coming = announcements(now - _LONGEST_PAUSE, now), following(now)
    if coming - (earlier[-1] if earlier else now - _LONGEST_PAUSE) <= _PAUSE:
        return told
    return f"{told}; the next announcement is expected on {coming.astimezone(UTC):%A}, {moment(coming)}"


def _reason(run: RunReport) -> str:
    """Why not everything could be done, the first reason in short: of what was read before all else."""
    unread = [part.failed.partition("; ")[0] for part in run.watch.slices if part.failed] if run.watch else []
    reasons = [*unread, *run.troubles]
    return shortened(_line(reasons[0]), _REASON) if reasons else ""


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _stretches(parts: Iterable[SliceReport]) -> str:
    """``2026-11-14, 2026-11-18 to 2026-11-20 (3 days)``; nothing for parts that know no time."""
    found = [_stretch(one) for one in _joined(parts)]
    more = [f"{len(found) - _STRETCHES:,} stretches more"] if len(found) > _STRETCHES else []
    return ", ".join([*found[:_STRETCHES], *more])


def _joined(parts: Iterable[SliceReport]) -> Iterator[list[datetime]]:
    """The starts of slices, those together that follow each other without a gap."""
    times = sorted((part.since, part.until) for part in parts if part.since and part.until)
    starts: list[datetime] = []
    end: datetime | None = None
    for since, until in times:
        if starts and end is not None and since > end:
            yield starts
            starts = []
        starts.append(since)
        end = until
    if starts:
        yield starts


def _stretch(starts: Sequence[datetime]) -> str:
    days = [f"{start.astimezone(UTC):%Y-%m-%d}" for start in (starts[0], starts[-1])]
    return days[0] if days[0] == days[1] else f"{days[0]} to {days[1]} ({count(len(starts), 'day')})"
