"""Changes put to papers, and what became of those that were proposed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from bot import addresses
from bot.changes import LINKS, Change, Decision, GroupPull, Outcome, Stage
from bot.errors import DataError
from bot.models import Link, Paper, short_name

ARXIV, WEB = "arXiv", "the web"
"""What those who are asked are called; others say their own names."""


class Renewed(NamedTuple):
    """A paper as it is listed, as it would be (None: it leaves the list), and why."""

    old: Paper
    new: Paper | None
    changes: tuple[Change, ...]


def applied(paper: Paper, changes: Iterable[Change]) -> Renewed:
    """The paper with those of its changes that still fit.

    A change whose old value is not there any more was overtaken by a person, and is left out.
    """
    new, done, left = paper, list[Change](), list[Change]()
    for change in changes:
        if not _fits(new, change) or depends(change, left):
            left.append(change)
            continue
        done.append(change)
        if change.key == "file":
            return Renewed(paper, None, tuple(done))
        new = new.model_copy(update={change.key: _value(new, change), **_name(new, change)})
    return Renewed(paper, new, tuple(done))


def depends(change: Change, others: Iterable[Change]) -> bool:
    """Whether it is the year of a venue among ``others``: without that venue it says nothing."""
    venue = (change.paper, "venue", change.quote, change.source)
    return change.key == "year" and any((one.paper, one.key, one.quote, one.source) == venue for one in others)


def holds(paper: Paper | None, change: Change) -> bool:
    """Whether the file says today what was proposed."""
    if paper is None or change.key == "file":
        return paper is None and change.key == "file"
    if change.key in LINKS:
        return any(addresses.same(link.url, change.new) for link in getattr(paper, change.key))
    return str(getattr(paper, change.key)) == change.new


def settled(
    asked: Iterable[GroupPull], known: Sequence[Decision], now: Callable[[str], Paper | None], at: datetime
) -> list[Decision]:
    """What became of the changes of pull requests, the latest first, as far as nobody has written it down yet.

    What stands on the base branch ``now`` was accepted. The rest of those that have ended was refused, be it by a
    closed pull request or by a commit that a reviewer dropped, and is not proposed again. Where ``now`` raises
    DataError, the file cannot be read, and nothing is judged.
    """
    final = {decision.change.same for decision in known if decision.outcome is not Outcome.PROPOSED}
    decisions = []
    for one in asked:
        told = [line.change for line in known if line.outcome is Outcome.PROPOSED and line.branch == one.branch]
        for change in told if one.rewritten else proposed(one):
            if change.same in final:
                continue
            try:
                is_there = holds(now(change.paper), change)
            except DataError:  # a file that cannot be read says neither yes nor no
                continue
            final.add(change.same)  # what is open once more is not judged by how it was answered before
            if one.stage is Stage.OPEN and not is_there:
                continue
            outcome = Outcome.ACCEPTED if is_there else Outcome.REFUSED
            decisions.append(Decision(change=change, outcome=outcome, branch=one.branch, at=at))
    return decisions


def wanted(changes: Sequence[Change], known: Sequence[Decision], opened: GroupPull | None) -> list[Change]:
    """Those that people have neither refused nor undone: what was accepted once and is as it was before.

    With a pull request that they closed and ``opened`` again they took the refusal back.
    """
    again = {(one.same, opened.branch) for one in proposed(opened)} if opened else set()
    refused = {
        one.change.same
        for one in known
        if one.outcome is Outcome.REFUSED and (one.change.same, one.branch) not in again
    }
    undone = {(*one.change.same, one.change.old) for one in known if one.outcome is Outcome.ACCEPTED}
    no = [one for one in changes if one.same in refused or (*one.same, one.old) in undone]
    return [one for one in changes if one not in no and not depends(one, no)]


def standing(
    changes: Sequence[Change], opened: GroupPull, answered: Collection[str], silent: Collection[str] = ()
) -> list[Change]:
    """The changes, and those of the open pull request whose source did not answer this time, so that they stand.

    ``silent``: links of which the web said nothing certain.
    """
    new = {_place(change) for change in changes}
    unheard = [one for one in proposed(opened) if _source(one) not in answered or one.old in silent]
    kept = [one for one in unheard if _place(one) not in new]
    return [*changes, *(one for one in kept if not depends(one, changes))]


def proposed(pull: GroupPull) -> list[Change]:
    """The changes a pull request was asked with; what cannot be read of them any more is left out."""
    told = pull.memo.get("changes")
    found = []
    for one in told if isinstance(told, list) else ():
        try:
            found.append(Change.model_validate(one))
        except ValidationError:
            continue
    return found


def _fits(paper: Paper, change: Change) -> bool:
    if change.key == "file":
        return paper.title == change.old
    if change.key in LINKS:
        urls = [link.url for link in getattr(paper, change.key)]
        return change.old in urls if change.old else not urls
    return str(getattr(paper, change.key)) == change.old


def _place(change: Change) -> tuple[str, str, str]:
    """What it would change; a paper may have several links."""
    return change.paper, change.key, change.old if change.key in LINKS else ""


def _source(change: Change) -> str:
    """Who said it, by the name that is asked: ``arXiv`` for its titles, comments and abstracts."""
    return ARXIV if change.source.startswith(f"{ARXIV} ") else change.source


def _name(paper: Paper, change: Change) -> dict[str, str]:
    """The name people say stays, where a new title has none of its own."""
    name = paper.short_name
    is_lost = change.key == "title" and name != paper.title and short_name(change.new) == change.new
    return {"short": name} if is_lost else {}


def _value(paper: Paper, change: Change) -> Any:
    if change.key in LINKS:
        mine: tuple[Link, ...] = getattr(paper, change.key)
        if not change.old:
            return (*mine, Link(url=change.new))
        if any(addresses.same(link.url, change.new) for link in mine if link.url != change.old):
            return tuple(link for link in mine if link.url != change.old)
        return tuple(link.model_copy(update={"url": change.new}) if link.url == change.old else link for link in mine)
    return int(change.new) if change.key == "year" else change.new
