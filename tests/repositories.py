"""Real git repositories for the tests, and proposals for them; no configuration of the machine reaches them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bot import ids
from bot.adapters.github.place import Place
from bot.block import write_block
from bot.models import Paper, Proposal
from tests.github import GithubServer

HUMAN = {
    "GIT_AUTHOR_NAME": "A Human",
    "GIT_AUTHOR_EMAIL": "human@bread.example",
    "GIT_COMMITTER_NAME": "A Human",
    "GIT_COMMITTER_EMAIL": "human@bread.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_MERGE_AUTOEDIT": "no",
}


def git(folder: Path, *arguments: str) -> str:
    """What a human's git prints, without the last line end."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env={**os.environ, **HUMAN}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.rstrip("\n")


def new_repository(folder: Path) -> Path:
    """A repository whose branch ``main`` holds a README."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "README.md").write_text("# Bread\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Start")
    return folder


def content(labels: tuple[str, ...]) -> str:
    """A paper's file, near enough."""
    return "title: On bread\nlabels:\n" + "".join(f"- {label}\n" for label in labels)


def new_proposal(paper_id: str = "2611.90001", *labels: str, title: str = "Add LoafNet: Ovens › Steam") -> Proposal:
    """A proposal as ``propose`` makes them."""
    labels = labels or ("steam",)
    stem = paper_id.replace("/", "_")
    return Proposal(
        paper=Paper(
            id=paper_id,
            title="LoafNet: On Bread",
            year=2026,
            venue="arXiv",
            labels=labels,
            url=None if ids.is_arxiv(paper_id) else "https://bread.example/loaf",
        ),
        branch=f"survey-bot/{stem}",
        path=f"taxonomy/papers/{stem}.yaml",
        content=content(labels),
        title=title,
        body="**LoafNet** is about steam.\n\n" + write_block({"paper": paper_id, "labels": list(labels)}),
    )


def place_of(server: GithubServer, token: str = "") -> Place:
    """Where this stand-in for GitHub is, for one who asks with this token; by default its own."""
    return Place(server.repository, token or server.token, server.api, server.url)
