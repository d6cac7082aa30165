"""The bread survey for migrations: who places its papers, and pages of it in several shapes."""

from __future__ import annotations

from collections.abc import Iterable

from bot import migrate, readme, table
from bot.migrate import Migration
from bot.models import Library, Node, Taxonomy
from bot.render import begin, end, render
from tests.fabricated import LIBRARY

WILD, TAMED = Node(id="wild", name="Wild Starters"), Node(id="tamed", name="Tamed Starters")


def first(taxonomy: Taxonomy, papers: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
    """A placement that prefers classes in the order of the file, and is sure of it."""
    leaves = list(taxonomy.paths)
    return {key: [(leaf, 0.9 / 10**place) for place, leaf in enumerate(leaves)] for key in papers}


def unsure(taxonomy: Taxonomy, papers: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
    """A placement to which all classes are alike."""
    return {key: [(leaf, 0.5) for leaf in taxonomy.paths] for key in papers}


def unknown(taxonomy: Taxonomy, papers: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
    """A placement that knows nothing of any paper."""
    return {}


def page(library: Library = LIBRARY, *, contents: bool = True, levels: tuple[int, ...] = (2, 3, 4)) -> str:
    """A page of a survey with every table, and words of its maintainer under every heading."""
    opening = f"# 🍞 {library.taxonomy.root.name}\n\nSee [the steam](#steam), by hand.\n\n"
    listed = [line for node in library.taxonomy.root.children for line in _listed(node, 0)]
    parts = [opening, "## Contents\n\n" + "".join(listed) + "\n"] if contents else [opening]
    parts += [_section(node, levels) for node in library.taxonomy.root.children]
    return render("".join(parts) + "## Citation\n\n`@bread`\n", library)


def _listed(node: Node, depth: int) -> list[str]:
    own = f"{'  ' * depth}- [{node.name}](#{readme.anchor(node.name)})\n"
    return [own, *(line for child in node.children for line in _listed(child, depth + 1))]


def _section(node: Node, levels: tuple[int, ...]) -> str:
    text = f"{'#' * levels[0]} {table.escape(node.name)}\n\nWords on {node.id}.\n\n"
    if not node.children:
        return f"{text}{begin(node.id)}\n{end(node.id)}\n\n"
    return text + "".join(_section(child, levels[1:] or levels) for child in node.children)


def after(markdown: str, migration: Migration) -> str:
    """The page after a migration that leaves nothing to do there by hand."""
    text, remarks = migrate.rewritten(markdown, migration)
    assert remarks == ()
    return text


def tree(markdown: str) -> list[tuple[int, str]]:
    """What a reader makes of a page: depth and name of every class."""

    def below(section: readme.Section, depth: int) -> list[tuple[int, str]]:
        rows: list[tuple[int, str]] = []
        for child in section.children:
            rows += [(depth, child.name), *below(child, depth + 1)]
        return rows

    return below(readme.read(markdown).root, 0)


def names(taxonomy: Taxonomy) -> list[tuple[int, str]]:
    """The same of a taxonomy."""

    def below(node: Node, depth: int) -> list[tuple[int, str]]:
        return [row for child in node.children for row in [(depth, child.name), *below(child, depth + 1)]]

    return below(taxonomy.root, 0)
