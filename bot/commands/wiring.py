"""Makes the doors that the settings name, but for language models.

Secrets are read from the environment here, and in ``language_models``, and nowhere else.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import platformdirs

from bot.adapters.github.place import Place
from bot.adapters.shelf import PAPERS, Shelf
from bot.changes import Changeset
from bot.commands import console
from bot.commands.language_models import LanguageModels
from bot.errors import SettingsError
from bot.models import Proposal
from bot.ports import Changesets, Forge, Ledger, Links, Progress, VenueSource
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.archive import RecordArchive
    from bot.adapters.arxiv.api import ArxivApi, ArxivSearch
    from bot.adapters.arxiv.feed import ArxivFeed
    from bot.adapters.feed_file import FileSource
    from bot.adapters.github.settings import GitHubSettings
    from bot.adapters.polite import PoliteSession
    from bot.render import Shape
    from vectorstore.index import ChromaMemory

_HERE = {"127.0.0.1", "::1", "localhost"}
"""A mirror on this machine needs no manners."""
_FEED = 5.0
"""Minutes for the announcements, when those for the search are over."""
CACHE_VARIABLE = "SURVEY_BOT_CACHE"
"""Environment variable that overrides where the cache is."""


def github(repository: str = "", token_env: str = "GITHUB_TOKEN") -> Place:  # noqa: S107 - a name
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
    return Place(repository, token, api, environment.get("GITHUB_SERVER_URL") or "https://github.com")


@dataclass(frozen=True)
class Wiring:
    """The doors of one survey. ``offline``: nothing asks arXiv, and listed papers are known from the cache only.

    ``silence``: why nothing does, in a word or two.
    """

    settings: Settings
    offline: bool = False
    silence: str = "offline"

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
    def shape(self) -> Shape:
        """How the list is written. Raises SettingsError."""
        from bot.render import shape

        return shape(self.settings.render, self.settings.file.name)

    def session(self, minutes: float = math.inf) -> PoliteSession:
        """To ask arXiv, for so long at most; all keep one pace."""
        from bot.adapters.polite import PoliteSession

        watch = self.settings.watch
        hosts = {urlsplit(place).hostname for place in (watch.api, watch.feed) if place}
        delay = 0.0 if hosts <= _HERE else PoliteSession.DELAY
        return PoliteSession(watch.contact, delay=delay, minutes=min(minutes, watch.minutes), tell=console.note)

    @cached_property
    def arxiv(self) -> ArxivApi:
        """The API of arXiv."""
        from bot.adapters.arxiv.api import ArxivApi

        return ArxivApi(self.settings.watch, session=self.session())

    @cached_property
    def archive(self) -> RecordArchive:
        """Abstracts by id."""
        from bot.adapters.archive import RecordArchive

        return RecordArchive(self.cache / "records", None if self.offline else self.arxiv.fetch, self.silence)

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

    @property
    def llm(self) -> LanguageModels:
        """The language models that may give a second opinion."""
        return LanguageModels(self.settings.llm, self.cache / "replies")

    def forge(self, show: Callable[[Proposal], None], *, dry_run: bool) -> Forge:
        """Where pull requests go; ``show`` is told what a dry run would open. Raises ForgeError."""
        if dry_run or self.settings.forge.kind == "dry-run":
            from bot.adapters.dry_run_forge import DryRunForge

            return DryRunForge(show)
        if self.settings.forge.kind == "github":
            from bot.adapters.github.forge import GitHubForge

            return GitHubForge(self.github, self.settings.forge)
        from bot.adapters.local.forge import LocalForge

        return LocalForge(self.settings.at_root(self.settings.forge.path), self.settings.forge.base)

    def changesets(self, show: Callable[[Changeset], None], *, dry_run: bool) -> Changesets:
        """Where grouped pull requests go; ``show`` is told what a dry run would ask. Raises ForgeError.

        A dry run reads where a real one would ask. Without a token for GitHub it reads the work tree, and says so.
        """
        if not dry_run and self.settings.forge.kind != "dry-run":
            return self._changesets()
        from bot.adapters.dry_run_changesets import DryRunChangesets

        try:
            real = None if self.settings.forge.kind == "dry-run" else self._changesets()
        except SettingsError as error:
            console.note(f"{error}; without it, what is open or refused there is not known")
            real = None
        return DryRunChangesets(show, self._repository, real)

    def _changesets(self) -> Changesets:
        options = self.settings.forge
        if options.kind == "github":
            from bot.adapters.github.changesets import GitHubChangesets

            return GitHubChangesets(self.github, options)
        from bot.adapters.local.changesets import LocalChangesets

        return LocalChangesets(self._repository, options.base)

    @cached_property
    def github(self) -> Place:
        """The repository on GitHub. Raises SettingsError."""
        return github(self.settings.forge.repository, self.settings.forge.token_env)

    @property
    def home(self) -> str:
        """Where people read the repository; empty where it has no such page. Raises SettingsError."""
        is_github = self.settings.forge.kind == "github"
        return self.github.home if is_github else ""

    def problems(self, now: datetime) -> list[str]:
        """What a person should be told of the place where pull requests live; its schedule is kept alive on the way."""
        if self.settings.forge.kind != "github":
            return []
        return self.github_settings.activity.problems(now)

    @cached_property
    def github_settings(self) -> GitHubSettings:
        """What must be switched on at GitHub. Raises SettingsError."""
        from bot.adapters.github.settings import GitHubSettings

        return GitHubSettings(self.github, self.settings.forge, self.settings.ledger.branch)

    @property
    def _repository(self) -> Path:
        """The root of the repository that pull requests are for."""
        forge = self.settings.forge
        return self.settings.root if forge.kind == "dry-run" else self.settings.at_root(forge.path)

    @property
    def papers_folder(self) -> str:
        """Where a paper's file goes, from the root of the forge's repository. Raises SettingsError if it is outside."""
        root = self._repository
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

    def keep(self, feeds: Sequence[Path], wanted: Container[str], progress: Progress) -> None:
        """Remember what files say of the wanted papers: arXiv need not be asked for them. Raises SourceError."""
        for source in self.sources(feeds):
            records = progress(source.records(lambda problem: None), f"reading {source.name}")
            self.archive.keep(record for record in records if record.id in wanted)

    @property
    def search(self) -> ArxivSearch:
        """What arXiv is asked for. Raises SettingsError when it must not be asked."""
        if self.offline:
            raise SettingsError("there are no papers to read", where="--offline", remedy="give a file with --feed")
        from bot.adapters.arxiv.api import ArxivSearch

        return ArxivSearch(self.settings.watch, self.arxiv)

    @property
    def venue_sources(self) -> list[VenueSource]:
        """Who besides arXiv is asked for venues, in the order of the settings."""
        from bot.adapters import venue_sources as doors
        from bot.adapters.polite import PoliteSession

        upkeep = self.settings.upkeep
        kinds: dict[str, tuple[Callable[[str, PoliteSession], VenueSource], str]] = {
            "dblp": (doors.Dblp, upkeep.dblp),
            "openreview": (doors.OpenReview, upkeep.openreview),
            "semantic-scholar": (doors.SemanticScholar, upkeep.semantic_scholar),
        }

        def session(url: str, name: str) -> PoliteSession:
            delay = 0.0 if urlsplit(url).hostname in _HERE else PoliteSession.DELAY
            contact, minutes = self.settings.watch.contact, upkeep.minutes
            return PoliteSession(
                contact,
                delay=delay,
                tries=3,
                minutes=minutes,
                service=name,
                section="[upkeep]",
                tell=console.note,
            )

        chosen = ((name, *kinds[name]) for name in upkeep.opinions)
        return [kind(url, session(url, name)) for name, kind, url in chosen]

    @property
    def links(self) -> Links:
        """Who is asked whether links still lead anywhere."""
        from bot.adapters.link_checker import LinkChecker

        return LinkChecker(self.settings.watch.contact, self.cache / "links", minutes=self.settings.upkeep.minutes)

    @property
    def announcements(self) -> ArxivFeed | None:
        """What arXiv announced last, if that is to be read."""
        from bot.adapters.arxiv.feed import ArxivFeed

        return ArxivFeed(self.settings.watch, self.session(_FEED)) if self.settings.watch.feed else None
