"""The local forge on real git repositories: opened once, never overwritten, and what people did is told apart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from bot.adapters.local.forge import LocalForge
from bot.block import read_block
from bot.errors import ForgeError
from bot.fates import Pull, PullState, Request, Wish
from bot.ports import Forge
from tests.repositories import content, git, new_proposal, new_repository

ID = "2611.90001"
BRANCH = f"survey-bot/{ID}"
PATH = f"taxonomy/papers/{ID}.yaml"
ROOT = Path(__file__).parents[3]
OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED

OPEN_MANY = """
import sys
from pathlib import Path
from bot.adapters.local.forge import LocalForge
from tests.repositories import new_proposal
forge = LocalForge(Path(sys.argv[1]), "main")
print("ready", flush=True)
for number in range(1000):
    forge.open(new_proposal(f"2611.{number:05d}"))
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)  # no identity, as on a fresh machine
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return new_repository(tmp_path / "survey")


@pytest.fixture
def forge(repository: Path) -> LocalForge:
    return LocalForge(repository, "main")


def state_of(forge: Forge) -> PullState:
    pulls = forge.pulls()
    assert list(pulls) == [ID]
    return pulls[ID].state


def pull_file(repository: Path, stem: str = ID) -> Path:
    return repository / ".survey-bot" / "pulls" / f"{stem}.md"


def correct_on_branch(repository: Path, *labels: str) -> str:
    git(repository, "switch", "--quiet", BRANCH)
    (repository / PATH).write_text(content(labels), encoding="utf-8")
    git(repository, "commit", "--quiet", "-am", "Better class")
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "switch", "--quiet", "main")
    return commit


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_proposal_is_one_branch_with_one_commit_of_the_bot_that_adds_one_file(
    repository: Path, forge: LocalForge
) -> None:
    pull = forge.open(new_proposal(ID, "steam", "kneading"))
    assert pull == Pull(id=ID, state=OPEN, where=str(pull_file(repository)), proposed=("steam", "kneading"))
    assert forge.pulls() == {ID: pull}
    assert git(repository, "diff", "--name-status", f"main...{BRANCH}") == f"A\t{PATH}"
    assert git(repository, "show", f"{BRANCH}:{PATH}") + "\n" == content(("steam", "kneading"))
    log = git(repository, "log", "--format=%an <%ae> %cn: %s", f"main..{BRANCH}")
    assert log == "survey-bot <survey-bot@localhost> survey-bot: Add LoafNet: Ovens › Steam"


def test_the_pull_request_is_a_file_that_says_how_to_review_it(repository: Path, forge: LocalForge) -> None:
    proposal = new_proposal(ID, title="Add <!-- @all\n *Loaf*")
    forge.open(proposal)
    text = pull_file(repository).read_text(encoding="utf-8")
    assert text.startswith("# Add \\<!-- \\@all \\*Loaf\\*\n\n" + proposal.body.strip())
    for command in (f"git diff main...{BRANCH}", f"git merge {BRANCH}", f"git branch -D {BRANCH}"):
        assert f"`{command}`" in text
    facts = read_block(text, kind="pull")
    assert facts
    assert {"branch": BRANCH, "path": PATH, "base": "main"}.items() <= facts.items()


def test_what_is_staged_changed_or_untracked_is_not_touched_and_git_status_stays_the_same(
    repository: Path, forge: LocalForge
) -> None:
    (repository / "README.md").write_text("staged\n", encoding="utf-8")
    git(repository, "add", ".")
    (repository / "README.md").write_text("changed again\n", encoding="utf-8")
    (repository / "taxonomy").write_text("in the way of the folder\n", encoding="utf-8")
    before = git(repository, "status", "--porcelain", "--branch"), (repository / ".git" / "index").read_bytes()
    forge.open(new_proposal())
    forge.open(new_proposal("2611.90002"))
    assert before == (git(repository, "status", "--porcelain", "--branch"), (repository / ".git/index").read_bytes())
    assert (repository / ".git" / "info" / "exclude").read_text(encoding="utf-8").count("/.survey-bot/") == 1
    assert git(repository, "ls-tree", "--name-only", BRANCH).split() == ["README.md", "taxonomy"]


@pytest.mark.parametrize("head", ["detached", "another branch", "the branch of the paper before"])
def test_it_does_not_matter_what_is_checked_out(repository: Path, forge: LocalForge, head: str) -> None:
    forge.open(new_proposal("2611.90000"))
    switch = {"detached": ["--detach"], "another branch": ["-c", "mine"]}.get(head, ["survey-bot/2611.90000"])
    git(repository, "switch", "--quiet", *switch)
    assert forge.open(new_proposal()).state is OPEN
    assert git(repository, "rev-parse", f"{BRANCH}~") == git(repository, "rev-parse", "main")


def test_a_bare_repository_keeps_its_pull_requests_inside(repository: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(bare))
    forge = LocalForge(bare, "main")
    assert forge.open(new_proposal()).where == str(bare / "survey-bot" / "pulls" / f"{ID}.md")
    assert state_of(forge) is OPEN
    git(bare, "branch", "-D", BRANCH)
    assert state_of(forge) is CLOSED


def test_an_id_of_the_old_style_and_a_slug_are_branches_too(forge: LocalForge) -> None:
    for paper_id in ("cs/0112017", "brickdome"):
        assert forge.open(new_proposal(paper_id)).id == paper_id
    assert set(forge.pulls()) == {"cs/0112017", "brickdome"}


# --- what became of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["merge", "fast-forward", "squash", "rebase", "by hand"])
@pytest.mark.parametrize("cleaned", [False, True], ids=["branch kept", "branch deleted"])
def test_every_way_to_merge_is_merged(repository: Path, forge: LocalForge, how: str, cleaned: bool) -> None:
    forge.open(new_proposal())
    if how == "merge":
        git(repository, "merge", "--quiet", "--no-ff", BRANCH)
    elif how == "fast-forward":
        git(repository, "merge", "--quiet", "--ff-only", BRANCH)
    elif how == "squash":
        git(repository, "merge", "--quiet", "--squash", BRANCH)
        git(repository, "commit", "--quiet", "-m", "Squashed")
    elif how == "rebase":
        git(repository, "commit", "--quiet", "--allow-empty", "-m", "Main moves on")
        git(repository, "cherry-pick", BRANCH)
    else:
        (repository / PATH).parent.mkdir(parents=True)
        (repository / PATH).write_text("typed again\n", encoding="utf-8")
        git(repository, "add", PATH)
        git(repository, "commit", "--quiet", "-m", "By hand")
    if cleaned:
        git(repository, "branch", "-D", BRANCH)
    assert state_of(forge) is MERGED
    assert forge.open(new_proposal()).state is MERGED


def test_a_deleted_branch_is_closed_and_stays_closed(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    git(repository, "branch", "-D", BRANCH)
    assert state_of(forge) is CLOSED
    assert forge.open(new_proposal()).state is CLOSED
    assert git(repository, "branch", "--list", "survey-bot/*") == ""


def test_commits_of_humans_on_the_branch_are_adopted_and_never_rewritten(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    commit = correct_on_branch(repository, "kneading")
    assert state_of(forge) is OPEN
    assert forge.open(new_proposal()) == Pull(id=ID, state=OPEN, where=str(pull_file(repository)), proposed=("steam",))
    assert git(repository, "rev-parse", BRANCH) == commit


def test_a_branch_without_its_file_is_open_and_the_file_is_written_again(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    pull_file(repository).unlink()
    assert forge.pulls() == {ID: Pull(id=ID, state=OPEN, where=f"branch {BRANCH}")}
    assert forge.open(new_proposal()).where == str(pull_file(repository))
    assert state_of(forge) is OPEN


def test_a_merged_branch_without_its_file_is_merged(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    pull_file(repository).unlink()
    git(repository, "merge", "--quiet", "--squash", BRANCH)
    git(repository, "commit", "--quiet", "-m", "Squashed")
    assert state_of(forge) is MERGED


def test_without_branch_and_file_nothing_is_known(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    git(repository, "branch", "-D", BRANCH)
    pull_file(repository).unlink()
    assert forge.pulls() == {}


def test_branches_and_files_that_are_not_the_bots_are_left_out(repository: Path, forge: LocalForge) -> None:
    git(repository, "branch", "survey-bot/2611.9")
    git(repository, "branch", "feature")
    pull_file(repository, "NOTES").parent.mkdir(parents=True)
    pull_file(repository, "NOTES").write_text("mine", encoding="utf-8")
    assert forge.pulls() == {}


def test_a_file_of_which_a_human_deleted_the_hidden_lines_still_tells_open_merged_and_closed(
    repository: Path, forge: LocalForge
) -> None:
    forge.open(new_proposal())
    pull_file(repository).write_text("# gone\n", encoding="utf-8")
    assert (state_of(forge), forge.pulls()[ID].proposed) == (OPEN, None)
    git(repository, "merge", "--quiet", BRANCH)
    git(repository, "branch", "-d", BRANCH)
    assert state_of(forge) is MERGED


# --- bringing up to date ---------------------------------------------------------------------------------------------


def test_an_outdated_one_that_only_the_bot_touched_is_rebuilt_on_todays_base(
    repository: Path, forge: LocalForge
) -> None:
    forge.open(new_proposal())
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "Main moves on")
    pull = forge.open(new_proposal(ID, "kneading", title="Add LoafNet: Hands"))
    assert (pull.state, pull.proposed) == (OPEN, ("kneading",))
    assert git(repository, "show", f"{BRANCH}:{PATH}") + "\n" == content(("kneading",))
    assert git(repository, "rev-parse", f"{BRANCH}~") == git(repository, "rev-parse", "main")
    assert pull_file(repository).read_text(encoding="utf-8").startswith("# Add LoafNet: Hands\n")


def test_one_that_a_person_commented_in_its_file_stays_as_it_is(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    with pull_file(repository).open("a", encoding="utf-8") as stream:
        stream.write("Is this right?\n")
    before = git(repository, "rev-parse", BRANCH), pull_file(repository).read_bytes()
    assert forge.open(new_proposal(ID, "kneading")).proposed == ("steam",)
    assert before == (git(repository, "rev-parse", BRANCH), pull_file(repository).read_bytes())


def test_one_that_is_checked_out_stays_as_it_is(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    git(repository, "switch", "--quiet", BRANCH)
    assert forge.open(new_proposal(ID, "kneading")).proposed == ("steam",)
    assert git(repository, "status", "--porcelain") == ""


def test_one_that_a_person_is_rebasing_is_neither_moved_nor_deleted(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "Main goes on")
    head = git(repository, "rev-parse", BRANCH)
    git(repository, "-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "--quiet", "-i", "main", BRANCH)
    forge.open(new_proposal(ID, "kneading"))
    with pytest.raises(ForgeError, match="it is checked out"):
        forge.close(ID, "Bye.")
    assert git(repository, "rev-parse", BRANCH) == head
    git(repository, "rebase", "--continue")
    assert git(repository, "rev-parse", f"{BRANCH}~") == git(repository, "rev-parse", "main")


def test_an_update_that_was_killed_between_branch_and_file_is_finished(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    text = pull_file(repository).read_bytes()
    forge.open(new_proposal(ID, "kneading"))
    head = git(repository, "rev-parse", BRANCH)
    pull_file(repository).write_bytes(text)
    assert forge.open(new_proposal(ID, "kneading")).proposed == ("kneading",)
    assert git(repository, "rev-parse", BRANCH) == head


# --- closing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("later", "state"), [(False, CLOSED), (True, PullState.POSTPONED)])
def test_closing_deletes_the_branch_and_says_why_once(
    repository: Path, forge: LocalForge, later: bool, state: PullState
) -> None:
    forge.open(new_proposal())
    head = git(repository, "rev-parse", BRANCH)
    forge.close(ID, "As you asked.", later=later)
    git(repository, "branch", BRANCH, head)  # as if the run had been killed in between
    forge.close(ID, "As you asked.", later=later)
    forge.close(ID, "As you asked.", later=later)
    assert state_of(forge) is state
    assert git(repository, "branch", "--list", "survey-bot/*") == ""
    assert pull_file(repository).read_text(encoding="utf-8").count("As you asked.\n") == 1


def test_closing_what_is_not_open_is_nothing(repository: Path, forge: LocalForge) -> None:
    forge.close(ID, "Bye.")
    forge.open(new_proposal())
    git(repository, "merge", "--quiet", BRANCH)
    forge.close(ID, "Bye.")
    assert state_of(forge) is MERGED
    assert "Bye." not in pull_file(repository).read_text(encoding="utf-8")


def test_a_branch_with_a_commit_of_a_person_or_checked_out_is_not_deleted(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    git(repository, "switch", "--quiet", BRANCH)
    with pytest.raises(ForgeError, match="it is checked out; git switch main"):
        forge.close(ID, "Bye.")
    commit = correct_on_branch(repository, "kneading")
    with pytest.raises(ForgeError, match=r"it holds commits of a person; git branch -D survey-bot/2611\.90001"):
        forge.close(ID, "Bye.")
    assert git(repository, "rev-parse", BRANCH) == commit
    assert state_of(forge) is OPEN


def test_a_postponed_one_is_opened_anew(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    forge.close(ID, "Later.", later=True)
    pull = forge.open(new_proposal(ID, "kneading"))
    assert (pull.state, pull.proposed, forge.pulls()) == (OPEN, ("kneading",), {ID: pull})
    git(repository, "branch", "-D", BRANCH)
    assert state_of(forge) is CLOSED


def test_a_run_killed_while_it_opened_a_postponed_one_anew_is_finished(repository: Path, forge: LocalForge) -> None:
    forge.open(new_proposal())
    forge.close(ID, "Later.", later=True)
    closed = pull_file(repository).read_bytes()
    pull = forge.open(new_proposal(ID, "kneading"))
    pull_file(repository).rename(pull_file(repository).with_suffix(".pending"))
    pull_file(repository).write_bytes(closed)
    assert forge.pulls() == {ID: pull}


# --- the dashboard ---------------------------------------------------------------------------------------------------


def page(ticked: Collection[str]) -> str:
    return "".join(f"- [{'x' if one in ticked else ' '}] <!-- ask:{one} --> Loaf\n" for one in (ID, "2611.90002"))


@pytest.mark.parametrize("bare", [False, True])
def test_the_dashboard_is_a_file_whose_ticked_boxes_ask_for_papers(
    repository: Path, tmp_path: Path, bare: bool
) -> None:
    if bare:
        git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(tmp_path / "bare.git"))
    root = tmp_path / "bare.git" if bare else repository
    forge: Forge = LocalForge(root, "main")
    file = root / ("survey-bot" if bare else ".survey-bot") / "dashboard.md"
    assert (forge.name, forge.forgets, forge.requests()) == (f"local {root}", True, [])
    assert forge.show(lambda previous: page(previous.splitlines())) == str(file)
    file.write_text(page([ID]), encoding="utf-8")
    assert forge.requests() == [Request(id=ID, wish=Wish.PROPOSE, by="a ticked box")]
    file.write_text(page([ID, "2611.90002"]), encoding="utf-8")  # while the run is at work
    seen: list[str] = []

    def write(previous: str) -> str:
        seen.append(previous)
        return page([])

    forge.show(write)
    assert (seen, file.read_text(encoding="utf-8")) == ([page([ID, "2611.90002"])], page([]))
    if not bare:
        assert git(root, "status", "--porcelain") == ""


# --- interrupted -----------------------------------------------------------------------------------------------------


def test_a_run_killed_before_the_branch_leaves_nothing_that_counts(repository: Path, forge: LocalForge) -> None:
    pull_file(repository).parent.mkdir(parents=True)
    pull_file(repository).with_suffix(".pending").write_text("# left behind\n", encoding="utf-8")
    pull_file(repository).with_suffix(".half").write_text("# le", encoding="utf-8")
    assert forge.pulls() == {}
    assert forge.open(new_proposal()).proposed == ("steam",)
    assert [file.name for file in pull_file(repository).parent.iterdir() if file.name != ".lock"] == [f"{ID}.md"]


def test_a_run_killed_after_the_branch_is_finished_by_the_next_one(repository: Path, forge: LocalForge) -> None:
    pull = forge.open(new_proposal())
    pull_file(repository).rename(pull_file(repository).with_suffix(".pending"))
    assert forge.pulls() == {ID: pull}
    git(repository, "branch", "-D", BRANCH)
    assert state_of(forge) is CLOSED


def test_a_proposal_that_git_refuses_leaves_nothing_and_can_be_opened_later(
    repository: Path, forge: LocalForge
) -> None:
    lock = repository / ".git" / "refs" / "heads" / "survey-bot" / f"{ID}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(ForgeError, match=r"\.lock': File exists.*; wait for the other git process"):
        forge.open(new_proposal())
    assert forge.pulls() == {}
    lock.unlink()
    assert forge.open(new_proposal()).state is OPEN


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_run_killed_at_any_moment_leaves_what_the_next_one_finishes(repository: Path, forge: LocalForge) -> None:
    for seconds in (0.01, 0.05, 0.08, 0.13):
        command = [sys.executable, "-c", OPEN_MANY, str(repository)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True, cwd=ROOT) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(seconds)
            os.killpg(process.pid, signal.SIGKILL)
        for lock in (repository / ".git").rglob("*.lock"):
            lock.unlink()
        pulls = forge.pulls()
        assert all(pull.state is OPEN and pull.proposed == ("steam",) for pull in pulls.values())
        heads = git(repository, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/survey-bot").split()
        assert heads == list(pulls)
    assert len(forge.pulls()) > 0
    git(repository, "fsck", "--strict")


# --- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["", "/etc/2611.90001.yaml", f"../{ID}.yaml", f"a/../{ID}.yaml", f".git/{ID}.yaml", f"a//{ID}.yaml", "a/b.yaml",
     f"a\n/{ID}.yaml"],
)  # fmt: skip
def test_a_path_outside_the_repository_or_of_another_paper_is_refused(forge: LocalForge, path: str) -> None:
    with pytest.raises(ForgeError, match="no path for the paper's file"):
        forge.open(new_proposal().model_copy(update={"path": path}))
    assert forge.pulls() == {}


def test_a_branch_that_is_not_this_papers_is_refused(forge: LocalForge) -> None:
    with pytest.raises(ForgeError, match=r"it must be survey-bot/2611\.90001"):
        forge.open(new_proposal().model_copy(update={"branch": "main"}))


def test_a_branch_in_the_way_of_all_branches_of_the_bot_is_named(repository: Path, forge: LocalForge) -> None:
    git(repository, "branch", "survey-bot")
    with pytest.raises(ForgeError, match=r"'refs/heads/survey-bot' exists.*; rename the branch that is in the way"):
        forge.open(new_proposal())
    assert not pull_file(repository).exists()


def test_a_file_in_the_way_of_the_folder_is_one_sentence(repository: Path, forge: LocalForge) -> None:
    (repository / ".survey-bot").write_text("a file", encoding="utf-8")
    with pytest.raises(ForgeError, match="cannot be written"):
        forge.open(new_proposal())
    assert git(repository, "branch", "--list", "survey-bot/*") == ""
