"""What keeps a language model from costing more than was allowed, and a run from waiting for one that is down."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Sequence

from bot import chat
from bot.errors import CapReachedError, LanguageModelError
from bot.models import Usage
from bot.ports import ChatModel
from bot.settings import Llm, Price

FAILURES = 3
"""After so many in a row the model is not asked again in this run."""


class Guarded:
    """A chat model that stops at the caps of ``[llm]``, and once it is of no use (``bot.ports.ChatModel``).

    The caps on tokens and cost are hard: a request is sent only if the longest reply it can get still fits; where only
    what is under way stands against that, it waits. What may be charged and is not told counts at its most.
    ``clock``: seconds, from anywhere.
    """

    def __init__(self, model: ChatModel, llm: Llm, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.name = model.name
        self._model, self._llm, self._price = model, llm, llm.prices.get(model.name, Price(input=0, output=0))
        self._clock, self._began = clock, clock()
        self._changed = threading.Condition()
        self._spent, self._under_way = Usage(), Usage()
        self._longest = llm.max_tokens  # models that think may write more than they were told
        self._failures = 0
        self._stopped: LanguageModelError | None = None

    @property
    def notes(self) -> Sequence[str]:
        """Of the model."""
        return self._model.notes

    def ask(self, request: chat.Request) -> chat.Reply:
        """One reply. Raises LanguageModelError, a CapReachedError where this request would pass a cap."""
        most = self._admitted(request)
        lost = 1  # if a fault of ours ends it, nobody knows
        spent = Usage()
        failed: LanguageModelError | None = None
        try:
            reply = self._model.ask(request)
            lost, spent = reply.lost, reply.usage if reply.usage.tokens else most
            return reply.model_copy(update={"usage": spent})
        except LanguageModelError as error:
            lost, failed = error.lost, error
            raise
        finally:
            with self._changed:
                self._under_way = _sum(self._under_way, most, -1)
                self._spent = _sum(_sum(self._spent, spent), most, lost)
                self._longest = max(self._longest, spent.output)
                self._note(failed)
                self._changed.notify_all()

    def _admitted(self, request: chat.Request) -> Usage:
        """The most that this request can take, once there is room for it."""
        with self._changed:
            while True:
                most = self._most(request)
                error = self._stopped or self._timed_out() or self._capped(_sum(self._spent, most))
                if error:
                    raise copy.copy(error)
                if not self._capped(_sum(_sum(self._spent, self._under_way), most)):
                    self._under_way = _sum(self._under_way, most)
                    return most
                self._changed.wait()

    def _note(self, failed: LanguageModelError | None) -> None:
        """A request that failed by what it asked says nothing of others."""
        if failed and failed.only_this:
            return
        self._failures = self._failures + 1 if failed else 0
        if failed and (failed.lasting or self._failures >= FAILURES):
            self._stopped = LanguageModelError(failed.what, where=failed.where, remedy=failed.remedy, lasting=True)

    def _timed_out(self) -> CapReachedError | None:
        if self._clock() - self._began <= 60 * self._llm.run_minutes:
            return None
        return CapReachedError(
            f"the cap of {self._llm.run_minutes:g} minutes a run is reached",
            where="[llm] run_minutes",
            remedy="raise run_minutes in [llm]",
        )

    def _capped(self, after: Usage) -> CapReachedError | None:
        """Why what would be spent then is too much, if it is."""
        if after.tokens > self._llm.run_tokens:
            cap, key = f"{self._llm.run_tokens:,} tokens", "run_tokens"
        elif self._llm.run_cost is not None and (after.cost or 0) > self._llm.run_cost:
            cap, key = f"${self._llm.run_cost:g}", "run_cost"
        else:
            return None
        what = f"the next request could pass the cap of {cap} a run"
        return CapReachedError(what, where=f"[llm] {key}", remedy=f"raise {key} in [llm]")

    def _most(self, request: chat.Request) -> Usage:
        """A token is a byte at least; of plain English it has four characters, and two are reckoned with."""
        texts = [str(request.schema), *(message.text for message in request.messages)]
        prompt = sum(len(text.encode()) - len(text.encode("ascii", "ignore")) // 2 for text in texts)
        cost = (prompt * self._price.input + self._longest * self._price.output) / 1e6
        priced = self.name in self._llm.prices
        return Usage(calls=1, input=prompt, output=self._longest, cost=cost if priced else None)


def _sum(usage: Usage, more: Usage, times: int = 1) -> Usage:
    """Without a price, the cost counts as nothing."""
    return Usage.model_construct(
        calls=usage.calls + times * more.calls,
        input=usage.input + times * more.input,
        output=usage.output + times * more.output,
        cost=(usage.cost or 0) + times * (more.cost or 0),
    )
