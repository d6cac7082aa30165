"""The command as people type it: real model, real git, real files; what goes wrong is one sentence and an exit code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from bot.adapters.shelf import Shelf
from bot.cli import cli
from bot.models import Paper
from tests import chat_server
from tests.arxiv_server import Preprint, serve, status
from tests.fabricated import LIBRARY, RECORDS, candidate
from tests.repositories import git, new_repository

ROOT = Path(__file__).parent.parent
SETTINGS = """
[watch]
categories = ["cs.RO"]
api = "{api}"
feed = "{feed}"
minutes = {minutes}

[scope.groups.bread]
required = true
terms = ["bread", "loaf*", "crust", "dough"]

[scope.groups.means]
terms = ["steam", "yeast", "starter"]

[lanes]
right = 0.1

[forge]
kind = "local"
"""
FEED = [
    {"id": "2611.90001", "title": "SteamBox: Steam Injection", "abstract": "Steam injection keeps the crust soft."},
    {"id": "2611.90002v2", "title": "TinyDose", "abstract": "Few instant yeast cells raise the loaf overnight."},
    {"id": "2611.90004", "title": "Boats", "abstract": "We plan the path of a boat under tides."},
    {"id": "2501.00001v3", "title": "A revision", "abstract": "Of a listed loaf."},
]


LIST = """# Bread

## Ovens

### Steam

| Year | Venue | Paper | Website | Code |
|---|---|---|---|---|
| 2025 | arXiv | [Wet](https://arxiv.org/abs/2503.00006) | - | - |
"""


class Answer(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


class Desk:
    """A survey of bread in a repository, and a terminal in it."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.env = folder, {"SURVEY_BOT_CACHE": str(cache), "HOME": str(cache), "COLUMNS": "200"}
        new_repository(folder)
        shelf = Shelf(folder / "taxonomy")
        shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            shelf.save_paper(paper)
        self.settings()
        (folder / "feed.jsonl").write_text("".join(json.dumps(record) + "\n" for record in FEED), encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", "The survey")

    def settings(self, extra: str = "", api: str = "http://127.0.0.1:9/api", feed: str = "") -> None:
        minutes = 5.0 if api != "http://127.0.0.1:9/api" else 0.02  # nobody answers there
        text = SETTINGS.format(api=api, feed=feed, minutes=minutes) + extra
        (self.folder / "survey-bot.toml").write_text(text, encoding="utf-8")

    def __call__(self, *words: str) -> Answer:
        """What is typed, in this process."""
        with chdir(self.folder):
            done = CliRunner().invoke(cli, words, env=self.env, catch_exceptions=False)
        return Answer(done.exit_code, done.stdout, done.stderr)

    def process(self, *words: str) -> Answer:
        """The same in a process of its own, for what a process brings with it: its streams, a fresh start, an end."""
        command = [sys.executable, "-m", "bot", *words]
        path = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin:/usr/local/bin"}
        done = subprocess.run(
            command, cwd=self.folder, env={**path, **self.env}, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model is converted once for all tests of the command."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def desk(tmp_path: Path, cache: Path) -> Desk:
    return Desk(tmp_path / "survey", cache)


def test_a_run_over_a_file_opens_proposals_and_a_second_one_nothing(desk: Desk) -> None:
    first = desk.process("run", "--feed", "feed.jsonl", "--offline", "--json")
    report = json.loads(first.out)
    assert (first.code, report["seen"], report["listed"], report["early"], report["proposed"]) == (0, 4, 1, 1, 2)
    second = desk.process("run", "--feed", "feed.jsonl", "--offline", "--json")
    again = json.loads(second.out)
    assert (second.code, again["listed"], again["known"], again["proposed"]) == (0, 1, 3, 0)
    assert len(git(desk.folder, "branch", "--list", "survey-bot/*").split()) == 2
    assert git(desk.folder, "status", "--porcelain") == ""


def test_explain_answers_for_listed_proposed_skipped_and_unseen_papers(desk: Desk) -> None:
    desk("run", "--feed", "feed.jsonl", "--offline")
    assert "listed under Better Dough › Leavening › Sourdough" in desk("explain", "arXiv:2501.00001v3").out
    assert "proposed (run" in desk("explain", "2611.90001").out
    assert "holds no term of the group 'bread'" in desk("explain", "2611.90004").out
    unseen = desk("explain", "2611.99999")
    assert (unseen.code, "never seen" in unseen.out) == (0, True)
    assert json.loads(desk("explain", "2611.90001", "--json").out)["fate"]["state"] == "proposed"


def test_why_judges_a_seen_paper_and_a_listed_one_as_if_it_were_not(desk: Desk) -> None:
    desk("run", "--feed", "feed.jsonl", "--offline")
    answer = json.loads(desk("explain", "2611.90001", "--why", "--offline", "--json").out)
    assert answer["judgement"]["lane"] == "propose"
    assert any(line.startswith("* ") and "Ovens › Steam" in line for line in answer["lines"])
    assert any("known by title and note only" in line for line in answer["lines"])
    early = desk("explain", "2611.90004", "--why", "--offline")
    assert "2611.90004: its title and abstract could not be had" in early.out + early.err
    with serve(Preprint("2501.00001", "A revision", "Of a listed loaf with a starter.")) as server:
        desk.settings(api=server.url)
        listed = desk("explain", "2501.00001", "--why").out
    assert "judged as if it were not listed" in listed


SENT = datetime.now(UTC) - timedelta(days=5)
"""The command knows no other clock."""
PAPERS = [Preprint(record["id"].split("v")[0], record["title"], record["abstract"], published=SENT) for record in FEED]


def test_a_run_over_arxiv_reads_the_window_and_fetches_abstracts_of_listed_papers(desk: Desk) -> None:
    with serve(*PAPERS) as server:
        desk.settings(api=server.url)
        answer = desk("run", "--json")
    report = json.loads(answer.out)
    assert (report["seen"], report["proposed"]) == (4, 2), answer
    assert len([part for part in report["watch"]["slices"] if part["since"]]) == 8
    assert any("abstracts are missing: arXiv does not know" in note for note in report["notes"])


def test_an_arxiv_that_is_down_is_degraded_and_not_nothing_new(desk: Desk) -> None:
    answer = desk("run")
    assert answer.code == 3
    assert "DEGRADED arXiv, " in answer.out
    assert "http://127.0.0.1:9/api: arXiv could not be reached" in answer.out
    told = desk("status")
    assert told.code == 3
    assert told.out.startswith("The watch is stale: arXiv was never read to its end")


def test_status_is_healthy_after_a_run_that_read_everything_and_degraded_after_one_that_did_not(desk: Desk) -> None:
    with serve(*PAPERS) as server:
        desk.settings(api=server.url, feed=server.feed_url)
        assert desk("run").code == 0
        well = desk("status")
        assert (well.code, well.out.partition(":")[0]) == (0, "The watch is healthy")
        server.faults.append(status(400))
        broken = desk("run")
        assert broken.code == 3
        told = desk("status")
        assert (told.code, told.out.partition(":")[0]) == (3, "The watch is degraded")
        assert "HTTP 400" in told.out
        assert desk("run").code == 0
        assert json.loads(desk("status", "--json").out)["state"] == "healthy"


def test_the_past_is_read_day_by_day_and_no_finished_day_again(desk: Desk) -> None:
    with serve(*PAPERS) as server:
        desk.settings(api=server.url)
        past = ("run", "--since", "2026-09-01", "--until", "2026-09-30")
        assert desk(*past).code == 0
        asked = [one["search_query"] for one in server.asked if "submittedDate" in one.get("search_query", "")]
        assert len(asked) == 30
        assert "202609010000 TO 202609020000" in asked[0]
        assert "202609300000 TO 202610010000" in asked[-1]
        server.asked.clear()
        desk(*past)
        assert not [one for one in server.asked if "submittedDate" in one.get("search_query", "")]


def test_the_doctor_names_a_category_that_arxiv_does_not_have(desk: Desk) -> None:
    with serve(*PAPERS) as server:
        desk.settings(api=server.url)
        file = desk.folder / "survey-bot.toml"
        text = file.read_text(encoding="utf-8").replace('["cs.RO"]', '["cs.RO", "cs.R0"]')
        file.write_text(text, encoding="utf-8")
        told = desk("doctor")
    assert told.code == 3
    assert "cs.RO: 4 papers" in told.out
    assert "no paper at all is in cs.R0; correct [watch] categories" in told.out


def test_a_paper_that_waits_or_was_skipped_is_proposed_when_a_human_asks(desk: Desk) -> None:
    with serve(Preprint("2611.90004", "Boats", "We plan the path of a boat under tides.")) as server:
        desk.settings(api=server.url)
        desk("run", "--feed", "feed.jsonl", "--offline", "--json")
        answer = desk("propose", "2611.90004")
    assert answer.code == 0
    assert "survey-bot/2611.90004" in git(desk.folder, "branch", "--list", "survey-bot/*")


def test_a_terminal_that_knows_only_ascii_stops_no_run(desk: Desk) -> None:
    desk.env |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert desk.process("run", "--feed", "feed.jsonl", "--offline", "--dry-run").code == 0
    assert desk.process("run", "--feed", "feed.jsonl", "--offline").code == 0


def _past(desk: Desk) -> str:
    """The file with the abstracts of enough listed papers to measure anything."""
    papers = {record.id: record for record in RECORDS.values()}
    for number in range(10, 16):
        paper = Paper(id=f"2504.000{number}", title=f"Loaf {number}", year=2025, venue="arXiv", labels=("steam",))
        Shelf(desk.folder / "taxonomy").save_paper(paper)
        papers[paper.id] = candidate(paper.id, paper.title, f"Steam keeps loaf {number} soft. A lid holds the vapour.")
    lines = [{"id": one.id, "title": one.title, "abstract": one.abstract} for one in papers.values()]
    (desk.folder / "past.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return "past.jsonl"


def test_evaluate_measures_the_survey_s_own_past_and_writes_the_page(desk: Desk) -> None:
    answer = desk("evaluate", "--feed", _past(desk), "--offline", "--quick")
    assert answer.code == 0, answer
    assert "top-1" in answer.out
    assert json.loads((desk.folder / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))["placement"]
    assert "<svg" in (desk.folder / "evaluation" / "evaluation.html").read_text(encoding="utf-8")


PLACED = {"name": "", "idea": "It bakes.", "ranked": ["steam"], "quotes": [], "why_not": ""}


def test_a_language_model_is_measured_by_files_of_prompts_and_replies(desk: Desk) -> None:
    past = _past(desk)
    written = desk("llm", "export", "--model", "gpt-x", "--feed", past, "--offline")
    assert written.out == "12 prompts about 12 of 12 papers are left -> requests.jsonl\n"
    with (desk.folder / "replies.jsonl").open("w", encoding="utf-8") as replies:
        for line in (desk.folder / "requests.jsonl").read_text(encoding="utf-8").splitlines():
            body = json.loads(chat_server.reply(json.dumps(PLACED)).body)
            its = {"custom_id": json.loads(line)["custom_id"], "response": {"status_code": 200, "body": body}}
            replies.write(json.dumps(its) + "\n")
        replies.write("garbage\n")
    taken = desk("llm", "import", "replies.jsonl", "--model", "gpt-x")
    assert (taken.code, taken.out) == (3, "12 replies kept, 1 problems\n")
    assert "replies.jsonl: line 13" in taken.err
    again = desk("llm", "export", "--model", "gpt-x", "--offline")
    assert (again.code, again.out) == (0, "0 prompts about 0 of 12 papers are left -> requests.jsonl\n")
    answer = desk("evaluate", "--llm", "gpt-x", "--offline", "--quick")
    assert answer.code == 0, answer
    assert "of 12 papers 12 have a usable reply of gpt-x to place-" in answer.out


def test_evaluate_without_a_reply_of_the_model_is_told_in_one_sentence(desk: Desk) -> None:
    past = _past(desk)
    unnamed = desk("evaluate", "--llm", "--feed", past, "--offline", "--quick")
    assert (unnamed.code, "[llm] model: no language model is named" in unnamed.err) == (2, True)
    silent = desk("evaluate", "--llm", "gpt-y", "--feed", past, "--offline", "--quick")
    assert (silent.code, "gpt-y: there is no reply to any of 12 prompts" in silent.err) == (3, True)


def test_doctor_makes_one_call_of_the_language_model(desk: Desk) -> None:
    with chat_server.serve({"word": "ready"}) as server:
        desk.settings(extra=f'[llm]\nmodel = "gpt-x"\nbase_url = "{server.url}"\n')
        answer = desk("doctor", "--llm")
        assert (len(server.requests), server.violations) == (1, [])
    assert (answer.code, f"{server.url}, model gpt-x answered" in answer.out) == (0, True)


def test_doctor_finds_a_language_model_that_is_not_there_or_not_named(desk: Desk) -> None:
    assert desk("doctor", "--llm").code == 2
    desk.settings(extra='[llm]\nmodel = "gpt-x"\nbase_url = "http://127.0.0.1:9/v1"\n')
    answer = desk("doctor", "--llm")
    assert (answer.code, "127.0.0.1:9" in answer.out) == (3, True)


def test_import_without_settings_writes_first_ones_that_load(desk: Desk) -> None:
    (desk.folder / "survey-bot.toml").unlink()
    shutil.rmtree(desk.folder / "taxonomy")
    (desk.folder / "LIST.md").write_text(LIST, encoding="utf-8")
    assert "survey-bot.toml is new" in desk("import", "LIST.md").out
    assert desk("run", "--feed", "feed.jsonl", "--offline").code == 0


def test_the_demo_never_touches_the_repository_and_the_ledger_of_the_settings(desk: Desk, tmp_path: Path) -> None:
    desk.settings(extra=f'path = "{desk.folder}"\n[ledger]\npath = "{tmp_path / "mine.jsonl"}"\n')
    answer = desk("demo", str(tmp_path / "demo"))
    assert answer.code == 0, answer
    assert git(desk.folder, "branch", "--list", "survey-bot/*") == ""
    assert not (tmp_path / "mine.jsonl").exists()


def test_a_dry_run_shows_the_proposal_and_opens_nothing(desk: Desk) -> None:
    answer = desk("run", "--feed", "feed.jsonl", "--offline", "--dry-run")
    assert "Add SteamBox: Ovens › Steam" in answer.out
    assert "dry run: nothing was opened" in answer.out
    assert git(desk.folder, "branch", "--list", "survey-bot/*") == ""
    assert not (desk.folder / ".survey-bot").exists()


def test_import_then_render_writes_the_tables_and_check_only_gives_advice(desk: Desk) -> None:
    (desk.folder / "LIST.md").write_text(LIST, encoding="utf-8")
    shutil.rmtree(desk.folder / "taxonomy")
    told = desk("import", "LIST.md")
    assert told.code == 0
    assert "1 pillar, 1 class, 1 paper, 1 placement, 0 warnings" in told.out
    assert desk("render", "LIST.md", "--check").code == 1
    assert desk("render", "LIST.md").code == 0
    assert desk("render", "LIST.md", "--check").code == 0
    found = desk("check", "--json")
    assert found.code == 0
    assert {problem["check"] for problem in json.loads(found.out)["problems"]} == {"leaf-has-definition"}


def test_a_list_of_bullets_that_is_imported_and_rendered_keeps_its_look(desk: Desk) -> None:
    bullet = "- **[{0}](https://arxiv.org/abs/2501.0000{1})** (ICLR 2025) [[code](https://bread.example/{1})]\n"
    page = "# Loaves\n\n## Ovens\n\n" + bullet.format("Loaf: Hot", 1) + bullet.format("Crust: Deep", 2)
    (desk.folder / "LIST.md").write_text(page, encoding="utf-8")
    shutil.rmtree(desk.folder / "taxonomy")
    (desk.folder / "survey-bot.toml").unlink()
    assert desk("import", "LIST.md").code == 0
    assert desk("render", "LIST.md").code == 0
    text = (desk.folder / "LIST.md").read_text(encoding="utf-8")
    assert "".join(line for line in text.splitlines(keepends=True) if not line.startswith("<!--")) == page


def test_check_is_silent_about_good_data_and_names_file_key_and_remedy_of_bad(desk: Desk) -> None:
    assert desk("check").out == "8 files checked, 0 to mend\n"
    file = desk.folder / "taxonomy" / "papers" / "2501.00001.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("- sourdough", "- rye"), encoding="utf-8")
    answer = desk("check")
    assert answer.code == 1
    assert answer.out.startswith("taxonomy/papers/2501.00001.yaml, key labels: 'rye'")


def test_doctor_tells_what_works_and_never_the_value_of_a_key(desk: Desk) -> None:
    desk.env["OPENAI_API_KEY"] = "sk-very-secret"
    answer = desk("doctor", "--offline")
    assert answer.code == 0
    assert "all-MiniLM-L6-v2" in answer.out
    assert "OPENAI_API_KEY is set" in answer.out
    assert "index" in answer.out
    assert "very-secret" not in answer.out + answer.err


def test_doctor_finds_an_index_server_that_is_not_there(desk: Desk) -> None:
    desk.settings(extra='[index]\nurl = "http://127.0.0.1:9"\n')
    answer = desk("doctor", "--offline")
    assert answer.code == 3
    assert "127.0.0.1:9" in answer.out


def test_index_says_what_it_holds(desk: Desk) -> None:
    assert "7 papers and 5 classes in" in desk("index", "--offline", "--feed", "feed.jsonl").out


def test_a_corrupt_index_is_moved_aside_and_the_run_goes_on(desk: Desk, tmp_path: Path, cache: Path) -> None:
    desk.settings(extra=f'[index]\npath = "{tmp_path / "index"}"\n')
    desk.process("index", "--offline")
    (tmp_path / "index" / "chroma.sqlite3").write_bytes(b"no database")
    answer = desk.process("run", "--feed", "feed.jsonl", "--offline", "--json")
    report = json.loads(answer.out)
    assert (answer.code, report["proposed"]) == (0, 2)
    assert any("could not be read, so it was moved to" in note for note in report["notes"])


@pytest.mark.parametrize(
    ("spoil", "words", "code", "sentence"),
    [
        ("rm survey-bot.toml", ["run"], 2, "error: survey-bot.toml: there are no settings here"),
        ("echo '[watch' > survey-bot.toml", ["run"], 2, "error: survey-bot.toml: cannot be read:"),
        ("echo 'colour = 1' >> survey-bot.toml", ["check"], 2, "key forge.colour"),
        ("echo 'a: [' > taxonomy/taxonomy.yaml", ["run"], 2, "error: taxonomy/taxonomy.yaml"),
        ("rm -r taxonomy", ["run"], 2, "error: taxonomy/taxonomy.yaml: there is no such file"),
        ("rm -r .git", ["run", "--feed", "feed.jsonl"], 2, "git"),
        ("git branch -m main trunk", ["run", "--feed", "feed.jsonl"], 2, "main"),
        ("echo '<html>' > feed.jsonl", ["run", "--feed", "feed.jsonl"], 3, "feed.jsonl"),
        ("rm feed.jsonl", ["run", "--feed", "feed.jsonl"], 2, "feed.jsonl"),
        ("mkdir -p .survey-bot/ledger.jsonl", ["run", "--feed", "feed.jsonl"], 2, "ledger.jsonl"),
        ("true", ["render", "NONE.md"], 2, "error: NONE.md: cannot be read: No such file or directory"),
        ("true", ["render", "README.md"], 2, "README.md"),
        ("true", ["import", "README.md"], 2, "README.md"),
        ("true", ["run", "--since", "yesterday"], 2, "'yesterday' does not match the format '%Y-%m-%d'"),
        ("true", ["run", "--since", "2026-02-01", "--until", "2026-01-01"], 2, "before"),
        ("true", ["demo", "taxonomy"], 2, "error: taxonomy: is not empty and no demo made it"),
        ("true", ["demo", "README.md"], 2, "error: README.md: is not a folder"),
        ("true", ["explain", "../../etc"], 2, "'../../etc' is not an arXiv id, nor is it listed"),
        ("true", ["propose", "garbage"], 2, "'garbage' is not an arXiv id"),
        ("true", ["run", "--offline"], 2, "error: --offline: there are no papers to read; give a file with --feed"),
        (
            "sed -i 's/kind = .local./&\\npath = \"taxonomy\"/' survey-bot.toml",
            ["run", "--feed", "feed.jsonl"],
            2,
            "taxonomy",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_an_exit_code(
    desk: Desk, spoil: str, words: list[str], code: int, sentence: str
) -> None:
    subprocess.run(spoil, shell=True, cwd=desk.folder, check=True)  # noqa: S602 - the table's own words
    answer = desk(*words)
    assert (answer.code, sentence in answer.out + answer.err) == (code, True), answer


def test_the_demo_works_on_the_real_survey_and_again_after_a_merge(tmp_path: Path, cache: Path) -> None:
    real = Desk(tmp_path / "bread", cache)
    real.folder = ROOT
    first = real.process("demo", str(tmp_path / "demo"))
    assert first.code == 0
    assert "Token Optimization" in first.out
    demo = tmp_path / "demo"
    stem = git(demo, "for-each-ref", "--format=%(refname:short)", "refs/heads/survey-bot").split()[0]
    assert git(demo, "diff", "--stat", f"main...{stem}").splitlines()[-1].strip().startswith("1 file changed")
    git(demo, "merge", "--quiet", stem)
    real.folder = demo
    again = json.loads(real.process("run", "--feed", "feed.jsonl", "--offline", "--json").out)
    assert (again["listed"], again["proposed"], again["asked"]) == (2, 0, 0)
    real.folder = ROOT
    assert real.process("demo", str(demo)).code == 0
