"""``survey-bot migrate`` from end to end: a real git repository, its pull requests, and what people do with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bot.cli.migrating  # noqa: F401 - the command registers itself
from bot import migrate, render
from bot.adapters.local.forge import LocalForge
from bot.adapters.shelf import Shelf
from bot.cli import cli
from bot.models import Paper
from tests.fabricated import LIBRARY
from tests.migrate.survey import page
from tests.repositories import git, new_proposal, new_repository


class Desk:
    """A clone of the bread survey below ``sub``, and a terminal in it."""

    def __init__(self, folder: Path, sub: str = "", readme: str = "LIST.md") -> None:
        self.repository = new_repository(folder / "survey")
        self.home = self.repository / sub
        self.home.mkdir(exist_ok=True)
        self.shelf = Shelf(self.home / "taxonomy")
        self.shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            self.shelf.save_paper(paper)
        self.page = self.home / "LIST.md"
        self.page.write_bytes(page().encode())
        up = "../" * bool(sub) or "."
        text = f'[survey]\nreadme = "{readme}"\n[forge]\nkind = "local"\npath = "{up}"\n'
        watch = '[watch]\ncategories = ["cs.RO"]\n[scope.groups.bread]\nrequired = true\nterms = ["bread"]\n'
        (self.home / "survey-bot.toml").write_text(text + watch, encoding="utf-8")
        self.commit("The list")

    def commit(self, message: str) -> None:
        git(self.repository, "add", ".")
        git(self.repository, "commit", "--quiet", "-m", message)

    def __call__(self, *words: str) -> Result:
        answer = CliRunner().invoke(cli, ["--config", str(self.home / "survey-bot.toml"), *words])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    def merge(self, name: str) -> None:
        git(self.repository, "merge", "--quiet", "--no-ff", "-m", "Merge", f"survey-bot/{name}")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("SURVEY_BOT_CACHE", str(tmp_path / "cache"))
    return Desk(tmp_path)


def branches(desk: Desk) -> list[str]:
    return git(desk.repository, "branch", "--list", "survey-bot/*", "--format=%(refname:short)").splitlines()


def test_a_rename_is_one_branch_of_two_commits_and_touches_no_work_tree(desk: Desk) -> None:
    answer = desk("migrate", "rename", "steam", "Vapour", "--id", "vapour")
    assert "Steam is called Vapour now, and has the id vapour." in answer.stdout
    log = git(desk.repository, "log", "--format=%s", "--name-only", "main..survey-bot/migrate.rename-steam")
    assert [line for line in log.splitlines() if line] == [
        "The page follows the taxonomy",
        "LIST.md",
        "Steam is called Vapour now, and has the id vapour",
        "taxonomy/papers/2503.00005.yaml",
        "taxonomy/papers/2503.00006.yaml",
        "taxonomy/taxonomy.yaml",
    ]
    assert git(desk.repository, "status", "--short", "--untracked-files=no") == ""


def test_what_is_merged_passes_is_rendered_and_is_imported_as_the_same(desk: Desk) -> None:
    for words in (
        ("rename", "steam", "Vapour", "--id", "vapour"),
        ("merge", "vapour", "--into", "sourdough"),
        ("rename", "bakers-yeast", "Yeast & Co"),
    ):
        before = set(branches(desk))
        assert desk("migrate", *words).exit_code == 0
        (new,) = set(branches(desk)) - before
        desk.merge(new.removeprefix("survey-bot/"))
    assert desk("check").exit_code == 0
    assert desk("render", "--check").exit_code == 0
    files = desk.shelf.read_files()
    assert desk("import", str(desk.page)).exit_code == 0
    assert desk.shelf.read_files() == files


def test_a_paper_that_was_proposed_under_an_old_id_is_still_of_its_class(desk: Desk) -> None:
    git(desk.repository, "switch", "--quiet", "-c", "survey-bot/2611.00001")
    desk.shelf.save_paper(Paper(id="2611.00001", title="Fog", year=2026, venue="arXiv", labels=("steam",)))
    desk.commit("Fog")
    git(desk.repository, "switch", "--quiet", "main")
    desk("migrate", "rename", "steam", "Vapour", "--id", "vapour")
    desk.merge("migrate.rename-steam")
    desk.merge("2611.00001")
    assert desk("check").exit_code == 0
    assert desk.shelf.load().papers["2611.00001"].labels == ("vapour",)
    desk("render")
    assert (
        desk.page.read_text(encoding="utf-8").split("begin vapour")[1].split("end vapour")[0].count("2611.00001") == 1
    )


def test_papers_of_a_split_class_are_proposed_a_part_by_the_bots_own_placement(desk: Desk, tmp_path: Path) -> None:
    rules = tmp_path / "parts.yaml"
    rules.write_text(
        "- id: wild\n  name: Wild Starters\n  definition: A starter of wild yeast that is kept alive.\n"
        "- id: folded\n  name: Folded Doughs\n  definition: Folding schedules without a mixer.\n",
        encoding="utf-8",
    )
    answer = desk("migrate", "split", "sourdough", "--rules", str(rules))
    assert "Sourdough is a group now, of Wild Starters and Folded Doughs." in answer.stdout, answer.stderr
    desk.merge("migrate.split-sourdough")
    papers = desk.shelf.load().papers
    assert (papers["2501.00001"].labels, papers["2502.00004"].labels) == (("wild",), ("kneading", "folded"))
    assert (desk("check").exit_code, desk("render", "--check").exit_code) == (0, 0)


def test_a_retired_class_names_the_open_pull_requests_that_still_propose_it(desk: Desk) -> None:
    LocalForge(desk.repository, "main").open(new_proposal("2611.90001", "steam"))
    answer = desk("migrate", "retire", "steam")
    assert "The open pull request of 2611.90001 proposes steam: give it another label first." in answer.stdout
    assert "decide: 2503.00005" in answer.stdout
    assert answer.exit_code == 3  # arXiv cannot be reached here, so what is proposed rests on titles
    assert "classes are proposed by titles, where none were known" in answer.stdout
    assert "failed: " in answer.stderr


def test_the_page_of_a_migration_invites_nobody_to_drop_one_of_its_commits(desk: Desk) -> None:
    desk("migrate", "rename", "steam", "Vapour", "--id", "vapour")
    (page,) = (desk.repository / ".survey-bot" / "changes").glob("*.md")
    text = page.read_text(encoding="utf-8")
    assert "**accept** it" in text
    assert "revert" not in text


def test_a_dry_run_says_what_it_would_ask_and_writes_nothing(desk: Desk) -> None:
    answer = desk("migrate", "merge", "steam", "--into", "sourdough", "--dry-run")
    assert "would open survey-bot/migrate.merge-steam-into-sourdough" in answer.stdout
    assert branches(desk) == []


def test_a_branch_that_people_have_worked_on_is_left_as_it_is(desk: Desk) -> None:
    desk("migrate", "rename", "steam", "Vapour")
    git(desk.repository, "switch", "--quiet", "survey-bot/migrate.rename-steam")
    (desk.home / "note.txt").write_text("mine\n", encoding="utf-8")
    desk.commit("A human's")
    git(desk.repository, "switch", "--quiet", "main")
    tip = git(desk.repository, "rev-parse", "survey-bot/migrate.rename-steam")
    told = desk("migrate", "rename", "steam", "Fog").stdout
    assert told.strip().endswith("people have worked on it, so it was left as it is")
    assert "is called Fog" not in told
    assert git(desk.repository, "rev-parse", "survey-bot/migrate.rename-steam") == tip


@pytest.mark.parametrize("file", ["taxonomy.yaml", "papers/2503.00005.yaml"])
def test_a_work_tree_that_is_not_the_base_is_refused_so_that_nothing_is_undone(desk: Desk, file: str) -> None:
    changed = desk.shelf.folder / file
    old = "Where the heat comes from" if file == "taxonomy.yaml" else "VapourLoaf"
    changed.write_text(changed.read_text(encoding="utf-8").replace(old, "Other"), encoding="utf-8")
    answer = desk("migrate", "rename", "steam", "Vapour", "--id", "vapour")
    assert answer.exit_code == 2
    assert f"taxonomy/{file}: the file here is not that of main; commit your changes there" in answer.stderr
    assert branches(desk) == []


@pytest.mark.parametrize("words", [("retire", "steam"), ("split", "steam", "Hot", "Cold"), ("rename", "steam", "Fog")])
def test_a_clone_that_lacks_a_paper_of_the_base_is_refused_so_that_none_is_stranded(
    desk: Desk, words: tuple[str, ...]
) -> None:
    desk.shelf.save_paper(Paper(id="2611.00001", title="Fog", year=2026, venue="arXiv", labels=("steam",)))
    desk.commit("Merged meanwhile")
    git(desk.repository, "switch", "--quiet", "--detach", "HEAD~")
    answer = desk("migrate", *words)
    assert answer.exit_code == 2
    assert "taxonomy/papers/2611.00001.yaml: the file here is not that of main (it is there only)" in answer.stderr
    assert branches(desk) == []


def test_line_ends_of_the_work_tree_are_gits_own_affair(desk: Desk) -> None:
    for file in (desk.shelf.folder / "papers").iterdir():
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert desk("migrate", "rename", "steam", "Vapour").exit_code == 0


def test_a_dry_run_tells_that_people_work_on_what_it_would_ask(desk: Desk) -> None:
    desk("migrate", "rename", "steam", "Vapour")
    git(desk.repository, "switch", "--quiet", "survey-bot/migrate.rename-steam")
    (desk.home / "note.txt").write_text("mine\n", encoding="utf-8")
    desk.commit("A human's")
    git(desk.repository, "switch", "--quiet", "main")
    assert "people have worked on it" in desk("migrate", "rename", "steam", "Fog", "--dry-run").stdout


def test_a_survey_that_is_not_at_the_root_of_its_repository_is_found(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "sub")
    desk("migrate", "rename", "steam", "Vapour")
    files = git(desk.repository, "diff", "--name-only", "main...survey-bot/migrate.rename-steam").splitlines()
    assert files == ["sub/LIST.md", "sub/taxonomy/taxonomy.yaml"]


@pytest.mark.parametrize(
    ("readme", "note"),
    [
        ("GONE.md", "note: There is no GONE.md to be changed with it."),
        ("../../x.md", "note: ../../x.md is not in the repository, so it was left as it is."),
    ],
)
def test_without_a_page_the_data_are_asked_for_alone_and_that_is_told(tmp_path: Path, readme: str, note: str) -> None:
    desk = Desk(tmp_path, readme=readme)
    assert note in desk("migrate", "rename", "steam", "Vapour").stdout
    assert git(desk.repository, "diff", "--name-only", "main...survey-bot/migrate.rename-steam") == (
        "taxonomy/taxonomy.yaml"
    )


def test_a_page_that_cannot_be_written_is_left_whole_and_that_is_told(desk: Desk) -> None:
    desk.page.write_text(page().replace(render.end("steam"), ""), encoding="utf-8")
    desk.commit("Broken")
    said = desk("migrate", "rename", "steam", "Fog").stdout
    assert "note: The page was left as it is, and must be changed by hand: LIST.md:" in said
    assert git(desk.repository, "diff", "--name-only", "main...survey-bot/migrate.rename-steam").endswith(".yaml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- id: a\n  name: A\n- id: b\n  nam: B\n", "parts.yaml:3, key children.1.name: this is missing"),
        ("a: b\n", "parts.yaml:1, key children: this should be a list"),
        ("- id: [\n", "parts.yaml:"),
        ("", "class steam: a class is split into two or more"),
    ],
)
def test_rules_that_cannot_be_read_are_told_by_line(desk: Desk, tmp_path: Path, text: str, sentence: str) -> None:
    rules = tmp_path / "parts.yaml"
    rules.write_text(text, encoding="utf-8")
    answer = desk("migrate", "split", "steam", "--rules", str(rules))
    assert (answer.exit_code, sentence in answer.stderr) == (2, True), answer.stderr


def test_names_beside_rules_are_refused_so_that_none_is_passed_over(desk: Desk, tmp_path: Path) -> None:
    answer = desk("migrate", "split", "steam", "Hot", "Cold", "--rules", str(tmp_path / "parts.yaml"))
    assert "names and rules are both given; put all new classes into the file" in answer.stderr


def test_the_words_of_a_pull_request_show_doubts_and_papers_and_do_nothing_else() -> None:
    library = LIBRARY.model_copy(
        update={
            "papers": {
                **LIBRARY.papers,
                "2611.00001": Paper(
                    id="2611.00001", title="@you |fixes #1 <b>", year=2026, venue="arXiv", labels=("steam",)
                ),
            }
        }
    )
    done = migrate.retire(library, "steam", lambda taxonomy, papers: {key: [("kneading", 0.4)] for key in papers})
    body = migrate.changeset(done, "taxonomy/taxonomy.yaml", "taxonomy/papers", None).body
    assert "**Please decide on these**" in body
    assert "@&#8203;you \\|fixes #&#8203;1 &lt;b&gt;" in body
    assert "Kneading 0.40" in body
