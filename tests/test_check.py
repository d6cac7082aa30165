"""The lint: every check finds its flaw, says where and what to do, and is silent about good data."""

from pathlib import Path

import pytest

from bot import ids
from bot.adapters.shelf import Shelf
from bot.check import CHECKS, Problem, check, check_new
from bot.models import Link, Paper, Taxonomy
from bot.yaml_format import dump_paper, dump_taxonomy
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY

FIRST = "bread/papers/2501.00001.yaml"
FILES = {
    "bread/taxonomy.yaml": dump_taxonomy(TAXONOMY).encode(),
    **{f"bread/papers/{ids.to_stem(key)}.yaml": dump_paper(paper).encode() for key, paper in PAPERS.items()},
}


def with_paper(file: str = FIRST, **changes: object) -> dict[str, bytes]:
    return {**FILES, file: dump_paper(PAPERS["2501.00001"].model_copy(update=changes)).encode()}


def with_rule(old: str, new: str) -> dict[str, bytes]:
    text = FILES["bread/taxonomy.yaml"].decode()
    assert old in text
    return {**FILES, "bread/taxonomy.yaml": text.replace(old, new).encode()}


def sentences(files: dict[str, bytes]) -> list[str]:
    return [str(problem) for problem in check(files, this_year=2026)]


def test_good_data_has_no_problem() -> None:
    assert check(FILES, this_year=2026) == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            with_paper(labels=("rye",)),
            f"{FIRST}, key labels: 'rye' is no class; use the id of a leaf of bread/taxonomy.yaml (label-exists)",
        ),
        (
            with_paper(labels=("dough",)),
            f"{FIRST}, key labels: 'dough' is no leaf; use one of those below it (leavening, kneading) (label-is-leaf)",
        ),
        (
            with_paper(labels=("steam", "steam")),
            f"{FIRST}, key labels: 'steam' stands here twice; keep one of the two (label-stands-once)",
        ),
        (
            with_paper(title="lactic  bacteria for patient bakers!"),
            f"{FIRST}, key title: there is a line break or a run of spaces in it; write it on one line (one-line)",
        ),
        (
            with_paper(note="our \x1b[31mfirst"),
            f"{FIRST}, key note: there is a control character in it; remove it (plain-text)",
        ),
        (
            with_paper(code=(Link(url="https://x.example/a", label="a\x9bb"),)),
            f"{FIRST}, key code: there is a control character in it; remove it (plain-text)",
        ),
        (
            with_paper(url="https://x.example"),
            f"{FIRST}, key url: a paper on arXiv has its address from its id; remove this key (link-syntax)",
        ),
        (
            with_paper(year=2024),
            f"{FIRST}, key year: 2024 is not between 2025 and 2027; correct the year (year-plausible)",
        ),
        (
            with_paper(year=2028),
            f"{FIRST}, key year: 2028 is not between 2025 and 2027; correct the year (year-plausible)",
        ),
        (
            {**FILES, FIRST: FILES[FIRST].replace(b"venue: arXiv", b'venue: "arXiv"')},
            f"{FIRST}: line 3 is not as the bot writes it; let `survey-bot check --fix` write it (canonical-format)",
        ),
        (
            {**FILES, FIRST: FILES[FIRST].replace(b"\n", b"\r\n")},
            f"{FIRST}: line 1 is not as the bot writes it; let `survey-bot check --fix` write it (canonical-format)",
        ),
        (
            {**FILES, "bread/papers/notes.txt": b"x"},
            "bread/papers/notes.txt: the file's name is no paper id; name it <arXiv id>.yaml or <slug>.yaml "
            "(file-name-is-id)",
        ),
        (
            with_rule("Dough raised by wild", "DryDose and dough raised by wild"),
            "bread/taxonomy.yaml, key sourdough.definition: it names the listed paper DryDose; say it in general terms "
            "(rulebook-names-no-paper)",
        ),
        (
            with_rule("yeast from a factory", "what BrickDome does"),
            "bread/taxonomy.yaml, key sourdough.exclude: it names the listed paper BrickDome; say it in general terms "
            "(rulebook-names-no-paper)",
        ),
    ],
)
def test_each_flaw_is_one_sentence_with_file_key_check_and_remedy(files: dict[str, bytes], sentence: str) -> None:
    assert sentence in sentences(files)


def test_a_versioned_id_is_no_file_name() -> None:
    found = check(with_paper("bread/papers/2501.00001v2.yaml", title="Other"), this_year=2026)
    assert ("bread/papers/2501.00001v2.yaml", "file-name-is-id") in {(one.file, one.check) for one in found}


def test_one_title_under_two_ids_is_found_whatever_its_case_and_signs() -> None:
    again = "bread/papers/2601.00001.yaml"
    files = {
        **FILES,
        again: dump_paper(
            PAPERS["2501.00001"].model_copy(update={"title": "Wildstart; keeping a starter alive at SEA", "year": 2026})
        ).encode(),
    }
    assert sentences(files) == [
        f"{again}, key title: this title is that of {FIRST} too; keep one file with the labels of both "
        "(one-file-per-paper)"
    ]


def test_one_address_under_two_ids_is_found() -> None:
    copy = PAPERS["brickdome"].model_copy(update={"title": "Something Else", "url": "https://bread.example/brickdome/"})
    found = check({**FILES, "bread/papers/dome.yaml": dump_paper(copy).encode()}, this_year=2026)
    assert [(one.file, one.key, one.check) for one in found] == [
        ("bread/papers/dome.yaml", "url", "one-file-per-paper")
    ]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("bread.example", "is no web address"),
        ("https://arxiv.org/abs/2501.00077v2", "name the file 2501.00077.yaml instead"),
    ],
)
def test_a_paper_that_is_not_on_arxiv_needs_an_address_of_its_own(url: str | None, says: str) -> None:
    copy = PAPERS["brickdome"].model_copy(update={"url": url})
    found = check({**FILES, "bread/papers/brickdome.yaml": dump_paper(copy).encode()}, this_year=2026)
    assert [one.check for one in found] == ["link-syntax"]
    assert says in found[0].message


def test_a_paper_must_not_be_called_as_a_class_is() -> None:
    copy = dump_paper(PAPERS["brickdome"].model_copy(update={"url": "https://bread.example/other", "title": "Other"}))
    found = check({**FILES, "bread/papers/steam.yaml": copy.encode()}, this_year=2026)
    assert [(one.file, one.check) for one in found] == [("bread/papers/steam.yaml", "paper-is-no-class")]


def test_a_paper_that_is_not_on_arxiv_must_say_where_it_is() -> None:
    text = dump_paper(PAPERS["brickdome"]).replace("url: https://bread.example/brickdome\n", "", 1)
    found = check({**FILES, "bread/papers/brickdome.yaml": text.encode()}, this_year=2026)
    assert [(one.check, "url is missing" in one.message) for one in found] == [("well-formed", True)]


def test_the_scope_and_every_leaf_must_be_defined() -> None:
    bare = Taxonomy.model_validate({"root": {"id": "r", "name": "R", "children": [{"id": "a", "name": "A"}]}})
    found = check({"bread/taxonomy.yaml": dump_taxonomy(bare).encode()}, this_year=2026)
    assert [(one.key, one.check) for one in found] == [
        ("a.definition", "leaf-has-definition"),
        ("a.include", "leaf-has-definition"),
        ("r.definition", "leaf-has-definition"),
    ]


def test_common_words_that_open_a_title_are_no_name() -> None:
    plain = Paper(id="2601.00001", title="Starter: A Tale", year=2026, venue="arXiv", labels=("sourdough",))
    assert check({**FILES, "bread/papers/2601.00001.yaml": dump_paper(plain).encode()}, this_year=2026) == []


@pytest.mark.parametrize(
    ("content", "key", "name"),
    [
        (b"title: [", "", "well-formed"),
        (b"\xff", "", "well-formed"),
        (b"year: 2025\nvenue: V\nlabels: [steam]\n", "title", "title-present"),
        (b"title: ''\nyear: 2025\nvenue: V\nlabels: [steam]\n", "title", "title-present"),
        (b"title: T\nyear: soon\nvenue: V\nlabels: [steam]\n", "year", "year-plausible"),
        (b"title: T\nyear: 2025\nvenue: V\nlabels: [steam]\ncode: [x]\n", "code.0.url", "link-syntax"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_and_the_rest_is_still_checked(
    content: bytes, key: str, name: str
) -> None:
    files = {**with_paper("bread/papers/2503.00005.yaml", labels=("rye",)), FIRST: content}
    found = check(files, this_year=2026)
    assert [(one.file.startswith(FIRST), one.key, one.check) for one in found if one.check != "label-exists"] == [
        (True, key, name)
    ]
    assert "label-exists" in {one.check for one in found}


def test_a_broken_taxonomy_is_one_problem_and_the_papers_are_still_checked() -> None:
    found = check({**with_paper(year=2028), "bread/taxonomy.yaml": b"id: ["}, this_year=2026)
    assert [one.check for one in found] == ["year-plausible", "well-formed"]


def test_a_new_paper_is_checked_against_the_library_and_only_its_own_problems_count() -> None:
    good = Paper(id="2601.00009", title="Rye", year=2026, venue="arXiv", labels=("steam",))
    assert check_new(good, LIBRARY, this_year=2026) == []
    bad = good.model_copy(update={"title": PAPERS["brickdome"].title, "labels": ("rye",)})
    assert [one.check for one in check_new(bad, LIBRARY, this_year=2026)] == ["label-exists", "one-file-per-paper"]


def test_a_problem_is_one_sentence() -> None:
    assert str(Problem("f.yaml", "k", "c", "is wrong; mend it")) == "f.yaml, key k: is wrong; mend it (c)"


def test_every_check_says_in_one_line_what_holds() -> None:
    assert all(one.__doc__ and "\n" not in one.__doc__ for one in CHECKS)
    assert len({one.__name__ for one in CHECKS}) == len(CHECKS)


def test_the_real_data_has_no_problem() -> None:
    shelf = Shelf(Path(__file__).parents[1] / "taxonomy")
    assert [str(problem) for problem in check(shelf.read_files(), this_year=2026)] == []
