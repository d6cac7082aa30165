"""What human review teaches: a table of single cases, then random stories on real git."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.adapters.ledger_file import LedgerFile
from bot.adapters.local.forge import LocalForge
from bot.fates import LISTED, Fate, Pull, PullState, State
from bot.learn import new_fates, outcome
from bot.models import Paper
from tests.fabricated import TAXONOMY
from tests.repositories import content, git, new_proposal, new_repository

ID = "2611.90001"
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED


def pull(state: PullState, *proposed: str, where: str = "pulls/1") -> Pull:
    return Pull(id=ID, state=state, where=where, proposed=proposed or None)


def paper(*labels: str, paper_id: str = ID) -> Paper:
    return Paper(id=paper_id, title="LoafNet", year=2026, venue="arXiv", labels=labels)


def fate(state: State, *labels: str, reason: str = "before") -> Fate:
    return Fate(id=ID, state=state, reason=reason, at=AT, run="r1", title="LoafNet", scope=0.8, labels=labels)


def learnt(
    old: Fate | None, known: Pull | None, listed: Paper | None, gone: State | None = State.REJECTED
) -> Fate | None:
    fates, pulls, papers = ({ID: thing} if thing else {} for thing in (old, known, listed))
    news = new_fates(fates, pulls, papers, at=AT, run="r2", gone=gone)  # type: ignore[arg-type]
    for new in news:
        assert new_fates({ID: new}, pulls, papers, at=AT, run="r3", gone=gone) == []  # type: ignore[arg-type]
    return news[0] if news else None


@pytest.mark.parametrize(
    ("known", "listed", "state"),
    [
        (pull(OPEN, "steam"), None, State.PROPOSED),
        (pull(OPEN, "steam"), paper("steam"), State.PROPOSED),
        (pull(MERGED, "steam", "kneading"), paper("kneading", "steam"), State.ACCEPTED),
        (pull(MERGED, "steam"), paper("kneading"), State.CORRECTED),
        (pull(MERGED, "steam"), paper("steam", "kneading"), State.CORRECTED),
        (pull(MERGED), paper("steam"), State.ACCEPTED),
        (pull(MERGED, "steam"), None, State.ACCEPTED),
        (pull(CLOSED, "steam"), None, State.REJECTED),
        (pull(CLOSED, "steam"), paper("kneading"), State.CORRECTED),
    ],
)
def test_the_outcome_of_a_pull_request(known: Pull, listed: Paper | None, state: State) -> None:
    assert outcome(known, listed) is state


PROPOSED = fate(State.PROPOSED, "steam")


@pytest.mark.parametrize(
    ("old", "known", "listed", "state", "reason", "labels"),
    [
        (PROPOSED, pull(MERGED, "steam"), paper("steam"), State.ACCEPTED, "merged as proposed", ("steam",)),
        (PROPOSED, pull(MERGED, "steam"), paper("kneading"), State.CORRECTED,
         "merged with other labels: steam → kneading", ("kneading",)),
        (PROPOSED, pull(MERGED, "steam"), paper("steam", "kneading"), State.CORRECTED,
         "merged with other labels: added kneading", ("steam", "kneading")),
        (PROPOSED, pull(MERGED, "steam", "kneading"), paper("steam"), State.CORRECTED,
         "merged with other labels: removed kneading", ("steam",)),
        (PROPOSED, pull(MERGED), paper("kneading"), State.CORRECTED,
         "merged with other labels: steam → kneading", ("kneading",)),
        (None, pull(MERGED), paper("kneading"), State.ACCEPTED, "merged", ("kneading",)),
        (None, pull(MERGED, "steam"), None, State.ACCEPTED, "merged", ("steam",)),
        (None, pull(OPEN, "steam"), None, State.PROPOSED, "its pull request is open", ("steam",)),
        (fate(State.SEEN), pull(OPEN, "steam"), None, State.PROPOSED, "its pull request is open", ("steam",)),
        (fate(State.REJECTED, "steam"), pull(OPEN), None, State.PROPOSED, "its pull request is open", ("steam",)),
        (PROPOSED, pull(CLOSED, "steam"), None, State.REJECTED, "closed without merging", ("steam",)),
        (PROPOSED, pull(CLOSED, "steam"), paper("steam"), State.ACCEPTED,
         "closed, then listed by hand as proposed", ("steam",)),
        (PROPOSED, None, None, State.REJECTED, "its branch and pull request are gone", ("steam",)),
        (PROPOSED, None, paper("kneading"), State.CORRECTED,
         "listed by hand with other labels: steam → kneading", ("kneading",)),
        (fate(State.REJECTED, "steam"), None, paper("kneading"), State.ACCEPTED, "listed by hand", ("kneading",)),
        (fate(State.SKIPPED), None, paper("kneading"), State.ACCEPTED, "listed by hand", ("kneading",)),
        (fate(State.ASKED, "steam"), None, paper("kneading"), State.ACCEPTED, "listed by hand", ("kneading",)),
        (fate(State.ACCEPTED, "steam"), pull(MERGED, "steam"), paper("kneading"), State.CORRECTED,
         "merged with other labels: steam → kneading", ("kneading",)),
        (fate(State.CORRECTED, "kneading"), pull(MERGED, "steam"), paper("sourdough"), State.CORRECTED,
         "merged with other labels: steam → sourdough", ("sourdough",)),
    ],
)  # fmt: skip
def test_what_people_did_becomes_a_fate_with_one_line_of_reason(
    old: Fate | None, known: Pull | None, listed: Paper | None, state: State, reason: str, labels: tuple[str, ...]
) -> None:
    new = learnt(old, known, listed)
    assert new
    assert (new.state, new.reason, new.labels, new.run) == (state, reason, labels, "r2")
    assert new.scope == (old.scope if old else None)
    assert new.where == (known.where if known else "")


@pytest.mark.parametrize(
    ("old", "known", "listed"),
    [
        (PROPOSED, pull(OPEN, "steam"), None),
        (PROPOSED, pull(OPEN), None),
        (PROPOSED, pull(OPEN, "steam"), paper("kneading")),
        (fate(State.ACCEPTED, "steam"), pull(MERGED, "steam"), paper("steam")),
        (fate(State.ACCEPTED, "steam", "kneading"), pull(MERGED, "steam", "kneading"), paper("kneading", "steam")),
        (fate(State.CORRECTED, "kneading"), pull(MERGED), paper("kneading")),
        (fate(State.CORRECTED, "kneading"), None, paper("kneading")),
        (fate(State.REJECTED, "steam"), pull(CLOSED, "steam"), None),
        (fate(State.REJECTED, "steam"), None, None),
        (fate(State.SKIPPED), None, None),
        (None, None, paper("steam")),
    ],
)
def test_what_has_not_changed_is_not_told_again(old: Fate | None, known: Pull | None, listed: Paper | None) -> None:
    assert learnt(old, known, listed) is None


def test_a_forge_that_knows_nothing_rejects_nothing() -> None:
    assert learnt(PROPOSED, None, None, gone=None) is None


def test_a_class_that_was_renamed_since_is_no_correction() -> None:
    fates = {ID: fate(State.PROPOSED, "hearth")}
    pulls, papers = {ID: pull(MERGED, "hearth")}, {ID: paper("stone-hearth")}
    news = new_fates(fates, pulls, papers, at=AT, run="r2", current=TAXONOMY.current)
    assert [(new.state, new.labels) for new in news] == [(State.ACCEPTED, ("stone-hearth",))]


def test_a_paper_the_ledger_did_not_know_gets_its_title_from_the_shelf() -> None:
    new = learnt(None, pull(MERGED, "steam"), paper("steam"))
    assert new
    assert new.title == "LoafNet"


# --- stories ---------------------------------------------------------------------------------------------------------

PAPERS = st.sampled_from(["2611.90001", "2611.90002"])
LABELS = st.sampled_from([("steam",), ("kneading",), ("sourdough", "kneading")])


class Story(RuleBasedStateMachine):
    """People do what they like with git between the runs of a bot that skips what has a fate or a pull request."""

    @initialize()
    def start(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.repository = new_repository(self.home / "survey")
        self.ledger = LedgerFile(self.home / "ledger.jsonl")
        self.tips: dict[str, str] = {}
        self.rejected: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.home)

    def forge(self) -> LocalForge:
        return LocalForge(self.repository, "main")

    def file(self, paper_id: str) -> Path:
        return self.repository / ".survey-bot" / "pulls" / f"{paper_id}.md"

    def shelf(self) -> dict[str, Paper]:
        files = (self.repository / "taxonomy" / "papers").glob("*.yaml")
        found = {file.stem: file.read_text(encoding="utf-8").partition("labels:\n- ")[2] for file in files}
        return {i: paper(*text.strip().split("\n- "), paper_id=i) for i, text in found.items()}

    def commit(self, paper_id: str, labels: tuple[str, ...], branch: str) -> None:
        git(self.repository, "switch", "--quiet", branch)
        file = self.repository / "taxonomy" / "papers" / f"{paper_id}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content(labels), encoding="utf-8")
        git(self.repository, "add", str(file))
        git(self.repository, "commit", "--quiet", "--allow-empty", "-m", "A human's word")
        if branch != "main":
            self.tips[paper_id] = git(self.repository, "rev-parse", "HEAD")
            git(self.repository, "switch", "--quiet", "main")

    @rule(killed=st.booleans())
    def run(self, killed: bool) -> None:
        """Learn, then open what is new; afterwards every paper's fate is what people made of it."""
        forge, fates = self.forge(), dict(self.ledger.fates())
        pulls, shelf = forge.pulls(), self.shelf()
        news = new_fates(fates, pulls, shelf, at=AT, run="r")
        self.ledger.record(news)
        for paper_id in {"2611.90001", "2611.90002"} - {*shelf, *pulls, *fates}:
            assert forge.open(new_proposal(paper_id, "steam")).state is OPEN
            self.tips[paper_id] = git(self.repository, "rev-parse", f"survey-bot/{paper_id}")
            if killed:
                return
            self.ledger.record([fate(State.PROPOSED, "steam").model_copy(update={"id": paper_id})])
        for paper_id in ("2611.90001", "2611.90002"):
            self.check(paper_id, shelf.get(paper_id))

    @rule()
    def lose_ledger(self) -> None:
        """Nothing the forge still knows is forgotten."""
        if all(self.file(paper_id).exists() for paper_id in self.rejected):
            (self.home / "ledger.jsonl").unlink(missing_ok=True)
            self.run(killed=False)

    def check(self, paper_id: str, listed: Paper | None) -> None:
        new = self.ledger.fates().get(paper_id)
        if listed:
            assert new is None or new.state in LISTED
            if new and self.file(paper_id).exists():
                assert (new.state is State.ACCEPTED) == (listed.labels == ("steam",))
        else:
            assert new
            assert new.state is (State.PROPOSED if paper_id in self.tips else State.REJECTED)

    @rule(paper_id=PAPERS)
    def open_again(self, paper_id: str) -> None:
        """A second bot that raced past the guard: what is there is adopted, what is closed stays closed."""
        if paper_id in self.forge().pulls():
            self.forge().open(new_proposal(paper_id, "steam"))

    @rule(paper_id=PAPERS, labels=LABELS)
    def correct(self, paper_id: str, labels: tuple[str, ...]) -> None:
        if paper_id in self.tips:
            self.commit(paper_id, labels, f"survey-bot/{paper_id}")

    @rule(paper_id=PAPERS, how=st.sampled_from(["--no-ff", "--squash"]), clean=st.booleans())
    def merge(self, paper_id: str, how: str, clean: bool) -> None:
        if paper_id in self.tips and paper_id not in self.shelf():
            git(self.repository, "merge", "--quiet", how, f"survey-bot/{paper_id}")
            if how == "--squash":
                git(self.repository, "commit", "--quiet", "-m", "Squashed")
            if clean:
                self.delete_branch(paper_id)

    @rule(paper_id=PAPERS)
    def delete_branch(self, paper_id: str) -> None:
        if self.tips.pop(paper_id, None):
            git(self.repository, "branch", "-D", f"survey-bot/{paper_id}")
            self.rejected.add(paper_id)

    @rule(paper_id=PAPERS)
    def delete_file(self, paper_id: str) -> None:
        if paper_id in self.ledger.fates():
            self.file(paper_id).unlink(missing_ok=True)

    @rule(paper_id=PAPERS, labels=LABELS)
    def list_by_hand(self, paper_id: str, labels: tuple[str, ...]) -> None:
        self.commit(paper_id, labels, "main")

    @invariant()
    def no_commit_of_a_human_is_lost_and_nothing_closed_is_open_again(self) -> None:
        lines = git(
            self.repository, "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", "refs/heads/survey-bot"
        )
        assert dict(line.split() for line in lines.splitlines()) == self.tips
        assert not self.rejected & set(self.tips)
        assert git(self.repository, "status", "--porcelain") == ""


TestStory = Story.TestCase
TestStory.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
