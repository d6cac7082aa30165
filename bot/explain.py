"""Why a paper is, or is not, proposed: a few lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot import ids
from bot.models import Fate, Library, Pull, PullState, State, Taxonomy

_FATES = {
    State.SEEN: "seen",
    State.SKIPPED: "skipped",
    State.ASKED: "waiting for a human's word",
    State.PROPOSED: "proposed",
    State.ACCEPTED: "accepted",
    State.CORRECTED: "accepted with a correction",
    State.REJECTED: "rejected; it is never proposed again",
}
_PULLS = {
    PullState.OPEN: "its pull request is open",
    PullState.MERGED: "its pull request was merged",
    PullState.CLOSED: "its pull request was closed without merging",
}


def explain(paper_id: str, library: Library, fates: Mapping[str, Fate], pulls: Mapping[str, Pull]) -> list[str]:
    """What is known of a paper, the most decisive first; works for an id never seen too."""
    lines = []
    paper, fate, pull = library.papers.get(paper_id), fates.get(paper_id), pulls.get(paper_id)
    if paper:
        lines.append(f"{paper_id}  {paper.title}")
        lines.append(f"listed under {_classes(paper.labels, library.taxonomy)}")
    elif fate:
        lines.append(f"{paper_id}  {fate.title}".rstrip())
    if fate:
        lines.append(f"{_FATES[fate.state]} since {fate.at:%Y-%m-%d} (run {fate.run}): {fate.reason}")
        lines += _judged(fate, library)
    if pull:
        lines.append(f"{'' if lines else paper_id + '  '}{_PULLS[pull.state]}: {pull.where}")
    if not lines:
        lines.append(f"{paper_id}  never seen: no run has met it, and it is not listed")
        if not ids.is_arxiv(paper_id):
            lines.append("it is no arXiv id; only arXiv is watched")
        else:
            lines.append("it may be older than the first run, or outside the watched categories and dates ([watch])")
    return lines


def _judged(fate: Fate, library: Library) -> list[str]:
    if not fate.labels:
        return []
    confidence = f", confidence {fate.confidence:.2f}" if fate.confidence is not None else ""
    return [f"judged as {_classes(fate.labels, library.taxonomy)}{confidence}"]


def _classes(labels: Iterable[str], taxonomy: Taxonomy) -> str:
    """Labels as people read them; what is no class any more as it stands."""
    current = taxonomy.current(labels)
    return "; ".join(taxonomy.trail(label) if label in taxonomy.paths else f"{label} (no class)" for label in current)
