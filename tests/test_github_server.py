"""The tests' GitHub, asked by PyGithub and by git, as the bot asks it."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import github
import pytest
import requests
from github.Repository import Repository

from tests.github import (
    Actor,
    AfterWrite,
    GithubServer,
    NotFound,
    PrimaryLimit,
    Refusal,
    Reset,
    SecondaryLimit,
    Slow,
    Status,
    TooMany,
    Workflow,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BRANCH = "survey-bot/2602.03782"
PAPER = "taxonomy/papers/2602.03782.yaml"
HEADERS = {"Authorization": "token ghs_tests", "X-GitHub-Api-Version": "2026-03-10"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    """Whatever a test does, both sides keep to GitHub's description."""
    with GithubServer(tmp_path) as server:
        server.clock = lambda: NOW
        server.seed({"README.md": "# Bread\n", "taxonomy/papers/2601.00001.yaml": "title: Rye\n"})
        yield server
        assert server.violations == []


def client(server: GithubServer, token: str | None = None, retry: int = 0, lazy: bool = False) -> github.Github:
    return github.Github(
        auth=github.Auth.Token(token or server.token),
        base_url=server.api,
        api_version="2026-03-10",
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=lazy,
        retry=github.GithubRetry(total=retry, backoff_factor=0) if retry else None,
    )


@pytest.fixture
def repository(server: GithubServer) -> Repository:
    return client(server).get_repo("octo/survey")


def propose(server: GithubServer, repository: Repository, branch: str = BRANCH, path: str = PAPER) -> int:
    """A branch of the bot with its pull request."""
    server.push(branch, {path: "title: Wheat\n"}, author="github-actions[bot]")
    return repository.create_pull(base="main", head=branch, title="Add Wheat", body="Because.").number


def git(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    own = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    who = ("-c", "user.name=survey-bot", "-c", "user.email=bot@localhost")
    return subprocess.run(
        ["git", *who, *arguments], cwd=cwd, env={**clean, **own}, capture_output=True, text=True, check=False
    )


def remote(server: GithubServer, token: str | None = None, name: str = "octo/survey") -> str:
    return server.url.replace("//", f"//x-access-token:{token or server.token}@") + f"/{name}.git"


@pytest.fixture
def clone(server: GithubServer, tmp_path: Path) -> Path:
    done = git("clone", "-q", "--depth=1", "--filter=blob:none", remote(server), "clone", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "clone"


def commit(clone: Path, branch: str = BRANCH, path: str = PAPER, text: str = "title: Wheat\n") -> None:
    assert git("checkout", "-q", "-B", branch, cwd=clone).returncode == 0
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text)
    assert git("add", "-A", cwd=clone).returncode == 0
    assert git("commit", "-q", "-m", "Add Wheat", cwd=clone).returncode == 0


# --- git over HTTP ---


def test_a_branch_pushed_from_a_shallow_clone_without_blobs_is_there(server: GithubServer, clone: Path) -> None:
    commit(clone)
    done = git("push", "-q", "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert done.returncode == 0, done.stderr
    assert server.file(BRANCH, PAPER) == "title: Wheat\n"
    assert server.git.git("fsck", "--strict") == ""


def test_a_push_with_a_lease_replaces_what_was_seen_and_nothing_else(server: GithubServer, clone: Path) -> None:
    commit(clone)
    git("push", "-q", "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    seen = server.head(BRANCH)
    commit(clone, text="title: Better wheat\n")
    lease = f"--force-with-lease=refs/heads/{BRANCH}:{seen}"
    assert git("push", "-q", lease, "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone).returncode == 0
    server.push(BRANCH, {PAPER: "title: Spelt\n"})
    late = git("push", lease, "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert late.returncode != 0
    assert "stale info" in late.stderr
    assert server.file(BRANCH, PAPER) == "title: Spelt\n"


def test_git_refuses_a_wrong_token(server: GithubServer, clone: Path) -> None:
    commit(clone)
    done = git("push", remote(server, "wrong"), f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert "remote: Invalid username or token." in done.stderr
    assert "fatal: Authentication failed" in done.stderr
    assert server.head(BRANCH) is None


def test_a_private_repository_is_not_cloned_without_a_token(server: GithubServer, tmp_path: Path) -> None:
    server.private = True
    done = git("clone", f"{server.url}/octo/survey.git", "clone", cwd=tmp_path)
    assert "could not read Username" in done.stderr


def test_a_token_that_may_read_clones_but_does_not_push(server: GithubServer, clone: Path) -> None:
    server.tokens["reading"] = Actor("github-actions[bot]", permission="read")
    commit(clone)
    done = git("push", remote(server, "reading"), f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert "remote: Permission to octo/survey.git denied to github-actions[bot]." in done.stderr
    assert "The requested URL returned error: 403" in done.stderr
    assert server.head(BRANCH) is None


def test_nothing_is_pushed_to_an_archived_repository(server: GithubServer, clone: Path) -> None:
    server.archived = True
    commit(clone)
    done = git("push", "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert "remote: This repository was archived so it is read-only." in done.stderr


def test_a_push_to_a_protected_branch_is_refused_in_the_words_of_github(server: GithubServer, clone: Path) -> None:
    server.protected = {"main"}
    before = server.head("main")
    commit(clone, branch="main")
    done = git("push", "origin", "HEAD:refs/heads/main", cwd=clone)
    assert "remote: error: GH006: Protected branch update failed for refs/heads/main." in done.stderr
    assert "main -> main (protected branch hook declined)" in done.stderr.replace("HEAD", "main")
    assert server.head("main") == before


def test_git_follows_a_renamed_repository(server: GithubServer, clone: Path) -> None:
    server.renamed_to = "octo/bread"
    commit(clone)
    done = git("push", "-q", "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert done.returncode == 0, done.stderr
    assert server.head(BRANCH)


def test_a_commit_that_no_branch_holds_any_more_can_still_be_fetched(server: GithubServer, clone: Path) -> None:
    lost = server.push(BRANCH, {PAPER: "title: Spelt\n"})
    server.delete_branch(BRANCH)
    done = git("fetch", "-q", "origin", lost, cwd=clone)
    assert done.returncode == 0, done.stderr


def test_a_push_whose_reply_is_lost_has_happened(server: GithubServer, clone: Path) -> None:
    server.fail("POST", "git-receive-pack", AfterWrite(502))
    commit(clone)
    done = git("push", "origin", f"HEAD:refs/heads/{BRANCH}", cwd=clone)
    assert done.returncode != 0
    assert server.file(BRANCH, PAPER) == "title: Wheat\n"


# --- pull requests ---


def test_a_pull_request_is_found_by_its_branch(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    propose(server, repository, "survey-bot/other", "taxonomy/papers/other.yaml")
    found = list(repository.get_pulls(state="all", head=f"octo:{BRANCH}"))
    assert [(pull.number, pull.head.ref, pull.title) for pull in found] == [(number, BRANCH, "Add Wheat")]


def test_a_head_without_its_owner_finds_everything(server: GithubServer, repository: Repository) -> None:
    propose(server, repository)
    propose(server, repository, "survey-bot/other", "taxonomy/papers/other.yaml")
    assert len(list(repository.get_pulls(head=BRANCH))) == 2


def test_a_second_pull_request_for_a_branch_is_refused_in_the_words_of_github(
    server: GithubServer, repository: Repository
) -> None:
    propose(server, repository)
    with pytest.raises(github.GithubException) as caught:
        repository.create_pull(base="main", head=BRANCH, title="Add Wheat", body="")
    assert caught.value.status == 422
    assert caught.value.data["errors"] == [
        {
            "resource": "PullRequest",
            "code": "custom",
            "message": f"A pull request already exists for octo:{BRANCH}.",
        }
    ]


def test_a_pull_request_needs_a_branch_with_a_commit(server: GithubServer, repository: Repository) -> None:
    server.git.move("refs/heads/same", server.head("main"))
    for head, detail in (
        ("missing", {"resource": "PullRequest", "code": "invalid", "field": "head"}),
        ("same", {"resource": "PullRequest", "code": "custom", "message": "No commits between main and same"}),
    ):
        with pytest.raises(github.GithubException) as caught:
            repository.create_pull(base="main", head=head, title="Add", body="")
        assert caught.value.data["errors"] == [detail]


def test_of_two_bots_that_race_one_opens_the_pull_request(server: GithubServer) -> None:
    server.push(BRANCH, {PAPER: "title: Wheat\n"}, author="github-actions[bot]")

    def race(_: int) -> int:
        repository = client(server, lazy=True).get_repo("octo/survey")
        try:
            repository.create_pull(base="main", head=BRANCH, title="Add Wheat")
        except github.GithubException as error:
            return error.status
        return 201

    with ThreadPoolExecutor(8) as bots:
        assert sorted(bots.map(race, range(8))) == [201] + [422] * 7


def test_pages_of_230_pull_requests_hold_each_once(server: GithubServer) -> None:
    repository = client(server).get_repo("octo/survey")
    for number in range(230):
        server.push(f"b/{number}", {f"papers/{number}": "x\n"})
        server.open_pull(f"b/{number}", f"Add {number}")
    pulls = list(repository.get_pulls(state="open", sort="created", direction="asc"))
    assert [pull.number for pull in pulls] == list(range(1, 231))
    reply = requests.get(f"{server.api}/repos/octo/survey/pulls?per_page=100&page=2", headers=HEADERS, timeout=30)
    assert {rel: link["url"].rpartition("page=")[2] for rel, link in reply.links.items()} == {
        "prev": "1",
        "next": "3",
        "last": "3",
        "first": "1",
    }


def test_a_pull_request_tells_its_commits_files_and_size(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.push(BRANCH, {PAPER: "title: Spelt\nyear: 2026\n", "README.md": None})
    pull = repository.get_pull(number)
    assert (pull.commits, pull.changed_files, pull.additions, pull.deletions) == (2, 2, 2, 1)
    assert [one.author.login for one in pull.get_commits()] == ["github-actions[bot]", "maintainer"]
    told = {one.filename: (one.status, one.additions, one.deletions) for one in pull.get_files()}
    assert told == {PAPER: ("added", 2, 0), "README.md": ("removed", 0, 1)}


def test_a_file_renamed_in_a_pull_request_tells_its_old_name(server: GithubServer, repository: Repository) -> None:
    text = server.file("main", "taxonomy/papers/2601.00001.yaml")
    server.push(BRANCH, {"taxonomy/papers/2601.00001.yaml": None, PAPER: text})
    number = server.open_pull(BRANCH, "Rename")
    (file,) = repository.get_pull(number).get_files()
    assert (file.status, file.filename, file.previous_filename) == ("renamed", PAPER, "taxonomy/papers/2601.00001.yaml")


def test_a_push_moves_the_head_of_an_open_pull_request(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.clock = lambda: NOW + timedelta(hours=1)
    pushed = server.push(BRANCH, {PAPER: "title: Spelt\n"})
    pull = repository.get_pull(number)
    assert (pull.head.sha, pull.updated_at) == (pushed, NOW + timedelta(hours=1))


def test_deleting_its_branch_closes_a_pull_request(server: GithubServer, repository: Repository, clone: Path) -> None:
    number = propose(server, repository)
    head = server.head(BRANCH)
    assert git("push", "-q", "origin", f":refs/heads/{BRANCH}", cwd=clone).returncode == 0
    pull = repository.get_pull(number)
    assert (pull.state, pull.merged, pull.head.sha) == ("closed", False, head)


def test_the_head_of_a_closed_pull_request_stays_where_it_was(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    head = server.head(BRANCH)
    server.close(number)
    server.push(BRANCH, {PAPER: "title: Spelt\n"})
    assert repository.get_pull(number).head.sha == head


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_a_merged_pull_request_is_on_main_and_stays_merged(
    server: GithubServer, repository: Repository, how: str
) -> None:
    number = propose(server, repository)
    server.push("other", {"other.txt": "x\n"})
    server.merge(server.open_pull("other", "Other"))
    assert repository.get_pull(number).mergeable
    assert repository.get_pull(number).merge(merge_method=how).merged
    server.delete_branch(BRANCH)
    pull = repository.get_pull(number)
    assert (pull.state, pull.merged, pull.merged_by.login) == ("closed", True, "github-actions[bot]")
    assert server.file("main", PAPER) == "title: Wheat\n"
    assert server.file("main", "other.txt") == "x\n"
    assert server.git.git("fsck", "--strict") == ""


def test_a_pull_request_that_conflicts_is_not_merged(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.push("main", {PAPER: "title: Spelt\n"})
    assert repository.get_pull(number).mergeable is False
    with pytest.raises(github.GithubException) as caught:
        repository.get_pull(number).merge()
    assert (caught.value.status, caught.value.data["message"]) == (405, "Pull Request is not mergeable")
    with pytest.raises(Refusal):
        server.merge(number)


def test_a_merge_of_a_head_that_moved_is_refused(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    seen = server.head(BRANCH)
    server.push(BRANCH, {PAPER: "title: Spelt\n"})
    with pytest.raises(github.GithubException) as caught:
        repository.get_pull(number).merge(sha=str(seen))
    assert caught.value.status == 409


def test_a_branch_merged_by_a_push_merges_its_pull_request(
    server: GithubServer, repository: Repository, clone: Path
) -> None:
    number = propose(server, repository)
    git("fetch", "-q", "--unshallow", "origin", f"+refs/heads/{BRANCH}:refs/remotes/origin/it", cwd=clone)
    assert git("merge", "-q", "--no-ff", "origin/it", cwd=clone).returncode == 0
    done = git("push", "-q", "origin", "HEAD:refs/heads/main", f":refs/heads/{BRANCH}", cwd=clone)
    assert done.returncode == 0, done.stderr
    assert repository.get_pull(number).merged


def test_ten_pull_requests_open_at_once_all_merge(server: GithubServer, repository: Repository) -> None:
    numbers = [propose(server, repository, f"survey-bot/{n}", f"taxonomy/papers/{n}.yaml") for n in range(10)]
    for number in reversed(numbers):
        server.merge(number)
    assert all(issue.merged for issue in server.pulls())
    assert len([path for path in server.files("main") if path.startswith("taxonomy/papers/")]) == 11


def test_title_text_and_state_of_a_pull_request_can_be_changed(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    repository.get_pull(number).edit(title="Add Spelt", body="Better.", state="closed")
    pull = repository.get_pull(number)
    assert (pull.title, pull.body, pull.state) == ("Add Spelt", "Better.", "closed")
    pull.edit(state="open")
    assert repository.get_pull(number).state == "open"


def test_a_pull_request_without_its_branch_is_not_reopened(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.delete_branch(BRANCH)
    with pytest.raises(github.GithubException) as caught:
        repository.get_pull(number).edit(state="open")
    assert caught.value.status == 422
    assert caught.value.data["errors"][0]["message"].startswith("state cannot be changed.")


def test_a_pull_request_of_a_fork_is_not_one_of_the_same_branch_here(
    server: GithubServer, repository: Repository
) -> None:
    server.push(BRANCH, {PAPER: "title: Mine\n"}, author="stranger", fork=True)
    foreign = server.open_pull(BRANCH, "Add mine", by="stranger", fork=True)
    own = propose(server, repository)
    assert [pull.number for pull in repository.get_pulls(head=f"octo:{BRANCH}")] == [own]
    pull = repository.get_pull(foreign)
    assert (pull.head.ref, pull.head.repo.full_name, pull.head.repo.fork) == (BRANCH, "stranger/survey", True)
    server.merge(foreign)
    assert server.file("main", PAPER) == "title: Mine\n"
    assert server.issue(own).state == "open"


def test_reviewers_must_be_collaborators(server: GithubServer, repository: Repository) -> None:
    pull = repository.get_pull(propose(server, repository))
    pull.create_review_request(reviewers=["maintainer"])
    assert [user.login for user in repository.get_pull(pull.number).requested_reviewers] == ["maintainer"]
    with pytest.raises(github.GithubException) as caught:
        pull.create_review_request(reviewers=["stranger"])
    assert caught.value.status == 422


# --- issues, labels, comments ---


def test_pull_requests_are_issues_too(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    issue = repository.create_issue(title="Dashboard", body="", labels=["dashboard"])
    assert [(one.number, one.pull_request is not None) for one in repository.get_issues()] == [
        (issue.number, False),
        (number, True),
    ]
    assert [one.number for one in repository.get_issues(labels=["Dashboard"])] == [issue.number]
    assert [one.number for one in repository.get_issues(creator="stranger")] == []  # type: ignore[arg-type]


def test_the_names_of_headers_are_read_in_any_case(server: GithubServer) -> None:
    headers = {name.lower(): value for name, value in HEADERS.items()}
    assert requests.get(f"{server.api}/repos/octo/survey", headers=headers, timeout=30).ok


def test_issues_changed_since_a_moment_are_found(server: GithubServer, repository: Repository) -> None:
    old, new = server.open_issue("Old"), server.open_issue("New")
    server.clock = lambda: NOW + timedelta(hours=1)
    server.comment(new, "I am here", by="reader")
    found = [one.number for one in repository.get_issues(state="all", since=NOW + timedelta(minutes=1))]
    assert (old not in found, found) == (True, [new])


def test_labels_are_made_once_and_put_on_by_name(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    with pytest.raises(github.UnknownObjectException):
        repository.get_label("survey-bot")
    repository.create_label("survey-bot", "0e8a16", "Proposed by survey-bot")
    with pytest.raises(github.GithubException) as caught:
        repository.create_label("Survey-Bot", "0e8a16")
    assert caught.value.data["errors"] == [{"resource": "Label", "code": "already_exists", "field": "name"}]
    pull = repository.get_pull(number)
    pull.add_to_labels("survey-bot", "needs a look")
    pull.remove_from_labels("needs a look")
    assert [label.name for label in repository.get_pull(number).labels] == ["survey-bot"]
    pull.set_labels("later")
    assert [label.name for label in repository.get_issue(number).labels] == ["later"]
    assert [label.name for label in repository.get_labels()] == ["survey-bot", "needs a look", "later"]


def test_comments_are_listed_for_one_issue_and_for_all(server: GithubServer, repository: Repository) -> None:
    number, dashboard = propose(server, repository), server.open_issue("Dashboard")
    repository.get_issue(number).create_comment("First")
    server.clock = lambda: NOW + timedelta(minutes=5)
    server.comment(dashboard, "Second", by="reader")
    assert [one.body for one in repository.get_issue(number).get_comments()] == ["First"]
    since = NOW + timedelta(minutes=1)
    assert [one.body for one in repository.get_issues_comments(sort="created", direction="asc", since=since)] == [
        "Second"
    ]
    assert repository.get_issue(number).comments == 1


def test_a_reaction_is_given_once(server: GithubServer, repository: Repository) -> None:
    comment = repository.get_issue(server.open_issue("Dashboard")).create_comment("/survey-bot propose 2602.03782")
    comment.create_reaction("eyes")
    comment.create_reaction("eyes")
    assert [reaction.content for reaction in comment.get_reactions()] == ["eyes"]
    assert [call.status for call in server.calls if call.path.endswith("/reactions")] == [201, 200, 200]


def test_a_text_that_is_too_long_is_refused(server: GithubServer, repository: Repository) -> None:
    with pytest.raises(github.GithubException) as caught:
        repository.create_issue(title="Dashboard", body="x" * 65537)
    assert "body is too long (maximum is 65536 characters)" in str(caught.value)


def test_a_box_is_ticked(server: GithubServer, repository: Repository) -> None:
    number = server.open_issue("Dashboard", "- [ ] 2602.03782 Wheat\n- [ ] 2602.00001 Rye\n")
    server.tick(number, "2602.00001")
    assert repository.get_issue(number).body == "- [ ] 2602.03782 Wheat\n- [x] 2602.00001 Rye\n"


# --- the repository ---


def test_a_branch_can_be_made_from_a_tree_and_a_commit(server: GithubServer, repository: Repository) -> None:
    base = repository.get_git_commit(repository.get_branch("main").commit.sha)
    element = github.InputGitTreeElement(PAPER, "100644", "blob", content="title: Wheat\n")
    tree = repository.create_git_tree([element], base.tree)
    made = repository.create_git_commit("Add Wheat", tree, [base])
    reference = repository.create_git_ref(f"refs/heads/{BRANCH}", made.sha)
    assert sorted(server.files(BRANCH)) == sorted([*server.files("main"), PAPER])
    again = repository.create_git_commit("Again", tree, [made])
    reference.edit(again.sha)
    with pytest.raises(github.GithubException) as caught:
        reference.edit(base.sha)
    assert caught.value.data["message"] == "Update is not a fast forward"
    reference.edit(base.sha, force=True)
    reference.delete()
    assert server.head(BRANCH) is None
    assert server.git.git("fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("branch", ["a..b", "main/below", ".hidden", "a.lock"])
def test_a_branch_needs_a_name_that_git_accepts(server: GithubServer, repository: Repository, branch: str) -> None:
    with pytest.raises(github.GithubException) as caught:
        repository.create_git_ref(f"refs/heads/{branch}", server.head("main") or "")
    assert caught.value.status == 422
    assert server.branches() == ["main"]


def test_a_branch_is_made_once(server: GithubServer, repository: Repository) -> None:
    repository.create_git_ref(f"refs/heads/{BRANCH}", server.head("main") or "")
    with pytest.raises(github.GithubException) as caught:
        repository.create_git_ref(f"refs/heads/{BRANCH}", server.head("main") or "")
    assert (caught.value.status, caught.value.data["message"]) == (422, "Reference already exists")


def test_references_that_git_packed_are_read_and_moved(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.git.git("pack-refs", "--all")
    server.merge(number)
    server.delete_branch(BRANCH)
    assert server.branches() == ["main"]
    assert server.file("main", PAPER) == "title: Wheat\n"


def test_references_and_files_are_read(server: GithubServer, repository: Repository) -> None:
    sha = server.push(BRANCH, {PAPER: "title: Wheat\n"})
    assert repository.get_git_ref(f"heads/{BRANCH}").object.sha == sha
    assert [ref.ref for ref in repository.get_git_matching_refs("heads/survey-bot/")] == [f"refs/heads/{BRANCH}"]
    assert repository.get_contents(PAPER, ref=BRANCH).decoded_content == b"title: Wheat\n"
    assert [one.path for one in repository.get_contents("taxonomy/papers")] == ["taxonomy/papers/2601.00001.yaml"]
    assert [one.path for one in repository.get_git_tree(sha, recursive=True).tree if one.type == "blob"] == [
        "README.md",
        "taxonomy/papers/2601.00001.yaml",
        PAPER,
    ]
    with pytest.raises(github.UnknownObjectException):
        repository.get_contents(PAPER)


def test_the_last_commit_of_a_branch_is_quick_to_read(server: GithubServer, repository: Repository) -> None:
    for number in range(3):
        server.push("main", {"README.md": f"# Bread {number}\n"})
    (newest,) = repository.get_commits(sha="main").get_page(0)[:1]
    assert newest.sha == server.head("main")
    assert len(list(repository.get_commits(sha="main"))) == 4


def test_who_may_what_is_told(server: GithubServer, repository: Repository) -> None:
    told = {login: repository.get_collaborator_permission(login) for login in ("octo", "maintainer", "stranger")}
    assert told == {"octo": "admin", "maintainer": "write", "stranger": "read"}
    server.private = True
    assert repository.get_collaborator_permission("stranger") == "none"


def test_workflows_are_enabled_again(server: GithubServer, repository: Repository) -> None:
    server.workflows = [Workflow(7, ".github/workflows/watch.yml", "disabled_inactivity")]
    (workflow,) = repository.get_workflows()
    assert workflow.state == "disabled_inactivity"
    assert workflow.enable()
    assert repository.get_workflow("watch.yml").state == "active"


def test_rules_of_a_protected_branch_are_told(server: GithubServer, repository: Repository) -> None:
    server.protected = {"main"}
    url = f"{server.api}/repos/octo/survey/rules/branches/"
    told = [requests.get(url + name, headers=HEADERS, timeout=30).json() for name in ("main", BRANCH)]
    assert ([rule["type"] for rule in told[0]], told[1]) == (["pull_request"], [])
    assert repository.get_branch("main").protected
    with pytest.raises(github.GithubException) as caught:
        repository.get_git_ref("heads/main").edit(server.head("main") or "", force=True)
    assert caught.value.status == 422


def test_settings_of_actions_are_for_administrators(server: GithubServer) -> None:
    server.actions_can_create_pulls = False
    server.tokens["admin"] = Actor("octo", permission="admin", type="User")
    url = f"{server.api}/repos/octo/survey/actions/permissions/workflow"
    assert requests.get(url, headers=HEADERS, timeout=30).status_code == 403
    told = requests.get(url, headers={**HEADERS, "Authorization": "token admin"}, timeout=30).json()
    assert told == {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}


def test_only_people_are_users(server: GithubServer) -> None:
    server.tokens["person"] = Actor("maintainer", type="User")
    assert client(server, "person").get_user().login == "maintainer"
    with pytest.raises(github.GithubException) as caught:
        assert client(server).get_user().login
    assert caught.value.status == 403


# --- knobs ---


@pytest.mark.parametrize(
    ("token", "status", "message"),
    [
        ("unknown", 401, "Bad credentials"),
        ("reading", 403, "Resource not accessible by integration"),
        ("blind", 404, "Not Found"),
        ("issues-only", 403, "Resource not accessible by integration"),
    ],
)
def test_a_token_does_what_it_may(server: GithubServer, token: str, status: int, message: str) -> None:
    server.tokens["reading"] = Actor("github-actions[bot]", permission="read")
    server.tokens["blind"] = Actor("stranger", permission="none")
    server.tokens["issues-only"] = Actor("github-actions[bot]", writes=frozenset({"issues"}))
    server.push(BRANCH, {PAPER: "title: Wheat\n"})
    with pytest.raises(github.GithubException) as caught:
        client(server, token, lazy=True).get_repo("octo/survey").create_pull(base="main", head=BRANCH, title="Add")
    assert (caught.value.status, caught.value.data["message"]) == (status, message)
    assert server.pulls() == []


def test_nothing_is_written_to_an_archived_repository(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.archived = True
    with pytest.raises(github.GithubException) as caught:
        repository.get_pull(number).create_issue_comment("Hello")
    assert (caught.value.status, caught.value.data["message"]) == (403, "Repository was archived so is read-only.")
    assert client(server).get_repo("octo/survey").archived


def test_without_issues_pull_requests_can_still_be_commented(server: GithubServer, repository: Repository) -> None:
    number, issue = propose(server, repository), server.open_issue("Dashboard")
    server.has_issues = False
    repository.get_pull(number).create_issue_comment("Hello")
    assert [one.number for one in repository.get_issues()] == [number]
    for ask in (lambda: repository.create_issue(title="Dashboard"), lambda: repository.get_issue(issue)):
        with pytest.raises(github.GithubException) as caught:
            ask()
        assert caught.value.status == 410


def test_actions_may_be_kept_from_creating_pull_requests(server: GithubServer, repository: Repository) -> None:
    server.actions_can_create_pulls = False
    with pytest.raises(github.GithubException) as caught:
        propose(server, repository)
    expected = "GitHub Actions is not permitted to create or approve pull requests."
    assert (caught.value.status, caught.value.data["message"]) == (403, expected)


def test_a_renamed_default_branch_takes_its_pull_requests_along(server: GithubServer, repository: Repository) -> None:
    number = propose(server, repository)
    server.default_branch = "trunk"
    assert client(server).get_repo("octo/survey").default_branch == "trunk"
    assert (repository.get_pull(number).base.ref, repository.get_pull(number).state) == ("trunk", "open")
    assert server.branches() == [BRANCH, "trunk"]
    with pytest.raises(github.GithubException):
        repository.get_branch("main")


def test_the_old_name_of_a_renamed_repository_leads_to_the_new_one(server: GithubServer) -> None:
    old = client(server).get_repo("octo/survey")
    number = propose(server, old)
    server.renamed_to = "octo/bread"
    assert old.get_pull(number).title == "Add Wheat"
    assert client(server).get_repo("octo/survey").full_name == "octo/bread"
    assert client(server).get_repo("octo/bread").get_pull(number).number == number
    url = f"{server.api}/repos/octo/survey/issues/{number}/comments"
    reply = requests.post(url, json={"body": "Hello"}, headers=HEADERS, timeout=30, allow_redirects=False)
    assert (reply.status_code, reply.json()["message"]) == (307, "Moved Permanently")
    assert reply.headers["Location"] == f"{server.api}/repositories/1296269/issues/{number}/comments"
    assert requests.post(reply.headers["Location"], json={"body": "Hello"}, headers=HEADERS, timeout=30).ok


def test_a_private_repository_is_not_shown_to_everyone(server: GithubServer) -> None:
    url = f"{server.api}/repos/octo/survey"
    anonymous = {"X-GitHub-Api-Version": "2026-03-10"}
    assert requests.get(url, headers=anonymous, timeout=30).status_code == 200
    server.private = True
    assert requests.get(url, headers=anonymous, timeout=30).status_code == 404


def test_every_reply_tells_the_allowance(server: GithubServer) -> None:
    url = f"{server.api}/repos/octo/survey"
    first, second = (requests.get(url, headers=HEADERS, timeout=30).headers for _ in range(2))
    assert int(first["X-RateLimit-Remaining"]) - int(second["X-RateLimit-Remaining"]) == 1
    assert second["X-RateLimit-Used"] == "2"
    assert int(second["X-RateLimit-Reset"]) == int((NOW + timedelta(hours=1)).timestamp())
    assert second["X-GitHub-Api-Version-Selected"] == "2026-03-10"


# --- faults ---


def test_a_failure_before_the_write_writes_nothing(server: GithubServer, repository: Repository) -> None:
    server.fail("POST", "/pulls$", Status(502))
    with pytest.raises(github.GithubException) as caught:
        propose(server, repository)
    assert (caught.value.status, server.pulls()) == (502, [])


def test_a_lost_reply_hides_a_write_that_happened(server: GithubServer, repository: Repository) -> None:
    server.fail("POST", "/pulls$", AfterWrite(502))
    with pytest.raises(github.GithubException):
        propose(server, repository)
    assert len(server.pulls()) == 1


def test_the_retry_of_a_library_meets_the_write_that_happened(server: GithubServer) -> None:
    server.fail("POST", "/issues$", AfterWrite(502))
    client(server, retry=2).get_repo("octo/survey").create_issue(title="Dashboard")
    assert [issue.title for issue in server.issues.values()] == ["Dashboard", "Dashboard"]


def test_a_broken_connection_hides_a_write_that_happened(server: GithubServer, repository: Repository) -> None:
    server.fail("POST", "/pulls$", Reset())
    with pytest.raises(requests.ConnectionError):
        propose(server, repository)
    assert len(server.pulls()) == 1


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (PrimaryLimit(60), 403, ("X-RateLimit-Reset", str(int(NOW.timestamp()) + 60))),
        (SecondaryLimit(30), 403, ("Retry-After", "30")),
        (SecondaryLimit(None), 403, ("Retry-After", None)),
        (TooMany(5), 429, ("Retry-After", "5")),
        (TooMany(), 429, ("Retry-After", None)),
    ],
)
def test_limits_are_told_as_github_tells_them(
    server: GithubServer, fault: PrimaryLimit, status: int, header: tuple[str, str | None]
) -> None:
    server.fail("GET", "/repos/octo/survey$", fault)
    url = f"{server.api}/repos/octo/survey"
    reply = requests.get(url, headers=HEADERS, timeout=30)
    assert (reply.status_code, reply.headers.get(header[0])) == (status, header[1])
    assert "rate limit" in reply.json()["message"]
    assert requests.get(url, headers=HEADERS, timeout=30).ok


def test_pygithub_knows_the_limits(server: GithubServer, repository: Repository) -> None:
    for fault in (PrimaryLimit(60), SecondaryLimit(30)):
        server.fail("GET", "/pulls$", fault)
        with pytest.raises(github.RateLimitExceededException):
            list(repository.get_pulls())


def test_a_fault_is_met_as_often_as_it_was_asked_for(server: GithubServer, repository: Repository) -> None:
    server.fail("GET", "/pulls/1$", NotFound(), times=2)
    server.fail("GET", "/pulls/1$", Slow(0.01))
    propose(server, repository)
    for _ in range(2):
        with pytest.raises(github.UnknownObjectException):
            repository.get_pull(1)
    assert repository.get_pull(1).number == 1
    assert [call for call in server.calls if call.path.endswith("/pulls/1")] == [
        ("GET", "/repos/octo/survey/pulls/1", 404),
        ("GET", "/repos/octo/survey/pulls/1", 404),
        ("GET", "/repos/octo/survey/pulls/1", 200),
    ]


# --- the judge ---


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "/pulls", {"head": "a", "base": "main", "titel": "x"}, "names that are not described: titel"),
        ("POST", "/pulls", {"head": "a", "title": "x"}, "base: Field required"),
        ("POST", "/issues/1/labels", {"labels": [1]}, "is not as described"),
        ("GET", "/pulls?stat=open", None, "there is no query parameter 'stat'"),
        ("GET", "/issues?sort=number", None, "the query parameter 'sort'"),
        ("GET", "/pull", None, "no such operation"),
    ],
)
def test_a_request_that_github_does_not_describe_is_refused_and_told(
    server: GithubServer, method: str, path: str, body: object, told: str
) -> None:
    reply = requests.request(method, f"{server.api}/repos/octo/survey{path}", json=body, headers=HEADERS, timeout=30)
    assert reply.status_code == (404 if "operation" in told else 400)
    (violation,) = server.violations
    server.violations.clear()
    assert told in violation


def test_a_bare_list_of_labels_is_allowed(server: GithubServer) -> None:
    url = f"{server.api}/repos/octo/survey/issues/{server.open_issue('Dashboard')}/labels"
    assert requests.post(url, json=["later"], headers=HEADERS, timeout=30).ok


def test_an_answer_of_this_server_that_github_does_not_describe_is_told(
    server: GithubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = server.open_issue("Dashboard")
    for name, value in (("state", 1), ("stat", "open")):
        told = {**server.rest.shapes.issue(server.issue(issue)), name: value}
        monkeypatch.setattr(server.rest.shapes, "issue", lambda _, told=told: told)
        requests.get(f"{server.api}/repos/octo/survey/issues/{issue}", headers=HEADERS, timeout=30)
        monkeypatch.undo()
    assert [sentence.partition("200 ")[2] for sentence in server.violations] == [
        "is not as described: state: Input should be a valid string",
        "has names that are not described: stat",
    ]
    server.violations.clear()


def test_a_request_must_name_the_version_of_the_description(server: GithubServer) -> None:
    reply = requests.get(f"{server.api}/repos/octo/survey", headers={"Authorization": "token ghs_tests"}, timeout=30)
    assert reply.status_code == 400
    server.violations.clear()
