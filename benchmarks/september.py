"""A real month: the papers cs.RO announced in September 2025, judged by the survey as it was known before.

The taxonomy is the survey's README of 2025-11-13 less every paper with an id from 2509 on, with the rulebook of this
repository. Runs ``survey-bot run`` twice and says what came of the papers that the survey did list from that month.

    .venv/bin/python -m benchmarks.september
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.common import ROOT, Figures, abstracts, arguments, machine, measure, survey_bot
from bot import importer
from bot.adapters.shelf import Shelf

MONTH, FIRST_ID = "2025-09", "2509"
BEFORE = ("2025-06", "2025-07", "2025-08")
"""Months the bot has watched already: it learns from the flow."""


def prepare(folder: Path, data: Path) -> tuple[set[str], int]:
    """A repository as of before the month, and its feed; the later papers the survey lists, and the feed's size."""
    readme = (data / "survey" / "README-2025-11-13.md").read_text(encoding="utf-8")
    found = importer.read_readme(readme, "README.md", "efficient-vla")
    shelf = Shelf(folder / "taxonomy")
    shelf.save_taxonomy(importer.merge_rulebook(Shelf(ROOT / "taxonomy").load_taxonomy(), found.taxonomy))
    for paper in found.papers.values():
        if not paper.id[:4].isdigit() or paper.id < FIRST_ID:
            shelf.save_paper(paper)
    settings = (ROOT / "survey-bot.toml").read_text(encoding="utf-8")
    uncapped = settings.replace('kind = "dry-run"', 'kind = "local"\nopen = 100\nnew = 100')
    (folder / "survey-bot.toml").write_text(uncapped, encoding="utf-8")
    with (data / "arxiv" / "cs_ro_listing_2025-03_2025-09.tsv").open(encoding="utf-8") as file:
        months = {row["id"]: row["day"][:7] for row in csv.DictReader(file, delimiter="\t")}
    announced = {paper for paper, month in months.items() if month == MONTH}
    feed = [record for record in abstracts(data) if record["id"] in announced]
    (folder / "september.jsonl").write_text("".join(json.dumps(record) + "\n" for record in feed), encoding="utf-8")
    earlier = [record for record in abstracts(data) if months.get(record["id"]) in BEFORE]
    (folder / "before.jsonl").write_text("".join(json.dumps(record) + "\n" for record in earlier), encoding="utf-8")
    git = ["git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost"]
    for command in (["init", "-q", "-b", "main"], ["add", "taxonomy"], ["commit", "-q", "-m", "before September"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return {paper_id for paper_id in found.papers if paper_id in announced and paper_id >= FIRST_ID}, len(feed)


def scenario(name: str, data: Path, *, watched: bool) -> None:
    """Print what a first and a second run over the month did; ``watched``: after the months before it."""
    folder = Path(tempfile.mkdtemp(prefix="survey-bot-september-"))
    env = {"SURVEY_BOT_CACHE": str(folder / "cache")}
    try:
        listed, size = prepare(folder, data)
        warm = [survey_bot(), "index", "--offline", "--feed", str(data / "arxiv" / "abstracts.jsonl.gz")]
        measure(warm, folder, env)
        run = [survey_bot(), "run", "--offline", "--json", "--feed"]
        if watched:
            measure([*run, "before.jsonl"], folder, env)
        else:  # the model stays, index and vectors are made in the measured run
            shutil.rmtree(folder / "cache" / "index")
            shutil.rmtree(folder / "cache" / "vectors")
        print(f"\n{name}: {size} papers of cs.RO in {MONTH}; the survey lists {len(listed)} of them")
        for which in ("first run", "second run"):
            _print(which, measure([*run, "september.jsonl"], folder, env), listed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _print(which: str, figures: Figures, listed: set[str]) -> None:
    report = json.loads(figures.out)
    lanes: dict[str, list[str]] = {}
    for fate in report["fates"]:
        lanes.setdefault(fate["state"], []).append(fate["id"])
    print(f"{which}: {figures.wall:.1f} s wall, {figures.cpu:.1f} s cpu, peak {figures.peak:.0f} MB")
    counts = ("seen", "listed", "known", "early", "skipped", "asked", "proposed", "failed")
    print("   " + ", ".join(f"{report[key]} {key}" for key in counts))
    for note in report["notes"]:
        print(f"   note: {note}")
    for lane, members in lanes.items():
        lost = f": {', '.join(sorted(listed & set(members)))}" if lane == "skipped" else ""
        print(f"   {lane}: {len(listed & set(members))} of the {len(listed)} the survey lists{lost}")


def main() -> None:
    """Print the figures."""
    data = arguments(__doc__ or "").data.resolve()
    print(machine())
    scenario("the first month ever", data, watched=False)
    scenario("June to August watched before", data, watched=True)


if __name__ == "__main__":
    main()
