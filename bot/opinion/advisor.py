"""Asks a language model about several papers at once; what a suspicious text says is not sent to one."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

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
        with ThreadPoolExecutor(self._concurrency, "second opinion") as threads:
            places = {threads.submit(self._opinion, case, steps): place for place, case in enumerate(cases)}
            try:
                for one in as_completed(places):
                    yield places[one], one.result()
            finally:  # nobody waits for the rest any more
                threads.shutdown(wait=False, cancel_futures=True)

    def _opinion(self, case: Case, steps: Sequence[str]) -> Opinion:
        if why := suspicious(case.record, case.flags):
            return Opinion(model=self.model.name, problems=(f"{NOT_ASKED}{why}",))
        try:
            return opine(case, self.model, self._prompts, steps)
        except Exception as error:  # must cost this paper its second opinion, and nothing else
            logging.getLogger(__name__).error("a fault of ours", exc_info=error)
            return Opinion(model=self.model.name, problems=(BUG,))
