"""The words by which abstracts name what is measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.models.facts import Quantity

_TRAINED = r"(?:pre-?training|fine-?tuning|post-training|training|adaptation)"
_NOUNS = {
    Quantity.TRAINING: rf"{_TRAINED} (?:time|costs?|compute|computation|budget|overhead|steps|iterations|FLOPs)"
    r"|GPU[- ](?:hours|time)|(?:time|hours|compute) (?:of|for) training",
    Quantity.ENERGY: r"energy(?: consumption| usage| costs?)?|power consumption",
    Quantity.LATENCY: r"latency|latencies|(?:inference|response|reaction|computation|decoding|planning|generation"
    r"|wall-clock|denoising|processing) times?|inference delays?|runtime|run-time",
    Quantity.FREQUENCY: r"(?:control |inference |execution |action |update |decision |operating )?"
    r"(?:frequency|frequencies)|(?:control|inference|update|decision) rates?|FPS|frame rate",
    Quantity.THROUGHPUT: r"throughput",
    Quantity.SPEEDUP: r"(?:inference |decoding |generation |execution |training |processing |action )*speeds?",
    Quantity.TOKENS: r"(?:(?:visual|vision|image|action|input|reasoning|output|patch|context|video)[ -])?tokens?"
    r"(?: (?:counts?|length|usage|budget|consumption))?"
    r"|(?:training |token |action |input |context )?sequences?(?: lengths?)?"
    r"|(?:reasoning|response|output|generation|CoT|chain-of-thought|rationale)(?: (?:traces?|chains?))? lengths?",
    Quantity.MEMORY: r"(?:(?:GPU|KV|peak|cache|video|inference)[ -])?(?:memory|VRAM)"
    r"(?: (?:usage|footprint|consumption|costs?|requirements?|overhead|use|demand))?|KV[- ]cache|model size|storage",
    Quantity.COMPUTE: r"[GT]?FLOPs|MACs|comput(?:e|ation|ational|ing)(?: (?:costs?|overhead|load|complexity|burden"
    r"|budget|resources|requirements?|demands?))?|inference (?:costs?|compute|overhead)",
    Quantity.PARAMETERS: r"(?:model )?param(?:eter)?s?(?:[ -](?:counts?|sizes?|budget))?",
    Quantity.DATA: r"(?:training |expert |human |robot |real |real-world |demonstration |teleoperat\w+ |labell?ed )*"
    r"(?:data|datasets?|demonstrations?|demos|trajectories|samples|interactions)"
    r"(?: (?:volume|usage|requirements?|costs?|collection))?(?!(?: collection)? times?\b)",
}
_PATTERN = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{quantity.name}>{words})" for quantity, words in _NOUNS.items()) + r")(?![\w-])",
    re.IGNORECASE,
)
_EFFICIENCY = re.compile(r"(?<![\w-])(?:data|sample)[- ]efficiency(?!\w)", re.IGNORECASE)

BETTER_HIGH = (Quantity.FREQUENCY, Quantity.THROUGHPUT, Quantity.SPEEDUP)
"""Of these more is better; of all others less is."""


class Noun(NamedTuple):
    """A named quantity at its place in a text; ``efficiency``: it is how well it is used."""

    quantity: Quantity
    start: int
    end: int
    efficiency: bool = False


def nouns(text: str) -> Iterator[Noun]:
    """All of a text, from left to right."""
    efficient = [Noun(Quantity.DATA, match.start(), match.end(), True) for match in _EFFICIENCY.finditer(text)]
    for match in _PATTERN.finditer(text):
        if not any(one.start <= match.start() < one.end for one in efficient):
            efficient.append(Noun(Quantity[str(match.lastgroup)], match.start(), match.end()))
    return iter(sorted(efficient, key=lambda one: one.start))
