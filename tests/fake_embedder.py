"""A readable arithmetic stand-in for a sentence model: every word counts in one of a few dozen dimensions."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from bot.ports import Vectors

DIMENSIONS = 48


class FakeEmbedder:
    """Texts that share words are similar. ``texts`` remembers all that was ever embedded, in order."""

    def __init__(self, name: str = "fake", max_chars: int = 900) -> None:
        self.id = f"{name}@000000000000"
        self.max_chars = max_chars
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        vectors[:, 0] = 0.1  # so that a text without words has a direction too
        for row, text in enumerate(texts):
            for word in re.findall(r"[a-z]{3,}", text.lower()):
                vectors[row, 1 + hashlib.sha256(word.encode()).digest()[0] % (DIMENSIONS - 1)] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
