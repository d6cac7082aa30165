"""Asks a language model about several papers at once; what a suspicious text says is not sent to one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue

from bot.models import NOT_ASKED, Opinion
from bot.opinion.asking import STEPS, opine
from bot.opinion.prompts import Prompt
from bot.opinion.question import Case
from bot.ports import ChatModel
from bot.suspicion import suspicious

BUG = "LLM step failed by a fault of the bot; report it"


class Advisor:
    """Has opinions of one model, ``concurrency`` at a time; ``prompts`` by name."""

    def __init__(self, model: ChatModel, prompts: Mapping[str, Prompt], concurrency: int = 1) -> None:
        self.model = model
        self._prompts, self._concurrency = prompts, concurrency

    def opinions(self, cases: Sequence[Case], steps: Sequence[str] = STEPS) -> Iterator[tuple[int, Opinion]]:
        """(place in ``cases``, opinion) as they come in; the first cases are asked about first."""
        waiting, found, left = SimpleQueue[tuple[int, Case]](), SimpleQueue[tuple[int, Opinion]](), threading.Event()

        def ask() -> None:
            while not left.is_set():
                try:
                    place, case = waiting.get_nowait()
                except Empty:
                    return
                found.put((place, self._opinion(case, steps)))

        for numbered in enumerate(cases):
            waiting.put(numbered)
        for _ in range(min(self._concurrency, len(cases))):
            threading.Thread(target=ask, name="second opinion", daemon=True).start()  # nothing waits for one that hangs
        try:
            for _ in cases:
                yield found.get()
        finally:
            left.set()

    def _opinion(self, case: Case, steps: Sequence[str]) -> Opinion:
        try:
            if why := suspicious(case.record, case.flags):
                return Opinion(model=self.model.name, problems=(f"{NOT_ASKED}{why}",))
            return opine(case, self.model, self._prompts, steps)
        except BaseException as error:  # must cost this paper its second opinion, and nothing else
            logging.getLogger(__name__).error("a fault of ours", exc_info=error)
            return Opinion(model=self.model.name, problems=(BUG,))
