"""What of a reply can be used: a strict reading of what a language model wrote. Pure.

What decides (the verdict, the ranking) is accepted as it should be or not at all. What explains is kept as far as it
can be shown: quotes that stand in the paper, words that are plain.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, cast

from bot import texts
from bot.models import Record, ScopeVerdict
from bot.opinion.question import MOST, VERDICTS, Case, cut
from bot.suspicion import instructing

LONGEST = 20_000
"""Characters of a reply that are read, after what a model thought aloud; a sound one has about a thousand."""
STARTS = 50
"""Braces that are tried as the beginning of the reply: prose before it may hold formulas."""
QUOTES, QUOTE, WORDS = 3, 600, 3
"""Quotes that are shown, their characters, and the words one needs to prove anything."""
LINE, NAME = 300, 80
"""Characters of a line of the model's, and of a method's name."""
LATIN = 0.5
"""Of the letters of a line; with fewer it is in another language than it was asked for."""

FALSE_QUOTE = "LLM rationale left out: a quote does not stand in title or abstract"
NO_QUOTE = "LLM rationale left out: it quotes nothing"
INSTRUCTING = "LLM words left out: they instruct their reader"
NOT_LATIN = "LLM words left out: they are not in Latin letters"

_THOUGHT = "</think>"
_AROUND = " \"'`“”‘’«»„‚."
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_SWALLOWED = str.maketrans({"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
"""A formula that was not escaped: JSON reads the beginning of ``\\times`` as a tab."""


class Fault(Exception):  # noqa: N818 (it is the reply's, and no error of the program)
    """Why a reply cannot be used, in a sentence that holds none of the model's words."""


class PlaceReply(NamedTuple):
    """A usable reply to *place*, named as in ``bot.models.Opinion``."""

    ranked: tuple[str, ...]
    quotes: tuple[str, ...]
    why_not: str
    name: str
    idea: str
    false_quotes: int
    problems: tuple[str, ...]


class ScopeReply(NamedTuple):
    """A usable reply to *scope*, named as in ``bot.models.Opinion``."""

    scope: ScopeVerdict
    reason: str
    deciding: str
    false_quotes: int
    problems: tuple[str, ...]


def parse_scope(text: str, case: Case) -> ScopeReply:
    """Read a reply to *scope*. Raises Fault."""
    found = _found(text, ("deciding", "reason", "verdict"), decisive="verdict")
    verdict = found["verdict"]
    if not isinstance(verdict, str) or verdict.strip() not in VERDICTS:
        raise Fault("verdict is none of in, adjacent and out")
    quotes = _Quotes([_text(found, "deciding")], case)
    words = _Words()
    reason = words.line(_text(found, "reason"))
    scope = cast(ScopeVerdict, verdict.strip())
    if problem := quotes.problem:
        return ScopeReply(scope, "", "", quotes.false, (problem,))
    return ScopeReply(scope, reason, quotes.shown[0], 0, words.problems)


def parse_place(text: str, case: Case) -> PlaceReply:
    """Read a reply to *place*. Raises Fault."""
    found = _found(text, ("name", "idea", "ranked", "quotes", "why_not"), decisive="ranked")
    ranked = _ranked(found["ranked"], case.offered)
    quotes = _Quotes(_texts(found, "quotes"), case)
    words = _Words()
    idea, why_not = words.line(_text(found, "idea")), words.line(_text(found, "why_not"))
    name = _name(_text(found, "name"), case)
    if (problem := quotes.problem) and (ranked or quotes.false):
        return PlaceReply(ranked, (), "", name, "", quotes.false, (problem,))
    return PlaceReply(
        ranked, quotes.shown if ranked else (), why_not if ranked[1:] else "", name, idea, 0, words.problems
    )


# --- JSON ------------------------------------------------------------------------------------------------------------


def _found(text: str, keys: tuple[str, ...], *, decisive: str) -> dict[str, Any]:
    """The one JSON object of a reply that has any of the keys, whatever stands around it.

    What a model thought aloud may be long, and holds no reply; a quote may hold the mark that ends a thought.
    """
    for reply in (text, text.partition(_THOUGHT)[2]):
        with suppress(Fault):
            return _read(reply, keys, decisive)
    return _read(text.rpartition(_THOUGHT)[2], keys, decisive)


def _read(text: str, keys: tuple[str, ...], decisive: str) -> dict[str, Any]:
    """What ends before the last mark of a thought was thought."""
    text = text.strip()
    if not text:
        raise Fault("it is empty")
    if len(text) > LONGEST:
        raise Fault(f"it is longer than {LONGEST:,} characters")
    text = _ESCAPE.sub(_escaped, text)
    thought = text.rfind(_THOUGHT)
    objects = [one for one, end in _objects(text) if end > thought and not one.keys().isdisjoint(keys)]
    if not objects:
        raise Fault(f"it holds no valid JSON object with the keys {', '.join(keys)}")
    if len(objects) > 1:
        raise Fault("it holds more than one JSON object")
    if decisive not in objects[0]:
        raise Fault(f"the key {decisive} is missing")
    return objects[0]


def _objects(text: str) -> Iterator[tuple[dict[str, Any], int]]:
    """Each with the place where it ends."""
    start = text.find("{")
    for _ in range(STARTS):
        if start < 0:
            return
        end = start + 1
        try:
            found, end = _DECODER.raw_decode(text, start)
            yield found, end
        except (ValueError, RecursionError):
            pass
        start = text.find("{", end)


def _escaped(escape: re.Match[str]) -> str:
    """An escape of JSON as it is; before all else but an apostrophe a backslash is meant as one, as in formulas."""
    if escape[1] in '"\\/bfnrt' or len(escape[1]) > 1:
        return escape[0]
    return "'" if escape[1] == "'" else f"\\{escape[0]}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Fault("a key stands in it twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# Line breaks inside strings are let pass; whole numbers of any length are read as what takes no time.
_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number, parse_int=float, strict=False)


# --- what decides ----------------------------------------------------------------------------------------------------


def _ranked(value: Any, offered: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Fault("ranked is not a list of class ids")
    labels = tuple(one.strip() for one in value)
    if not set(labels) <= set(offered):
        raise Fault("ranked names something that is none of the classes' ids")
    if len(set(labels)) < len(labels):
        raise Fault("ranked names a class twice")
    if len(labels) > MOST:
        raise Fault("ranked names more than three classes")
    return labels


# --- what explains ---------------------------------------------------------------------------------------------------


def _text(found: Mapping[str, Any], key: str) -> str:
    """A text; one that is missing is worth no second turn."""
    value = found.get(key)
    if value is not None and not isinstance(value, str):
        raise Fault(f"{key} is not a text")
    return value or ""


def _texts(found: Mapping[str, Any], key: str) -> list[str]:
    value = found.get(key)
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise Fault(f"{key} is not a list of texts")
    return value or []


def _plain(text: str) -> str:
    """One clean line; half a surrogate pair, which no file could hold, becomes a question mark."""
    return texts.clean(text.encode(errors="replace").decode())[0]


class _Quotes:
    """What a model says stands in the paper: what can be ``shown``, and how much of it is ``false``."""

    def __init__(self, given: list[str], case: Case) -> None:
        paper = [_plain(case.record.abstract), _plain(case.record.title)]
        said = [forms for forms in map(_readings, given) if forms[0]]
        found = [next((one for one in forms if any(one in text for text in paper)), "") for forms in said]
        self.false = found.count("")
        proofs = [quote for quote in found if len(quote.split()) >= WORDS]
        self.shown = tuple(dict.fromkeys(map(_beginning, proofs)))[:QUOTES]

    @property
    def problem(self) -> str:
        """Why nothing the model says in its own words is kept; empty where its quotes are good."""
        if self.false:
            return FALSE_QUOTE
        return "" if self.shown else NO_QUOTE


def _readings(quote: str) -> tuple[str, str]:
    """A quote as it was said, and as it was meant where a formula in it was not escaped."""
    return _plain(quote).strip(_AROUND), _plain(quote.translate(_SWALLOWED)).strip(_AROUND)


def _beginning(quote: str) -> str:
    """As much of it as is shown, still verbatim."""
    return quote if len(quote) <= QUOTE else quote[: QUOTE + 1].rpartition(" ")[0] or quote[:QUOTE]


class _Words:
    """A model's own words, as far as they can be shown to people, and why others cannot."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._problems))

    def line(self, text: str) -> str:
        """The text as one line of bounded length; empty where people could not read it, or should not."""
        text = _plain(text)
        letters = [char for char in text if char.isalpha()]
        if not letters:
            return ""
        latin = sum(unicodedata.name(char, "").startswith("LATIN") for char in letters)
        if latin < LATIN * len(letters):
            self._problems.append(NOT_LATIN)
            return ""
        line = cut(text, LINE)
        if instructing(text) or instructing(line):
            self._problems.append(INSTRUCTING)
            return ""
        return line


def _name(text: str, case: Case) -> str:
    """The name if it can be one; else none."""
    name = _plain(text).strip(_AROUND)
    return name if len(name) <= NAME and is_named(name, case.record) else ""


def is_named(name: str, record: Record) -> bool:
    """Whether this stands in title or abstract as a word of its own, and is no order."""
    alone = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    stands = any(alone.search(_plain(one)) for one in (record.title, record.abstract))
    return stands and any(map(str.isalpha, name)) and not instructing(name)
