"""The results of an evaluation: immutable, the same to the byte for the same input and seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from bot.evaluate import metrics
from bot.models import Lane, Model, PromptId, Ranked, Usage
from bot.opinion import wording
from bot.settings import Lanes


def _short(number: float) -> float:
    return round(number, 6) + 0.0  # no -0.0; the last digits are the processor's affair


Number = Annotated[float, AfterValidator(_short)]


LEAST = 20
"""Replies below which a share of them means nothing."""


class Measure(NamedTuple):
    """A figure as people read it."""

    name: str
    meaning: str
    higher_is_better: bool = True
    percent: bool = False


PLACEMENT: Mapping[str, Measure] = {
    "top_1": Measure("top-1", "the first guess is one of the paper's classes"),
    "top_3": Measure("right class in top 3", "one of the first three guesses is right"),
    "recall_3": Measure("recall in top 3", "share of a paper's classes among the first three guesses"),
    "pillar": Measure("pillar", "the first guess is in a right pillar"),
    "ranking": Measure("label-ranking precision", "how far up the list the right classes stand"),
    "overlap": Measure("F1 of proposed classes", "overlap of what would be proposed with what is listed"),
    "macro_top_1": Measure("macro top-1", "top-1, every class counting the same"),
    "macro_recall_3": Measure("macro recall in top 3", "share of each class's papers that have it in the top 3"),
    "log_loss": Measure("log-loss", "how surprised the probabilities are by the truth", higher_is_better=False),
    "ece": Measure("ECE", "gap between confidence and share right, bins of equal mass", higher_is_better=False),
    "ece_width": Measure("ECE, equal width", "the same with ten bins of equal width", higher_is_better=False),
}

SCOPE: Mapping[str, Measure] = {
    "average_precision": Measure("average precision", "how clean the list is, read from the top"),
    "right_first": Measure("right in the first {first}", "share of the first {first} papers that belong"),
    "recall_budget": Measure("recall at {weekly} papers a week", "share of those that belong, found so"),
    "read_95": Measure("to read for 95% recall", "share of the flow", higher_is_better=False, percent=True),
    "wss_95": Measure("WSS@95", "reading saved at 95% recall, against reading at random"),
    "ece": Measure("ECE", "gap between score and share that belongs, papers not ruled out", higher_is_better=False),
}


class Value(Model):
    """A figure with its 95% interval; None where it is not defined."""

    value: Number | None
    low: Number | None
    high: Number | None


class Method(Model):
    """The figures of one predictor."""

    name: str
    values: dict[str, Value]


class Bin(Model):
    """Papers of about the same confidence; ``low`` and ``high`` are the 95% interval of the share right."""

    papers: int
    confidence: Number
    right: Number
    low: Number
    high: Number


class Point(Model):
    """A point of a curve."""

    x: Number
    y: Number


class Placed(Model):
    """What was guessed for one held-out paper (the first guesses), and where it is listed."""

    id: str
    title: str
    labels: tuple[str, ...]
    guesses: tuple[Ranked, ...]
    right: bool


class ClassFigures(Model):
    """One class: its papers, the share with a right first guess, the share that has this class in the top 3."""

    label: str
    name: str
    pillar: str
    papers: int
    top_1: Number
    recall_3: Number


class PlacementResult(Model):
    """One protocol. Everything but ``methods`` is about the bot itself, which is the first of them."""

    protocol: str
    told: str
    """How it was done, in a sentence."""
    papers: int
    fits: int
    methods: tuple[Method, ...]
    chance_ece: Number
    """The ECE that confidences without fault would show on this few papers."""
    reliability: tuple[Bin, ...]
    coverage: tuple[Point, ...]
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[Number, ...], ...]
    """Rows: listed under; columns: first guess; both in the order of ``classes``. A paper's row is the class it was
    rightly guessed for, or else it is spread over its classes."""
    judged: tuple[Placed, ...]


class LlmResult(Model):
    """What came of asking a language model about the held-out papers. usable + unusable + missing == papers"""

    model: str
    prompts: tuple[PromptId, ...]
    papers: int
    usable: int
    """Replies with a ranking, or with the word that no class fits."""
    unusable: int
    """Replies that were of no use, even when it was asked a second time."""
    missing: int
    """Papers it was not asked about, or that it gave no reply to."""
    false_quotes: int
    """Quotes that do not stand in the abstract."""
    right: Number | None
    """The share of its first choices that are right, by Laplace's rule of succession: ``[llm] top_1``."""
    usage: Usage
    """What was asked anew."""
    kept: Usage
    """What the replies had taken that were kept from earlier."""
    problems: tuple[str, ...]
    """What went wrong, each with how often; the most frequent first."""

    @property
    def told(self) -> tuple[str, ...]:
        """All of it in sentences."""
        prompts = " and ".join(f"{prompt.name}-{prompt.version}" for prompt in self.prompts)
        found = [
            f"of {self.papers} papers {self.usable} have a usable reply of {self.model} to {prompts} (of no use: "
            f"{self.unusable}, missing: {self.missing}; quotes that stand in no abstract: {self.false_quotes})",
            *self.problems,
            f"asking took {wording.took(self.usage)}; replies kept from earlier had taken {wording.took(self.kept)}",
        ]
        if self.missing:
            found.append("run it again to ask about those that are missing: what was answered is kept")
        elif self.right is not None and self.usable >= LEAST:
            found.append(f"set [llm] top_1 = {self.right:.2f}")
        else:
            found.append(f"{self.usable} usable replies are too few to say what [llm] top_1 is")
        return tuple(found)


class MonthFigures(Model):
    """One month of the listing."""

    month: str
    papers: int
    right: int
    """How many belong."""
    known: int
    """Listed papers the month's model was fitted on."""
    average_precision: Number | None
    proposed: int
    asked: int
    missed: int
    """How many belong and were skipped."""
    ask: Number | None
    """Score from which a human was asked, at least."""
    propose: Number | None
    """Score times confidence in the first class from which a paper was proposed. Baselines have no lines."""


class LaneFigures(Model):
    """The papers that went one way; ``placed``: of the listed ones those whose first class is right."""

    lane: Lane | None
    """None: ruled out by the cheap stage."""
    papers: int
    belong: int
    listed: int
    placed: int


class LanesResult(Model):
    """The lanes over time, beside the ``targets`` their lines were fitted to. Shares are None where there is nothing.

    ``right``: the share of proposals that belong, times the share of the listed ones among them that are placed right.
    ``lost``: the share of what belongs that was skipped, or ruled out. ``weekly``: papers a week, proposed or asked.
    """

    targets: Lanes
    lanes: tuple[LaneFigures, ...]
    """Proposed, asked, skipped, ruled out."""
    weeks: int
    right: Number | None
    lost: Number | None
    weekly: Number
    notes: tuple[str, ...]
    """What the judge had to say of its lines, and in which months."""


class Read(Model):
    """One paper of the listing, as the bot scored it. ``listed``, ``judged``: why it counts as belonging, or not."""

    id: str
    title: str
    month: str
    score: Number
    belongs: bool
    listed: bool
    judged: str = ""
    lane: Lane | None = None


class ScopeResult(Model):
    """Scope over time, all months read as one list. ``curves``: papers found against papers read, by method."""

    told: str
    papers: int
    right: int
    candidates: int
    """Papers the cheap stage lets pass."""
    lost: int
    """Papers that belong and that it does not."""
    first: int
    unjudged_first: int
    """Of the first papers that count as wrong, how many nobody has judged."""
    weekly: int
    budget: int
    """Papers read in all weeks at ``weekly`` papers a week, the budget of the settings."""
    methods: tuple[Method, ...]
    reliability: tuple[Bin, ...]
    """Of the papers that the cheap stage passes, by score."""
    curves: dict[str, tuple[Point, ...]]
    lanes: LanesResult
    months: tuple[MonthFigures, ...]
    ranking: tuple[Read, ...]
    """Best first, without those that score 0 and do not belong."""


class Evaluation(Model):
    """Everything ``survey-bot evaluate`` found."""

    survey: str
    seed: int
    rounds: int
    """Draws of the bootstrap."""
    embedder: str
    taxonomy: str
    """Start of the sha256 of the classes and their rules."""
    targets: Lanes
    """Of the settings."""
    notes: tuple[str, ...] = ()
    placement: tuple[PlacementResult, ...]
    llm: LlmResult | None = None
    """None where no language model was asked."""
    scope: ScopeResult | None = None


def reliability(found: metrics.Bins) -> tuple[Bin, ...]:
    """Bins with the intervals of their shares."""
    low, high = metrics.interval_of_share(found.right * found.papers, found.papers)
    columns = zip(found.papers, found.confidence, found.right, low, high, strict=True)
    return tuple(
        Bin(papers=int(papers), confidence=float(mean), right=float(right), low=float(least), high=float(most))
        for papers, mean, right, least, most in columns
    )


def rows(methods: tuple[Method, ...], measures: Mapping[str, Measure], **words: int) -> list[tuple[str, ...]]:
    """A table: the measure, the first method with its interval, the value of each other one."""
    found = []
    for key, measure in measures.items():
        arrow = "" if measure.higher_is_better else " ↓"
        others = (shown(method.values[key], measure) for method in methods[1:])
        found.append(
            (
                measure.name.format(**words) + arrow,
                shown(methods[0].values[key], measure, interval=True),
                *others,
            )
        )
    return found


def shown(value: Value, measure: Measure, *, interval: bool = False) -> str:
    """A figure in two digits, with its interval if asked."""
    if value.value is None:
        return "–"
    spec = ".1%" if measure.percent else ".2f"
    if not interval or value.low is None or value.high is None:
        return format(value.value, spec)
    return f"{value.value:{spec}} ({value.low:{spec}}–{value.high:{spec}})"
