"""The command's porch, on real files and a real index: what it writes, what it leaves out, what it refuses."""

import gzip
import json
from pathlib import Path

import pytest

from bot import settings
from bot.adapters.shelf import Shelf
from bot.commands import evaluating
from bot.commands.evaluating import Ask
from bot.commands.wiring import Wiring
from bot.errors import SettingsError, SourceError, SurveyBotError
from bot.evaluate.report import Evaluation
from bot.models import Paper
from tests.conftest import quiet
from tests.evaluate.generated import arriving, days, papers
from tests.fabricated import TAXONOMY
from tests.fake_embedder import FakeEmbedder
from vectorstore.index import ChromaMemory

SETTINGS = """
[scope.groups.bread]
required = true
terms = ["loaf", "bread"]

[scope.groups.means]
enough = 2
terms = ["starter", "gluten", "vapour", "brick", "instant"]
"""
COUNT = 60


class Desk(Wiring):
    """A survey without a model on disk; what it embeds is counted."""

    def memory(self, survey: str) -> ChromaMemory:
        return ChromaMemory(FakeEmbedder(), self.cache / "index", "", survey, vectors=self.cache / "vectors")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Every fifth paper of the flow is listed, and one that is not on arXiv."""
    monkeypatch.setenv("SURVEY_BOT_CACHE", str(tmp_path / "cache"))
    shelf = Shelf(tmp_path / "taxonomy")
    shelf.save_taxonomy(TAXONOMY)
    for number, paper in enumerate(papers(COUNT).values()):
        if number % 5 < 2:
            shelf.save_paper(paper)
    shelf.save_paper(Paper(id="dome", title="Dome", year=2024, venue="Blog", url="https://x.de", labels=("steam",)))
    (tmp_path / "survey-bot.toml").write_text(SETTINGS, encoding="utf-8")
    with gzip.open(tmp_path / "feed.jsonl.gz", "wt", encoding="utf-8") as file:
        for record in arriving(COUNT).values():
            file.write(json.dumps({"id": record.id, "title": record.title, "abstract": record.abstract}) + "\n")
    rows = "".join(f"{day}\t{paper}\n" for paper, day in days(COUNT).items())
    (tmp_path / "listing.tsv").write_text(f"day\tid\n{rows}", encoding="utf-8")
    return Desk(settings.load(tmp_path / "survey-bot.toml"), offline=True)


def _ask(desk: Desk, **more: object) -> Ask:
    root = desk.settings.root
    return Ask(feeds=(root / "feed.jsonl.gz",), quick=True, **more)  # type: ignore[arg-type]


def _whole(desk: Desk) -> Evaluation:
    return evaluating.evaluate(desk, _ask(desk, listing=desk.settings.root / "listing.tsv"), quiet)


def test_a_survey_is_evaluated_and_twice_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    found = _whole(desk)
    assert [result.papers for result in found.placement] == [24, 4]
    assert found.scope is not None
    assert found.scope.right > 0
    assert found.notes == ("1 of 25 listed papers are left out, without an abstract: dome",)
    one, two = (evaluating.save(_whole(desk), tmp_path / name) for name in ("one", "two"))
    assert [file.name for file in one] == ["evaluation.json", "evaluation.html"]
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in two]
    assert Evaluation.model_validate_json(one[0].read_bytes()) == found


def test_the_table_shows_every_method(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    evaluating.show(_whole(desk))
    told = capsys.readouterr().out
    for word in (
        "survey-bot (95%)",
        "majority",
        "keyword rule",
        "neighbours' vote",
        "likeness",
        "macro top-1",
        "WSS@95",
        "ruled out by words alone",
        "target: 80% of proposals right; found",
        "too few papers to calibrate on",
    ):
        assert word in told


def test_what_was_embedded_once_is_not_embedded_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _whole(desk)
    embedded: list[str] = []
    monkeypatch.setattr(FakeEmbedder, "encode", lambda self, texts: embedded.extend(texts))
    _whole(desk)
    assert embedded == []


def test_without_a_listing_only_placement_is_judged(desk: Desk) -> None:
    assert evaluating.evaluate(desk, _ask(desk), quiet).scope is None


def test_with_verdicts_only_months_they_lie_in_are_judged(desk: Desk) -> None:
    root = desk.settings.root
    (root / "judged.tsv").write_text("id\tfirst\tsecond\n2406.10052\tin\tin\n", encoding="utf-8")
    found = evaluating.evaluate(desk, _ask(desk, listing=root / "listing.tsv", judged=root / "judged.tsv"), quiet)
    assert found.scope is not None
    assert [month.month for month in found.scope.months] == ["2024-06"]
    assert next(one for one in found.scope.ranking if one.id == "2406.10052").belongs


def test_abstracts_of_an_earlier_run_are_enough_for_placement(desk: Desk) -> None:
    first = evaluating.evaluate(desk, _ask(desk), quiet)
    again = evaluating.evaluate(desk, Ask(quick=True), quiet)
    assert first == again


def test_a_survey_without_abstracts_is_told_what_to_do(desk: Desk) -> None:
    with pytest.raises(SurveyBotError) as caught:
        evaluating.evaluate(desk, Ask(), quiet)
    assert "0 of 25 listed papers have an abstract and a class; evaluating takes 10" in str(caught.value)
    assert "give their records with --feed" in str(caught.value)


def test_what_does_not_fit_together_is_refused_before_anything_is_read(desk: Desk) -> None:
    root = desk.settings.root
    with pytest.raises(SettingsError, match="--listing: a listing holds no abstracts"):
        evaluating.evaluate(desk, Ask(listing=root / "listing.tsv"), quiet)
    (root / "judged.tsv").write_text("id\tfirst\tsecond\n2406.10052\tin\tin\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="--judged: verdicts need the listing"):
        evaluating.evaluate(desk, _ask(desk, judged=root / "judged.tsv"), quiet)


def test_files_that_cannot_be_read_are_named(desk: Desk) -> None:
    root = desk.settings.root
    with pytest.raises(SurveyBotError, match=r"none\.tsv: cannot be read: No such file"):
        evaluating.evaluate(desk, _ask(desk, listing=root / "none.tsv"), quiet)
    with pytest.raises(SurveyBotError, match="it is not UTF-8"):
        evaluating.evaluate(desk, _ask(desk, listing=root / "feed.jsonl.gz"), quiet)
    with pytest.raises(SourceError):
        evaluating.evaluate(desk, Ask(feeds=(root / "none.jsonl",)), quiet)


def test_a_listing_with_no_month_to_judge_is_refused(desk: Desk) -> None:
    file = desk.settings.root / "short.tsv"
    file.write_text("day\tid\n2024-06-15\t2406.10050\n", encoding="utf-8")
    with pytest.raises(SurveyBotError, match="no month of it can be judged"):
        evaluating.evaluate(desk, _ask(desk, listing=file), quiet)


def test_where_nothing_can_be_written_a_sentence_says_so_and_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(SettingsError, match="give another folder with --out"):
        evaluating.save(evaluating.evaluate(desk, _ask(desk), quiet), tmp_path / "taken")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "a file"
