"""The numbers of a sentence that have a unit, as authors and LaTeX write them: ``~7B``, ``two-fold``, ``2.5`` times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.facts.units import UNITS
from bot.models.facts import Bound

_SIGNS = (
    (re.compile(r"_\{[^{}]*\}|\^\{[^{}]*\}|_\d\b"), ""),  # pi_{0.5}: no number
    (re.compile(r"(?<=\d)~(?=\\?[A-Za-z%])"), " "),
    (re.compile(r"\\times|\u00d7"), "x"),
    (re.compile(r"\\(?:sim|approx|simeq)|[\u223c\u2248\u02dc\uff5e]"), "~"),
    (re.compile(r"(?:\bplus or minus\b|\\pm|\u00b1)\s*[\d.,]+"), ""),
    (re.compile(r"\\(?:geq?|ge)\b|\u2265"), ">"),
    (re.compile(r"\\(?:leq?|le)\b|\u2264"), "<"),
    (re.compile(r"\\(?:SI|qty)\{(?=[\d.]+\}\{)"), ""),
    (re.compile(r"\\%|\{\\percent\}"), "%"),
    (re.compile(r"[\u2010-\u2015\u2212]|--+"), "-"),
    (re.compile(r"\\[A-Za-z]+\s*(?=\{)|\\[,;: !]|[${}*]"), ""),
)
_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS = {
    **{word: float(number) for number, word in enumerate(_SMALL, 1)},
    "single": 1.0,
    "dozen": 12.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "fifty": 50.0,
    "hundred": 100.0,
}
_FRACTIONS = {
    "half": 50.0, "one third": 100 / 3, "a third": 100 / 3, "one quarter": 25.0, "a quarter": 25.0, "one fourth": 25.0,
    "one fifth": 20.0, "a fifth": 20.0, "one tenth": 10.0, "a tenth": 10.0,
}  # fmt: skip
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[kK](?=[\s-]))?"
_NUMBER = re.compile(
    rf"(?<![\w.,/_+-])(?:\+)?(?P<low>{_FIGURE}|\b(?:{'|'.join(_WORDS)})\b(?!-(?!folds?\b|times\b|to-)))"
    rf"(?:(?P<first>\s*%|\s*x|\s*k?Hz|\s*ms|\s*[BM]|\s*s)?\s*(?:-|~|\bto\b)\s*"
    rf"(?P<high>{_FIGURE}|\b(?:{'|'.join(_WORDS)})\b))?",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\+?(?P<low>{_FIGURE}|[a-z]+)(?P<first>)(?P<high>)", re.IGNORECASE)
_FRACTION = re.compile(
    rf"(?<![\w.-])(?:1/(?P<of>\d+)(?![\d/])|(?P<word>{'|'.join(word.replace(' ', '[ -]') for word in _FRACTIONS)})\b)",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:(?:(?P<few>one|two|three)\s*(?:to|-|or)\s*)?(?P<many>one|two|three|four|five)\s+orders|an?\s+(?:full\s+)?order)"
    r"[\s-]of[\s-]magnitude\b",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\b(?P<word>twice|double|doubles|doubling|thrice|triples?|tripling)\b", re.IGNORECASE)
_BOUNDS = (
    (Bound.UP_TO, r"up to|as (?:much|high|many) as|at most|a maximum of|maximum"),
    (Bound.AT_LEAST, r"more than|at least|over|above|greater than|exceeding|>|well over|a minimum of"),
    (Bound.UNDER, r"less than|fewer than|under|below|<|within|sub"),
    (Bound.ABOUT, r"approximately|about|around|roughly|nearly|almost|close to|~|some|approx\.?|on average"),
    (None, r"only|just|merely|as (?:few|little|low|small) as|a total of|a|an|the|additional|average|mean"),
)
_BEFORE = re.compile(
    "(?:" + "|".join(rf"(?P<b{place}>{words})" for place, (_, words) in enumerate(_BOUNDS)) + r")\s*-?$", re.IGNORECASE
)
_FACTOR = re.compile(r"\bfactors?\s+of\s*$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(?:about\s+|approximately\s+|over\s+|~\s*)?$", re.IGNORECASE)
_RANGING = re.compile(r"\b(?:rang\w+|vary\w*|improvements?|speed-?ups?|gains?)\s+from\s*$", re.IGNORECASE)
_TO = re.compile(r"\s*(?:[A-Za-z/-]+\s+){0,2}?(?:down\s+)?to\s+(?:just|only|merely|about|approximately|under|~)?\s*$")
_TIMES_FIRST = re.compile(r"(?<![\w.])x\s*$", re.IGNORECASE)


class Measure(NamedTuple):
    """A number with its unit; ``start`` to ``end`` in the text, the words that bound it included."""

    start: int
    end: int
    low: float
    high: float | None
    unit: str
    """One of ``model.UNITS`` or ``x`` or ``%``; only what surrounds it says what is measured."""
    bound: Bound | None
    words: str
    """The words before the number that bound it, as they stand: ``up to a``."""
    was: str = ""
    """Where it says ``from A to B``, B being this one: A as it stands."""


def flat(text: str) -> str:
    """The same with LaTeX and typographic signs made plain, character for character: places stay the same."""
    for pattern, plain in _SIGNS:
        text = pattern.sub(lambda match, plain=plain: plain.ljust(len(match[0])), text)  # type: ignore[misc]
    return text


def measures(text: str) -> list[Measure]:
    """Every number with a unit of a :func:`flat` text, from left to right; none stands in two."""
    found = [_with_unit(text, match) for match in _numbers(text)]
    several = [*(one for one in found if one), *_fractions(text), *_orders(text), *_twice(text)]
    kept: list[Measure] = []
    for one in sorted(several, key=lambda one: (one.start, -one.end)):
        before = kept[-1] if kept else None
        if before and one.start < before.end:
            continue
        if before and _is_from_to(text, before, one):
            kept[-1] = _from_to(text, before, one)
        else:
            kept.append(one)
    return kept


def _is_from_to(text: str, one: Measure, other: Measure) -> bool:
    if one.unit != other.unit or one.high or other.high:
        return False
    if not _FROM.search(text, max(0, one.start - 40), one.start):
        return other.low < one.low and text[one.end : other.start].strip() == "to"
    return _TO.fullmatch(f"{text[one.end : other.start]}{other.words} ") is not None


def _from_to(text: str, one: Measure, other: Measure) -> Measure:
    """``reduced from 30 ms to 10 ms`` is 10 ms; ``ranging from 2x to 3x`` is a range."""
    if _RANGING.search(text, max(0, one.start - 40), one.start) and other.low > one.low:
        return one._replace(end=other.end, high=other.low)
    return other._replace(start=one.start, was=text[one.start : one.end])


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Numbers and ranges; ``from 7 to 2`` is no range."""
    place = 0
    while match := _NUMBER.search(text, place):
        high = _value(match["high"]) if match["high"] else None
        if high and (high <= _value(match["low"]) or _FROM.search(text, max(0, match.start() - 40), match.start())):
            match = _ALONE.match(text, match.start()) or match
        yield match
        place = match.end()


def _with_unit(text: str, match: re.Match[str]) -> Measure | None:
    low, high = _value(match["low"]), _value(match["high"]) if match["high"] else None
    if not low or (high and high <= low):
        return None
    start, bound, words = _bounded(text, match.start())
    for unit, scale, pattern in UNITS:
        if after := pattern.match(text, match.end()):
            top = _scaled(high, scale) if high else None
            return Measure(start, after.end(), _scaled(low, scale), top, unit, bound, words)
    if sign := _TIMES_FIRST.search(text, max(0, match.start() - 12), match.start()):
        start, bound, words = _bounded(text, sign.start())
    elif factor := _FACTOR.search(text, max(0, start - 20), start):
        start, _, words = _bounded(text, factor.start())
    else:
        return None
    return Measure(start, match.end(), low, high, "x", bound, words)


def _scaled(value: float, scale: float) -> float:
    return float(f"{value * scale:.6g}")


def _value(figure: str) -> float:
    return _WORDS.get(figure.lower()) or float(figure.rstrip("kK").replace(",", "")) * (
        1000 if figure[-1] in "kK" else 1
    )


def _fractions(text: str) -> Iterator[Measure]:
    for match in _FRACTION.finditer(text):
        if match["of"]:
            share = 100 / float(match["of"]) if float(match["of"]) else 0.0
        else:
            share = _FRACTIONS[re.sub("[ -]", " ", match["word"].lower())]
        start, bound, words = _bounded(text, match.start())
        if 0 < share < 100:
            yield Measure(start, match.end(), _scaled(share, 1), None, "%", bound, words)


def _orders(text: str) -> Iterator[Measure]:
    for match in _ORDERS.finditer(text):
        start, bound, words = _bounded(text, match.start())
        value = 10 ** _WORDS[(match["many"] or "one").lower()]
        low = 10 ** _WORDS[match["few"].lower()] if match["few"] else value
        yield Measure(start, match.end(), low, value if value > low else None, "x", bound or Bound.ABOUT, words)


def _twice(text: str) -> Iterator[Measure]:
    for match in _TWICE.finditer(text):
        start, bound, words = _bounded(text, match.start())
        times = 3.0 if match["word"].lower().startswith(("th", "tr")) else 2.0
        yield Measure(start, match.end(), times, None, "x", bound, words)


def _bounded(text: str, start: int) -> tuple[int, Bound | None, str]:
    """Where the words begin that bound what starts here, what they mean, and the words."""
    end, bound = start, None
    while match := _BEFORE.search(text, max(0, start - 30), start):
        if (
            match.start()
            and (text[match.start() - 1].isalnum() or text[match.start() - 1] == "-")
            and match[0][0].isalpha()
        ):
            break
        meant = next(meaning for place, (meaning, _) in enumerate(_BOUNDS) if match[f"b{place}"])
        bound, start = bound or meant, match.start()
    return start, bound, text[start:end].strip()
