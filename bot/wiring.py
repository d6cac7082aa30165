"""Porch: makes the doors that the settings name. Secrets are read from the environment here only."""

from __future__ import annotations

import hashlib
import importlib.resources
import math
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import platformdirs

from bot.adapters.shelf import PAPERS, Shelf
from bot.errors import SettingsError
from bot.models import Proposal
from bot.ports import ChatModel, Forge, Ledger
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.archive import RecordArchive
    from bot.adapters.arxiv_api import ArxivApi, ArxivSearch
    from bot.adapters.arxiv_feed import ArxivFeed
    from bot.adapters.chat_model import LangChainModel
    from bot.adapters.feed_file import FileSource
    from bot.adapters.github.settings import GitHubSettings
    from bot.adapters.kept_replies import KeptReplies
    from bot.adapters.polite import PoliteSession
    from bot.opinion.advisor import Advisor
    from bot.opinion.prompts import Prompt
    from vectorstore.index import ChromaMemory

_HERE = {"127.0.0.1", "::1", "localhost"}
"""A mirror on this machine needs no manners."""
_FEED = 5.0
"""Minutes for the announcements, when those for the search are over."""
CACHE_VARIABLE = "SURVEY_BOT_CACHE"
"""Environment variable that overrides where the cache is."""


class GitHub(NamedTuple):
    """Where on GitHub the survey is, and who asks; from the settings and from what a workflow is given.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """

    repository: str
    token: str
    api: str
    server: str

    @property
    def git(self) -> str:
        """The address of the git repository."""
        return f"{self.server}/{self.repository}.git"


def github(repository: str = "", token_env: str = "GITHUB_TOKEN") -> GitHub:  # noqa: S107 - a name
    """GitHub as the environment has it. Raises SettingsError when repository or token are not known."""
    environment = os.environ
    repository = repository or environment.get("GITHUB_REPOSITORY", "")
    if not repository:
        raise SettingsError(
            "which repository on GitHub is not known", where="[forge] repository", remedy="write owner/name there"
        )
    token = environment.get(token_env, "")
    if not token:
        raise SettingsError(
            f"the environment variable {token_env} is not set",
            where="[forge] token_env",
            remedy="put a token of GitHub there, see docs/github.md",
        )
    api = environment.get("GITHUB_API_URL") or "https://api.github.com"
    return GitHub(repository, token, api, environment.get("GITHUB_SERVER_URL") or "https://github.com")


def prompts() -> dict[str, Prompt]:
    """The latest version of every prompt, by name."""
    from bot.opinion.prompts import latest

    files = (file for file in importlib.resources.files("prompts").iterdir() if file.name.endswith(".md"))
    return latest({file.name: file.read_text(encoding="utf-8") for file in files})


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

    def session(self, minutes: float = math.inf) -> PoliteSession:
        """To ask arXiv, for so long at most; all keep one pace."""
        from bot.adapters.polite import PoliteSession

        watch = self.settings.watch
        hosts = {urlsplit(place).hostname for place in (watch.api, watch.feed) if place}
        delay = 0.0 if hosts <= _HERE else PoliteSession.DELAY
        return PoliteSession(watch.contact, delay=delay, minutes=min(minutes, watch.minutes))

    @cached_property
    def arxiv(self) -> ArxivApi:
        """The API of arXiv."""
        from bot.adapters.arxiv_api import ArxivApi

        return ArxivApi(self.settings.watch, session=self.session())

    @cached_property
    def archive(self) -> RecordArchive:
        """Abstracts by id."""
        from bot.adapters.archive import RecordArchive

        return RecordArchive(self.cache / "records", None if self.offline else self.arxiv.fetch)

    @cached_property
    def ledger(self) -> Ledger:
        """One fate per paper: a file, or with GitHub a branch. Raises SettingsError."""
        if self.settings.forge.kind == "github":
            from bot.adapters.state_branch import BranchLedger

            place = self.github
            folder = self.cache / "state" / re.sub(r"\W+", "_", place.git)
            before = self.settings.at_root(self.settings.ledger.path)
            return BranchLedger(folder, place.git, self.settings.ledger.branch, place.token, before)
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

    def kept_replies(self, name: str = "") -> KeptReplies:
        """The replies of a language model that are kept here, and no others; ``name`` overrides ``[llm] model``."""
        return self._replies(name, None)

    def chat_model(self, name: str = "") -> KeptReplies:
        """A language model; what it has answered before is not asked again. Raises SettingsError.

        Without a key for the service only what is kept can be had.
        """
        from bot.opinion.guard import Guarded

        llm = self.settings.llm
        if llm.run_cost is not None and self._name(name) not in llm.prices:
            raise SettingsError(
                f"{self._name(name)} has no price, so run_cost cannot hold",
                where="[llm.prices]",
                remedy="write what it costs there",
            )
        return self._replies(name, Guarded(self.live_model(name), llm, time.monotonic))

    def live_model(self, name: str = "") -> LangChainModel:
        """The service itself. Raises SettingsError."""
        from bot.adapters.chat_model import LangChainModel

        llm = self.settings.llm.model_copy(update={"model": self._name(name)})
        return LangChainModel(llm, os.environ.get(llm.key_env))

    def _name(self, name: str) -> str:
        if name or self.settings.llm.model:
            return name or self.settings.llm.model
        raise SettingsError(
            "no language model is named",
            where="[llm] model",
            remedy="write its name there (evaluate takes --llm NAME, llm export --model NAME)",
        )

    def _replies(self, name: str, model: ChatModel | None) -> KeptReplies:
        from bot.adapters.kept_replies import KeptReplies

        address = self.settings.llm.base_url
        place = hashlib.sha256(address.encode()).hexdigest()[:12] if address else "openai"  # "model" may be any model
        return KeptReplies(self.cache / "replies" / place, self._name(name), model)

    @property
    def advisor(self) -> Advisor | None:
        """Who is asked for a second opinion in a run, if a language model is set. Raises SettingsError."""
        from bot.opinion.advisor import Advisor

        llm = self.settings.llm
        return Advisor(self.chat_model(), prompts(), llm.concurrency) if llm.model else None

    def forge(self, show: Callable[[Proposal], None], *, dry_run: bool) -> Forge:
        """Where pull requests go; ``show`` is told what a dry run would open. Raises ForgeError."""
        if dry_run or self.settings.forge.kind == "dry-run":
            from bot.adapters.dry_run_forge import DryRunForge

            return DryRunForge(show)
        if self.settings.forge.kind == "github":
            from bot.adapters.github.forge import GitHubForge

            place, options = self.github, self.settings.forge
            return GitHubForge(
                place.repository, options.base, place.token, api=place.api, server=place.server, options=options
            )
        from bot.adapters.local_forge import LocalForge

        return LocalForge(self.settings.at_root(self.settings.forge.path), self.settings.forge.base)

    @cached_property
    def github(self) -> GitHub:
        """The repository on GitHub. Raises SettingsError."""
        return github(self.settings.forge.repository, self.settings.forge.token_env)

    @property
    def home(self) -> str:
        """Where people read the repository; empty where it has no such page. Raises SettingsError."""
        is_github = self.settings.forge.kind == "github"
        return f"{self.github.server}/{self.github.repository}" if is_github else ""

    def problems(self, now: datetime) -> list[str]:
        """What a person should be told of the place where pull requests live; its schedule is kept alive on the way."""
        if self.settings.forge.kind != "github":
            return []
        return self.github_settings.activity.problems(now)

    @cached_property
    def github_settings(self) -> GitHubSettings:
        """What must be switched on at GitHub. Raises SettingsError."""
        from bot.adapters.github.settings import GitHubSettings

        place, settings = self.github, self.settings
        return GitHubSettings(
            place.repository, place.token, api=place.api, options=settings.forge, state=settings.ledger.branch
        )

    @property
    def papers_folder(self) -> str:
        """Where a paper's file goes, from the root of the forge's repository. Raises SettingsError if it is outside."""
        forge = self.settings.forge
        root = self.settings.root if forge.kind == "dry-run" else self.settings.at_root(forge.path)
        try:
            return (self.shelf.folder / PAPERS).relative_to(root.resolve()).as_posix()
        except ValueError:
            raise SettingsError(
                f"{self.shelf.folder} is not inside {root}, so nothing can be proposed there",
                where="[survey] taxonomy",
                remedy="keep the taxonomy in the repository that [forge] path names",
            ) from None

    def sources(
        self, feeds: Sequence[Path], since: date | None = None, until: date | None = None, *, only_watched: bool = False
    ) -> list[FileSource]:
        """The files given; of these the papers of these days, both included. ``only_watched``: of its categories."""
        from bot.adapters.feed_file import FileSource

        categories = self.settings.watch.categories if only_watched else ()
        return [FileSource(feed, since, until, categories=categories) for feed in feeds]

    @property
    def search(self) -> ArxivSearch:
        """What arXiv is asked for. Raises SettingsError when it must not be asked."""
        if self.offline:
            raise SettingsError("there are no papers to read", where="--offline", remedy="give a file with --feed")
        from bot.adapters.arxiv_api import ArxivSearch

        return ArxivSearch(self.settings.watch, self.arxiv)

    @property
    def announcements(self) -> ArxivFeed | None:
        """What arXiv announced last, if that is to be read."""
        from bot.adapters.arxiv_feed import ArxivFeed

        return ArxivFeed(self.settings.watch, self.session(_FEED)) if self.settings.watch.feed else None
