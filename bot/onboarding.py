"""What the pull request that sets the bot up holds: a README's list as data, the settings, the workflows. Pure.

There is one such pull request per survey, ever; its Markdown is made by ``bot.welcome``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from bot import check, ids, importer, yaml_format
from bot import render as rendering
from bot.errors import DataError, SurveyBotError
from bot.models import Library, Record, Taxonomy
from bot.settings import FILE, Forge, Render
from bot.starter import starter

BRANCH = ids.ONBOARDING
"""The one branch of the bot that is no paper's."""
TITLE = "Set up survey-bot"
WORKFLOWS = ".github/workflows/"
PLACEHOLDER = "OWNER/survey-bot@0000000000000000000000000000000000000000"
"""Stands in the workflows where the release of the action belongs, until there is one."""

_PAPERS = "papers"
_VANISHING = "this row was left out because "
"""A row of a table that would be written anew: it would be gone."""
_WANTED, _MOST = 0.95, 4
"""Categories are taken until so large a share of the listed papers is in one of them, and no more than so many."""
_LACKING = "leaf-has-definition"


@dataclass(frozen=True)
class Given:
    """What is there before the bot is."""

    markdown: str
    """The README as it stands on the base branch."""
    readme: str
    """Its path from the root of the repository, where the settings will stand too."""
    forge: Literal["local", "github"]
    base: str
    year: int
    """This year."""
    settings: str = ""
    """A person's own survey-bot.toml; empty: a first one is written."""
    caps: Forge = Forge()  # noqa: RUF009 - immutable
    """Of those settings, how much is opened."""
    render: Render = Render()  # noqa: RUF009 - the same
    """Of those settings, how the list is written; where there are none, it is told from the list."""
    taxonomy: str = "taxonomy"
    """The folder for the data, from the root."""
    old: Library | None = None
    """What people wrote down there already."""
    categories: tuple[str, ...] = ()
    """Where the listed papers were announced; empty: nobody could say."""
    workflows: Mapping[str, str] = field(default_factory=dict)
    """Name (``watch.yml``) -> text."""


class Onboarding(NamedTuple):
    """All of the pull request but its words."""

    files: dict[str, str]
    """Path from the root -> text: what is new or changed."""
    library: Library
    unread: tuple[str, ...]
    """Rows of the README that are in no file, a sentence each."""
    problems: tuple[str, ...]
    """All else that was not plain."""
    undefined: int
    """So many classes (and the survey itself) have no definition or say not what they include."""
    unmarked: str
    """Why the README stays as it is, or empty when it got its markers."""
    rewritten: int
    """So many lines of the README's tables are written differently now."""


def prepare(given: Given) -> Onboarding:
    """Read the list, write it down as data, and put the markers of ``render`` into the README.

    Raises DataError when there is no list of papers in it, SettingsError when ``given.settings`` cannot be read.
    """
    found = importer.read_readme(given.markdown, given.readme)
    if given.old:
        found = importer.merge(given.old, found, given.readme)
    if not found.papers:
        first = found.problems[0] if found.problems else "its tables are empty"
        raise DataError(
            f"no row of its tables is a paper ({first})", where=given.readme, remedy="give each a [title](link)"
        )
    library = Library(taxonomy=found.taxonomy, papers={**(given.old.papers if given.old else {}), **found.papers})
    unread = tuple(f"{given.readme}:{one.line}: {one.sentence}" for one in found.unread)
    data = _data(library, given.taxonomy)
    problems = check.check({name: text.encode() for name, text in data.items()}, given.year)
    looks = given.render if given.settings else rendering.guess(given.markdown)
    readme, unmarked = _marked(given, library, sum(one.reason.startswith(_VANISHING) for one in found.unread), looks)
    files = {
        FILE: given.settings or first_settings(given, library.taxonomy, looks),
        given.readme: readme,
        **data,
        **{WORKFLOWS + name: _workflow(text, given) for name, text in given.workflows.items()},
    }
    if unmarked or readme == given.markdown:
        del files[given.readme]
    known = tuple(f"{given.readme}:{one.line}: {one.reason}" for one in found.unread)
    told = [*(problem for problem in found.problems if not problem.startswith(known)), *_findings(problems)]
    undefined = len({problem.key.partition(".")[0] for problem in problems if problem.check == _LACKING})
    rewritten = 0 if unmarked else (Counter(given.markdown.splitlines()) - Counter(readme.splitlines())).total()
    return Onboarding(files, library, unread, tuple(told), undefined, unmarked, rewritten)


def first_settings(given: Given, taxonomy: Taxonomy, looks: Render) -> str:
    """A first survey-bot.toml for this README, this forge and this base branch."""
    text = starter(given.readme, [leaf.name for leaf in taxonomy.leaves], looks)
    before, _, _ = text.partition("[forge]\n")
    if given.categories:
        named = json.dumps(list(given.categories))
        before = re.sub(r"(?m)^categories = .*$", f"categories = {named}  # most of your papers are there", before)
    if given.taxonomy != "taxonomy":
        before = before.replace("[survey]\n", f"[survey]\ntaxonomy = {json.dumps(given.taxonomy)}\n")
    forge = f"[forge]\nkind = {json.dumps(given.forge)}\nbase = {json.dumps(given.base, ensure_ascii=False)}\n"
    return before + forge


def categories(records: Iterable[Record]) -> tuple[tuple[str, ...], float]:
    """The few categories that together hold nearly all of these papers, and which share of them they hold.

    The commonest first; a paper counts for every category it is listed in. Nothing for nothing.
    """
    left = [set(record.categories) for record in records if record.categories]
    total = len(left)
    chosen: list[str] = []
    while left and len(chosen) < _MOST and total - len(left) < _WANTED * total:
        counts = Counter(name for names in left for name in names)
        best = min(counts, key=lambda name: (-counts[name], name))
        chosen.append(best)
        left = [names for names in left if best not in names]
    return tuple(chosen), (total - len(left)) / total if total else 0.0


def forge_of(settings: str) -> str:
    """The forge a settings file names, or empty when it names none or cannot be read."""
    try:
        kind = tomllib.loads(settings).get("forge", {}).get("kind", "")
    except (tomllib.TOMLDecodeError, AttributeError):
        return ""
    return kind if isinstance(kind, str) else ""


def _data(library: Library, folder: str) -> dict[str, str]:
    papers = {
        str(PurePosixPath(folder, _PAPERS, ids.file_name(key))): yaml_format.dump_paper(paper)
        for key, paper in library.papers.items()
    }
    return {str(PurePosixPath(folder, check.TAXONOMY)): yaml_format.dump_taxonomy(library.taxonomy), **papers}


def _workflow(text: str, given: Given) -> str:
    """A workflow for this base branch, and for this folder of the data."""
    folder, base = json.dumps(f"{given.taxonomy}/**", ensure_ascii=False), json.dumps(given.base, ensure_ascii=False)
    return text.replace('"taxonomy/**"', folder).replace("branches: [main]", f"branches: [{base}]")


def _marked(given: Given, library: Library, vanishing: int, looks: Render) -> tuple[str, str]:
    """The README with its markers, and why it has none; ``vanishing`` rows of it would be lost."""
    if vanishing:
        some = "it would" if vanishing == 1 else f"{vanishing} of them would"
        return "", f"{some} vanish from {given.readme} when its tables are written from the data."
    try:
        written = rendering.shape(looks, FILE)
        return rendering.render(given.markdown, library, given.readme, written), ""
    except SurveyBotError as error:
        return "", f"{error}."


def _findings(problems: Iterable[check.Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.check != _LACKING]
