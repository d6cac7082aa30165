"""The sections of the dashboard below its head: what waits, and what was done."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot import drift, stats
from bot.clusters import Cluster
from bot.dashboard import words
from bot.dashboard.facts import Facts, likeliest_first
from bot.dashboard.replies import mark
from bot.fates import HELD, Fate, RunReport, State, Wish
from bot.markdown import escape, link, shortened
from bot.phrases import length, moment

_ASKS, _ASKS_ROOM = 50, 20_000
"""Lines of the checklist, and their characters: more, nobody reads."""
_RUNS = 10
_CLASSES = 60
"""Rows of the table by class."""
_NAME = 24
_CLUSTERS, _MEMBERS, _CLUSTERS_ROOM = 3, 12, 5_000
"""Clusters that are shown, papers of each, and characters of all."""


def pull_requests(facts: Facts) -> Iterator[str]:
    """What is open, the longest waiting first."""
    fates = facts.of(State.PROPOSED)
    if not fates:
        return
    yield f"### Pull requests to review ({len(fates)})"
    yield "Merge what is right; correct the file before you merge; close what does not belong, and it stays away."
    rows = (
        [
            link(shortened(fate.title or fate.id, words.TITLE), fate.where),
            words.classes(facts.library, fate),
            words.number(fate.confidence),
            length(facts.now - fate.at).replace(" ", "&nbsp;"),
        ]
        for fate in fates
    )
    yield from words.table(["paper", "class", "confidence", "waits"], rows, len(fates))


def asks(facts: Facts, ticked: Collection[str]) -> Iterator[str]:
    """The checklist: the likeliest first; what is ticked is shown in any case."""
    fates = likeliest_first(facts.of(State.ASKED))
    if not fates:
        return
    yield f"### Doubtful papers to decide on ({len(fates):,})"
    yield (
        "**Tick what belongs**, and the bot opens a pull request at its next run. Leave the rest, or comment "
        "`/survey-bot reject ID` to be rid of a paper. The likeliest come first: *scope* is how likely it belongs "
        "here, *confidence* how likely its class is right."
    )
    boxes = frozenset(ticked)
    chosen = sorted(fates, key=lambda fate: fate.id not in boxes)[: max(_ASKS, len(boxes))]
    lines = [_ask(facts, fate, fate.id in boxes) for fate in chosen]
    kept = dict(zip((fate.id for fate in chosen), lines[: words.fitting(lines, _ASKS_ROOM)], strict=False))
    yield "\n".join(kept[fate.id] for fate in fates if fate.id in kept)
    if len(kept) < len(fates):
        yield f"… and {len(fates) - len(kept):,} less likely ones; the ledger has them all."


def _ask(facts: Facts, fate: Fate, ticked: bool) -> str:
    near = ", ".join(shortened(name, _NAME) for name, _ in fate.near[:2])
    about = [
        f"`{fate.id}`",
        words.classes(facts.library, fate),
        f"confidence {words.number(fate.confidence)}",
        f"scope {words.number(fate.scope)}",
        *filter(None, [words.opinion(facts.library, fate)]),
        f"like {escape(near)}" if near else escape(shortened(fate.reason, 5 * _NAME)),
    ]
    return f"- [{'x' if ticked else ' '}] {mark(fate.id)} **{words.paper(fate)}**<br>{' · '.join(about)}"


def held(facts: Facts) -> Iterator[str]:
    """What the caps keep back."""
    fates = [fate for fate in facts.of(State.SEEN) if fate.reason.startswith(HELD)]
    if not fates:
        return
    caps = facts.caps
    why = (
        f"They become pull requests as others are merged or closed: at most {caps.open} are open at once "
        f"(`[forge] open`) and {caps.new} are opened in a run (`[forge] new`)."
    )
    rows = (
        [words.paper(fate), words.classes(facts.library, fate), words.number(fate.confidence)]
        for fate in likeliest_first(fates)
    )
    grid = words.table(["paper", "class", "confidence"], rows, len(fates))
    yield words.folded(f"Waiting for room ({len(fates):,})", [why, *grid])


def again(facts: Facts) -> Iterator[str]:
    """What a person asked for and was not done yet, and what is tried again by itself."""
    wanted = [fate for fate in facts.of(State.SEEN) if fate.wanted]
    if wanted:
        yield f"### Asked for ({len(wanted):,})"
        yield "The bot opens these at its next run."
        yield from words.table(["paper", "why"], map(_paper_and_why, wanted), len(wanted))
    fates = [fate for fate in facts.of(State.SEEN) if not fate.reason.startswith(HELD) and not fate.wanted]
    if fates:
        grid = words.table(["paper", "why"], map(_paper_and_why, fates), len(fates))
        yield words.folded(f"Tried again at the next run ({len(fates):,})", grid)


def _paper_and_why(fate: Fate) -> list[str]:
    return [words.paper(fate), words.sentence(fate.reason)]


def postponed(facts: Facts) -> Iterator[str]:
    """What a new version or a venue wakes."""
    fates = facts.of(State.POSTPONED)
    if fates:
        rows = (
            [words.paper(fate), words.classes(facts.library, fate), f"{fate.at:%Y-%m-%d}", words.sentence(fate.reason)]
            for fate in reversed(fates)
        )
        why = "They come back by themselves when arXiv has a new version of them or names a venue."
        grid = words.table(["paper", "class", "since", "how"], rows, len(fates))
        yield words.folded(f"Postponed ({len(fates):,})", [why, *grid])


def drifting(facts: Facts) -> Iterator[str]:
    """Doubtful papers that may be a class the taxonomy lacks."""
    clusters = facts.clusters
    if not clusters:
        return
    lines = [_cluster(facts, cluster) for cluster in clusters[:_CLUSTERS]]
    lines = lines[: words.fitting(lines, _CLUSTERS_ROOM)]
    why = "Their words are more alike than those of any class. It is advice: `survey-bot drift` tells all of it."
    yield words.folded(f"May be a class of their own ({len(clusters):,})", [why, "\n".join(lines)])


def _cluster(facts: Facts, cluster: Cluster) -> str:
    about = words.sentence(drift.sentence(cluster, facts.library.taxonomy))
    papers = [words.paper(facts.fates[paper]) for paper in cluster.papers[:_MEMBERS]]
    papers = papers[: words.fitting(papers, _CLUSTERS_ROOM // _CLUSTERS)]
    more = len(cluster.papers) - len(papers)
    return f"- **{about}**<br>{'; '.join(papers)}{f'; and {more:,} more' if more else ''}"


def runs(facts: Facts) -> Iterator[str]:
    """The last ones, the latest first."""
    header = ["run", "seen", "proposed", "doubtful", "skipped", "waiting", "failed", "how it went"]
    rows = [
        [
            moment(run.started).replace(" ", "&nbsp;"),
            *(f"{many:,}" for many in (run.seen, run.proposed, run.asked, run.early + run.skipped)),
            *(f"{many:,}" for many in (run.held, run.failed)),
            _went(run),
        ]
        for run in reversed(facts.runs[-_RUNS:])
    ]
    if rows:
        yield words.folded("Last runs", words.table(header, rows, len(rows)))


def _went(run: RunReport) -> str:
    if run.failures:
        more = f" (+{len(run.failures) - 1})" if len(run.failures) > 1 else ""
        return f"**degraded**: {escape(shortened(run.failures[0].what, 3 * _NAME))}{more}"
    return "well" if run.watched else "only learned what people did"


def agreement(facts: Facts) -> Iterator[str]:
    """How often people merged what was proposed, by class and by quarter."""
    found = stats.agreement(facts.fates.values(), facts.library.taxonomy.current)
    if not found.overall.decided:
        return
    parts = ["\n".join(f"- {sentence}" for sentence in stats.sentences(found))]
    for grid in stats.grids(found, facts.library.taxonomy):
        rows = [[escape(shortened(name, words.TITLE)), *cells] for name, *cells in grid.rows]
        parts += [*words.table((grid.title, *grid.header[1:]), rows, len(rows), _CLASSES)]
    share = found.overall.accepted / found.overall.decided
    yield words.folded(f"How often people agree ({share:.0%} of {found.overall.decided:,} merged as proposed)", parts)


def how_to(facts: Facts) -> Iterator[str]:
    """What a person can do here. Every sentence is one line, since GitHub breaks an issue's lines where they break."""
    commands = "\n".join(f"  /survey-bot {wish} 2602.03782" for wish in Wish)
    later = f"closed with the label **{escape(facts.caps.later)}**, it comes back when it has a new version or a venue."
    lines = [
        "- **Tick** a box, or **comment** here with a command on a line of its own: the bot obeys people who may write "
        f"to this repository, at its next run.\n\n  ```\n{commands}\n  ```\n",
        "- On a pull request the same commands need no id. Closed unmerged, a paper is never proposed again; " + later,
        "- **Why** is a paper here, or not? `survey-bot explain 2602.03782` tells. How often is the bot right? "
        "`survey-bot stats` tells.",
        "- **Stop** everything: `enabled = false` at the top of `survey-bot.toml`.",
        "- This page is written anew at every run. Ticks are kept; anything else that is written into it is lost.",
    ]
    yield words.folded("How to", ["\n".join(lines)])
