"""Rendering: the README says what the data says, and nobody else's text is touched."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import readme
from bot.errors import DataError
from bot.importer import read_readme
from bot.models import Library, Link, Node, Paper, Taxonomy
from bot.render import begin, end, render
from tests.bread_readme import LEVELS
from tests.fabricated import LIBRARY
from tests.test_table import titles, urls

ROOT = Path(__file__).parents[1]
MARKED = "\n\n".join(
    f"## {leaf.name}\n\nOf {leaf.id}.\n\n{begin(leaf.id)}\n{end(leaf.id)}" for leaf in LIBRARY.taxonomy.leaves
)


def library(**papers: Paper | None) -> Library:
    """The fabricated library with some papers replaced, added, or (None) removed; ``p2501_00001`` is an id."""
    changed = {key.removeprefix("p").replace("_", "."): paper for key, paper in papers.items()}
    merged = {**LIBRARY.papers, **changed}
    return Library(taxonomy=LIBRARY.taxonomy, papers={key: paper for key, paper in merged.items() if paper})


def rows(markdown: str, leaf: str) -> list[str]:
    """The lines of one leaf's table, below its two header lines."""
    return markdown.split(begin(leaf))[1].split(end(leaf))[0].strip().splitlines()[2:]


def cells(markdown: str) -> list[list[list[str]]]:
    """Every cell of every row as it stands there, but for the padding."""
    return [[[cell.strip() for cell in row.cells] for row in table.rows] for table in readme.read(markdown).tables]


def test_every_leaf_gets_its_papers_in_its_own_table() -> None:
    text = render(MARKED, LIBRARY)
    assert rows(text, "stone-hearth") == [
        "| 2025 | arXiv | [Wet Stones, Soft Crusts](https://arxiv.org/abs/2503.00006) | - | - |",
        "| 2024 | Blog | [BrickDome: A Better Hearth](https://bread.example/brickdome) "
        "| [🌐](https://bread.example/brickdome) "
        "| [💻 Dome](https://git.example/dome) / [💻 Fire](https://git.example/fire) |",
    ]
    assert len(rows(text, "sourdough")) == 3


def test_rendering_twice_changes_nothing() -> None:
    once = render(MARKED, LIBRARY)
    assert render(once, LIBRARY) == once


def test_what_stands_outside_the_markers_keeps_every_byte() -> None:
    odd = (
        "\ufeff  <b>top\u2028</b>\x0b\t \n"
        + MARKED.replace("Of steam.", "Of   steam.  ")
        + "\n\n| not | ours |\n\n\nend  "
    )
    text = render(odd, LIBRARY)
    for leaf in LIBRARY.taxonomy.leaves:
        inside = text.split(begin(leaf.id) + "\n")[1].split(end(leaf.id))[0]
        text = text.replace(begin(leaf.id) + "\n" + inside, begin(leaf.id) + "\n")
    assert text == odd


def test_line_ends_of_windows_are_kept_and_used() -> None:
    text = render(MARKED.replace("\n", "\r\n"), LIBRARY)
    assert text == render(MARKED, LIBRARY).replace("\n", "\r\n")


def test_rows_keep_their_order_and_new_papers_follow_by_time_of_submission() -> None:
    text = render(MARKED, LIBRARY)
    first, second, third = rows(text, "sourdough")
    turned = text.replace("\n".join((first, second, third)), "\n".join((third, first, second)))
    late = Paper(id="2601.00001", title="Late", year=2026, venue="arXiv", labels=("sourdough",))
    early = Paper(id="2412.00001", title="Early", year=2024, venue="arXiv", labels=("sourdough",))
    more = library(p2601_00001=late, p2412_00001=early)
    assert rows(render(turned, more), "sourdough")[:3] == [third, first, second]
    assert ["Early" in row or "Late" in row for row in rows(render(turned, more), "sourdough")] == [False] * 3 + [
        True
    ] * 2
    assert "Early" in rows(render(turned, more), "sourdough")[3]


def test_a_corrected_title_does_not_move_its_row() -> None:
    text = render(MARKED, LIBRARY)
    renamed = LIBRARY.papers["2501.00001"].model_copy(update={"title": "ZZZ"})
    assert "[ZZZ]" in rows(render(text, library(p2501_00001=renamed)), "sourdough")[0]


def test_a_paper_removed_from_the_data_disappears() -> None:
    text = render(render(MARKED, LIBRARY), library(p2501_00001=None))
    assert "WildStart" not in text
    assert len(rows(text, "sourdough")) == 2


def test_a_label_from_before_a_class_was_renamed_still_fills_its_table_and_its_markers() -> None:
    old = Paper(id="2601.00001", title="Old Label", year=2026, venue="arXiv", labels=("hearth",))
    text = render(
        MARKED.replace("begin stone-hearth", "begin hearth").replace("end stone-", "end "), library(p2601_00001=old)
    )
    assert "Old Label" in text.split("begin hearth")[1]


def test_markers_are_put_around_the_table_under_a_leafs_heading_once() -> None:
    found = read_readme(LEVELS)
    text = render(LEVELS, Library(taxonomy=found.taxonomy, papers=found.papers))
    unmarked = "".join(line for line in text.splitlines(keepends=True) if "survey-bot" not in line)
    assert unmarked == LEVELS
    assert text.count("survey-bot:begin") == 5
    assert render(text, Library(taxonomy=found.taxonomy, papers=found.papers)) == text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "Code |\n|------|-------|-------|---------|------|\n| 2025 | arXiv | [Vapour",
            "Code | Stars |\n|---|---|---|---|---|---|\n| 2025 | arXiv | [Vapour",
            "R.md:22: the column 'Stars' is not known and would be lost; mend or remove it",
        ),
        (
            "\n\n### Stone Hearth",
            "\n| 2025 | Blog | No Link | - | - |\n\n### Stone Hearth",
            "R.md:25: the row '| 2025 | Blog | No Link | - | - |' cannot be read and would be lost; mend or remove it",
        ),
    ],
)
def test_what_the_data_cannot_hold_stops_the_adoption_of_its_table(old: str, new: str, message: str) -> None:
    found = read_readme(LEVELS)
    assert old in LEVELS
    with pytest.raises(DataError) as caught:
        render(LEVELS.replace(old, new), Library(taxonomy=found.taxonomy, papers=found.papers), "R.md")
    assert str(caught.value) == f"{message}, or see docs/render.md on how to let it go"


STEAM = f"{begin('steam')}\n{end('steam')}"


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (
            begin("steam"),
            "R.md:32: the begin marker of 'stone-hearth' stands before the end of 'steam'; "
            "put `<!-- survey-bot:end steam -->` above it",
        ),
        (
            end("steam"),
            "R.md:26: the end marker of 'steam' ends what was not begun; "
            "put `<!-- survey-bot:begin steam -->` above its table",
        ),
        (
            STEAM.replace("end steam", "end kneading"),
            "R.md:27: the end marker of 'kneading' ends what was not begun; "
            "put `<!-- survey-bot:begin kneading -->` above its table",
        ),
        (
            STEAM.replace("steam", "steem"),
            "R.md:26: the begin marker of 'steem' names no leaf of the taxonomy; "
            "correct the id, or remove both markers and what is between",
        ),
        (
            STEAM.replace("steam", "ovens"),
            "R.md:26: the begin marker of 'ovens' names no leaf of the taxonomy; "
            "correct the id, or remove both markers and what is between",
        ),
        (
            f"{STEAM}\n{STEAM}",
            "R.md:28: the begin marker of 'steam' is the second of this leaf; "
            "remove one of the two pairs and what is between",
        ),
        (
            STEAM.replace("begin steam -->", "begin steam --> | Year |"),
            "R.md:26: the begin marker of 'steam' does not stand on a line of its own; "
            "put what follows it on the next line",
        ),
        (
            "nothing",
            "R.md: the class 'steam' has no place here; put the lines `<!-- survey-bot:begin steam -->` and "
            "`<!-- survey-bot:end steam -->` below its heading",
        ),
    ],
)
def test_damaged_markers_are_refused_with_line_and_remedy(damaged: str, message: str) -> None:
    text = MARKED.replace(STEAM, damaged)
    with pytest.raises(DataError) as caught:
        render(text, LIBRARY, "R.md")
    assert str(caught.value) == message


def test_a_begin_marker_without_any_end_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"begin marker of 'stone-hearth' has no end; put `<!-- survey-bot:end stone-hearth"
    ):
        render(MARKED.removesuffix(end("stone-hearth")), LIBRARY)


def test_a_title_that_looks_like_a_marker_is_only_a_title() -> None:
    trick = LIBRARY.papers["2501.00001"].model_copy(update={"title": f"{end('sourdough')} {begin('steam')} | x"})
    text = render(MARKED, library(p2501_00001=trick))
    assert render(text, library(p2501_00001=trick)) == text
    assert len(rows(text, "steam")) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(titles, urls, titles), min_size=1, max_size=4))
@example([("[^0", "https://x.example/", "0")])  # half a mark of a footnote
@example([("[^a]", "https://x.example/[^a]", "0")])
def test_import_of_what_was_rendered_gives_the_same_papers(parts: list[tuple[str, str, str]]) -> None:
    papers = {
        f"2501.0000{place}": Paper(
            id=f"2501.0000{place}",
            title=f"{place} {title}",
            year=2025,
            venue=venue,
            website=(Link(url=url),),
            code=(Link(url=url, label=title), Link(url=url)),
            labels=("a", "b")[: place % 2 + 1],
        )
        for place, (title, url, venue) in enumerate(parts)
    }
    leaves = tuple(Node(id=name, name=name.upper()) for name in "ab")
    given_library = Library(taxonomy=Taxonomy(root=Node(id="r", name="R", children=leaves)), papers=papers)
    text = "# R\n" + "".join(f"\n## {name.upper()}\n{begin(name)}\n{end(name)}\n" for name in "ab")
    titles_differ = len({paper.title.lower() for paper in papers.values()}) == len(papers)
    found = read_readme(render(text, given_library))
    assert not titles_differ or (found.taxonomy, found.papers, found.problems) == (given_library.taxonomy, papers, ())


def test_the_surveys_readme_is_reproduced_cell_by_cell_right_after_import() -> None:
    file = ROOT.parent / "shared" / "survey" / "README-2026-06-23.md"
    if not file.exists():
        pytest.skip("the survey's own README is not beside this repository")
    before = file.read_text(encoding="utf-8")
    found = read_readme(before)
    imported = Library(taxonomy=found.taxonomy, papers=found.papers)
    after = render(before, imported)
    assert sum(map(len, cells(before))) == 151
    assert cells(after) == cells(before)
    assert render(after, imported) == after
    assert read_readme(after) == found


def test_the_page_of_this_repository_says_what_its_data_says() -> None:
    from bot.adapters.shelf import Shelf

    text = (ROOT / "SURVEY.md").read_text(encoding="utf-8")
    shelf = Shelf(ROOT / "taxonomy").load()
    assert render(text, shelf, "SURVEY.md") == text
    found = read_readme(text)
    assert [leaf.id for leaf in found.taxonomy.leaves] == [leaf.id for leaf in shelf.taxonomy.leaves]
    assert {key: paper.labels for key, paper in found.papers.items()} == {
        key: paper.labels for key, paper in shelf.papers.items()
    }
