"""Does a paper belong in the survey at all? A cheap stage for everything, and a learned one for what it lets pass.

The cheap stage is the configured keyword rule. The learned stage takes seven features of a paper:

- *terms*, *share*: how many different configured terms it holds, and how near each group is to being full;
- *words*, *meaning*: two logistic regressions, on TF-IDF and on the mean sentence embedding, of listed papers against
  unlisted ones of the same flow;
- *statement*: for every rule of the survey's own statement of scope the nearest sentence of the paper, averaged;
- *class*: likeness of its words to the class that is most like it; *rules*: the same for sentences.

Each is put in units of its spread among the unlisted papers, and they are added up: with a few dozen listed papers,
equal weights were as good as fitted ones. Unlisted papers are *unlabelled*, not negatives: many belong and nobody
listed them yet. So the sum becomes a probability by positive-unlabelled learning (Elkan and Noto, 2008, Learning
classifiers from only positive and unlabeled data): the ratio of the two densities, scaled such that the papers that
score higher than a quarter of the listed ones are taken to belong. Papers a human refused weigh as much among the
negatives of the regressions as listed ones do among the positives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot import ids, texts
from bot.classify import words
from bot.classify.rules import Rules
from bot.models import Part, Record, Scope
from bot.ports import Past, Reading
from bot.settings import Scope as ScopeSettings
from bot.vectors import pooled

FEATURES = "terms", "share", "statement", "class", "rules", "words", "meaning"
LEAST_LISTED, LEAST_SEEN = 20, 30
"""Papers below which nothing is learned: then the terms alone speak."""

_PARTS = 5
"""Of the cross-validation by which known papers get features that were not fitted on themselves."""
_PURE = 0.25
"""The papers above this quantile of the listed ones are taken to belong: the anchor of the probability."""
_REST = r"\w{0,40}"
"""What ``*`` stands for; bounded, so that two of them in a term cost nothing on a "word" of a million letters."""
_JOINT = r"[\s\u2010-\u2015\u2212-]"
"""What may stand between the words of a term: white space, a hyphen, or a dash that is used as one."""

Floats = npt.NDArray[np.float64]


class KeywordRule:
    """The groups of terms of ``[scope.groups]``."""

    def __init__(self, settings: ScopeSettings) -> None:
        self._groups = settings.groups
        self._patterns = {name: _pattern(group.terms) for name, group in settings.groups.items()}
        self._required = {
            name: [(_literal(term), _fast_pattern(term)) for term in group.terms]
            for name, group in settings.groups.items()
            if group.required
        }

    def ruled_out(self, record: Record) -> str | None:
        """Why the paper cannot belong (it holds no term of a required group), or None when it could."""
        text = f"{record.title}. {record.abstract}".casefold()  # no term spans the two
        for name, terms in self._required.items():
            if not any(literal in text and pattern.search(text) for literal, pattern in terms):
                return f"holds no term of the group {name!r}"
        return None

    def found(self, sentences: Sequence[str]) -> dict[str, list[str]]:
        """The different terms a text holds, by graded group (those not ``required``; all, where all are)."""
        text = texts.joined(sentences).casefold()
        graded = [name for name, group in self._groups.items() if not group.required] or list(self._groups)
        return {
            name: list(dict.fromkeys(re.sub(_JOINT, " ", word) for word in self._patterns[name].findall(text)))
            for name in graded
        }

    def share(self, found: Mapping[str, Sequence[str]]) -> float:
        """How near the graded groups are to being full, averaged: 0 to 1."""
        return float(np.mean([min(1.0, len(terms) / self._groups[name].enough) for name, terms in found.items()]))


class ScopeModel:
    """Fitted on the past of a survey; see the module."""

    def __init__(self, rule: KeywordRule) -> None:
        self._rule = rule

    # --- learning -----------------------------------------------------------------------------------------------------

    def fit(self, past: Past) -> None:
        """Learn from listed papers, the rulebook, and what was seen and not listed."""
        listed, seen = list(past.papers.values()), [past.seen[paper] for paper in sorted(past.seen)]
        refused = np.array([paper in past.refused for paper in sorted(past.seen)], dtype=bool)
        self.calibrated = len(listed) >= LEAST_LISTED and len(seen) >= LEAST_SEEN
        self._apart: dict[str, Floats] = {}
        self.listed, self.seen = np.zeros(0), np.zeros(0)
        """Scores of the listed and of the seen papers (by id), each by a model without it; empty if not calibrated."""
        self.recent = np.zeros(0, dtype=bool)
        """Which of the listed papers came while the others were seen: with them they are the flow."""
        if not self.calibrated:
            return
        self._statement, self._rules = Rules([past.scope]), Rules(list(past.classes.values()))
        self._usual = self._rules.near(seen).mean(axis=0)
        said = [texts.joined(reading.sentences) for reading in (*past.classes.values(), past.scope)]
        self._vectoriser, vectors = words.vectoriser([*map(_stressed, (*listed, *seen)), *filter(None, said)])
        rulebook, vectors = vectors[len(listed) + len(seen) :], vectors[: len(listed) + len(seen)]
        self._classes_by_word = rulebook[: len(past.classes)].T.tocsr()
        meaning = np.array([pooled(reading) for reading in (*listed, *seen)])
        self._words = _Listed(vectors, len(listed), refused)
        self._meaning = _Listed(meaning, len(listed), refused)
        parts = np.column_stack([self._plain([*listed, *seen], vectors), self._words.apart, self._meaning.apart])
        self._centre, self._spread = parts[len(listed) :].mean(axis=0), parts[len(listed) :].std(axis=0)
        self._spread[self._spread < 1e-9] = 1.0  # where all are alike, no unit can be taken from them
        apart = (parts - self._centre) / self._spread
        self._apart = dict(zip(sorted(past.seen), apart[len(listed) :], strict=True))
        sums = apart.sum(axis=1)
        self.recent = _of_that_time(past)
        known, new = np.split(sums, [len(listed)])
        flow, not_so = np.r_[new, known[self.recent]], np.r_[refused, np.zeros(self.recent.sum(), dtype=bool)]
        self._line = _probability_line(known, flow, not_so)
        self.listed, self.seen = np.split(self._probability(sums), [len(listed)])

    # --- judging ------------------------------------------------------------------------------------------------------

    def judge(self, paper: Reading, key: str = "") -> Scope:
        """Score one paper. Where too little is known the score is the share of the terms, and no probability.

        ``key``: its id among the seen ones, if it is there; then the features are those by a model without it.
        """
        found = self._rule.found(paper.sentences)
        score, features = self._rule.share(found), np.zeros(0)
        if self.calibrated:
            features = self._apart[key] if key in self._apart else self.features([paper])[0]
            score = float(self._probability(features.sum()))
        return Scope(
            score=score,
            terms=tuple(dict.fromkeys(word for group in found.values() for word in group)),
            missing=tuple(name for name, group in found.items() if not group),
            parts=tuple(Part(name=name, value=float(value)) for name, value in zip(FEATURES, features, strict=False)),
        )

    def features(self, papers: Sequence[Reading]) -> Floats:
        """In units of their spread among the seen papers, 0 being their mean: shape (papers, features)."""
        said = self._vectoriser.transform(list(map(_stressed, papers)))
        meaning = np.array([pooled(paper) for paper in papers])
        found = np.column_stack([self._plain(papers, said), self._words.of(said), self._meaning.of(meaning)])
        return np.asarray((found - self._centre) / self._spread)

    def scores(self, papers: Sequence[Reading]) -> Floats:
        """The scores of many papers at once: (papers,)."""
        if self.calibrated and len(papers):
            return self._probability(self.features(papers).sum(axis=1))
        return np.array([self._rule.share(self._rule.found(paper.sentences)) for paper in papers])

    # --- their parts --------------------------------------------------------------------------------------------------

    def _plain(self, papers: Sequence[Reading], said: Any) -> Floats:
        """The features that are not fitted to listed papers: (papers, 5); ``said``: the papers' TF-IDF."""
        found = [self._rule.found(paper.sentences) for paper in papers]
        columns = [
            [float(np.mean([np.log1p(len(terms)) for terms in one.values()])) for one in found],
            [self._rule.share(one) for one in found],
            self._statement.near(papers)[:, 0],
            (said @ self._classes_by_word).toarray().max(axis=1),
            (self._rules.near(papers) - self._usual).max(axis=1),
        ]
        return np.array(columns, dtype=float).reshape(len(columns), len(papers)).T

    def _probability(self, sums: Floats) -> Floats:
        slope, constant = self._line
        return np.asarray(1 / (1 + np.exp(-np.clip(slope * sums + constant, -700, 700))))


class _Listed:
    """Logistic regression of listed papers (the first ``listed`` rows) against the others.

    ``apart``: the logit of every row by a model that did not see it.
    """

    def __init__(self, rows: Any, listed: int, refused: npt.NDArray[np.bool_]) -> None:
        self._rows = rows
        count = rows.shape[0]
        self._belongs = np.arange(count) < listed
        # The listed together weigh as much as the unlisted, and a refused one as much as a listed one.
        each = count / 2 / listed
        others = np.where(refused, each, count / 2 / max(1, len(refused)))
        self._weight = np.r_[np.full(listed, each), others]
        part = np.r_[np.arange(listed), np.arange(count - listed)] % _PARTS
        self.apart = np.zeros(count)
        for held in range(_PARTS):
            self.apart[part == held] = self._fitted(part != held).decision_function(rows[part == held])
        self._model = self._fitted(np.ones(count, dtype=bool))

    def of(self, rows: Any) -> Floats:
        """The logit of new rows."""
        return np.asarray(self._model.decision_function(rows))

    def _fitted(self, use: npt.NDArray[np.bool_]) -> Any:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(max_iter=2000)
        return model.fit(self._rows[use], self._belongs[use], sample_weight=self._weight[use])


def _of_that_time(past: Past) -> npt.NDArray[np.bool_]:
    """Which listed papers came while the others were seen: without them the flow would look poorer than it is."""
    seen = sorted(map(ids.sort_key, filter(ids.is_arxiv, past.seen)))
    if not seen:
        return np.zeros(len(past.papers), dtype=bool)
    first, last = seen[len(seen) // 20], seen[-1]  # an old paper may come by as a cross-list
    return np.array([ids.is_arxiv(paper) and first <= ids.sort_key(paper) <= last for paper in past.papers], dtype=bool)


def _probability_line(listed: Floats, flow: Floats, refused: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """(slope, constant) of the logit by the sum of features, from the sums of listed papers and of all that came.

    ``refused``: those of the flow that do not belong, since a human said so.
    """
    from sklearn.linear_model import LogisticRegression

    sums = np.r_[listed, flow][:, None]
    ratio = LogisticRegression(class_weight="balanced").fit(sums, np.arange(len(sums)) < len(listed))
    pure = np.quantile(listed, _PURE)
    prior = np.clip(np.mean((flow >= pure) & ~refused) / np.mean(listed >= pure), 1 / len(flow), 0.9)
    share = np.clip(prior * np.exp(ratio.decision_function(flow[:, None])), 1e-6, 1 - 1e-6)
    share[refused] = 1e-6
    both = np.r_[flow, flow][:, None]  # soft labels: each paper stands on both sides with its share
    sides = np.repeat([True, False], len(flow))
    soft = LogisticRegression().fit(both, sides, sample_weight=np.r_[share, 1 - share])
    return max(float(soft.coef_[0, 0]), 1e-6), float(soft.intercept_[0])


def _stressed(paper: Reading) -> str:
    return texts.stressed(paper.sentences)


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelled, terms))})(?!\w)")


def _fast_pattern(term: str) -> re.Pattern[str]:
    """Finds what ``_pattern`` finds, three times faster: what comes first is literal, so that ``re`` can jump to it."""
    whole = _spelled(term)
    start = re.match(r"[^\W_]*", whole)[0]  # type: ignore[index]  # it always matches
    return re.compile(rf"{start}(?<!\w{start}){whole.removeprefix(start)}(?!\w)")


def _literal(term: str) -> str:
    """The longest part of a term that stands as it is in every text that holds it; quicker to look for than that."""
    return max(re.split(rf"(?:{_JOINT}|\*)+", term.casefold()), key=len)


def _spelled(term: str) -> str:
    """The pattern of one term, without what must stand around it."""
    said = [word for word in re.split(rf"{_JOINT}+", term.casefold()) if word]
    return rf"{_JOINT}?".join(re.escape(word).replace(r"\*", _REST) for word in said)
