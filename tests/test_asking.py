"""What comes of asking for a grouped pull request, in a real git repository."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.adapters.dry_run_changesets import DryRunChangesets
from bot.adapters.local.changesets import LocalChangesets
from bot.changes import Changeset, Commit
from bot.pipeline.asking import Answer, Group, Outcome, ask
from tests.changesets import RYE, START, new_changeset
from tests.repositories import git, new_repository

DAY = date(2026, 11, 23)
TODAY = "survey-bot/refresh.2026-11-23"
SAME = Commit(message="same", files={RYE: START[RYE]})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = new_repository(tmp_path / "survey")
    for path, text in START.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "By hand")
    return folder


@pytest.fixture
def door(repository: Path) -> LocalChangesets:
    return LocalChangesets(repository, "main")


def group(door: LocalChangesets) -> Group:
    """That of another run."""
    return Group(door, "refresh", DAY)


def work_on(repository: Path) -> None:
    git(repository, "switch", "--quiet", TODAY)
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    git(repository, "switch", "--quiet", "main")


def test_it_is_asked_on_a_branch_of_today(door: LocalChangesets) -> None:
    one = group(door)
    answer = one.ask(new_changeset(branch=one.branch))
    assert (answer.outcome, answer.holds, one.branch) == (Outcome.ASKED, True, TODAY)
    assert answer.sentence.startswith("asked for in ")


def test_while_one_is_open_another_day_asks_on_its_branch(door: LocalChangesets) -> None:
    door.ask(new_changeset(branch="survey-bot/refresh.2026-10-01"))
    assert group(door).branch == "survey-bot/refresh.2026-10-01"


def test_a_branch_that_was_taken_is_not_taken_again(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "branch", "-D", TODAY)
    assert group(door).branch == f"{TODAY}-2"


def test_what_people_work_on_is_left_whether_there_is_more_to_ask_or_not(
    repository: Path, door: LocalChangesets
) -> None:
    door.ask(new_changeset())
    work_on(repository)
    tip = git(repository, "rev-parse", TODAY)
    for changeset in (None, new_changeset(memo={"n": 2})):
        answer = group(door).ask(changeset)
        assert (answer.outcome, answer.holds) == (Outcome.LEFT, False)
    assert ask(door, new_changeset(memo={"n": 2})).outcome is Outcome.LEFT
    assert git(repository, "rev-parse", TODAY) == tip


def test_where_all_of_it_stands_already_that_is_said(door: LocalChangesets) -> None:
    answer = ask(door, new_changeset(SAME))
    assert (answer, answer.holds) == (Answer(Outcome.STANDS), False)
    assert answer.sentence == "nothing to ask: all of it stands there already"


def test_where_nothing_is_left_the_open_one_is_closed(repository: Path, door: LocalChangesets) -> None:
    assert group(door).ask(None) == Answer(Outcome.NOTHING)
    door.ask(new_changeset())
    assert group(door).ask(None).outcome is Outcome.EMPTIED
    assert git(repository, "branch", "--list", TODAY) == ""


def test_a_dry_run_says_so_and_closes_nothing(repository: Path, door: LocalChangesets) -> None:
    shown: list[Changeset] = []
    dry = DryRunChangesets(shown.append, repository, door)
    assert ask(dry, new_changeset()).outcome is Outcome.SHOWN
    assert len(shown) == 1
    door.ask(new_changeset())
    answer = Group(dry, "refresh", DAY).ask(None)
    assert (answer.outcome, "it would be closed" in answer.sentence) == (Outcome.NOTHING, True)
    assert git(repository, "branch", "--list", TODAY).strip() == TODAY


def test_another_kind_is_nobodys_business(door: LocalChangesets) -> None:
    door.ask(new_changeset(branch="survey-bot/facts.2026-11-23"))
    assert (group(door).opened, group(door).earlier) == (None, [])
