"""``survey-bot find``: a listed paper by what people call it; the files are enough, and the archive is asked last."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bot.cli.finding  # noqa: F401 - the command registers itself
from bot.adapters.shelf import Shelf
from bot.cli.group import cli
from tests.arxiv_server import Preprint, serve
from tests.fabricated import LIBRARY

FOG = {"id": "2501.00002", "title": "Lactic Bacteria for Patient Bakers", "abstract": "We propose LactoFog, a starter."}


class Desk:
    """A survey of bread in a folder, and a terminal in it; arXiv is where ``api`` says, or nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shelf = Shelf(folder / "taxonomy")
        shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            shelf.save_paper(paper)
        self.shelf = shelf
        self.settings("http://127.0.0.1:9/api")
        (folder / "feed.jsonl").write_text(json.dumps(FOG) + "\n", encoding="utf-8")

    def settings(self, api: str) -> None:
        text = f'[watch]\ncategories = ["cs.RO"]\napi = "{api}"\nfeed = ""\nminutes = 5\n[cache]\npath = "cache"\n'
        terms = '[scope.groups.bread]\nrequired = true\nterms = ["bread"]\n'
        (self.folder / "survey-bot.toml").write_text(text + terms, encoding="utf-8")

    def __call__(self, *words: str) -> Result:
        return self.run(["--config", str(self.folder / "survey-bot.toml"), "find", *words])

    def run(self, words: Sequence[str]) -> Result:
        answer = CliRunner().invoke(cli, list(words))
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("SURVEY_BOT_CACHE", raising=False)
    return Desk(tmp_path)


def test_a_paper_is_shown_with_its_classes_as_people_read_them_and_its_links(desk: Desk) -> None:
    answer = desk("BrickDome")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout.splitlines() == [
        "BrickDome: A Better Hearth",
        "  brickdome · 2024 · Blog · https://bread.example/brickdome",
        "  Ovens › Stone Hearth",
        "  code: https://git.example/dome (Dome)",
        "  code: https://git.example/fire (Fire)",
        "  page: https://bread.example/brickdome",
    ]


def test_a_short_name_stands_before_the_title_and_several_words_need_no_quotes(desk: Desk) -> None:
    paper = LIBRARY.papers["2503.00006"].model_copy(update={"short": "WetStone 2"})
    desk.shelf.save_paper(paper)
    assert desk("wet", "stone", "2").stdout.splitlines()[0] == "WetStone 2: Wet Stones, Soft Crusts"


@pytest.mark.parametrize("words", ["2503.00005", "https://arxiv.org/abs/2503.00005v2", "steam injection in home ovens"])
def test_an_id_a_link_and_a_part_of_the_title_find_it_too(desk: Desk, words: str) -> None:
    assert "2503.00005" in desk(words).stdout


def test_of_several_papers_each_is_shown_and_how_they_are_known(desk: Desk) -> None:
    desk.shelf.save_paper(LIBRARY.papers["2503.00006"].model_copy(update={"title": "Wet Starter, Soft Crusts"}))
    lines = desk("starter").stdout.splitlines()
    assert lines[0] == "2 listed papers, by words of its name or title:"
    assert [line for line in lines if line[:1] != " "][1:] == [
        "WildStart: Keeping a Starter Alive at Sea",
        "Wet Starter, Soft Crusts",
    ]


def test_a_class_lists_its_papers(desk: Desk) -> None:
    answer = desk("Steam")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[0] == "Steam, a class of this survey: 2 listed papers"
    assert "  2503.00005 · VapourLoaf · 2025 · arXiv" in answer.stdout


def test_what_nothing_is_called_is_told_with_the_nearest_names_and_exit_code_1(desk: Desk) -> None:
    answer = desk("DryDos", "--offline")
    assert answer.exit_code == 1
    assert "no listed paper is called 'DryDos'" in answer.stdout
    assert "spelled most like it: DryDose" in answer.stdout
    assert "6 of 6 abstracts are missing: offline" in answer.stdout


def test_of_a_flood_of_words_only_the_beginning_is_told_back(desk: Desk) -> None:
    assert len(desk("q" * 5000, "--offline").stdout.splitlines()[0]) < 120


def test_authors_are_not_known_and_that_is_said(desk: Desk) -> None:
    answer = desk("Baker et al.", "--offline")
    assert answer.exit_code == 1
    assert "papers are not known by their authors here" in answer.stdout


def test_a_name_that_only_an_abstract_holds_is_found_in_a_feed_and_remembered(desk: Desk) -> None:
    answer = desk("LactoFog", "--offline", "--feed", str(desk.folder / "feed.jsonl"))
    assert (answer.exit_code, "2501.00002" in answer.stdout) == (0, True)
    assert "known by a name that its abstract introduces" in answer.stdout
    assert desk("LactoFog", "--offline").exit_code == 0


def test_arxiv_is_asked_only_when_the_files_do_not_hold_the_name(desk: Desk) -> None:
    preprint = Preprint(id="2501.00002", title=FOG["title"], summary=FOG["abstract"])
    with serve(preprint) as arxiv:
        desk.settings(arxiv.url)
        assert desk("VapourLoaf").exit_code == 0
        assert desk("LactoFog", "--offline").exit_code == 1
        assert desk("2501.99999").exit_code == 1
        assert arxiv.asked == []
        assert "2501.00002" in desk("LactoFog").stdout
        assert len(arxiv.asked) == 1


def test_where_arxiv_fails_what_may_be_missed_is_said_in_one_sentence_beside_the_answer(desk: Desk) -> None:
    answer = desk("LactoFog")
    assert (answer.exit_code, answer.stdout) == (3, "no listed paper is called 'LactoFog'\n")
    said = (
        "failed: names that only an abstract holds may be missed: 6 of 6 abstracts are missing: http://127.0.0.1:9/api"
    )
    assert answer.stderr.splitlines()[-1].startswith(said)


def test_what_the_files_hold_is_found_whether_arxiv_answers_or_not(desk: Desk) -> None:
    answer = desk("BrickDome")
    assert (answer.exit_code, answer.stderr) == (0, "")


def test_what_an_abstract_holds_is_told_though_arxiv_fails_for_others(desk: Desk) -> None:
    answer = desk("LactoFog", "--json", "--feed", str(desk.folder / "feed.jsonl"))
    told = json.loads(answer.stdout)
    assert (answer.exit_code, [one["id"] for one in told["found"]]) == (3, ["2501.00002"])
    assert "5 of 6 abstracts are missing" in told["failed"]


def test_offline_is_wanted_and_no_failure(desk: Desk) -> None:
    answer = desk("LactoFog", "--offline")
    assert (answer.exit_code, answer.stderr) == (1, "")
    assert "names that only an abstract holds may be missed: 6 of 6 abstracts are missing: offline" in answer.stdout


def test_json_tells_the_same(desk: Desk) -> None:
    told = json.loads(desk("VapourLoaf", "--json").stdout)
    assert told["how"] == "its name"
    assert told["found"][0] == {
        "id": "2503.00005",
        "name": "VapourLoaf",
        "title": "VapourLoaf: Steam Injection in Home Ovens",
        "year": 2025,
        "venue": "arXiv",
        "classes": [{"id": "steam", "trail": "Ovens › Steam"}],
        "link": "https://arxiv.org/abs/2503.00005",
        "code": [],
        "website": [],
    }
    nothing = desk("Zzzz", "--json", "--offline")
    assert (nothing.exit_code, json.loads(nothing.stdout)["found"]) == (1, [])


def test_what_a_stranger_hid_in_a_title_does_not_reach_the_terminal(desk: Desk) -> None:
    paper = LIBRARY.papers["2503.00006"].model_copy(update={"title": "Wet\u202e Stones\u200b, Soft\x1b[31m Crusts"})
    desk.shelf.save_paper(paper)
    assert not {"\u202e", "\u200b", "\x1b"} & set(desk("2503.00006").stdout)
