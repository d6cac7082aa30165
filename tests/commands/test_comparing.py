"""`survey-bot compare` on files: a list, a feed, a ledger; judged on the fake embedder, told in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import cli, settings
from bot.adapters.shelf import Shelf
from bot.commands import comparing
from bot.commands.wiring import Wiring
from bot.compare.wording import Found, as_json, lines
from bot.errors import DataError, SourceError
from bot.fates import Fate, State
from bot.models import Record
from tests.evaluate.generated import arriving, papers
from tests.evaluate.test_evaluating import SETTINGS
from tests.fabricated import TAXONOMY
from tests.fake_embedder import FakeEmbedder
from vectorstore.index import ChromaMemory

COUNT = 150
LISTED = {key: paper for number, (key, paper) in enumerate(papers(COUNT).items()) if number % 5 < 2}
RECORDS = arriving(COUNT)
SHARED = list(LISTED)[:12]
NEW, BOATS, TOLD_ELSEWHERE = "2401.10002", "2401.10004", "2701.00001"
"""Of the feed and on our bread; of the feed and on boats; not in the feed."""


class Desk(Wiring):
    """A survey without a model on disk."""

    def memory(self, survey: str) -> ChromaMemory:
        return ChromaMemory(FakeEmbedder(), self.cache / "index", "", survey, vectors=self.cache / "vectors")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SURVEY_BOT_CACHE", str(tmp_path / "cache"))
    shelf = Shelf(tmp_path / "taxonomy")
    shelf.save_taxonomy(TAXONOMY)
    for paper in LISTED.values():
        shelf.save_paper(paper)
    (tmp_path / "survey-bot.toml").write_text(SETTINGS, encoding="utf-8")
    return Desk(settings.load(tmp_path / "survey-bot.toml"), offline=True)


def feed(desk: Desk, keys: Sequence[str] = tuple(RECORDS)) -> Path:
    file = desk.settings.root / "feed.jsonl"
    told = [{"id": key, "title": RECORDS[key].title, "abstract": RECORDS[key].abstract} for key in keys]
    file.write_text("".join(json.dumps(line) + "\n" for line in told), encoding="utf-8")
    return file


def bullet(key: str, title: str = "") -> str:
    title = title or (LISTED[key].title if key in LISTED else RECORDS[key].title if key in RECORDS else f"Rye {key}")
    return f"- [**{title}**](https://arxiv.org/abs/{key}) · `2025-01`\n"


def run(desk: Desk, *bullets: str, feeds: Sequence[Path] | None = None) -> Found:
    text = f"# Awesome Loaves\n\n## Theirs\n\n{''.join(map(bullet, SHARED))}{''.join(bullets)}"
    return comparing.run(desk, text, Path("other.md"), [feed(desk)] if feeds is None else feeds)


def text_of(found: Found) -> str:
    return "\n".join(lines(found, whole=True))


def ids_of(found: Found, group: str) -> list[str]:
    return [paper.id for paper in found.groups[group]]


def remember(desk: Desk, key: str, state: State, reason: str) -> None:
    desk.ledger.record([Fate(id=key, state=state, reason=reason, at=datetime(2026, 1, 5, tzinfo=UTC), run="1")])


# --- what is to be done -----------------------------------------------------------------------------------------------


def test_a_missing_paper_is_judged_and_one_without_a_word_of_ours_is_out(desk: Desk) -> None:
    found = run(desk, bullet(NEW), bullet(BOATS))
    assert (set(found.judged), set(found.early)) == ({NEW}, {BOATS})
    assert NEW in ids_of(found, {"skip": "out"}.get(found.judged[NEW].lane.value, found.judged[NEW].lane.value))
    assert BOATS in ids_of(found, "out")


def test_what_was_refused_here_is_told_apart_with_the_reason(desk: Desk) -> None:
    remember(desk, NEW, State.REJECTED, "@ann closed it")
    found = run(desk, bullet(NEW))
    assert ids_of(found, "refused") == [NEW]
    assert "Refused here before (1)" in text_of(found)
    assert "rejected here (@ann closed it)" in text_of(found)


@pytest.mark.parametrize("state", [State.PROPOSED, State.POSTPONED, State.ACCEPTED])
def test_what_people_know_already_is_not_proposed_again(desk: Desk, state: State) -> None:
    remember(desk, NEW, state, "it is open")
    assert ids_of(run(desk, bullet(NEW)), "known") == [NEW]


def test_a_paper_that_was_only_skipped_here_is_judged_again(desk: Desk) -> None:
    remember(desk, NEW, State.SKIPPED, "out of scope")
    found = run(desk, bullet(NEW))
    assert NEW not in ids_of(found, "known") + ids_of(found, "refused")
    assert "skipped here (out of scope)" in text_of(found)


def test_papers_without_an_abstract_and_papers_outside_arxiv_are_left_to_the_crosswalk(desk: Desk) -> None:
    found = run(desk, bullet(TOLD_ELSEWHERE), "- [**A Loaf by Hand**](https://bread.example/hand) · `2025-01`\n")
    assert ids_of(found, "blind") == [TOLD_ELSEWHERE]
    assert [paper.link for paper in found.groups["unknown"]] == ["https://bread.example/hand"]
    assert "https://bread.example/hand" in text_of(found)
    assert any("abstract" in note for note in found.notes)


def test_the_papers_of_the_other_list_do_not_move_the_line_they_are_judged_by(desk: Desk) -> None:
    more = [key for number, key in enumerate(RECORDS) if number % 5 == 2]
    alone, together = run(desk, bullet(NEW)), run(desk, *map(bullet, more[:3]))
    assert alone.judged[NEW].lines[0].value == pytest.approx(together.judged[NEW].lines[0].value, abs=0.05)
    assert not any("against this list itself" in note for note in together.notes)


def test_without_any_flow_it_says_that_scope_says_little(desk: Desk) -> None:
    found = run(desk, bullet(NEW), feeds=[feed(desk, [*LISTED, NEW])])
    assert any("against this list itself" in note for note in found.notes)


def test_a_list_that_lacks_nothing_new_loads_no_model(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "memory", lambda *_: pytest.fail("a model was asked for"))
    found = run(desk)
    assert (found.comparison.missing, found.judged) == ((), {})


def test_a_file_without_a_list_is_told_in_a_sentence(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"other\.md"):
        comparing.run(desk, "Nothing here.", Path("other.md"))


def test_nothing_is_written_on_the_shelf_or_in_the_ledger(desk: Desk) -> None:
    before = {file: file.read_bytes() for file in desk.shelf.folder.rglob("*") if file.is_file()}
    run(desk, bullet(NEW))
    assert before == {file: file.read_bytes() for file in desk.shelf.folder.rglob("*") if file.is_file()}
    assert not desk.ledger.fates()


# --- how it is told ---------------------------------------------------------------------------------------------------


def test_what_to_do_comes_before_the_crosswalk_and_the_counts_come_first(desk: Desk) -> None:
    told = text_of(run(desk, bullet(NEW)))
    assert told.startswith(f"{len(SHARED)} papers in both lists, 1 only there, {len(LISTED) - len(SHARED)} only here")
    assert told.index(NEW) < told.index("Their classes, and where")
    assert f"Theirs ({len(SHARED)} of {len(SHARED) + 1} here)" in told


def test_the_title_of_arxiv_is_shown_and_a_link_that_may_be_wrong_is_told(desk: Desk) -> None:
    title = RECORDS[NEW].title
    assert f"{title} (there: 'WS')" in text_of(run(desk, bullet(NEW, "WS")))
    other = "A Long Story of Rye in Cold Countries"
    assert f"{title} (there: '{other}'; is their link right?)" in text_of(run(desk, bullet(NEW, other)))


def test_one_link_under_unlike_titles_is_told_with_what_arxiv_says(desk: Desk) -> None:
    mine = list(LISTED)[20]
    told = text_of(run(desk, bullet(mine, "A Long Story of Rye in Cold Countries")))
    assert f"here '{LISTED[mine].title}', there 'A Long Story of Rye in Cold Countries'" in told
    assert f"arXiv says '{RECORDS[mine].title}'" in told


def test_a_long_group_is_cut_and_says_how_to_see_the_rest(desk: Desk) -> None:
    found = run(desk, *(bullet(f"2701.{number:05}") for number in range(30)))
    told = "\n".join(lines(found))
    assert "… and 10 more: --all shows them" in told
    assert "--all" not in text_of(found)


def test_the_json_has_every_paper_once_with_its_group(desk: Desk) -> None:
    found = run(desk, bullet(NEW), bullet(BOATS), bullet(TOLD_ELSEWHERE))
    data = json.loads(json.dumps(as_json(found)))
    assert sorted(paper["id"] for paper in data["missing"]) == sorted([NEW, BOATS, TOLD_ELSEWHERE])
    assert {paper["id"]: paper["group"] for paper in data["missing"]}[BOATS] == "out"
    assert data["held_out"]["asked"] == len(SHARED)
    assert len(data["shared"]) == len(SHARED)


def test_the_command_prints_it(desk: Desk, tmp_path: Path) -> None:
    readme = tmp_path / "other.md"
    readme.write_text(f"# Loaves\n\n## Theirs\n\n{bullet(SHARED[0])}{bullet(TOLD_ELSEWHERE)}", encoding="utf-8")
    config = ["--config", str(tmp_path / "survey-bot.toml")]
    result = CliRunner().invoke(cli.cli, [*config, "compare", str(readme), "--offline"])
    assert result.exit_code == 0, result.output
    assert "1 paper in both lists, 1 only there" in result.output
    as_data = CliRunner().invoke(cli.cli, [*config, "compare", str(readme), "--offline", "--json"])
    assert json.loads(as_data.stdout)["missing"][0]["id"] == TOLD_ELSEWHERE


def test_where_arxiv_fails_what_is_known_is_told_and_the_exit_code_says_so(desk: Desk, tmp_path: Path) -> None:
    watch = '[watch]\napi = "http://127.0.0.1:9/api"\nminutes = 0.02\n'
    (tmp_path / "survey-bot.toml").write_text(f"{watch}{SETTINGS}", encoding="utf-8")
    (tmp_path / "other.md").write_text(f"# L\n\n## Theirs\n\n{bullet(SHARED[0])}{bullet(TOLD_ELSEWHERE)}", "utf-8")
    command = ["--config", str(tmp_path / "survey-bot.toml"), "compare", str(tmp_path / "other.md"), "--json"]
    answer = CliRunner().invoke(cli.cli, command)
    told = json.loads(answer.stdout)
    assert (answer.exit_code, list(told["shared"]), [one["group"] for one in told["missing"]]) == (
        3,
        SHARED[:1],
        ["blind"],
    )
    assert answer.stderr.startswith("failed: 1 of 1 abstracts is missing: http://127.0.0.1:9/api: arXiv could not be")
    assert told["failed"] in answer.stderr


def test_who_did_not_answer_is_asked_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def fail(paper_ids: Sequence[str]) -> Iterator[Record]:
        asked.extend(paper_ids)
        raise SourceError("arXiv sleeps")

    online = Desk(desk.settings)
    monkeypatch.setattr(online.archive, "_fetch", fail)
    found = run(online, bullet(NEW), bullet(TOLD_ELSEWHERE))
    assert asked == [TOLD_ELSEWHERE]
    assert found.failed == "1 of 2 abstracts is missing: arXiv sleeps"
    assert NEW in found.judged


def test_a_withdrawn_or_hidden_word_in_a_record_reaches_the_judgement_as_a_flag(desk: Desk) -> None:
    record = Record(id=NEW, title="Loaf\u200b of Rye", abstract=RECORDS[NEW].abstract, version=1)
    desk.archive.keep([record])
    found = run(desk, bullet(NEW), feeds=[feed(desk, [key for key in RECORDS if key != NEW])])
    assert found.judged[NEW].flags
    assert "\u200b" not in text_of(found)
