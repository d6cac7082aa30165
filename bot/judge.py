"""One judgement of one paper: scope, placement, precedents, rationale and the lane they lead to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot import lanes, texts
from bot.classify import words
from bot.classify.placement import Placement
from bot.classify.rationale import rationale, unusual
from bot.errors import DataError
from bot.models import Judgement, Lane, Library, Opinion, Part, Precedent, Ranked, Record, Scope
from bot.opinion.fusion import differences, fused
from bot.phrases import apart
from bot.ports import Neighbour, Past, Reading
from bot.scope import KeywordRule, ScopeModel
from bot.settings import Settings
from bot.suspicion import suspicious

PRECEDENTS = 5
OF_THE_CLASS = 3
"""So many precedents are of the proposed class, if there are; then one of the runner-up; then the nearest others."""
NEARBY = 0.1
"""Listed papers whose confidence is no further off tell how often the bot was right at a confidence like this one."""
TRACK = 10
"""Of fewer such papers nothing is told."""
RIVAL = 0.05
"""A second class less probable than this is not worth a reader's second."""
TOLD = 3
"""Classes whose score is told part by part."""
DIFFERS = {
    "scope": "does not see it inside the survey",
    "none": "says that no class fits",
    "class": "puts another class first",
}
"""What ``bot.opinion.fusion.differences`` finds, in words."""


class EmbeddedJudge:
    """Judges by keyword rule, words and sentence embeddings (``bot.ports.Judge``); no language model is needed."""

    neighbours = 100
    """Among so many of the nearest papers those are looked for that are shown as precedents."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library, self._settings = library.under_current_ids(), settings
        self._rule = KeywordRule(settings.scope)

    def ruled_out(self, record: Record) -> str | None:
        """Why the paper cannot belong, from its words alone, or None."""
        return self._rule.ruled_out(record)

    def fit(self, past: Past) -> tuple[str, ...]:
        """Learn from the past; what is odd about it, one sentence each. Raises DataError if there is no class."""
        taxonomy = self._library.taxonomy
        if not taxonomy.paths:
            raise DataError(
                "there is no class", where="taxonomy.yaml", remedy="add one below `children:` of the survey"
            )
        self._classes = past.classes
        self.placement = Placement(list(taxonomy.paths))
        self.placement.fit(past.classes, past.papers, self._labels(past))
        self.scope = ScopeModel(self._rule)
        self.scope.fit(past)
        self.lines = self._lines(past)
        listed = (*past.papers.values(), *past.classes.values(), past.scope)
        self._usual = {stem for reading in listed for stem in words.stems(texts.joined(reading.sentences))}
        return self.lines.notes

    def judge(
        self,
        record: Record,
        reading: Reading,
        near: Sequence[Neighbour],
        flags: Sequence[str],
        opinion: Opinion | None = None,
    ) -> Judgement:
        """What to do with a paper, and why; ``near`` are the listed papers most like it.

        A language model's ``opinion`` moves the placement. A lane is what the bot alone would choose, or lower: a paper
        that the opinion differs on, or whose text is suspicious (``bot.suspicion``), is not proposed.
        """
        scope = self.scope.judge(reading, record.id)
        embedded = self.placement.rank(reading, TOLD)
        placement = fused(embedded, opinion, self._settings.llm.top_1)
        labels = tuple(ranked.label for ranked in self._chosen(placement))
        own = self._chosen(embedded) if opinion else ()
        lane = self.lines.lane(scope.score, embedded[0].probability)
        doubts = list(filter(None, [suspicious(record, flags)]))
        flags = [*flags, *(doubt for doubt in doubts if doubt not in flags)]
        doubts += [f"the language model {DIFFERS[one]}" for one in (differences(opinion, own) if opinion else ())]
        rival = next((ranked.label for ranked in placement if ranked.label not in labels), None)
        words_for = self.placement.speaking(reading, labels[0], rival)
        return Judgement(
            scope=scope,
            lane=Lane.ASK if doubts and lane is Lane.PROPOSE else lane,
            reason=self._reason(lane, scope, embedded, doubts),
            placement=placement,
            labels=labels,
            precedents=self._precedents(near, labels, rival),
            rationale=rationale(reading, labels, rival, self._library.taxonomy, self._classes, words_for),
            unusual=unusual(reading, self._usual),
            track=self._track(embedded[0].probability) if labels[0] == embedded[0].label else None,
            lines=tuple(Part(name=name, value=getattr(self.lines, name)) for name in ("ask", "propose", "further")),
            flags=tuple(flags),
            opinion=opinion,
            own=own,
        )

    def _chosen(self, placement: Sequence[Ranked]) -> tuple[Ranked, ...]:
        """The classes that are proposed."""
        return tuple(
            ranked for place, ranked in enumerate(placement) if not place or ranked.probability >= self.lines.further
        )

    # --- their parts --------------------------------------------------------------------------------------------------

    def _lines(self, past: Past) -> lanes.Lines:
        """Fitted on the flow: what was seen, and the listed papers that came with it, each as if it were new."""
        scope, held_out = self.scope, self.placement.held_out
        seen = self.placement.probabilities([past.seen[paper] for paper in sorted(past.seen)][: len(scope.seen)])
        own = dict(zip(held_out.papers, held_out.confidence, strict=True))
        recent = [own.get(paper, 0.0) for paper, its in zip(past.papers, scope.recent, strict=False) if its]
        return lanes.fit(
            self._settings.lanes,
            scope.listed,
            np.r_[scope.seen, scope.listed[scope.recent]],
            np.r_[seen.max(axis=1, initial=0.0), recent],
            held_out,
            weeks=past.weeks,
        )

    def _labels(self, past: Past) -> dict[str, list[str]]:
        leaves, papers = self._library.taxonomy.paths, self._library.papers
        known = [papers[paper] for paper in past.papers if paper in papers]
        return {paper.id: [label for label in paper.labels if label in leaves] for paper in known}

    def _reason(self, lane: Lane, scope: Scope, placement: Sequence[Ranked], doubts: Sequence[str]) -> str:
        """Why the bot alone would choose this lane, and what speaks against proposing it."""
        names = [
            f"{self._library.taxonomy.leaf(ranked.label).name} {ranked.probability:.2f}"
            for place, ranked in enumerate(placement[:2])
            if not place or ranked.probability >= RIVAL
        ]
        if lane is Lane.SKIP:
            lacking = f"; holds no term of {', '.join(scope.missing)}" if scope.missing else ""
            loses = "" if self.lines.lost is None else f" (loses {self.lines.lost:.1%} of the listed papers)"
            score, line = apart(scope.score, self.lines.ask)
            return f"out of scope: {score}, the survey's line is {line}{loses}{lacking}"
        but = f"; but {' and '.join(doubts)}" if doubts else ""
        if lane is Lane.PROPOSE:
            return f"scope {scope.score:.2f}, {names[0]}{but}"
        together, least = apart(scope.score * placement[0].probability, self.lines.propose)
        return f"scope {scope.score:.2f}, {' or '.join(names)}: together {together}, proposed from {least}{but}"

    def _precedents(self, near: Sequence[Neighbour], labels: Sequence[str], rival: str | None) -> tuple[Precedent, ...]:
        """Chosen to inform: the nearest of the first class, the nearest of the runner-up, then the nearest others."""
        papers = {one.id: self._library.papers[one.id] for one in near if one.id in self._library.papers}
        own = [key for key, paper in papers.items() if labels[0] in paper.labels][:OF_THE_CLASS]
        rivals = [key for key, paper in papers.items() if rival in paper.labels and labels[0] not in paper.labels][:1]
        chosen = list(dict.fromkeys([*own, *rivals, *papers]))[:PRECEDENTS]
        return tuple(
            Precedent(
                id=one.id,
                title=papers[one.id].short_name,
                full_title=papers[one.id].title,
                link=papers[one.id].link,
                labels=papers[one.id].labels,
                similarity=one.similarity,
                of_runner_up=one.id in rivals,
            )
            for one in near
            if one.id in chosen
        )

    def _track(self, confidence: float) -> tuple[int, int] | None:
        """How often the first guess was right of how many listed papers at about this confidence."""
        held_out = self.placement.held_out
        like = np.abs(held_out.confidence - confidence) <= NEARBY
        return (int(held_out.right[like].sum()), int(like.sum())) if like.sum() >= TRACK else None
