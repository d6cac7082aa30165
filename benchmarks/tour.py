"""Write docs/tour.md: a survey's README becomes a survey with a bot, up to its first merged paper.

Everything in it is run: the commands in a real checkout, against a GitHub on this machine that checks every request and
reply against GitHub's description. The papers are invented (bot/sample_feed.jsonl).

    python -m benchmarks.tour --data ../shared
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.chat_server import reply, serve
from tests.github import GithubServer
from tests.github.model import Issue

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "tour.md"
_INTRO = """# A tour: from a README to the first merged paper

Written by `python -m benchmarks.tour` on {day}: every command below was run, in a checkout of a repository that held
nothing but the README of the survey (*Efficient Vision-Language-Action Models*, 108 papers), against a GitHub on
the same machine, with an embedding model and no other key. The new papers are invented.
"""


class Tour:
    """A checkout of a repository on the server, and a page that tells what happens in it."""

    def __init__(self, server: GithubServer, folder: Path) -> None:
        self.server, self.folder, self.checkout = server, folder, folder / "survey"
        self.page: list[str] = []
        self.calmed = {server.url: "https://github.com", str(self.checkout): "."}
        """What is of this machine only, and what is shown instead."""
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_TOKEN": server.token,
            "GITHUB_API_URL": server.api,
            "GITHUB_SERVER_URL": server.url,
            "GITHUB_REPOSITORY": server.full_name,
            "SURVEY_BOT_CACHE": str(folder / "cache"),
            "COLUMNS": "120",
        }

    def say(self, text: str) -> None:
        """A paragraph."""
        self.page.append(text)

    def run(self, command: str, *, lines: int = 40) -> str:
        """Run it, and show it with the first lines of what it prints."""
        done = subprocess.run(
            shlex.split(command), cwd=self.checkout, env=self.environment, capture_output=True, text=True, check=False
        )
        out = self.calm(done.stdout + done.stderr)
        shown = out.rstrip().splitlines()
        more = [f"… {len(shown) - lines} more lines"] if len(shown) > lines else []
        self.page.append("\n".join(["```", f"$ {command}", *shown[:lines], *more, "```"]))
        if done.returncode:
            self.page.append(f"(exit code {done.returncode})")
        return out

    def calm(self, text: str) -> str:
        """Without what is of this machine and this minute only."""
        for here, shown in self.calmed.items():
            text = text.replace(here, shown)
        return re.sub(r"\d{8}T\d{6}\.\d{6}", "20261122T053700.000000", text)

    def git(self, *arguments: str) -> None:
        """What is not shown."""
        subprocess.run(["git", "-C", str(self.checkout), *arguments], check=True, capture_output=True)

    def pull(self) -> None:
        """Bring the checkout to what was merged."""
        self.git("pull", "--quiet", "--ff-only", f"{self.server.url}/{self.server.full_name}.git", "main")

    def show(self, one: Issue) -> None:
        """A pull request or an issue as GitHub shows it."""
        body = self.calm(re.sub(r"<!--.*?-->\n*", "", one.body or "", flags=re.DOTALL)).strip()
        quoted = "\n".join(f"> {line}".rstrip() for line in body.splitlines())
        self.page.append(f"> ### {one.title} #{one.number}\n>\n{quoted}")


def tour(data: Path, day: str) -> str:
    """The page."""
    readme = sorted((data / "survey").glob("*.md"))[-1].read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home, GithubServer(Path(home)) as server:
        server.seed({"README.md": readme})
        this = Tour(server, Path(home))
        subprocess.run(
            ["git", "clone", "--quiet", f"{server.url}/{server.full_name}.git", str(this.checkout)], check=True
        )
        this.say(_INTRO.format(day=day))
        this.say("## The maintainer asks for the bot\n\nWith a token in the environment, in the checkout:")
        this.run("survey-bot init --offline")
        this.say("That opened one pull request, and nothing else happened. As GitHub shows it:")
        [first] = server.pulls("open")
        this.show(first)
        server.merge(first.number)
        this.pull()
        this.say("## It is merged; the first look")
        _settings(this)
        this.run("survey-bot check", lines=6)
        subprocess.run(
            ["survey-bot", "index", "--offline", "--feed", str(data.resolve() / "arxiv" / "abstracts.jsonl.gz")],
            cwd=this.checkout,
            env=this.environment,
            check=True,
            capture_output=True,
        )  # what arXiv would have been asked for
        this.say("## The first run\n\nThe workflow runs these two in two jobs; the first may only read.")
        feed = ROOT / "bot" / "sample_feed.jsonl"
        (this.checkout / "feed.jsonl").write_bytes(feed.read_bytes())
        this.run("survey-bot judge --out plan.json --feed feed.jsonl --offline")
        this.run("survey-bot publish plan.json")
        opened = [one for one in server.pulls("open") if one.number != first.number]
        if not opened:
            raise SystemExit("nothing was proposed")
        this.say("The first pull request it opened:")
        this.show(opened[0])
        this.say("And the dashboard:")
        this.show(next(one for one in server.issues.values() if one.pull is None))
        this.say("## A person decides\n\nOne is merged, one is closed.")
        server.merge(opened[0].number)
        if len(opened) > 1:
            server.close(opened[1].number)
        this.pull()
        this.run("survey-bot learn")
        this.run("survey-bot render")
        this.run("git diff --stat")
        this.run("survey-bot stats")
        _second_opinion(this)
        if server.violations:
            raise SystemExit("\n".join(server.violations))
    return "\n\n".join(this.page) + "\n"


def _second_opinion(this: Tour) -> None:
    """A language model is named in the settings: three of the doubtful papers, asked for one by one."""
    this.say(
        "## A second opinion\n\nThe maintainer names a language model. (Here it is a server on the same machine that "
        "was told what to say: nothing on this page shows what a real model is worth.)"
    )
    agrees, differs, babbles = "2611.90003", "2611.90007", "2611.90009"
    with serve(_said) as model:
        this.calmed[model.url] = "https://llm.example/v1"
        this.environment["OPENAI_API_KEY"] = "a-key"
        with (this.checkout / "survey-bot.toml").open("a", encoding="utf-8") as file:
            file.write(_LLM.format(url=model.url))
        this.say(f"```toml{this.calm(_LLM.format(url=model.url))}```")
        this.run("survey-bot doctor --llm --offline")
        for paper, told in ((agrees, "It agrees:"), (differs, "It disagrees:"), (babbles, "It answers in prose:")):
            this.run(f"survey-bot propose {paper} --offline")
            this.say(told)
            this.show(max(this.server.pulls("open"), key=lambda one: one.number))
        this.say("What it was asked about the first of these, as it reads it (the second question, *place*):")
        place = next(
            body
            for body in model.requests
            if "One-Step Reach" in str(body) and "ranked" in str(body.get("response_format"))
        )
        read = "\n\n".join(f"[{message['role']}]\n{message['content']}" for message in place["messages"])
        this.say(f"```text\n{read}\n```")
        if model.violations:
            raise SystemExit("\n".join(model.violations))


_LLM = """
[llm]
model = "some-model"
base_url = "{url}"
top_1 = 0.87 # what survey-bot evaluate --llm said

[llm.prices.some-model]
input = 0.25 # dollars for a million tokens
output = 2.00
"""


def _said(body: dict[str, Any]) -> Any:
    """What the language model of the tour answers."""
    schema, text = body["response_format"]["json_schema"], body["messages"][-1]["content"]
    if schema["name"] == "ready":
        return {"word": "ready"}
    if "Which Way Is Up?" in str(body["messages"]):
        return "Happy to help! This looks like a paper about language."
    sentences = text.rpartition("Abstract: ")[2].partition("</paper")[0].split(". ")
    if schema["name"] == "scope":
        said: dict[str, object] = {
            "deciding": sentences[0],
            "reason": "It makes acting or data cheaper.",
            "verdict": "in",
        }
    elif "One-Step Reach" in text:
        said = {
            "name": "",
            "idea": "A head trained for consistency gives a chunk of actions in one step.",
            "ranked": ["efficient-action-decoding"],
            "quotes": [sentences[0]],
            "why_not": "",
        }
    else:
        said = {
            "name": "RepaintWorld",
            "idea": "Backgrounds of recorded demonstrations are edited by a generative model.",
            "ranked": ["simulation-data-collection", "data-augmentation"],
            "quotes": [sentences[0]],
            "why_not": "The scenes are made anew.",
        }
    size = sum(len(message["content"]) for message in body["messages"]) // 4
    return reply(json.dumps(said), usage=(size, len(json.dumps(said)) // 4))


def _settings(this: Tour) -> None:
    """What the pull request asks a person to look at: the words of the field, and the rulebook."""
    own = ROOT / "survey-bot.toml"
    scope = own.read_text(encoding="utf-8").partition("[scope.groups.field]")[2].partition("[lanes]")[0]
    file = this.checkout / "survey-bot.toml"
    categories = next(line for line in own.read_text(encoding="utf-8").splitlines() if line.startswith("categories"))
    text = re.sub(r"(?m)^categories = .*$", categories, file.read_text(encoding="utf-8"))
    head, _, rest = text.partition("# The words of your subject.")
    tail = rest[rest.index("\n[forge]") :]
    file.write_text(f"{head}[scope.groups.field]{scope}{tail}", encoding="utf-8")
    (this.checkout / "taxonomy" / "taxonomy.yaml").write_bytes((ROOT / "taxonomy" / "taxonomy.yaml").read_bytes())
    this.git("config", "user.name", "maintainer")
    this.git("config", "user.email", "maintainer@survey.example")
    this.git("commit", "--quiet", "--all", "--message=The words of the field and the rulebook")
    address = this.server.url.replace("://", f"://x:{this.server.token}@")
    this.git("push", "--quiet", f"{address}/{this.server.full_name}.git", "main")
    this.say(
        "The maintainer writes the words of the field into `survey-bot.toml` and the rules of the classes into "
        "`taxonomy/taxonomy.yaml` (here: those of this repository), and pushes them."
    )


def main() -> None:
    """Entry point."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=ROOT.parent / "shared")
    arguments.add_argument("--day", default="2026-11-22")
    given = arguments.parse_args()
    OUT.write_text(tour(given.data, given.day), encoding="utf-8")
    print(f"written: {OUT}")


if __name__ == "__main__":
    main()
