"""Fabricated grouped pull requests for the tests."""

from __future__ import annotations

from typing import Any

from bot.changes import Changeset, Commit

BRANCH = "survey-bot/refresh.2026-11-23"
LOAF, RYE = "taxonomy/papers/2601.00001.yaml", "taxonomy/papers/2601.00002.yaml"
START = {"README.md": "# Bread\n", LOAF: "title: Loaf\nvenue: arXiv\n", RYE: "title: Rye\nvenue: arXiv\n"}
NEW_LOAF, NEW_RYE = "title: Loaf\nvenue: IROS\n", "title: Rye\nvenue: CoRL\n"


def new_changeset(*commits: Commit, branch: str = BRANCH, **more: Any) -> Changeset:
    """By default of two commits, one for each of two papers."""
    both = (
        Commit(message="Loaf: venue IROS", files={LOAF: NEW_LOAF}),
        Commit(message="Rye: CoRL", files={RYE: NEW_RYE}),
    )
    told = {
        "title": "Upkeep: 2 changes",
        "body": "| Was | Is |\n|---|---|\n| arXiv | IROS |",
        "memo": {"n": [1, "é--"]},
    }
    return Changeset(branch=branch, commits=commits or both, **{**told, **more})
