"""What a comparison found, in words for a terminal and as data for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot import ids, importer, texts, titles
from bot.compare import Comparison, Guess, HeldOut, interval
from bot.fates import LISTED, Fate, State
from bot.models import Judgement, Lane, Library, Paper, Record
from bot.phrases import count

_FIRST = 20
"""Of a group of papers so many are shown, but all that would be proposed."""
_CLASSES = 3
"""Of our classes in a row of the crosswalk."""
_QUOTE = 160
"""Characters of the sentence that speaks for the class."""
_NAME = 4
"""What another list calls a paper in so few words is a name, and no title to be held against arXiv's."""

PROPOSE, ASK, UNKNOWN, BLIND = "propose", "ask", "unknown", "blind"
REFUSED, KNOWN, OUT = "refused", "known", "out"
TITLES = {
    PROPOSE: "Would be proposed: `survey-bot propose ID` opens a pull request",
    ASK: "Doubtful",
    BLIND: "Their abstracts could not be had, so only the crosswalk speaks",
    UNKNOWN: "Not on arXiv, so only the crosswalk speaks: to be listed by hand",
    KNOWN: "Proposed, put off or listed here before",
    REFUSED: "Refused here before",
    OUT: "Seem to be out of scope",
}
"""The groups of missing papers in the order of what is to be done first."""


@dataclass(frozen=True)
class Found:
    """What the comparison found."""

    comparison: Comparison
    held_out: HeldOut
    records: Mapping[str, Record]
    """What arXiv says (cleaned) of papers that are missing, or whose link both lists give to unlike titles."""
    judged: Mapping[str, Judgement]
    """Missing papers as a run would judge them."""
    early: Mapping[str, str]
    """Missing papers that a run would rule out before it judges them, and why."""
    fates: Mapping[str, Fate]
    """What is known already of missing papers."""
    notes: tuple[str, ...]
    failed: str
    """How arXiv failed, so that something is missing here, in one sentence; empty when it did not."""
    library: Library
    other: importer.Import

    @property
    def groups(self) -> dict[str, list[Paper]]:
        """The missing papers by what is to be done with them, the likeliest first; keys as in ``TITLES``."""
        groups: dict[str, list[Paper]] = {name: [] for name in TITLES}
        for paper in sorted(self.comparison.missing, key=self._place):
            groups[self.group(paper)].append(paper)
        return groups

    def group(self, paper: Paper) -> str:
        """What is to be done with a missing paper."""
        fate, judgement = self.fates.get(paper.id), self.judged.get(paper.id)
        if fate and fate.state is State.REJECTED:
            return REFUSED
        if fate and fate.state in (State.PROPOSED, State.POSTPONED, *LISTED):
            return KNOWN
        if judgement:
            return {Lane.PROPOSE: PROPOSE, Lane.ASK: ASK, Lane.SKIP: OUT}[judgement.lane]
        if paper.id in self.early:
            return OUT
        return BLIND if ids.is_arxiv(paper.id) else UNKNOWN

    def _place(self, paper: Paper) -> float:
        judgement, guess = self.judged.get(paper.id), self.comparison.guess(paper)
        if judgement:
            return -judgement.chance
        return 1.0 if paper.id in self.early else -(guess.sure[0] if guess else 0.0)


# --- for a terminal ---------------------------------------------------------------------------------------------------


def lines(found: Found, *, whole: bool = False) -> Iterator[str]:
    """What to do, the likeliest papers first; then the crosswalk. ``whole`` leaves nothing out."""
    both = found.comparison
    here = len(set(both.shared.values()))
    yield f"{count(here, 'paper')} in both lists, {len(both.missing):,} only there, {len(both.only_here):,} only here"
    for name, papers in found.groups.items():
        if not papers:
            continue
        shown = papers if whole or name == PROPOSE else papers[:_FIRST]
        yield ""
        yield f"{TITLES[name]} ({len(papers):,})"
        for paper in shown:
            yield from _lines(found, paper)
        if left := len(papers) - len(shown):
            yield f"  … and {left:,} more: --all shows them"
    yield from _clashes(found)
    yield from _crosswalk(found)
    yield from (f"note: {note}" for note in found.notes)


def _lines(found: Found, paper: Paper) -> Iterator[str]:
    yield f"  {paper.id:<11} {_title(found, paper)}"
    judgement, fate = found.judged.get(paper.id), found.fates.get(paper.id)
    said = [f"{fate.state} here ({_one_line(fate.reason)})"] if fate else []
    if paper.id in found.early:
        said.append(found.early[paper.id])
    elif judgement:
        said.append(judgement.reason)
    said.append(_there(found, paper))
    if not ids.is_arxiv(paper.id):
        said.append(paper.link)
    yield f"{'':14}{' · '.join(said)}"
    if judgement and judgement.rationale.quote and found.group(paper) == PROPOSE:
        yield f"{'':14}“{_short(judgement.rationale.quote)}”"


def _title(found: Found, paper: Paper) -> str:
    """The title arXiv gives, where it is known, because what is judged is what their link leads to."""
    record = found.records.get(paper.id)
    if record is None or titles.normal(record.title) == titles.normal(paper.title):
        return _one_line(paper.title)
    alike = titles.likeness(record.title, paper.title) >= titles.ALIKE
    if alike or titles.normal(paper.title) in titles.normal(record.title):
        return record.title
    doubt = "" if len(paper.title.split()) <= _NAME else "; is their link right?"
    return f"{record.title} (there: {_one_line(paper.title)!r}{doubt})"


def _there(found: Found, paper: Paper) -> str:
    """Its classes there, and what the crosswalk makes of them, where at least half of the shared papers say so."""
    theirs = ", ".join(found.other.taxonomy.leaf(label).name for label in paper.labels)
    guess = found.comparison.guess(paper)
    if guess is None or 2 * guess.right < guess.of:
        return f"there in {theirs}"
    return f"there in {theirs} → {found.library.taxonomy.leaf(guess.label).name} ({guess.right} of {guess.of})"


def _clashes(found: Found) -> Iterator[str]:
    if not found.comparison.clashes:
        return
    papers = found.library.under_current_ids().papers
    yield ""
    yield f"The same link under unlike titles: one of the two is wrong ({len(found.comparison.clashes):,})"
    for clash in found.comparison.clashes:
        yield f"  {clash.ours:<11} here {papers[clash.ours].title!r}, there {_one_line(clash.theirs.title)!r}"
        said = []
        if clash.ours in found.records:
            said.append(f"arXiv says {found.records[clash.ours].title!r}")
        if clash.meant:
            said.append(f"that paper is {clash.meant} here")
        if said:
            yield f"{'':14}{' · '.join(said)}"


def _crosswalk(found: Found) -> Iterator[str]:
    yield ""
    yield "Their classes, and where those of their papers stand that are here too"
    for row in found.comparison.crosswalk:
        name = found.other.taxonomy.leaf(row.theirs).name
        if not row.shared:
            yield f"  {name}: none of {row.there:,} is here"
            continue
        ours = [f"{found.library.taxonomy.leaf(label).name} {_share(many, row.shared)}" for label, many in row.ours]
        more = f", and {len(ours) - _CLASSES} more" if len(ours) > _CLASSES else ""
        yield f"  {name} ({row.shared:,} of {row.there:,} here): {', '.join(ours[:_CLASSES])}{more}"
    right, asked, usual = found.held_out
    if asked:
        low, high = interval(right, asked)
        yield (
            f"  For a shared paper that it was not made of, the crosswalk names a right class in {right} of {asked} "
            f"({low:.0%} to {high:.0%}); always naming the commonest class: {usual} of {asked}"
        )


def _share(right: int, of: int) -> str:
    low, high = interval(right, of)
    return f"{right}/{of} ({low:.0%}–{high:.0%})"


def _short(quote: str) -> str:
    whole = _one_line(quote)
    return whole if len(whole) <= _QUOTE else f"{whole[:_QUOTE].rpartition(' ')[0]} …"


def _one_line(text: str) -> str:
    return texts.clean(text)[0]


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(found: Found) -> dict[str, Any]:
    """The same for programs."""
    both = found.comparison
    return {
        "shared": dict(both.shared),
        "only_here": list(both.only_here),
        "missing": [_facts(found, name, paper) for name, papers in found.groups.items() for paper in papers],
        "clashes": [
            {"id": clash.ours, "there": clash.theirs.title, "meant": clash.meant or None} for clash in both.clashes
        ],
        "crosswalk": [
            {
                "theirs": row.theirs,
                "name": found.other.taxonomy.leaf(row.theirs).name,
                "papers": row.there,
                "shared": row.shared,
                "ours": {label: {"papers": n, "share": interval(n, row.shared)} for label, n in row.ours},
            }
            for row in both.crosswalk
        ],
        "held_out": found.held_out._asdict(),
        "notes": list(found.notes),
        "failed": found.failed or None,
    }


def _facts(found: Found, group: str, paper: Paper) -> dict[str, Any]:
    judgement, guess = found.judged.get(paper.id), found.comparison.guess(paper)
    fate, record = found.fates.get(paper.id), found.records.get(paper.id)
    return {
        "id": paper.id,
        "title": paper.title,
        "arxiv_title": record.title if record else None,
        "link": paper.link,
        "group": group,
        "theirs": list(paper.labels),
        "crosswalk": _guessed(guess),
        "scope": judgement.scope.score if judgement else None,
        "labels": list(judgement.labels) if judgement else [],
        "confidence": judgement.confidence if judgement else None,
        "reason": judgement.reason if judgement else found.early.get(paper.id),
        "quote": judgement.rationale.quote if judgement else None,
        "fate": fate.state.value if fate else None,
    }


def _guessed(guess: Guess | None) -> dict[str, Any] | None:
    return {**guess._asdict(), "sure": guess.sure} if guess else None
