"""When two web addresses are one page: the one rule for links on the shelf, in other lists, in texts and in answers.

Aside are: the scheme, ``www.``, the usual port, a name and a password, slashes at the end, ``index.html``, ``.git``,
``.pdf``, where on the page (``#readme``), and what only counts visitors (``?utm_source=``). Kept are what asks for
another page: path, query in any order, and the ``#/route`` of a page that is a program. Hosts are written in any case,
and so are owner and name of a repository; other paths are not. A paper is one page wherever a publisher, arXiv or
OpenReview shows it.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from bot import ids

REPOSITORIES = r"github\.com|gitlab\.[\w.-]+|codeberg\.org|bitbucket\.org|gitee\.com"
"""Hosts whose addresses begin with an owner and a name."""

BARE = r"https?://(?:[^\s<>\"|()\]]|\([^\s<>\"|()]*\))*(?:[^\s<>\"|()\].,;]|\([^\s<>\"|()]*\))"
"""An address in running text, without what ends its sentence; brackets in it pair."""
_REPOSITORY = re.compile(rf"(?:{REPOSITORIES}|huggingface\.co)", re.IGNORECASE | re.ASCII)
_MAIN = re.compile(r"(/[^/]+/[^/]+)/(?:-/)?(?:tree|src|src/branch)/(?:main|master)$", re.IGNORECASE)
"""The first page of a repository by another way."""
_SAME_HOST = {"hf.co": "huggingface.co", "dx.doi.org": "doi.org"}
_ROUTE = re.compile(r"!?/.")
_COUNTS = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|tab=readme-ov-file|usp=sharing", re.IGNORECASE)
"""Parts of a query that lead nowhere else."""
_DOI = re.compile(r"10\.\d{4,9}/[^\s?#]+?(?=(?:/(?:full|abstract|pdf|epdf|html|meta))?/*$)", re.ASCII | re.IGNORECASE)
_END = re.compile(r"(?:/+|/index\.html?|\.git|\.pdf)+$", re.IGNORECASE)


class _Parts(NamedTuple):
    host: str
    path: str
    query: str
    route: str


def same(one: str, other: str) -> bool:
    """Whether two addresses lead people to one page."""
    return one == other or key(one) == key(other)


def key(url: str) -> str:
    """What all addresses of a page have in common: for comparing and never for asking. Of no address it is itself.

    ``github.com/owner/name``, ``arxiv:2501.00001``, ``doi:10.1000/182``, ``openreview.net?id=abc``.
    """
    parts = _parts(url)
    if parts is None:
        return url
    host, path, query, route = parts
    if paper := ids.from_url(f"https://{host}{path}"):
        return f"arxiv:{paper}"
    if not _REPOSITORY.fullmatch(host) and (found := _DOI.search(path)):
        doi = _END.sub("", found[0])
        return f"arxiv:{paper}" if (paper := ids.from_url(f"https://doi.org/{doi}")) else f"doi:{doi.lower()}"
    if host == "openreview.net" and (asked := dict(parse_qsl(query)).get("id")):
        return f"{host}?id={asked}"
    if _REPOSITORY.fullmatch(host):
        path = _repository(path, any_case=host != "huggingface.co")
    return f"{host}{path}{f'?{query}' if query else ''}{f'#{route}' if route else ''}"


def _parts(url: str) -> _Parts | None:
    """An address taken apart, without what does not count."""
    before, colon, rest = url.strip().partition("://")
    try:
        parts = urlsplit(f"//{rest if colon else before}")
    except ValueError:  # no host could have this name
        return None
    host = parts.netloc.lower().rpartition("@")[2].removeprefix("www.")
    host = re.sub(r"\.?(?::(?:80|443)?)?$", "", host)
    if not host:
        return None
    path = _END.sub("", re.sub(r"/+", "/", unquote(parts.path)))
    asked = [part for part in parts.query.split("&") if part and not _COUNTS.match(part)]
    query = "&".join(sorted(f"{name}={value}" for name, value in parse_qsl("&".join(asked), keep_blank_values=True)))
    route = unquote(parts.fragment) if _ROUTE.match(parts.fragment) else ""
    return _Parts(_SAME_HOST.get(host, host), path, query, route)


def _repository(path: str, *, any_case: bool) -> str:
    """The path of a repository, whose owner and name are written in any case."""
    first = path.split("/", 3)
    path = "/".join([*(part.lower() if any_case else part for part in first[:3]), *first[3:]])
    return _MAIN.sub(r"\1", path)
