"""A bullet as a paper: which of its words are the title, the name people say, the venue, and what its links lead to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot import table
from bot.readme import links, when
from bot.readme.gather import Gathered
from bot.readme.mend import is_broken, mended
from bot.readme.parts import Entry, Item
from bot.table import Span

_QUOTED = re.compile(r"[“\"](?P<title>[^“”\"]{8,}?)[”\"]|《(?P<chinese>[^《》]{4,})》")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Signs of Chinese and Japanese, which put no space between words."""
_GROUP = re.compile(r"[\[(（【]([^\[\]()（）【】]*)[\])）】]")
_WITHIN = re.compile(r"(?P<title>.*\S)\s*\(\*?(?P<said>[^()]+?)\*?\)[ .]*")
"""A title with something in brackets behind it."""
_EDGES = " \n\t*_`.,;:|–—-"
_TAG_WORDS = (
    "survey review dataset benchmark tutorial new oral spotlight workshop preprint position code paper poster highlight"
    " talk book blog thesis must read hot recommended link video demo website project"
)
_TAGS = frozenset(_TAG_WORDS.split())
_PROSE = 6
"""A link that stands behind more words than so many stands in a sentence."""
_NAME = 4
"""Words a name of a method has at most."""
NO_LINK = "it has no link"


class _Title(NamedTuple):
    """A title, the name people say, the place of the span it is in, and the texts before and after it."""

    text: str
    short: str
    place: int
    before: list[Span]
    after: list[Span]
    linked: bool = False


def read(item: Item, heading: str = "", more: Sequence[Item] = ()) -> Entry:
    """What a bullet under this heading says; ``more`` are bullets below it that belong to it.

    Where it tells of no paper, ``reason`` of the result says why.
    """
    entry = Entry(item.line, item.verbatim, end=item.end)
    text, notes = mended("\n".join([item.text, *(below.text for child in more for below in child.walk())]))
    found = table.spans(text)
    known = Gathered(found)
    if not known.links:
        return _refused(entry, NO_LINK)
    title = _title(found)
    if title is None or not re.search(r"[^\W\d_]", title.text) or is_broken(title.text, linked=title.linked):
        return _refused(entry, "no title can be told from its labels")
    if title.linked and len(re.findall(r"\w+", _GROUP.sub(" ", _words(title.before)))) > _PROSE:
        return _refused(entry, "its link stands within a sentence")
    if not title.linked and known.in_words is not None and known.in_words > title.place:
        between = _words(found[title.place : known.in_words]).replace(title.text, "", 1)
        if len(re.findall(r"\w+", between)) > _PROSE or _words(found[title.place : title.place + 1]).rstrip().endswith(
            ":"
        ):
            return _refused(entry, "its link stands within a sentence")
    entry.notes += notes
    known.take(title.place if title.linked else None)
    if known.several:
        return _refused(entry, f"it links to {known.several} papers; give each an entry of its own")
    short = _before(title, known)
    known.read_when(title.after)
    entry.title, entry.short = entry.cleaned(title.text), short
    if entry.short and table.opens_with(entry.title, entry.short):
        entry.short = ""
    return _settled(entry, known, heading)


def _settled(entry: Entry, known: Gathered, heading: str) -> Entry:
    """The entry with its links, year and venue, or refused."""
    if not known.main:
        return _refused(entry, "none of its links is a web address")
    entry.link, entry.website, entry.code = known.main, known.website, known.code
    of_heading = when.venue(heading)
    entry.venue = known.venue or (of_heading.venue if of_heading else "") or links.venue_of(known.main)
    entry.year = known.year or (when.year(heading) if of_heading or when.is_date(heading) else 0) or known.arxiv_year
    if not entry.year:
        return _refused(entry, "it has no year")
    if not entry.venue or (not known.venue and not known.papers and not of_heading and links.is_code(known.main)):
        return _refused(entry, "it has no venue")
    if not known.venue and not of_heading:
        entry.common.append("the venue is missing; it was read from the link")
        entry.guessed.add("venue")
    if not known.year and not of_heading and not when.is_date(heading):
        entry.common.append("the year is missing; it was read from the link")
        entry.guessed.add("year")
    if known.dated:
        entry.common.append("of its dates only the years were imported")
    entry.notes += known.notes
    entry.left += known.left
    if known.rest:
        entry.common.append("text beside the title (authors, remarks) was not imported")
    return entry


def _refused(entry: Entry, reason: str) -> Entry:
    entry.reason = reason
    return entry


def _title(found: Sequence[Span]) -> _Title | None:
    """The title of an entry, by the first of: a quotation, a link that is no label, bold text, plain text."""
    first = next((place for place, span in enumerate(found) if _is_title(span)), None)
    quoted = next((place for place, span in enumerate(found) if span.kind == "text" and _quotation(span)), None)
    if quoted is not None and (first is None or found[first].kind == "strong" or quoted < first):
        return _quoted(found, quoted)
    if first is None:
        return _plain(found)
    if found[first].kind == "link":
        return _linked(found, first)
    return _bold(found, first)


def _quotation(span: Span) -> re.Match[str] | None:
    match = _QUOTED.search(span.text)
    return match if match and _is_phrase(match["title"] or match["chinese"]) else None


def _is_phrase(text: str) -> bool:
    """Whether it is more than a word."""
    return len(text.split()) > 1 or len(_UNSPACED.findall(text)) > 3


def _is_title(span: Span) -> bool:
    if not re.search(r"[^\W\d_]", span.text) or span.kind not in ("link", "strong"):
        return False
    if span.kind == "link":
        return bool(span.url) and not str(span.url).startswith("#") and not links.role(span.text)
    return not (when.says(span.text) or links.role(_bare(span.text)))


def _bare(text: str) -> str:
    return text.strip(_EDGES + "[]()")


def _words(spans: Sequence[Span]) -> str:
    return "".join(span.text for span in spans if span.kind not in ("link", "badge"))


def _quoted(found: Sequence[Span], place: int) -> _Title:
    match = _quotation(found[place])
    text = found[place].text
    start, end = match.span() if match else (0, 0)
    title = (match["title"] or match["chinese"]).strip(" .,") if match else ""
    before, after = [*found[:place], Span("text", text[:start])], [Span("text", text[end:]), *found[place + 1 :]]
    return _Title(title, "", place, before, after)


def _linked(found: Sequence[Span], place: int) -> _Title:
    """The title is a link; a name in bold may stand right behind it."""
    after = list(found[place + 1 :])
    short = ""
    if after and after[0].kind == "text" and not after[0].text.strip(" (-–—:") and len(after) > 1:
        after = after[1:]
    if after and after[0].kind == "strong" and _is_name(after[0].text) and _is_title(after[0]):
        short = _bare(after[0].text)
        after = after[1:]
    return _Title(found[place].text, short, place, list(found[:place]), after, linked=True)


def _bold(found: Sequence[Span], place: int) -> _Title:
    """Bold text is the title, or the name of what the link or the text behind it is the title of."""
    bold, after = found[place].text, list(found[place + 1 :])
    following = next(
        (at for at, span in enumerate(found) if at > place and span.kind == "link" and _is_title(span)), None
    )
    between = _words(found[place + 1 : following]) if following else ""
    told = bool(re.match(r"[\W_]*[a-z]", between))  # words of a sentence, not a venue or a date
    if (
        following
        and not told
        and _is_name(bold)
        and len(re.findall(r"\w+", between)) <= _NAME
        and "\n" not in between.strip()
    ):
        return _Title(
            found[following].text, "", following, list(found[:following]), list(found[following + 1 :]), linked=True
        )
    colon = bold.rstrip().endswith(":") or (
        bool(after) and after[0].kind == "text" and after[0].text.lstrip().startswith(":")
    )
    if colon and _is_name(bold) and after and after[0].kind == "text":
        title, rest = _split(after[0].text.lstrip(": "))
        if len(title.split()) >= 3:
            return _Title(title, "", place, list(found[: place + 1]), [Span("text", rest), *after[1:]])
    title, lead = _led(bold)
    return _Title(title, "", place, [*found[:place], Span("text", lead)], after)


def _is_name(text: str) -> bool:
    return 0 < len(_bare(_GROUP.sub(" ", text)).split()) <= _NAME


def _plain(found: Sequence[Span]) -> _Title | None:
    """The title is plain text, or in italics, before the first link."""
    place = next((at for at, span in enumerate(found) if span.kind in ("text", "em") and _is_plain_title(span)), None)
    if place is None or any(span.kind == "link" and span.url for span in found[:place]):
        return None
    title, lead = _led(found[place].text)
    title, rest = _split(title) if found[place].kind == "text" else (title, "")
    if not _is_phrase(title) or when.says(title):
        return None
    return _Title(
        _bare(title), "", place, [*found[:place], Span("text", lead)], [Span("text", rest), *found[place + 1 :]]
    )


def _is_plain_title(span: Span) -> bool:
    return bool(_bare(_led(span.text)[0])) and not (span.kind == "em" and when.says(span.text))


def _led(text: str) -> tuple[str, str]:
    """A title without dates and tags in brackets before it, and those."""
    lead = ""
    text = text.strip().rstrip(" [(")
    while True:
        match = re.match(r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|【[^【】]*】|[^\w\[(\"“$\\]+)\s*", text)
        if not match or not match[0] or match.end() == len(text):
            break
        lead, text = lead + match[0], text[match.end() :]
    date = re.match(r"((?:19|20)\d\d(?:[-./]\d{1,2}){0,2})[,:\]\s|-]+(?=\S)", text)
    if date:
        lead, text = f"{lead} [{date[1]}]", text[date.end() :]
    return text.strip(" ,;:|").removesuffix("."), lead


def _split(text: str) -> tuple[str, str]:
    """A title, and the authors, venue and date that follow it after commas."""
    line, newline, below = text.strip().partition("\n")
    line, bracket, tail = line.partition(" [")
    line = line.rstrip(" -–—:|,")
    if (within := _WITHIN.fullmatch(line)) and when.says(within["said"]):
        line, bracket, tail = within["title"], f" ({within['said']}){bracket}", tail
        return _split(line)[0], bracket + tail + newline + below
    parts = re.split(r"(,\s+|\s+\|\s+|\.\s+|\s[-–—]\s)", line)
    title = parts[0]
    for at in range(2, len(parts), 2):
        if _is_beside(parts[at]):
            return title, "".join(parts[at:]) + bracket + tail + newline + below
        title += parts[at - 1] + parts[at]
    return title.rstrip(" ,.:(["), bracket + tail + newline + below


def _is_beside(text: str) -> bool:
    """Whether a stretch between commas is a person, a venue or a date."""
    words = text.strip(" .").split()
    if not words or when.says(text) or "et al" in text:
        return True
    names = [word for word in words if word != "and"]
    return 2 <= len(names) <= 4 and all(re.match(r"[A-Z][\w.'’-]*$", word) for word in names) and ":" not in text


def _before(title: _Title, known: Gathered) -> str:
    """Take dates and venues before the title; give the name that stands there."""
    short = title.short
    for span in title.before:
        if span.kind in ("link", "badge"):
            continue
        for text in [*_GROUP.findall(span.text), _GROUP.sub(" ", span.text)]:
            word = _bare(text)
            if not word:
                continue
            sure = span.kind != "strong" or when.is_sure(word)  # CARLA 2019 is a name, CVPR 2019 is not
            if sure and known.take_when(word):
                continue
            named = span.kind in ("strong", "code") or _GROUP.search(span.text) or title.linked or ":" in span.text
            if not short and named and _is_name(word) and word.lower() not in _TAGS and re.search(r"[^\W\d_]", word):
                short = word
            else:
                known.leave(word)
    return "" if short.lower() == title.text.lower() else short
