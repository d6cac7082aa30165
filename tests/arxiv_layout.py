"""How arXiv lays out what it says, element by element: the API's Atom, and the announcements as Atom and as RSS 2.0.

The API's layout is held to real replies by ``test_arxiv_server.py``; that of the announcements follows
https://info.arxiv.org/help/rss_specifications.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
_LICENCE = "http://creativecommons.org/licenses/by/4.0/"
_SPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass(frozen=True)
class Preprint:
    """An invented paper as arXiv would hold it.

    ``version`` is its latest, ``announced`` the time from which on arXiv tells of it (None: it always did).
    """

    id: str
    title: str = "A Loaf of Bread"
    summary: str = "We bake bread."
    categories: tuple[str, ...] = ("cs.RO",)
    published: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)
    updated: datetime | None = None
    version: int = 1
    comment: str | None = None
    journal_ref: str | None = None
    announced: datetime | None = None
    authors: tuple[str, ...] = ("A. Baker",)


@dataclass(frozen=True)
class Mailing:
    """What is announced ``at`` a time: (``new``, ``cross``, ``replace`` or ``replace-cross``, paper)."""

    at: datetime
    items: Sequence[tuple[str, Preprint]] = ()


def midnight(at: datetime) -> datetime:
    """The start of this day in New York."""
    return at.astimezone(NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)


# --- the API ---------------------------------------------------------------------------------------------------------


END = "</feed>\n"


def results(parameters: Mapping[str, str], page: Iterable[Preprint], total: int, start: int, count: int) -> str:
    """The reply to a search or a list of ids."""
    asked = "&".join(f"{name}={parameters.get(name, '')}" for name in ("search_query", "id_list"))
    asked += f"&start={start}&max_results={count}"
    link = f'  <link href={quoteattr("https://arxiv.org/api/query?" + asked)} type="application/atom+xml"/>\n'
    entries = "".join(map(_entry, page))
    return _head("https://arxiv.org/api/invented", f"arXiv Query: {asked}", link, (total, start, count)) + entries + END


def refusal(reason: str) -> str:
    """What arXiv's API says of a request that it does not understand."""
    where = "https://arxiv.org/api/errors#" + re.sub(r"[^\w-]+", "_", reason)
    entry = f"""  <entry>
    <id>{where}</id>
    <title>Error</title>
    <updated>2026-11-22T00:00:00Z</updated>
    <link href="{where}" rel="alternate" type="text/html"/>
    <summary>{escape(reason)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
"""
    return _head("https://arxiv.org/", "arXiv Search Results", "", (1, 0, 1)) + entry + END


def _head(name: str, title: str, link: str, numbers: tuple[int, int, int]) -> str:
    total, start, count = numbers
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>{name}</id>
  <title>{escape(title)}</title>
  <updated>2026-11-22T00:00:00Z</updated>
{link}  <opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
"""


def _entry(paper: Preprint) -> str:
    name = f"{paper.id}v{paper.version}"
    categories = "".join(
        f'    <category term="{term}" scheme="http://arxiv.org/schemas/atom"/>\n' for term in paper.categories
    )
    comment = f"    <arxiv:comment>{escape(paper.comment)}</arxiv:comment>\n" if paper.comment else ""
    journal = f"    <arxiv:journal_ref>{escape(paper.journal_ref)}</arxiv:journal_ref>\n" if paper.journal_ref else ""
    authors = "".join(f"    <author>\n      <name>{escape(who)}</name>\n    </author>\n" for who in paper.authors)
    return f"""  <entry>
    <id>http://arxiv.org/abs/{name}</id>
    <title>{escape(paper.title)}</title>
    <updated>{_time(paper.updated or paper.published)}</updated>
    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>
    <summary>{escape(paper.summary)}</summary>
{categories}    <published>{_time(paper.published)}</published>
{comment}    <arxiv:primary_category term="{paper.categories[0]}"/>
{journal}{authors}  </entry>
"""


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- the announcements -----------------------------------------------------------------------------------------------


def atom(categories: str, day: datetime, items: Iterable[tuple[str, Preprint]]) -> str:
    """The announcements of a day in Atom; ``categories`` as in the address, ``day`` its midnight in New York."""
    names, here = ", ".join(categories.split("+")), f"https://rss.arxiv.org/atom/{categories}"
    written = (day.astimezone(UTC) + timedelta(seconds=11, microseconds=580850)).isoformat()
    entries = "".join(_atom_entry(day, written, kind, paper) for kind, paper in items)
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed {_SPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>{here}</id>
  <title>{names} updates on arXiv.org</title>
  <updated>{written}</updated>
  <link href="{here}" rel="self" type="application/atom+xml"/>
  <subtitle>{names} updates on the arXiv.org e-print archive.</subtitle>
{entries}{END}"""


def _atom_entry(day: datetime, written: str, kind: str, paper: Preprint) -> str:
    return f"""  <entry>
    <id>oai:arXiv.org:{paper.id}v{paper.version}</id>
    <title>{escape(paper.title)}</title>
    <updated>{written}</updated>
    <link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>
    <summary>{_told(kind, paper)}</summary>
{"".join(f'    <category term="{term}"/>' + chr(10) for term in paper.categories)}\
    <published>{day.isoformat()}</published>
    <rights>{_LICENCE}</rights>
    <arxiv:announce_type>{kind}</arxiv:announce_type>
{_journal(paper, "    ")}    <dc:creator>{escape(", ".join(paper.authors))}</dc:creator>
  </entry>
"""


def rss(categories: str, day: datetime, items: Iterable[tuple[str, Preprint]]) -> str:
    """The announcements of a day in RSS 2.0, see :func:`atom`."""
    names, here = ", ".join(categories.split("+")), f"http://rss.arxiv.org/rss/{categories}"
    entries = "".join(_rss_item(day, kind, paper) for kind, paper in items)
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss {_SPACES} xmlns:atom="http://www.w3.org/2005/Atom" \
xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>{names} updates on arXiv.org</title>
    <link>{here}</link>
    <description>{names} updates on the arXiv.org e-print archive.</description>
    <atom:link href="{here}" rel="self" type="application/rss+xml"/>
    <docs>http://www.rssboard.org/rss-specification</docs>
    <language>en-us</language>
    <lastBuildDate>{format_datetime(day.astimezone(UTC) + timedelta(seconds=11))}</lastBuildDate>
    <managingEditor>rss-help@arxiv.org</managingEditor>
    <pubDate>{format_datetime(day)}</pubDate>
    <skipDays>
      <day>Saturday</day>
      <day>Sunday</day>
    </skipDays>
{entries}  </channel>
</rss>
"""


def _rss_item(day: datetime, kind: str, paper: Preprint) -> str:
    return f"""    <item>
      <title>{escape(paper.title)}</title>
      <link>https://arxiv.org/abs/{paper.id}</link>
      <description>{_told(kind, paper)}</description>
      <guid isPermaLink="false">oai:arXiv.org:{paper.id}v{paper.version}</guid>
{"".join(f"      <category>{term}</category>" + chr(10) for term in paper.categories)}\
      <pubDate>{format_datetime(day)}</pubDate>
      <arxiv:announce_type>{kind}</arxiv:announce_type>
      <dc:rights>{_LICENCE}</dc:rights>
{_journal(paper, "      ")}      <dc:creator>{escape(", ".join(paper.authors))}</dc:creator>
    </item>
"""


def _told(kind: str, paper: Preprint) -> str:
    return f"arXiv:{paper.id}v{paper.version} Announce Type: {kind} \nAbstract: {escape(paper.summary)}"


def _journal(paper: Preprint, indent: str) -> str:
    if not paper.journal_ref:
        return ""
    return f"{indent}<arxiv:journal_reference>{escape(paper.journal_ref)}</arxiv:journal_reference>\n"
