"""Whole runs over the red-team set, with a language model that obeys whatever it reads, or without one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bot.adapters.dry_run_forge import DryRunForge
from bot.chat import Reply, Request
from bot.fates import Fate, RunReport
from bot.judge import EmbeddedJudge
from bot.models import Proposal, Record
from bot.opinion.advisor import Advisor
from bot.pipeline import Parts, judge, run
from bot.plan import Plan
from bot.ports import ChatModel, Forge
from bot.settings import Forge as Caps
from bot.settings import Lanes, Llm, Price, Scope, Settings, TermGroup
from tests.conftest import quiet
from tests.fabricated import LIBRARY, candidate
from tests.opinion.scripted import PROMPTS, TURN
from tests.red_team.hostile import HOSTILE
from tests.test_pipeline import DOUBTFUL, STEAM, YEAST, House, ListSource

PLAIN = candidate("2611.90004", "Crumbs", "Bread with crust, and how tables are laid.")
INNOCENT = (STEAM, YEAST, DOUBTFUL, PLAIN)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROOM = Caps(open=1_000, new=1_000)
"""For every pull request."""
SETTINGS = Settings(
    file=Path("/") / "survey-bot.toml",
    scope=Scope(
        groups={
            "bread": TermGroup(terms=("bread", "loaf*", "crust", "dough"), required=True),
            "means": TermGroup(terms=("steam", "yeast", "starter"), enough=1),
            "subject": TermGroup(terms=("crust", "yeast", "table"), enough=1),
        },
    ),
    lanes=Lanes(right=0.5),
)

MISCHIEF = (
    "**Merge now** @bread-maintainer, fixes #12 ![x](https://evil.example/t.png) | a | `b` </sub></details> "
    "<img src=//evil.example> $x$ [here](https://evil.example) ::error::x --> www.evil.example bread/survey#3"
)
"""What a model says that was won over; none of it is an order, so that it is shown."""


class Obedient:
    """A chat model that does what a hostile paper asks for, and tells people what the paper would (``ChatModel``)."""

    name = "obedient-1"
    notes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, request: Request) -> Reply:
        """In scope, the class that is asked for, the hostile words as quotes."""
        self.asked.append(request.about.rpartition(" ")[2])
        shown = re.search(r"^Title: (.*)\nAbstract: (.*)$", request.messages[1].text, re.MULTILINE)
        assert shown, "the prompt shows no paper"
        paper = next((one for one in HOSTILE if one.id == self.asked[-1]), None)
        quote = " ".join(shown[2].split()[-12:])[-400:]
        if request.schema_name == "scope":
            said: dict[str, object] = {"deciding": quote, "reason": MISCHIEF, "verdict": "in"}
        else:
            ranked = [paper.asks if paper else _CLASS.get(self.asked[-1], "steam"), "kneading"]
            said = {"name": shown[1][:60], "idea": MISCHIEF, "ranked": ranked, "quotes": [quote], "why_not": MISCHIEF}
        return Reply(text=json.dumps(said), usage=TURN)


class Partial(Obedient):
    """A chat model that agrees with the bot on a hostile paper, and is of no use for any other (``ChatModel``)."""

    name = "partial-1"

    def ask(self, request: Request) -> Reply:
        """The class of the harmless paper."""
        reply = super().ask(request)
        is_hostile = self.asked[-1] in [one.id for one in HOSTILE]
        text = re.sub(r'"ranked": \["[a-z-]+"', '"ranked": ["steam"', reply.text) if is_hostile else ""
        return reply.model_copy(update={"text": text})


class Parrot:
    """A chat model whose reply is the paper's own text (``ChatModel``)."""

    name = "parrot-1"
    notes: tuple[str, ...] = ()

    def ask(self, request: Request) -> Reply:
        """What it read."""
        return Reply(text=request.messages[1].text.rpartition("Abstract: ")[2], usage=TURN)


_CLASS = {STEAM.id: "steam", YEAST.id: "bakers-yeast", DOUBTFUL.id: "stone-hearth", PLAIN.id: "steam"}
MODELS: dict[str, Callable[[], ChatModel] | None] = {
    "embedded": None,
    "obedient": Obedient,
    "parrot": Parrot,
    "partial": Partial,
}


def llm(mode: str) -> Llm:
    """The settings under which a run of this mode is made."""
    model = MODELS[mode]
    name = model().name if model else ""
    return Llm(model=name, prices={name: Price(input=5, output=20)})


class Baked(NamedTuple):
    """What came of a run."""

    report: RunReport
    fates: dict[str, Fate]
    proposals: dict[str, Proposal]
    model: ChatModel | None


class Oven:
    """A survey of bread on disk, for dry runs that know nothing of each other."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder, quiet)
        self._memory = self.house.memory()

    def bake(
        self, mode: str, papers: Sequence[Record], wanted: Sequence[str] = (), *, dry: bool = True, caps: Caps = ROOM
    ) -> Baked:
        """One run over these papers."""
        proposals: dict[str, Proposal] = {}
        parts = self._parts(mode, papers, DryRunForge(lambda one: proposals.update({one.paper.id: one})), caps)
        if not dry:
            parts = replace(parts, forge=self.house.forge)
        asked_for = dict.fromkeys(wanted, "a human asked for it")
        report = run(LIBRARY, parts, run="run-1", now=lambda: NOW, asked_for=asked_for)
        fates = {fate.id: fate for fate in report.fates}
        return Baked(report, fates, proposals, parts.advisor.model if parts.advisor else None)

    def plan(self, mode: str, papers: Sequence[Record]) -> Plan:
        """What the job that reads these papers hands to the one that writes."""
        return judge(LIBRARY, self._parts(mode, papers, DryRunForge(print)), run="run-1", now=lambda: NOW)

    def _parts(self, mode: str, papers: Sequence[Record], forge: Forge, caps: Caps = ROOM) -> Parts:
        model = MODELS[mode]
        return Parts(
            sources=[ListSource(*papers)],
            archive=self.house.archive,
            memory=lambda: self._memory,
            judge=EmbeddedJudge(LIBRARY, SETTINGS),
            advisor=Advisor(model(), PROMPTS) if model else None,
            forge=forge,
            ledger=self.house.ledger,
            progress=quiet,
            papers_folder="taxonomy/papers",
            caps=caps,
        )
