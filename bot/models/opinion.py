"""What a language model made of a paper, and what it took."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bot.models.base import Model


class Usage(Model):
    """What calls of a language model took; a reply that was kept from an earlier run takes nothing."""

    calls: Annotated[int, Field(ge=0)] = 0
    input: Annotated[int, Field(ge=0)] = 0
    """Tokens of the prompts."""
    output: Annotated[int, Field(ge=0)] = 0
    """Tokens of the replies."""
    cost: Annotated[float, Field(ge=0)] | None = 0.0
    """In US dollars, by the prices of the settings; None where the model has no price there."""

    @property
    def tokens(self) -> int:
        """Of prompts and replies."""
        return self.input + self.output

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        return Usage(
            calls=self.calls + other.calls,
            input=self.input + other.input,
            output=self.output + other.output,
            cost=cost,
        )


class PromptId(Model):
    """A prompt file of ``prompts/`` as it was when it was sent."""

    name: str
    version: int
    sha256: str


ScopeVerdict: TypeAlias = Literal["in", "adjacent", "out"]
"""Whether a paper belongs: it does, a rule keeps it out though it is close, or it is about something else."""

NO_REPLY, NOT_ASKED = "LLM gave no reply: ", "LLM not asked: "
"""How a problem begins that is the service's, and one that is nobody's fault."""


class Opinion(Model):
    """What a language model made of one paper, as far as it could be used; it advises, and code decides.

    Labels are classes of the taxonomy, quotes stand in title or abstract; ``why_not``, ``idea`` and ``reason`` are the
    model's own words.
    """

    model: str
    prompts: tuple[PromptId, ...] = ()
    scope: ScopeVerdict | None = None
    """None: it was not asked, or its reply was of no use."""
    reason: str = ""
    """Why, in one line."""
    deciding: str = ""
    """The words of the abstract that decide whether it belongs, verbatim."""
    ranked: tuple[str, ...] | None = None
    """The best classes, best first; empty: none fits; None: it was not asked, or its reply was of no use."""
    quotes: tuple[str, ...] = ()
    """What speaks for the first class, verbatim."""
    why_not: str = ""
    """Why not the second class."""
    name: str = ""
    """What the method is called, verbatim."""
    idea: str = ""
    """What it does, in one neutral line."""
    false_quotes: int = 0
    """Quotes that stand neither in title nor in abstract; one of them costs all of the model's words."""
    problems: tuple[str, ...] = ()
    """What went wrong, one sentence each; none of the model's words is in them."""
    usage: Usage = Usage()

    @property
    def usable(self) -> bool:
        """It says something of the scope or of the class."""
        return self.scope is not None or self.ranked is not None

    @property
    def unanswered(self) -> bool:
        """What is missing of it is missing because no reply came."""
        return bool(self.problems) and all(problem.startswith((NO_REPLY, NOT_ASKED)) for problem in self.problems)

    @property
    def asked(self) -> bool:
        """Something was sent, or looked up among kept replies: the cap or the text may forbid it."""
        tried = any(not problem.startswith(NOT_ASKED) for problem in self.problems)
        return bool(self.prompts) and (self.usable or self.usage.calls > 0 or tried)
