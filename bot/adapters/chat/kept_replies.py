"""Replies of language models, kept for good: one file each, outside git.

Named by a hash of model and prompt (``Request.key``), so that a second evaluation costs nothing, a killed one resumes,
and replies of a batch can be laid there. A file is whole or not there; what is no whole reply counts as missing.
"""

from __future__ import annotations

import threading
from pathlib import Path

from pydantic import ValidationError

from bot.chat import Reply, Request
from bot.errors import LanguageModelError
from bot.files import write_atomically
from bot.models import Usage
from bot.ports import ChatModel


class KeptReplies:
    """The replies of the model called ``name`` in ``folder``; ``model`` is asked for others (None: nobody is).

    Safe with threads and with several processes at once: two that ask the same thing both pay, and both keep.
    """

    def __init__(self, folder: Path, name: str, model: ChatModel | None) -> None:
        self.name = name
        self.kept = Usage()
        """What the kept replies that were given so far took when they were new."""
        self._notes: list[str] = []
        self._folder, self._model = folder, model
        self._lock = threading.Lock()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was wrong with the folder, or odd about the model, so far, one sentence each; the run went on."""
        return (*self._notes, *(self._model.notes if self._model else ()))

    def ask(self, request: Request) -> Reply:
        """The kept reply, which takes nothing, or else the model's. Raises LanguageModelError."""
        key = request.key(self.name)
        kept = self._read(key)
        if kept:
            with self._lock:
                self.kept += kept.usage
            return kept.model_copy(update={"usage": Usage(), "lost": 0})
        if self._model is None:
            raise LanguageModelError(
                "there is no kept reply",
                where=f"{request.about}, model {self.name}",
                remedy="ask the model itself, or bring replies with `survey-bot llm import`",
            )
        reply = self._model.ask(request)
        if "{" in reply.text:  # "overloaded", said by a gateway with HTTP 200, must not stay for ever
            self.keep(key, reply)
        return reply

    def missing(self, request: Request) -> bool:
        """Whether the model would have to be asked."""
        return not self.holds(request.key(self.name))

    def holds(self, key: str) -> bool:
        """Whether the reply to the request of this key is kept."""
        return self._read(key) is not None

    def keep(self, key: str, reply: Reply) -> bool:
        """Keep a reply to the request of this key, best effort; refused, empty and cut-off ones are not kept.

        Nor is one in the place of another. Whether it was kept.
        """
        if not _is_worth_keeping(reply) or self.holds(key):
            return False
        try:
            write_atomically(self._file(key), reply.model_dump_json(exclude={"lost"}).encode())
        except OSError as error:
            self._note(f"replies cannot be kept ({error.strerror}); they are asked for again in every run")
            return False
        return True

    def _read(self, key: str) -> Reply | None:
        try:
            reply = Reply.model_validate_json(self._file(key).read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return None
        except OSError as error:
            self._note(f"kept replies cannot be read ({error.strerror}); they are asked for again in every run")
            return None
        return reply if _is_worth_keeping(reply) else None

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def _note(self, what: str) -> None:
        note = f"{self._folder}: {what}"
        with self._lock:
            if note not in self._notes:
                self._notes.append(note)


def _is_worth_keeping(reply: Reply) -> bool:
    return reply.finish == "stop" and bool(reply.text)
