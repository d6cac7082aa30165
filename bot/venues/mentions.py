"""Where a line of text names a venue of the table, and which year stands with it. Pure; linear in the text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.venues.names import VENUES, Venue
from bot.venues.words import SMALL

_STOPS = frozenset(("on", "of", "and", "the", "for", "in", "&"))
_GAP = r"(?:[\s-]+|(?<=\.))"
_FIRST, _LAST = 1991, 2100
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
_STUCK = re.compile(r"\s?['’‘`](\d\d)(?!\d)|[-–]?(\d\d)(?!\d)")
_SPACED = re.compile(
    r"\s(2\d)(?=\s*(?:$|[,.;:()!|]|(?:oral|spotlight|poster|main|camera|accepted|highlight)\b))", re.IGNORECASE
)
_NEAR = re.compile(r"[\s,'’(\[\-–:/]*((?:19|20|21)\d\d)(?!\d)")
_OF_OTHERS = re.compile(
    r"/{3,}[\s'’(]*(?:(?:19|20|21)\d\d)?|\b(?:submitted|initially|originally|first|extension|version)\b[^,;:]*",
    re.IGNORECASE,
)
"""Other mentions with their years, and what is said of earlier tries."""
_ROMAN = re.compile(r"\s+(X{0,3}(?:IX|IV|V?I{0,3}))\b")
_ORDINAL = re.compile(r"(?<!\w)(\d{1,3})(?:st|nd|rd|th)\b|\b((?:twen|thir|for|fif|six|seven|eigh|nine)ty)?[\s-]?"
                      r"(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|"
                      r"fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|fortieth|"
                      r"fiftieth|sixtieth)\b", re.IGNORECASE)  # fmt: skip
_UNITS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}


class Mention(NamedTuple):
    """A venue's name in a text."""

    venue: Venue
    start: int
    end: int
    spelled: bool
    """By its long name; of several that stand together, any of them."""
    workshop: bool
    """The name says so itself: ``CVPRW``."""


def _word(word: str) -> str:
    """A word, or its beginning with a full stop."""
    if word == "Transactions":
        return r"(?:Transactions|Trans\b\.?)"  # often without its full stop
    rest = ""
    for place in range(len(word) - 2, 0, -1):
        letter = re.escape(word[place])
        rest = f"{letter}{rest}" if place == 1 and word != "Journal" else f"(?:{letter}{rest})?"
    return rf"(?:{re.escape(word)}|{re.escape(word[0])}{rest}\.)" if len(word) > 3 else re.escape(word)


def _spelled(name: str) -> str:
    parts = []
    for word in re.split(r"[\s-]+", name):
        bare = word.rstrip(":,")
        mark = "[:,]?" if word != bare else ""
        if bare in _STOPS:
            parts.append(f"(?:{'(?:and|&)' if bare in ('and', '&') else bare}{_GAP})?")
        else:
            parts.append(_word(bare) + mark + _GAP)
    return "".join(parts).removesuffix(_GAP)


def _patterns() -> Iterator[tuple[str, str, Venue, bool]]:
    for venue in VENUES:
        for long in venue.long:
            yield long, f"(?i:{_spelled(long)})", venue, True
        for short in (venue.name, *venue.short):
            if venue.word and short.count(" ") and "." not in short:
                yield short, _spelled(short), venue, True
            else:
                text = re.escape(short).replace(r"\ ", r"\s").replace(r"\-", r"[-–‑]")
                yield short, text if venue.word else f"(?i:{text})", venue, False


_KNOWN = sorted(_patterns(), key=lambda one: (one[0][0].lower(), -len(one[0])))


def _alternatives() -> Iterator[str]:
    """The names by their first letters, so that few are tried at any place; of two that fit, the longer one first."""
    for letter, group in itertools.groupby(enumerate(_KNOWN), key=lambda one: one[1][0][0].lower()):
        names = "|".join(f"(?P<n{place}>{one[1]})" for place, one in group)
        yield f"(?=[{letter}{letter.upper()}])(?:{names})"


_NAMES = re.compile(
    rf"(?<![\w@])(?:{'|'.join(_alternatives())})"
    r"(?P<w>-?W(?:orkshops?|S)?(?![A-Za-z])|s(?=\s+\d{4}\s+workshop))?(?![A-Za-z_])"
)


def mentions(text: str) -> list[Mention]:
    """The venues a text names, in their order; a long name with its short one behind it is one mention."""
    found: list[Mention] = []
    for match in _NAMES.finditer(text):
        place = next(number for number, text in enumerate(match.groups()) if text)
        one = Mention(_KNOWN[place][2], match.start(), match.end(), _KNOWN[place][3], bool(match["w"]))
        last = found[-1] if found else None
        between = text[last.end : one.start] if last else ""
        if last and last.venue is one.venue and re.fullmatch(r"[\s(,:'\[–-]*(?:\d{4}|'\d\d)?[\s(,:'\[–-]*", between):
            found[-1] = last._replace(
                end=one.end, spelled=last.spelled or one.spelled, workshop=last.workshop or one.workshop
            )
        else:
            found.append(one)
    return found


def year(mention: Mention, before: str, after: str) -> int | None:
    """The year a mention is of, from what stands around it in its clause, or from its number where that is certain."""
    if near := _NEAR.match(after):
        return _sane(int(near[1]))
    if stuck := _STUCK.match(after):
        short = int(stuck[1] or stuck[2])
        return _sane(2000 + short if short <= 40 else 1900 + short) or _edition(mention.venue, short)
    lead = re.split(r"[,;|]", before)[-1]
    if (inside := _YEAR.search(lead)) and small(_ORDINAL.sub(" ", lead[inside.end() :])):
        return _sane(int(inside[0]))
    if not mention.venue.journal and mention.venue.name != "NeurIPS" and (spaced := _SPACED.match(after)):
        return _sane(2000 + int(spaced[1]))
    if far := year_in(after) or year_in(_OF_OTHERS.sub(" ", before)):
        return far
    return None if _YEAR.search(after) else _numbered(mention, lead, after)


def year_in(text: str) -> int | None:
    """The year in brackets at the end of a text, else the only one in it."""
    years = [sane for one in _YEAR.findall(text) if (sane := _sane(int(one)))]
    return years[-1] if len(set(years)) == 1 or (years and re.search(r"\(\D*\d{4}\)\W*$", text)) else None


def _sane(number: int) -> int | None:
    return number if _FIRST <= number <= _LAST else None


def _numbered(mention: Mention, lead: str, after: str) -> int | None:
    for match in reversed(list(_ORDINAL.finditer(lead))):
        if small(lead[match.end() :]):
            tens, unit = match[2], (match[3] or "").lower()
            spelled = _TENS.get((tens or "").lower(), 0) + _ordinal(unit)
            return _edition(mention.venue, int(match[1]) if match[1] else spelled)
    if mention.spelled and (roman := _ROMAN.match(after)) and roman[1]:
        return _edition(mention.venue, _roman(roman[1]))
    return None


def _ordinal(word: str) -> int:
    return _UNITS.index(word) if word in _UNITS else _TENS.get(word.replace("ieth", "y"), 0)


def _roman(text: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in text]
    return sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))


def _edition(venue: Venue, number: int) -> int | None:
    held = venue.zero + number if venue.zero and number else 0
    return held if 2017 <= held <= 2040 else None


def words(text: str) -> list[str]:
    """The words of a text without the marks around them; numbers are not among them."""
    return [
        one
        for part in re.split(r"[\s/,()\[\]:;+&]+", text)
        if (one := part.strip(".'\"’“”!?-–—")) and not one.isdigit()
    ]


def small(text: str) -> bool:
    """Whether nothing stands there that could make another venue of a name."""
    return all(one.lower() in SMALL or _ORDINAL.fullmatch(one) for one in words(text))
