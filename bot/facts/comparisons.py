"""Numbers in ``x`` and ``%``: what has become less or more by them, or is left of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.facts.claims import Claim, Place, pattern
from bot.facts.measures import Measure
from bot.facts.nouns import BETTER_HIGH, Noun, nouns
from bot.models.facts import RELATIVE, Bound, Quantity, Sense

_WORD = (
    r"(?:(?!(?:and|while|with|than|by|to|on|over|for|at|in|of|without|compared|success|accuracy|performance)\b)"
    r"[\w/\\'()-]+,?\s+)"
)
_FASTER = pattern(
    rf"\s*-?\s*(?:of\s+)?(?P<fill>{_WORD}{{0,4}}?)(?:speed[- ]?ups?|accelerations?|faster|quicker|as fast)\b"
    r"(?!\s+than\s+real)"
)
_SPED_BEFORE = pattern(
    r"\b(?:inference|training|execution|converg\w+)"
    r"(?:\s+(?:speeds?|times?|that|is|are|at|least|up|to|by|about|around|nearly|almost|over|approximately))*\s*$"
)
"""What becomes faster, where it stands before the number: ``converges at least`` **twice** ``as fast``."""
_FALL = pattern(
    rf"\s*-?\s*(?P<fill>{_WORD}{{0,4}}?)(?P<word>reductions?|decreases?|drops?|savings?|less|fewer|lower|smaller|reduced"
    r"|cuts?|decreased|compression)\b"
)
_SMALLER = pattern(r"\s*-?\s*smaller(?:\s+in\s+(?:parameter|model)?\s*size|\s+models?\b|\s+than\b|\s*[,.]|\s*$)")
_RISE = pattern(
    rf"\s*-?\s*(?P<fill>{_WORD}{{0,4}}?)(?:increases?|improvements?|gains?|boosts?|higher|greater|better|improved)\b"
)
_TAIL = pattern(rf"\s*(?:(?:in|of|for)\s+)?(?:(?:the|its)\s+)?{_WORD}{{0,3}}?")
_LARGER = pattern(r"\s*-?\s*(?:larger|bigger)\b")
_THAT_ARE = pattern(
    r"(?:(?:models?|VLAs?|policies|baselines?|counterparts?|methods)\s+(?:that\s+are\s+|which\s+are\s+)?"
    r"|\b(?:to|with|of|outperform\w*|match\w*|surpass\w*|rival\w*)\s+)$"
)
_OF = pattern(r"\s*of\s+(?:(?:the|its|all|their|our|those)\s+)?|\s+(?:the|as many)\s+")
_OF_MODEL = pattern(r"\s*of\s+(?:the\s+)?(?:(?:entire|whole|full|total|original)\s+)?(?:model|network|backbone)\b")
_SOME_WORDS = pattern(r"(?:(?!and\b|or\b)[\w'/-]+\s+){0,4}?")
_TAKES = pattern(
    r"\b(?:prun\w*|remov\w*|discard\w*|drop\w*|skip\w*|eliminat\w*|reduc\w*|cut\w*|sav(?:es?|ing)|bypass\w*)\s*$"
)
_KEEPS = pattern(
    r"\b(?:us(?:e|es|ed|ing)|with|requir\w+|needs?|retain\w*|keep\w*|updat\w*|tun\w*|train\w*|consum\w*|activat\w*|to|on|at"
    r"|leverag\w*)\s*$"
)
_FEW = pattern(r"\b(?:only|just|merely|as (?:few|little|low|small) as|less than|fewer than|under)\b|<")
_LESS = (
    r"reduc\w*|lower\w*|cut(?:s|ting)?|decreas\w*|sav(?:es?|ing)|shorten\w*|shrink\w*|compress\w*|minimi\w*|drops?|shrunk"
    r"|trim\w*|slash\w*|prun\w*|diminish\w*|curtail\w*"
)
_MORE = r"increas\w*|improv\w*|boost\w*|enhanc\w*|rais\w*|accelerat\w*|speed\w* up|gain\w*|elevat\w*"
_VERB = pattern(rf"\b(?:(?P<less>{_LESS})|{_MORE})\b")
_BY = pattern(
    rf"(?:[ )]+(?!(?:and|while|with|{_LESS}|{_MORE})\b(?!\s*$|\s+(?:by|of|to)\b))[\w/()'-]+){{0,5}}?"
    r"\s*\b(?P<word>by|of|to)\s*$"
)
_NOMINAL = pattern(r"reductions?|improvements?|increases?|gains?|savings?")
_AND = pattern(r"\s*,?\s*and\s*")
_AND_WORDS = pattern(r"\s*,?\s*and\s+(?:the\s+)?(?:[\w-]+\s+){0,2}")
_RESPECTIVELY = pattern(r"\s*,?\s*(?:on average\s*,?\s*)?respectively\b")
_SPEEDUP_OF = pattern(
    r"\b(?:speed[- ]?ups?|accelerations?)(?:\s+(?:factors?|ratios?|rates?))?"
    r"\s*(?:of|by|is|to|from|reaches|reaching|:)?\s*$"
)
_SPEEDS_BY = pattern(
    r"\b(?:accelerat(?:es?|ing|ed)|speed(?:s|ing)?[ -]up|speeds)\b(?:(?!\bwith\b|\bwhile\b)[^,;:.]){0,70}?(?:\bby)?\s*$"
)


def compared(place: Place) -> Claim | None:
    """What a number in ``x`` or ``%`` is a claim of."""
    place = place._replace(after=re.split(r"[;:]|\.\s|\d", place.after, maxsplit=1)[0])
    for shape in (_faster, _falls, _rises, _share, _larger, _direct, _sped, _verb):
        if found := shape(place):
            return found._replace(unit=place.measure.unit)
    return None


def respectively(plain: str, found: Sequence[Measure]) -> dict[int, Claim]:
    """``reduces FLOPs and latency by 60% and 40% respectively``: place of a measure -> what it is a claim of."""
    claims: dict[int, Claim] = {}
    for number, (one, other) in enumerate(pairwise(found)):
        before = re.split(r"[;:]|\.\s", plain[: one.start])[-1]
        named = list(nouns(before))[-2:]
        if (
            one.unit == other.unit
            and one.unit in RELATIVE
            and len(named) == 2
            and _AND.fullmatch(plain[one.end : other.start])
            and _AND_WORDS.fullmatch(before[named[0].end : named[1].start])
            and _RESPECTIVELY.match(plain[other.end :])
        ):
            for place, noun in ((number, named[0]), (number + 1, named[1])):
                text = f"{before[: named[0].start]}{before[noun.start : noun.end]}{before[named[1].end :]}"
                if claim := _verb(Place(found[place], "", text, "")):
                    claims[place] = claim._replace(unit=one.unit)
    return claims


def _faster(place: Place) -> Claim | None:
    """``3 times faster``, ``a 2x inference speed-up``."""
    match = _FASTER.match(place.after)
    if not match:
        return None
    sped = _SPED_BEFORE.search(place.before)
    words = f"{place.after[: match.end() + 30]} {sped[0] if sped else ''}"
    return Claim(Quantity.SPEEDUP, Sense.MORE, "", words)


def _falls(place: Place) -> Claim | None:
    """``7x fewer parameters``, ``36% KV memory reduction``, ``an 8x reduction in memory usage``."""
    match = _FALL.match(place.after)
    if not match:
        return None
    if found := _beside(match, place.after):
        fits = found.quantity not in BETTER_HIGH and not found.efficiency
        return Claim(found.quantity, Sense.LESS, "", place.after[: match.end() + 40]) if fits else None
    if place.measure.unit == "x" and not match["fill"].strip() and _SMALLER.match(place.after):
        return Claim(Quantity.PARAMETERS, Sense.LESS, "")
    return None


def _rises(place: Place) -> Claim | None:
    """``15% increase in control frequency``, ``2x higher throughput``."""
    match = _RISE.match(place.after)
    found = _beside(match, place.after) if match else None
    return _more(found, place.after[: match.end() + 40]) if match and found else None


def _more(found: Noun, words: str) -> Claim | None:
    if found.efficiency:
        return Claim(Quantity.DATA, Sense.LESS, "", words)
    return Claim(found.quantity, Sense.MORE, "", words) if found.quantity in BETTER_HIGH else None


def _beside(match: re.Match[str], after: str) -> Noun | None:
    """The quantity named in the words before or right after ``reduction``."""
    if within := list(nouns(match["fill"])):
        return within[-1]
    rest = after[match.end() :]
    return next((one for one in nouns(rest) if _TAIL.fullmatch(rest[: one.start])), None)


def _share(place: Place) -> Claim | None:
    """``prunes 85% of visual tokens``, ``using only 10% of the data``, ``half the parameters``."""
    if place.measure.unit != "%":
        return None
    if _OF_MODEL.match(place.after) and re.search(r"param\w*\s*\(\s*$", place.before, re.IGNORECASE):
        return Claim(Quantity.PARAMETERS, Sense.LEFT, "", place.before[-40:])
    match = _OF.match(place.after)
    rest = place.after[match.end() :] if match else ""
    found = next((one for one in nouns(rest) if _SOME_WORDS.fullmatch(rest[: one.start])), None)
    if not match or not found or found.quantity in BETTER_HIGH:
        return None
    words = " ".join(place.before.split()[-1:]) + place.after[: match.end() + found.end]
    if _TAKES.search(place.before):
        return Claim(found.quantity, Sense.LESS, "", words)
    goes_on = place.listed and place.before.split()[-1:] == ["and"]
    keeps = _KEEPS.search(place.before) or _FEW.search(place.measure.words) or goes_on
    return Claim(found.quantity, Sense.LEFT, "", words) if keeps else None


def _larger(place: Place) -> Claim | None:
    """``matches models that are 10x larger``."""
    if place.measure.unit == "x" and _LARGER.match(place.after) and _THAT_ARE.search(place.before):
        return Claim(Quantity.PARAMETERS, Sense.LESS, "")
    return None


def _direct(place: Place) -> Claim | None:
    """``2.5 times execution frequency``."""
    if place.measure.unit != "x":
        return None
    rest = re.sub(r"^\s*-?\s*(?:the\s+)?", "", place.after)
    found = next((one for one in nouns(rest) if not one.start), None)
    return _more(found, rest[:50]) if found else None


def _sped(place: Place) -> Claim | None:
    """``a speed-up of 3x``, ``accelerates training by 10x``."""
    if _SPEEDUP_OF.search(place.before):
        return Claim(Quantity.SPEEDUP, Sense.MORE, "", place.before[-50:])
    match = _SPEEDS_BY.search(place.before)
    by = place.before.rstrip().endswith(" by") or place.measure.bound is Bound.UP_TO
    return Claim(Quantity.SPEEDUP, Sense.MORE, "", place.before[match.start() :]) if match and by else None


def _verb(place: Place) -> Claim | None:
    """``reducing FLOPs by 60% and tokens by 3x``, ``FLOPs to 30%``, ``a reduction in memory of 2x``."""
    before = re.split(r"[;:]|\.\s", place.before)[-1]
    for found in reversed(list(nouns(before))):
        match = _BY.fullmatch(before[found.end :])
        verbs = list(_VERB.finditer(before)) if match else []
        if match and not verbs and re.match(r"[\s,]*and\b", before):
            verbs = list(_VERB.finditer(re.split(r"[;:]|\.\s", place.earlier)[-1]))
        if match and verbs:
            words = verbs[-1].string[verbs[-1].start() :]
            return _moved(found, match["word"].lower(), verbs[-1]["less"] is not None, words, place)
    return None


def _moved(found: Noun, word: str, less: bool, words: str, place: Place) -> Claim | None:
    if word == "to":
        kept = place.measure.unit == "%" and less and found.quantity not in BETTER_HIGH
        return Claim(found.quantity, Sense.LEFT, "", words) if kept else None
    if word == "of" and not _NOMINAL.search(words):
        return None
    if not less:
        return _more(found, words)
    return None if found.quantity in BETTER_HIGH else Claim(found.quantity, Sense.LESS, "", words)
