"""What keeps a language model from costing more than was allowed, and a run from waiting for one that is down."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from bot import chat
from bot.errors import CapReachedError, LanguageModelError
from bot.models import Usage
from bot.ports import ChatModel
from bot.settings import Llm, Price

FAILURES = 3
"""After so many in a row the model is not asked again in this run."""


class Guarded:
    """A chat model that stops at the cap of ``[llm]``, and once it is of no use (``bot.ports.ChatModel``).

    The cap is hard: a request is sent only if the longest reply it can get still fits, beside those under way.
    """

    def __init__(self, model: ChatModel, llm: Llm) -> None:
        self.name = model.name
        self._model, self._llm, self._price = model, llm, llm.prices.get(model.name, Price(input=0, output=0))
        self._lock = threading.Lock()
        self._tokens, self._cost, self._failures = 0, 0.0, 0  # what is under way counts at its most
        self._stopped: LanguageModelError | None = None

    @property
    def notes(self) -> Sequence[str]:
        """Of the model."""
        return self._model.notes

    def ask(self, request: chat.Request) -> chat.Reply:
        """One reply. Raises LanguageModelError, lasting when no other request will be sent."""
        most = self._most(request)
        with self._lock:
            self._stopped = self._stopped or self._capped(most)
            if self._stopped:
                raise self._stopped
            self._spend(most, 1)
        spent, failed = Usage(), None
        try:
            reply = self._model.ask(request)
            spent = reply.usage if reply.usage.tokens else most  # a service that counts none is believed to take all
            return reply
        except LanguageModelError as error:
            failed = error
            raise
        finally:
            with self._lock:
                self._spend(most, -1)
                self._spend(spent, 1)
                self._failures = self._failures + 1 if failed else 0
                if failed and (failed.lasting or self._failures >= FAILURES):
                    self._stopped = LanguageModelError(
                        failed.what, where=failed.where, remedy=failed.remedy, lasting=True
                    )

    def _spend(self, usage: Usage, times: int) -> None:
        self._tokens += times * usage.tokens
        self._cost += times * (usage.cost or 0)

    def _capped(self, more: Usage) -> CapReachedError | None:
        """Why no more is asked, if this would pass the cap."""
        if self._tokens + more.tokens > self._llm.run_tokens:
            cap, key = f"{self._llm.run_tokens:,} tokens", "run_tokens"
        elif self._llm.run_cost is not None and self._cost + (more.cost or 0) > self._llm.run_cost:
            cap, key = f"${self._llm.run_cost:g}", "run_cost"
        else:
            return None
        return CapReachedError(f"the cap of {cap} a run is reached", where=f"[llm] {key}")

    def _most(self, request: chat.Request) -> Usage:
        """A token is a byte at least; of plain English it has four characters, and two are reckoned with."""
        texts = [str(request.schema), *(message.text for message in request.messages)]
        prompt = sum(len(text.encode()) - len(text.encode("ascii", "ignore")) // 2 for text in texts)
        cost = (prompt * self._price.input + self._llm.max_tokens * self._price.output) / 1e6
        return Usage(calls=1, input=prompt, output=self._llm.max_tokens, cost=cost)
