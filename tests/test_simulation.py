"""The manners of the bot over many days; ``benchmarks/simulation.py`` runs a thousand of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fates import State
from tests.fabricated import candidate
from tests.github import GithubServer
from tests.simulation import World


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path) as server:
        yield server
        assert server.violations == []


def world(server: GithubServer, folder: Path, seed: int = 0, *, open_at_once: int = 8, new: int = 3) -> World:
    made = World(folder, server, seed)
    made.caps = made.caps.model_copy(update={"open": open_at_once, "new": new})
    return made


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_people_do_and_whatever_fails_nothing_doubles_returns_or_is_lost(
    server: GithubServer, tmp_path: Path, seed: int
) -> None:
    this = world(server, tmp_path, seed)
    this.days(20)
    assert this.rest()
    assert (this.duplicates(), this.returned(), this.lost(), this.conflicts) == ([], [], [], [])
    assert (this.without_fate(), this.wrong_fate()) == ([], [])


def test_ten_pull_requests_open_at_once_are_merged_in_any_order_without_a_conflict(
    server: GithubServer, tmp_path: Path
) -> None:
    this = world(server, tmp_path, open_at_once=10, new=10)
    papers = [candidate(f"2611.9{number:03d}0", f"Loaf {number}", "Bread is baked.") for number in range(10)]
    this.records = {paper.id: paper for paper in papers}
    assert this.run(papers)
    pulls = server.pulls("open")
    random.Random(7).shuffle(pulls)  # noqa: S311 - an order, no secret
    for one in pulls:
        server.merge(one.number)
    assert len(pulls) == 10
    assert {paper.id for paper in papers} <= set(this.library().papers)
    this.run()
    assert {this.fates()[paper.id].state for paper in papers} == {State.ACCEPTED}


def test_what_the_caps_hold_back_is_opened_by_later_runs_the_likeliest_first(
    server: GithubServer, tmp_path: Path
) -> None:
    this = world(server, tmp_path, open_at_once=3, new=2)
    papers = [candidate(f"2611.9000{number}", f"Loaf {number}", "Bread is baked.") for number in range(5)]
    this.records = {paper.id: paper for paper in papers}
    first = this.run(papers)
    assert first
    assert (first.proposed, first.held) == (2, 3)
    assert [this.paper(one) for one in server.pulls()] == ["2611.90004", "2611.90003"]
    board = this.dashboard()
    assert board
    assert "Waiting for room (3)" in (board.body or "")
    second = this.run()
    assert second
    assert (second.proposed, second.held) == (1, 2)
    server.merge(server.pulls()[0].number)
    third = this.run()
    assert third
    assert (third.proposed, third.held) == (1, 1)
