"""A language model that says what a test wants, the replies it gives, and a case to ask about (on baking bread)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from threading import Lock
from typing import Any, TypeAlias

from bot.chat import Reply, Request
from bot.errors import LanguageModelError
from bot.models import Judgement, Lane, Precedent, Ranked, Rationale, Record, Scope, Taxonomy, Usage
from bot.opinion.prompts import FILE, latest
from bot.opinion.question import Case, case
from tests.fabricated import TAXONOMY, candidate

PUBLISHED = {
    file.name: file.read_text(encoding="utf-8") for file in files("prompts").iterdir() if FILE.fullmatch(file.name)
}
PROMPTS = latest(PUBLISHED)
"""The prompts of this repository, by name."""

TURN = Usage(calls=1, input=100, output=20, cost=0.001)
"""What each reply takes that is given as text."""

PAPER = candidate(
    "2611.00001",
    "RiseNet: Feeding a Levain by the Tide",
    "Starters die when a ship rolls. We present RiseNet, which feeds wild yeast by the tide. "
    "It keeps $\\alpha_{wild}$ alive with half the flour.",
)
TRUE = "feeds wild yeast by the tide"
"""A quote that stands in it."""

Plain: TypeAlias = str | Mapping[str, Any] | Reply | LanguageModelError
Answer: TypeAlias = Plain | Callable[[Request], Plain]


class Scripted:
    """A chat model (``bot.ports.ChatModel``) that gives its answers in turn; a function answers all that is left.

    Text and mappings become a reply that took ``TURN``, errors are raised. ``requests`` holds what it was asked.
    """

    def __init__(self, *answers: Answer, name: str = "scripted-1") -> None:
        self.name = name
        self.notes: Sequence[str] = ()
        self.requests: list[Request] = []
        self._answers, self._lock = list(answers), Lock()

    def ask(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            answer = self._answers[0] if callable(self._answers[0]) else self._answers.pop(0)
        said = answer(request) if callable(answer) else answer
        if isinstance(said, LanguageModelError):
            raise said
        if isinstance(said, Reply):
            return said
        return Reply(text=said if isinstance(said, str) else json.dumps(said), usage=TURN)


def saying(verdict: str, *ranked: str, **more: Any) -> Callable[[Request], Plain]:
    """Answers both steps about any paper, quoting the first words of its abstract."""

    def answer(request: Request) -> Plain:
        quote = " ".join(abstract(request).split()[:6])
        if request.schema_name == "scope":
            return scope_reply(verdict, deciding=quote)
        return place_reply(*ranked, **{"quotes": [quote], **more})

    return answer


def scope_reply(verdict: Any = "in", **more: Any) -> dict[str, Any]:
    """A sound reply to *scope*."""
    return {"deciding": TRUE, "reason": "It saves flour in the dough.", "verdict": verdict, **more}


def place_reply(*ranked: str, **more: Any) -> dict[str, Any]:
    """A sound reply to *place*."""
    words = {"name": "RiseNet", "idea": "A starter is fed at every tide.", "why_not": "No factory yeast is used."}
    return {"ranked": list(ranked), "quotes": [TRUE], **words, **more}


def abstract(request: Request) -> str:
    """What the request shows as the paper's abstract."""
    shown = re.search(r"^Abstract: (.*)$", request.messages[1].text, re.MULTILINE)
    assert shown, "the prompt shows no abstract"
    return shown[1]


def judged(labels: Sequence[str], precedents: Sequence[Precedent] = (), flags: Sequence[str] = ()) -> Judgement:
    """What the bot alone made of a paper: these classes, the most probable first."""
    return Judgement(
        scope=Scope(score=0.8),
        lane=Lane.PROPOSE,
        reason="scope 0.80",
        placement=tuple(Ranked(label=label, probability=1 / (2 + place)) for place, label in enumerate(labels)),
        labels=(labels[0],),
        rationale=Rationale(rules=("wild yeast cultures",), quote="wild yeast"),
        precedents=tuple(precedents),
        flags=tuple(flags),
    )


def precedent(paper_id: str, title: str, *labels: str) -> Precedent:
    return Precedent(id=paper_id, title=title, link=f"https://x.example/{paper_id}", labels=labels, similarity=0.5)


def a_case(record: Record = PAPER, taxonomy: Taxonomy = TAXONOMY, precedents: Sequence[Precedent] = ()) -> Case:
    """The case of an invented paper; every class of the survey is offered."""
    return case(record, judged(list(taxonomy.paths), precedents), taxonomy)
