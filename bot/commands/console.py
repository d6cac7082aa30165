"""What a person at a terminal sees. Progress goes to standard error, results to standard output."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence, Sized
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot import health, ids, stats
from bot.changes import Changeset
from bot.fates import Fate, RunReport, State
from bot.models import Library, Proposal, Taxonomy
from bot.opinion import wording
from bot.phrases import count, moment
from bot.plan import Plan
from bot.stats import Agreement

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

_EVERY, _SILENCE = 10.0, 4.0
"""Where there is no terminal: seconds between two lines of progress, and until it is told that nothing came yet."""


class ConsoleProgress:
    """Bars with counts and time left at a terminal; plain lines elsewhere, and only for what takes over a second."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            transient=True,
        )
        self._running = 0

    def __call__(self, items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        """Pass the items through and show how far it is."""
        if total is None and isinstance(items, Sized):
            total = len(items)
        yield from self._bar(items, label, total) if self._console.is_terminal else self._lines(items, label, total)

    def _bar(self, items: Iterable[T], label: str, total: int | None) -> Iterator[T]:
        task = self._bars.add_task(label, total=total)
        if not self._running:
            self._bars.start()
        self._running += 1
        try:
            for item in items:
                yield item
                self._bars.advance(task)
        finally:
            self._bars.remove_task(task)
            self._running -= 1
            if not self._running:
                self._bars.stop()

    def _lines(self, items: Iterable[T], label: str, total: int | None) -> Iterator[T]:
        began = told = time.monotonic()
        count = 0
        of = f" of {total}" if total else ""
        waiting = threading.Timer(_SILENCE, self._tell, (f"{label}: waiting for the first{of}",))
        waiting.daemon = True
        waiting.start()
        try:
            for count, item in enumerate(items, 1):
                waiting.cancel()
                yield item
                if time.monotonic() - told >= _EVERY:
                    told = time.monotonic()
                    self._say(label, count, total, told - began)
        finally:
            waiting.cancel()
        if time.monotonic() - began >= 1.0:
            self._say(label, count, total, time.monotonic() - began)

    def _say(self, label: str, count: int, total: int | None, seconds: float) -> None:
        left = f", about {seconds / count * (total - count):.0f} s left" if total and 0 < count < total else ""
        self._tell(f"{label}: {count}{f' of {total}' if total else ''} in {seconds:.0f} s{left}")

    def _tell(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)


def calm(text: str) -> str:
    """What strangers wrote, without the marks by which a log of GitHub Actions takes commands (``::``, ``##[``)."""
    return text.replace("::", ":\u200b:").replace("##[", "##\u200b[")


def output() -> Console:
    """Standard output."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True, emoji=False)


def error(message: str) -> None:
    """One sentence on standard error."""
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True, highlight=False).print(Text.assemble(("error: ", "red"), calm(message)))


def note(message: str) -> None:
    """What is good to know, on standard error."""
    from rich.console import Console

    Console(stderr=True, soft_wrap=True, highlight=False).print(f"note: {calm(message)}", markup=False)


def show_changeset(changeset: Changeset) -> None:
    """What a dry run would open: the pull request and its commits."""
    out = output()
    out.print(calm(f"would open {changeset.branch}: {changeset.title}"), markup=False)
    for commit in changeset.commits:
        out.print(calm(f"  {commit.message.splitlines()[0]} ({count(len(commit.files), 'file')})"), markup=False)


def show_proposal(proposal: Proposal) -> None:
    """What a dry run would open."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.rule import Rule

    console = Console(highlight=False, emoji=False)
    console.print(Rule(f"would open {ids.branch(proposal.paper.id)}"))
    console.print(calm(proposal.title), markup=False, style="bold")
    console.print(Markdown(calm(proposal.body.partition("<!--")[0])))
    console.print(calm(f"{proposal.path}\n{proposal.content}"), markup=False, soft_wrap=True)


_WORDS = {
    State.SKIPPED: ("skip", "dim"),
    State.ASKED: ("ask", "yellow"),
    State.PROPOSED: ("propose", "green"),
    State.ACCEPTED: ("accepted", "green"),
    State.CORRECTED: ("corrected", "green"),
    State.REJECTED: ("rejected", "dim"),
    State.POSTPONED: ("postponed", "dim"),
    State.SEEN: ("due", "dim"),
}
_TITLE = 56


def show_fate(fate: Fate, library: Library) -> None:
    """One line as a paper falls into its lane."""
    from rich.text import Text

    word, style = _WORDS[fate.state]
    title = fate.title if len(fate.title) <= _TITLE else f"{fate.title[: _TITLE - 1].rstrip()}…"
    names = ", ".join(library.taxonomy.leaf(label).name for label in fate.labels if label in library.taxonomy.paths)
    sure = "" if fate.confidence is None else f" {fate.confidence:.2f}"
    tail = f"{names}{sure}" if fate.state is State.PROPOSED else fate.reason
    if fate.opinion and fate.opinion not in fate.labels:
        tail += f"; LLM: {wording.word(fate.opinion, library.taxonomy)}"
    output().print(Text.assemble((f"  {word:<9} ", style), calm(f"{fate.id:<11} {title:<{_TITLE}}  {tail}")))


def show_plan(plan: Plan) -> None:
    """What a person should know of a plan before it is published."""
    from rich.text import Text

    console = output()
    for note in plan.notes:
        console.print(Text.assemble(("note: ", "yellow"), calm(note)))
    for trouble in RunReport(run=plan.run, started=plan.started, failures=plan.failures).troubles:
        console.print(Text.assemble(("DEGRADED ", "red"), calm(trouble)))
    if plan.advice:
        console.print(calm(wording.advice(plan.advice)), markup=False)


def show_report(report: RunReport, library: Library) -> None:
    """What was learned, the closing summary, what failed, and where to look."""
    from rich.table import Table
    from rich.text import Text

    console = output()
    if report.dry:  # in a dry run the lines would drown between the proposals
        for fate in report.fates:
            show_fate(fate, library)
    if report.learned:
        console.print("learned from what people did since the last run:")
        for fate in report.learned:
            show_fate(fate, library)
    for note in report.notes:
        console.print(Text.assemble(("note: ", "yellow"), calm(note)))
    for trouble in report.troubles:
        console.print(Text.assemble(("DEGRADED ", "red"), calm(trouble)))
    if report.unreadable:
        console.print(f"{report.unreadable} unreadable record(s); the first are told above")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    counts = ("seen", "listed", "known", "early", "skipped", "asked", "proposed", "held", "failed")
    for name in counts:
        table.add_column(name, justify="right")
    table.add_row(*(str(getattr(report, name)) for name in counts))
    console.print(f"\nrun {report.run}, {report.seconds:.1f} s (early: ruled out by their words alone)")
    console.print(table)
    if report.advice:
        console.print(calm(wording.advice(report.advice)), markup=False)
    _show_where(report, console)


def _show_where(report: RunReport, console: Console) -> None:
    opened = next((fate.where for fate in report.fates if fate.where), "")
    if report.dry:
        console.print("dry run: nothing was opened or written down")
    elif opened:
        folder = re.sub(r"/pull$", "/pulls", opened.rpartition("/")[0])  # GitHub's page of all of them
        console.print(calm(f"pull requests are in {folder}"), markup=False)
    if report.revised:
        console.print(f"{report.revised} listed or proposed paper(s) have a later version, which the ledger has noted")
    if report.waiting:
        shown = ", ".join(fate.id for fate in report.waiting[:5])
        more = " …" if len(report.waiting) > 5 else ""
        count = len(report.waiting)
        console.print(f"{count} paper(s) wait for your word, the likeliest first: {shown}{more}", markup=False)
        console.print("  survey-bot explain ID  says why;  survey-bot propose ID  opens a pull request")


def show_agreement(agreement: Agreement, taxonomy: Taxonomy) -> None:
    """How often people agreed with the bot."""
    console = output()
    for line in stats.lines(agreement, taxonomy):
        console.print(calm(line), markup=False)


_STYLES = {"healthy": "green", "degraded": "yellow", "stale": "red"}
_COLUMNS = ("started (UTC)", "took", "days read", "requests", "repeated", "papers", "read until", "how it went")
_WRITTEN = ("started (UTC)", "read until", "how it went")
"""The columns that hold no numbers."""


def show_status(found: health.Health, runs: Sequence[RunReport]) -> None:
    """How the watch is; its last runs; and of the latest of them that failed somewhere, what was not read and why.

    ``runs``: oldest first.
    """
    from rich.text import Text

    console = output()
    console.print(Text(calm(found.sentence), style=_STYLES[found.state]))
    if not runs:
        return
    rows = [_COLUMNS, *(_cells(run) for run in reversed(runs))]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    console.print()
    for row in rows:
        cells = zip(row, _COLUMNS, widths, strict=True)
        line = "  ".join(f"{cell:{'<' if name in _WRITTEN else '>'}{width}}" for cell, name, width in cells)
        console.print(calm(line.rstrip()), markup=False)
    _show_unread(found, runs, console)


def _cells(run: RunReport) -> tuple[str, ...]:
    """Of a run over files nothing is told about arXiv."""
    took = f"{run.seconds:.0f} s" if run.seconds < 100 else f"{run.seconds / 60:.0f} min"
    days, asked, retried, mark = "–", "–", "–", "–"
    if run.watch:
        days = "{:,}/{:,}".format(*health.days_read(run.watch))
        asked, retried = (f"{sum(getattr(part, name) for part in run.watch.slices):,}" for name in ("asked", "retried"))
        mark = _minute(run.watch.after) if run.watch.after else "–"
    return _minute(run.started), took, days, asked, retried, f"{health.came(run):,}", mark, health.went(run)


def _minute(when: datetime) -> str:
    return moment(when).removesuffix(" UTC")


def _show_unread(found: health.Health, runs: Sequence[RunReport], console: Console) -> None:
    for run in reversed(runs):
        if run.watch and (lines := health.failed(run.watch)):
            since = " (read since)" if found.state == "healthy" else ""
            console.print(f"\nnot read whole in the run of {moment(run.started)}{since}:")
            for line in lines:
                console.print(calm(f"  {line}"), markup=False)
            break
    latest = next((run for run in reversed(runs) if run.watch), None)
    if latest and latest.watch and (days := health.empty(latest.watch)):
        console.print(f"\nread whole and empty, though arXiv had announced: {days}")


def status_json(found: health.Health, runs: Sequence[RunReport]) -> dict[str, Any]:
    """The same for a program: times in UTC as ISO 8601, the age of the watermark in seconds."""
    return {
        "state": found.state,
        "sentence": found.sentence,
        "watermark": None if found.mark is None else found.mark.astimezone(UTC).isoformat(),
        "age": None if found.age is None else round(found.age.total_seconds()),
        "missed": found.missed,
        "runs": [_told(run) for run in runs],
    }


def _told(run: RunReport) -> dict[str, Any]:
    report = run.model_dump(mode="json", exclude={"fates", "learned", "waiting"})
    return {**report, "finished": run.finished.astimezone(UTC).isoformat()}
