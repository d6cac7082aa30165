"""What arXiv, and others, say today of a listed paper, against what its file says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from bot import addresses, ids, links, names, venues, watch
from bot.changes import LINKS, REMOVED, Change, Published
from bot.markdown import shortened
from bot.models import WEB_ADDRESS, Link, Paper, Record
from bot.ports import LinkAnswer
from bot.titles import normal
from bot.upkeep.applying import WEB

ARXIV_TITLE = "arXiv title"
_FORMULA = re.compile(r"[$\\]")
_QUOTE, _SHOWN = 300, 120
"""Characters of a quote that are kept, and of what is doubtful that are shown."""
_LATEST = 5
"""No venue's year is so many years after the paper came to arXiv."""


class Doubt(NamedTuple):
    """Something about a listed paper that a human should look at, and that no change can mend."""

    paper: str
    sentence: str


def found(
    paper: Paper,
    record: Record | None,
    opinions: Sequence[Published] = (),
    answers: Mapping[str, LinkAnswer] | None = None,
) -> Iterator[Change | Doubt]:
    """What should change of a listed paper, and what is doubtful about it.

    ``record`` is arXiv's, cleaned (None: arXiv has none); ``opinions`` are what others say of the venue, in the order
    they are believed; ``answers`` are those of the paper's own links, where they were asked.
    """
    if record:
        if names.is_another(paper, record):
            what = f"on arXiv this id is {_brief(record.title)}, and here {_brief(paper.title)}"
            yield Doubt(paper.id, f"{what}; correct the id, or the title if it is one paper")
            return
        if watch.withdrawn(record):
            said, source = (record.comment, "comment") if record.comment else (record.abstract, "abstract")
            yield from _change(paper, "file", paper.title, REMOVED, said, f"arXiv {source}")
            return
        yield from _title(paper, record)
        yield from _announced(paper, record)
    yield from _venue(paper, venues.published(record) if record else None, opinions)
    yield from _moved(paper, answers or {})


def homeless(paper: Paper, record: Record | None) -> bool:
    """Whether neither the list nor arXiv knows where a paper appeared."""
    return venues.is_preprint(paper.venue) and not (record and venues.published(record))


def _title(paper: Paper, record: Record) -> Iterator[Change | Doubt]:
    """Another wording.

    Capitals, punctuation and a name put before the title are the maintainers' own affair; formulas are in LaTeX there.
    """
    theirs, mine = normal(record.title), normal(paper.title)
    named = theirs == normal(paper.title.partition(":")[2]) and paper.short_name != paper.title
    if mine != theirs and not named and not _FORMULA.search(record.title):
        yield from _change(paper, "title", paper.title, record.title, record.title, ARXIV_TITLE)


def _venue(paper: Paper, ours: Published | None, opinions: Sequence[Published]) -> Iterator[Change | Doubt]:
    """A venue where none is known yet, and the year of a known one; another venue than the listed one is a doubt."""
    said = next((one for one in [*([ours] if ours else []), *_named(opinions)] if _plausible(one, paper)), None)
    if said is None:
        return
    if venues.is_preprint(paper.venue):
        yield from _change(paper, "venue", paper.venue, said.venue, said.quote, said.source)
    elif not venues.same(paper.venue, said.venue):
        yield Doubt(paper.id, f"it is listed as {paper.venue}, but {said.source} says {said.quote!r}")
        return
    if said.year and said.year != paper.year:
        yield from _change(paper, "year", str(paper.year), str(said.year), said.quote, said.source)


def _named(opinions: Iterable[Published]) -> Iterator[Published]:
    """Others' opinions under the names people use; a preprint server is no venue."""
    for opinion in opinions:
        name = venues.name(opinion.venue)
        if name and not venues.is_preprint(opinion.venue):
            yield opinion.model_copy(update={"venue": name})


def _plausible(said: Published, paper: Paper) -> bool:
    """A paper does not appear before it is written, and what appears long after is mostly another one."""
    first = ids.year(paper.id)
    return said.year is None or first is None or first <= said.year <= first + _LATEST


def _announced(paper: Paper, record: Record) -> Iterator[Change | Doubt]:
    """A link where the paper has none of its kind; where it has one, people have chosen it."""
    for kind in LINKS:
        theirs = [one for one in links.announced(record) if one.kind == kind and re.fullmatch(WEB_ADDRESS, one.url)]
        mine: tuple[Link, ...] = getattr(paper, kind)
        others = (*paper.website, *paper.code)
        if not mine and theirs and not any(addresses.same(theirs[0].url, link.url) for link in others):
            yield from _change(paper, kind, "", theirs[0].url, theirs[0].quote, "arXiv abstract or comment")


def _moved(paper: Paper, answers: Mapping[str, LinkAnswer]) -> Iterator[Change | Doubt]:
    """Links that lead elsewhere for good, and dead ones."""
    for kind in LINKS:
        for link in getattr(paper, kind):
            answer = answers.get(link.url)
            if answer and answer.state == "moved" and re.fullmatch(WEB_ADDRESS, answer.now):
                if not addresses.same(answer.now, link.url):
                    yield from _change(paper, kind, link.url, answer.now, f"{link.url} leads there for good", WEB)
            elif answer and answer.state == "gone":
                yield Doubt(paper.id, f"its {kind} link {link.url} is dead ({answer.why})")


def _change(paper: Paper, key: str, old: str, new: str, quote: str, source: str) -> Iterator[Change | Doubt]:
    """The change, or that it is none a file could hold: nonsense stays where it came from."""
    facts = {"paper": paper.id, "key": key, "old": old, "new": new, "quote": shortened(quote, _QUOTE), "source": source}
    try:
        yield Change.model_validate(facts)
    except ValidationError:
        yield Doubt(paper.id, f"{source} gives a {key} that no file could hold: {_brief(new)}")


def _brief(text: str) -> str:
    return repr(shortened(text, _SHOWN))
