"""A survey of bread on the tests' GitHub, with the workflows that ``survey-bot init`` gives it, and its events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bot import render
from bot.adapters.shelf import Shelf
from tests.arxiv_server import ArxivServer, Preprint, serve
from tests.fabricated import ABSTRACTS, LIBRARY, PAPERS
from tests.github.model import Actor
from tests.github.server import GithubServer
from tests.workflows.acting import TEMPLATES, Act, Acted

SETTINGS = """
[survey]
readme = "README.md"

[watch]
categories = ["cs.RO"]
api = "{api}"
feed = "{feed}"

[scope.groups.bread]
required = true
terms = ["bread", "loaf*", "crust*", "dough"]

[scope.groups.means]
terms = ["steam", "yeast", "starter"]

[lanes]
right = 0.1

[forge]
kind = "github"
"""
LISTED = "taxonomy/papers/2501.00001.yaml"
READS = "ghs_reads"
"""A token that may read and nothing else."""
CANDIDATE = Preprint(
    "2611.90001",
    "SteamBox: Steam Injection",
    "Steam injection keeps the crust of a loaf soft.",
    published=datetime.now(UTC) - timedelta(days=1),  # the workflows know no other clock
)


class Scene(NamedTuple):
    """A survey of bread on GitHub, with the workflows that ``survey-bot init`` gives it."""

    github: GithubServer
    arxiv: ArxivServer
    act: Act

    def watch(self, *words: str, **more: Any) -> Acted:
        return self.act("schedule", "survey-bot-watch.yml", {"schedule": "37 5 * * 1-5"}, *words, **more)

    def learn(self, number: int, action: str = "closed", head: str = "octo/survey", **more: Any) -> Acted:
        """The event of a pull request, as GitHub tells it."""
        issue = self.github.issue(number)
        assert issue.pull
        ends = {"head": {"ref": issue.pull.head, "repo": {"full_name": head}}, "base": {"ref": "main"}}
        pull = {"number": number, "state": issue.state, **ends}
        payload = {"action": action, "pull_request": pull, "repository": {"default_branch": "main"}}
        return self.act("pull_request", "survey-bot-learn.yml", payload, **more)

    def check(self, branch: str, workflow: str = "survey-bot-data-check.yml") -> Acted:
        ends = {"head": {"ref": branch}, "base": {"ref": "main"}}
        payload = {"action": "opened", "pull_request": {"number": 7, **ends}}
        return self.act("pull_request", workflow, payload, token=READS)

    def publish(self, *words: str, **more: Any) -> Acted:
        return self.act("push", "survey-bot-publish.yml", {"ref": "refs/heads/main"}, *words, **more)

    def edited(self, path: str, old: str, new: str) -> dict[str, str | None]:
        text = self.github.file("main", path)
        assert text
        return {path: text.replace(old, new)}


def survey(folder: Path, arxiv: ArxivServer) -> dict[str, str]:
    shelf = Shelf(folder / "taxonomy")
    shelf.save_taxonomy(LIBRARY.taxonomy)
    for paper in LIBRARY.papers.values():
        shelf.save_paper(paper)
    files = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}
    page = "".join(
        f"# {one.name}\n\n{render.begin(one.id)}\n{render.end(one.id)}\n\n" for one in LIBRARY.taxonomy.leaves
    )
    files |= {
        "README.md": render.render(page, LIBRARY, "README.md"),
        "survey-bot.toml": SETTINGS.format(api=arxiv.url, feed=arxiv.feed_url),
    }
    return files | {
        f".github/workflows/{path.name}": path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.yml")
    }


@contextmanager
def surveyed(folder: Path) -> Iterator[Scene]:
    listed = [Preprint(key, PAPERS[key].title, text) for key, text in ABSTRACTS.items()]
    with serve(CANDIDATE, *listed) as arxiv, GithubServer(folder) as github:
        github.seed(survey(folder / "seed", arxiv))
        github.tokens[READS] = Actor("github-actions[bot]", writes=frozenset())
        yield Scene(github, arxiv, Act(folder, github))
        assert github.violations == []
