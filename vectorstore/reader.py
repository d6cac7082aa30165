"""Reads texts: a unit vector of every sentence, embedded once and then taken from the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from bot.errors import EmbedderError
from bot.ports import Progress, Reading, Vector, Vectors
from vectorstore import text
from vectorstore.cache import Matrix, VectorCache, key
from vectorstore.embedders import Embedder

TEXTS_A_BATCH = 32
"""Embedded and kept at once: what a kill can cost."""


class Reader:
    """``folder`` is for the cache (None: nothing is kept); ``on_problem`` is told what is wrong with it."""

    def __init__(self, embedder: Embedder, folder: Path | None, on_problem: Callable[[str], None]) -> None:
        self._embedder = embedder
        made_with = hashlib.sha256(f"{embedder.id}|{text.RECIPE}".encode()).hexdigest()
        self._cache = VectorCache(folder / f"vectors-1-{made_with[:12]}.sqlite" if folder else None, on_problem)
        self._dimensions = 0
        """Of every vector so far; 0 before the first."""

    def read(self, texts: Sequence[tuple[str, ...]], progress: Progress, label: str) -> list[Reading]:
        """A reading of each text, in order; ``progress`` counts those that must be embedded. Raises EmbedderError.

        A text is embedded once, however often it is among ``texts``. Vectors lose what float16 cannot hold whether they
        come from the cache or not, so that a run gives the same answers with a cache and without.
        """
        keys = [key(sentences) for sentences in texts]
        wanted = dict(zip(keys, texts, strict=True))
        found = self._cache.find({one: len(sentences) for one, sentences in wanted.items()})
        new = {one: sentences for one, sentences in wanted.items() if sentences and one not in found}
        if new:
            found |= progress(self._embedded(new), label, len(new))
        self._check({matrix.shape[1] for matrix in found.values()})
        vectors = {one: _unit(matrix) for one, matrix in found.items()}
        nothing = np.zeros((0, self._dimensions), dtype=np.float32)
        return [Reading(sentences, vectors.get(one, nothing)) for one, sentences in zip(keys, texts, strict=True)]

    def _embedded(self, texts: Mapping[bytes, tuple[str, ...]]) -> Iterator[tuple[bytes, Matrix]]:
        """Key and matrix of each text, in order; every batch is kept before the next is begun."""
        keys = list(texts)
        for start in range(0, len(keys), TEXTS_A_BATCH):
            some = keys[start : start + TEXTS_A_BATCH]
            vectors = iter(self._of_sentences([sentence for one in some for sentence in texts[one]]))
            batch = {one: np.array([next(vectors) for _ in texts[one]], dtype=np.float16) for one in some}
            self._cache.keep(batch)
            yield from batch.items()

    def _of_sentences(self, sentences: Sequence[str]) -> Iterator[Vector]:
        cut = [text.windows(sentence, self._embedder.max_chars) for sentence in sentences]
        vectors = self._embedder.encode([window for windows in cut for window in windows])
        at = 0
        for windows in cut:
            yield text.pool(vectors[at : at + len(windows)], [len(window) for window in windows])
            at += len(windows)

    def _check(self, dimensions: set[int]) -> None:
        """An endpoint can change the model behind a name; vectors of two models must not be compared."""
        dimensions |= {self._dimensions} - {0}
        if len(dimensions) > 1:
            raise EmbedderError(
                f"its vectors are not all of one length ({', '.join(map(str, sorted(dimensions)))})",
                where=self._embedder.id,
                remedy=f"remove {self._cache.file}" if self._cache.file else "run again",
            )
        self._dimensions = max(dimensions, default=0)


def _unit(matrix: Matrix) -> Vectors:
    vectors = matrix.astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)  # one of zeros stays like nothing
    return vectors
