"""Unit vectors, made into fewer."""

from __future__ import annotations

import numpy as np

from bot import texts
from bot.ports import Reading, Vector


def pooled(reading: Reading) -> Vector:
    """The mean of a text's sentence vectors, each as it counts (``bot.texts.stress``), made unit: (dimensions,).

    Of vectors that cancel out the first one speaks; the mean of none is zeros, which is like nothing.
    """
    vectors = reading.vectors
    total = np.asarray(texts.stress(reading.sentences), dtype=np.float32) @ vectors
    length = float(np.linalg.norm(total))
    if length < 1e-6 * max(1, len(vectors)):
        return np.asarray(vectors[0] if len(vectors) else total, dtype=np.float32)
    return np.asarray(total / length, dtype=np.float32)
