"""How the survey grows: every paper is counted where it belongs, once, and the pictures hold whatever the survey is."""

from __future__ import annotations

import json
import warnings
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.shelf import Shelf
from bot.cli import cli
from bot.commands.wiring import Wiring
from bot.fates import Fate, State
from bot.growth import growth, submitted
from bot.growth.periods import calendar
from bot.growth.picture import picture
from bot.growth.tables import grid, lines
from bot.models import Library, Node, Paper, Taxonomy
from bot.settings import load
from bot.stats import agreement
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY

GROWTH = growth(LIBRARY)
PERIODS = st.builds(
    lambda year, month: f"{year:04}-{month:02}" if month else f"{year:04}", st.integers(0, 9999), st.integers(0, 12)
)


def survey(*papers: Paper, taxonomy: Taxonomy = TAXONOMY) -> Library:
    return Library(taxonomy=taxonomy, papers={one.id: one for one in papers})


def listed(paper_id: str, *labels: str, **more: Any) -> Paper:
    facts = {"title": "T", "year": 2025, "venue": "arXiv", "labels": labels or ("steam",)}
    return Paper.model_validate({**facts, "id": paper_id, **more})


def wide(classes: int) -> Library:
    """A survey of so many classes in eight pillars, with names that are long, of other scripts, or look like code."""
    leaves = [
        Node(id=f"c{place}", name=f"Class {place}: a very long name with $x_{place}$ & <b> 面包")
        for place in range(classes)
    ]
    pillars = tuple(
        Node(id=f"p{place}", name=f"Pillar $ {place}", children=tuple(leaves[place::8])) for place in range(8)
    )
    papers = (
        listed(f"{8 + place % 18:02}{place % 12 + 1:02}.{place:05}", f"c{place % classes}") for place in range(90)
    )
    return survey(*papers, taxonomy=Taxonomy(root=Node(id="wide", name="Wide", children=pillars)))


# --- counting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper_id", "period"),
    [("2501.00001", "2025-01"), ("cs/0112017", "2001-12"), ("math.GT/9912001", "1999-12")],
)
def test_the_id_tells_the_month_of_submission(paper_id: str, period: str) -> None:
    assert submitted(listed(paper_id)) == period


@pytest.mark.parametrize(("year", "period"), [(2024, "2024"), (-5, "0000"), (123456, "9999")])
def test_of_a_paper_that_is_not_on_arxiv_the_listed_year_is_told(year: int, period: str) -> None:
    assert submitted(listed("brickdome", year=year, url="https://x.example")) == period


def test_a_paper_in_two_classes_of_one_pillar_counts_once_in_the_pillar_and_once_in_all() -> None:
    found = growth(survey(listed("2503.00006", "steam", "stone-hearth"))).submitted
    assert found.papers == found.pillars["ovens"] == found.classes["steam"] == {"2025-03": 1}
    assert found.pillars["dough"] == {}


def test_when_a_paper_was_added_is_counted_where_it_is_known() -> None:
    found = growth(survey(listed("2503.00006", added=date(2026, 11, 20)), listed("2503.00007"))).added
    assert (found.papers, found.unknown) == ({"2026-11": 1}, 1)


def test_the_three_clocks_count_every_paper() -> None:
    for series in (GROWTH.submitted, GROWTH.years, GROWTH.added):
        assert sum(series.papers.values()) + series.unknown == GROWTH.papers == len(PAPERS)


# --- columns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("periods", "name", "columns"),
    [
        (["2025-01", "2025-03"], "month", ("2025-01", "2025-02", "2025-03")),
        (["2025-01", "2025-12"], "quarter", ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")),
        (["2024-01", "2025-12"], "half-year", ("2024-H1", "2024-H2", "2025-H1", "2025-H2")),
        (["2022", "2025-12"], "year", ("2022", "2023", "2024", "2025")),
        (["1993-02", "2025-12"], "year", ("earlier", "2023", "2024", "2025")),
        ([], "month", ()),
    ],
)
def test_columns_are_as_fine_as_there_is_room(periods: list[str], name: str, columns: tuple[str, ...]) -> None:
    assert calendar(periods, 4)[:2] == (name, columns)


@given(st.dictionaries(PERIODS, st.integers(1, 9)), st.integers(2, 15))
def test_no_paper_is_lost_in_columns_and_there_are_never_too_many(counts: dict[str, int], most: int) -> None:
    columns = calendar(counts, most)
    assert sum(columns.row(counts)) == sum(counts.values())
    assert len(columns.columns) <= most


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_per_pillar_and_class_and_one_of_all() -> None:
    table = grid(GROWTH.submitted, TAXONOMY, "submission")
    assert table.title == "by quarter of submission"
    assert table.header[1:] == ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1", "all")
    assert [row[0] for row in table.rows][:2] == ["Better Dough", "  Sourdough"]
    assert table.rows[-1] == ("all papers", "1", "·", "·", "·", "6", "7")


def test_an_empty_survey_says_so() -> None:
    assert lines(growth(survey()), TAXONOMY) == ["no paper is listed yet"]


def test_a_survey_that_is_one_class_has_a_table() -> None:
    bare = Taxonomy(root=Node(id="r", name="R", children=(Node(id="steam", name="Steam"),)))
    told = lines(growth(survey(listed("2503.00006"), taxonomy=bare)), bare)
    assert told[0] == "1 paper in 1 of 1 classes, submitted in 2025-03"


def test_what_was_added_has_a_table_of_pillars_where_it_is_known() -> None:
    some = survey(listed("2503.00006", added=date(2026, 11, 20)), listed("2503.00007"))
    told = lines(growth(some), TAXONOMY)
    assert any(line.startswith("by month of addition to the list") for line in told)
    assert "of 1 paper it is not known when they were added" in told[-1]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_tables_keep_to_the_width_of_the_terminal(width: int) -> None:
    name = "A Class of Loaves with a Name That Is Much Too Long for Half of a Terminal"
    taxonomy = Taxonomy(root=Node(id="r", name="R", children=(Node(id="steam", name=name),)))
    some = survey(*(listed(f"{year}{month:02}.00001") for year in range(18, 26) for month in (1, 6)), taxonomy=taxonomy)
    told = lines(growth(some), taxonomy, width)
    table = told[told.index("") + 1 :][:3]
    assert max(map(len, table)) <= width
    assert (table[-1].split()[0], table[-1].split()[-1]) == ("all", "16")


# --- the picture ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "some",
    [
        survey(),
        survey(PAPERS["2501.00001"]),
        survey(PAPERS["brickdome"]),
        LIBRARY,
        wide(40),
        wide(41),
        survey(taxonomy=Taxonomy(root=Node(id="bare", name="Bare"))),
        survey(listed("brickdome", year=123456, url="https://x.example"), listed("cs/0112017")),
    ],
    ids=["none", "one", "one by year", "few", "forty classes", "more classes", "no class", "far years"],
)
def test_every_survey_has_a_picture_without_a_warning(some: Library) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = picture(growth(some), some.taxonomy, "svg")
    root = ElementTree.fromstring(image)  # noqa: S314 - made here
    assert root.get("role") == "img"
    assert float(root.get("width", "").removesuffix("pt")) <= 650


def test_the_same_growth_is_drawn_with_the_same_bytes() -> None:
    assert picture(growth(LIBRARY), TAXONOMY, "svg") == picture(GROWTH, TAXONOMY, "svg")


def test_the_picture_tells_its_content_to_those_who_do_not_see_it() -> None:
    root = ElementTree.fromstring(picture(GROWTH, TAXONOMY, "svg"))  # noqa: S314 - made here
    assert root.get("aria-label") == (
        "Growth of A Survey on Efficient Bread: 7 papers; by pillar: Better Dough 4, Ovens 3"
    )


def test_the_picture_holds_no_date_and_no_version() -> None:
    image = picture(GROWTH, TAXONOMY, "svg").decode()
    assert "metadata" not in image
    assert "atplotlib v" not in image


def test_png_is_drawn_too_and_the_same_twice() -> None:
    image = picture(GROWTH, TAXONOMY, "png")
    assert image.startswith(b"\x89PNG")
    assert b"tEXt" not in image
    assert picture(GROWTH, TAXONOMY, "png") == image


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shelf = Shelf(tmp_path / "taxonomy")
    shelf.save_taxonomy(TAXONOMY)
    for one in PAPERS.values():
        shelf.save_paper(one)
    (tmp_path / "survey-bot.toml").write_text('[scope.groups.bread]\nterms = ["bread"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    done = CliRunner().invoke(cli, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_stats_tells_growth_and_then_agreement(desk: Path) -> None:
    told = run("stats").stdout
    assert told.index("7 papers in 5 of 5 classes") < told.index("no proposal has been decided yet")


def test_stats_as_json_has_what_it_had_and_the_growth(desk: Path) -> None:
    fate = Fate(id="2501.00001", state=State.SKIPPED, reason="r", at="2026-11-20T00:00:00Z", run="r1")
    Wiring(load(desk / "survey-bot.toml")).ledger.record([fate])
    found = json.loads(run("stats", "--json").stdout)
    assert found.pop("growth") == GROWTH.model_dump(mode="json")
    assert found == agreement([fate]).model_dump(mode="json")


@pytest.mark.parametrize("name", ["growth.svg", "deep/growth.PNG"])
def test_stats_draws_into_a_file(desk: Path, name: str) -> None:
    done = run("stats", "--picture", name, "--json")
    assert (done.exit_code, done.stderr) == (0, f"written: {name}\n")
    assert json.loads(done.stdout)["growth"]["papers"] == 7
    assert (desk / name).stat().st_size > 5000


@pytest.mark.parametrize(
    ("name", "said"), [("growth.pdf", "name it .svg or .png"), ("survey-bot.toml/a.svg", "cannot be written")]
)
def test_a_picture_that_cannot_be_is_one_sentence(desk: Path, name: str, said: str) -> None:
    done = run("stats", "--picture", name)
    assert (done.exit_code, said in done.stderr, done.stderr.count("\n")) == (2, True, 1)
