"""Porch: the main job on invented papers, in a copy of the survey that anyone may break."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

from bot import console, running, settings
from bot.errors import SettingsError
from bot.models import RunReport
from bot.wiring import Wiring

FEED = "sample_feed.jsonl"
_MARK = ".made-by-survey-bot-demo"
_IDENTITY = ["-c", "user.name=survey-bot demo", "-c", "user.email=survey-bot@localhost", "-c", "commit.gpgsign=false"]

_NEXT = """
Look at one, then merge, correct or reject it, and run again: nothing is opened twice.

  cd {folder}
  cat .survey-bot/pulls/{stem}.md
  git diff main...survey-bot/{stem} --stat
  git merge survey-bot/{stem}
  survey-bot run --feed feed.jsonl --offline
  survey-bot explain {stem}
"""


def demo(wiring: Wiring, folder: Path) -> RunReport:
    """Copy the survey into ``folder`` as a git repository, run on the sample feed, say where to look.

    A folder an earlier demo made is made anew; any other that is not empty is refused (SettingsError).
    """
    _make_room(folder)
    shelf = wiring.shelf.folder
    shutil.copytree(shelf, folder / shelf.name)
    text = (wiring.settings.root / settings.FILE).read_text(encoding="utf-8")
    text = re.sub(r'(?m)^kind = "dry-run"$', 'kind = "local"', text)
    (folder / settings.FILE).write_text(text, encoding="utf-8")
    with as_file(files("bot") / FEED) as feed:
        shutil.copy(feed, folder / "feed.jsonl")
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        [*_IDENTITY, "commit", "-q", "-m", "The survey as it is"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    console.output().print(f"twelve invented papers against a copy of the survey in {folder}\n", markup=False)
    here = dataclasses.replace(wiring, settings=settings.load(folder / settings.FILE))
    report = running.run(here, [folder / "feed.jsonl"])
    opened = next((fate for fate in report.fates if fate.where), None)
    if opened:
        console.output().print(_NEXT.format(folder=folder, stem=opened.id), markup=False)
    return report


def _make_room(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise SettingsError("is not empty and no demo made it", where=str(folder), remedy="name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
