"""The hidden machine-readable block of a pull request: written by ``propose``, read back by the forges."""

import json
from typing import Any

PROPOSAL = "proposal"


def write_block(data: dict[str, Any], kind: str = PROPOSAL) -> str:
    """One line, an HTML comment: ``<!-- survey-bot:<kind> {"paper": …} -->``.

    ``data`` must be JSON. Every ``--`` in it is escaped, so that no value can end the comment, and everything beyond
    ASCII is, so that no editor can change it. Put the block at the end: the last one of a text is the one that counts.
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("--", r"\u002d\u002d")
    return f"<!-- survey-bot:{kind} {text} -->"


def read_block(text: str, kind: str = PROPOSAL) -> dict[str, Any] | None:
    """The data of the last block of this kind, or None when there is none or it cannot be read.

    Only the last counts, because what a paper's authors or a model wrote stands above it.
    """
    _, found, rest = text.rpartition(f"<!-- survey-bot:{kind} ")
    block, closed, _ = rest.partition("-->")
    if not found or not closed:
        return None
    try:
        data = json.loads(block, strict=False)  # an editor may have wrapped the line inside a value
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def read_labels(text: str) -> tuple[str, ...] | None:
    """The proposed labels a pull request's text carries, or None when they cannot be read."""
    labels = (read_block(text) or {}).get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) and label.isprintable() for label in labels):
        return None
    return tuple(labels)
