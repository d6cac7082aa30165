"""Where a paper appeared, as arXiv's comment or journal reference says it; and whether two strings name one venue.

Precision comes first: what is not clearly an appearance of this very paper at a venue known by name is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot import texts
from bot.changes import Published
from bot.models import Record
from bot.venues.clauses import Reading, blank, is_other, readings
from bot.venues.mentions import mentions, small, year_in
from bot.venues.words import CUE, FINDINGS, OTHER, PREPRINTS, PRIOR, WORKSHOP

COMMENT, JOURNAL = "arXiv comment", "arXiv journal reference"
LONGEST, LONGEST_QUOTE = 2_000, 200
"""Characters of a text that are read, and of what is quoted of it."""
_LONGEST_NAME = 90

_PERIODICAL = re.compile(
    r"\b(?:journal|transactions|letters|magazine|annals|bulletin|frontiers|review|reviews)\b", re.IGNORECASE
)
_PREPRINT = re.compile(r"rxiv|\bcorr\b|preprint", re.IGNORECASE)
_NAME_ENDS = re.compile(r"[,(;:|\[\d]|\bvol|\bno\.|\bissue\b|\.(?=\s|$)", re.IGNORECASE)
_ACRONYM = re.compile(
    r"\b(?:Conference|Symposium)\s+(?:on|of|for)\s[^()]{3,120}\((?P<name>[A-Z][A-Za-z-]{1,11})[\s'’-]*(?:\d\d|\d{4})?\)"
)
_OUTER = re.compile(
    r"^\W*(?:in\s+)?(?:proc(?:eedings|\.)?\s+(?:of\s+)?)?(?:the\s+)?|['’]?\b(?:19|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)


class _Claim(NamedTuple):
    weight: int
    said: Published


def published(record: Record) -> Published | None:
    """Where and when the paper appeared, by its journal reference or its comment; None where nothing clear says so.

    Of several the weightiest counts: a journal, a conference, its findings, a workshop. The venue is a name of
    :mod:`bot.venues.names`, with ``Findings`` or ``Workshop`` behind it where it was there; in a journal reference it
    may also be another periodical, or the acronym a conference gives itself. Never raises, whatever the texts hold.
    """
    return _best([*_claims(record.journal_ref or "", JOURNAL), *_claims(record.comment or "", COMMENT)])


def in_comment(text: str) -> Published | None:
    """What one comment says, as :func:`published` reads it."""
    return _best(list(_claims(text, COMMENT)))


def _best(claims: list[_Claim]) -> Published | None:
    """The weightiest; of several that speak of its venue, one that knows the year."""
    if not claims:
        return None
    first = max(claims, key=lambda one: one.weight).said
    return next((one.said for one in claims if one.said.venue == first.venue and one.said.year), first)


def name(text: str) -> str | None:
    """What a string of a list or of another source calls a venue, by the name people use.

    None for a preprint server, for what was only submitted, and for nothing. A venue that is not in the table keeps its
    words, without ``Proceedings of``, ordinals and years.
    """
    line = blank(texts.clean(text[:LONGEST])[0][:LONGEST])
    cue = CUE.search(line)
    if is_preprint(text) or (cue and cue["no"]):
        return None
    found = mentions(line)
    if len(found) > 1 and found[0].venue.name == "ACL" and FINDINGS.search(line[: found[0].start]):
        found = found[1:]  # the publisher's name
    for one in found:
        before, after = CUE.sub(" ", line[: one.start]), line[one.end :]
        around = f"{before} {after}"
        beside = one.workshop or WORKSHOP.search(around)
        if beside or not (is_other(one, before, after) or OTHER.search(around)):
            kind = "Workshop" if beside else "Findings" if FINDINGS.search(around) else ""
            if kind or small(before.replace("by", " ")):
                return f"{one.venue.name} {kind}".strip()
    return " ".join(_OUTER.sub(" ", line).split()).strip(" ,.;:|-–")[:_LONGEST_NAME] or None


def is_preprint(venue: str) -> bool:
    """Whether a string names no venue but a place where anybody may put a paper, or nothing."""
    plain = re.sub(r"[\W\d_]", "", venue[:LONGEST].lower())
    return (
        not plain
        or plain in PREPRINTS
        or re.fullmatch(r"(?:arxiv|corr)(?:org|corr|e?prints?|preprint|arxiv|abs|v|cs|cornelluniversity)*", plain)
        is not None
    )


def same(one: str, other: str) -> bool:
    """Whether two strings name one venue, whatever the year; a workshop is not its conference."""
    return _key(one) == _key(other)


def _key(venue: str) -> str:
    return re.sub(r"\b(?:ieee|acm|the|of|and)\b|[\W_]", "", (name(venue) or "").casefold())


def _claims(text: str, source: str) -> Iterator[_Claim]:
    whole = texts.clean(text[: 2 * LONGEST])[0][:LONGEST]
    line = blank(whole)
    found = list(readings(line, reference=source == JOURNAL))
    for one in found:
        venue = f"{one.mention.venue.name} {one.kind}".strip()
        quote = _quote(whole, one.start, one.end, one.mention.start, one.mention.end)
        year = one.year or (year_in(line) if source == JOURNAL else None)
        yield _Claim(_weight(one), Published(venue=venue, year=year, quote=quote, source=source))
    if source == JOURNAL and not found and (other := _unlisted(line)):
        quote = _quote(whole, 0, len(whole), 0, 0)
        yield _Claim(1, Published(venue=other, year=year_in(line), quote=quote, source=source))


def _weight(one: Reading) -> int:
    if one.kind:
        return {"Findings": 3, "Workshop": 2}[one.kind]
    name = one.mention.venue.name
    if name.startswith("SIGGRAPH"):  # its papers are in TOG too, and people say SIGGRAPH
        return 6
    return 5 if one.mention.venue.journal else 4


def _unlisted(line: str) -> str | None:
    """The name of a periodical, or the acronym of a conference, that is not in the table; from a journal reference."""
    cue = CUE.search(line)
    if (cue and cue["no"]) or any(pattern.search(line) for pattern in (WORKSHOP, OTHER, PRIOR, _PREPRINT)):
        return None
    if acronym := _ACRONYM.search(line):
        return None if mentions(acronym["name"]) else acronym["name"]
    begin = " ".join(_OUTER.sub(" ", _NAME_ENDS.split(_OUTER.sub(" ", line, count=1), maxsplit=1)[0]).split())
    proper = len(begin) <= _LONGEST_NAME and 2 <= len(begin.split()) <= 10 and begin[:1].isupper()
    return begin.strip(" -–'") if proper and _PERIODICAL.search(begin) else None


def _quote(whole: str, start: int, end: int, first: int, last: int) -> str:
    """The sentence, verbatim; of a long one, as much around the venue as may be quoted."""
    said = whole[start : end + 1].strip()
    if len(said) <= LONGEST_QUOTE:
        return said
    begin = max(start, min(first, last + 40 - LONGEST_QUOTE) if last - first > 60 else first - 60)
    return whole[begin : min(end + 1, begin + LONGEST_QUOTE)].strip()
