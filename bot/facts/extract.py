"""The efficiency claims of one abstract. No model reads it: the shapes in which authors say such things are few."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import ValidationError

from bot import texts
from bot.facts import company
from bot.facts.claims import Claim, Place
from bot.facts.comparisons import compared, respectively
from bot.facts.measurements import measured
from bot.facts.measures import Measure, flat, measures
from bot.models import Record
from bot.models.facts import RELATIVE, Fact, Quantity, Sense

_LONGEST = 2000
"""Characters of a sentence that is read: arXiv takes abstracts of 1,920."""
_SOMEWHERE = re.compile(r"\s*(?:,|\.|$|(?:in|on|for|with|over|than|against|compared|relative)\b)")


def extract(record: Record) -> tuple[Fact, ...]:
    """What the abstract of a cleaned record claims of the paper's own efficiency, in its order, each claim once.

    Every quote stands in the abstract, character for character.
    """
    if record.abstract == record.title:  # there is none, see texts.clean_record
        return ()
    sentences = texts.sentences(record.abstract[: texts.LONGEST])
    first = company.turn(record.title, sentences)
    found: dict[tuple[object, ...], Fact] = {}
    for sentence in sentences[first:]:
        if len(sentence) <= _LONGEST and sentence in record.abstract:
            for fact in _facts(record.title, sentence):
                found.setdefault(fact.same, fact)
    return tuple(found.values())


def _facts(title: str, sentence: str) -> Iterator[Fact]:
    plain = flat(sentence)
    found = measures(plain)
    sure = respectively(plain, found)
    before: Claim | None = None
    for number, one in enumerate(found):
        told = sure.get(number) or _claim(plain, found, number, before)
        before = told if told and one.unit in RELATIVE else None
        own = told and company.ours(title, plain, one.start, one.end, one.unit)
        if told and own and (fact := _fact(told, one, sentence)):
            yield fact


def _claim(plain: str, found: list[Measure], number: int, before: Claim | None) -> Claim | None:
    place, one = _place(plain, found, number), found[number]
    if one.unit not in RELATIVE:
        return measured(place)
    told = compared(place._replace(listed=before is not None and before.change is Sense.LEFT))
    joined = place.after.strip() == "and" and number + 1 < len(found) and found[number + 1].unit == one.unit
    if not told and joined:  # 2x and 3x faster
        told = compared(_place(plain, found, number + 1)._replace(before=place.before, measure=one))
    goes_on = before and before.quantity is Quantity.SPEEDUP and before.unit == one.unit
    if not told and goes_on and place.before.split()[-1:] == ["and"] and _SOMEWHERE.match(place.after):
        return before  # a speed-up of 2x in simulation and 3x on a robot
    return told


def _place(plain: str, found: list[Measure], number: int) -> Place:
    one = found[number]
    start = found[number - 1].end if number else 0
    end = found[number + 1].start if number + 1 < len(found) else len(plain)
    return Place(one, plain[:start], plain[start : one.start], plain[one.end : end])


def _fact(told: Claim, measure: Measure, sentence: str) -> Fact | None:
    to = company.relative_to(sentence, measure.start, measure.end) if told.change else measure.was
    try:
        return Fact(
            quantity=told.quantity,
            change=told.change,
            bound=measure.bound,
            value=measure.low,
            high=measure.high,
            unit=told.unit,
            relative_to=to,
            note=company.note(told.quantity, told.words),
            quote=company.quote(sentence, measure.start, measure.end),
        )
    except ValidationError:  # 120% less, a range from more to less: no claim that can be meant
        return None
