"""The texts that are judged, and the cleaning of what strangers wrote."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.models import Node, Paper, Record, Taxonomy

# Zero-width and bidirectional controls: invisible, and able to hide words from a reader or to turn them round.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[$\\]|[\"'(\[]*[A-Z0-9])")
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|et al|cf|vs|resp|approx|Fig|Eq|Sec|Tab|Ref|No|Dr)|\b[A-Z])\.$")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Untrusted text as NFKC without invisible or control characters, and flags that say what was taken out."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()), ()
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    flags = ("invisible or direction-changing characters were removed",) if _INVISIBLE.search(text) else ()
    return " ".join(unicodedata.normalize("NFKC", visible).split()), flags


def clean_record(record: Record) -> tuple[Record, tuple[str, ...]]:
    """A record as it is judged and shown: title, abstract and comment cleaned, with the flags of all three."""
    title, flags = clean(record.title)
    abstract, more = clean(record.abstract)
    comment, again = clean(record.comment or "")
    update = {"title": title or record.id, "abstract": abstract, "comment": comment or None}
    return record.model_copy(update=update), tuple(dict.fromkeys(flags + more + again))


def sentences(text: str) -> list[str]:
    """The sentences of a text, verbatim but for the white space between them; ``e.g.`` and initials end none."""
    found: list[str] = []
    for piece in _pieces(text.strip()):
        if found and _NO_END.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.start() + len(match[0].rstrip())
        yield text[start:end]
        start = match.end()
    if text[start:]:
        yield text[start:]


def record_text(record: Record) -> str:
    """What is matched of a paper whose abstract is known."""
    return f"{record.title}. {record.abstract}"


def class_text(path: Sequence[Node]) -> str:
    """What is matched of a class: names from the pillar down, definition and include rules; never the exclusions."""
    leaf = path[-1]
    names = ". ".join(node.name for node in reversed(path))
    return " ".join([f"{names}.", leaf.definition, *(f"{rule}." for rule in leaf.include)])


def paper_text(paper: Paper, record: Record | None, taxonomy: Taxonomy) -> str:
    """What is matched of a listed paper: title and abstract; without one, title, note and its classes' definitions."""
    if record is not None:
        return record_text(record)
    rules = [taxonomy.leaf(label).definition for label in taxonomy.current(paper.labels) if label in taxonomy.paths]
    return " ".join([f"{paper.title}.", paper.note or "", *rules])
