"""``survey-bot facts propose``: a review of new files by one pull request, in a real git repository."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.adapters.shelf import Shelf
from bot.cli import cli
from tests.fabricated import LIBRARY
from tests.repositories import git, new_repository

STEAM, DRY = "2503.00005", "2502.00003"
CLAIMS = {
    STEAM: "We bake with steam. VapourLoaf runs at 40 Hz and is 2.5x faster than the old oven.",
    DRY: "We dose yeast. DryDose reduces memory usage by 60% without losing crumb.",
}


class Survey:
    """The bread survey in a repository, with claims in two abstracts, and the command in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = new_repository(folder / "survey")
        shelf = Shelf(self.folder / "taxonomy")
        shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            shelf.save_paper(paper)
        settings = '[forge]\nkind = "local"\n[cache]\npath = "../cache"\n[scope.groups.bread]\nterms = ["bread"]\n'
        (self.folder / "survey-bot.toml").write_text(settings, encoding="utf-8")
        git(self.folder, "add", ".")
        git(self.folder, "commit", "--quiet", "-m", "The list")
        self.feed = folder / "feed.jsonl"
        titles = {key: LIBRARY.papers[key].title for key in CLAIMS}
        lines = [json.dumps({"id": key, "title": titles[key], "abstract": text}) for key, text in CLAIMS.items()]
        self.feed.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def propose(self, *more: str) -> Result:
        answer = self("facts", "propose", "--offline", "--feed", str(self.feed), *more)
        assert answer.exit_code == 0, answer.output
        return answer

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(self.folder / "survey-bot.toml"), *words])

    def papers(self) -> list[str]:
        """Those in the open pull request."""
        (branch,) = self.branches()
        names = git(self.folder, "diff", "--name-only", f"main...{branch}").splitlines()
        return sorted(Path(name).stem for name in names)

    def keep(self, paper: str, text: str) -> None:
        """A file of facts that a person commits."""
        file = self.folder / "taxonomy" / "facts" / f"{paper}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        git(self.folder, "add", ".")
        git(self.folder, "commit", "--quiet", "-m", "By hand")

    def branches(self) -> list[str]:
        return git(self.folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/survey-bot/").splitlines()


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    monkeypatch.delenv("SURVEY_BOT_CACHE", raising=False)
    return Survey(tmp_path)


def test_each_paper_with_a_claim_is_a_commit_of_one_file(survey: Survey) -> None:
    assert "facts of 2 papers: asked for in " in survey.propose().stdout
    (branch,) = survey.branches()
    commits = git(survey.folder, "rev-list", f"main..{branch}").split()
    files = [git(survey.folder, "show", "--format=", "--name-only", commit) for commit in commits]
    assert sorted(files) == [f"taxonomy/facts/{DRY}.yaml", f"taxonomy/facts/{STEAM}.yaml"]


def test_what_was_merged_or_closed_is_not_proposed_again_unless_it_is_asked_for(survey: Survey) -> None:
    survey.propose()
    (branch,) = survey.branches()
    git(survey.folder, "branch", "-D", branch)
    assert "nothing new to ask" in survey.propose().stdout
    assert survey.branches() == []
    survey.propose("--again")
    (branch,) = survey.branches()
    git(survey.folder, "merge", "--quiet", branch)
    assert "nothing new to ask" in survey.propose().stdout
    assert Shelf(survey.folder / "taxonomy").load_facts().keys() == {STEAM, DRY}


def test_a_dry_run_opens_nothing(survey: Survey) -> None:
    assert "would open survey-bot/facts." in survey.propose("--dry-run").stdout
    assert survey.branches() == []


def test_a_second_time_brings_the_open_one_up_to_date(survey: Survey) -> None:
    survey.propose(STEAM)
    survey.propose()
    (branch,) = survey.branches()
    assert len(git(survey.folder, "rev-list", f"main..{branch}").split()) == 2


def test_one_paper_more_takes_none_out_of_the_open_one(survey: Survey) -> None:
    survey.propose(DRY)
    survey.propose(STEAM)
    assert survey.papers() == [DRY, STEAM]
    survey.propose(STEAM)
    assert survey.papers() == [DRY, STEAM]


def test_what_was_closed_once_and_is_open_again_stays_in_it(survey: Survey) -> None:
    survey.propose(DRY)
    git(survey.folder, "branch", "-D", *survey.branches())
    survey.propose(DRY, "--again")
    survey.propose(STEAM)
    assert survey.papers() == [DRY, STEAM]


def test_a_file_that_people_made_meanwhile_is_never_overwritten(survey: Survey) -> None:
    survey.propose()
    survey.keep(DRY, "facts: []\n")
    survey.propose(STEAM)
    assert survey.papers() == [STEAM]


def test_a_file_that_was_to_be_read_anew_is_still_so_when_another_paper_is_asked(survey: Survey) -> None:
    survey.keep(DRY, "facts: []\n")
    survey.propose(DRY, "--again")
    survey.propose(STEAM)
    assert survey.papers() == [DRY, STEAM]


def test_an_open_one_does_not_shrink_because_arxiv_is_silent(survey: Survey, tmp_path: Path) -> None:
    survey.propose(DRY)
    (branch,) = survey.branches()
    before = git(survey.folder, "rev-parse", branch)
    shutil.rmtree(tmp_path / "cache")
    answer = survey("facts", "propose", "--offline", STEAM)
    assert answer.exit_code == 3
    assert f"the abstracts of {DRY}, which stand in " in answer.stderr
    assert git(survey.folder, "rev-parse", branch) == before


def test_one_of_which_nothing_is_left_is_closed_and_refuses_nothing(survey: Survey) -> None:
    survey.propose(DRY)
    survey.keep(DRY, "facts: []\n")
    assert "so it was closed" in survey.propose(DRY).stdout
    assert survey.branches() == []
    git(survey.folder, "rm", "--quiet", f"taxonomy/facts/{DRY}.yaml")
    git(survey.folder, "commit", "--quiet", "-m", "After all")
    survey.propose(DRY)
    assert survey.papers() == [DRY]


def test_why_nothing_is_asked_of_a_named_paper_is_told(survey: Survey) -> None:
    survey.propose(DRY)
    git(survey.folder, "branch", "-D", *survey.branches())
    survey.keep(STEAM, "facts: []\n")
    said = survey.propose(DRY, STEAM, "2611.00009").stdout
    assert f"{DRY} was dropped or closed before; --again asks for it all the same" in said
    assert f"{STEAM} has a file that people have reviewed" in said
    assert "2611.00009 is not listed" in said


def test_a_dry_run_leaves_out_what_was_refused_as_a_real_run_does(survey: Survey) -> None:
    survey.propose(DRY)
    git(survey.folder, "branch", "-D", *survey.branches())
    said = survey.propose("--dry-run").stdout
    assert "facts of 1 paper: dry run: nothing was opened" in said
    assert survey.branches() == []
