"""Any language model behind an endpoint that speaks OpenAI's API, through LangChain.

Source: https://platform.openai.com/docs/api-reference/chat/create. LangChain speaks; what it and the ``openai`` package
leave open is here: one deadline for a whole reply, a bound on its size, tries only where another one can help, and what
an endpoint does not take is found out once. Nothing is sent to any place but the endpoint.
"""

from __future__ import annotations

import re
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.adapters.chat import format as chat_format
from bot.adapters.chat import limits as chat_limits
from bot.adapters.chat.format import OPENAI
from bot.adapters.chat.limits import LARGEST_REPLY, LONGEST_WAIT, TRIES
from bot.chat import Reply, Request
from bot.errors import LanguageModelError
from bot.settings import Llm

if TYPE_CHECKING:
    import openai
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_NO_MODEL = ("model_not_found", "unknown_model", "DeploymentNotFound")
_FLAGGED = re.compile(r"moderat|flagged|content|policy", re.I)
"""HTTP 403 is about one text then, not about who asks."""
_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""Two names of one thing: newer models of OpenAI take the second only, most servers of one's own the first only."""
_WRONG_LIMIT = re.compile(r"^(?!.*(too large|maximum|exceed|at most|context)).*max_(completion_)?tokens", re.I | re.S)
_COMPLAINTS = {
    "max_tokens": _WRONG_LIMIT,
    "max_completion_tokens": _WRONG_LIMIT,
    "temperature": re.compile("temperature", re.I),
    "response_format": re.compile(r"response.?format|json.?schema|structured.?output|grammar|guided", re.I),
}
"""How an endpoint says that it does not take this key."""
_REFUSED = (400, 422, 500, 501)
"""HTTP status of an endpoint that does not take a key."""
_ONE_REQUEST = (400, 403, 413, 422)
"""HTTP status of what is wrong with one request."""


class _Course:
    """How one request goes, over all its tries."""

    def __init__(self, left_out: Mapping[str, str]) -> None:
        self.left_out = dict(left_out)
        """Options that are not sent, and what the endpoint said of them."""
        self.guessed: openai.APIStatusError | None = None
        """The first error that was taken for the refusal of an option by its words alone."""
        self.lost = 0


class LangChainModel:
    """The model that ``llm`` names; ``key`` may be missing for an endpoint of one's own (``base_url``).

    Safe to be asked by several threads at once, which keep one pace. ``sleep`` waits between tries.
    ``Usage.calls`` of a reply is 1: of requests before it that failed no service tells the tokens (``Reply.lost``).
    """

    def __init__(self, llm: Llm, key: str | None, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = llm.model
        self._llm, self._key, self._sleep = llm, (key or "").strip(), sleep
        address = re.sub(r"//[^/]*@", "//", llm.base_url) or "OpenAI"
        self._secret = chat_limits.secret(self._key)
        self._variable = f"the environment variable {llm.key_env}"
        self.where = f"{address}, model {llm.model}"
        """For people: without what an address may hold of a password."""
        self._lock = threading.Lock()
        self._model: BaseChatModel | None = None
        self._left_out: dict[str, str] = {}
        """Options that the endpoint does not take, and what it said of them."""
        self._has_replied = False
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd about the endpoint so far, one sentence each; the run went on."""
        return tuple(self._notes)

    def ask(self, request: Request) -> Reply:
        """One reply, which may be of no use (cut off, refused, not JSON). Raises LanguageModelError."""
        model, course = self._opened(), _Course(self._left_out)
        while True:
            try:
                reply = self._tried(model, request, course)
            except Exception as error:  # a stranger's reply can make LangChain raise anything
                if chat_limits.is_filtered(error):
                    took = chat_format.usage(self._llm, None, None)
                    return chat_format.made("", None, "content_filter", took, course.lost)
                if not self._can_do_without(error, request, course):
                    raise self._told(error, course) from None
            else:
                self._has_replied = True
                self._leave_out(course.left_out)
                return reply

    # --- asking ---

    def _opened(self) -> BaseChatModel:
        with self._lock:
            self._model = self._model or self._open()
            return self._model

    def _open(self) -> BaseChatModel:
        self._check()
        from langchain.chat_models import init_chat_model
        from langchain_core.rate_limiters import InMemoryRateLimiter
        from pydantic import SecretStr

        pace = self._llm.per_minute / 60
        limiter = InMemoryRateLimiter(
            requests_per_second=pace, check_every_n_seconds=max(0.001, min(0.1, 0.25 / pace)), max_bucket_size=1
        )
        limiter.available_tokens = 1.0  # the first goes at once
        warnings.filterwarnings("ignore", module=r"langchain_openai\.")  # advice to programmers: the notes say it
        try:
            # What is None or left out here, LangChain takes from environment variables of its own: another address,
            # another key, a gateway.
            return init_chat_model(
                self.name,
                model_provider="openai",
                base_url=self._llm.base_url or OPENAI,
                api_key=SecretStr(self._key or "none"),
                timeout=self._llm.timeout,
                max_retries=0,
                rate_limiter=limiter,
                http_client=chat_limits.client(self._llm.timeout),
                http_socket_options=(),
                openai_proxy="",
                use_responses_api=False,
                output_version="v0",
                cache=False,
            )
        except Exception as error:  # addresses and proxies that the HTTP library cannot use
            raise self._error(f"it cannot be asked ({self._plain(error)})", "check [llm]", lasting=True) from None

    def _check(self) -> None:
        """Raises LanguageModelError for what no try can mend."""
        if not self._key and not self._llm.base_url:
            raise self._error("there is no key", f"put one into {self._variable}", lasting=True)
        if not (self._key.isascii() and self._key.isprintable()):
            raise self._error("the key has letters no key has", f"check {self._variable}", lasting=True)
        try:
            address = urlsplit(self._llm.base_url or OPENAI)
            is_web = address.scheme in ("http", "https") and bool(address.hostname)
        except ValueError:
            is_web = False
        if not is_web:
            raise self._error("this is no web address", "check base_url in [llm]", lasting=True)

    def _options(self, request: Request, left_out: Mapping[str, str]) -> dict[str, Any]:
        """The options under names the endpoint takes, as far as it is known."""
        named = {
            _LIMITS.get(name, "") if name in left_out else name: value
            for name, value in chat_format.options(request, self._llm).items()
        }
        return {name: value for name, value in named.items() if name and name not in left_out}

    def _tried(self, model: BaseChatModel, request: Request, course: _Course) -> Reply:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        tries = Retrying(
            stop=stop_after_attempt(TRIES),
            retry=retry_if_exception(chat_limits.passes),
            wait=chat_limits.pause,
            sleep=self._sleep,
            reraise=True,
        )
        return tries(self._asked, model, request, course)

    def _asked(self, model: BaseChatModel, request: Request, course: _Course) -> Reply:
        from langsmith import tracing_context

        turns = [(message.role, message.text) for message in request.messages]
        options = self._options(request, course.left_out)
        try:
            # extra_body, because response_format itself makes LangChain call the client's parse(), which raises where
            # a reply was cut off, and because max_tokens would be renamed.
            with tracing_context(enabled=False):
                return self._reply(request, model.invoke(turns, extra_body=options), course.lost)
        except Exception as error:
            course.lost += chat_limits.is_lost(error)
            raise

    def _can_do_without(self, error: Exception, request: Request, course: _Course) -> bool:
        """Whether the endpoint refused an option that is still sent; the next try goes without it.

        Its words alone may be those of a paper ("grammar"): then it is left out of other requests only once a request
        without it had a reply.
        """
        import openai

        if not isinstance(error, openai.APIStatusError) or error.status_code not in _REFUSED:
            return False
        said, named = self._plain(error.body), re.split(r"[.\[]", str(error.param))[0]
        for name in sorted(self._options(request, course.left_out), key=lambda name: name != named):
            if _COMPLAINTS[name].search(f"{error.param} {said}") and _LIMITS.get(name) not in course.left_out:
                course.left_out[name] = said
                if name == named:
                    self._leave_out({name: said})
                else:
                    course.guessed = course.guessed or error
                return True
        return False

    def _leave_out(self, options: Mapping[str, str]) -> None:
        """From now on."""
        with self._lock:
            new = {name: said for name, said in options.items() if name not in self._left_out}
            self._left_out = {**self._left_out, **new}
        if "response_format" in new:
            self._note(f"it takes no JSON schema ({new['response_format']}); its replies are only checked against it")
        if "temperature" in new:
            self._note('it takes no temperature; write temperature = "none" in [llm]')

    # --- what came back ---

    def _reply(self, request: Request, message: AIMessage, lost: int) -> Reply:
        said = message.response_metadata.get("token_usage") or {}  # what LangChain makes of it hides what is missing
        counts = said.get("prompt_tokens"), said.get("completion_tokens")
        took = chat_format.usage(self._llm, *counts, chat_format.size(request))
        if not took.tokens:
            self._note("it does not say how many tokens a reply took; the most they can be is reckoned with")
        refusal = message.additional_kwargs.get("refusal")
        finish = message.response_metadata.get("finish_reason")
        return chat_format.made(str(message.text), refusal, finish, took, lost)

    def _told(self, error: Exception, course: _Course) -> LanguageModelError:
        import openai

        first = course.guessed
        if first and isinstance(error, openai.APIStatusError) and error.status_code == first.status_code:
            error = first  # leaving things out was no help
        told = self._explained(error)
        told.lost = course.lost
        return told

    def _explained(self, error: Exception) -> LanguageModelError:
        import openai

        again = "or try again later"
        if isinstance(error, openai.APIStatusError):
            return self._refused(error)
        if isinstance(error, TimeoutError | openai.APITimeoutError):
            return self._error(f"it did not reply within {self._llm.timeout:g} s", f"raise timeout in [llm], {again}")
        if isinstance(error, openai.APIConnectionError):
            why = self._plain(chat_limits.root(error))
            return self._error(f"it cannot be reached, or the connection broke ({why})", f"check base_url, {again}")
        if isinstance(error, chat_limits.TooLargeError):
            what = f"its reply is larger than {LARGEST_REPLY / 1e6:g} MB"
            return self._error(what, "take another model in [llm]", only_this=True)
        if isinstance(error, chat_limits.PackedError):
            return self._error("its reply is packed, which was not asked for", "check base_url in [llm]")
        if chat_limits.is_of_langchain(error):
            what = f"LangChain failed ({self._plain(error)})"
            return self._error(what, "check the environment variables that it reads", lasting=True)
        return self._error("its reply is not a chat completion", "check base_url in [llm]")

    def _refused(self, error: openai.APIStatusError) -> LanguageModelError:
        status, said, variable = error.status_code, self._plain(error.body), self._variable
        wait, is_new = chat_limits.retry_after(error) or 0.0, not self._has_replied
        if status == 402 or chat_limits.is_broke(error):
            return self._error(
                "the account has no quota left", "look at its billing, or set another model", lasting=True
            )
        if status == 401 and not self._key:
            return self._error("it wants a key", f"put one into {variable}", lasting=True)
        if status == 401:
            return self._error("the key was refused", f"check {variable}", lasting=True)
        if status == 403 and not _FLAGGED.search(said):
            what, remedy = f"access was refused ({said})", f"check {variable} and model in [llm]"
            return self._error(what, remedy, lasting=is_new, only_this=not is_new)
        if status < 400 or status in (404, 405) or error.code in _NO_MODEL:
            what = f"it does not know the model or the address (HTTP {status}: {said})"
            return self._error(what, "check model and base_url in [llm]", lasting=is_new)
        if wait > LONGEST_WAIT:
            return self._error(f"it wants to be left alone for {wait:.0f} s", "try again after that", lasting=True)
        if status == 429:
            return self._error(f"it was asked too often ({said})", "lower per_minute in [llm], or try again later")
        if chat_limits.passes(error):
            return self._error(f"it failed {TRIES} times (HTTP {status}: {said})", "try again later")
        what = f"it refused the request (HTTP {status}: {said})"
        return self._error(what, "check [llm]", only_this=status in _ONE_REQUEST)

    def _plain(self, said: object) -> str:
        return chat_limits.plain(said, self._secret)

    def _note(self, what: str) -> None:
        self._notes[f"{self.where}: {what}"] = None

    def _error(self, what: str, remedy: str, **more: bool) -> LanguageModelError:
        return LanguageModelError(what, where=self.where, remedy=remedy, **more)
