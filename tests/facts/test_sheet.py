"""``taxonomy/facts/<id>.yaml``: what people review is written one way, read strictly, and never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import yaml_format
from bot.adapters.shelf import Shelf
from bot.check import check
from bot.errors import DataError
from bot.facts.extract import extract
from bot.facts.proposals import proposals
from bot.models.facts import UNITS, Bound, Fact, Quantity, Sense, Sheet
from tests.fabricated import LIBRARY, RECORDS

SPEED = Fact(
    quantity=Quantity.SPEEDUP, change=Sense.MORE, bound=Bound.UP_TO, value=1.7, unit="x", relative_to="a baker",
    quote="It is up to 1.7x faster: than a baker # who sleeps.",
)  # fmt: skip
SIZE = Fact(quantity=Quantity.PARAMETERS, value=7000, unit="M parameters", quote="A 7B model.")
WRITTEN = """\
facts:
- quantity: speed-up
  change: more
  bound: up to
  value: 1.7
  unit: x
  relative_to: a baker
  quote: 'It is up to 1.7x faster: than a baker # who sleeps.'
  self_reported: true
- quantity: parameters
  value: 7000
  unit: M parameters
  quote: A 7B model.
  self_reported: true
"""
CLAIM = RECORDS["2501.00001"].model_copy(update={"abstract": "We feed the levain by the tide, 3 times faster."})


def text(**changes: object) -> str:
    """A file with one fact in which some lines are other ones; None removes a line."""
    lines: dict[str, object] = {
        "quantity": "latency",
        "value": 5,
        "unit": "ms",
        "quote": "5 ms",
        "self_reported": "true",
    }
    kept = {key: value for key, value in (lines | changes).items() if value is not None}
    return "facts:\n- " + "\n  ".join(f"{key}: {value}" for key, value in kept.items()) + "\n"


def shelf(folder: Path) -> Shelf:
    found = Shelf(folder / "bread")
    found.save_taxonomy(LIBRARY.taxonomy)
    for paper in LIBRARY.papers.values():
        found.save_paper(paper)
    return found


def test_facts_are_written_one_way() -> None:
    assert yaml_format.dump_facts(Sheet(facts=(SPEED, SIZE))) == WRITTEN


@pytest.mark.parametrize("sheet", [Sheet(facts=(SPEED, SIZE)), Sheet(facts=())])
def test_reading_and_writing_changes_nothing(sheet: Sheet) -> None:
    written = yaml_format.dump_facts(sheet)
    assert yaml_format.read_facts(written, "facts/a.yaml").get() == sheet
    assert yaml_format.dump_facts(yaml_format.read_facts(written, "facts/a.yaml").get()) == written


@pytest.mark.parametrize(
    ("changes", "key", "sentence"),
    [
        ({"quote": None}, "facts.0.quote", "this is missing"),
        ({"value": "fast"}, "facts.0.value", "this should be a number"),
        ({"value": "nan"}, "facts.0.value", "this should be a number"),
        ({"value": -3}, "facts.0.value", "greater than 0"),
        ({"unit": "parsec"}, "facts.0", "'parsec' is no unit of latency; the units are x, %, ms"),
        ({"unit": "x"}, "facts.0", "a fact in x needs a change (less, more or left)"),
        ({"change": "less"}, "facts.0", "a fact in ms cannot have a change"),
        ({"high": 4}, "facts.0", "high is not above value"),
        ({"speed": 3}, "facts.0.speed", "there is no such key"),
        ({"quantity": "beauty"}, "facts.0.quantity", "Input should be 'parameters'"),
        ({"self_reported": "perhaps"}, "facts.0.self_reported", "this should be true or false"),
        ({"quote": '"a\\u001bb"'}, "facts.0.quote", "there is a line break or a control character in it"),
        ({"quote": "a" * 301}, "facts.0.quote", "at most 300 characters"),
    ],
)
def test_what_is_no_fact_is_refused_by_line_and_key(changes: dict[str, object], key: str, sentence: str) -> None:
    (error,) = yaml_format.read_facts(text(**changes), "facts/a.yaml").errors
    assert error.where.startswith("facts/a.yaml:")
    assert error.where.endswith(f", key {key}")
    assert sentence in error.what


@pytest.mark.parametrize("broken", ["", "facts", "- a", "facts: 3", "facts:\n- 3", "\xff", "facts: [", "other: 3"])
def test_what_is_no_file_of_facts_is_an_error_and_no_traceback(broken: str) -> None:
    with pytest.raises(DataError):
        yaml_format.read_facts(broken.encode("latin-1"), "facts/a.yaml").get()


def test_a_quantity_is_measured_in_its_own_units_only() -> None:
    for quantity, units in UNITS.items():
        for unit in units:
            Fact(quantity=quantity, value=1, unit=unit, quote="one")
    with pytest.raises(ValidationError):
        Fact(quantity=Quantity.SPEEDUP, value=1, unit="ms", quote="one")


def test_check_passes_facts_that_are_well(tmp_path: Path) -> None:
    house = shelf(tmp_path)
    before = check(house.read_files(), 2026)
    house.save_facts("2501.00001", Sheet(facts=(SPEED, SIZE)))
    assert check(house.read_files(), 2026) == before


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("2501.00009.yaml", WRITTEN, "no paper is listed under this id; remove the file"),
        ("2501.00001.yaml", WRITTEN.replace("1.7\n", "1.70\n"), "line 5 is not as the bot writes it"),
        ("2501.00001.yaml", WRITTEN + WRITTEN.split("\n", 1)[1], "this claim stands here twice"),
        ("2501.00001.yaml", text(unit="h"), "'h' is no unit of latency"),
        ("Taxonomy.yaml", WRITTEN, "the file's name is no paper id"),
    ],
)
def test_check_names_what_is_wrong_with_facts(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    house = shelf(tmp_path)
    (house.folder / "facts").mkdir()
    (house.folder / "facts" / name).write_text(content, encoding="utf-8")
    problems = [
        problem for problem in check(house.read_files(), 2026) if problem.file.startswith(f"bread/facts/{name}")
    ]
    assert sentence in "\n".join(problem.message for problem in problems)


def test_facts_do_not_disturb_the_papers(tmp_path: Path) -> None:
    house = shelf(tmp_path)
    before = house.load()
    house.save_facts("2501.00001", Sheet(facts=(SIZE,)))
    assert house.load() == before
    assert house.load_facts() == {"2501.00001": Sheet(facts=(SIZE,))}


def test_check_fix_writes_facts_as_the_bot_does(tmp_path: Path) -> None:
    house = shelf(tmp_path)
    path = house.save_facts("2501.00001", Sheet(facts=(SPEED, SIZE)))
    path.write_text(WRITTEN.replace("1.7\n", "1.70\n"), encoding="utf-8")
    assert house.tidy() == [path]
    assert path.read_text(encoding="utf-8") == WRITTEN


def test_a_listed_paper_with_a_claim_is_proposed() -> None:
    files = proposals(LIBRARY, {**RECORDS, CLAIM.id: CLAIM}, {})
    assert list(files) == ["facts/2501.00001.yaml"]
    (fact,) = yaml_format.read_facts(files["facts/2501.00001.yaml"], "").get().facts
    assert (fact.quantity, fact.value, fact.quote) == (Quantity.SPEEDUP, 3.0, CLAIM.abstract)


def test_what_people_have_seen_is_left_alone_unless_they_ask() -> None:
    records = {CLAIM.id: CLAIM}
    seen = {CLAIM.id: Sheet(facts=())}
    assert proposals(LIBRARY, records, seen) == {}
    assert list(proposals(LIBRARY, records, seen, seen)) == ["facts/2501.00001.yaml"]
    alike = {CLAIM.id: Sheet(facts=extract(CLAIM))}
    assert proposals(LIBRARY, records, alike, alike) == {}  # it stands there already


def test_papers_that_are_not_listed_are_not_proposed() -> None:
    stranger = CLAIM.model_copy(update={"id": "2501.00099"})
    assert proposals(LIBRARY, {stranger.id: stranger}, {}) == {}
