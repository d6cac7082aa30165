"""A thousand runs on the tests' GitHub, with people and faults between them: what doubled, returned or was lost?

python -m benchmarks.simulation --runs 1000 --seed 0
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bot.fates import State
from tests.github import GithubServer
from tests.simulation import World


def table(title: str, counts: Mapping[str, int]) -> str:
    """Markdown."""
    rows = "\n".join(f"| {name} | {count} |" for name, count in sorted(counts.items(), key=lambda one: -one[1]))
    return f"| {title} | times |\n|---|---|\n{rows}\n"


def main() -> None:
    """Entry point."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, GithubServer(Path(folder)) as server:
        world = World(Path(folder), server, given.seed)
        for done in range(0, given.runs, 50):
            world.days(min(50, given.runs - done))
            print(
                f"{done + 50} runs, {time.monotonic() - began:.0f} s, {len(server.pulls())} pull requests", flush=True
            )
        world.rest()
        seconds = time.monotonic() - began
        fates = world.fates()
        states = {state.value: sum(fate.state is state for fate in fates.values()) for state in State}
        found = {
            "papers that appeared": len(world.records),
            "pull requests": len(server.pulls()),
            "commits of people on our branches": len(world.human),
            "**pull requests twice**": len(world.duplicates()),
            "**rejected papers that returned**": len(world.returned()),
            "**commits of people that were lost**": len(world.lost()),
            "**pull requests that could not be merged**": len(world.conflicts),
            "**papers without a fate**": len(world.without_fate()),
            "**fates that are not what GitHub shows**": len(world.wrong_fate()),
            "**requests or replies against GitHub's description**": len(server.violations),
        }
        for told in (world.duplicates(), world.returned(), world.lost(), world.wrong_fate(), server.violations):
            print("\n".join(map(str, told[:5])))
        print(f"\n{given.runs} runs, seed {given.seed}, {seconds:.0f} s, {len(server.calls)} calls of the API\n")
        print("| what | |\n|---|---|\n" + "\n".join(f"| {name} | {count} |" for name, count in found.items()), "\n")
        print(table("what people did", world.did))
        print(table("what failed", world.met))
        print(table("what became of the papers", states))


if __name__ == "__main__":
    main()
