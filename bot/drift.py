"""The drift radar: do doubtful papers form a class that the taxonomy lacks? By their words alone; no model is needed.

Doubtful are papers a human was asked about, and those whose first class was a weak guess. Each is its TF-IDF vector,
less the mean of the listed papers: what all papers of the field say counts for nothing. Average linkage joins papers
while they are more alike than 97% of the pairs of listed papers that share no class. What comes of it is told only
when its papers are more like each other than like the papers and the rulebook of any class, by as much again.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bot import ids, texts
from bot.classify import words
from bot.clusters import LEAST, Cluster
from bot.fates import HELD, NO_CLASS, OUT, Fate, State
from bot.models import Library, Taxonomy
from bot.phrases import count
from bot.ports import Archive, Progress

LOW = 0.7
"""Confidence in the first class below which a paper that was not asked about is doubtful too: a plain line."""
LISTED = 20
"""Listed papers with an abstract, below which nobody can tell what is alike."""
_UNLIKE = 0.97
"""The share of the pairs of listed papers without a common class that are less alike than two papers of a cluster."""
_FLOOR = 0.05
"""Papers that are less alike are not alike at all, however clear-cut the listed classes are."""
_MOST = 1_000
"""Doubtful papers that are looked at, the latest."""
_TERMS, _NEAR = 5, 2
_LONGEST = 40
"""Characters of a term: longer ones are no words."""
_LIFT = 3.0
"""A term is so many times as frequent among the papers as elsewhere."""
_ADDRESS = re.compile(r"\S*(?:://|www\.)\S*")

Floats = npt.NDArray[np.float64]
Texts = Mapping[str, Sequence[str]]
"""Sentences (see ``bot.texts``) by the id of a paper or of a class."""


class Radar(NamedTuple):
    """What was found, among how many ``doubtful`` papers, and what the operator should know, one sentence each."""

    clusters: tuple[Cluster, ...]
    doubtful: int
    """Those whose abstract is known; all of them where there are too few to look at."""
    notes: tuple[str, ...] = ()
    failed: bool = False
    """arXiv could not be read."""


def look(library: Library, fates: Mapping[str, Fate], archive: Archive, progress: Progress) -> Radar:
    """Look for clusters among the doubtful papers whose abstract can be had. Never raises."""
    library = library.under_current_ids()
    asked = doubtful(fates.values())[-_MOST:]
    if len(asked) < LEAST:
        return Radar((), len(asked))
    found = archive.find([*asked, *library.papers], progress)
    read = {key: texts.record_sentences(texts.clean_record(one)[0]) for key, one in found.records.items()}
    notes = (f"{found.problem}; the papers without an abstract are left out",) if found.problem else ()
    new = {paper: read[paper] for paper in asked if paper in read}
    known = {paper: read[paper] for paper in library.papers if paper in read}
    if len(known) < LISTED:
        few = f"{count(len(known), 'listed paper')} with an abstract: too few to tell what is alike; it takes {LISTED}"
        return Radar((), len(new), (*notes, few), bool(found.failed))
    rulebook = {label: texts.class_sentences(path) for label, path in library.taxonomy.paths.items()}
    labels = {paper: library.papers[paper].labels for paper in known}
    clusters = tuple(_told(one, fates) for one in clustered(new, known, rulebook, labels))
    return Radar(clusters, len(new), notes, bool(found.failed))


def doubtful(fates: Iterable[Fate]) -> list[str]:
    """Papers whose class is in doubt, the oldest first; what is out of scope, or refused, is none."""
    return sorted((fate.id for fate in fates if ids.is_arxiv(fate.id) and _is_doubtful(fate)), key=ids.sort_key)


def still_open(cluster: Cluster, fates: Mapping[str, Fate]) -> Cluster | None:
    """What is left of a cluster when its papers have been decided on since; None where that is too little."""
    left = tuple(paper for paper in cluster.papers if paper in fates and _is_doubtful(fates[paper]))
    return cluster.model_copy(update={"papers": left}) if len(left) >= LEAST else None


def sentence(cluster: Cluster, taxonomy: Taxonomy) -> str:
    """What people are told of it, in plain text that is not escaped."""
    parts = [f"terms {', '.join(cluster.terms)}"] * bool(cluster.terms)
    names = [taxonomy.leaf(label).name for label in taxonomy.current(cluster.near) if label in taxonomy.paths]
    parts += [f"nearest {'class' if len(names) == 1 else 'classes'} {', '.join(names)}"] * bool(names)
    parts += [f"scope {cluster.scope:.2f} on average"] if cluster.scope is not None else []
    month = ids.sort_key(cluster.papers[0])[1][:6]
    since = f"{date(int(month[:4]), int(month[4:]), 1):%B %Y}"
    return f"{len(cluster.papers)} papers since {since} look like a class of their own: {'; '.join(parts)}"


def _is_doubtful(fate: Fate) -> bool:
    if fate.scope is None or fate.opinion == OUT:
        return False
    weak = fate.opinion == NO_CLASS or (fate.confidence is not None and fate.confidence < LOW)
    held = fate.state is State.SEEN and fate.reason.startswith(HELD)
    return fate.state is State.ASKED or (
        weak and (held or fate.state in (State.PROPOSED, State.ACCEPTED, State.CORRECTED))
    )


def _told(cluster: Cluster, fates: Mapping[str, Fate]) -> Cluster:
    scopes = [scope for paper in cluster.papers if (scope := fates[paper].scope) is not None]
    return cluster.model_copy(update={"scope": round(sum(scopes) / len(scopes), 4) if scopes else None})


# --- the arithmetic ---------------------------------------------------------------------------------------------------


def clustered(new: Texts, listed: Texts, rulebook: Texts, labels: Mapping[str, Sequence[str]]) -> list[Cluster]:
    """Clusters of the ``new`` papers that no class of the ``rulebook`` explains, the largest first.

    ``labels``: the classes (keys of ``rulebook``) of the ``listed`` papers. A new paper may be listed too; then it says
    nothing of the class it is in.
    """
    if len(new) < LEAST or len(listed) < LISTED or not rulebook:
        return []
    papers = list(dict.fromkeys([*new, *listed]))
    row = {paper: place for place, paper in enumerate(papers)}
    known = [row[paper] for paper in listed]
    said = [texts.stressed(new.get(paper) or listed[paper]) for paper in papers]
    alike = _alike([*said, *(texts.joined(own) for own in rulebook.values())], known)
    among = np.array([[label in labels[paper] for label in rulebook] for paper in listed])
    line = _line(alike[np.ix_(known, known)], among)
    found, stems = list[Cluster](), list[frozenset[str]]()
    for group in _groups(alike[: len(new), : len(new)], line):
        own = float(alike[np.ix_(group, group)][np.triu_indices(len(group), 1)].mean())
        outside = [place not in group for place in known]
        columns = [[*np.array(known)[outside & among[:, at]], len(papers) + at] for at in range(len(rulebook))]
        near = np.array([alike[np.ix_(group, column)].mean() for column in columns])
        if own >= line and own - near.max() >= line:
            best = [list(rulebook)[at] for at in np.argsort(-near, kind="stable")[:_NEAR]]
            members = sorted((papers[place] for place in group), key=ids.sort_key)
            stems = stems or [_stems(text) for text in (*listed.values(), *rulebook.values())]
            others = [own for own, there in zip(stems, [*outside, *rulebook], strict=True) if there]
            terms = _terms([new[paper] for paper in members], others)
            facts: dict[str, Any] = {"alike": round(own, 4), "nearest": round(float(near.max()), 4)}
            found.append(Cluster(papers=tuple(members), terms=terms, near=tuple(best), **facts))
    return sorted(found, key=lambda one: (-len(one.papers), ids.sort_key(one.papers[0])))


def _alike(said: Sequence[str], known: Sequence[int]) -> Floats:
    """The cosines of the texts' vectors, less the mean of the ``known`` ones: shape (texts, texts)."""
    _, vectors = words.vectoriser(said)
    product = np.asarray((vectors @ vectors.T).toarray())
    to_mean = product[:, known].mean(axis=1)
    product += to_mean[known].mean() - to_mean[:, None] - to_mean[None, :]
    length = np.sqrt(np.maximum(np.diag(product), 1e-12))
    product /= length[:, None] * length[None, :]
    return np.asarray(product)


def _line(alike: Floats, among: npt.NDArray[np.bool_]) -> float:
    """How alike two listed papers without a common class hardly ever are; 1.0 where every pair has one."""
    apart = np.triu(~(among @ among.T), 1)
    return max(_FLOOR, float(np.quantile(alike[apart], _UNLIKE))) if apart.any() else 1.0


def _groups(alike: Floats, line: float) -> list[list[int]]:
    """Papers that average linkage joins above the line, by their rows."""
    from sklearn.cluster import AgglomerativeClustering

    joined = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - line
    ).fit_predict(1 - alike)
    groups = [np.flatnonzero(joined == name).tolist() for name in sorted(set(joined.tolist()))]
    return [group for group in groups if len(group) >= LEAST]


def _stems(text: Sequence[str]) -> frozenset[str]:
    return frozenset(words.stems(texts.joined(text)))


def _terms(papers: Sequence[Sequence[str]], others: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """Words that half of the papers say, and others hardly: by the share of them times the log of the lift."""
    said = [_ADDRESS.sub(" ", texts.joined(paper)) for paper in papers]
    often = Counter(stem for text in said for stem in set(words.stems(text)))
    elsewhere = Counter(stem for other in others for stem in other)
    rated = dict[str, float]()
    for stem, many in often.items():
        share = many / len(said)
        lift = share * (1 + len(others)) / (1 + elsewhere[stem])
        if share >= 0.5 and lift >= _LIFT and stem.isalpha():
            rated[stem] = share * math.log(lift)
    best = sorted(rated, key=lambda stem: (-rated[stem], stem))[:_TERMS]
    shown = words.said(" ".join(said), frozenset(best))
    forms = (shown[stem] for stem in best if stem in shown)
    return tuple(form.lower() if form.istitle() else form for form in forms if form.isalpha() and len(form) <= _LONGEST)
