"""The words of texts as vectors: TF-IDF over stems, the same recipe for placement, scope and evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

FEW = 100
"""Texts; of fewer every word counts, of more those that stand in two."""

_WORD = re.compile(r"\w\w+")


def stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in their order (English: Snowball, Porter 2001)."""
    empty = _stop_words()
    return [_stem(word) for word in _WORD.findall(text.casefold()) if word not in empty]


def said(text: str, wanted: frozenset[str]) -> dict[str, str]:
    """Stem -> the first word of the text that has it, as it is written there."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        stem = _stem(word.casefold())
        if stem in wanted:
            found.setdefault(stem, word)
    return found


def vectoriser(texts: Sequence[str]) -> tuple[Any, Any]:
    """A fitted TfidfVectorizer and the texts' unit vectors, shape (texts, stems)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    # A word of a single text says nothing about the next one, unless there are hardly any texts. Where they hold no
    # word at all (digits, stop words), one that never occurs keeps the shapes.
    for least, vocabulary in ((1 if len(texts) < FEW else 2, None), (1, None), (1, ["\0"])):
        found = TfidfVectorizer(analyzer=stems, sublinear_tf=True, min_df=least, vocabulary=vocabulary)
        try:
            return found, found.fit_transform(texts)
        except ValueError:
            continue
    raise AssertionError("a fixed vocabulary is never empty")


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(100_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))
