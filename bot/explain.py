"""Why a paper is, or is not, proposed: a few lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.fates import Fate, Pull, PullState, State
from bot.models import Library, Taxonomy

_FATES = {
    State.SEEN: "seen",
    State.SKIPPED: "skipped",
    State.ASKED: "waits for a human's word",
    State.PROPOSED: "proposed",
    State.ACCEPTED: "accepted",
    State.CORRECTED: "accepted with a correction",
    State.REJECTED: "rejected, and never proposed again",
}
_OPEN_TO_CHANGE = (State.SKIPPED, State.ASKED)
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
        lines.append(f"{_FATES[fate.state]} (run {fate.run}, {fate.at:%Y-%m-%d}): {fate.reason}")
        lines += _judged(fate, library.taxonomy)
    if pull:
        lines.append(f"{'' if lines else paper_id + '  '}{_PULLS[pull.state]}: {pull.where}")
    if not lines:
        lines = [
            f"{paper_id}  never seen: no run has met it, and it is not listed",
            "it may be older than the first run, or outside the watched categories and dates ([watch])",
        ]
    if not paper and not pull and (fate is None or fate.state in _OPEN_TO_CHANGE):
        lines.append(f"to propose it all the same: survey-bot propose {paper_id}")
    return lines


def _judged(fate: Fate, taxonomy: Taxonomy) -> list[str]:
    """What the bot thought of it; of an accepted paper the labels are the human's, so nothing is said of them."""
    lines = []
    if fate.labels and fate.state in (State.PROPOSED, *_OPEN_TO_CHANGE):
        confidence = f", confidence {fate.confidence:.2f}" if fate.confidence is not None else ""
        would = "its class would be" if fate.state is State.SKIPPED else "judged as"
        lines.append(f"{would} {_classes(fate.labels, taxonomy)}{confidence}")
    if fate.near:
        lines.append("nearest listed: " + " · ".join(f"{name} {cosine:.2f}" for name, cosine in fate.near[:3]))
    if fate.terms:
        lines.append("for it: " + ", ".join(fate.terms[:8]))
    return lines


def _classes(labels: Iterable[str], taxonomy: Taxonomy) -> str:
    """Labels as people read them; what is no class any more as it stands."""
    current = taxonomy.current(labels)
    return "; ".join(taxonomy.trail(label) if label in taxonomy.paths else f"{label} (no class)" for label in current)
