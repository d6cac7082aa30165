"""What was judged, and what is proposed of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from bot.models.base import Model
from bot.models.listed import Paper
from bot.models.opinion import Opinion


class Lane(StrEnum):
    """What the bot does with a paper it has judged."""

    PROPOSE = "propose"
    ASK = "ask"
    SKIP = "skip"


class Part(Model):
    """What one reading of the model, or one line between two lanes, amounts to."""

    name: str
    value: float


class Scope(Model):
    """Does the paper belong in the survey at all?"""

    score: Annotated[float, Field(ge=0, le=1)]
    """The probability that it does; where too little is known for one, the share of the configured terms."""
    terms: tuple[str, ...] = ()
    """The configured terms its text holds."""
    missing: tuple[str, ...] = ()
    """The names of the configured term groups it holds nothing of."""
    parts: tuple[Part, ...] = ()
    """The features the score is made of, in units of their spread among the papers seen."""


class Ranked(Model):
    """One class with the probability that it is one of the paper's; a paper may have several."""

    label: str
    probability: Annotated[float, Field(ge=0, le=1)]
    parts: tuple[Part, ...] = ()
    """What each reading adds to the class's score, in nats; told of the first few classes."""


class Precedent(Model):
    """A listed paper shown as evidence; ``similarity`` is the cosine of the two texts' vectors."""

    id: str
    title: str
    """What people call it, see ``Paper.short_name``."""
    full_title: str = ""
    link: str
    labels: tuple[str, ...]
    similarity: float
    of_runner_up: bool = False
    """Shown because it is the nearest paper of the class that came second."""


class Rationale(Model):
    """Why this class and why not the runner-up."""

    rules: tuple[str, ...]
    """For each proposed class, in their order, the rule of its rulebook that fits best."""
    quote: str
    """The sentence of the abstract that speaks most for it, verbatim."""
    words: tuple[str, ...] = ()
    """The words of the text that spoke most for the class, and more for it than for the runner-up."""
    why_not: str = ""


class Judgement(Model):
    """All the bot thinks of one paper, of its class even when it seems out of scope."""

    scope: Scope
    lane: Lane
    reason: str
    """Why this lane, in one line."""
    placement: Annotated[tuple[Ranked, ...], Field(min_length=1)]
    """All classes, the most probable first."""
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    """The classes that are proposed."""
    rationale: Rationale
    precedents: tuple[Precedent, ...] = ()
    unusual: tuple[str, ...] = ()
    """Words it uses again and again that no listed paper and no rule has: where the taxonomy may be drifting."""
    track: tuple[int, int] | None = None
    """Of so many listed papers with a confidence like this one's (second) the first guess was right so often."""
    lines: tuple[Part, ...] = ()
    """Where the lanes part."""
    flags: tuple[str, ...] = ()
    """What a reviewer should know: unusual characters, a withdrawn paper, listed abstracts that were missing …"""
    opinion: Opinion | None = None
    """Of a language model, where one was asked."""
    own: tuple[Ranked, ...] = ()
    """The classes the bot alone would propose, best first, where ``placement`` holds the opinion too."""

    @property
    def confidence(self) -> float:
        """The probability that the first class is one of the paper's, if it belongs at all."""
        return self.placement[0].probability

    @property
    def alone(self) -> tuple[Ranked, ...]:
        """The classes that the bot alone would propose, best first."""
        return self.own or tuple(ranked for ranked in self.placement if ranked.label in self.labels)

    @property
    def chance(self) -> float:
        """That a proposal would be right, as the bot alone sees it: no opinion moves a paper in a queue."""
        return self.scope.score * self.alone[0].probability


class Proposal(Model):
    """Everything a reviewer sees: one paper, one branch, one commit, one file."""

    model_config = ConfigDict(str_strip_whitespace=False)  # the file's last line end is part of it

    paper: Paper
    branch: str
    path: str
    """Of the file, from the repository's root, with forward slashes."""
    content: str
    title: str
    body: str
    """Markdown with one hidden machine-readable block."""
