"""The units that abstracts write behind their numbers."""

from __future__ import annotations

import re

_CARD = r"\s*-?(?:NVIDIA\s+)?(?:[A-Z]+\d+\s*-?)?(?:GPU|TPU|A100|A800|H100|H200|H800|L40S?|V100)s?[\s-]?(?:GPUs?[\s-]?)?"
_A_SECOND = r"s?\s*(?:/|per)\s*(?:s|sec|second)\b"
_DEMOS = r"(?:demonstrations?|demos?|trajector(?:y|ies)|episodes?|rollouts?)\b"
_PLAIN = r"(?!(?:and|or|of|the|with|than|in|on|from|for|per|times?|fold|hours?|minutes?|out|to|by)\b)[A-Za-z][\w-]*\s+"

UNITS: tuple[tuple[str, float, re.Pattern[str]], ...] = (
    ("x", 1.0, re.compile(r"\s*(?:x\b(?!\s*\d)|[\s-]?times\b|[\s-]?folds?\b)", re.IGNORECASE)),
    ("%", 1.0, re.compile(r"\s*(?:%(?!\s?p\b)|percent\b)(?!\s*(?:percentage\s)?points?)", re.IGNORECASE)),
    ("GPU hours", 1.0, re.compile(rf"{_CARD}hours?\b")),
    ("GPU hours", 24.0, re.compile(rf"{_CARD}days?\b")),
    ("tokens/s", 1.0, re.compile(rf"\s*token{_A_SECOND}", re.IGNORECASE)),
    ("actions/s", 1.0, re.compile(rf"\s*action{_A_SECOND}", re.IGNORECASE)),
    ("samples/s", 1.0, re.compile(rf"\s*sample{_A_SECOND}", re.IGNORECASE)),
    ("frames/s", 1.0, re.compile(rf"\s*(?:FPS\b|frame{_A_SECOND})", re.IGNORECASE)),
    ("Hz", 1.0, re.compile(r"\s*-?Hz\b", re.IGNORECASE)),
    ("Hz", 1000.0, re.compile(r"\s*-?kHz\b", re.IGNORECASE)),
    ("ms", 1.0, re.compile(r"\s*-?(?:ms|milliseconds?)\b", re.IGNORECASE)),
    ("ms", 1000.0, re.compile(r"\s*-?(?:s|sec|seconds?)\b")),
    ("W", 1.0, re.compile(r"\s*-?(?:W|[Ww]atts?)\b(?!/)")),
    ("W", 0.001, re.compile(r"\s*-?(?:mW|milliwatts?)\b")),
    ("J", 1.0, re.compile(r"\s*-?(?:J|[Jj]oules?)\b")),
    ("J", 0.001, re.compile(r"\s*-?mJ\b")),
    ("GB", 1.0, re.compile(r"\s*-?(?:GB|GiB)\b")),
    ("GB", 0.001, re.compile(r"\s*-?(?:MB|MiB)\b")),
    ("M parameters", 1000.0, re.compile(r"\s*-?(?:B|[Bb]illion)(?![A-Za-z])")),
    ("M parameters", 1.0, re.compile(r"\s*-?(?:M|[Mm]illion)(?![A-Za-z])")),
    ("minutes", 60.0, re.compile(r"\s*-?(?:hours?|hrs?|h)\b")),
    ("minutes", 1.0, re.compile(r"\s*-?(?:minutes?|mins?)\b")),
    ("demonstrations", 1.0, re.compile(rf"\s*\)?[\s-]+(?:of\s+)?(?:{_PLAIN}){{0,4}}?{_DEMOS}", re.IGNORECASE)),
    ("demonstrations", 1.0, re.compile(r"\s+(?:samples?|examples?)\b", re.IGNORECASE)),
    ("GFLOPs", 1.0, re.compile(r"\s*GFLOPs?\b", re.IGNORECASE)),
    ("GFLOPs", 1000.0, re.compile(r"\s*TFLOPs?\b(?!/)", re.IGNORECASE)),
)
"""The unit a fact has, by how much a number grows when it is told in it, and how authors write it; first match wins."""
