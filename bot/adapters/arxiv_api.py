"""arXiv's API through the ``arxiv`` package: a window of new papers, and papers by id.

The package pages, retries and parses; what it lacks is in :class:`_Session`, which stands where its ``requests``
session stood: timeouts, one pace for every request of this process, a User-Agent with a contact, and a look at each
reply, because the package takes a web page, a cut feed and an empty page for "no results".
Source: https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from bot import __version__, ids, watch
from bot.errors import SourceError
from bot.models import Record
from bot.settings import Watch

if TYPE_CHECKING:
    import arxiv  # type: ignore[import-untyped]
    import requests

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_NEEDED = ("id", "updated", "published")  # the package drops an entry that lacks one of these without a word

Say = Callable[[str], None]


class ArxivApi:
    """arXiv's API as ``[watch]`` names it; share one object, so that all requests keep one pace.

    ``delay``: seconds between requests (arXiv asks for 3); ``retries``: further tries of a request that failed;
    ``timeout``: seconds to connect and to wait for a byte; ``page``: papers asked for at once.
    """

    def __init__(
        self,
        settings: Watch,
        *,
        delay: float = 3.0,
        retries: int = 3,
        timeout: tuple[float, float] = (10.0, 60.0),
        page: int = 200,
    ) -> None:
        self._settings, self._retries, self._page = settings, retries, page
        self._session = _Session(settings.contact, delay, timeout)

    def search(self, query: str, on_problem: Say) -> Iterator[Record]:
        """Papers that match, oldest first. Raises SourceError."""
        import arxiv

        order = {"sort_by": arxiv.SortCriterion.SubmittedDate, "sort_order": arxiv.SortOrder.Ascending}
        return self._records(arxiv.Search(query, max_results=None, **order), on_problem)

    def fetch(self, paper_ids: Sequence[str]) -> Iterator[Record]:
        """The latest version of these papers, in batches; what arXiv does not know is missing. Raises SourceError."""
        import arxiv

        asked = [paper_id for paper_id in dict.fromkeys(paper_ids) if ids.is_arxiv(paper_id)]
        for start in range(0, len(asked), 100):  # one id of a wrong form would spoil its whole batch
            yield from self._records(arxiv.Search(id_list=asked[start : start + 100]), lambda _: None)

    def _records(self, search: arxiv.Search, on_problem: Say) -> Iterator[Record]:
        import arxiv
        import requests

        try:
            for result in self._client(on_problem).results(search):
                try:
                    record = _record(result)
                except ValueError as error:
                    on_problem(f"arXiv: {result.entry_id}: {error}; it is passed over")
                else:
                    yield record
        except arxiv.HTTPError as error:
            raise self._failed(f"arXiv answered with HTTP {error.status}") from None
        except (arxiv.ArxivError, requests.RequestException, _RefusedError) as error:
            raise self._failed(str(error)) from None
        except ValueError as error:  # the package reads dates without a net
            raise self._failed(f"arXiv sent a feed that cannot be read: {error}") from None

    def _client(self, on_problem: Say) -> arxiv.Client:
        import arxiv  # heavy: lxml and requests

        client = arxiv.Client(page_size=self._page, delay_seconds=0, num_retries=self._retries)  # our session paces
        client.query_url_format = self._settings.api.replace("{", "{{").replace("}", "}}") + "?{}"
        client._session = SimpleNamespace(get=partial(self._session.get, on_problem))
        return client

    def _failed(self, what: str) -> SourceError:
        remedy = "try again later, or check the network and [watch] in survey-bot.toml"
        return SourceError(what, where=self._settings.api, remedy=remedy)


class ArxivSource:
    """The papers first submitted to arXiv between ``since`` and ``until`` (see :func:`bot.watch.query`)."""

    name = "arXiv"

    def __init__(self, settings: Watch, since: watch.When, until: watch.When, api: ArxivApi | None = None) -> None:
        self._query = watch.query(settings, since, until)
        self._api = api or ArxivApi(settings)

    def records(self, on_problem: Say) -> Iterator[Record]:
        """Oldest first. Raises SourceError; what came before stands."""
        return self._api.search(self._query, on_problem)


def _record(result: arxiv.Result) -> Record:
    """The package's result as ours. Raises ValueError when it is of no use."""
    try:
        paper_id, version = ids.parse(result.get_short_id())
    except ValueError:
        raise ValueError("this is not the address of an arXiv paper") from None
    for name, text in (("title", result.title), ("abstract", result.summary)):
        if not text.strip():
            raise ValueError(f"there is no {name}")
    return Record(
        id=paper_id,
        version=version,
        title=result.title,
        abstract=result.summary,
        categories=tuple(result.categories),
        published=result.published.date(),
        updated=result.updated.date(),
        comment=result.comment,
        journal_ref=result.journal_ref,
    )


class _RefusedError(Exception):
    """Asking again will not help."""


class _Session:
    """Asks politely, and lets only a whole feed through; a ``requests.ConnectionError`` makes the package try again."""

    def __init__(self, contact: str, delay: float, timeout: tuple[float, float]) -> None:
        self._agent = f"survey-bot/{__version__}" + (f" ({' '.join(contact.split())})" if contact else "")
        self._delay, self._timeout = delay, timeout
        self._http: requests.Session | None = None
        self._free_at = 0.0

    def get(self, on_problem: Say, url: str, headers: object = None) -> requests.Response:
        """What the package calls; its own ``headers`` are dropped for ours."""
        import requests

        self._http = self._http or requests.Session()
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        try:
            response = self._http.get(url, headers={"User-Agent": self._agent.encode()}, timeout=self._timeout)
        except requests.RequestException as error:
            if isinstance(error, ValueError):  # InvalidURL, MissingSchema and their like
                raise _RefusedError("this is not a web address that can be asked") from None
            raise requests.ConnectionError(_reason(error, self._timeout)) from None
        finally:
            self._free_at = time.monotonic() + self._delay
        status = response.status_code
        if status == requests.codes.ok:
            _look_at(response.content, url, on_problem)
        elif 400 <= status < 500 and status not in (408, 429):
            said = _refusal(_feed(response.content))
            raise _RefusedError(f"arXiv answered with HTTP {status}" + (f" ({said})" if said else ""))
        return response


def _look_at(content: bytes, url: str, on_problem: Say) -> None:
    """Raises requests.ConnectionError for what may be better next time, _RefusedError for what will not."""
    import requests

    feed = _feed(content)
    if feed is None:
        raise requests.ConnectionError("arXiv answered with something that is not a whole feed")
    if said := _refusal(feed):
        raise _RefusedError(f"arXiv refused the request ({said})")
    entries = feed.findall(f"{_ATOM}entry")
    useless = [entry for entry in entries if not all(entry.findtext(_ATOM + name) for name in _NEEDED)]
    for entry in useless:
        name = entry.findtext(f"{_ATOM}id") or "an entry"
        on_problem(f"arXiv: {name}: there is no id or no date; it is passed over")
    total = feed.findtext(_TOTAL, "").strip()
    start = int(parse_qs(urlsplit(url).query).get("start", ["0"])[0])
    if not total.isdecimal() or (int(total) > start and len(useless) == len(entries)):
        raise requests.ConnectionError(f"arXiv announced {total or 'no number of'} papers and sent none of them")


def _refusal(feed: ElementTree.Element | None) -> str:
    """What arXiv says in a feed that tells an error, or nothing."""
    for entry in feed.findall(f"{_ATOM}entry") if feed is not None else ():
        if "/api/errors" in entry.findtext(f"{_ATOM}id", ""):
            return " ".join(entry.findtext(f"{_ATOM}summary", "").split()) or "no reason given"
    return ""


def _feed(content: bytes) -> ElementTree.Element | None:
    """The root of a whole Atom feed, or None for anything else."""
    if b"<!DOCTYPE" in content[:1000].upper():  # a web page; and no entity is ever declared
        return None
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 (without a document type there is nothing to expand)
    except ElementTree.ParseError:
        return None
    return root if root.tag == f"{_ATOM}feed" else None


def _reason(error: requests.RequestException, timeout: tuple[float, float]) -> str:
    """What went wrong, without the insides of the network libraries."""
    import requests

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"arXiv could not be reached within {timeout[0]:g} s"
    if isinstance(error, requests.Timeout):
        return f"arXiv did not answer within {timeout[1]:g} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "arXiv's certificate was not accepted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy on the way to arXiv refused"
    return "arXiv could not be reached, or the connection broke"
