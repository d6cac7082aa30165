"""What an entry says beside its title: its links by what they lead to, its venue and its year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import addresses, ids
from bot.models import Link
from bot.readme import links, when
from bot.readme.links import CODE, OTHER, PAPER, WEBSITE
from bot.readme.parts import DATE, Left
from bot.readme.unsaid import words
from bot.table import COLUMNS, Span

_LABELLED = re.compile(r"([A-Za-z][A-Za-z ]{1,20})\s*:\s*(?:\[\s*)?$")
_BROKEN = re.compile(r"[\[\](){}（）【】,|;•·\n，、]|\s[-–—/]\s|\.\s+|\.$")
_BARE = re.compile(addresses.BARE)
BESIDE = "text beside the title"
_PLAIN = frozenset(name for column in COLUMNS[3:] for name in column.names) | {"official", "official code"}


class _Lead:
    """A link: its words, its address, and what it leads to."""

    def __init__(self, span: Span, before: str = "[", *, listed: bool = False) -> None:
        self.text, self.url = span.text, str(span.url).strip()
        label = _LABELLED.search(before)
        said = links.role(label[1]) if label else ""
        self.role = links.role(span.text)
        if said and (not self.role or self.text.lower() in ("official", "link", "here", "url")):
            self.role = said
        self.marked = listed or span.kind == "badge" or before.endswith("[") or bool(said)
        self.arxiv = ids.from_url(self.url)


class Gathered:
    """The links of an entry; then ``take`` sorts them, and ``read_when`` finds venue and year."""

    def __init__(self, spans: Sequence[Span], *, listed: bool = False) -> None:
        """``listed``: the spans are cells for links, where no link is part of a sentence."""
        self._at: dict[int, _Lead] = {}
        before = ""
        for place, span in enumerate(spans):
            if span.kind in ("link", "badge"):
                if span.url and links.is_web(span.url.strip()):
                    self._at[place] = _Lead(span, before, listed=listed)
                before = ""
            else:
                before += span.text
        for span in spans:
            if span.kind == "text":
                for url in _BARE.findall(span.text):
                    self._at[len(spans) + len(self._at)] = _Lead(Span("badge", "", url))
        self.links = list(self._at.values())
        self._badges = [span.text for span in spans if span.kind == "badge"]
        self.main, self.venue, self.year, self.several = "", "", 0, 0
        self.papers: list[str] = []
        self.arxiv_year = 0
        self.website: tuple[Link, ...] = ()
        self.code: tuple[Link, ...] = ()
        self.notes: list[str] = []
        self.rest = False
        self.dated = False
        self.left: list[Left] = []
        """Words that are neither title, name, venue, year nor link."""
        self.moved = ""

    def move(self, paper: str) -> None:
        """Let the paper be at this address of another cell; where it was is a page about it."""
        before, self.moved = self.main, paper
        self.main = ids.abs_url(ids.from_url(paper) or "")
        if before:
            self._place(_Lead(Span("badge", "", before)))

    @property
    def in_words(self) -> int | None:
        """The place of the first link to a paper that is neither label nor badge: it is part of what is said."""
        return next((at for at, lead in self._at.items() if lead.arxiv and not lead.role and not lead.marked), None)

    def take(self, titled: int | None) -> None:
        """Sort the links; ``titled`` is the place of the one whose text is the title."""
        title = self._at.get(titled) if titled is not None else None
        others = [lead for lead in self.links if lead is not title]
        named = {lead.arxiv for lead in others if lead.arxiv and not lead.role and not lead.marked}
        own = title.arxiv if title else None
        self.several = len(named | {own} - {None}) if len(named - {own}) > 1 else 0
        main = self._main(title, others)
        if main is None:
            return
        arxiv = main.arxiv or next((lead.arxiv for lead in others if lead.arxiv and (lead.role or lead.marked)), None)
        self.main = ids.abs_url(arxiv) if arxiv else main.url
        self.arxiv_year = (ids.year(arxiv) or 0) if arxiv else 0
        for lead in self.links:
            if (lead is main and main.role not in (WEBSITE, CODE)) or (arxiv and lead.arxiv == arxiv):
                if lead is main and arxiv and not main.arxiv:
                    self._place(lead)
                continue
            self._place(lead)

    def _main(self, title: _Lead | None, others: Sequence[_Lead]) -> _Lead | None:
        papers = [lead for lead in others if lead.role == PAPER or (lead.role != CODE and links.is_paper(lead.url))]
        if title and (links.is_paper(title.url) or not papers):
            self.papers = [title.url] if links.is_paper(title.url) else []
            return title
        self.papers = [lead.url for lead in papers]
        if title:
            title.marked, title.text = True, ""  # where the title leads is a page about the paper
        by_worth = sorted(papers, key=lambda lead: (not lead.arxiv, lead.role != PAPER))
        rest = sorted(others, key=lambda lead: (WEBSITE, OTHER, "", "icon", CODE, PAPER).index(lead.role))
        return next(iter([*by_worth, *([title] if title else []), *rest]), None)

    def _place(self, lead: _Lead) -> None:
        stars = lead.text.lower() in ("stars", "star", "github stars") or not lead.text
        hosted = links.is_code(lead.url) and lead.role != WEBSITE  # what its words say counts for more
        if lead.role == CODE or (hosted and (lead.role or lead.marked)):
            label = None if stars else _label(lead.text)
            if lead.url not in {link.url for link in self.code}:
                self.code += (Link(url=lead.url, label=label),)
        elif lead.arxiv or lead.role == PAPER or (not lead.role and links.is_paper(lead.url)):
            if lead.url == self.main:
                return
            self.notes.append(f"a second link to the paper, {lead.url}, was not imported")
            self.left.append(Left("a second link to the paper", f"[{lead.text}]({lead.url})"))
        elif lead.role or lead.marked:
            label = None if lead.role == "icon" else _label(lead.text)
            if lead.url not in {link.url for link in self.website}:
                self.website += (Link(url=lead.url, label=label),)
        else:
            self.rest = True
            self.left.append(Left(BESIDE, f"[{lead.text}]({lead.url})"))

    def read_when(self, after: Sequence[Span]) -> None:
        """Find venue and year in what follows the title; what is neither is left."""
        for span in after:
            if span.kind in ("link", "badge"):
                continue
            text = _BARE.sub(" ", span.text)
            if span.kind != "text" and self.take_when(text):
                continue
            for part in _BROKEN.split(text):
                if not self.take_when(part):
                    self.leave(part)
        for text in [*(lead.text for lead in self.links), *self._badges]:
            if not self.venue or not self.year:
                self.take_when(text, sure=True)

    def take_when(self, text: str, *, sure: bool = False) -> bool:
        """Take a text that is a date or a venue. ``sure``: only a venue with its year, or a date."""
        text = when.unlabelled(text)
        found = when.venue(text)
        if found:
            self.rest |= bool(found.rest)
            if not self.venue or (self.venue == "arXiv" and found.venue != "arXiv"):
                self.venue, self.year = found.venue, found.year
            self._spare(text, sure=sure)
            return True
        if when.is_date(text):
            self.year = self.year or when.year(text)
            self.dated |= bool(re.search(r"[^\W\d_]|\d\D+\d", text))
            self._spare(text, sure=sure, what=DATE)
            return True
        if not sure and when.is_venue(text):
            self.venue = self.venue or when.named(text.strip(" .,;:[]()*`"))
            self._spare(text)
            return True
        return False

    def _spare(self, text: str, what: str = "said with the venue", *, sure: bool = False) -> None:
        """Keep a venue or date of which more was said than is taken; ``sure``: of words of links nothing is kept."""
        if not sure and not words(text) <= words(f"{self.venue} {self.year} {self.year % 100:02}"):
            self.left.append(Left(what, text.strip()))

    def leave(self, text: str) -> None:
        """Remember that something was said that is not imported."""
        if re.search(r"\w{2}", text) and not links.role(text):
            self.rest = True
            self.left.append(Left(BESIDE, text.strip(" \n,;|")))


def _label(text: str) -> str | None:
    """What the words of a link say beyond what it leads to: ``Code (Fire)`` says Fire."""
    known, bracket, label = text.partition("(")
    if bracket and text.endswith(")") and _plain(known):
        return label[:-1].strip() or None
    return None if _plain(text) else text or None


def _plain(text: str) -> bool:
    """Whether the words of a link say no more than what its column says."""
    return " ".join(re.findall(r"[^\W\d_]+", text.lower())) in _PLAIN
