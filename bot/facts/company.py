"""Whose claim it is, what it is compared with, what narrows it, and the words to quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.facts.claims import pattern
from bot.models import short_name
from bot.models.facts import LONGEST_QUOTE, RELATIVE, Quantity

_WE = pattern(
    r"\b(?:we|our|ours|us)\b|\bthis (?:paper|work|study|article|letter|report)\b"
    r"|\bis (?:proposed|introduced|presented)\b"
)
_OTHERS = pattern(
    r"\b(?:than|outperform\w*|surpass\w*|exceed\w*|beat\w*|like|such as|e\.g\.|versus|vs\.?|compared (?:to|with)"
    r"|relative to|unlike|against|match\w*|approach(?:es|ing)|that of|comparable to|on par with|rival\w*|instead of"
    r"|rather than|larger|bigger|traditional|existing|prior|previous|conventional|other|typical\w*|current|standard"
    r"|baselines?|(?:state-of-the-art|SOTA)(?! (?:performance|results?|success|accuracy)))\b"
)
_BREAK = pattern(r"[,;:](?!\d)|\b(?:while|whereas|but|though|although)\b|\s-\s|\band (?=\w+s\b|\w+ing\b)")
_RELATIVE_CLAUSE = pattern(r"\s*(?:which|that|whose)\b")
_STARTS_WITH_OTHERS = pattern(
    r"\s*(?:however|although|while|despite|yet|unfortunately|typically|recent(?:ly)?|existing|current|prior|previous"
    r"|conventional|traditional|most|many|state-of-the-art)\b"
)
_NOT_OURS = pattern(r"\s*(?:for\s+)?(?:(?:the|in)\s+)?(?:\w+\s+)?(?:baselines?|previous|prior|existing)\b")
_THAN = pattern(
    r"\b(?:(?<!less )(?<!more )(?<!fewer )than|compared (?:to|with|against)|in comparison (?:to|with)|relative to|over"
    r"|versus|vs\.?|against|with respect to)\s+(?P<what>(?!\d)[^,;()]{2,70}?)"
    r"(?=\s*(?:[,;()]|\.(?:\s|$)|:\s|\b(?:while|whilst|and|with|without|on|in|for|at|when|across|by|as|to|using|under|via"
    r"|but|that|which|where|during|thereby|enabling|achieving|from)\b|$))"
)
_AT_FIRST = pattern(r"(?:compared (?:to|with)|relative to|in contrast to|over)\s+(?P<what>[^,;()]{2,70})\s*,")
_OF_WHAT = pattern(
    r"\s*of\s+(?P<what>the\s+(?:[\w-]+\s+){0,3}?(?:baselines?|original(?:\s+(?:model|policy|VLA))?"
    r"|full (?:model|dataset)|teacher)|full fine-tuning)\b"
)
_LARGER = pattern(r"\s*-?\s*(?:larger|bigger)\b")
_LARGER_THAN = pattern(
    r".*\b(?:to|with|than|of|outperforms?|outperforming|match(?:es|ing)?|surpass(?:es|ing)?|rival(?:s|ing)?)\s+"
    r"(?P<what>[\w -]{2,40}?)"
    r"\s*(?:that are|which are)?\s*$"
)
_FIGURE = re.compile(r"\d(?:\.\d+)?\s*(?:%|x\b|\\times)")
_NOTES = {
    Quantity.PARAMETERS: r"trainable|learnable|activated|active|fine-tun(?:ing|ed)|tuned|updated|updates|LoRA",
    Quantity.SPEEDUP: r"training|convergence|converge\w*|(?:data )?collection|(?:task )?completion|execution"
    r"|denoising|decoding|inference|throughput|rollouts?|rendering|simulation|planning",
    Quantity.LATENCY: r"reaction|end-to-end|per[- ](?:step|action|chunk|token|frame)|denoising|chunk|async\w*",
    Quantity.FREQUENCY: r"action[- ]chunks?|chunks?|chunk-level|async\w*|trajectory|amortized",
    Quantity.THROUGHPUT: r"training|rollout|action[- ]chunks?|chunk\w*|async\w*",
    Quantity.TRAINING: r"pre-?training|pre-?trained|fine-?tuning|fine-?tuned|post-training|adaptation",
    Quantity.DATA: r"per[- ]task|pre-?training|fine-?tuning|adaptation|downstream|human|synthetic|real[- ]world",
    Quantity.TOKENS: r"visual|vision|image|action|reasoning|training sequence|cache",
    Quantity.MEMORY: r"KV|training|GPU|VRAM|peak|model size",
    Quantity.COMPUTE: r"training|inference|backbone|LLM",
    Quantity.ENERGY: r"",
}


def turn(title: str, sentences: Sequence[str]) -> int:
    """The first sentence in which authors speak of their own work; what stands before is the state of the art."""
    name = _name(title)
    for place, sentence in enumerate(sentences):
        if _WE.search(sentence) or (name and name in sentence):
            return place
    return 0


def ours(title: str, sentence: str, start: int, end: int, unit: str) -> bool:
    """Whether what stands at ``start`` to ``end`` is said of the paper's own method."""
    before = sentence[:start]
    speaks = bool(_WE.search(sentence)) or bool(_name(title) and _name(title) in sentence)
    if _STARTS_WITH_OTHERS.match(sentence) and not speaks:
        return False
    if unit in RELATIVE:
        return True
    opened = before.rfind("(")
    if opened > before.rfind(")"):  # (7B parameters) tells of what stands before it
        owner = re.findall(r"[\w.-]+", before[:opened])[-1:]
        if unit == "M parameters" and owner:
            return owner[0] in ("parameters", "model", "policy", "size", _name(title))
        before = before[:opened]
    edges = [0, *(match.end() for match in _BREAK.finditer(before))]
    inner = before[edges[-1] :]
    if len(edges) > 1 and _RELATIVE_CLAUSE.match(inner):  # compared with BakerNet, which runs at 3 Hz
        inner = before[edges[-2] :]
    return not _OTHERS.search(inner) and not _NOT_OURS.match(sentence[end:])


def relative_to(sentence: str, start: int, end: int) -> str:
    """What a comparison is with, verbatim; empty where the sentence does not say, or says it of several at once."""
    if re.search(r"\brespectively\b", sentence[end:]):
        return ""
    after = re.split(r";|\.\s|\d", sentence[end : end + 160], maxsplit=1)[0]
    for match, text in ((_OF_WHAT.match(after), after), (_THAN.search(long := sentence[end : end + 160]), long)):
        if match and not _FIGURE.search(text[: match.start()]):
            return match["what"].strip(" $-")
    if _LARGER.match(sentence[end:]):
        match = _LARGER_THAN.match(sentence[max(0, start - 120) : start])
        return match["what"].strip() if match else ""
    match = _AT_FIRST.match(sentence.strip())
    return match["what"].strip() if match else ""


def note(quantity: Quantity, words: str) -> str:
    """The word of a claim that narrows it: a chunk-level 50 Hz is not a token-level 50 Hz."""
    found = re.search(rf"\b(?:{_NOTES[quantity]})\b", words, re.IGNORECASE) if _NOTES[quantity] else None
    return " ".join(found[0].split()) if found else ""


def quote(sentence: str, start: int, end: int) -> str:
    """The sentence, or the clauses of it around this place that have room in a quote."""
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    edges = [0, *(match.end() for match in re.finditer(r"[,;:](?=\s)|\)(?=\s)", sentence)), len(sentence)]
    first = max(place for place, edge in enumerate(edges) if edge <= start)
    last = min(place for place, edge in enumerate(edges) if edge >= min(end, len(sentence)))
    while True:
        if last + 1 < len(edges) and edges[last + 1] - edges[first] <= LONGEST_QUOTE:
            last += 1
        elif first and edges[last] - edges[first - 1] <= LONGEST_QUOTE:
            first -= 1
        else:
            break
    found = sentence[edges[first] : edges[last]].strip().rstrip(",;:")
    return found if len(found) <= LONGEST_QUOTE else sentence[max(0, start - 120) :][:LONGEST_QUOTE].strip()


def _name(title: str) -> str:
    name = short_name(title)
    return name if name != title else ""
