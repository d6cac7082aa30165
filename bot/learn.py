"""What human review teaches: the forge and the shelf, read as fates for the ledger. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.fates import Fate, Pull, PullState, State
from bot.models import Paper

LISTED = (State.ACCEPTED, State.CORRECTED)


def outcome(pull: Pull, listed: Paper | None) -> State:
    """The fate of a paper whose pull request the forge knows; ``listed`` is its file on the shelf, if it has one.

    Classes are compared without their order. Where the proposed ones cannot be read any more, merged is accepted. A
    closed paper that stands on the shelf all the same was put there by hand, and what is on the shelf counts.
    """
    if pull.state is PullState.OPEN:
        return State.PROPOSED
    if listed is None:
        return State.ACCEPTED if pull.state is PullState.MERGED else State.REJECTED
    return State.CORRECTED if _difference(pull.proposed, listed) else State.ACCEPTED


def new_fates(
    fates: Mapping[str, Fate],
    pulls: Mapping[str, Pull],
    library_papers: Mapping[str, Paper],
    *,
    at: datetime,
    run: str,
    gone: bool = True,
    current: Callable[[Iterable[str]], tuple[str, ...]] = tuple,
) -> list[Fate]:
    """What the ledger should learn at the start of a run: one fate for each paper whose fate is another now.

    ``gone``: a pull request the forge does not know any more is rejected; False for a forge that knows none (a dry
    run), where that says nothing. ``current`` (``Taxonomy.current``) renames labels as the taxonomy was renamed since
    they were proposed. Recording the answer and asking again gives nothing.
    """
    changed = []
    for paper_id in sorted({*fates, *pulls}):
        old, pull, listed = fates.get(paper_id), pulls.get(paper_id), library_papers.get(paper_id)
        if old:
            old = old.model_copy(update={"labels": current(old.labels)})
        if pull and pull.proposed:
            pull = pull.model_copy(update={"proposed": current(pull.proposed)})
        change = _of_pull(old, pull, listed) if pull else _without_pull(old, listed, gone)
        if change:
            blank = old or Fate(id=paper_id, state=State.SEEN, reason="", at=at, run=run)
            title = {} if blank.title or not listed else {"title": listed.title}
            changed.append(blank.model_copy(update={"at": at, "run": run, **title, **change}))
    return changed


def _of_pull(old: Fate | None, pull: Pull, listed: Paper | None) -> dict[str, Any] | None:
    if pull.proposed is None and old:
        if old.state in LISTED and pull.state is not PullState.OPEN:
            return None  # what was proposed is not known any more, so this fate cannot be judged better
        if old.state is State.PROPOSED:
            pull = pull.model_copy(update={"proposed": old.labels})
    state = outcome(pull, listed)
    labels = listed.labels if state in LISTED and listed else pull.proposed or (old.labels if old else ())
    if old and old.state is state and (state not in LISTED or set(old.labels) == set(labels)):
        return None
    return {"state": state, "reason": _reason(pull, listed), "labels": labels, "where": pull.where}


def _without_pull(old: Fate | None, listed: Paper | None, gone: bool) -> dict[str, Any] | None:
    if old is None or old.state in LISTED:
        return None
    if listed:
        proposed = old.labels if old.state is State.PROPOSED else None
        difference = _difference(proposed, listed)
        state = State.CORRECTED if difference else State.ACCEPTED
        reason = f"listed by hand with other labels: {difference}" if difference else "listed by hand"
        return {"state": state, "reason": reason, "labels": listed.labels}
    if old.state is State.PROPOSED and gone:
        return {"state": State.REJECTED, "reason": "its branch and pull request are gone"}
    return None


def _reason(pull: Pull, listed: Paper | None) -> str:
    """One line for people."""
    if pull.state is PullState.OPEN:
        return "its pull request is open"
    if listed is None:
        return "merged" if pull.state is PullState.MERGED else "closed without merging"
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
