"""Facts as people see them: the command, the Markdown table and the page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bot.cli.extracting
from bot.adapters.shelf import Shelf
from bot.cli.group import cli
from bot.facts.page import page
from bot.facts.table import WARNING, Row, key, markdown, shown
from bot.models.facts import Fact, Quantity, Sense, Sheet
from tests.fabricated import LIBRARY

HOSTILE = 'Bread <img src=x onerror="alert(1)"> | @baker [a](javascript:x) </details><script>'


def fact(quantity: Quantity, value: float, unit: str, change: Sense | None = None, quote: str = "It is so.") -> Fact:
    return Fact(quantity=quantity, value=value, unit=unit, change=change, quote=quote)


def row(name: str, *facts: Fact, reviewed: bool = False) -> Row:
    return Row(name, name, f"https://arxiv.org/abs/{name}", facts, reviewed)


FAST = row("fast", fact(Quantity.LATENCY, 9, "ms"), fact(Quantity.SPEEDUP, 3, "x", Sense.MORE))
SLOW = row("slow", fact(Quantity.LATENCY, 1200, "ms"), fact(Quantity.SPEEDUP, 150, "%", Sense.MORE))
MIDDLE = row("middle", fact(Quantity.LATENCY, 80, "ms"))


class Seen(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Desk:
    """A survey of bread in a folder whose first paper claims a speed-up; arXiv is nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shelf = folder, Shelf(folder / "taxonomy")
        self.shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            self.shelf.save_paper(paper)
        settings = '[watch]\ncategories = ["cs.RO"]\nfeed = ""\n[cache]\npath = "cache"\n'
        terms = '[scope.groups.bread]\nrequired = true\nterms = ["bread"]\n'
        (folder / "survey-bot.toml").write_text(settings + terms, encoding="utf-8")
        abstracts = {
            "2501.00001": "We feed the levain 3 times faster.",
            "2501.00002": "We wait in a 7B-parameter cellar.",
        }
        lines = [json.dumps({"id": key, "title": "Bread", "abstract": text}) for key, text in abstracts.items()]
        (folder / "feed.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def __call__(self, *words: str) -> Result:
        named = ["--config", str(self.folder / "survey-bot.toml"), "facts", *words]
        more = [] if "--help" in words else ["--offline", "--feed", str(self.folder / "feed.jsonl")]
        answer = CliRunner().invoke(cli, [*named, *more])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("SURVEY_BOT_CACHE", raising=False)
    return Desk(tmp_path)


# --- the table -------------------------------------------------------------------------------------------------------


def test_latencies_are_put_in_order_by_time_and_not_by_digits() -> None:
    text = markdown([SLOW, MIDDLE, FAST], Quantity.LATENCY)
    assert re.findall(r"\[(\w+)\]", text) == ["fast", "middle", "slow"]
    assert "1\\.2 s" in text


def test_the_greatest_gain_comes_first_whatever_it_is_told_in() -> None:
    assert re.findall(r"\[(\w+)\]", markdown([SLOW, FAST], Quantity.SPEEDUP)) == ["fast", "slow"]


@pytest.mark.parametrize(
    ("change", "value", "unit", "times"),
    [
        (Sense.LESS, 50, "%", 2.0),
        (Sense.LEFT, 50, "%", 2.0),
        (Sense.LESS, 2, "x", 2.0),
        (Sense.MORE, 100, "%", 2.0),
        (Sense.MORE, 2, "x", 2.0),
        (Sense.LESS, 100, "%", float("inf")),
    ],
)
def test_comparisons_are_put_in_order_by_how_many_times_better(
    change: Sense, value: float, unit: str, times: float
) -> None:
    assert key(fact(Quantity.MEMORY, value, unit, change)) == times


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (fact(Quantity.PARAMETERS, 7000, "M parameters"), "7B"),
        (fact(Quantity.PARAMETERS, 450, "M parameters"), "450M"),
        (fact(Quantity.LATENCY, 33, "ms"), "33 ms"),
        (fact(Quantity.TRAINING, 90, "minutes"), "1.5 h"),
        (fact(Quantity.MEMORY, 30, "%", Sense.LEFT), "30% left"),
        (fact(Quantity.SPEEDUP, 2.5, "x", Sense.MORE), "2.5x"),
        (fact(Quantity.DATA, 1, "demonstrations"), "1 demonstration"),
    ],
)
def test_a_number_is_shown_as_people_say_it(one: Fact, text: str) -> None:
    assert shown(one) == text


def test_the_table_stands_under_the_warning_and_tells_what_nobody_has_reviewed() -> None:
    text = markdown([FAST, row("seen", fact(Quantity.MEMORY, 4, "GB"), reviewed=True)])
    assert text.startswith("> **Mind the hardware.** ")
    assert "a chunk-level 50 Hz is not a token-level 50 Hz" in text
    assert text.count("(not reviewed)") == 2


def test_strangers_words_do_nothing_in_the_table() -> None:
    (line,) = markdown(
        [Row("a", HOSTILE, "javascript:alert(1)", (fact(Quantity.MEMORY, 4, "GB", quote=HOSTILE),))]
    ).splitlines()[4:]
    assert "<img" not in line
    assert "@baker" not in line
    assert len(re.findall(r"(?<!\\)\|", line)) == 6


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_asks_nothing_of_the_network_and_runs_only_its_own_script() -> None:
    seen = Seen(page([FAST, SLOW], "Bread"))
    assert not [tag for tag, words in seen.tags if "src" in words or tag == "link"]
    (policy,) = [words["content"] for _, words in seen.tags if "http-equiv" in words]
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in str(policy)


def test_every_heading_is_a_button_and_every_value_shows_its_quote_and_its_paper() -> None:
    seen = Seen(page([FAST, SLOW], "Bread"))
    heads = [words for tag, words in seen.tags if tag == "th" and words.get("scope") == "col"]
    assert len(heads) == len([tag for tag, _ in seen.tags if tag == "button"]) == 3
    assert [words["title"] for tag, words in seen.tags if tag == "summary"] == ["It is so."] * 4
    assert [words["href"] for tag, words in seen.tags if tag == "a"] == [FAST.link, SLOW.link]


def test_a_page_is_sorted_by_one_unit() -> None:
    seen = Seen(page([SLOW, FAST, MIDDLE], "Bread"))
    cells = [words["data-key"] for tag, words in seen.tags if tag == "td"]
    assert cells == ["1200", "2.5", "9", "3", "80", ""]


def test_strangers_words_do_nothing_in_the_page() -> None:
    one = fact(Quantity.MEMORY, 4, "GB", quote=HOSTILE)
    seen = Seen(page([Row("a", HOSTILE, "javascript:alert(1)", (one,))], HOSTILE))
    assert [tag for tag, _ in seen.tags if tag in ("img", "a")] == []
    assert [tag for tag, _ in seen.tags].count("script") == 1
    assert HOSTILE in seen.texts


def test_the_page_warns() -> None:
    assert WARNING in " ".join(Seen(page([FAST], "Bread")).texts)


# --- the command -----------------------------------------------------------------------------------------------------


def test_claims_are_shown_with_their_quotes_and_nothing_is_written(desk: Desk) -> None:
    answer = desk()
    assert answer.exit_code == 0
    assert "Speed-up: 3x" in answer.output
    assert "“We feed the levain 3 times faster.”" in answer.output
    assert desk.shelf.load_facts() == {}


def test_write_puts_files_into_the_work_tree_once(desk: Desk) -> None:
    desk("write")
    assert list(desk.shelf.load_facts()) == ["2501.00001", "2501.00002"]
    assert desk("write").stdout == "nothing new to write\n"


def test_what_a_human_made_of_a_file_is_shown_and_kept(desk: Desk) -> None:
    desk.shelf.save_facts("2501.00001", Sheet(facts=()))
    desk("write")
    answer = json.loads(desk("--json").stdout)
    assert [one["id"] for one in answer["papers"]] == ["2501.00002"]
    assert desk.shelf.load_facts()["2501.00001"] == Sheet(facts=())


def test_again_reads_the_abstract_anew_and_writes_nothing(desk: Desk) -> None:
    desk.shelf.save_facts("2501.00001", Sheet(facts=()))
    assert "Speed-up: 3x" in desk("2501.00001", "--again").stdout
    assert desk.shelf.load_facts() == {"2501.00001": Sheet(facts=())}


def test_write_knows_no_way_to_overwrite(desk: Desk) -> None:
    assert desk("write", "--again").exit_code == 2


@pytest.mark.parametrize("words", [(), ("show",), ("2501.00001",), ("show", "2501.00001"), ("--sort", "speed-up")])
def test_without_a_command_facts_are_shown(desk: Desk, words: tuple[str, ...]) -> None:
    assert "Speed-up: 3x" in desk(*words).stdout


def test_help_tells_the_commands(desk: Desk) -> None:
    said = desk("--help").stdout
    assert all(name in said for name in ("show", "write", "propose"))


def test_a_quote_that_has_left_the_abstract_is_told(desk: Desk) -> None:
    desk.shelf.save_facts("2501.00001", Sheet(facts=(fact(Quantity.MEMORY, 4, "GB", quote="Gone."),)))
    assert "2501.00001: a quote does not stand in the abstract any more: “Gone.”" in desk().output


def test_a_table_is_sorted_by_a_quantity(desk: Desk) -> None:
    text = desk("--table", "--sort", "parameters").output
    assert "7B" in text
    assert "3x" not in text


def test_what_is_counted_is_what_is_shown(desk: Desk) -> None:
    assert "\n1 claim of parameters, of 1 paper; 2 papers read\n" in desk("--sort", "parameters").stdout


def test_a_few_papers_that_could_not_be_read_are_named(desk: Desk) -> None:
    assert "1 paper could not be read: brickdome; not on arXiv" in desk("brickdome").stdout


def test_a_page_is_written_where_it_is_wanted(desk: Desk) -> None:
    file = desk.folder / "facts.html"
    assert desk("--html", str(file)).exit_code == 0
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_what_is_no_id_is_told_in_one_sentence(desk: Desk) -> None:
    answer = desk("sourdough!")
    assert answer.exit_code == 2
    assert "'sourdough!' is no paper's id" in answer.output


def test_the_command_knows_every_quantity() -> None:
    assert tuple(Quantity) == bot.cli.extracting._QUANTITIES
