"""Whatever is done, in whatever order: the data stay whole and the page stays theirs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import check, ids, migrate, render, yaml_format
from bot.errors import DataError
from bot.importer import read_readme
from bot.migrate import Migration, merge, move, rename, retire, split
from bot.models import Library, Node
from tests.fabricated import LIBRARY
from tests.migrate.survey import page, unsure

NAMES = st.sampled_from(["Crumb", "Crust & Co", "Heat *2*", "A [b](c)", "Übermehl", "日本 Bread", "`x`", "No 1"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["rename", "id", "move", "merge", "split", "retire"]), st.integers(0, 30), NAMES),
    min_size=1,
    max_size=6,
)


def step(library: Library, kind: str, number: int, name: str) -> Migration:
    """One migration of this kind; which classes it is about follows from the number."""
    nodes, leaves = list(library.taxonomy.root.walk()), list(library.taxonomy.paths)
    node, other = nodes[number % len(nodes)].id, nodes[(number * 7 + 3) % len(nodes)].id
    leaf, second = leaves[number % len(leaves)], leaves[(number + 1) % len(leaves)]
    if kind == "rename":
        return rename(library, node, name)
    if kind == "id":
        return rename(library, node, name, f"n{number}")
    if kind == "move":
        return move(library, node, other)
    if kind == "merge":
        return merge(library, [leaf], second)
    if kind == "split":
        return split(library, leaf, [Node(id=f"p{number}{n}", name=f"{name} {n}") for n in "ab"], unsure)
    return retire(library, leaf, unsure)


def files(library: Library) -> dict[str, bytes]:
    """The shelf as files."""
    papers = {f"papers/{ids.to_stem(key)}.yaml": yaml_format.dump_paper(one) for key, one in library.papers.items()}
    return {
        name: text.encode()
        for name, text in {"taxonomy.yaml": yaml_format.dump_taxonomy(library.taxonomy), **papers}.items()
    }


@given(STEPS, st.booleans())
@settings(max_examples=25)
def test_any_sequence_leaves_data_that_pass_papers_that_are_all_there_and_a_page_that_renders(
    steps: list[tuple[str, int, str]], contents: bool
) -> None:
    library, text = LIBRARY, page(contents=contents)
    for one in steps:
        try:
            done = step(library, *one)
        except DataError:
            continue
        library = done.after
        assert [found for found in check.check(files(library), 2026) if found.check not in check.ADVICE] == []
        assert library.papers.keys() == LIBRARY.papers.keys()
        try:
            text, _ = migrate.rewritten(text, done)
        except DataError:
            return  # the page is left as it was, and a human is told
        assert render.render(text, library) == text
    found = read_readme(text)
    labels = {key: set(library.taxonomy.current(paper.labels)) for key, paper in found.papers.items()}
    assert labels == {key: set(paper.labels) for key, paper in library.papers.items()}


def test_every_old_id_leads_on_through_any_number_of_names_and_merges() -> None:
    library = rename(LIBRARY, "steam", "Fog", "fog").after
    library = merge(library, ["fog"], "sourdough").after
    library = rename(library, "sourdough", "Wet", "wet").after
    assert library.taxonomy.current(["steam", "fog", "sourdough"]) == ("wet",)
