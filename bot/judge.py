"""One judgement of one paper: scope, placement, precedents, rationale and the lane they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot import texts
from bot.classify.placement import Placement
from bot.classify.rationale import rationale
from bot.errors import DataError
from bot.models import Judgement, Lane, Library, Precedent, Ranked, Record, Scope
from bot.ports import Neighbour, Vector
from bot.scope import NEAREST, KeywordRule, ScopeModel
from bot.settings import Settings


class EmbeddedJudge:
    """Judges without a language model: keyword rule, words and sentence embeddings (``bot.ports.Judge``)."""

    neighbours = NEAREST
    """How many precedents it looks at and shows."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library, self._settings = library.under_current_ids(), settings
        self._rule = KeywordRule(settings.scope)

    def ruled_out(self, record: Record) -> str | None:
        """Why the paper cannot belong, from its words alone, or None."""
        return self._rule.ruled_out(record)

    def fit(self, entries: Mapping[str, str], vectors: Mapping[str, Vector]) -> None:
        """Learn from the listed papers and the rulebook: texts and vectors by paper id and by leaf id.

        Raises DataError when the taxonomy has no class.
        """
        taxonomy, papers = self._library.taxonomy, self._library.papers
        if not taxonomy.paths:
            raise DataError(
                "there is no class", where="taxonomy.yaml", remedy="add one below `children:` of the survey"
            )
        labels = {paper.id: [label for label in paper.labels if label in taxonomy.paths] for paper in papers.values()}
        self._placement = Placement([leaf.id for leaf in taxonomy.leaves])
        self._placement.fit(entries, labels, vectors)
        listed = [vectors[paper_id] for paper_id in papers if paper_id in vectors]
        self._scope = ScopeModel(self._rule, np.array(listed, dtype=np.float32))

    def judge(self, record: Record, vector: Vector, near: Sequence[Neighbour], flags: Sequence[str]) -> Judgement:
        """What to do with a paper, and why; ``near`` are the listed papers most like it."""
        scope = self._scope.judge(record, [neighbour.similarity for neighbour in near])
        placement = self._placement.rank(texts.record_text(record), vector)
        labels = self._labels(placement)
        lane, reason = self._lane(scope, placement)
        rival = next((ranked.label for ranked in placement if ranked.label not in labels), None)
        return Judgement(
            scope=scope,
            lane=lane,
            reason=reason,
            placement=placement,
            labels=labels,
            precedents=self._precedents(near),
            rationale=rationale(record, labels, rival, self._library.taxonomy),
            flags=tuple(flags),
        )

    def _labels(self, placement: Sequence[Ranked]) -> tuple[str, ...]:
        further = self._settings.placement.further
        return tuple(ranked.label for i, ranked in enumerate(placement) if i == 0 or ranked.probability >= further)

    def _lane(self, scope: Scope, placement: Sequence[Ranked]) -> tuple[Lane, str]:
        names = [
            f"{self._library.taxonomy.leaf(ranked.label).name} {ranked.probability:.2f}" for ranked in placement[:2]
        ]
        lines = self._settings.scope
        if scope.score < lines.ask:
            lacking = f"; holds no term of {', '.join(scope.missing)}" if scope.missing else ""
            return Lane.SKIP, f"out of scope: {scope.score:.2f}, the survey's line is {lines.ask:.2f}{lacking}"
        if scope.score < lines.propose:
            return Lane.ASK, f"perhaps out of scope: {scope.score:.2f}, sure from {lines.propose:.2f}; {names[0]}"
        if placement[0].probability < self._settings.placement.propose:
            return Lane.ASK, f"in scope ({scope.score:.2f}), but the class is unsure: {', '.join(names)}"
        return Lane.PROPOSE, f"scope {scope.score:.2f}, {names[0]}"

    def _precedents(self, near: Sequence[Neighbour]) -> tuple[Precedent, ...]:
        papers = [(self._library.papers.get(neighbour.id), neighbour.similarity) for neighbour in near]
        return tuple(
            Precedent(id=paper.id, title=paper.short_name, link=paper.link, labels=paper.labels, similarity=similarity)
            for paper, similarity in papers
            if paper
        )
