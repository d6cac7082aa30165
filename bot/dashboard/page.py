"""The page as a whole, and its head: what a person must know and do, in ten seconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from bot import health
from bot.block import write_block
from bot.dashboard import sections
from bot.dashboard.facts import Facts
from bot.dashboard.replies import KIND
from bot.dashboard.words import fitting, sentence
from bot.fates import State
from bot.markdown import escape, link
from bot.opinion import wording
from bot.phrases import count, moment

_BELOW = "<!-- survey-bot:below -->"
"""What stands above it is replaced when the bot stops; what is below stays as it was."""
_LATELY = timedelta(days=30)
"""What asking a language model took is added up over so long."""
_TOLD, _ROOM = 8, 5_000
"""Failures that are told one by one, and characters of all troubles."""


def render(facts: Facts, ticked: Collection[str]) -> str:
    """The dashboard; the same facts give the same bytes. ``ticked``: papers whose box stays ticked."""
    parts = [
        *_head(facts),
        _BELOW,
        *sections.pull_requests(facts),
        *sections.asks(facts, ticked),
        *sections.held(facts),
        *sections.again(facts),
        *sections.postponed(facts),
        *sections.drifting(facts),
        *sections.runs(facts),
        *sections.agreement(facts),
        *sections.how_to(facts),
        write_block({"v": 1, "run": facts.report.run}, KIND),
    ]
    return "\n\n".join(parts) + "\n"


def complaint(message: str, previous: str) -> str:
    """A dashboard whose head says that the bot has stopped, and why; what stood below the ``previous`` head is kept."""
    head = _alert(
        "CAUTION", "The bot has stopped: nothing is read or opened until this is mended.", [sentence(message)]
    )
    _, found, below = previous.partition(_BELOW)
    if found:
        return "\n\n".join([head, "What follows is as it was before.", _BELOW]) + below
    return "\n\n".join([head, _BELOW, write_block({"v": 1}, KIND)]) + "\n"


def _head(facts: Facts) -> Iterator[str]:
    troubles = [*_watch(facts), *_failures(facts), *map(sentence, facts.problems)]
    if troubles:
        shown = troubles[: fitting(troubles, _ROOM)]
        more = [f"… and {len(troubles) - len(shown):,} more troubles"] if len(shown) < len(troubles) else []
        yield _alert("WARNING", "The watch is not well.", [*shown, *more])
    pulls, asks = len(facts.of(State.PROPOSED)), len(facts.of(State.ASKED))
    todo = [f"review {count(pulls, 'pull request')}"] * bool(pulls)
    todo += [f"decide on {count(asks, 'doubtful paper')}"] * bool(asks)
    yield f"**To do: {', '.join(todo)}.**" if todo else "**Nothing waits for you.**"
    yield _health(facts, well=not troubles)
    yield from _advice(facts)


def _health(facts: Facts, *, well: bool) -> str:
    """One line."""
    runs = facts.runs
    read = next((run for run in reversed(runs) if run.watched), None)
    if read is None:
        return "No run has read new papers to the end yet."
    line = f"New papers were last read without failure on {moment(read.started)}"
    line += f" ({read.seen:,} seen, {read.proposed} proposed, {read.asked} doubtful)"
    last = f"; the last run was on {moment(runs[-1].started)}" if runs[-1] is not read else ""
    actions = f" · {link('all runs', facts.repository_url + '/actions')}" if facts.repository_url else ""
    return f"{'The watch is well. ' if well else ''}{line}{last}.{actions}"


def _advice(facts: Facts) -> Iterator[str]:
    """What a language model did in the last run that read papers, and what the runs of late took; one line."""
    read = next((run for run in reversed(facts.runs) if run.watched), None)
    told = [sentence(wording.advice(read.advice))] if read and read.advice else []
    lately = {run.run: run.advice.usage for run in facts.runs if run.advice and run.started > facts.now - _LATELY}
    if any(usage.calls for usage in lately.values()):  # by run: a plan may have been published twice
        known = [usage.cost for usage in lately.values() if usage.calls and usage.cost is not None]
        cost = f", {escape(wording.dollars(sum(known)))}" if known else ""
        tokens = count(sum(usage.tokens for usage in lately.values()), "token")
        told.append(f"language models took {tokens}{cost} in the runs of the last {_LATELY.days} days")
    if told:
        yield f"{'. '.join(one[0].upper() + one[1:] for one in told)}."


def _failures(facts: Facts) -> list[str]:
    """Those of the last run that tells how the watch is: one that only learned says nothing of the sources."""
    run = next((run for run in reversed(facts.runs) if health.tells(run)), None)
    if run is None:
        return []
    lines = [f"{sentence(one)} ({moment(run.started)})" for one in run.troubles]
    more = [f"… and {len(lines) - _TOLD} more failures of that run"] if len(lines) > _TOLD else []
    return [*lines[:_TOLD], *more]


def _watch(facts: Facts) -> list[str]:
    """What is wrong with the watch that the failures of its last run do not tell by themselves."""
    last = next((run for run in reversed(facts.runs) if health.tells(run)), None)
    if last is None or (last.files and not any(run.watch for run in facts.runs)):
        return []  # who only reads files has no watch
    found = health.health(facts.runs, facts.now, facts.days)
    if found.state == "degraded":
        runs = [run.model_copy(update={"failures": ()}) for run in facts.runs]
        found = health.health(runs, facts.now, facts.days)
    return [] if found.state == "healthy" else [escape(found.sentence)]


def _alert(kind: str, title: str, sentences: Iterable[str]) -> str:
    """One of GitHub's boxes; the sentences are Markdown already.

    Source: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts
    """
    return "\n".join(f"> {line}" for line in (f"[!{kind}]", f"**{title}**", *(f"- {one}" for one in sentences)))
