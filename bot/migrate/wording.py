"""A migration as a pull request: what changes, which papers move, and what a human must decide."""

from __future__ import annotations

from collections.abc import Sequence

from bot import ids, yaml_format
from bot.changes import Changeset, Commit, branch
from bot.markdown import escape, fitting, link, plain, shortened, table
from bot.migrate.tree import Migration
from bot.models import Taxonomy
from bot.phrases import count

KIND = "migrate"
_ROOM = 25_000
"""Characters of a table of papers: GitHub's 65,536 for a pull request are not reached by two of them."""


def changeset(migration: Migration, taxonomy_path: str, papers_folder: str, page: tuple[str, str] | None) -> Changeset:
    """Classes and papers in one commit, the page in another; paths are from the repository's root.

    ``page``: the path of the page and its whole text; None when it stays as it is.
    """
    files: dict[str, str | None] = {taxonomy_path: yaml_format.dump_taxonomy(migration.after.taxonomy)}
    for key, paper in migration.papers.items():
        files[f"{papers_folder}/{ids.file_name(key)}"] = yaml_format.dump_paper(paper)
    title = plain(shortened(migration.sentence.rstrip("."), 120))
    commits = [Commit(message=f"{title}\n\nProposed by survey-bot.\n", files=files)]
    if page:
        commits.append(Commit(message="The page follows the taxonomy\n\nProposed by survey-bot.\n", files=dict([page])))
    return Changeset(
        branch=branch(KIND, migration.name), title=title, body=_body(migration), commits=tuple(commits), whole=True
    )


def _body(migration: Migration) -> str:
    parts = [f"{escape(migration.sentence)} {_told(migration)}"]
    if migration.doubts:
        rows = [_doubt(migration, doubt.paper, doubt.sentence, doubt.ranked) for doubt in migration.doubts]
        parts.append("**Please decide on these**, by editing their `labels` on this branch:")
        parts.append(_table(["Paper", "Why", "Proposed"], rows))
    if migration.papers:
        rows = [_moved(migration, key) for key in migration.papers]
        parts.append("<details><summary>Papers that change</summary>\n")
        parts.append(_table(["Paper", "Was in", "Is in"], rows))
        parts.append("</details>")
    parts += [f"- {escape(remark)}" for remark in migration.remarks]
    return "\n\n".join(parts)


def _table(header: list[str], rows: list[list[str]]) -> str:
    """The rows for which there is room; the others are in the files, and the command has told them."""
    fit = fitting(rows, _ROOM)
    return table(header, rows[:fit]) + (f"\n\n… and {len(rows) - fit} more" if fit < len(rows) else "")


def _told(migration: Migration) -> str:
    papers = count(len(migration.papers), "paper")
    old = set(migration.after.taxonomy.renamed) - set(migration.before.taxonomy.renamed)
    aliases = f" Old ids go on working: {', '.join(f'`{name}`' for name in sorted(old))}." if old else ""
    return f"{papers} change{'s' if len(migration.papers) == 1 else ''} with it.{aliases}"


def _doubt(migration: Migration, key: str, sentence: str, ranked: Sequence[tuple[str, float]]) -> list[str]:
    taxonomy = migration.after.taxonomy
    guesses = ", ".join(f"{escape(_name(taxonomy, label))} {share:.2f}" for label, share in ranked)
    return [_link(migration, key), escape(sentence), guesses or "–"]


def _moved(migration: Migration, key: str) -> list[str]:
    was, now = migration.before, migration.after
    return [
        _link(migration, key),
        ", ".join(escape(_name(was.taxonomy, label)) for label in was.papers[key].labels),
        ", ".join(escape(_name(now.taxonomy, label)) for label in now.papers[key].labels),
    ]


def _link(migration: Migration, key: str) -> str:
    paper = migration.before.papers[key]
    return link(shortened(paper.short_name, 60), paper.link)


def _name(taxonomy: Taxonomy, label: str) -> str:
    label = taxonomy.current((label,))[0]
    return taxonomy.leaf(label).name if label in taxonomy.paths else label
