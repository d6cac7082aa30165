"""``survey-bot check --deep``: the lint of meaning, with the real model, real files and an arXiv on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import bot.cli.checking  # noqa: F401 - the command registers itself
from bot.adapters.shelf import Shelf
from bot.cli.group import cli
from bot.models import Paper
from tests.arxiv_server import Preprint, serve, status
from tests.fabricated import ABSTRACTS, LIBRARY, PAPERS

NOWHERE = "http://127.0.0.1:9/api"
LISTED = [Preprint(key, PAPERS[key].title, abstract) for key, abstract in ABSTRACTS.items()]
BRICKS = Preprint("2411.00001", "A Better Hearth", "Brick domes store heat.")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model is converted once."""
    return tmp_path_factory.mktemp("cache")


class Desk:
    """A survey of bread in a folder, and a terminal in it; arXiv is where ``api`` says, or nowhere."""

    def __init__(self, folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.shelf = folder, Shelf(folder / "taxonomy")
        monkeypatch.setenv("SURVEY_BOT_CACHE", str(folder / "cache"))
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.setenv("COLUMNS", "200")
        (folder / "cache").mkdir()
        (folder / "cache" / "model").symlink_to(cache)
        self.shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            self.shelf.save_paper(paper)
        self.settings(NOWHERE)
        lines = [{"id": one.id, "title": one.title, "abstract": one.summary} for one in (*LISTED, BRICKS)]
        (folder / "feed.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def settings(self, api: str) -> None:
        text = f'[watch]\ncategories = ["cs.RO"]\napi = "{api}"\nfeed = ""\nminutes = 5\n'
        terms = '[scope.groups.bread]\nrequired = true\nterms = ["bread"]\n'
        (self.folder / "survey-bot.toml").write_text(text + terms, encoding="utf-8")

    def __call__(self, *words: str) -> Result:
        answer = CliRunner().invoke(cli, ["--config", str(self.folder / "survey-bot.toml"), "check", *words])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    def deep(self, *words: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self("--deep", "--json", *words).stdout)
        return answer

    @property
    def feed(self) -> tuple[str, str]:
        return "--feed", str(self.folder / "feed.jsonl")


@pytest.fixture
def desk(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, cache, monkeypatch)


def kinds(told: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(one["kind"] for one in told["advice"]))


def test_all_that_check_says_comes_first_and_advice_changes_no_exit_code(desk: Desk) -> None:
    plain, deep = desk(), desk("--deep", "--offline", *desk.feed)
    assert plain.exit_code == deep.exit_code == 0
    assert deep.stdout.startswith(plain.stdout)
    assert "pieces of advice; none is an error" in deep.stdout or "1 piece of advice; none" in deep.stdout


def test_json_holds_problems_advice_and_notes(desk: Desk) -> None:
    told = desk.deep("--offline", *desk.feed)
    assert set(told) == {"problems", "advice", "notes", "failed"}
    assert set(told["advice"][0]) == {"kind", "sentence", "evidence", "papers", "classes", "weight"}


def test_json_has_one_shape_whether_the_check_is_deep_or_not(desk: Desk) -> None:
    desk.shelf.save_paper(PAPERS["2503.00005"].model_copy(update={"year": 2019}))
    plain = json.loads(desk("--json").stdout)
    assert set(plain) == set(desk.deep("--offline", *desk.feed))
    assert [problem["check"] for problem in plain["problems"]] == ["year-plausible"]
    assert (plain["advice"], plain["notes"], plain["failed"]) == ([], [], None)


def test_a_title_of_the_feed_tells_the_arxiv_id_of_a_paper_without_one(desk: Desk) -> None:
    (one,) = [one for one in desk.deep("--offline", *desk.feed)["advice"] if one["kind"] == "on-arxiv"]
    assert one["sentence"].startswith("brickdome may be arXiv 2411.00001 “A Better Hearth”")


def test_offline_asks_nobody(desk: Desk) -> None:
    with serve(*LISTED) as server:
        desk.settings(server.url)
        told = desk.deep("--offline")
    assert server.asked == []
    assert "6 of 6 abstracts are missing: offline" in told["notes"][0]


def test_arxiv_is_asked_for_all_ids_at_once_and_for_titles_in_doubt_only(desk: Desk) -> None:
    with serve(*LISTED, BRICKS) as server:
        desk.settings(server.url)
        told = desk.deep()
    assert not told["failed"], (told["failed"], told["notes"])
    assert [request.get("search_query", "") for request in server.asked] == [
        "",
        'ti:"BrickDome A Better Hearth"',
        "",  # the known paper, before "nothing" is believed
        'ti:"A Better Hearth"',
    ]
    assert "on-arxiv" in kinds(told)


def test_an_id_that_is_another_papers_is_told_with_the_right_one(desk: Desk) -> None:
    desk.shelf.save_paper(PAPERS["2503.00005"].model_copy(update={"title": "SaltCrust: Why Bakers Wait"}))
    with serve(*LISTED, Preprint("2409.00002", "SaltCrust: Why Bakers Wait")) as server:
        desk.settings(server.url)
        first = desk.deep()["advice"][0]
    assert first["kind"] == "another-paper"
    assert first["sentence"].endswith("that one is arXiv 2409.00002 “SaltCrust: Why Bakers Wait”")


def test_an_id_arxiv_does_not_know_is_told_and_is_no_failure(desk: Desk) -> None:
    with serve(*LISTED[1:]) as server:
        desk.settings(server.url)
        answer = desk("--deep")
    assert answer.exit_code == 0
    assert "arXiv does not know the id of WildStart (2501.00001): correct it" in answer.stdout
    assert "note:" not in answer.stdout


def test_an_arxiv_that_cannot_be_reached_is_degraded_and_what_is_known_is_told_all_the_same(desk: Desk) -> None:
    desk.shelf.save_paper(PAPERS["2503.00005"].model_copy(update={"id": "2503.00099", "title": "Fog"}))
    answer = desk("--deep", *desk.feed)
    assert answer.exit_code == 3
    assert "failed: 1 of 7 abstracts is missing: http://127.0.0.1:9/api: arXiv could not be reached" in answer.stderr
    assert "arXiv could not be reached" not in answer.stdout
    assert "Listed without its arXiv id (1)" in answer.stdout  # the feed knows


def test_a_search_for_a_title_that_fails_is_degraded(desk: Desk) -> None:
    with serve(*LISTED) as server:
        server.faults.extend([None, *[status(404)] * 9])
        desk.settings(server.url)
        answer = desk("--deep")
    assert answer.exit_code == 3
    assert "failed: http://127.0.0.1" in answer.stderr


def test_a_problem_of_form_is_still_what_the_exit_code_tells(desk: Desk) -> None:
    desk.shelf.save_paper(PAPERS["2503.00005"].model_copy(update={"year": 2019}))
    answer = desk("--deep", "--offline", *desk.feed)
    assert answer.exit_code == 1
    assert "year-plausible" in answer.stdout


def test_data_that_cannot_be_read_are_told_by_the_lint_of_form_and_give_no_advice(desk: Desk) -> None:
    (desk.folder / "taxonomy" / "papers" / "2503.00005.yaml").write_text("title: [\n", encoding="utf-8")
    answer = desk("--deep", "--offline")
    assert answer.exit_code == 1
    assert "note: no advice: taxonomy/papers/2503.00005.yaml" in answer.stdout


def test_a_model_that_is_not_there_costs_the_advice_on_classes_alone(desk: Desk) -> None:
    toml = desk.folder / "survey-bot.toml"
    toml.write_text(toml.read_text() + '[embedder]\ndirectory = "nowhere"\n', encoding="utf-8")
    told = desk.deep("--offline", *desk.feed)
    assert "on-arxiv" in kinds(told)
    assert any(note.startswith("no advice on classes: ") for note in told["notes"])


def test_the_file_of_mentions_is_read_where_there_is_one(desk: Desk) -> None:
    file = desk.folder / "taxonomy" / "mentions.tsv"
    file.write_text("method\tclass\nVapourLoaf\tStone Hearth\nWildStart\tMagic\nbroken\n", encoding="utf-8")
    told = desk.deep("--offline", *desk.feed)
    assert "the text places VapourLoaf (2503.00005) in Stone Hearth, the list in Steam" in [
        one["sentence"] for one in told["advice"]
    ]
    assert any("line 4" in note for note in told["notes"])
    assert any("Magic" in note for note in told["notes"])


def test_a_file_of_mentions_that_is_no_text_is_a_note(desk: Desk) -> None:
    (desk.folder / "taxonomy" / "mentions.tsv").write_bytes(b"\xff\xfe\x00")
    assert any("mentions.tsv cannot be read: it is not UTF-8" in note for note in desk.deep("--offline")["notes"])


def test_a_survey_without_papers_has_nothing_to_advise_on(desk: Desk) -> None:
    for file in (desk.folder / "taxonomy" / "papers").iterdir():
        file.unlink()
    told = desk.deep("--offline")
    assert (told["advice"], told["notes"]) == ([], [])


def test_what_feed_and_cache_hold_is_not_asked_for(desk: Desk) -> None:
    assert desk("--deep", *desk.feed).exit_code == 0  # there is no arXiv


def test_a_feed_without_deep_is_a_mistake(desk: Desk) -> None:
    answer = desk(*desk.feed)
    assert answer.exit_code == 2
    assert "--feed is for --deep" in answer.stderr


def test_of_many_pieces_of_a_kind_ten_are_shown(desk: Desk) -> None:
    for number in range(12):
        desk.shelf.save_paper(
            Paper(id=f"2001.{number:05}", title=f"Loaf {number}", year=2024, venue="x", labels=("steam",))
        )
    answer = desk("--deep", "--offline", *desk.feed)
    assert "Year far after the id's (12)" in answer.stdout
    assert "  … and 2 more, which --json tells" in answer.stdout
