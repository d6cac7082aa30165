"""What human review teaches: the forge and the shelf, read as fates for the ledger. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.fates import LISTED, Fate, Pull, PullState, Request, State, Wish
from bot.models import Paper

_UNLISTED = {
    PullState.MERGED: State.ACCEPTED,
    PullState.CLOSED: State.REJECTED,
    PullState.POSTPONED: State.POSTPONED,
}
"""What a pull request that is not open means for a paper that has no file of its name on the shelf."""
_HOW = {
    PullState.MERGED: "merged",
    PullState.CLOSED: "closed without merging",
    PullState.POSTPONED: "postponed until it has a new version or a venue",
}


def outcome(pull: Pull, listed: Paper | None) -> State:
    """The fate of a paper whose pull request the forge knows; ``listed`` is its file on the shelf, if it has one.

    Classes are compared without their order. Where the proposed ones cannot be read any more, merged is accepted. A
    closed paper that stands on the shelf all the same was put there by hand, and what is on the shelf counts.
    """
    if pull.state is PullState.OPEN:
        return State.PROPOSED
    if listed is None:
        return _UNLISTED[pull.state]
    return State.CORRECTED if _difference(pull.proposed, listed) else State.ACCEPTED


def new_fates(
    fates: Mapping[str, Fate],
    pulls: Mapping[str, Pull],
    library_papers: Mapping[str, Paper],
    *,
    at: datetime,
    run: str,
    gone: State | None = State.REJECTED,
    current: Callable[[Iterable[str]], tuple[str, ...]] = tuple,
) -> list[Fate]:
    """What the ledger should learn at the start of a run: one fate for each paper whose fate is another now.

    ``gone``: what a proposed paper is whose pull request is not among ``pulls``; None where that says nothing, because
    only changed ones were asked for. ``current`` (``Taxonomy.current``) renames labels as the taxonomy was renamed
    since they were proposed. Recording the answer and asking again gives nothing.
    """
    changed = []
    for paper_id in sorted({*fates, *pulls}):
        old, pull, listed = fates.get(paper_id), pulls.get(paper_id), library_papers.get(paper_id)
        if old:
            old = old.model_copy(update={"labels": current(old.labels), "proposed": current(old.proposed)})
        if pull and pull.proposed:
            pull = pull.model_copy(update={"proposed": current(pull.proposed)})
        change = _of_pull(old, pull, listed) if pull else _without_pull(old, listed, gone)
        if change:
            blank = old or Fate(id=paper_id, state=State.SEEN, reason="", at=at, run=run)
            title = {} if blank.title or not listed else {"title": listed.title}
            changed.append(blank.model_copy(update={"at": max(at, blank.at), "run": run, **title, **change}))
    return changed


def granted(
    fates: Mapping[str, Fate],
    requests: Iterable[Request],
    library_papers: Mapping[str, Paper],
    *,
    at: datetime,
    run: str,
) -> list[Fate]:
    """What people refused or postponed by a word: the last wish for a paper counts, and what is listed stays listed."""
    last = {request.id: request for request in requests}
    changed = []
    for paper_id, request in sorted(last.items()):
        old = fates.get(paper_id)
        state = {Wish.REJECT: State.REJECTED, Wish.LATER: State.POSTPONED}.get(request.wish)
        if state is None or paper_id in library_papers or (old and old.state in (*LISTED, state)):
            continue
        blank = old or Fate(id=paper_id, state=State.SEEN, reason="", at=at, run=run)
        word = "rejected" if state is State.REJECTED else "postponed"
        new = {"at": max(at, blank.at), "run": run, "state": state, "reason": f"{word} by {request.by}", "wanted": ""}
        changed.append(blank.model_copy(update=new))
    return changed


def _of_pull(old: Fate | None, pull: Pull, listed: Paper | None) -> dict[str, Any] | None:
    # What the bot wrote down itself counts before the block of the pull request, which anyone who may write can edit.
    proposed = (old.proposed if old else ()) or pull.proposed
    if proposed is None and old:
        if old.state in LISTED and pull.state is not PullState.OPEN:
            return None  # what was proposed is not known any more, so this fate cannot be judged better
        if old.state is State.PROPOSED:
            proposed = old.labels
    pull = pull.model_copy(update={"proposed": proposed})
    state = outcome(pull, listed)
    labels = listed.labels if state in LISTED and listed else proposed or (old.labels if old else ())
    if old and old.state is state and (state not in LISTED or set(old.labels) == set(labels)):
        return None
    return {
        "state": state,
        "reason": _reason(pull, listed),
        "labels": labels,
        "proposed": proposed or (),
        "where": pull.where,
        "wanted": "",
    }


def _without_pull(old: Fate | None, listed: Paper | None, gone: State | None) -> dict[str, Any] | None:
    if old is None or old.state in LISTED:
        return None
    if listed:
        proposed = (old.proposed or old.labels) if old.state is State.PROPOSED else None
        difference = _difference(proposed, listed)
        state = State.CORRECTED if difference else State.ACCEPTED
        reason = f"listed by hand with other labels: {difference}" if difference else "listed by hand"
        return {"state": state, "reason": reason, "labels": listed.labels}
    if old.state is State.PROPOSED and gone:
        reason = "its branch and pull request are gone" if gone is State.REJECTED else "it has no pull request here"
        return {"state": gone, "reason": reason}
    return None


def _reason(pull: Pull, listed: Paper | None) -> str:
    """One line for people."""
    if pull.state is PullState.OPEN:
        return "its pull request is open"
    if listed is None:
        return _HOW[pull.state]
    how = "merged" if pull.state is PullState.MERGED else "closed, then listed by hand"
    difference = _difference(pull.proposed, listed)
    if difference:
        return f"{how} with other labels: {difference}"
    return how if pull.proposed is None else f"{how} as proposed"


def _difference(proposed: Iterable[str] | None, listed: Paper) -> str:
    """``quantization → token-optimization``, ``added steam`` or ``removed steam``; empty when there is none."""
    if proposed is None:
        return ""
    before = list(proposed)
    added = ", ".join(label for label in listed.labels if label not in before)
    removed = ", ".join(label for label in before if label not in listed.labels)
    if added and removed:
        return f"{removed} → {added}"
    return f"added {added}" if added else f"removed {removed}" if removed else ""
