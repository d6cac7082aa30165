"""Which of the venues a line names the paper itself appeared at, by what stands around each of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from bot.venues.mentions import Mention, mentions, small, words, year
from bot.venues.words import (
    AROUND,
    BEFORE_JOURNAL,
    BEHIND_JOURNAL,
    CUE,
    END,
    FINDINGS,
    HIDE,
    LINKING,
    NO_END,
    NUMBER,
    OTHER,
    PRIOR,
    RESUMED,
    TRACK,
    WORKSHOP,
)

Kind: TypeAlias = Literal["", "Findings", "Workshop"]


class Reading(NamedTuple):
    """That a line says the paper appeared at a venue."""

    mention: Mention
    kind: Kind
    year: int | None
    start: int
    end: int
    """Of the sentence that says so."""


_DRAFT = re.compile(r"\W*(?:\d{4})?\W*pre-?print\W*", re.IGNORECASE)
"""``NeurIPS 2025 preprint`` is none of its papers."""
_NUMBER = re.compile(r"[\s,'’(-]{0,3}\d{4,}")


def readings(line: str, reference: bool) -> Iterator[Reading]:
    """What a line says, blanked; ``reference``: it is a journal reference, and need not say "accepted"."""
    named = mentions(line)
    parts = list(_sentences(line, named))
    for place, (start, end) in enumerate(parts):
        here = [one for one in named if start <= one.start < end and line[end : end + 1] != "?"]
        loose = [
            line[a:b] for a, b in parts[max(0, place - 1) : place + 2] if not any(a <= one.start < b for one in named)
        ]
        orphan = any(WORKSHOP.search(text) and not (CUE.search(text) or PRIOR.search(text)) for text in loose)
        for index, one in enumerate(here):
            before, after = _left(line, start, one, here[:index]), _right(line, end, one, here[index + 1 :])
            kind = _kind(one, before, after, reference)
            if kind is None or _is_publisher(one, here[index + 1 :], line):
                continue
            if not one.venue.journal and _NUMBER.match(after) and year(one, before, after) is None:
                continue  # ICRA 20255: which one, nobody knows
            kind = "Workshop" if orphan and not kind and not one.venue.journal else kind
            again = (year(other, "", line[other.end : end]) for other in here[index + 1 :] if other.venue is one.venue)
            yield Reading(one, kind, year(one, before, after) or next(again, None), start, end)


def blank(text: str) -> str:
    """The text, each character where it was, without addresses, numbers of pages, marks and LaTeX."""

    def gone(match: re.Match[str]) -> str:
        return ("|" if match["url"] else " ").ljust(len(match[0]))

    return TRACK.sub(lambda match: "track".ljust(len(match[0])), HIDE.sub(gone, text))


def is_other(mention: Mention, before: str, after: str) -> bool:
    """Whether the name goes on (``Conference on Computer Vision Theory``), or is an ordinary word here."""
    if mention.venue.journal and mention.venue.word and not mention.venue.long:
        return not (BEFORE_JOURNAL.search(before) and BEHIND_JOURNAL.match(after))
    if re.match(r"\s+(?:and|&)\s+[A-Z][a-z]|-[A-Za-z]{2}", after):
        return True
    found = re.match(r"\)?[\s(:]{0,3}(?:(?:19|20)\d\d|['’]?\d\d)?\)?[\s(:]*([A-Z0-9]*[A-Z][\w@-]*)", after)
    return found is not None and not _known(found[1], AROUND, "Workshop") and not re.fullmatch(r"[XVI]+", found[1])


def _sentences(line: str, named: list[Mention]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in END.finditer(line):
        inside = any(one.start <= match.start() < one.end for one in named)
        if inside or (match[0] == "." and NO_END.search(line[max(start, match.start() - 6) : match.start()])):
            continue
        yield start, match.start()
        start = match.end()
    yield start, len(line)


def _left(line: str, start: int, one: Mention, earlier: list[Mention]) -> str:
    """What stands before a mention in its sentence, other mentions as ``///``."""
    text = line[start : one.start]
    for other in earlier:
        begin, end = other.start - start, other.end - start
        text = text[:begin] + "/" * (end - begin) + text[end:]
    return text


def _right(line: str, end: int, one: Mention, later: list[Mention]) -> str:
    """What stands behind a mention and does not belong to the next one."""
    if not later:
        return line[one.end : end]
    text = line[one.end : later[0].start]
    year_of_its_own = re.match(r"[\s,(]*(?:\d{4}|['’]\d\d)\b[)\s]*", text)
    ends = [len(text)]
    if cut := re.search(r"[,(]|\band\b|&|\bat\b|\bin conjunction\b", text[6:]):
        ends.append(cut.start() + 6)
    if (cue := CUE.search(text)) and (cue["yes"] or re.match(r"\s+(?:to|from|at|for|by|in)\b", text[cue.end() :])):
        ends.append(cue.start())
    return text[: max(min(ends), year_of_its_own.end() if year_of_its_own else 0)]


def _kind(one: Mention, before: str, after: str, reference: bool) -> Kind | None:
    """As what the paper appeared there; None where it is not said that it did."""
    cues = list(CUE.finditer(before))
    last = cues[-1] if cues else None
    between = before[last.end() :] if last else before
    if last and last["no"] and ("///" not in between or small(between.replace("/", " "))):
        return None
    if _is_another_paper(before, last.start() if last else -1):
        return None
    said = bool(last and last["yes"])
    kind = _there(one, between, after, said)
    if kind is None or (kind != "Workshop" and is_other(one, before, after)):
        return None
    if said and (kind == "Workshop" or _known(between, LINKING, kind)):
        return kind
    piece = re.split(r"[,|]", before)[-1]
    if not _known(piece, AROUND, kind):
        return None
    return kind if reference or (_stands_alone(one, after, kind) and not _goes_on(before, piece)) else None


def _is_another_paper(before: str, cue: int) -> bool:
    """Whether an earlier or another work is spoken of, or something else than a paper."""
    scope = RESUMED.split(before)[-1]
    if PRIOR.search(scope) or (PRIOR.search(before) and cue < len(before) - len(scope)):
        return True
    return cue >= 0 and bool(OTHER.search(re.split(r"[,:|/]", before[:cue])[-1]))


def _there(one: Mention, between: str, after: str, said: bool) -> Kind | None:
    """At the venue itself, or at something beside it; None for what is no publication."""
    first = re.split(r"[,|]", after.lstrip(" ,"))[0]
    if (no := CUE.search(first if said else after)) and no["no"]:
        return None
    if not said and (PRIOR.search(first) or _DRAFT.fullmatch(first)):
        return None
    cue = CUE.search(after) if said else None
    near = f"{between} {after[: cue.start()] if cue else after}"
    if one.workshop or WORKSHOP.search(near):
        return None if one.venue.journal else "Workshop"
    if OTHER.search(near):
        return None
    return "Findings" if FINDINGS.search(near) else ""


def _known(text: str, vocabulary: frozenset[str], kind: Kind) -> bool:
    """Whether every word of it may stand between a verb of appearing, or nothing at all, and a venue."""
    if kind == "Workshop" and WORKSHOP.search(text):
        return True
    more = {"findings"} if kind else set()
    return all(
        small(one) or one.lower() in vocabulary or one.lower() in more or NUMBER.match(one)
        for one in words(text.replace("/", " "))
    )


def _stands_alone(one: Mention, after: str, kind: Kind) -> bool:
    """Whether nothing but the venue is said, as authors do: ``8 pages, CoRL 2025 Oral``."""
    if one.venue.word and not one.spelled and not one.venue.journal and year(one, "", after) is None:
        return False
    return kind == "Workshop" or _known(re.split(r"[,|]", after)[0], AROUND, kind)


def _goes_on(before: str, piece: str) -> bool:
    """Whether the piece with the venue belongs to what stands before it: ``Winner of: CVPR 2024``."""
    rest = before[: len(before) - len(piece)].rstrip()
    return rest.endswith(":") or bool(OTHER.search(rest) and not rest.endswith((",", "|")))


def _is_publisher(one: Mention, later: list[Mention], line: str) -> bool:
    """``Findings of the Association for Computational Linguistics: EMNLP 2025`` was at the latter."""
    return bool(later) and one.venue.name == "ACL" and bool(re.fullmatch(r"[\s\d:]*", line[one.end : later[0].start]))
