"""The nouns of the bot: what is listed, what was seen, what was judged, what is proposed. Immutable and without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bot import ids


class Model(BaseModel):
    """Immutable, strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


WEB_ADDRESS = r"https?://[^\s<>\"|]+"
"""What is a web address on the shelf: nothing in it can end a cell of a table."""

NonEmpty = Annotated[str, Field(min_length=1)]


# --- the data people review ------------------------------------------------------------------------------------------


class Link(Model):
    """A web address with an optional label (``Pret``) that tells several links of one kind apart."""

    url: Annotated[str, Field(pattern=rf"^{WEB_ADDRESS}$")]
    label: str | None = None


class Paper(Model):
    """A listed paper: one file ``taxonomy/papers/<id>.yaml``; ``id`` is the file's name and never stands inside."""

    id: str
    title: NonEmpty
    short: str | None = None
    """The name people say (``OpenVLA``), where the title does not open with it."""
    year: int
    venue: NonEmpty
    website: tuple[Link, ...] = ()
    code: tuple[Link, ...] = ()
    url: str | None = None
    """Where the paper is, only when it is not on arXiv."""
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of the leaves it is in."""
    note: str | None = None
    """One line in the maintainers' own words."""
    added: date | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Paper:
        if self.url is None and not ids.is_arxiv(self.id):
            raise ValueError(f"url is missing, and {self.id!r} is not an arXiv id")
        return self

    @property
    def link(self) -> str:
        """Where the paper is."""
        return self.url or ids.abs_url(self.id)

    @property
    def short_name(self) -> str:
        """What people call it: ``short``, or what the title says before its colon, or the title."""
        return self.short or short_name(self.title)


def short_name(title: str) -> str:
    """What stands before a title's colon when it looks like a name (up to three words), else the whole title."""
    head, colon, _ = title.partition(":")
    return head.strip() if colon and 0 < len(head.split()) <= 3 else title


class Node(Model):
    """A class of the taxonomy.

    The root is the survey itself (its definition is the statement of scope), its children are the pillars, leaves are
    the subclasses that papers are placed in. ``definition`` and ``include`` are matched against papers; ``exclude`` is
    for people and language models, because it carries the words of the sibling classes.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: NonEmpty
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Ids this class had before; old labels keep working."""
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


class Taxonomy(Model):
    """The tree of classes, with the look-ups everything needs."""

    root: Node

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Taxonomy:
        seen: set[str] = set()
        for node in self.root.walk():
            for name in (node.id, *node.aliases):
                if name in seen:
                    raise ValueError(f"the id {name!r} is used twice")
                seen.add(name)
        return self

    @cached_property
    def paths(self) -> dict[str, tuple[Node, ...]]:
        """Leaf id -> the nodes from its pillar down to the leaf, in the order of the file."""

        def below(node: Node, trail: tuple[Node, ...]) -> Iterator[tuple[str, tuple[Node, ...]]]:
            if not node.children:
                yield node.id, trail
            for child in node.children:
                yield from below(child, (*trail, child))

        return dict(below(self.root, ())) if self.root.children else {}

    @property
    def leaves(self) -> list[Node]:
        """The subclasses, in the order of the file."""
        return [path[-1] for path in self.paths.values()]

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Id a class had before -> its id of today."""
        return {alias: node.id for node in self.root.walk() for alias in node.aliases}

    def current(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Labels under the ids of today, each once; what no class was ever called stays as it is."""
        return tuple(dict.fromkeys(self.renamed.get(label, label) for label in labels))

    def leaf(self, label: str) -> Node:
        """The subclass with this id. Raises KeyError."""
        return self.paths[label][-1]

    def pillar(self, label: str) -> Node:
        """The pillar above this leaf. Raises KeyError."""
        return self.paths[label][0]

    def trail(self, label: str) -> str:
        """A leaf as people read it: ``Efficient Model Design › Model Compression › Quantization``."""
        return " › ".join(node.name for node in self.paths[label])


class Library(Model):
    """What stands on the shelf: the taxonomy and every listed paper, by id."""

    taxonomy: Taxonomy
    papers: dict[str, Paper]

    def under_current_ids(self) -> Library:
        """The same with every paper labelled by today's ids of its classes."""
        papers = {
            key: paper.model_copy(update={"labels": self.taxonomy.current(paper.labels)})
            for key, paper in self.papers.items()
        }
        return self.model_copy(update={"papers": papers})


# --- what was seen ---------------------------------------------------------------------------------------------------


class Record(Model):
    """The metadata of one paper as a source gave it: one version of a paper on arXiv."""

    id: str
    title: NonEmpty
    abstract: NonEmpty
    version: int | None = None
    categories: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    comment: str | None = None
    journal_ref: str | None = None

    @field_validator("title", "abstract")
    @classmethod
    def _one_line(cls, text: str) -> str:
        return " ".join(text.split())


# --- what was judged -------------------------------------------------------------------------------------------------


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


# --- what is proposed -------------------------------------------------------------------------


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
