"""Makes the language models that the settings name, and reads the prompts. Their key is read from the environment."""

from __future__ import annotations

import hashlib
import importlib.resources
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SettingsError
from bot.ports import ChatModel
from bot.settings import Llm

if TYPE_CHECKING:
    from bot.adapters.chat.kept_replies import KeptReplies
    from bot.adapters.chat.model import LangChainModel
    from bot.opinion.advisor import Advisor
    from bot.opinion.prompts import Prompt


def prompts() -> dict[str, Prompt]:
    """The latest version of every prompt, by name."""
    from bot.opinion.prompts import latest

    files = (file for file in importlib.resources.files("prompts").iterdir() if file.name.endswith(".md"))
    return latest({file.name: file.read_text(encoding="utf-8") for file in files})


@dataclass(frozen=True)
class LanguageModels:
    """The models of ``[llm]``; what they answered is kept in ``folder``. ``name``: overrides ``[llm] model``."""

    settings: Llm
    folder: Path

    def kept(self, name: str = "") -> KeptReplies:
        """The replies that are kept here, and no others."""
        return self._replies(name, None)

    def asked(self, name: str = "") -> KeptReplies:
        """A model; what it has answered before is not asked again. Raises SettingsError.

        Without a key for the service only what is kept can be had.
        """
        from bot.opinion.guard import Guarded

        if self.settings.run_cost is not None and self._name(name) not in self.settings.prices:
            raise SettingsError(
                f"{self._name(name)} has no price, so run_cost cannot hold",
                where="[llm.prices]",
                remedy="write what it costs there",
            )
        return self._replies(name, Guarded(self.live(name), self.settings, time.monotonic))

    def live(self, name: str = "") -> LangChainModel:
        """The service itself. Raises SettingsError."""
        from bot.adapters.chat.model import LangChainModel

        llm = self.settings.model_copy(update={"model": self._name(name)})
        return LangChainModel(llm, os.environ.get(llm.key_env))

    @property
    def advisor(self) -> Advisor | None:
        """Who is asked for a second opinion in a run, if a model is set. Raises SettingsError."""
        from bot.opinion.advisor import Advisor

        return Advisor(self.asked(), prompts(), self.settings.concurrency) if self.settings.model else None

    def _name(self, name: str) -> str:
        if name or self.settings.model:
            return name or self.settings.model
        raise SettingsError(
            "no language model is named",
            where="[llm] model",
            remedy="write its name there (evaluate takes --llm NAME, llm export --model NAME)",
        )

    def _replies(self, name: str, model: ChatModel | None) -> KeptReplies:
        from bot.adapters.chat.kept_replies import KeptReplies

        address = self.settings.base_url
        place = hashlib.sha256(address.encode()).hexdigest()[:12] if address else "openai"  # "model" may be any model
        return KeptReplies(self.folder / place, self._name(name), model)
