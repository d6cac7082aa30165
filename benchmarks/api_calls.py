"""How many calls of GitHub's API a run makes, beside the fewest that could do it.

python -m benchmarks.api_calls
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bot.adapters.github.settings import GitHubSettings
from bot.models import Record
from tests.fabricated import candidate
from tests.github import GithubServer
from tests.github.model import Workflow
from tests.repositories import place_of
from tests.simulation import World

LEAST = {"nothing new": 6, "five new papers": 16, "40 open, nothing new": 6, "40 open, five new papers": 16}
"""List pull requests, the dashboard, the comments since, the workflows and the last commit, write the dashboard; for
each new paper the pull request and its labels, for GitHub takes no labels with a new pull request."""


class Counted(World):
    """A world whose bot also looks after its schedule, as it does in a workflow."""

    def counted(self, *papers: Record) -> Counter[str]:
        """The calls of one run over these papers, by verb."""
        self.server.calls.clear()
        self.records |= {paper.id: paper for paper in papers}
        self.day += timedelta(days=1)
        parts = self.parts(papers)
        settings = GitHubSettings(place_of(self.server), self.caps, "survey-bot-state", pace=0.0)
        report = self.go(parts, problems=lambda: settings.activity.problems(self.day))
        assert report
        assert not report.failures
        return Counter(call.method for call in self.server.calls)


def papers(first: int, count: int) -> list[Record]:
    """New papers that are all proposed."""
    return [
        candidate(f"2611.{first + number:04d}1", f"Loaf {first + number}", "Bread is baked.") for number in range(count)
    ]


def main() -> None:
    """Entry point."""
    found: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder, GithubServer(Path(folder)) as server:
        world = Counted(Path(folder), server)
        world.caps = world.caps.model_copy(update={"open": 100, "new": 5})
        server.workflows.append(Workflow(1, ".github/workflows/survey-bot-watch.yml"))
        world.counted(*papers(0, 1))
        world.counted()
        found["nothing new"] = world.counted()
        found["five new papers"] = world.counted(*papers(10, 5))
        for start in range(20, 54, 5):
            world.counted(*papers(start, 5))
        found["40 open, nothing new"] = world.counted()
        found["40 open, five new papers"] = world.counted(*papers(70, 5))
        print(f"{len(server.pulls('open'))} pull requests are open at the end\n")
    print("| a run with | calls | of them writes | the fewest |\n|---|---|---|---|")
    for name, calls in found.items():
        print(f"| {name} | {calls.total()} | {calls.total() - calls['GET']} | {LEAST[name]} |")


if __name__ == "__main__":
    main()
