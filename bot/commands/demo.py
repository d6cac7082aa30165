"""The main job on invented papers, in a copy of the survey that anyone may break."""

from __future__ import annotations

import re
import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path

from bot import render, settings
from bot.adapters.git import Git
from bot.adapters.shelf import Shelf
from bot.commands import console, running
from bot.commands.wiring import Wiring
from bot.errors import SettingsError
from bot.fates import RunReport

FEED = "sample_feed.jsonl"
README = "SURVEY.md"
_MARK = ".made-by-survey-bot-demo"
_OWN = re.compile(r"^\[(watch|scope|lanes|embedder)\b")
"""Sections of the survey's settings that the demo takes over; where things are is its own affair."""

_NEXT = """
Look at one, merge it, write the page anew; close another; then run again: nothing is opened twice.

  cd {folder}
  cat .survey-bot/pulls/{stem}.md
  git diff --stat main...survey-bot/{stem}
  git merge survey-bot/{stem}
  {command} render
  git branch -D survey-bot/{other}
  {command} run --feed feed.jsonl --offline
  {command} explain {other}
"""


def demo(wiring: Wiring, folder: Path) -> RunReport:
    """Copy the survey into ``folder`` as a git repository, run on the sample feed, say where to look.

    A folder an earlier demo made is made anew; any other that is not empty is refused (SettingsError).
    """
    library = wiring.shelf.load()
    _make_room(folder)
    shelf = Shelf(folder / settings.Survey().taxonomy)
    shelf.save_taxonomy(library.taxonomy)
    for paper in library.papers.values():
        shelf.save_paper(paper)
    page = "".join(
        f"# {leaf.name}\n\n{render.begin(leaf.id)}\n{render.end(leaf.id)}\n\n" for leaf in library.taxonomy.leaves
    )
    (folder / README).write_text(render.render(page, library, README), encoding="utf-8")
    (folder / settings.FILE).write_text(_settings(wiring), encoding="utf-8")
    with as_file(files("bot") / FEED) as feed:
        shutil.copy(feed, folder / "feed.jsonl")
    git = Git(folder)
    git("init", "--quiet", "--initial-branch=main")
    for key, value in (("user.name", "You"), ("user.email", "you@localhost")):
        git("config", key, value)  # so that a person can try a merge where git knows no name yet
    git("add", "--all")
    git("commit", "--quiet", "--message=The survey as it is")
    console.output().print(f"twelve invented papers against a copy of the survey in {folder}\n", markup=False)
    report = running.run(Wiring(settings.load(folder / settings.FILE), offline=True), [folder / "feed.jsonl"])
    opened = [fate.id for fate in report.fates if fate.where]
    if len(opened) > 1:
        command = Path(sys.argv[0]).resolve() if Path(sys.argv[0]).stem == "survey-bot" else f"{sys.executable} -m bot"
        told = _NEXT.format(folder=folder, stem=opened[0], other=opened[1], command=command)
        console.output().print(told, markup=False)
    return report


def _settings(wiring: Wiring) -> str:
    text = wiring.settings.file.read_text(encoding="utf-8")
    sections = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    taken = "".join(section for section in sections if _OWN.match(section))
    return f'{taken}\n[survey]\nreadme = "{README}"\n\n[forge]\nkind = "local"\n'


def _make_room(folder: Path) -> None:
    where = str(folder)
    if folder.exists() and not folder.is_dir():
        raise SettingsError("is not a folder", where=where, remedy="name another")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise SettingsError("is not empty and no demo made it", where=where, remedy="name another folder")
        console.output().print(f"{folder} is made anew; what was merged or closed there before is gone", markup=False)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / _MARK).touch()
    except OSError as error:
        raise SettingsError(f"cannot be made ({error.strerror})", where=where, remedy="name another folder") from None
