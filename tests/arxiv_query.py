"""What a ``search_query`` of arXiv's API finds: fields, phrases, AND / OR / ANDNOT, parentheses and ranges of dates.

A subset: words are compared whole and as they are, where arXiv stems them; AND and ANDNOT bind closer than OR.
Source: https://info.arxiv.org/help/api/user-manual.html#query_details
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from tests.arxiv_layout import Preprint

ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(\d+))?")
Fits = Callable[[Preprint], bool]

_TOKEN = re.compile(r'\s*(?:([()])|(?:(\w+):)?(?:"([^"]*)"|\[([^\]]*)\]|([^\s()"\[\]:]+)))')
_WORD = re.compile(r"[^\W_]+[*?]*")
_TEXTS: dict[str, Callable[[Preprint], tuple[str, ...]]] = {
    "ti": lambda paper: (paper.title,),
    "abs": lambda paper: (paper.summary,),
    "au": lambda paper: paper.authors,
    "co": lambda paper: (paper.comment or "",),
    "jr": lambda paper: (paper.journal_ref or "",),
    "all": lambda paper: (paper.title, paper.summary, *paper.authors, paper.comment or "", paper.journal_ref or ""),
}
_DATES: dict[str, Callable[[Preprint], datetime]] = {
    "submittedDate": lambda paper: paper.published,
    "lastUpdatedDate": lambda paper: paper.updated or paper.published,
}


class RefusedError(Exception):
    """arXiv does not understand the request; its text is what arXiv says."""


def finder(query: str) -> Fits:
    """Whether a paper is found by this query. Raises RefusedError."""
    reader = _Reader(query.strip())
    fits = reader.any_of()
    if reader.token is not None:
        raise reader.trouble()
    return fits


class _Reader:
    """Recursive descent; ``token`` is the next one, None behind the last."""

    def __init__(self, query: str) -> None:
        self._query, self._at = query, 0
        self.token: re.Match[str] | None = None
        self._read()

    def any_of(self) -> Fits:
        parts = [self._all_of()]
        while self._took("OR"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda paper: any(fits(paper) for fits in parts)

    def trouble(self) -> RefusedError:
        """What to raise where the query cannot go on as it does."""
        return RefusedError(f"search_query cannot be read here: {self._query[self._at :][:40] or 'at its end'}")

    def _all_of(self) -> Fits:
        parts = [self._one()]
        while True:
            if self._took("AND"):
                parts.append(self._one())
            elif self._took("ANDNOT"):
                parts.append(_none_of(self._one()))
            else:
                return parts[0] if len(parts) == 1 else lambda paper: all(fits(paper) for fits in parts)

    def _one(self) -> Fits:
        token = self.token
        if token is None or token[1] == ")" or token[5] in ("AND", "OR", "ANDNOT"):
            raise self.trouble()
        self._step()
        if token[1] is None:
            return _term(token)
        fits = self.any_of()
        if self.token is None or self.token[1] != ")":
            raise self.trouble()
        self._step()
        return fits

    def _took(self, operator: str) -> bool:
        found = self.token is not None and self.token[2] is None and self.token[5] == operator
        if found:
            self._step()
        return found

    def _step(self) -> None:
        assert self.token is not None
        self._at = self.token.end()
        self._read()

    def _read(self) -> None:
        self.token = _TOKEN.match(self._query, self._at)
        if self.token is None and self._query[self._at :].strip():
            raise self.trouble()


def _term(token: re.Match[str]) -> Fits:
    name, phrase, span, word = token[2] or "all", token[3], token[4], token[5]
    if (name in _DATES) != (span is not None):
        raise RefusedError(f"search_query cannot be read here: {token[0].strip()}")
    if span is not None:
        return _between(name, span)
    value = word if phrase is None else phrase
    if name == "cat":
        return _listed(value)
    if name == "id":
        match = ID.fullmatch(value)
        return lambda paper: match is not None and match[1] == paper.id
    if name not in _TEXTS:
        raise RefusedError(f"search_query has a field that is none: {name}")
    return _said(name, value)


def _none_of(fits: Fits) -> Fits:
    return lambda paper: not fits(paper)


def _listed(category: str) -> Fits:
    if "*" not in category:
        return lambda paper: category in paper.categories
    return lambda paper: any(fnmatchcase(term, category) for term in paper.categories)


def _said(name: str, value: str) -> Fits:
    """The words one after the other, in any case; of an author in any order, as catalogues turn names around."""
    texts, wanted = _TEXTS[name], [word.lower() for word in _WORD.findall(value)]
    if not wanted:
        raise RefusedError(f"search_query has no word in: {name}:{value}")

    def fits(paper: Preprint) -> bool:
        return any(_holds(_WORD.findall(text.lower()), wanted, anyhow=name == "au") for text in texts(paper))

    return fits


def _holds(words: list[str], wanted: list[str], *, anyhow: bool) -> bool:
    if anyhow:
        return all(any(fnmatchcase(word, one) for word in words) for one in wanted)
    starts = range(len(words) - len(wanted) + 1)
    return any(all(map(fnmatchcase, words[start : start + len(wanted)], wanted)) for start in starts)


def _between(name: str, span: str) -> Fits:
    """Both ends are in, and each is a whole minute of UTC."""
    try:
        first, last = (datetime.strptime(f"{end} +0000", "%Y%m%d%H%M %z") for end in span.split(" TO "))
    except ValueError:
        raise RefusedError(f"search_query has a range of time that is none: [{span}]") from None
    moment, end = _DATES[name], last + timedelta(minutes=1)
    return lambda paper: first <= moment(paper) < end
