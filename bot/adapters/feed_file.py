"""Papers from a file: JSON lines in the field names of arXiv's public metadata snapshot, or one of arXiv's Atom feeds.

Either may be gzipped; what a file is, its content tells, not its name. Both are read in blocks, so a feed of millions
takes no more memory than one of ten. Source of the field names: https://www.kaggle.com/datasets/Cornell-University/arxiv
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from bot import ids
from bot.errors import SourceError
from bot.markdown import shortened
from bot.models import Record

BLOCK = 1 << 18
"""Bytes taken in at once."""
LONGEST = 1 << 24
"""Bytes of the longest line that is still taken for a record."""

_TOLD = 200
"""Characters of what is wrong with a record; an id of a megabyte would fill the terminal."""

Say = Callable[[str], None]
Entry = tuple[int, dict[str, Any] | None]
"""Number of its first line, and its fields under the snapshot's names (None when it is not even an object)."""


class FileSource:
    """The papers of one file; with ``since`` / ``until``, those whose last known day is in the window (both included),
    and with ``categories`` those that are listed in one of these, cross-listed ones too.

    A record without any day is in every window, one without categories in all of them; of one that is not wanted,
    only these are looked at.
    """

    def __init__(
        self, path: Path, since: date | None = None, until: date | None = None, *, categories: Sequence[str] = ()
    ) -> None:
        self.name = str(path)
        self.elsewhere = 0
        """Records passed over so far because they are of other categories."""
        self._path = path
        self._window = (since or date.min, until or date.max) if since or until else None
        self._categories = _any_of(categories) if categories else None

    @property
    def notes(self) -> Sequence[str]:
        """How many records were passed over because they are of other categories, if any were."""
        return (
            [f"{self.name}: {self.elsewhere:,} records of other categories are passed over"] if self.elsewhere else []
        )

    def records(self, on_problem: Say) -> Iterator[Record]:
        """In the order of the file. Raises SourceError naming file and line; what came before stands."""
        feed: _JsonLines | _Atom | None = None
        self.elsewhere = 0
        try:
            with self._path.open("rb") as file:
                blocks = _blocks(file)
                first = next(blocks, b"").removeprefix(b"\xef\xbb\xbf")
                feed = _recognise(first)
                yield from self._wanted(feed.entries(chain([first], blocks)), on_problem)
        except OSError as error:
            raise self._broken(feed, f"cannot be read ({error.strerror or error})", "give a file that can") from None
        except _CutError as error:
            raise self._broken(feed, str(error), "fetch the file again; what stands before it was read") from None
        except _ForeignError as error:
            raise self._broken(feed, str(error), "give JSON lines of arXiv's metadata or an arXiv Atom feed") from None

    def _wanted(self, entries: Iterator[Entry], on_problem: Say) -> Iterator[Record]:
        good = bad = 0
        for line, values in entries:
            if self._is_passed_over(values):  # before its text is looked at: that is slow
                good += 1
                continue
            try:
                record = _record(values)
            except ValueError as error:
                on_problem(f"{self.name}:{line}: {shortened(str(error), _TOLD)}; the record is passed over")
                bad += 1
            else:
                good += 1
                yield record
        if bad and not good:
            raise _ForeignError(f"holds no paper (none of its {bad} records could be read)")

    def _is_passed_over(self, values: dict[str, Any] | None) -> bool:
        if self._window and not _within(values, *self._window):
            return True
        if values is None or self._categories is None or _is_listed(values, self._categories):
            return False
        self.elsewhere += 1
        return True

    def _broken(self, feed: _JsonLines | _Atom | None, what: str, remedy: str) -> SourceError:
        return SourceError(what, where=f"{self.name}:{feed.line}" if feed else self.name, remedy=remedy)


class _CutError(Exception):
    """The feed breaks off, or its middle is damaged."""


class _ForeignError(Exception):
    """This is no feed of papers."""


def _within(values: dict[str, Any] | None, since: date, until: date) -> bool:
    if values is None:
        return True
    day = _day(values.get("update_date")) or _day(values.get("published")) or _first_and_last(values.get("versions"))[0]
    return day is None or since <= day <= until


def _any_of(categories: Iterable[str]) -> re.Pattern[str]:
    """What finds one of these among a record's; ``cs.*`` is any of an archive, as it is in arXiv's own search."""
    known = "|".join(re.escape(category).replace(r"\*", r"\S*") for category in categories)
    return re.compile(rf"(?<!\S)(?:{known})(?!\S)", re.IGNORECASE)


def _is_listed(values: dict[str, Any], wanted: re.Pattern[str]) -> bool:
    """Whether one of its categories is wanted, or none is known."""
    told = values.get("categories")
    return not isinstance(told, str) or wanted.search(told) is not None or _CATEGORY.search(told) is None


def _record(values: dict[str, Any] | None) -> Record:
    """A record of the snapshot's fields. Raises ValueError saying what is missing.

    The checks of :class:`Record` are made here by hand and its copy fills in unchecked: twice as fast, and a feed has
    millions.
    """
    if values is None:
        raise ValueError("this is not a JSON object")
    name = values.get("id")
    if not isinstance(name, str):
        raise ValueError("there is no id" if name is None else f"the id {name!r} is not a text")
    paper_id, version = (name, None) if ids.is_arxiv(name) else ids.parse(name.rsplit("/abs/")[-1])
    title, abstract = _flat(values.get("title")), _flat(values.get("abstract"))
    if not title or not abstract:
        raise ValueError(f"{paper_id}: there is no {'abstract' if title else 'title'}")
    if len(title) > _LONGEST_TITLE:
        raise ValueError(f"{paper_id}: a title of {len(title)} characters is none")
    published, revision = _first_and_last(values.get("versions"))
    categories = values.get("categories")
    return _BLANK.model_copy(
        update={
            "id": paper_id,
            "title": title,
            "abstract": abstract,
            "version": version or revision,
            "categories": tuple(_CATEGORY.findall(categories)) if isinstance(categories, str) else (),
            "published": published or _day(values.get("published")),
            "updated": _day(values.get("update_date")),
            "comment": _flat(values.get("comments")) or None,
            "journal_ref": _flat(values.get("journal-ref")) or None,
        }
    )


_CATEGORY = re.compile(r"(?<!\S)[A-Za-z-]+(?:\.[A-Za-z-]+)?(?!\S)", re.ASCII)
"""``cs.RO``, ``hep-th``; nothing else may reach a terminal or a page."""
_LONGEST_TITLE = 2000
_BLANK = Record(id="0000.00000", title="-", abstract="-")


def _flat(text: object) -> str:
    """The text on one line; the same as ``" ".join(text.split())``, with a short way for what is clean already."""
    if not isinstance(text, str):
        return ""
    text = text.strip().replace("\n", " ")
    clean = text.isascii() and "  " not in text and not any(odd in text for odd in "\t\r\v\f\x1c\x1d\x1e\x1f")
    return text if clean else " ".join(text.split())


def _day(text: object) -> date | None:
    """The day of ``2007-05-23`` or of an Atom timestamp (both UTC); None when there is none."""
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def _first_and_last(versions: object) -> tuple[date | None, int | None]:
    """The day of the first and the number of the last of ``[{"version": "v1", "created": "Mon, 2 Apr 2007 …"}, …]``."""
    if not versions:
        return None, None
    try:
        _, day, month, year, *_ = versions[0]["created"].split()  # type: ignore[index]
        return date(int(year), _MONTHS.index(month) // 3 + 1, int(day)), int(versions[-1]["version"].lstrip("v"))  # type: ignore[index]
    except (TypeError, KeyError, IndexError, ValueError, AttributeError):
        return None, None


# --- what kind of file it is -----------------------------------------------------------------------------------------


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file in blocks, unpacked when it is gzipped (several members in a row, as ``cat`` makes them, included)."""
    packed = file.read(BLOCK)
    if not packed.startswith(b"\x1f\x8b"):
        while packed:
            yield packed
            packed = file.read(BLOCK)
        return
    member = zlib.decompressobj(wbits=31)
    while packed:
        try:
            block = member.decompress(packed, BLOCK)
        except zlib.error as error:
            raise _CutError(f"the gzip data is damaged ({error})") from None
        if block:
            yield block
        packed = member.unconsumed_tail or member.unused_data.lstrip(b"\0") or file.read(BLOCK)
        if member.eof and (packed := packed.lstrip(b"\0")):
            member = zlib.decompressobj(wbits=31)
    if rest := member.flush():
        yield rest
    if not member.eof:
        raise _CutError("the gzip data is cut short")


def _recognise(first: bytes) -> _JsonLines | _Atom:
    start = first.lstrip()[:1]
    if start == b"{":
        return _JsonLines()
    if start == b"<":
        return _Atom()
    raise _ForeignError("is empty" if not start else "is neither JSON lines nor Atom")


class _JsonLines:
    """One JSON object a line."""

    def __init__(self) -> None:
        self.line = 1

    def entries(self, blocks: Iterable[bytes]) -> Iterator[Entry]:
        """Every line that is not blank."""
        held, size = list[bytes](), 0  # the pieces of a line that goes on, joined once: a long one must cost no more
        for block in blocks:
            *lines, rest = block.split(b"\n")
            if lines:
                lines[0] = b"".join([*held, lines[0]])
                held, size = [], 0
            held.append(rest)
            size += len(rest)
            for line in lines:
                if line.strip():
                    yield self.line, _object(line)
                self.line += 1
            if size > LONGEST:
                raise _ForeignError(f"has a line of more than {LONGEST >> 20} MB, which is no record")
        rest = b"".join(held)
        if rest.strip():
            last = _object(rest)
            if last is None:
                raise _CutError("the file breaks off in the middle of a record")
            yield self.line, last


def _object(line: bytes) -> dict[str, Any] | None:
    import orjson

    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return values if isinstance(values, dict) else None


class _Atom:
    """One Atom document. Expat alone, because it tells lines, needs no tree, and lets a document type be refused."""

    def __init__(self) -> None:
        self.line = 1
        self._path: list[str] = []
        self._text: list[str] = []
        self._fields: dict[str, str] = {}
        self._started = 0
        self._ready: list[Entry] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._open, self._close
        parser.CharacterDataHandler = self._text.append

    def entries(self, blocks: Iterable[bytes]) -> Iterator[Entry]:
        """Every entry of the feed."""
        for block, last in chain(((block, False) for block in blocks), [(b"", True)]):
            broken = None
            try:
                self._parser.Parse(block, last)
            except expat.ExpatError as error:
                broken = error
            self.line = self._parser.CurrentLineNumber
            yield from self._ready
            self._ready.clear()
            if broken:
                said = expat.ErrorString(broken.code)
                raise _CutError(f"the XML breaks off ({said})") if self._path else _ForeignError(f"is no XML ({said})")

    def _refuse(self, *_: object) -> None:
        raise _ForeignError("is a web page or declares a document type, which a feed never does")

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._path and tag != f"{_ATOM} feed":
            raise _ForeignError(f"is no Atom feed (its first element is {shortened(tag.rsplit(' ')[-1], _TOLD)!r})")
        self._path.append(tag)
        self._text.clear()
        if self._path[1:] == [f"{_ATOM} entry"]:
            self._fields, self._started = {}, self._parser.CurrentLineNumber
        elif tag == f"{_ATOM} category" and "term" in attributes:
            self._fields["categories"] = f"{self._fields.get('categories', '')} {attributes['term']}"

    def _close(self, tag: str) -> None:
        if len(self._path) == 3 and tag in _FIELDS:
            self._fields[_FIELDS[tag]] = "".join(self._text)
        elif self._path[1:] == [f"{_ATOM} entry"]:
            self._ready.append((self._started, self._fields))
        self._path.pop()


_ATOM, _ARXIV = "http://www.w3.org/2005/Atom", "http://arxiv.org/schemas/atom"
_FIELDS = {
    f"{_ATOM} id": "id",
    f"{_ATOM} title": "title",
    f"{_ATOM} summary": "abstract",
    f"{_ATOM} published": "published",
    f"{_ATOM} updated": "update_date",
    f"{_ARXIV} comment": "comments",
    f"{_ARXIV} journal_ref": "journal-ref",
}
