"""The texts that are judged, and the cleaning of what strangers wrote."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.models import Node, Paper, Record

LONGEST = 200_000
"""Characters of an abstract that are read; arXiv takes 1,920."""

# Zero-width and bidirectional controls and the like: invisible, and able to hide words or to turn them round; and
# characters of private use, which show differently, or not at all, on every machine.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\u2800\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
HIDDEN = "invisible or direction-changing characters were removed"
"""What is said of a text that held some."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[$\\]|[\"'(\[]*[A-Z0-9])")
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|et al|cf|vs|resp|approx|Fig|Eq|Sec|Tab|Ref|No|Dr)|\b[A-Z])\.$")
_TAIL = 12
"""Characters at the end of a sentence that can show that it is none."""
_OWN = re.compile(r"\b(?:we|our|this (?:paper|work)|propos\w*|introduc\w*|present\w*|novel)\b", re.IGNORECASE)


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Untrusted text as NFKC without invisible or control characters, and flags that say what was taken out."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()), ()
    visible = CONTROL.sub(" ", _INVISIBLE.sub("", text))
    flags = (HIDDEN,) if _INVISIBLE.search(text) else ()
    return " ".join(unicodedata.normalize("NFKC", visible).split()), flags


def clean_record(record: Record) -> tuple[Record, tuple[str, ...]]:
    """A record as it is judged and shown: every text of it cleaned, with the flags of all.

    Where nothing visible is left of a title or an abstract, the id or the title stands for it.
    """
    title, flags = clean(record.title)
    abstract, more = clean(record.abstract)
    comment, again = clean(record.comment or "")
    journal, last = clean(record.journal_ref or "")
    title = title or record.id
    texts = {"title": title, "abstract": abstract or title, "comment": comment or None, "journal_ref": journal or None}
    return record.model_copy(update=texts), tuple(dict.fromkeys(flags + more + again + last))


def sentences(text: str) -> list[str]:
    """The sentences of a text, verbatim but for the white space between them; ``e.g.`` and initials end none."""
    found: list[list[str]] = []
    for piece in _pieces(text.strip()):
        if found and _NO_END.search(found[-1][-1][-_TAIL:]):
            found[-1].append(piece)
        else:
            found.append([piece])
    return [" ".join(parts) for parts in found]


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.start() + len(match[0].rstrip())
        yield text[start:end]
        start = match.end()
    if text[start:]:
        yield text[start:]


def record_sentences(record: Record) -> tuple[str, ...]:
    """What is read of a paper whose abstract is known: the title, and the sentences of the abstract."""
    if record.abstract == record.title:  # there is none, see clean_record
        return (record.title,)
    return (record.title, *sentences(record.abstract[:LONGEST]))


def class_sentences(path: Sequence[Node]) -> tuple[str, ...]:
    """What is read of a class: the names from it up to its pillar, then its rules; never its exclusions.

    The exclusions carry the words of the sibling classes.
    """
    return (". ".join(node.name for node in reversed(path)), *rules(path[-1]))


def scope_sentences(survey: Node) -> tuple[str, ...]:
    """What is read of the survey's own statement of what belongs in it: its include rules, else its definition."""
    return survey.include or tuple(sentences(survey.definition))


def rules(node: Node) -> tuple[str, ...]:
    """What a class says of what belongs in it: each sentence of it is a rule."""
    return (*sentences(node.definition), *node.include)


def paper_sentences(paper: Paper, record: Record | None) -> tuple[str, ...]:
    """What is read of a listed paper: title and abstract; without one, title and note."""
    if record is not None:
        return record_sentences(record)
    return tuple(part for part in (paper.title, paper.note) if part)


def joined(parts: Sequence[str]) -> str:
    """Sentences as one text; none of them runs into the next."""
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


def stress(parts: Sequence[str]) -> tuple[int, ...]:
    """How much each sentence counts: the title, and those in which authors speak of their own work, count twice."""
    return tuple(2 if not place or _OWN.search(part) else 1 for place, part in enumerate(parts))


def stressed(parts: Sequence[str]) -> str:
    """Sentences as one text, each said as often as it counts."""
    return joined([part for part, times in zip(parts, stress(parts), strict=True) for _ in range(times)])
