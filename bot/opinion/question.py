"""What a language model is asked about one paper, of bounded size: rulebook, precedents, text, shape of the reply."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from bot import texts
from bot.chat import Request
from bot.models import Judgement, Node, Precedent, Record, ScopeVerdict, Taxonomy
from bot.opinion.prompts import Prompt
from bot.suspicion import instructing

VERDICTS: tuple[ScopeVerdict, ...] = get_args(ScopeVerdict)
MOST = 3
"""Classes in a ranking."""
OFFERED = 25
"""Classes a model chooses from: of larger surveys the most probable."""
PRECEDENTS = 5
NAMES = 60
"""Classes that the scope prompt names one by one; of larger surveys it names the pillars."""

# Characters that are sent, of what could be of any length. No rule of a rulebook is cut in two while one fits.
ABSTRACT, TITLE, PRECEDENT, NAME, TRAIL = 8_000, 400, 200, 80, 240
RULES, EXCLUSIONS = 900, 300
"""Of a class."""
SURVEY_RULES, SURVEY_EXCLUSIONS = 3_000, 1_500


class Case(NamedTuple):
    """One paper to be asked about."""

    record: Record
    """Cleaned, see ``bot.texts``."""
    taxonomy: Taxonomy
    offered: tuple[str, ...]
    """Ids of the classes the model may choose from, in the order of the taxonomy."""
    precedents: tuple[Precedent, ...] = ()
    flags: tuple[str, ...] = ()
    """What cleaning the record brought to light."""


def case(record: Record, judgement: Judgement, taxonomy: Taxonomy) -> Case:
    """The case of a paper as the bot alone has judged it."""
    likeliest = {ranked.label for ranked in judgement.placement[:OFFERED]}
    return Case(
        record=record,
        taxonomy=taxonomy,
        offered=tuple(label for label in taxonomy.paths if label in likeliest),
        precedents=tuple(one for one in judgement.precedents if one.id != record.id)[:PRECEDENTS],
        flags=judgement.flags,
    )


def scope_request(case: Case, prompt: Prompt) -> Request:
    """Does the paper belong at all?"""
    values = {**_values(case), "classes": _names(case.taxonomy)}
    schema = _schema(deciding=_TEXT, reason=_TEXT, verdict={"type": "string", "enum": list(VERDICTS)})
    return Request(f"scope {case.record.id}", prompt.messages(values), "scope", schema)


def place_request(case: Case, prompt: Prompt) -> Request:
    """Which classes is it in?"""
    values = {**_values(case), "classes": "\n\n".join(_class(case.taxonomy, label) for label in case.offered)}
    ranked = {"type": "array", "items": {"type": "string", "enum": list(case.offered)}}
    quotes = {"type": "array", "items": _TEXT}
    schema = _schema(name=_TEXT, idea=_TEXT, ranked=ranked, quotes=quotes, why_not=_TEXT)
    return Request(f"place {case.record.id}", prompt.messages(values), "place", schema)


# --- the shape of the reply ------------------------------------------------------------------------------------------

_TEXT = {"type": "string"}


def _schema(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """What every service takes in strict mode, which is little: no lengths and no counts; ``reply`` checks those.

    The keys come back in this order, so what a model should think of first stands first.
    Source: https://platform.openai.com/docs/guides/structured-outputs (supported schemas)
    """
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


# --- the values of the prompts ---------------------------------------------------------------------------------------


def _values(case: Case) -> dict[str, str]:
    root = case.taxonomy.root
    title, abstract = cut(case.record.title, TITLE), cut(case.record.abstract, ABSTRACT)
    precedents = "\n".join(_precedents(case)) or "(none)"
    return {
        "survey": cut(_line(root.name), TITLE),
        "rulebook": _rulebook(root),
        "precedents": precedents,
        "title": title,
        "abstract": abstract,
        "marker": _marker("\n".join((precedents, title, abstract))),
    }


def _marker(data: str) -> str:
    """Eight hexadecimal digits, the same for the same data, that stand nowhere in it: nothing in it can end it."""
    number, small = 0, data.casefold()
    while (marker := hashlib.sha256(f"{number} {data}".encode()).hexdigest()[:8]) in small:
        number += 1
    return marker


def _rulebook(root: Node) -> str:
    definition, include = _belongs(root, SURVEY_RULES)
    exclude = _fitting(root.exclude, SURVEY_EXCLUSIONS)
    lines = [definition, *_listed("What belongs:", include), *_listed("What does not belong:", exclude)]
    return "\n".join(line for line in lines if line)


def _names(taxonomy: Taxonomy) -> str:
    """The classes by their names, a line for each pillar."""
    pillars = taxonomy.root.children
    if len(taxonomy.paths) > NAMES:
        return "\n".join(f"- {_name(pillar)}" for pillar in pillars[:NAMES])
    lines = []
    for pillar in pillars:
        below = [_name(node) for node in pillar.walk() if not node.children and node is not pillar]
        lines.append(f"- {_name(pillar)}" + (f": {', '.join(below)}" if below else ""))
    return "\n".join(lines)


def _class(taxonomy: Taxonomy, label: str) -> str:
    """A class with its rules; its id stands whole, because it is what comes back."""
    node = taxonomy.leaf(label)
    trail = _line(taxonomy.trail(label))
    definition, include = _belongs(node, RULES)
    rules = [*(f"+ {rule}" for rule in include), *(f"- {rule}" for rule in _fitting(node.exclude, EXCLUSIONS))]
    lines = [f"## {label}", trail if len(trail) <= TRAIL else f"… {trail[-TRAIL:]}", definition, *rules]
    return "\n".join(line for line in lines if line)


def _precedents(case: Case) -> Iterable[str]:
    """Their classes first: what follows on the line is a stranger's; a title that is an order is left out."""
    for one in case.precedents:
        labels = [label for label in one.labels if label in case.offered]
        title = texts.clean(one.full_title or one.title)[0]
        if labels and not instructing(title):
            yield f"- {', '.join(labels)}: {cut(title, PRECEDENT)}"


def _listed(head: str, rules: Sequence[str]) -> list[str]:
    return [head, *(f"- {rule}" for rule in rules)] if rules else []


def _belongs(node: Node, limit: int) -> tuple[str, list[str]]:
    """Definition and include rules, as far as there is room for them."""
    rules, sentences = _fitting(texts.rules(node), limit), len(texts.sentences(node.definition))
    return " ".join(rules[:sentences]), rules[sentences:]


def _fitting(rules: Sequence[str], limit: int) -> list[str]:
    """The first rules that have room together; of a first one that is too long, its beginning."""
    found: list[str] = []
    for rule in map(_line, rules):
        if sum(map(len, found)) + len(rule) > limit:
            return found or [cut(rule, limit)]
        found.append(rule)
    return found


def _name(node: Node) -> str:
    return cut(_line(node.name), NAME)


def _line(text: str) -> str:
    return " ".join(text.split())


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters of a line, ended at a word's end and with dots where more was said."""
    if len(text) <= limit:
        return text
    head, space, _ = text[: limit - 1].rpartition(" ")
    return f"{head if space else text[: limit - 2]} …"
