"""What a change of the data does to the tables of the README, for the summary of the data check. Pure.

The change may come from a stranger's fork. A row is written by the same code as the README's, so it can do no more
than a row there; everything else of it is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot import ids
from bot.markdown import escape, shortened
from bot.models import Library, Paper, Taxonomy
from bot.render import DEFAULT, Shape

NOTHING = "Nothing in the tables changes."
_ROOM = 800_000
"""Bytes of tables: GitHub takes 1 MiB of a job's summary."""
_NAMED = 50
"""Papers that are named one by one where no row can be shown."""
_TRAIL = 300
"""Characters that are shown of the names of classes."""


class _Change(NamedTuple):
    """A row that is new, gone or another one, and whose; ``word`` says which."""

    word: str
    paper: str
    row: str


def preview(before: Library | None, after: Library, written: Shape = DEFAULT) -> str:
    """Markdown: the rows (or bullets) of every paper that was added, changed or removed, under the trail of its class.

    ``before`` is None when there was nothing yet. Papers are compared under the ids that classes have ``after``.
    """
    old, taxonomy = before.papers if before else {}, after.taxonomy
    trails = {label: taxonomy.trail(label) for label in taxonomy.paths}
    if before:
        gone = (label for label in before.taxonomy.paths if label not in (*trails, *taxonomy.renamed))
        trails |= {label: before.taxonomy.trail(label) for label in gone}
    was, now = _rows(old, taxonomy, written), _rows(after.papers, taxonomy, written)
    sections, shown, room = list[str](), set[str](), _ROOM
    for label, trail in trails.items():
        changes = _changes(was.get(label, {}), now.get(label, {}) if label in taxonomy.paths else {})
        shown |= {change.paper for change in changes}
        if changes and room > 0:
            sections.append(_section(trail, changes, room, written))
            room -= len(sections[-1].encode())
    if room <= 0:
        sections.append("There is no room here for the rows of further classes.")
    lost = {key for key, paper in after.papers.items() if _lost(paper, taxonomy)}
    changed = {key for key in {*old, *after.papers} if old.get(key) != after.papers.get(key)}
    return "\n\n".join([*(sections or [NOTHING]), *_unseen((changed | lost) - shown, after)]) + "\n"


def _rows(papers: Mapping[str, Paper], taxonomy: Taxonomy, written: Shape) -> dict[str, dict[str, str]]:
    """Label -> the rows of its papers by id."""
    rows: dict[str, dict[str, str]] = {}
    for paper in papers.values():
        # an address that the check would refuse may hold a line break; in the summary it must not open a new line
        row = " ".join(written.one(paper).split())
        for label in taxonomy.current(paper.labels):
            rows.setdefault(label, {})[paper.id] = row
    return rows


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[_Change]:
    """Of one class. A paper that changes its class is removed from one and added to the other."""
    changes = []
    for paper in sorted({*old, *new}, key=ids.sort_key):
        if paper not in new:
            changes.append(_Change("removed", paper, old[paper]))
        elif paper not in old:
            changes.append(_Change("added", paper, new[paper]))
        elif old[paper] != new[paper]:
            changes += [_Change("was", paper, old[paper]), _Change("now", paper, new[paper])]
    return changes


def _section(trail: str, changes: list[_Change], room: int, written: Shape) -> str:
    """The table or the bullets of one class, as far as there is room."""
    names, line = written.header or ("", "")
    rows = []
    for change in changes:
        room -= len(change.row.encode()) + len(change.word) + len("| **** \n")
        if room > 0:
            rows.append(f"{'|' if names else '-'} **{change.word}** {change.row}")
    head = [f"| | {names.removeprefix('| ')}", f"|---{line}"] if rows and names else []
    parts = [f"### {escape(shortened(trail, _TRAIL))}", *(["\n".join([*head, *rows])] if rows else [])]
    return "\n\n".join(parts + [f"… and {len(changes) - len(rows):,} rows more"] * (len(rows) < len(changes)))


def _unseen(papers: set[str], after: Library) -> list[str]:
    """Papers that changed without a trace in the tables, and why."""
    lines = []
    for paper in sorted(papers, key=ids.sort_key)[:_NAMED]:
        lost = _lost(after.papers[paper], after.taxonomy) if paper in after.papers else ()
        why = f"there is no class {', '.join(lost)}" if lost else "nothing of it that the tables show"
        lines.append(f"- {escape(shortened(paper, _TRAIL))}: {escape(shortened(why, _TRAIL))}")
    if len(papers) > _NAMED:
        lines.append(f"- … and {len(papers) - _NAMED:,} more")
    return ["Changed besides:\n\n" + "\n".join(lines)] if lines else []


def _lost(paper: Paper, taxonomy: Taxonomy) -> list[str]:
    """Its labels that are no class."""
    return [label for label in taxonomy.current(paper.labels) if label not in taxonomy.paths]
