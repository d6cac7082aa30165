"""Why a paper is, or is not, proposed: a few lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.fates import OPEN_TO_CHANGE, Fate, Pull, PullState, State
from bot.models import Judgement, Library, Part, Taxonomy
from bot.opinion import wording

_FATES = {
    State.SEEN: "seen",
    State.SKIPPED: "skipped",
    State.ASKED: "waits for a human's word",
    State.PROPOSED: "proposed",
    State.ACCEPTED: "accepted",
    State.CORRECTED: "accepted with a correction",
    State.REJECTED: "rejected, and never proposed again",
    State.POSTPONED: "postponed until it has a new version or a venue",
}
_PULLS = {
    PullState.OPEN: "its pull request is open",
    PullState.MERGED: "its pull request was merged",
    PullState.CLOSED: "its pull request was closed without merging",
    PullState.POSTPONED: "its pull request was closed for now",
}


def explain(paper_id: str, library: Library, fates: Mapping[str, Fate], pulls: Mapping[str, Pull]) -> list[str]:
    """What is known of a paper, the most decisive first; works for an id never seen too."""
    lines = []
    paper, fate, pull = library.papers.get(paper_id), fates.get(paper_id), pulls.get(paper_id)
    if paper:
        lines.append(f"{paper_id}  {paper.title}")
        lines.append(f"listed under {classes(paper.labels, library.taxonomy)}")
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
    if not paper and not pull and (fate is None or fate.state in OPEN_TO_CHANGE):
        lines.append(f"to propose it all the same: survey-bot propose {paper_id}")
    return lines


def why(judgement: Judgement, taxonomy: Taxonomy) -> list[str]:
    """A judgement part by part: scores, features, lines between the lanes, evidence; a few lines for a person."""
    scope, line = judgement.scope, {part.name: part.value for part in judgement.lines}
    lines = [
        f"lane {judgement.lane}: {judgement.reason}",
        f"scope {scope.score:.2f} (asked from {line['ask']:.2f})"
        + (f"; spreads above the usual paper: {_parts(scope.parts)}" if scope.parts else ""),
        f"  for it: {', '.join(scope.terms) or 'none of the terms'}"
        + (f"; holds no term of {', '.join(scope.missing)}" if scope.missing else ""),
        f"scope times confidence {judgement.chance:.2f} (proposed from {line['propose']:.2f}); "
        + (f"further classes from {line['further']:.2f}" if line["further"] <= 1 else "no further classes"),
    ]
    for ranked in judgement.placement:
        if ranked.parts:
            chosen = "*" if ranked.label in judgement.labels else " "
            lines.append(f"{chosen} {ranked.probability:.2f} {taxonomy.trail(ranked.label)}: {_parts(ranked.parts)}")
    if judgement.track:
        right, of = judgement.track
        lines.append(f"at about this confidence the first guess was right for {right} of {of} listed papers")
    rationale = judgement.rationale
    lines += [
        f"rule of {taxonomy.leaf(label).name}: {rule}"
        for label, rule in zip(judgement.labels, rationale.rules, strict=True)
    ]
    lines.append(f"words for it: {', '.join(rationale.words) or 'none'}; the sentence: “{rationale.quote}”")
    if rationale.why_not:
        lines.append(f"the runner-up is {rationale.why_not}")
    for near in judgement.precedents:
        runner_up = " (nearest of the runner-up)" if near.of_runner_up else ""
        names = ", ".join(taxonomy.leaf(label).name for label in near.labels if label in taxonomy.paths)
        lines.append(f"  {near.similarity:.2f} {near.id} {near.title}: {names}{runner_up}")
    if judgement.opinion:
        lines += wording.lines(judgement.opinion, judgement.alone, taxonomy)
    if judgement.unusual:
        lines.append(f"words that nothing listed has: {', '.join(judgement.unusual)}")
    return [*lines, *judgement.flags]


def _parts(parts: Iterable[Part]) -> str:
    return ", ".join(f"{part.name} {part.value:+.1f}" for part in parts)


def _judged(fate: Fate, taxonomy: Taxonomy) -> list[str]:
    """What the bot thought of it; of an accepted paper the labels are the human's, so nothing is said of them."""
    lines = []
    if fate.labels and fate.state in (State.PROPOSED, *OPEN_TO_CHANGE):
        confidence = f", confidence {fate.confidence:.2f}" if fate.confidence is not None else ""
        would = "its class would be" if fate.state is State.SKIPPED else "judged as"
        lines.append(f"{would} {classes(fate.labels, taxonomy)}{confidence}")
    if fate.near:
        lines.append("nearest listed: " + " · ".join(f"{name} {cosine:.2f}" for name, cosine in fate.near[:3]))
    if fate.terms:
        lines.append("for it: " + ", ".join(fate.terms[:8]))
    if fate.opinion:
        spent = f" ({wording.took(fate.usage)})" if fate.usage and fate.usage.calls else ""
        lines.append(f"a language model said: {wording.word(fate.opinion, taxonomy)}{spent}")
    return lines


def classes(labels: Iterable[str], taxonomy: Taxonomy) -> str:
    """Labels as people read them; what is no class any more as it stands."""
    current = taxonomy.current(labels)
    return "; ".join(taxonomy.trail(label) if label in taxonomy.paths else f"{label} (no class)" for label in current)
