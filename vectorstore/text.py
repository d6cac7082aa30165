"""The text recipe: how a sentence of any length becomes one vector. Pure.

A model reads only so much (MiniLM 256 tokens), so what is longer is cut into windows, at sentences where there are
some, every window is embedded, and the mean of their unit vectors, weighted by their lengths, is the sentence's vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bot.ports import Vector, Vectors
from bot.texts import LONGEST, sentences

RECIPE = "sentence-vectors-1"
"""Name and version; part of the index's fingerprint and of the cache's name. Change it when any function here, what is
read of a text, or how much each sentence of it counts (``bot.texts``, ``bot.vectors``) changes its answer."""


def windows(text: str, max_chars: int) -> list[str]:
    """Runs of consecutive whole sentences of at most ``max_chars`` characters, packed greedily; never an empty list.

    A sentence that is too long by itself is cut between words, and a word that is too long by itself anywhere. Of a
    text beyond ``LONGEST`` characters the rest is not read: it is no abstract, and would take the machine for hours.
    """
    return _packed(_packed_or_whole(sentences(text[:LONGEST]), max_chars), max_chars) or [""]


def _packed_or_whole(texts: Iterable[str], max_chars: int) -> Iterator[str]:
    for text in texts:
        if len(text) <= max_chars:
            yield text
        else:
            words = (word[at : at + max_chars] for word in text.split() for at in range(0, len(word), max_chars))
            yield from _packed(words, max_chars)


def _packed(parts: Iterable[str], max_chars: int) -> list[str]:
    runs: list[str] = []
    for part in parts:
        if runs and len(runs[-1]) + 1 + len(part) <= max_chars:
            runs[-1] = f"{runs[-1]} {part}"
        else:
            runs.append(part)
    return runs


def pool(vectors: Vectors, weights: Sequence[float]) -> Vector:
    """One unit vector of shape (dimensions,): the weighted mean of unit vectors (windows, dimensions), renormalised."""
    shares = np.maximum(np.asarray(weights, dtype=np.float32), 1e-6)
    mean = (vectors * shares[:, None]).sum(axis=0)
    length = float(np.linalg.norm(mean))
    if length < 1e-9:  # windows that cancel out have no mean direction; the heaviest one speaks
        return np.asarray(vectors[int(shares.argmax())], dtype=np.float32)
    return np.asarray(mean / length, dtype=np.float32)
