"""The files that are proposed: the facts of listed papers that nobody has looked at yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot import ids, yaml_format
from bot.changes import Changeset, Commit, GroupPull, Stage
from bot.facts.extract import extract
from bot.facts.table import WARNING, Row, column, shown
from bot.markdown import escape, link, plain, shortened, table
from bot.models import Library, Record
from bot.models.facts import Sheet
from bot.phrases import count

KIND = "facts"
MOST = 30
"""Papers in one pull request; the rest comes with the next."""
_ROOM = 25_000
"""Characters of the table."""
_NAME, _QUOTE = 60, 300
_HOW = """\
Is each number the paper's own, and does its quote say so? **Merge** what is right; correct a file before, or **drop \
its commit**. What you drop or close is not proposed again unless somebody asks with `--again`."""


def proposals(
    library: Library, records: Mapping[str, Record], existing: Mapping[str, Sheet], again: Collection[str] = ()
) -> dict[str, str]:
    """Path from the folder of the taxonomy -> text of the file, for listed papers with a claim in their abstract.

    ``records`` are cleaned. Papers in ``existing`` have a file: people have seen it, and it is left alone, empty or
    not, unless they are in ``again``.
    """
    files: dict[str, str] = {}
    for paper in library.papers:
        facts = extract(records[paper]) if paper in records and (paper not in existing or paper in again) else ()
        if facts and Sheet(facts=facts) != existing.get(paper):
            files[f"facts/{ids.file_name(paper)}"] = yaml_format.dump_facts(Sheet(facts=facts))
    return files


def refused(pulls: Sequence[GroupPull]) -> set[str]:
    """Papers whose facts were proposed by pull requests that have ended: those that people wanted have a file now."""
    return {paper for one in pulls if one.stage is not Stage.OPEN for paper in _told(one, "papers")}


def held(opened: GroupPull | None) -> dict[str, bool]:
    """Papers of the open pull request, and whether their abstracts were to be read again though they had a file."""
    if opened is None:
        return {}
    again = set(_told(opened, "again"))
    return {paper: paper in again for paper in _told(opened, "papers")}


def _told(pull: GroupPull, key: str) -> list[str]:
    papers = pull.memo.get(key)
    return [paper for paper in papers if isinstance(paper, str)] if isinstance(papers, list) else []


def changeset(
    branch: str, rows: Sequence[Row], files: Mapping[str, str], folder: str, again: Collection[str] = ()
) -> tuple[Changeset, int]:
    """The pull request for these papers, a commit for each, and how many of them had no room in it.

    ``files``: see :func:`proposals`; ``folder`` is that of the taxonomy, from the repository's root; ``again``: papers
    that have a file already.
    """
    lines, papers, room = list[list[str]](), list[Row](), _ROOM
    for row in rows:
        told = [_line(row, place) for place in range(len(row.facts))]
        room -= sum(len(" | ".join(cells)) + 4 for cells in told)
        if len(papers) == MOST or (room < 0 and papers):
            break
        papers.append(row)
        lines += told
    names = {row.id: f"facts/{ids.file_name(row.id)}" for row in papers}
    commits = tuple(
        Commit(
            message=f"Facts of {plain(shortened(row.name, _NAME))}\n\nProposed by survey-bot.\n",
            files={f"{folder}/{names[row.id]}": files[names[row.id]]},
        )
        for row in papers
    )
    title = f"Efficiency facts of {count(len(papers), 'listed paper')}"
    body = "\n\n".join([WARNING, table(["Paper", "What", "Claim", "Quote"], lines), _HOW])
    memo = {"papers": list(names), "again": sorted(names.keys() & set(again))}
    made = Changeset(branch=branch, title=title, body=body, commits=commits, memo=memo)
    return made, len(rows) - len(papers)


def _line(row: Row, place: int) -> list[str]:
    fact = row.facts[place]
    than = f", against {escape(shortened(fact.relative_to, _NAME))}" if fact.relative_to else ""
    claim = f"{escape(shown(fact))}{than}"
    quote = escape(shortened(fact.quote, _QUOTE))
    return [link(shortened(row.name, _NAME), row.link), escape(column(fact)), claim, f"“{quote}”"]
