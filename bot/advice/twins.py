"""Papers that may stand on the list twice, and what else two papers should not share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping

import numpy as np

from bot import addresses, ids
from bot.advice.piece import CLOSE, Advice, Known
from bot.models import Paper
from bot.titles import ALIKE, alike, normal, tail

RUN = 3
"""Words in a row that are compared of abstracts."""
COPIED = 0.3
"""Share of their runs of words from which two abstracts are wordings of one. Of papers on one subject it is below 0.05
(0.046 is the most among the first survey's 5,671 pairs of different works)."""
REUSED = 0.1
"""The same where the titles are alike too: a later version under a new id."""
FEW = 4
"""A link that more papers share than this is the place of a group, not of a paper."""
_ROWS = 500

Pair = tuple[str, str]


def twins(known: Known) -> Iterator[Advice]:
    """Duplicates, and what else two papers share."""
    found = list(duplicate(known))
    told = {one.papers for one in found}
    yield from found
    yield from shared_link(known, told)
    yield from shared_name(known, told)


def duplicate(known: Known) -> Iterator[Advice]:
    """Two ids, one paper: by title or abstract. Titles that are equal are an error, which the check of form tells."""
    papers = known.library.papers
    titles, abstracts = _titles(papers), _abstracts(known)
    for pair in sorted(titles.keys() | abstracts.keys(), key=lambda pair: tuple(map(ids.sort_key, pair))):
        one, other = (papers[key] for key in pair)
        said, share = abstracts.get(pair, 0.0), titles.get(pair) or alike(one.title, other.title)
        fits = share >= CLOSE or said >= COPIED or (share >= ALIKE and said >= REUSED)
        if not fits or normal(one.title) == normal(other.title):
            continue
        evidence = [f"“{paper.title}”, {paper.year}, {', '.join(paper.labels)}" for paper in (one, other)]
        evidence.append(f"in common: {share:.0%} of the titles' words" + _runs(known, pair, said))
        evidence += ["they share a link"] if _links(one) & _links(other) else []
        sentence = (
            f"{known.named(pair[0])} and {known.named(pair[1])} may be one work; keep one, with the labels of both"
        )
        weight = min(0.95, max(share - 0.2 if share >= CLOSE else 0.0, 0.45 + said) + 0.1 * (len(evidence) > 3))
        yield Advice("duplicate", sentence, tuple(evidence), pair, weight=weight)


def shared_link(known: Known, told: Collection[tuple[str, ...]]) -> Iterator[Advice]:
    """Two different papers with one page or repository: one of the two links is wrong, or they are one work."""
    papers = known.library.papers
    owners: dict[str, list[str]] = defaultdict(list)
    for key, paper in papers.items():
        for link in _links(paper):
            owners[link].append(key)
    for link, keys in sorted(owners.items()):
        if 1 < len(keys) <= FEW and tuple(keys) not in told:
            names = " and ".join(map(known.named, keys))
            sentence = f"{names} have one link: is it that of both?"
            yield Advice("shared-link", sentence, (link,), tuple(keys), weight=0.4)


def shared_name(known: Known, told: Collection[tuple[str, ...]]) -> Iterator[Advice]:
    """Papers that people call alike: who says the name may mean either."""
    named: dict[str, list[str]] = defaultdict(list)
    for key, paper in known.library.papers.items():
        if paper.short_name != paper.title:
            named[re.sub(r"[\W_]", "", paper.short_name.casefold())].append(key)
    for keys in named.values():
        if len(keys) > 1 and tuple(keys) not in told:
            name = known.library.papers[keys[0]].short_name
            titles = tuple(f"{key} “{known.library.papers[key].title}”" for key in keys)
            sentence = f"{len(keys)} listed papers are called {name}; tell them apart in `short` if they are two"
            yield Advice("shared-name", sentence, titles, tuple(keys), weight=0.2)


def _titles(papers: Mapping[str, Paper]) -> dict[Pair, float]:
    """Pairs of like titles; a title counts with its name in front and without."""
    found: dict[Pair, float] = {}
    for shorten in (str, tail):
        words = {key: set(normal(shorten(paper.title)).split()) for key, paper in papers.items()}
        for pair, share in _alike(words, ALIKE).items():
            found[pair] = max(share if shorten is str else 0.0, alike(*(papers[key].title for key in pair)))
    return found


def _abstracts(known: Known) -> dict[Pair, float]:
    """Pairs of abstracts that have runs of words in common."""
    runs = {}
    for key, record in known.records.items():
        words = normal(record.abstract).split()
        runs[key] = {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return _alike(runs, REUSED)


def _alike(sets: Mapping[str, Collection[Hashable]], least: float) -> dict[Pair, float]:
    """Pairs whose sets have at least this share in common (Jaccard), by one sparse product instead of all pairs."""
    from scipy.sparse import csr_matrix

    keys = [key for key in sets if sets[key]]
    column: dict[Hashable, int] = {}
    places = [[column.setdefault(one, len(column)) for one in sets[key]] for key in keys]
    if len(keys) < 2:
        return {}
    sizes = np.array([len(one) for one in places])
    flat = np.concatenate([np.array(one, dtype=np.intp) for one in places])
    shape = len(keys), len(column)
    held = csr_matrix((np.ones(len(flat), np.float32), flat, np.r_[0, np.cumsum(sizes)]), shape=shape)
    found = {}
    for start in range(0, len(keys), _ROWS):
        both = (held[start : start + _ROWS] @ held.T).toarray()
        share = both / (sizes[start : start + _ROWS, None] + sizes[None, :] - both)
        for row, other in zip(*np.nonzero(share >= least), strict=True):
            if start + row < other:
                found[_pair(keys[start + row], keys[other])] = float(share[row, other])
    return found


def _pair(one: str, other: str) -> Pair:
    first, second = sorted((one, other), key=ids.sort_key)
    return first, second


def _runs(known: Known, pair: Pair, said: float) -> str:
    both = all(key in known.records for key in pair)
    return f", {said:.0%} of the abstracts' runs of {RUN} words" if both and said else ""


def _links(paper: Paper) -> set[str]:
    """Its pages and repositories, without those that name a host or an owner only."""
    links = {addresses.key(link.url) for link in (*paper.code, *paper.website)}
    return {link for link in links if not re.fullmatch(r"(?:github|gitlab|huggingface)\.\w+(?:/[^/]+)?", link)}
