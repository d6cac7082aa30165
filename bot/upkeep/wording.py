"""One refresh as a grouped pull request: a table of evidence, and a commit for each paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot import ids, texts, yaml_format
from bot.changes import LINKS, REMOVED, Change, Changeset, Commit
from bot.markdown import escape, link, plain, shortened, table
from bot.models import Paper
from bot.phrases import count
from bot.upkeep.applying import Renewed

KIND = "refresh"
MOST = 50
"""Papers in one pull request: more cannot be reviewed. The rest comes with the next refresh."""
_ROOM, _HIDDEN, _DOUBTS = 25_000, 30_000, 6_000
"""Characters of the table, the hidden memo and the doubts: GitHub's 65,536 for a pull request are not reached."""
_QUOTE, _VALUE, _NAME, _SENTENCE = 240, 160, 80, 400
"""Characters that are shown of evidence, of a value, of a name and of a doubt."""
_HOW = """\
**Merge it** and these papers are up to date. **Drop a commit** (there is one for each paper) and the rest can be \
merged: what you dropped is remembered and does not come again. **Close it** to refuse all of it. Edit what you like \
on the branch: then the bot leaves it alone."""


def fitting(papers: Sequence[Renewed]) -> int:
    """For so many of these papers, in their order, there is room in one pull request."""
    room, hidden = _ROOM, _HIDDEN
    for place, paper in enumerate(papers[:MOST]):
        room -= sum(len(" | ".join(_row(paper.old, change))) + 4 for change in paper.changes)
        hidden -= sum(len(json.dumps(change.model_dump(mode="json"))) for change in paper.changes)
        if min(room, hidden) < 0:
            return max(1, place)
    return min(MOST, len(papers))


def changeset(branch: str, papers: Sequence[Renewed], folder: str, doubts: Sequence[tuple[str, str]] = ()) -> Changeset:
    """The pull request for these papers; ``folder`` is where their files are, from the repository's root.

    ``doubts`` (paper, sentence) are told below the table.
    """
    changes = [change for paper in papers for change in paper.changes]
    many = count(len(papers), "listed paper")
    rows = [_row(paper.old, change) for paper in papers for change in paper.changes]
    parts = [
        f"What arXiv and others say of {many}, against what the files of this survey say.",
        table(["Paper", "What", "Was", "Is", "Who says so"], rows),
        _HOW,
        *_doubted(doubts),
    ]
    return Changeset(
        branch=branch,
        title=f"Upkeep: {count(len(changes), 'change')} of {many}",
        body="\n\n".join(parts),
        commits=tuple(_commit(paper, folder) for paper in papers),
        memo={"changes": [change.model_dump(mode="json") for change in changes]},
    )


def _commit(paper: Renewed, folder: str) -> Commit:
    name = _plain(shortened(paper.old.short_name, _NAME))
    what = ", ".join(_said(change) for change in paper.changes)
    said = dict.fromkeys((change.source, change.quote) for change in paper.changes)
    why = "\n".join(f"{_plain(source)}: {_plain(shortened(quote, _QUOTE))}" for source, quote in said)
    path = f"{folder}/{ids.file_name(paper.old.id)}"
    text = yaml_format.dump_paper(paper.new) if paper.new else None
    return Commit(message=f"{name}: {what}\n\n{why}\n\nProposed by survey-bot.\n", files={path: text})


def _said(change: Change) -> str:
    """``venue IROS``, ``another title``, ``code``: as a commit's first line has room for."""
    if change.key == "file":
        return "withdrawn by its authors"
    if change.key == "title":
        return "title"
    return f"{change.key} {plain(shortened(change.new, _NAME))}" if change.key in ("venue", "year") else change.key


def _row(paper: Paper, change: Change) -> list[str]:
    is_link = change.key in LINKS
    show = _address if is_link else _text
    what = "withdrawn" if change.new == REMOVED else change.key
    new = "removed from the list" if change.new == REMOVED else show(change.new)
    old = "listed" if change.new == REMOVED else show(change.old) if change.old else "–"
    quote = f"{_text(change.source)}: “{escape(shortened(texts.clean(change.quote)[0], _QUOTE))}”"
    if change.quote == change.new:
        quote = _text(change.source)  # a title speaks for itself
    return [link(shortened(paper.short_name, _NAME), paper.link), what, old, new, quote]


def _doubted(doubts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What no commit mends, as far as there is room."""
    lines = [f"- {_text(paper)}: {escape(shortened(texts.clean(said)[0], _SENTENCE))}" for paper, said in doubts]
    fit, room = list[str](), _DOUBTS
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            fit.append(f"- and {len(lines) - len(fit)} more, which `survey-bot refresh --dry-run` tells")
            break
        fit.append(line)
    if fit:
        yield "**Look at these too**; no commit here mends them:\n\n" + "\n".join(fit)


def _plain(text: str) -> str:
    """For a commit's message; a plan may hold anything."""
    return plain(texts.clean(text)[0])


def _text(value: str) -> str:
    return escape(shortened(texts.clean(value)[0], _VALUE))


def _address(url: str) -> str:
    return link(shortened(url.removeprefix("https://"), _NAME), url)
