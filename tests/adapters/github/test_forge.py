"""The forge on GitHub, against the tests' GitHub: opened once, nothing of a person's overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.github.forge import GitHubForge
from bot.errors import ForgeError
from bot.fates import Pull, PullState
from bot.models import Proposal
from bot.ports import Forge
from bot.settings import Forge as Options
from tests.github import GithubServer
from tests.repositories import content, git, new_proposal, place_of

ID = "2611.90001"
BRANCH = f"survey-bot/{ID}"
PATH = f"taxonomy/papers/{ID}.yaml"
OPEN, MERGED, CLOSED, POSTPONED = PullState.OPEN, PullState.MERGED, PullState.CLOSED, PullState.POSTPONED

NewForge = Callable[..., GitHubForge]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path / "github") as server:
        server.seed({"README.md": "# Bread\n", "taxonomy/papers/2601.00001.yaml": content(("steam",))})
        yield server
        assert server.violations == []


@pytest.fixture
def new_forge(server: GithubServer) -> NewForge:
    """The forge of another run, that remembers nothing."""

    def made(**options: Any) -> GitHubForge:
        return GitHubForge(place_of(server), Options(kind="github", **options), pace=0)

    return made


def opened(new_forge: NewForge, proposal: Proposal | None = None) -> Pull:
    """What a run does that proposes this."""
    forge = new_forge()
    forge.pulls()
    return forge.open(proposal or new_proposal(ID))


def calls(server: GithubServer) -> list[str]:
    """What was asked since the last time, without the repository's name."""
    told = [f"{call.method} {call.path.removeprefix('/repos/octo/survey')}" for call in server.calls]
    server.calls.clear()
    return told


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_proposal_is_one_branch_with_one_commit_that_adds_one_file_and_one_pull_request(
    server: GithubServer, new_forge: NewForge
) -> None:
    forge: Forge = new_forge()
    pull = forge.open(new_proposal(ID, "steam", "kneading"))
    assert pull == Pull(
        id=ID, state=OPEN, where="https://github.com/octo/survey/pull/1", proposed=("steam", "kneading")
    )
    assert new_forge().pulls() == {ID: pull}
    commits, changes = server.extent(server.issue(1))
    assert [(change.status, change.path) for change in changes] == [("added", PATH)]
    assert server.file(BRANCH, PATH) == content(("steam", "kneading"))
    commit = server.git.commit(commits[0])
    assert commit
    assert (len(commits), commit.author.name, commit.committer.email) == (1, "survey-bot", "survey-bot@localhost")
    assert commit.message == "Add LoafNet: Ovens › Steam\n\nProposed by survey-bot.\n"


def test_the_pull_request_says_what_the_proposal_says_and_wears_its_labels(
    server: GithubServer, new_forge: NewForge
) -> None:
    proposal = new_proposal(ID)
    new_forge(labels=("survey-bot", "paper"), reviewers=("maintainer",), draft=True).open(proposal)
    issue = server.issue(1)
    assert issue.pull
    assert (issue.title, (issue.body or "").startswith(proposal.body)) == (proposal.title, True)
    assert [label.name for label in issue.labels] == ["survey-bot", "paper"]
    assert (issue.pull.reviewers, issue.pull.draft) == (["maintainer"], True)


def test_labels_are_made_once_and_say_what_they_mean(server: GithubServer, new_forge: NewForge) -> None:
    forge = new_forge()
    forge.pulls()
    for number in range(3):
        forge.open(new_proposal(f"2611.9000{number}"))
    asked = calls(server)
    assert (asked.count("GET /labels"), asked.count("POST /labels")) == (1, 2)
    assert (server.labels["later"].description or "").startswith("Closed with this label: proposed again")
    opened(new_forge, new_proposal("2611.90009"))
    assert calls(server).count("POST /labels") == 0


def test_what_is_only_decoration_costs_no_pull_request(server: GithubServer, new_forge: NewForge) -> None:
    forge = new_forge(reviewers=("stranger",), labels=("x" * 60,))
    assert forge.open(new_proposal(ID)).state is OPEN
    assert len(forge.notes) == 2
    assert "the label 'xxx" in forge.notes[0]
    assert "no review of https://github.com/octo/survey/pull/1 can be asked for" in forge.notes[1]


def test_an_id_of_the_old_style_and_a_slug_are_branches_too(new_forge: NewForge) -> None:
    forge = new_forge()
    for paper_id in ("cs/0112017", "brickdome"):
        assert forge.open(new_proposal(paper_id)).id == paper_id
    assert set(new_forge().pulls()) == {"cs/0112017", "brickdome"}


def test_ten_that_are_open_at_once_merge_in_any_order_without_a_conflict(
    server: GithubServer, new_forge: NewForge
) -> None:
    forge = new_forge()
    for number in range(10):
        forge.open(new_proposal(f"2611.9000{number}"))
    for number in (3, 9, 1, 10, 7, 2, 8, 6, 4, 5):
        server.merge(number)
    assert {pull.state for pull in new_forge().pulls().values()} == {MERGED}
    assert len(server.files("main")) == 12


@pytest.mark.parametrize("path", [f"../{ID}.yaml", f".git/{ID}.yaml", "a/b.yaml"])
def test_a_path_outside_the_repository_or_of_another_paper_is_refused_before_anything_is_asked(
    server: GithubServer, new_forge: NewForge, path: str
) -> None:
    with pytest.raises(ForgeError, match="no path for the paper's file"):
        new_forge().open(new_proposal().model_copy(update={"path": path}))
    assert (server.calls, server.git_calls) == ([], [])


# --- what became of it -----------------------------------------------------------------------------------------------


def test_open_merged_closed_and_postponed_are_told_apart(server: GithubServer, new_forge: NewForge) -> None:
    forge = new_forge()
    for number in range(1, 5):
        forge.open(new_proposal(f"2611.9000{number}"))
    server.merge(2, "squash")
    server.close(3)
    server.close(4, label="Later")
    states = {paper_id: pull.state for paper_id, pull in new_forge().pulls().items()}
    assert list(states.values()) == [OPEN, MERGED, CLOSED, POSTPONED]


def test_a_closed_one_stays_closed_whatever_became_of_its_branch(server: GithubServer, new_forge: NewForge) -> None:
    opened(new_forge)
    server.close(1)
    assert opened(new_forge).state is CLOSED
    server.delete_branch(BRANCH)
    assert opened(new_forge).state is CLOSED
    assert new_forge().open(new_proposal(ID)).state is CLOSED
    assert (len(server.pulls()), server.branches()) == (1, ["main"])


def test_a_deleted_branch_is_closed_and_one_that_was_reopened_is_open(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    server.close(1)
    server.reopen(1)
    assert opened(new_forge).state is OPEN
    server.delete_branch(BRANCH)
    assert new_forge().pulls()[ID].state is CLOSED


def test_a_merged_one_stays_merged_when_its_file_was_renamed(server: GithubServer, new_forge: NewForge) -> None:
    opened(new_forge)
    server.push(BRANCH, {PATH: None, "taxonomy/papers/loafnet.yaml": content(("steam",))})
    server.merge(1)
    server.delete_branch(BRANCH)
    assert opened(new_forge).state is MERGED
    assert len(server.pulls()) == 1


def test_a_paper_that_was_listed_by_hand_is_merged_and_nothing_is_opened(
    server: GithubServer, new_forge: NewForge
) -> None:
    server.push("main", {PATH: content(("kneading",))})
    assert new_forge().open(new_proposal(ID)) == Pull(id=ID, state=MERGED, where=PATH)
    assert (server.pulls(), server.branches()) == ([], ["main"])


def test_a_retitled_one_whose_hidden_block_is_gone_is_known_by_its_branch(
    server: GithubServer, new_forge: NewForge
) -> None:
    pull = opened(new_forge)
    server.edit_pull(1, title="Mine", body="gone")
    assert new_forge().pulls() == {ID: pull.model_copy(update={"proposed": None})}


def test_a_pull_request_into_another_branch_counts_after_the_default_branch_moved(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    server.default_branch = "trunk"
    assert new_forge().pulls()[ID].state is OPEN


def test_what_is_not_the_bots_is_left_out(server: GithubServer, new_forge: NewForge) -> None:
    for branch in ("feature", "survey-bot/init", "survey-bot/2611.9", "survey-bot-2611.90001"):
        server.push(branch, {"x.txt": branch})
        server.open_pull(branch, "A person's")
    assert new_forge().pulls() == {}


def test_a_forks_branch_of_such_a_name_is_a_strangers(server: GithubServer, new_forge: NewForge) -> None:
    server.push(BRANCH, {PATH: content(("shaping",))}, author="stranger", fork=True)
    server.open_pull(BRANCH, "A stranger's", by="stranger", fork=True)
    assert new_forge().pulls() == {}
    assert opened(new_forge).where.endswith("/pull/2")


# --- adopting --------------------------------------------------------------------------------------------------------


def test_what_is_open_is_given_back_as_it_is(server: GithubServer, new_forge: NewForge) -> None:
    pull, head, body = opened(new_forge), server.head(BRANCH), server.issue(1).body
    for forge in (new_forge(), new_forge()):
        assert forge.open(new_proposal(ID)) == pull
    assert (server.head(BRANCH), server.issue(1).body, len(server.pulls())) == (head, body, 1)


def test_a_run_that_was_killed_after_the_push_is_finished_by_the_next_one(
    server: GithubServer, new_forge: NewForge
) -> None:
    forge = new_forge()
    forge._branches.create(new_proposal(ID))
    head = server.head(BRANCH)
    assert opened(new_forge) == new_forge().pulls()[ID]
    assert server.head(BRANCH) == head


def test_what_a_killed_run_left_is_brought_up_to_date_before_it_is_proposed(
    server: GithubServer, new_forge: NewForge
) -> None:
    new_forge()._branches.create(new_proposal(ID, "steam"))
    server.push("main", {"README.md": "moved on\n"})
    assert opened(new_forge, new_proposal(ID, "kneading")).proposed == ("kneading",)
    assert server.file(BRANCH, PATH) == content(("kneading",))
    assert server.file(BRANCH, "README.md") == "moved on\n"


def test_a_branch_of_a_person_without_a_pull_request_is_proposed_as_it_is_and_never_touched(
    server: GithubServer, new_forge: NewForge
) -> None:
    head = server.push(BRANCH, {PATH: content(("kneading",))})
    assert opened(new_forge).state is OPEN
    assert opened(new_forge, new_proposal(ID, "shaping")).state is OPEN
    assert (server.head(BRANCH), len(server.pulls())) == (head, 1)


def test_two_runs_at_once_open_one(server: GithubServer, new_forge: NewForge) -> None:
    first, second = new_forge(), new_forge()
    assert first.pulls() == second.pulls() == {}
    assert first.open(new_proposal(ID)) == second.open(new_proposal(ID))
    assert len(server.pulls()) == 1


def test_two_runs_in_the_same_moment_open_one_of_each(server: GithubServer, new_forge: NewForge) -> None:
    def run(forge: GitHubForge) -> list[Pull]:
        forge.pulls()
        return [forge.open(new_proposal(f"2611.9000{number}")) for number in range(5)]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, [new_forge(), new_forge()])
    assert first == second
    assert len(server.pulls()) == 5


def test_a_pull_request_that_a_person_opened_from_the_bots_branch_meanwhile_is_adopted(
    server: GithubServer, new_forge: NewForge
) -> None:
    forge = new_forge()
    forge.pulls()
    forge._branches.create(new_proposal(ID))
    server.open_pull(BRANCH, "Mine", "by hand")
    assert forge.open(new_proposal(ID)).where.endswith("/pull/1")
    assert (server.issue(1).title, len(server.pulls())) == ("Mine", 1)


# --- bringing up to date ---------------------------------------------------------------------------------------------


def test_an_outdated_one_that_only_the_bot_touched_is_rebuilt_on_todays_base(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    server.push("main", {"README.md": "moved on\n"})
    proposal = new_proposal(ID, "kneading", title="Add LoafNet: Hands › Kneading")
    assert opened(new_forge, proposal).proposed == ("kneading",)
    assert server.file(BRANCH, PATH) == content(("kneading",))
    assert server.issue(1).title == proposal.title
    assert len(server.extent(server.issue(1))[0]) == 1
    again = new_proposal(ID, "shaping")
    assert opened(new_forge, again).proposed == ("shaping",)


@pytest.mark.parametrize("later", [False, True], ids=["before", "while this run was at work"])
def test_a_commit_of_a_person_is_never_lost(server: GithubServer, new_forge: NewForge, later: bool) -> None:
    opened(new_forge)
    forge = new_forge()
    if later:
        forge.pulls()
    head = server.push(BRANCH, {PATH: content(("shaping",))})
    assert forge.open(new_proposal(ID, "kneading")).proposed == ("steam",)
    assert server.head(BRANCH) == head


def test_a_commit_that_comes_in_the_very_moment_of_the_push_wins(
    server: GithubServer, new_forge: NewForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(new_forge)
    forge, heads = new_forge(), list[str]()
    forge.pulls()
    real = forge._branches._copy.remote.push

    def raced(commit: str, branch: str, expected: str | None) -> bool:
        heads.append(server.push(BRANCH, {PATH: content(("shaping",))}))
        return real(commit, branch, expected)

    monkeypatch.setattr(forge._branches._copy.remote, "push", raced)
    assert forge.open(new_proposal(ID, "kneading")).proposed == ("steam",)
    assert server.head(BRANCH) == heads[0]


@pytest.mark.parametrize("edit", [{"title": "Mine"}, {"body": "Mine"}], ids=["title", "text"])
def test_words_of_a_person_are_never_lost(server: GithubServer, new_forge: NewForge, edit: dict[str, str]) -> None:
    opened(new_forge)
    body = (server.issue(1).body or "").replace("is about steam", "is about more than steam")
    server.edit_pull(1, **(edit if "title" in edit else {"body": body}))
    before = server.issue(1).title, server.issue(1).body, server.head(BRANCH)
    assert opened(new_forge, new_proposal(ID, "kneading")).state is OPEN
    assert before == (server.issue(1).title, server.issue(1).body, server.head(BRANCH))


def test_white_space_that_an_editor_changes_is_no_word_of_a_person(server: GithubServer, new_forge: NewForge) -> None:
    opened(new_forge)
    server.edit_pull(1, body=(server.issue(1).body or "").replace("\n", "\r\n").rstrip())
    assert opened(new_forge, new_proposal(ID, "kneading")).proposed == ("kneading",)


def test_a_hidden_block_that_calls_a_persons_commit_the_bots_does_not_lose_it(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    bots = server.head(BRANCH) or ""
    head = server.push(BRANCH, {PATH: content(("shaping",))})
    server.edit_pull(1, body=(server.issue(1).body or "").replace(bots, head))
    assert opened(new_forge, new_proposal(ID, "kneading")).state is OPEN
    assert server.head(BRANCH) == head


def test_an_update_that_was_killed_between_branch_and_text_is_finished(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    proposal = new_proposal(ID, "kneading")
    forge = new_forge()
    tip = forge._branches.tip(proposal)
    assert tip
    head = forge._branches.update(proposal, tip)
    assert opened(new_forge, proposal).proposed == ("kneading",)
    assert server.head(BRANCH) == head


# --- postponed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [True, False], ids=["branch kept", "branch deleted"])
def test_a_postponed_one_is_opened_anew_with_todays_file(server: GithubServer, new_forge: NewForge, kept: bool) -> None:
    opened(new_forge)
    server.close(1, label="later")
    if not kept:
        server.delete_branch(BRANCH)
    pull = opened(new_forge, new_proposal(ID, "kneading"))
    assert (pull.state, pull.where, pull.proposed) == (OPEN, "https://github.com/octo/survey/pull/2", ("kneading",))
    assert server.file(BRANCH, PATH) == content(("kneading",))
    assert new_forge().pulls() == {ID: pull}


def test_a_postponed_one_with_a_persons_commit_is_opened_anew_as_it_is(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    head = server.push(BRANCH, {PATH: content(("shaping",))})
    server.close(1, label="later")
    assert opened(new_forge, new_proposal(ID, "kneading")).where.endswith("/pull/2")
    assert opened(new_forge, new_proposal(ID, "shaping", "steam")).where.endswith("/pull/2")
    assert server.head(BRANCH) == head


def test_of_several_the_open_one_counts_else_the_merged_one_else_the_latest(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge)
    server.close(1, label="later")
    opened(new_forge)
    assert new_forge().pulls()[ID].state is OPEN
    server.close(2)
    assert new_forge().pulls()[ID].state is CLOSED
    server.reopen(1)
    server.merge(1)
    assert new_forge().pulls()[ID].state is MERGED


# --- closing ---------------------------------------------------------------------------------------------------------


def test_closing_says_why_once_and_closing_again_does_nothing(server: GithubServer, new_forge: NewForge) -> None:
    opened(new_forge)
    for forge in (new_forge(), new_forge()):
        forge.close(ID, "It is listed now.")
        assert forge.pulls()[ID].state is CLOSED
    assert [comment.body.partition("\n")[0] for comment in server.comments_on(1)] == ["It is listed now."]
    assert server.branches() == ["main", BRANCH]


def test_closing_for_later_postpones(server: GithubServer, new_forge: NewForge) -> None:
    opened(new_forge)
    new_forge(later="not-now").close(ID, "As you asked.", later=True)
    assert [label.name for label in server.issue(1).labels] == ["survey-bot", "not-now"]
    assert new_forge(later="not-now").pulls()[ID].state is POSTPONED


def test_closing_what_is_not_there_is_nothing(server: GithubServer, new_forge: NewForge) -> None:
    new_forge().close(ID, "Bye.")
    assert [call.method for call in server.calls] == ["GET"]


# --- since -----------------------------------------------------------------------------------------------------------


class Clock:
    """Time on GitHub's machines; a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, **time: int) -> datetime:
        """What the time is then."""
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock(server: GithubServer) -> Clock:
    server.clock = Clock()
    return server.clock


@pytest.fixture
def many(server: GithubServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Opens so many pull requests of people; a page holds 20."""
    monkeypatch.setattr("bot.adapters.github.api.PAGE", 20)
    monkeypatch.setattr("bot.adapters.github.pulls.PAGE", 20)
    return lambda count: _open_many(server, count)


def _open_many(server: GithubServer, count: int) -> None:
    for number in range(count):
        server.push(f"feature-{number}", {f"{number}.txt": ""})
        server.open_pull(f"feature-{number}", "A person's")


def test_since_reads_only_the_pages_with_changes(
    server: GithubServer, new_forge: NewForge, clock: Clock, many: Callable[[int], None]
) -> None:
    opened(new_forge, new_proposal("2611.90001"))
    clock.sleep(minutes=1)
    many(45)
    since = clock.sleep(hours=1)
    opened(new_forge, new_proposal("2611.90002"))
    calls(server)
    assert set(new_forge().pulls(since)) == {"2611.90002"}
    assert calls(server) == ["GET /pulls"]
    assert set(new_forge().pulls()) == {"2611.90001", "2611.90002"}
    assert calls(server) == ["GET /pulls"] * 3


def test_since_does_not_take_an_old_closed_one_for_what_became_of_the_paper(
    server: GithubServer, new_forge: NewForge, clock: Clock, many: Callable[[int], None]
) -> None:
    opened(new_forge)
    server.close(1, label="later")
    opened(new_forge)
    many(25)
    since = clock.sleep(hours=1)
    server.comment(1, "Was this good?")
    assert new_forge().pulls(since)[ID].where.endswith("/pull/2")


def test_since_a_rejected_paper_that_did_not_change_is_not_proposed_again(
    server: GithubServer, new_forge: NewForge, clock: Clock, many: Callable[[int], None]
) -> None:
    opened(new_forge)
    server.close(1)
    server.delete_branch(BRANCH)
    clock.sleep(minutes=1)
    many(25)
    forge = new_forge()
    assert forge.pulls(clock.sleep(hours=1)) == {}
    assert forge.open(new_proposal(ID)).state is CLOSED
    assert server.branches().count(BRANCH) == 0


def test_clocks_that_differ_by_minutes_hide_no_change(
    new_forge: NewForge, clock: Clock, many: Callable[[int], None]
) -> None:
    many(20)
    clock.sleep(hours=1)
    opened(new_forge)
    assert set(new_forge().pulls(clock.now + timedelta(minutes=5))) == {ID}


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_opening_asks_for_the_list_once_and_writes_two_things_per_paper(
    server: GithubServer, new_forge: NewForge
) -> None:
    opened(new_forge, new_proposal("2611.90000"))
    calls(server)
    forge = new_forge()
    forge.pulls()
    for number in range(1, 6):
        forge.open(new_proposal(f"2611.9000{number}"))
    asked = calls(server)
    assert sorted(set(asked)) == [
        "GET /labels",
        "GET /pulls",
        *(f"POST /issues/{n}/labels" for n in range(2, 7)),
        "POST /pulls",
    ]
    assert len(asked) == 2 + 5 * 2


def test_nothing_is_asked_before_the_first_question(server: GithubServer, new_forge: NewForge) -> None:
    forge = new_forge()
    assert (forge.name, forge.dry, forge.forgets, forge.notes) == ("github octo/survey", False, False, ())
    assert (server.calls, server.git_calls) == ([], [])


def test_the_copy_of_the_repository_is_bare_shallow_without_files_and_gone_with_the_forge(
    server: GithubServer, new_forge: NewForge
) -> None:
    server.push("main", {"README.md": "twice\n"})
    forge = new_forge()
    forge.open(new_proposal(ID))
    folder = forge._branches._copy.git.folder
    kinds = git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split()
    assert (kinds.count("blob"), kinds.count("commit")) == (1, 2)
    del forge
    assert not folder.exists()
