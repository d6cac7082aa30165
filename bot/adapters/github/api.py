"""GitHub's REST API through PyGithub: patient with limits, doing nothing twice, plain about what failed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from github import Auth, BadAttributeException, Github, GithubException, GithubRetry
from github.Consts import API_VERSION_2026_03_10, DEFAULT_SECONDS_BETWEEN_REQUESTS, DEFAULT_SECONDS_BETWEEN_WRITES
from github.GithubException import RateLimitExceededException
from github.Repository import Repository
from github.Requester import Requester
from requests.exceptions import RequestException
from urllib3 import Retry
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.adapters.github.place import Place
from bot.errors import ForgeError

T = TypeVar("T")

PAGE = 100
"""So many items GitHub gives at once, at most."""
_SECONDS = 30
_TRIES = 3
_LONGEST_WAIT = 90.0
"""Seconds that a limit is waited for; beyond that, the next run goes on."""
_SECONDARY_WAIT = 60.0
"""https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: "wait for at least one minute"."""

_UNREADABLE = (BadAttributeException, ValueError, LookupError, TypeError, AssertionError)
"""What PyGithub raises when an answer is not GitHub's: a page of a proxy, for instance."""
_REPEATABLE = ("GET", "PATCH", "PUT")
"""Twice is once: the bot changes a thing to what it shall be, never by so much."""
_LIMITS = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
_MOVED = (301, 302, 307, 308)

_AGAIN = "nothing is lost, the next run tries again"
_ACTIONS = (
    "tick “Allow GitHub Actions to create and approve pull requests” under Settings › Actions › General › Workflow "
    "permissions, or give the bot a token of a GitHub App"
)
_SCOPES = "give it contents, pull-requests and issues: write (permissions: in the workflow)"
_REASONS: tuple[tuple[int, str, str, str], ...] = (
    (401, "", "the token is not accepted", "renew the token"),
    (403, "archived", "the repository is archived, so nothing can be written", "unarchive it, or set enabled = false"),
    (403, "not permitted to create", "GitHub Actions is not permitted to create pull requests", _ACTIONS),
    (403, "resource not accessible", "the token may not do this", _SCOPES),
    (404, "", "there is no such thing, or the token may not see it", "check [forge] repository and the token's rights"),
    (410, "", "Issues are switched off", "switch them on under Settings › General › Features"),
    (422, "no commits between", "its branch holds nothing that the base branch lacks", "delete the branch"),
    (422, "draft pull requests are not supported", "drafts are not to be had here", "set [forge] draft = false"),
)


class RefusalError(ForgeError):
    """GitHub did not do it, or nobody knows. ``status`` is None when there was no answer; ``said`` is in small letters.

    ``in_doubt``: it may have been done all the same.
    """

    def __init__(self, what: str, where: str, remedy: str, *, status: int | None = None, said: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status, self.said = status, said
        self.in_doubt = status is None or status >= 500


class MovedError(Exception):
    """GitHub answered with another address."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class _Answer(Protocol):
    status: int
    headers: Any
    reason: str | None

    def drain_conn(self) -> None: ...


class Patience(GithubRetry):
    """Which requests are tried again.

    After a limit every one, for then nothing was done; after a failure none that makes something, for it may be made.
    An address that moved raises MovedError: PyGithub follows a 301 without its query, and takes a 307 for an answer.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether :meth:`increment` is to decide."""
        return status_code in (*_LIMITS, *_MOVED) or (method in _REPEATABLE and status_code >= 500)

    def increment(  # type: ignore[override]
        self,
        method: str | None = None,
        url: str | None = None,
        response: _Answer | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Retry:
        """The next attempt. Raises what ends the attempts."""
        if response is not None and response.status in _MOVED:
            response.drain_conn()
            raise MovedError(response.headers.get("Location", ""))
        if response is not None and response.status in _LIMITS:
            return self._after_limit(method, url, response, _pool)
        if (
            error is not None
            and method not in _REPEATABLE
            and not isinstance(error, ConnectTimeoutError | NewConnectionError)
        ):
            raise error  # it may have been done
        return Retry.increment(self, method, url, response, error, _pool, _stacktrace)  # type: ignore[arg-type]

    def _after_limit(self, method: str | None, url: str | None, answer: _Answer, pool: Any) -> Retry:
        told = _json(self.get_content(answer, url or ""))  # type: ignore[arg-type]
        seconds = self._seconds(answer, str(told.get("message", "")))
        if seconds is None or seconds > _LONGEST_WAIT or not self.total:
            kind = GithubException if seconds is None else RateLimitExceededException
            raise kind(answer.status, told, dict(answer.headers.items()), None)
        retry = Retry.increment(self, method, url, answer, None, pool)  # type: ignore[arg-type]
        retry.get_backoff_time = lambda: seconds  # type: ignore[method-assign]
        return retry

    def _seconds(self, answer: _Answer, message: str) -> float | None:
        """How long to wait until it may be tried again; None when this is no limit."""
        after, reset = answer.headers.get("Retry-After", ""), answer.headers.get("X-RateLimit-Reset", "")
        if after.isdigit():
            return float(after)
        if answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isdigit():
            return max(0.0, int(reset) - time.time()) + 1  # nobody knows when in that second
        limited = answer.status == HTTPStatus.TOO_MANY_REQUESTS or Requester.isRateLimitError(message)
        return float(self.secondary_rate_wait) if limited else None


class GitHubApi:
    """One repository.

    ``pace``: seconds between writes, by default as GitHub wants it; what waiting without a told time is measured in.
    """

    def __init__(self, place: Place, pace: float | None = None) -> None:
        self.place = place
        """With its name as it is today."""
        self.notes: tuple[str, ...] = ()
        pace = DEFAULT_SECONDS_BETWEEN_WRITES if pace is None else pace
        self._github = Github(
            auth=Auth.Token(place.token),
            base_url=place.api,
            timeout=_SECONDS,
            user_agent="survey-bot",
            per_page=PAGE,
            lazy=True,
            api_version=API_VERSION_2026_03_10,
            seconds_between_requests=min(pace, DEFAULT_SECONDS_BETWEEN_REQUESTS),
            seconds_between_writes=pace,
            retry=Patience(
                total=_TRIES,
                backoff_factor=pace,
                secondary_rate_wait=_SECONDARY_WAIT * pace,
                respect_retry_after_header=False,  # `increment` reads it
                raise_on_status=False,
            ),
        )
        self._repository = self._github.get_repo(place.repository)

    def note(self, sentence: str) -> None:
        """Something the operator should know; told once."""
        self.notes = tuple(dict.fromkeys([*self.notes, sentence]))

    def ask(self, what: str, question: Callable[[Repository], T]) -> T:
        """The answer. ``what`` says, as ``the pull requests cannot be read``, what failed. Raises RefusalError.

        A repository that was renamed is found again.
        """
        try:
            try:
                return question(self._repository)
            except MovedError:
                if not self._find_again():
                    raise
                return question(self._repository)
        except (GithubException, RequestException, MovedError, *_UNREADABLE) as error:
            raise self._refusal(what, error) from None

    def make(self, what: str, action: Callable[[Repository], T], look: Callable[[], T | None]) -> T:
        """Do what must not be done twice; when it is in doubt whether it was done, or it was there before, ``look``.

        Raises RefusalError when ``look`` finds nothing.
        """
        try:
            return self.ask(what, action)
        except RefusalError as error:
            if not error.in_doubt and "already exists" not in error.said and "already_exists" not in error.said:
                raise
            try:
                found = look()
            except ForgeError:
                raise error from None
            if found is None:
                raise
            return found

    def _find_again(self) -> bool:
        """Whether the repository has another name now; it is used from here on. Raises as PyGithub does."""
        try:
            name = self._github.get_repo(self.place.repository).complete().full_name
        except MovedError as moved:
            try:
                name = str(self._github.requester.requestJsonAndCheck("GET", moved.location)[1]["full_name"])
            except (AssertionError, KeyError, TypeError):  # an address elsewhere, or no repository
                return False
        if name.lower() == self.place.repository.lower():
            return False
        self.note(f"{self.place.repository} is called {name} now; write that into [forge] repository")
        self.place, self._repository = self.place._replace(repository=name), self._github.get_repo(name)
        return True

    def _refusal(self, what: str, error: Exception) -> RefusalError:
        where = f"GitHub, {self.place.repository}"
        if isinstance(error, RateLimitExceededException):
            return _limit(what, where, error)
        if isinstance(error, MovedError):
            return RefusalError(f"{what}: it was moved", where, "nothing is lost, see where it is", status=301)
        if isinstance(error, RequestException):
            reason = f"GitHub cannot be reached ({type(error).__name__})"
            return RefusalError(f"{what}: {reason}", where, "nothing is lost, the next run tries again")
        if not isinstance(error, GithubException) or error.status < 400:
            return RefusalError(
                f"{what}: GitHub's answer cannot be read", where, "nothing is lost, the next run tries again"
            )
        said = _said(error.data)
        for status, sign, reason, remedy in _REASONS:
            if error.status == status and sign in said.lower():
                return RefusalError(f"{what}: {reason}", where, remedy, status=status, said=said.lower())
        if error.status >= 500:
            remedy = f"{_AGAIN}; see https://www.githubstatus.com"
            return RefusalError(f"{what}: GitHub failed with {error.status}", where, remedy, status=error.status)
        told = f"GitHub said {error.status}{f', {said}' if said else ''}"
        return RefusalError(f"{what}: {told}", where, "see docs/github.md", status=error.status, said=said.lower())


def _limit(what: str, where: str, error: GithubException) -> RefusalError:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    reset = headers.get("x-ratelimit-reset", "")
    until = ""
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        until = time.strftime(" until %H:%M UTC", time.gmtime(int(reset)))
    remedy = "nothing is lost, the next run goes on"
    return RefusalError(f"{what}: GitHub's limit of requests is used up{until}", where, remedy, status=error.status)


def _said(data: Any) -> str:
    """What GitHub says of a failure, as one printable line."""
    if not isinstance(data, dict):
        return ""
    details = [error for error in data.get("errors") or () if isinstance(error, dict | str)]
    more = [error if isinstance(error, str) else error.get("message") or error.get("code") for error in details]
    told = "; ".join(str(part) for part in (data.get("message"), *more) if part)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in told).split())
    return line[:300].rstrip(".")


def _json(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
