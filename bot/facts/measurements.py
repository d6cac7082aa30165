"""Numbers with a unit of their own: parameters, Hz, ms, GB, tokens/s, GPU hours, demonstrations."""

from __future__ import annotations

import re

from bot.facts.claims import Claim, Place, pattern
from bot.models.facts import Quantity

_PARAMS = pattern(r"[\s-]*(?:(?:trainable|learnable|active|activated|total|model)[\s-]+)?param")
_MODEL = pattern(
    r"[\s-]+(?:VLAs?|vision-language|(?:\w+ )?polic(?:y|ies)|model|backbone|VLM|LLM|MLLM|language model|transformer"
    r"|action expert|(?:diffusion|flow|foundation|generalist|robot|embodied|open)\b)"
)
_OWN_ARTICLE = pattern(r"\b(?:a|an)\b")
_OF_PARAMS = pattern(r"\b(?:params?|parameters?|parameter counts?|model size|size)\s*(?:\(|of|is|to|with)?\s*$")
_SEVERAL = pattern(
    r"\b(?:ranging|spanning|across|sizes|scal(?!ed (?:up )?to\b)\w+|from)\b[^,;]*$"
    r"|\d\s*[BM]?-?\s*(?:,|and|or|/)+\s*(?:and|or)?\s*$"
)
_SHRUNK = pattern(r"\b(?:reduc\w*|shrink\w*|compress\w*|cut\w*|lower\w*|prun\w*|down|distill\w*)\b")
_LATENCY = pattern(
    r"latency|latencies|inference|respon[sd]|reaction|per (?:step|action|frame|inference|token|chunk)"
    r"|forward pass|decod"
)
_CLAUSE = pattern(r"[,;:]|\band\b")
_ADDED = pattern(
    r"\s*(?:[\w-]+\s+){0,2}(?:overhead|budget|exposure|delays?|window|horizon|deadline|interval|threshold)\b"
)
_SETTLES = pattern(r"step response|(?:rise|settling) times?|actuat\w+ delay")
"""Times of a machine and not of a method."""
_SENSOR = pattern(
    r"camera|sensor|record|captur|IMU\b|dataset|low-level|tactile|annotat|sampled|stream|audio|encoder|video|servo"
    r"|inner loop|board|sampling|acqui|perception rate"
)
_RUNS = pattern(
    r"control|frequen|infer|run|rate|throughput|execut|operat|real-time|polic|speed|deploy|generat|achiev|action|plan"
    r"|reach|updat|respon|at\s*$"
)
_MEMORY = pattern(r"memory|VRAM|footprint")
_ENERGY = pattern(r"power (?:consum|draw|usage|use)|energy|consum|per inference")
_CARD = pattern(r"\bGPUs?\s*(?:with|of|\()?\s*$|\bwith\s*$")
_TRAIN = pattern(r"\b(?:pre-?train\w*|train\w*|fine-?tun\w*|converg\w*|adaptation)\b")
_OF_TRAINING = pattern(r"\s*of\s+(?:[\w-]+\s+)?(?:pre-?|post-)?(?:train|fine-?tun)(?!\w*\s+(?:data|videos?|samples))")
_OF_DATA = pattern(
    r"\s*of\s+(?:[\w-]+\s+){0,4}?(?:data|videos?|demonstrations?|demos|interactions?|trajector\w+|experience|play"
    r"|teleoperation|recordings?)\b"
)
_NEEDS = pattern(
    r"\b(?:only|just|merely|as (?:few|little|low|small) as|fewer than|less than|requir\w+|needs?|needing"
    r"|limited(?: set)?(?: of)?|small number|small set|few-shot|minimal)\b|<"
)
_MOST = 1000
"""Demonstrations: more than these is a data set, not a need."""
_SUFFICES = pattern(r"\b(?:from|with|using|given|on|by|requir\w+|needs?)\s*$")


def measured(place: Place) -> Claim | None:
    """What a number with a unit of its own is a claim of."""
    measure, before, after = place.measure, (place.earlier + place.before)[-60:], place.after[:45]
    if measure.unit == "M parameters":
        return _parameters(measure.words, before, after, measure.was)
    if measure.unit in ("Hz", "frames/s"):
        return _frequency(measure.words, before, after)
    if measure.unit == "ms":
        near = _LATENCY.search(before[-45:]) or _LATENCY.match(after.lstrip(" -"))
        words = f"{_CLAUSE.split(before)[-1]}|{after[:20]}"
        no = _ADDED.match(after) or _SETTLES.search(before + after)
        return Claim(Quantity.LATENCY, None, "ms", words) if near and not no else None
    if measure.unit == "GB":
        near = _MEMORY.search(before[-40:]) or _MEMORY.search(after[:22])
        return Claim(Quantity.MEMORY, None, "GB", before) if near and not _CARD.search(before) else None
    if measure.unit in ("W", "J"):
        near = _ENERGY.search(before[-40:]) or _ENERGY.search(after[:25])
        return Claim(Quantity.ENERGY, None, measure.unit, before) if near else None
    if measure.unit == "GFLOPs":
        return Claim(Quantity.COMPUTE, None, "GFLOPs", before)
    if measure.unit == "demonstrations":
        return _demonstrations(place, before)
    if measure.unit.endswith("/s"):
        return Claim(Quantity.THROUGHPUT, None, measure.unit, before)
    return _time(place, before) if measure.unit in ("GPU hours", "minutes") else None


def _parameters(words: str, before: str, after: str, was: str) -> Claim | None:
    own = (
        _MODEL.match(after)
        and not re.search(r"\b(?:on|for)\s*$", before)
        and (_OWN_ARTICLE.search(words) or re.search(r"\bour\s*$", before))
    )
    several = _SHRUNK.search(before) is None if was else _SEVERAL.search(before) is not None
    if several or not (_PARAMS.match(after) or _OF_PARAMS.search(before) or own):
        return None
    return Claim(Quantity.PARAMETERS, None, "M parameters", before[-20:] + "|" + after[:30])


def _frequency(words: str, before: str, after: str) -> Claim | None:
    runs = _RUNS.search(f"{before} {words} {after[:30]}")
    if not runs or _SENSOR.search(f"{before[-45:]}|{after[:30]}"):
        return None
    return Claim(Quantity.FREQUENCY, None, "Hz", f"{before}|{after}")


def _time(place: Place, before: str) -> Claim | None:
    if place.measure.unit == "GPU hours":
        return Claim(Quantity.TRAINING, None, "GPU hours", before[-40:])
    if _OF_DATA.match(place.after):
        few = _NEEDS.search(place.measure.words) or _NEEDS.search(before[-35:])
        return Claim(Quantity.DATA, None, "minutes", before[-40:]) if few else None
    trains = _TRAIN.search(before[-45:]) and not re.match(r"\s*of\b|\s*-?long", place.after)
    if trains or _OF_TRAINING.match(place.after):
        return Claim(Quantity.TRAINING, None, "minutes", before[-40:])
    return None


def _demonstrations(place: Place, before: str) -> Claim | None:
    measure = place.measure
    if measure.low == 1 and measure.high is None:
        enough = _SUFFICES.search(before) is not None
    else:
        enough = (_NEEDS.search(measure.words) or _NEEDS.search(before[-40:])) is not None
    if not enough or (measure.high or measure.low) > _MOST:
        return None
    return Claim(Quantity.DATA, None, "demonstrations", f"{before[-30:]}|{place.after[:20]}")
