"""Grouped pull requests on a GitHub of the tests: one for a branch, its commits apart, nothing of a person's lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.github.changesets import GitHubChangesets
from bot.adapters.github.forge import GitHubForge
from bot.changes import Changeset, Commit, GroupPull, Stage
from bot.errors import DataError, ForgeError
from bot.ports import Changesets
from bot.settings import Forge as Options
from tests.changesets import BRANCH, LOAF, NEW_LOAF, NEW_RYE, RYE, START, new_changeset
from tests.github import Actor, AfterWrite, GithubServer, Reset, Status
from tests.github.model import Fault, Reply
from tests.repositories import new_proposal, place_of

PULL = "https://github.com/octo/survey/pull/1"
ONE = new_changeset(Commit(message="Loaf: IROS", files={LOAF: NEW_LOAF}), memo={"n": 2})
"""What a later refresh would ask."""


class Meanwhile(Fault):
    """Somebody does something just before the server looks at the request."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act

    def before(self, now: datetime, actor: Actor | None) -> Reply | None:
        self._act()
        return None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path) as server:
        server.seed(START)
        yield server
        assert server.violations == []


def door(server: GithubServer, token: str = "", **options: Any) -> GitHubChangesets:
    """That of another run, which remembers nothing."""
    return GitHubChangesets(place_of(server, token), Options(kind="github", **options), pace=0.0)


def ask(server: GithubServer, changeset: Changeset | None = None) -> GroupPull:
    asked = door(server).ask(changeset or new_changeset())
    assert asked
    return asked


def known(server: GithubServer) -> list[tuple[Stage, bool]]:
    return [(one.stage, one.touched) for one in door(server).all("refresh")]


def pushes(server: GithubServer) -> int:
    """Since the last time."""
    told = sum(call.method == "POST" and "git-receive-pack" in call.path for call in server.git_calls)
    server.git_calls.clear()
    return told


# --- asking ----------------------------------------------------------------------------------------------------------


def test_it_is_one_pull_request_with_a_commit_for_each_change(server: GithubServer) -> None:
    forge: Changesets = door(server)
    asked = forge.ask(new_changeset())
    assert asked == GroupPull(branch=BRANCH, stage=Stage.OPEN, where=PULL, memo={"n": [1, "é--"]})
    (pull,) = server.pulls()
    commits = [server.git.commit(sha) for sha in server.extent(pull)[0]]
    assert [commit.message.split("\n")[0] for commit in commits if commit] == ["Loaf: venue IROS", "Rye: CoRL"]
    assert (server.file(BRANCH, LOAF), server.file(BRANCH, RYE)) == (NEW_LOAF, NEW_RYE)
    assert (server.file("main", LOAF), server.files(BRANCH)) == (START[LOAF], sorted(START))
    assert (pull.body or "").startswith("| Was | Is |")


def test_it_wears_the_labels_and_asks_the_reviewers_of_the_settings(server: GithubServer) -> None:
    door(server, labels=("survey-bot", "upkeep"), reviewers=("maintainer",), draft=True).ask(new_changeset())
    (issue,) = server.pulls()
    assert issue.pull
    assert [label.name for label in issue.labels] == ["survey-bot", "upkeep"]
    assert (issue.pull.reviewers, issue.pull.draft) == (["maintainer"], True)
    assert server.labels["upkeep"].description == "Proposed by survey-bot"


def test_what_is_only_decoration_costs_no_pull_request(server: GithubServer) -> None:
    forge = door(server, reviewers=("stranger",), labels=("x" * 60,))
    assert forge.ask(new_changeset()).stage is Stage.OPEN
    assert len(forge.notes) == 2


def test_a_file_can_go(server: GithubServer) -> None:
    ask(server, new_changeset(Commit(message="Rye: withdrawn", files={RYE: None})))
    assert server.files(BRANCH) == ["README.md", LOAF]


def test_where_nothing_is_to_be_changed_nothing_is_asked(server: GithubServer) -> None:
    assert door(server).ask(new_changeset(Commit(message="same", files={RYE: START[RYE]}))) is None
    assert (server.pulls(), server.branches()) == ([], ["main"])


def test_asking_for_the_same_again_writes_nothing(server: GithubServer) -> None:
    asked = ask(server)
    server.calls.clear()
    server.git_calls.clear()
    assert ask(server) == asked
    assert {call.method for call in server.calls} == {"GET"}
    assert pushes(server) == 0


def test_an_open_one_is_brought_up_to_date_on_top_of_the_base_branch_of_today(server: GithubServer) -> None:
    ask(server)
    server.push("main", {RYE: "title: Rye\nvenue: ICRA\n"})
    asked = ask(server, ONE)
    assert (asked.stage, asked.where, asked.touched, asked.memo) == (Stage.OPEN, PULL, False, {"n": 2})
    assert len(server.extent(server.issue(1))[0]) == 1
    assert server.file(BRANCH, RYE) == "title: Rye\nvenue: ICRA\n"
    assert known(server) == [(Stage.OPEN, False)]


def test_an_open_one_of_which_everything_stands_on_the_base_branch_by_now_is_closed(server: GithubServer) -> None:
    ask(server)
    server.push("main", {LOAF: NEW_LOAF, RYE: NEW_RYE})
    assert door(server).ask(ONE) is None
    assert [(one.stage, one.memo) for one in door(server).all("refresh")] == [(Stage.CLOSED, {})], "nobody refused it"
    assert [comment.body.split("\n")[0] for comment in server.comments_on(1)] == [
        "All that it proposed stands on main by now."
    ]


def test_a_memo_of_many_changes_comes_back_whole(server: GithubServer) -> None:
    memo = {"changes": [{"paper": f"2601.{n:05d}", "quote": "Accepted to IROS – --> 2026"} for n in range(1000)]}
    ask(server, new_changeset(memo=memo))
    assert door(server).all("refresh")[0].memo == memo


def test_a_text_that_github_would_not_take_is_told_before_anything_is_written(server: GithubServer) -> None:
    with pytest.raises(ForgeError, match=r"its text is too long for GitHub: 7\d{4} characters.*propose less at once"):
        ask(server, new_changeset(body="x" * 70_000))
    assert server.branches() == ["main"]


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_file_is_read_as_it_stands_on_the_base_branch(server: GithubServer) -> None:
    forge = door(server)
    assert (forge.read(LOAF), forge.read("README.md")) == (START[LOAF], "# Bread\n")
    assert (forge.read("taxonomy"), forge.read("no/such.md")) == (None, None)


def test_the_files_of_a_folder_are_fetched_together(server: GithubServer) -> None:
    paths = [f"taxonomy/papers/2602.{n:05d}.yaml" for n in range(30)]
    server.push("main", {path: f"title: {path}\n" for path in paths})
    forge = door(server)
    forge.read(paths[0])
    server.git_calls.clear()
    assert [forge.read(path) for path in paths] == [f"title: {path}\n" for path in paths]
    assert server.git_calls == []


def test_a_whole_folder_is_read_by_two_fetches_however_many_files_it_has(server: GithubServer) -> None:
    papers = {f"taxonomy/papers/2602.{n:05d}.yaml": f"title: {n}\n" for n in range(300)}
    server.push("main", papers)
    assert door(server).files("taxonomy/papers") == papers | {LOAF: START[LOAF], RYE: START[RYE]}
    assert sum("git-upload-pack" in call.path and call.method == "POST" for call in server.git_calls) <= 4
    assert door(server).files("no/such") == {}


def test_a_file_that_is_no_text_is_told(server: GithubServer) -> None:
    forge = door(server)
    with pytest.raises(ForgeError, match="this is no path of a file"):
        forge.read("../x")
    tree = server.git.write_tree({"latin": ("100644", server.git.write("blob", b"caf\xe9"))})
    person = server.person("maintainer")
    server.git.move("refs/heads/main", server.git.write_commit(tree, (), "Latin", person, person))
    with pytest.raises(DataError, match="it is not UTF-8"):
        door(server).read("latin")


# --- what people do --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("deleted", [True, False])
def test_one_that_was_merged_is_merged_in_whatever_way(server: GithubServer, how: str, deleted: bool) -> None:
    ask(server)
    server.merge(1, how)
    if deleted:
        server.delete_branch(BRANCH)
    assert known(server) == [(Stage.MERGED, False)]


def test_one_that_was_closed_still_tells_its_memo(server: GithubServer) -> None:
    ask(server)
    server.close(1)
    (asked,) = door(server).all("refresh")
    assert (asked.stage, asked.memo) == (Stage.CLOSED, {"n": [1, "é--"]})


def test_a_commit_of_a_person_keeps_the_bot_away(server: GithubServer) -> None:
    ask(server)
    mine = server.push(BRANCH, {LOAF: "title: Loaf\nvenue: ICRA\n"})
    asked = ask(server, ONE)
    assert (asked.stage, asked.touched, asked.memo) == (Stage.OPEN, True, {"n": [1, "é--"]})
    door(server).close(BRANCH, "Overtaken.")
    assert (server.head(BRANCH), server.issue(1).state, known(server)) == (mine, "open", [(Stage.OPEN, True)])


def test_a_branch_that_ends_earlier_because_a_reviewer_dropped_its_last_commit_stays_so(server: GithubServer) -> None:
    ask(server)
    first = server.extent(server.issue(1))[0][0]
    server.git.move(f"refs/heads/{BRANCH}", first)
    assert ask(server, ONE).touched
    assert (server.head(BRANCH), known(server)) == (first, [(Stage.OPEN, True)])


@pytest.mark.parametrize("edit", [{"title": "Mine"}, {"body": "Mine"}])
def test_words_that_a_person_has_edited_keep_the_bot_away(server: GithubServer, edit: dict[str, str]) -> None:
    ask(server)
    server.edit_pull(1, **edit)
    before = server.head(BRANCH)
    assert ask(server, ONE).touched
    assert (server.head(BRANCH), known(server)) == (before, [(Stage.OPEN, True)])


def test_one_that_has_ended_leaves_its_branch_to_the_next(server: GithubServer) -> None:
    ask(server)
    server.close(1)
    assert ask(server, ONE).where == "https://github.com/octo/survey/pull/2"
    assert [(one.stage, one.memo) for one in door(server).all("refresh")] == [
        (Stage.OPEN, {"n": 2}),
        (Stage.CLOSED, {"n": [1, "é--"]}),
    ]


def test_a_merged_one_with_a_persons_commit_leaves_its_branch_to_the_next(server: GithubServer) -> None:
    ask(server)
    server.push(BRANCH, {RYE: "title: Rye\nvenue: ICRA\n"})
    server.merge(1)
    assert ask(server, new_changeset(Commit(message="More", files={RYE: None}))).stage is Stage.OPEN
    assert len(server.pulls()) == 2


def test_what_a_person_left_on_the_branch_of_a_closed_one_is_never_overwritten(server: GithubServer) -> None:
    ask(server)
    mine = server.push(BRANCH, {LOAF: "title: mine\n"})
    server.close(1)
    with pytest.raises(ForgeError, match="people have worked on it; delete or rename it"):
        ask(server, ONE)
    assert (server.head(BRANCH), len(server.pulls())) == (mine, 1)


def test_closing_says_why_once(server: GithubServer) -> None:
    ask(server)
    for _ in range(2):
        door(server).close(BRANCH, "Nothing is left of it.")
    assert known(server) == [(Stage.CLOSED, False)]
    assert len(server.comments_on(1)) == 1
    door(server).close("survey-bot/refresh.never", "Nothing is left of it.")


def test_what_the_bot_closed_itself_tells_no_memo_for_people_refused_nothing(server: GithubServer) -> None:
    ask(server)
    door(server).close(BRANCH, "Nothing is left of it.")
    assert [(one.touched, one.memo) for one in door(server).all("refresh")] == [(False, {})]


def test_one_that_a_killed_run_meant_to_close_is_asked_anew(server: GithubServer) -> None:
    ask(server)
    server.fail("POST", r"/issues/1/comments", Status(403))
    with pytest.raises(ForgeError):
        door(server).close(BRANCH, "Nothing is left of it.")
    assert ask(server).memo == {"n": [1, "é--"]}
    assert known(server) == [(Stage.OPEN, False)]


# --- races -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deleted", [True, False])
def test_one_that_is_merged_while_the_bot_brings_it_up_to_date_keeps_its_words(
    server: GithubServer, deleted: bool
) -> None:
    ask(server)

    def merge() -> None:
        server.merge(1)
        if deleted:
            server.delete_branch(BRANCH)

    server.fail("POST", "git-receive-pack", Meanwhile(merge))
    asked = ask(server, ONE)
    assert (asked.stage, asked.memo) == (Stage.MERGED, {"n": [1, "é--"]})
    assert known(server)[0][0] is Stage.MERGED
    assert server.file("main", RYE) == NEW_RYE


def test_one_that_is_closed_while_the_bot_brings_it_up_to_date_keeps_its_words(server: GithubServer) -> None:
    ask(server)
    server.fail("POST", "git-receive-pack", Meanwhile(lambda: server.close(1)))
    asked = ask(server, ONE)
    assert (asked.stage, asked.memo) == (Stage.CLOSED, {"n": [1, "é--"]})


def test_a_commit_that_a_person_pushes_right_then_is_not_overwritten(server: GithubServer) -> None:
    ask(server)
    server.fail("POST", "git-receive-pack", Meanwhile(lambda: server.push(BRANCH, {LOAF: "title: mine\n"})))
    assert ask(server, ONE).touched
    assert (server.file(BRANCH, LOAF), len(server.pulls())) == ("title: mine\n", 1)


def test_another_run_that_is_quicker_is_not_doubled(server: GithubServer) -> None:
    server.fail("POST", "git-receive-pack", Meanwhile(lambda: server.push(BRANCH, {LOAF: "title: mine\n"})))
    with pytest.raises(ForgeError, match="the branch has just been changed; nothing is lost"):
        ask(server)
    assert server.pulls() == []


def test_a_pull_request_that_somebody_opens_right_then_is_adopted(server: GithubServer) -> None:
    server.fail("POST", "/pulls$", Meanwhile(lambda: server.open_pull(BRANCH, "Mine", "My words")))
    asked = ask(server)
    assert (asked.stage, asked.touched, len(server.pulls())) == (Stage.OPEN, True, 1)


def test_two_runs_at_once_open_one_pull_request(server: GithubServer) -> None:
    def run(changeset: Changeset) -> str:
        try:
            return ask(server, changeset).where
        except ForgeError as error:
            return error.what

    with ThreadPoolExecutor(2) as pool:
        told = set(pool.map(run, [new_changeset(), ONE]))
    assert PULL in told
    assert told <= {PULL, "the branch has just been changed"}
    assert len(server.pulls()) == 1
    assert (ask(server, ONE).memo, known(server)) == ({"n": 2}, [(Stage.OPEN, False)])


@pytest.mark.parametrize("fault", [AfterWrite(502), Reset()])
def test_a_pull_request_whose_reply_was_lost_is_not_opened_twice(
    server: GithubServer, fault: AfterWrite | Reset
) -> None:
    server.fail("POST", "/pulls$", fault)
    assert ask(server).where == PULL
    assert len(server.pulls()) == 1


# --- killed runs -----------------------------------------------------------------------------------------------------


def test_a_branch_that_a_killed_run_left_gets_its_pull_request(server: GithubServer) -> None:
    server.fail("POST", "/pulls$", Status(502))
    with pytest.raises(ForgeError, match="cannot be opened: GitHub failed with 502"):
        ask(server)
    assert server.branches() == ["main", BRANCH]
    assert ask(server, ONE).stage is Stage.OPEN
    assert len(server.extent(server.issue(1))[0]) == 1


def test_words_that_a_killed_run_left_behind_the_branch_are_mended(server: GithubServer) -> None:
    ask(server)
    server.fail("PATCH", "/pulls/1$", Status(502), times=4)
    with pytest.raises(ForgeError, match="cannot be changed"):
        ask(server, ONE)
    assert known(server) == [(Stage.OPEN, False)]
    assert ask(server, ONE).memo == {"n": 2}
    server.git_calls.clear()
    ask(server, ONE)
    assert pushes(server) == 0


@pytest.mark.parametrize(
    ("first", "fault"),
    [(None, AfterWrite(502)), (None, Reset()), (ONE, AfterWrite(502)), (ONE, Reset()), (new_changeset(), Status(502))],
    ids=["new, done", "new, not done", "outdated, done", "outdated, not done", "to be closed"],
)
def test_whichever_request_fails_the_next_run_finishes_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: Changeset | None, fault: Fault
) -> None:
    closing, failures = first == new_changeset(), 0

    def work(server: GithubServer) -> None:
        if closing:
            door(server).close(BRANCH, "Over.")
        else:
            ask(server)

    for place in count():
        with GithubServer(tmp_path / str(place)) as server, monkeypatch.context() as patch:
            server.seed(START)
            if first:
                ask(server, first)
            numbers = count()
            faults = partial(next, numbers)
            patch.setattr(server, "fault_for", lambda *_, f=faults, n=place: fault if f() == n else Fault())
            try:
                work(server)
            except ForgeError:
                failures += 1
            reached = next(numbers) > place
            work(server)
            (pull,) = door(server).all("refresh")
            assert len(server.pulls()) == 1
            assert server.violations == []
            if closing:
                assert (pull.stage, pull.memo) == (Stage.CLOSED, {})
            else:
                assert (pull.stage, pull.touched, pull.memo) == (Stage.OPEN, False, {"n": [1, "é--"]})
                assert len(server.extent(server.issue(1))[0]) == 2
        if not reached:
            break
    assert place > 3
    assert failures > 0


# --- among others ----------------------------------------------------------------------------------------------------


def test_kinds_papers_forks_and_people_are_kept_apart_and_the_latest_comes_first(server: GithubServer) -> None:
    door(server).ask(new_changeset(branch="survey-bot/refresh.b"))
    door(server).ask(new_changeset(branch="survey-bot/migrate.x"))
    door(server).ask(new_changeset(branch="survey-bot/refresh.a"))
    server.push("survey-bot/refresh.c", {"x": "y"}, author="reader", fork=True)
    server.open_pull("survey-bot/refresh.c", "Theirs", by="reader", fork=True)
    server.push("fix", {"x": "y"})
    server.open_pull("fix", "Mine")
    assert [one.branch for one in door(server).all("refresh")] == ["survey-bot/refresh.a", "survey-bot/refresh.b"]
    assert [one.branch for one in door(server).all("migrate")] == ["survey-bot/migrate.x"]


def test_more_than_one_page_of_pull_requests_is_read(server: GithubServer) -> None:
    ask(server)
    for number in range(110):
        server.push(f"fix-{number}", {"x": str(number)})
        server.open_pull(f"fix-{number}", f"Fix {number}")
    server.calls.clear()
    assert known(server) == [(Stage.OPEN, False)]
    assert len(server.calls) == 2


def test_a_grouped_one_is_never_taken_for_a_papers(server: GithubServer) -> None:
    forge = GitHubForge(place_of(server), Options(), pace=0.0)
    forge.open(new_proposal("2611.90001"))
    asked = ask(server)
    server.comment(int(asked.where.rpartition("/")[2]), "/survey-bot later")
    assert list(forge.pulls()) == ["2611.90001"]
    assert forge.requests(None) == []
    assert [one.branch for one in door(server).all("refresh")] == [BRANCH]


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("branch", "path"), [("survey-bot/2601.00001", LOAF), (BRANCH, "../x"), (BRANCH, ".github/../.git/config")]
)
def test_what_is_none_of_the_bots_is_refused_before_anything_is_asked(
    server: GithubServer, branch: str, path: str
) -> None:
    with pytest.raises(ForgeError, match="this is no "):
        ask(server, new_changeset(Commit(message="x", files={path: "x"}), branch=branch))
    assert (server.calls, server.git_calls) == ([], [])


def test_a_token_that_may_not_write_is_one_sentence_without_the_token(server: GithubServer) -> None:
    server.tokens["reading"] = Actor("reader", permission="read")
    with pytest.raises(ForgeError, match="the token may not write to the repository") as caught:
        door(server, "reading").ask(new_changeset())
    assert "reading" not in str(caught.value)


def test_actions_that_may_open_no_pull_requests_are_told_the_menu(server: GithubServer) -> None:
    server.actions_can_create_pulls = False
    with pytest.raises(ForgeError, match="under Settings › Actions › General › Workflow permissions"):
        ask(server)


def test_a_base_that_is_not_there_is_one_sentence(server: GithubServer) -> None:
    with pytest.raises(ForgeError, match="there is no branch 'trunk'"):
        door(server, base="trunk").read(LOAF)


def test_a_repository_that_was_renamed_is_found_again(server: GithubServer) -> None:
    server.renamed_to = "octo/bread"
    assert ask(server).where == "https://github.com/octo/bread/pull/1"
