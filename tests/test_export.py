"""The survey for other programs: real parsers read what was written, whatever stands in it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from bibtexparser.entrypoint import parse_string
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

from bot import texts
from bot.adapters.archive import RecordArchive
from bot.adapters.shelf import Shelf
from bot.cli import cli
from bot.export import Format, bibtex, export, ordered, whole
from bot.models import Library, Link, Paper, Record, Taxonomy
from tests.fabricated import LIBRARY, PAPERS, RECORDS, TAXONOMY

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "docs" / "survey.schema.json"
HARD = (
    "Loaf {of the} \\textbf{day}",
    "}{",
    "An unclosed { brace",
    "100% & more: $x_1^2$ #3 ~ 'q' \"p\" `b`",
    "@article{x, title={y}}",
    "ends with a backslash \\",
    "\u05dc\u05d7\u05dd \u202eRTL\u202c and \u062e\u0628\u0632",
    "\U0001f35e Bread, \u201cquoted\u201d \u2013 na\u00efve",
    "=cmd()|' /C calc'!A0",
)


def paper(**facts: Any) -> Paper:
    return PAPERS["2501.00001"].model_copy(update=facts)


def library(*papers: Paper) -> Library:
    return Library(taxonomy=TAXONOMY, papers={one.id: one for one in papers})


def entries(text: str) -> list[dict[str, str]]:
    """What a BibTeX parser reads; it must understand all of it."""
    read = parse_string(text)
    assert not read.failed_blocks
    assert len(read.blocks) == len(read.entries)  # nothing is left over as a comment
    return [
        {"kind": one.entry_type, "cite": one.key, **{field.key: field.value for field in one.fields}}
        for one in read.entries
    ]


def shown(latex: str) -> str:
    """What LaTeX sets, by another reader of it, which does not know the names of braces and sets ^ as an accent."""
    for name, brace in (("left", r"\{"), ("right", r"\}")):
        latex = latex.replace(rf"\textbrace{name}{{}}", brace)
    return str(LatexNodes2Text().latex_to_text(latex)).replace("\u02c6", "^")


def entry(one: Paper, record: Record | None = None) -> dict[str, str]:
    return entries(export(library(one), Format.BIBTEX, {one.id: record} if record else {}))[0]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def told(some: Library) -> dict[str, Any]:
    found = json.loads(export(some, Format.JSON))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(found)
    return found  # type: ignore[no-any-return]


# --- all formats ------------------------------------------------------------------------------------------------------


def test_papers_stand_in_the_order_of_the_taxonomy_and_then_of_submission() -> None:
    found = [one.id for one in ordered(LIBRARY)]
    assert found[:4] == ["2501.00001", "2501.00002", "2502.00004", "2502.00003"]
    assert found[-1] == "brickdome"


@pytest.mark.parametrize("form", Format)
def test_the_order_of_the_files_changes_no_byte(form: Format) -> None:
    turned = Library(taxonomy=TAXONOMY, papers=dict(reversed(PAPERS.items())))
    assert export(turned, form) == export(LIBRARY, form)


@pytest.mark.parametrize("form", Format)
def test_half_a_character_is_written_as_a_question_mark(form: Format) -> None:
    assert "Half ?" in export(library(paper(title="Half \ud83c")), form)


# --- BibTeX -----------------------------------------------------------------------------------------------------------


def test_the_key_of_a_paper_is_made_of_its_id_alone() -> None:
    before = entry(PAPERS["2501.00001"])["cite"]
    after = entry(paper(title="Another Title", short="Else", venue="ICRA", year=2026, labels=("steam",)))["cite"]
    assert before == after == "arxiv-2501.00001"


def test_no_two_ids_have_one_key() -> None:
    some = ("cs/0112017", "arxiv-cs-0112017", "2501.00001", "arxiv-2501", "brickdome")
    assert len({bibtex.key(one) for one in some}) == len(some)


def test_a_readable_alias_follows_the_name_and_ends_with_the_id() -> None:
    assert entry(PAPERS["2501.00001"])["ids"] == "wildstart-2501.00001"
    assert "ids" not in entry(PAPERS["2501.00002"])


@pytest.mark.parametrize(
    ("venue", "kind", "field", "name"),
    [
        ("arXiv", "misc", "", ""),
        ("CoRL", "inproceedings", "booktitle", "Conference on Robot Learning (CoRL)"),
        ("CoRL Workshop", "inproceedings", "booktitle", "CoRL Workshop"),
        ("EMNLP Findings", "inproceedings", "booktitle", "EMNLP Findings"),
        ("Symposium on Bread", "inproceedings", "booktitle", "Symposium on Bread"),
        ("RA-L", "article", "journal", "Robotics and Automation Letters"),
        ("Journal of Bread & Butter", "article", "journal", r"Journal of Bread \& Butter"),
        ("Blog", "misc", "howpublished", "Blog"),
    ],
)
def test_the_venue_decides_what_kind_of_entry_it_is(venue: str, kind: str, field: str, name: str) -> None:
    found = entry(paper(venue=venue))
    places = {key: found[key] for key in ("booktitle", "journal", "howpublished") if key in found}
    assert (found["kind"], places) == (kind, {field: name} if field else {})


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("WildStart: Keeping a Starter Alive", "{WildStart}: Keeping a Starter Alive"),
        ("Dome: The RL-Based 3D Oven of NewYork", "{Dome}: The {RL}-Based {3D} Oven of {NewYork}"),
        ("Crust_Net at 100%", r"Crust\_Net at 100\%"),
    ],
)
def test_names_and_abbreviations_keep_their_capitals(title: str, written: str) -> None:
    assert entry(paper(title=title))["title"] == written


def test_arxiv_papers_say_so_and_others_do_not() -> None:
    found = entry(PAPERS["2501.00001"])
    assert (found["eprint"], found["archivePrefix"], found["url"]) == (
        "2501.00001",
        "arXiv",
        "https://arxiv.org/abs/2501.00001",
    )
    other = entry(PAPERS["brickdome"])
    assert other["url"] == "https://bread.example/brickdome"
    assert "eprint" not in other


@pytest.mark.parametrize(
    ("categories", "primary"),
    [(("cs.RO", "cs.LG"), "cs.RO"), (("hep-th",), "hep-th"), (("}, x={",), None), ((), None)],
)
def test_the_primary_class_is_the_first_category_when_it_is_one(
    categories: tuple[str, ...], primary: str | None
) -> None:
    record = RECORDS["2501.00001"].model_copy(update={"categories": categories})
    assert entry(PAPERS["2501.00001"], record).get("primaryClass") == primary


def test_a_comma_in_a_class_name_does_not_make_two_keywords() -> None:
    root = TAXONOMY.root.model_dump()
    root["children"][1]["children"][0]["name"] = "Steam, Vapour & Mist"
    some = Library(taxonomy=Taxonomy.model_validate({"root": root}), papers={"2503.00006": PAPERS["2503.00006"]})
    assert entries(export(some, Format.BIBTEX))[0]["keywords"] == r"Steam Vapour \& Mist, Stone Hearth"


@pytest.mark.parametrize("text", HARD)
def test_hard_titles_come_back_as_they_were(text: str) -> None:
    assert shown(entry(paper(title=f"A {text} z"))["title"]) == texts.clean(f"A {text} z")[0]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(min_size=1), min_size=4, max_size=4))
def test_whatever_stands_in_a_paper_the_entry_is_one_and_valid(words: list[str]) -> None:
    title, short, venue, label = words
    some = paper(title=title, short=short, venue=venue, code=(Link(url="https://x.example", label=label),))
    found = entries(export(library(some, PAPERS["2503.00006"]), Format.BIBTEX))
    assert [one["cite"] for one in found] == ["arxiv-2501.00001", "arxiv-2503.00006"]


def test_an_address_that_is_no_web_address_cannot_end_the_entry() -> None:
    odd = PAPERS["brickdome"].model_copy(update={"url": "https://x.example/}{\\end %20 a_b~c"})
    assert entry(odd)["url"] == "https://x.example/%7D%7B%5Cend%20%20%20a_b~c"


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_csv_has_one_line_a_paper_with_values_joined() -> None:
    found = {row["id"]: row for row in rows(export(LIBRARY, Format.CSV))}
    assert set(found) == set(PAPERS)
    dome = found["brickdome"]
    assert dome["code"] == "https://git.example/dome (Dome); https://git.example/fire (Fire)"
    wet = found["2503.00006"]
    assert (wet["labels"], wet["classes"], wet["pillars"]) == ("steam; stone-hearth", "Steam; Stone Hearth", "Ovens")


def test_csv_ends_every_line_with_cr_lf() -> None:
    text = export(LIBRARY, Format.CSV)
    assert text.count("\r\n") == text.count("\n") == len(PAPERS) + 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\uff1d1+1", "\t=1", "\u200b=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    (row,) = rows(export(library(paper(title=text, note=text)), Format.CSV))
    assert (row["title"][0], row["note"][0]) == ("'", "'")


@pytest.mark.parametrize("text", HARD[:-1])
def test_hard_titles_come_back_from_csv(text: str) -> None:
    (row,) = rows(export(library(paper(title=text)), Format.CSV))
    assert row["title"] == ("'" if text.startswith("@") else "") + texts.clean(text)[0]


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_json_has_the_tree_with_rules_and_every_paper_with_its_paths() -> None:
    found = told(LIBRARY)
    assert found["taxonomy"]["papers"] == len(found["papers"]) == len(PAPERS)
    dough, ovens = found["taxonomy"]["children"]
    assert (dough["papers"], ovens["papers"]) == (4, 3)
    assert dough["children"][0]["children"][0]["include"] == ["starter, levain or wild yeast cultures"]
    placed = next(one for one in found["papers"] if one["id"] == "2502.00004")["classes"]
    assert placed == [
        {"label": "kneading", "path": ["Better Dough", "Kneading"]},
        {"label": "sourdough", "path": ["Better Dough", "Leavening", "Sourdough"]},
    ]


def test_json_keeps_every_text_as_it_stands_on_the_shelf() -> None:
    title = "  two  spaces \u200b\U0001f35e "
    assert told(library(paper(title=title, added=date(2026, 11, 20))))["papers"][0]["title"] == title


def test_json_of_a_survey_without_papers_or_classes_is_valid() -> None:
    bare = Library(taxonomy=Taxonomy.model_validate({"root": {"id": "bare", "name": "Bare"}}), papers={})
    assert told(bare)["papers"] == []


def test_the_published_schema_is_that_of_the_code() -> None:
    command = "from bot.export.whole import schema; print(schema(), end='')"
    assert SCHEMA.read_text(encoding="utf-8") == whole.schema(), f'python -c "{command}" > docs/survey.schema.json'


def test_the_schema_is_one_and_what_is_written_names_it() -> None:
    schema = json.loads(whole.schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == whole.SCHEMA_ID == told(LIBRARY)["$schema"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**told(LIBRARY), "papers": [{}]}, schema)


# --- the real survey, and the command ---------------------------------------------------------------------------------


def test_the_first_survey_comes_back_from_every_format() -> None:
    real = Shelf(ROOT / "taxonomy").load()
    titles = {bibtex.key(one.id): texts.clean(one.title)[0] for one in real.papers.values()}
    found = entries(export(real, Format.BIBTEX))
    assert {one["cite"]: shown(one["title"]) for one in found} == titles
    assert {row["id"] for row in rows(export(real, Format.CSV))} == set(real.papers)
    assert {one["id"] for one in told(real)["papers"]} == set(real.papers)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shelf = Shelf(tmp_path / "taxonomy")
    shelf.save_taxonomy(TAXONOMY)
    for one in PAPERS.values():
        shelf.save_paper(one)
    (tmp_path / "survey-bot.toml").write_text('[scope.groups.bread]\nterms = ["bread"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SURVEY_BOT_CACHE", str(tmp_path / "cache"))
    return tmp_path


def run(*words: str) -> Result:
    done = CliRunner().invoke(cli, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_the_command_writes_to_standard_output_and_notes_elsewhere(desk: Path) -> None:
    done = run("export", "--format", "bibtex", "--offline")
    assert (done.exit_code, len(entries(done.stdout))) == (0, len(PAPERS))
    assert "no primaryClass" in done.stderr


def test_where_arxiv_fails_all_else_is_written_and_the_exit_code_says_so(desk: Path) -> None:
    settings = '[watch]\napi = "http://127.0.0.1:9/api"\nminutes = 0.02\n[scope.groups.bread]\nterms = ["bread"]\n'
    (desk / "survey-bot.toml").write_text(settings, encoding="utf-8")
    done = run("export", "--format", "bibtex", "--out", "survey.bib")
    assert (done.exit_code, len(entries((desk / "survey.bib").read_text("utf-8")))) == (3, len(PAPERS))
    failed = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]
    assert len(failed) == 1
    assert failed[0].endswith("; those entries have no primaryClass")


def test_where_the_cache_knows_no_category_that_is_told(desk: Path) -> None:
    RecordArchive(desk / "cache" / "records").keep(
        RECORDS[one].model_copy(update={"categories": ()}) for one in RECORDS
    )
    told = run("export", "--format", "bibtex", "--offline").stderr
    assert f"the cache knows no category of {len(RECORDS)} papers" in told


def test_the_command_writes_the_same_file_twice(desk: Path) -> None:
    for name in ("one.json", "two.json"):
        assert run("export", "--format", "json", "--out", name).exit_code == 0
    assert (desk / "one.json").read_bytes() == (desk / "two.json").read_bytes()


def test_an_empty_survey_is_exported_empty(desk: Path) -> None:
    for file in (desk / "taxonomy" / "papers").iterdir():
        file.unlink()
    assert run("export", "--format", "bibtex", "--offline").stdout == ""
    assert rows(run("export", "--format", "csv").stdout) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda desk: (desk / "out").mkdir(), "out: cannot be written: Is a directory"),
        (lambda desk: Shelf(desk / "taxonomy").save_paper(paper(labels=("crumbs",))), "'crumbs' is no leaf"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(desk: Path, spoil: Any, said: str) -> None:
    spoil(desk)
    done = run("export", "--format", "csv", "--out", "out")
    assert (done.exit_code, said in done.stderr, done.stderr.count("\n")) == (2, True, 1)
