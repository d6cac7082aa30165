"""The drift radar: doubtful papers that are a class of their own are found, and nothing else is told as one."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import bot.cli.drifting  # noqa: F401 - the command registers itself
from bot import drift
from bot.adapters.ledger_file import LedgerFile
from bot.adapters.shelf import Shelf
from bot.cli.group import cli
from bot.clusters import Cluster
from bot.fates import Fate, State
from bot.models import Library, Paper
from tests.fabricated import TAXONOMY

AT = datetime(2026, 11, 22, 10, 3, tzinfo=UTC)
COMMON = [
    "bread",
    "dough",
    "bake",
    "loaf",
    "flour",
    "method",
    "result",
    "time",
    "oven",
    "warm",
    "large",
    "small",
    "test",
]
ABOUT = {
    "sourdough": ["starter", "levain", "wild", "lactic", "sour", "culture"],
    "kneading": ["gluten", "mixer", "fold", "autolyse", "stretch", "knead"],
    "steam": ["vapour", "crust", "steam", "valve", "lid", "spring"],
    "stone-hearth": ["brick", "stone", "hearth", "dome", "wood", "firing"],
}
FREEZING = ["freezer", "frozen", "thaw", "ice", "crystal", "cold"]
RULEBOOK = {label: (label, f"About {' '.join(words)}.") for label, words in ABOUT.items()}


def abstract(topic: Sequence[str], seed: int, share: float = 0.4) -> str:
    """Invented words: so many of a topic, the others from what all papers say or from a paper's own."""
    draw = random.Random(seed)  # noqa: S311 - nothing is kept secret with it
    others = [*COMMON, *(f"own{draw.randrange(10_000)}word" for _ in range(8))]
    said = [draw.choice(topic) if draw.random() < share else draw.choice(others) for _ in range(60)]
    return f"{' '.join(said).capitalize()}."


def titled(number: int) -> str:
    return f"Loaf{number}: Notes"


LABELS = {f"2501.{number:05}": (list(ABOUT)[number % 4],) for number in range(40)}
LISTED = {
    paper: (titled(place), abstract(ABOUT[labels[0]], place)) for place, (paper, labels) in enumerate(LABELS.items())
}


def new(topic: Sequence[str], many: int, first: int = 1) -> dict[str, tuple[str, ...]]:
    numbers = range(first, first + many)
    return {f"2602.{number:05}": (titled(number), abstract(topic, 1_000 + number)) for number in numbers}


MIXED = {key: said for at, topic in enumerate(ABOUT.values()) for key, said in new(topic, 3, 100 + 10 * at).items()}
"""Doubtful papers of the classes there are."""


def clustered(papers: Mapping[str, Sequence[str]], **more: Any) -> list[Cluster]:
    facts = {"listed": LISTED, "rulebook": RULEBOOK, "labels": LABELS, **more}
    return drift.clustered(papers, **facts)


# --- what is found ----------------------------------------------------------------------------------------------------


def test_papers_on_what_no_class_holds_are_found_among_others() -> None:
    frozen = new(FREEZING, 7)
    (found,) = clustered({**MIXED, **frozen})
    assert set(found.papers) == set(frozen)
    assert found.alike > found.nearest


def test_the_terms_are_words_of_the_cluster_that_listed_papers_do_not_say() -> None:
    (found,) = clustered({**MIXED, **new(FREEZING, 7)})
    assert len(found.terms) == 5
    assert set(found.terms) <= {*FREEZING, "frozen", "freezer"}


def test_the_nearest_classes_are_those_whose_words_the_papers_say() -> None:
    topic = [*FREEZING, "steam", "vapour"]
    (found,) = clustered({**MIXED, **new(topic, 9)})
    assert found.near[0] == "steam"


def test_where_no_class_is_missing_nothing_is_found() -> None:
    assert clustered(MIXED) == []


def test_papers_of_a_class_that_is_there_are_no_new_class() -> None:
    assert clustered({**MIXED, **new(ABOUT["steam"], 12)}) == []


def test_a_class_that_has_a_rulebook_and_no_paper_yet_is_known() -> None:
    rulebook = {**RULEBOOK, "freezing": ("freezing", f"About {' '.join(FREEZING)}.")}
    assert clustered({**MIXED, **new(FREEZING, 7)}, rulebook=rulebook) == []


def test_four_papers_are_no_class() -> None:
    assert clustered({**MIXED, **new(FREEZING, 4)}) == []


def test_doubtful_papers_that_are_listed_do_not_vouch_for_the_class_they_were_put_in() -> None:
    frozen = new(FREEZING, 7)
    labels = {**LABELS, **dict.fromkeys(frozen, ("steam",))}
    (found,) = clustered({**MIXED, **frozen}, listed={**LISTED, **frozen}, labels=labels)
    assert set(found.papers) == set(frozen)


def test_two_missing_classes_are_told_apart_the_larger_first() -> None:
    frozen, rye = [*FREEZING, "vapour", "crust", "steam"], ["rye", "bran", "malt", "kernel", "gluten", "mixer", "fold"]
    of_rye, of_frozen = new(rye, 8, 50), new(frozen, 6)
    first, second = clustered({**MIXED, **of_frozen, **of_rye})
    assert set(of_rye) <= set(first.papers)
    assert set(of_frozen) <= set(second.papers)


def test_the_order_of_the_papers_changes_nothing() -> None:
    papers = {**MIXED, **new(FREEZING, 7)}
    assert clustered(papers) == clustered(dict(reversed(papers.items())))


@pytest.mark.parametrize(
    "text", ["", "1 2 3", "the of and", "x" * 5_000, "<!-- x --> | @all #1", "\u9762\u5305 " * 50, "rye " * 2_000]
)
def test_papers_of_odd_text_break_nothing(text: str) -> None:
    odd = {f"2603.{number:05}": (titled(number), text) for number in range(6)}
    for one in clustered({**MIXED, **odd}):
        assert all(len(term) <= 40 for term in one.terms)


def test_few_listed_papers_tell_nothing() -> None:
    few = dict(list(LISTED.items())[:19])
    assert clustered({**MIXED, **new(FREEZING, 7)}, listed=few) == []


def test_where_all_listed_papers_share_a_class_nothing_is_told() -> None:
    assert clustered({**MIXED, **new(FREEZING, 7)}, labels=dict.fromkeys(LABELS, ("steam",))) == []


# --- which papers are doubtful ----------------------------------------------------------------------------------------


def fate(number: int, state: State = State.ASKED, **more: Any) -> Fate:
    facts = {"id": f"2602.{number:05}", "state": state, "reason": "because", "at": AT, "run": "r1",
             "title": titled(number), "scope": 0.5, "confidence": 0.5}  # fmt: skip
    return Fate.model_validate({**facts, **more})


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (fate(1), True),
        (fate(1, confidence=0.99), True),
        (fate(1, State.PROPOSED), True),
        (fate(1, State.ACCEPTED), True),
        (fate(1, State.CORRECTED), True),
        (fate(1, State.PROPOSED, confidence=0.9), False),
        (fate(1, State.PROPOSED, confidence=None), False),
        (fate(1, State.PROPOSED, confidence=0.9, opinion="-none"), True),
        (fate(1, State.SEEN, reason="waits for room: 7 pull requests are open"), True),
        (fate(1, State.SEEN, reason="due again"), False),
        (fate(1, State.SKIPPED), False),
        (fate(1, State.REJECTED), False),
        (fate(1, State.POSTPONED), False),
        (fate(1, opinion="-out"), False),
        (fate(1, scope=None), False),
        (fate(1, id="brickdome"), False),
    ],
)
def test_doubtful_is_what_was_asked_about_or_weakly_placed_and_is_not_out_of_scope(one: Fate, expected: bool) -> None:
    assert drift.doubtful([one]) == [one.id] * expected


def test_the_doubtful_papers_come_in_the_order_of_their_submission() -> None:
    assert drift.doubtful([fate(3), fate(1), fate(2)]) == ["2602.00001", "2602.00002", "2602.00003"]


# --- the command ------------------------------------------------------------------------------------------------------


class Desk:
    """A survey of bread in a folder with a ledger, and a terminal in it; arXiv is not asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        papers = {
            key: Paper(id=key, title=LISTED[key][0], year=2025, venue="arXiv", labels=labels)
            for key, labels in LABELS.items()
        }
        shelf = Shelf(folder / "taxonomy")
        shelf.save_taxonomy(Library(taxonomy=TAXONOMY, papers=papers).taxonomy)
        for paper in papers.values():
            shelf.save_paper(paper)
        settings = '[watch]\ncategories = ["cs.RO"]\n[cache]\npath = "cache"\n[ledger]\npath = "ledger.jsonl"\n'
        terms = '[scope.groups.bread]\nrequired = true\nterms = ["bread"]\n'
        (folder / "survey-bot.toml").write_text(settings + terms, encoding="utf-8")

    def knows(self, papers: Mapping[str, Sequence[str]], fates: Sequence[Fate]) -> None:
        LedgerFile(self.folder / "ledger.jsonl").record(fates)
        lines = [{"id": key, "title": said[0], "abstract": said[1]} for key, said in {**LISTED, **papers}.items()]
        (self.folder / "feed.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def __call__(self, *words: str) -> Result:
        feed = ["--feed", str(self.folder / "feed.jsonl")] if (self.folder / "feed.jsonl").exists() else []
        command = ["--config", str(self.folder / "survey-bot.toml"), "drift", "--offline", *feed, *words]
        answer = CliRunner().invoke(cli, command)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("SURVEY_BOT_CACHE", raising=False)
    return Desk(tmp_path)


FROZEN = new(FREEZING, 7)
FATES = [fate(int(key[5:])) for key in {**MIXED, **FROZEN}]


def test_a_missing_class_is_told_with_its_papers(desk: Desk) -> None:
    desk.knows({**MIXED, **FROZEN}, FATES)
    answer = desk()
    assert (answer.exit_code, answer.stderr) == (0, "")
    first, *papers = answer.stdout.splitlines()
    assert first.startswith("7 papers since February 2026 look like a class of their own: terms ")
    assert first.endswith("; scope 0.50 on average")
    assert papers == [f"2602.0000{number} asked: Loaf{number}: Notes" for number in range(1, 8)]


def test_without_a_missing_class_it_says_so(desk: Desk) -> None:
    desk.knows(MIXED, [fate(int(key[5:])) for key in MIXED])
    assert desk().stdout == "nothing looks like a new class: 12 doubtful papers looked at\n"


def test_a_survey_that_never_ran_has_no_drift(desk: Desk) -> None:
    answer = desk()
    told = "there is no doubtful paper to look at; they come from survey-bot run, which asks about them\n"
    assert (answer.exit_code, answer.stdout) == (0, told)


def test_abstracts_that_are_not_known_are_told(desk: Desk) -> None:
    desk.knows({**MIXED, **FROZEN}, FATES)
    (desk.folder / "feed.jsonl").unlink()
    answer = desk()
    assert answer.exit_code == 0
    assert "the papers without an abstract are left out" in answer.stderr
    assert "0 listed papers with an abstract: too few to tell what is alike; it takes 20" in answer.stderr


def test_the_json_tells_the_same(desk: Desk) -> None:
    desk.knows({**MIXED, **FROZEN}, FATES)
    told = json.loads(desk("--json").stdout)
    (cluster,) = told["clusters"]
    assert told["doubtful"] == 19
    assert [paper["id"] for paper in cluster["papers"]] == sorted(FROZEN)
    assert {"terms", "near", "alike", "nearest", "scope", "text"} <= set(cluster)


def test_no_title_moves_the_terminal_or_speaks_to_a_log(desk: Desk) -> None:
    desk.knows({**MIXED, **FROZEN}, [one.model_copy(update={"title": "\x1b[2J::error::x\u202e"}) for one in FATES])
    told = desk().stdout
    assert not any(bad in told for bad in ("\x1b", "::error", "\u202e"))
