"""Porch: makes the doors that the settings name. Secrets are read from the environment here only."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from bot.adapters.shelf import PAPERS, Shelf
from bot.errors import SettingsError
from bot.models import Proposal
from bot.ports import Forge, Source
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.archive import RecordArchive
    from bot.adapters.arxiv_api import ArxivApi
    from bot.adapters.ledger_file import LedgerFile
    from vectorstore.index import ChromaMemory

CACHE_VARIABLE = "SURVEY_BOT_CACHE"
"""Environment variable that overrides where the cache is."""


@dataclass(frozen=True)
class Wiring:
    """The doors of one survey. ``offline``: nothing asks arXiv, and listed papers are known from the cache only."""

    settings: Settings
    offline: bool = False

    @property
    def cache(self) -> Path:
        """The folder for what can be fetched or made again: abstracts, the converted model, the index."""
        named = os.environ.get(CACHE_VARIABLE) or self.settings.cache.path
        return self.settings.at_root(named) if named else platformdirs.user_cache_path("survey-bot")

    @cached_property
    def shelf(self) -> Shelf:
        """The files under ``taxonomy/``."""
        return Shelf(self.settings.at_root(self.settings.survey.taxonomy))

    @cached_property
    def arxiv(self) -> ArxivApi:
        """One for all, so that its politeness holds for all."""
        from bot.adapters.arxiv_api import ArxivApi

        return ArxivApi(self.settings.watch)

    @cached_property
    def archive(self) -> RecordArchive:
        """Abstracts by id."""
        from bot.adapters.archive import RecordArchive

        return RecordArchive(self.cache / "records", None if self.offline else self.arxiv.fetch)

    @cached_property
    def ledger(self) -> LedgerFile:
        """One fate per paper."""
        from bot.adapters.ledger_file import LedgerFile

        return LedgerFile(self.settings.at_root(self.settings.ledger.path))

    @property
    def index_path(self) -> Path | None:
        """The folder of the index, or None when it is on a server."""
        if self.settings.index.url:
            return None
        return self.settings.at_root(self.settings.index.path) if self.settings.index.path else self.cache / "index"

    @property
    def model_directory(self) -> Path | None:
        """The configured folder of the model's weights."""
        named = self.settings.embedder.directory
        return self.settings.at_root(named) if named else None

    def memory(self, survey: str) -> ChromaMemory:
        """The index of this survey and its embedder. Raises EmbedderError."""
        from vectorstore import embedders
        from vectorstore.index import ChromaMemory

        key = os.environ.get(self.settings.embedder.key_env)
        embedder = embedders.load(self.settings.embedder, self.cache / "model", key, directory=self.model_directory)
        return ChromaMemory(embedder, self.index_path, self.settings.index.url, survey, vectors=self.cache / "vectors")

    def forge(self, show: Callable[[Proposal], None], *, dry_run: bool) -> Forge:
        """Where pull requests go; ``show`` is told what a dry run would open. Raises ForgeError."""
        if dry_run or self.settings.forge.kind == "dry-run":
            from bot.adapters.dry_run_forge import DryRunForge

            return DryRunForge(show)
        from bot.adapters.local_forge import LocalForge

        return LocalForge(self.settings.at_root(self.settings.forge.path), self.settings.forge.base)

    @property
    def papers_folder(self) -> str:
        """Where a paper's file goes, from the root of the forge's repository. Raises SettingsError if it is outside."""
        forge = self.settings.forge
        root = self.settings.at_root(forge.path) if forge.kind == "local" else self.settings.root
        try:
            return (self.shelf.folder / PAPERS).relative_to(root.resolve()).as_posix()
        except ValueError:
            raise SettingsError(
                f"{self.shelf.folder} is not inside {root}, so nothing can be proposed there",
                where="[survey] taxonomy",
                remedy="keep the taxonomy in the repository that [forge] path names",
            ) from None

    def sources(self, feeds: Sequence[Path], since: date | None, until: date | None, now: datetime) -> list[Source]:
        """The files given, or else arXiv from ``since`` (default: the days of ``[watch]``) to ``until`` (now).

        Both days are included.
        """
        if since and (until or now.date()) < since:
            raise SettingsError(f"the window ends ({until or now.date()}) before it starts ({since})", where="--since")
        if feeds:
            from bot.adapters.feed_file import FileSource

            return [FileSource(feed, since, until) for feed in feeds]
        if self.offline:
            raise SettingsError("there are no papers to read", where="--offline", remedy="give a file with --feed")
        from bot.adapters.arxiv_api import ArxivSource

        watch = self.settings.watch
        return [ArxivSource(watch, since or now - timedelta(days=watch.days), until or now, self.arxiv)]
