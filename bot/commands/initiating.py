"""`survey-bot init`, from a README in a checkout to the one pull request that sets the bot up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple, Protocol

from bot import ids, importer, onboarding, settings, welcome
from bot.adapters.github.place import Place
from bot.adapters.local.onboarding import Checkout, LocalOnboarding, checkout, on_server
from bot.adapters.onboarding_commit import Words
from bot.commands import console
from bot.commands.running import now
from bot.commands.wiring import Wiring, github
from bot.errors import DataError, SettingsError
from bot.onboarding import Given, Onboarding
from bot.settings import FILE, Scope, Settings, TermGroup

_SAMPLE = 100
"""So many of the latest listed papers are asked for: one request to arXiv."""
_SERVER = "https://github.com"
_FEW = 6
"""Files of one folder that a dry run names."""


class Host(Protocol):
    """Where the pull request goes."""

    @property
    def base(self) -> str:
        """The branch it is meant for."""
        ...

    def read(self, path: str) -> str | None:
        """A file as it stands on the base branch; None where there is none. Raises SurveyBotError."""
        ...

    def address(self, path: str) -> str:
        """Where people read that file, or empty."""
        ...

    def ask(self, files: Mapping[str, str], words: Words, *, again: bool = False) -> str:
        """Open it, or bring it up to date; never a second one unless ``again``. Raises SurveyBotError."""
        ...


class _Scene(NamedTuple):
    """Who asks whom for what."""

    where: Checkout
    own: str
    """The text of settings that a person wrote and did not commit yet."""
    wiring: Wiring
    host: Host
    forge: Literal["local", "github"]


def init(readme: Path, *, again: bool = False, dry_run: bool = False, offline: bool = False) -> str:
    """Ask for the bot to be set up; what was done, in a sentence. Raises SurveyBotError.

    Nothing is written into the work tree, and the branch ``onboarding.BRANCH`` is all that is pushed.
    """
    scene = _scene(readme, offline=offline)
    if scene.host.read(FILE) is not None:
        return f"this survey is set up: {FILE} stands on {scene.host.base}, so nothing is done"
    given, guess = _given(scene)
    prepared = onboarding.prepare(given)

    def words(left_out: Mapping[str, str]) -> str:
        place = welcome.Place(guess, scene.host.address(given.readme), left_out)
        return welcome.body(given, prepared, place)

    if dry_run:
        _show(prepared, words({}))
        return "dry run: nothing was opened"
    return scene.host.ask(prepared.files, words, again=again)


def _scene(readme: Path, *, offline: bool) -> _Scene:
    where = checkout(readme)
    file = where.root / FILE
    wiring = Wiring(settings.load(file) if file.exists() else _unwritten(where), offline=offline)
    own = file.read_text(encoding="utf-8") if file.exists() else ""
    options = wiring.settings.forge
    place = None if own and options.kind == "local" else _github(where, wiring)
    if place:
        from bot.adapters.github.onboarding import GitHubOnboarding

        base = options.base if own else ""
        host: Host = GitHubOnboarding(place, base)
        return _Scene(where, own, wiring, host, "github")
    home = options.kind != "local" and on_server(where.origin, _SERVER)
    forge: Literal["local", "github"] = "github" if home else "local"
    host = LocalOnboarding(where.root, options.base if own else where.base, push=bool(home))
    return _Scene(where, own, wiring, host, forge)


def _unwritten(where: Checkout) -> Settings:
    """Settings for the doors while there is no file of them."""
    scope = Scope(groups={"subject": TermGroup(terms=("subject",))})
    return Settings(file=where.root / FILE, scope=scope)


def _github(where: Checkout, wiring: Wiring) -> Place | None:
    """The repository on GitHub and a token for it; None without a token. Raises SettingsError when settings ask for it.

    The settings name the repository, else the environment of a workflow, else the checkout's own remote.
    """
    options = wiring.settings.forge
    try:
        return wiring.github
    except SettingsError:
        try:
            place = github("owner/name", options.token_env)  # with a token, only the repository is not known
        except SettingsError:
            place = None
        name = on_server(where.origin, place.server) if place else ""
        if options.kind == "github" and not name:
            raise
        return place._replace(repository=name) if place and name else None


def _given(scene: _Scene) -> tuple[Given, str]:
    """What the pull request is made of, and how the categories were come by."""
    path, wiring = scene.where.path, scene.wiring
    markdown = scene.host.read(path)
    if markdown is None:
        remedy = "commit it and push it, or name the README with the tables"
        raise DataError(f"there is no such file on {scene.host.base}", where=path, remedy=remedy)
    papers = importer.read_readme(markdown, path).papers
    categories, guess = ((), "") if scene.own else _categories(wiring, papers)
    given = Given(
        markdown=markdown,
        readme=path,
        forge=scene.forge,
        base=scene.host.base,
        year=now().year,
        settings=scene.own,
        caps=wiring.settings.forge,
        render=wiring.settings.render,
        taxonomy=str(PurePosixPath(wiring.papers_folder).parent),
        old=wiring.shelf.load() if wiring.shelf.exists() else None,
        categories=categories,
        workflows=_templates() if scene.forge == "github" else {},
    )
    return given, guess


def _categories(wiring: Wiring, papers: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Where the latest listed papers were announced, and a sentence on how sure that is."""
    latest = sorted((key for key in papers if ids.is_arxiv(key)), key=ids.sort_key)[-_SAMPLE:]
    found = wiring.archive.find(latest, console.ConsoleProgress())
    chosen, share = onboarding.categories(found.records.values())
    if not chosen:
        return (), "a guess, for arXiv was not asked" if wiring.offline else "a guess, for arXiv did not say"
    return chosen, f"{share:.0%} of {len(found.records)} of your listed papers are there"


def _templates() -> dict[str, str]:
    folder = resources.files("bot") / "templates"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".yml")}


def _show(prepared: Onboarding, body: str) -> None:
    """What a dry run would open."""
    folders = Counter(str(PurePosixPath(path).parent) for path in prepared.files)
    lines = [f"would open {onboarding.BRANCH}: {onboarding.TITLE}", ""]
    for path in sorted(prepared.files):
        folder = str(PurePosixPath(path).parent)
        if folders[folder] <= _FEW:
            lines.append(f"  {path}")
        else:
            lines.append(f"  {folder}/: {folders[folder]} files")
    console.output().print(console.calm("\n".join([*dict.fromkeys(lines), "", body])), markup=False)
