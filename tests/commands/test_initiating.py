"""Setting the bot up in a survey's repository: one pull request, ever, and nothing beside it. Real git."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.github.forge import GitHubForge
from bot.adapters.local.forge import LocalForge
from bot.adapters.local.onboarding import on_server
from bot.commands import initiating
from bot.errors import SurveyBotError
from bot.onboarding import BRANCH
from bot.settings import Forge, Scope, Settings, TermGroup, Watch
from tests.arxiv_server import Preprint, serve
from tests.bread_readme import LEVELS
from tests.github import GithubServer
from tests.repositories import git, place_of

BROKEN = LEVELS + "| 2025 | Blog | No Link At All | - | - |\n"
PAGE = ".survey-bot/init.md"


class Survey:
    """A checkout of a survey's repository, and the one who sets the bot up in it."""

    def __init__(self, folder: Path, readme: str = LEVELS) -> None:
        self.folder = folder
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=main")
        self.commit(readme)

    def commit(self, readme: str, file: str = "README.md") -> None:
        (self.folder / file).write_text(readme, encoding="utf-8")
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "-m", "The list")

    def init(self, file: str = "README.md", *, again: bool = False, dry_run: bool = False) -> str:
        return initiating.init(self.folder / file, again=again, dry_run=dry_run, offline=True)

    @property
    def page(self) -> str:
        return (self.folder / PAGE).read_text(encoding="utf-8")

    def files(self) -> set[str]:
        """What the branch changes."""
        return set(git(self.folder, "diff", "--name-only", f"main...{BRANCH}").split())

    def refs(self) -> str:
        return git(self.folder, "for-each-ref", "--format=%(refname) %(objectname)")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No GitHub in the environment."""
    monkeypatch.setenv("SURVEY_BOT_CACHE", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    return Survey(tmp_path / "survey")


def test_init_opens_one_branch_with_one_commit_and_leaves_the_work_tree_alone(survey: Survey) -> None:
    assert survey.init() == f"opened: {survey.folder / PAGE}, branch {BRANCH}"
    assert survey.files() == {
        "README.md",
        "survey-bot.toml",
        "taxonomy/taxonomy.yaml",
        "taxonomy/papers/2501.00001.yaml",
        "taxonomy/papers/2502.00003.yaml",
        "taxonomy/papers/2503.00005.yaml",
    }
    assert git(survey.folder, "rev-list", "--count", f"main..{BRANCH}") == "1"
    assert git(survey.folder, "status", "--porcelain") == ""
    assert (survey.folder / "README.md").read_text(encoding="utf-8") == LEVELS
    assert f"- **accept** it: `git switch main`, then `git merge {BRANCH}`" in survey.page


def test_a_second_init_changes_nothing(survey: Survey) -> None:
    survey.init()
    before = survey.refs(), survey.page
    assert "open and up to date" in survey.init()
    assert (survey.refs(), survey.page) == before


def test_the_branch_follows_the_readme_while_only_the_bot_has_written_to_it(tmp_path: Path) -> None:
    survey = Survey(tmp_path / "survey", BROKEN)
    survey.init()
    assert "README.md" not in survey.files()
    survey.commit(LEVELS)
    assert survey.init().startswith("brought up to date: ")
    assert "README.md" in survey.files()
    assert "could not be read" not in survey.page
    assert git(survey.folder, "rev-list", "--count", f"main..{BRANCH}") == "1"


def test_a_branch_that_a_person_has_worked_on_is_left_as_it_is(survey: Survey) -> None:
    survey.init()
    git(survey.folder, "switch", "--quiet", BRANCH)
    survey.commit("# mine\n", "NOTES.md")
    git(survey.folder, "switch", "--quiet", "main")
    survey.commit(BROKEN)
    before = survey.refs()
    assert "people have worked on it" in survey.init()
    assert survey.refs() == before


def test_a_deleted_branch_is_respected_until_somebody_says_again(survey: Survey) -> None:
    survey.init()
    git(survey.folder, "branch", "--quiet", "-D", BRANCH)
    assert "asked once" in survey.init()
    assert BRANCH not in survey.refs()
    assert survey.init(again=True).startswith("opened: ")


def test_a_merged_one_means_that_the_survey_is_set_up(survey: Survey) -> None:
    survey.init()
    git(survey.folder, "merge", "--quiet", BRANCH)
    assert survey.init(again=True) == "this survey is set up: survey-bot.toml stands on main, so nothing is done"


def test_settings_that_were_merged_and_removed_again_are_not_proposed_anew(survey: Survey) -> None:
    survey.init()
    git(survey.folder, "merge", "--quiet", BRANCH)
    git(survey.folder, "rm", "--quiet", "-r", "survey-bot.toml", "taxonomy")
    survey.commit(LEVELS)
    assert "have since been removed" in survey.init()
    assert survey.init(again=True).startswith("opened: ")
    assert "survey-bot.toml" in survey.files()


def test_a_dry_run_shows_what_would_be_in_it_and_writes_nothing(
    survey: Survey, capsys: pytest.CaptureFixture[str]
) -> None:
    before = survey.refs()
    assert survey.init(dry_run=True) == "dry run: nothing was opened"
    shown = capsys.readouterr().out
    assert f"would open {BRANCH}: Set up survey-bot" in shown
    assert "taxonomy/papers/2501.00001.yaml" in shown
    assert "### What it found" in shown
    assert survey.refs() == before
    assert not (survey.folder / ".survey-bot").exists()


def test_what_is_not_committed_yet_is_no_part_of_it(survey: Survey) -> None:
    (survey.folder / "README.md").write_text("# Scribble\n", encoding="utf-8")
    survey.init()
    assert "survey-bot:begin" in git(survey.folder, "show", f"{BRANCH}:README.md")


def test_settings_and_rules_that_a_person_wrote_before_are_taken_as_they_are(survey: Survey) -> None:
    mine = '[survey]\nreadme = "README.md"\n[scope.groups.bread]\nterms = ["loaf"]\n[forge]\nkind = "local"\n'
    (survey.folder / "survey-bot.toml").write_text(mine, encoding="utf-8")
    survey.init()
    assert git(survey.folder, "show", f"{BRANCH}:survey-bot.toml") == mine.strip()


def test_a_branch_that_a_killed_init_left_without_words_is_adopted(survey: Survey) -> None:
    survey.init()
    before = survey.page
    (survey.folder / PAGE).unlink()
    assert survey.init().startswith("brought up to date: ")
    assert survey.page.split("<!--")[0] == before.split("<!--")[0]


def test_a_person_s_branch_of_that_name_is_left_as_it_is(survey: Survey) -> None:
    git(survey.folder, "switch", "--quiet", "-c", BRANCH)
    survey.commit("# mine\n", "NOTES.md")
    git(survey.folder, "switch", "--quiet", "main")
    before = survey.refs()
    assert "people have worked on it" in survey.init()
    assert survey.refs() == before


def test_a_branch_that_is_checked_out_is_not_changed_under_somebody_s_feet(survey: Survey) -> None:
    survey.init()
    survey.commit(BROKEN)
    git(survey.folder, "switch", "--quiet", BRANCH)
    with pytest.raises(SurveyBotError, match=r"is checked out there, so .*; git switch main and say it again"):
        survey.init()


def test_the_onboarding_is_no_paper(survey: Survey) -> None:
    survey.init()
    assert LocalForge(survey.folder, "main").pulls() == {}
    git(survey.folder, "merge", "--quiet", BRANCH)
    assert LocalForge(survey.folder, "main").pulls() == {}


def test_a_checkout_from_github_without_a_token_gets_a_branch_to_push(survey: Survey) -> None:
    git(survey.folder, "remote", "add", "origin", "git@github.com:octo/bread.git")
    survey.init()
    assert 'kind = "github"' in git(survey.folder, "show", f"{BRANCH}:survey-bot.toml")
    assert ".github/workflows/survey-bot-watch.yml" in survey.files()
    assert f"`git push origin {BRANCH}`, open a pull request for it with this text" in survey.page


def test_a_survey_in_a_folder_keeps_its_readme_there_and_the_settings_at_the_root(survey: Survey) -> None:
    (survey.folder / "docs").mkdir()
    survey.commit(LEVELS, "docs/LIST.md")
    survey.init("docs/LIST.md")
    assert 'readme = "docs/LIST.md"' in git(survey.folder, "show", f"{BRANCH}:survey-bot.toml")
    assert {"docs/LIST.md", "survey-bot.toml"} < survey.files()


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("NONE.md", "", r"^NONE\.md: there is no such file on main; commit it and push it"),
        ("LIST.md", "# Bread\n", r"^LIST\.md: no heading here has a table of papers under it"),
        ("LATIN.md", None, r"^LATIN\.md: cannot be read: it is not UTF-8"),
        ("none/README.md", "", r"none/README\.md: this is in no git repository"),
    ],
)
def test_a_readme_that_will_not_do_is_one_sentence(survey: Survey, file: str, text: str | None, sentence: str) -> None:
    if text is None:
        (survey.folder / file).write_bytes("# Bäckerei\n".encode("latin-1"))
        survey.commit("x", "other")
    elif text:
        survey.commit(text, file)
    with pytest.raises(SurveyBotError, match=sentence):
        survey.init(file)
    assert BRANCH not in survey.refs()


def test_a_link_in_place_of_the_readme_is_one_sentence(survey: Survey) -> None:
    (survey.folder / "LINK.md").symlink_to("README.md")
    survey.commit("x", "other")
    with pytest.raises(SurveyBotError, match=r"^LINK\.md: this is a link to another file; name the file it leads to"):
        survey.init("LINK.md")


def test_outside_of_a_repository_and_before_the_first_commit_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(LEVELS, encoding="utf-8")
    with pytest.raises(SurveyBotError, match="this is in no git repository; run init in a checkout"):
        initiating.init(tmp_path / "README.md", offline=True)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    with pytest.raises(SurveyBotError, match="has no branch with a commit; commit your README first"):
        initiating.init(tmp_path / "README.md", offline=True)


# --- with GitHub -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path, survey: Survey, monkeypatch: pytest.MonkeyPatch) -> Iterator[GithubServer]:
    """The survey's home: a checkout of it, and a token in the environment."""
    with GithubServer(tmp_path) as server:
        server.seed({"README.md": LEVELS})
        git(survey.folder, "remote", "add", "origin", f"{server.url}/octo/survey.git")
        monkeypatch.setenv("GITHUB_TOKEN", server.token)
        monkeypatch.setenv("GITHUB_API_URL", server.api)
        monkeypatch.setenv("GITHUB_SERVER_URL", server.url)
        yield server
        assert server.violations == []


def test_with_a_token_it_is_one_pull_request_on_github_and_nothing_here(server: GithubServer, survey: Survey) -> None:
    before = survey.refs()
    assert survey.init() == "opened: https://github.com/octo/survey/pull/1"
    (pull,) = server.pulls()
    assert {change.path for change in server.extent(pull)[1]} == {
        "README.md",
        "survey-bot.toml",
        "taxonomy/taxonomy.yaml",
        "taxonomy/papers/2501.00001.yaml",
        "taxonomy/papers/2502.00003.yaml",
        "taxonomy/papers/2503.00005.yaml",
        *(f".github/workflows/survey-bot-{name}.yml" for name in ("watch", "learn", "publish", "upkeep", "data-check")),
    }
    assert len(server.extent(pull)[0]) == 1
    assert "### To switch on, on GitHub" in (pull.body or "")
    assert survey.refs() == before
    assert git(survey.folder, "status", "--porcelain") == ""
    assert survey.init().endswith("/pull/1 is open and up to date")


def test_merged_on_github_the_survey_is_set_up_and_the_onboarding_is_no_paper(
    server: GithubServer, survey: Survey
) -> None:
    survey.init()
    server.merge(1, how="squash")
    server.delete_branch(BRANCH)
    assert survey.init(again=True) == "this survey is set up: survey-bot.toml stands on main, so nothing is done"
    assert GitHubForge(place_of(server), Forge(kind="github"), pace=0.0).pulls() == {}


def test_rows_that_could_not_be_read_lead_to_their_line_on_github(server: GithubServer, survey: Survey) -> None:
    server.push("main", {"README.md": BROKEN})
    survey.init()
    address = f"{server.url}/octo/survey/blob/{server.head('main')}/README.md?plain=1"
    assert f"- [line 29]({address}#L29): this row was left out" in (server.issue(1).body or "")


def test_the_repository_of_a_workflow_is_where_it_runs(
    server: GithubServer, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(survey.folder, "remote", "remove", "origin")
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo/survey")
    assert survey.init() == "opened: https://github.com/octo/survey/pull/1"


def test_settings_for_github_without_a_token_are_one_sentence(survey: Survey) -> None:
    mine = '[scope.groups.bread]\nterms = ["loaf"]\n[forge]\nkind = "github"\nrepository = "octo/survey"\n'
    (survey.folder / "survey-bot.toml").write_text(mine, encoding="utf-8")
    with pytest.raises(SurveyBotError, match="the environment variable GITHUB_TOKEN is not set"):
        survey.init()


def test_categories_are_those_of_the_listed_papers_when_arxiv_tells(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [Preprint(one, "T", "A", categories=("cs.FD", "cs.LG")) for one in ("2501.00001", "2502.00003")]
    with serve(*papers) as arxiv:
        scope = Scope(groups={"bread": TermGroup(terms=("loaf",))})
        own = Settings(file=survey.folder / "survey-bot.toml", scope=scope, watch=Watch(api=arxiv.url))
        monkeypatch.setattr(initiating, "_unwritten", lambda where: own)
        initiating.init(survey.folder / "README.md")
    assert 'categories = ["cs.FD"]' in git(survey.folder, "show", f"{BRANCH}:survey-bot.toml")
    assert "(100% of 2 of your listed papers are there)" in survey.page


@pytest.mark.parametrize(
    "origin",
    [
        "https://github.com/octo/bread.git",
        "https://github.com/octo/bread",
        "https://x-access-token:secret@github.com/octo/bread.git",
        "git@github.com:octo/bread.git",
        "ssh://git@github.com/octo/bread.git",
    ],
)
def test_a_remote_on_the_server_is_known_by_its_address(origin: str) -> None:
    assert on_server(origin, "https://github.com") == "octo/bread"


@pytest.mark.parametrize(
    "origin", ["", "https://gitlab.com/octo/bread.git", "/srv/bread.git", "https://github.com/octo"]
)
def test_a_remote_elsewhere_is_not(origin: str) -> None:
    assert on_server(origin, "https://github.com") == ""
