"""The full public metadata snapshot as a file feed: how long do its 2.5 million records take, and how much memory?

The snapshot here is synthetic: gzipped JSON lines of the real one's fields and sizes, in invented words; months grow as
arXiv's did, four records in ten were revised later. A few papers of the watched categories speak of this survey's
subject. First the file is read alone, then a fresh copy of the survey, as the demo makes one, runs on it: on half a
year, on all of it, and on all of it once more. Nothing is asked of arXiv. Aims: 20 minutes and 3 GB.

    .venv/bin/python -m benchmarks.snapshot

A paper that gets past the cheap stage is read by the embedder, some 50 ms each: ``--subject`` says how many there are.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import platformdirs

from benchmarks.common import ROOT, Figures, machine, measure, survey_bot, table
from bot.settings import load

FIRST, LAST = 1991, 2026
GROWTH = 2.4
"""Papers of a year go with the years since 1990 to this power: some hundreds in the first, a twelfth of all in 2025."""
SHORT_IDS, LONG_IDS = (2007, 4), (2015, 1)
"""The months in which ids of four digits and of five began; before, each archive numbered its own papers."""
ARCHIVES = (
    "astro-ph", "cond-mat", "cs", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math", "nucl-th", "physics",
    "quant-ph",
)  # fmt: skip
CATEGORIES = {
    "cs.LG": 12, "cs.CV": 10, "cs.CL": 8, "cs.AI": 6, "cs.RO": 4, "cs.CR": 3, "eess.SY": 3, "eess.IV": 2, "stat.ML": 3,
    "math.AP": 3, "math.CO": 3, "math.NT": 2, "quant-ph": 5, "hep-ph": 3, "hep-th": 3, "gr-qc": 2, "astro-ph.GA": 4,
    "astro-ph.HE": 3, "cond-mat.mtrl-sci": 4, "cond-mat.str-el": 2, "physics.optics": 3, "physics.flu-dyn": 2,
}  # fmt: skip
SENTENCES, WORDS = 40_000, 20
SUBJECT = (
    "We speed up a vision language action model for robot manipulation, by pruning tokens, quantizing weights and "
    "caching, which lowers latency, memory and cost of inference in real time."
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HALF_YEAR = ("--since", "2025-01-01", "--until", "2025-06-30")

_COUNT = """
import sys, time
from datetime import date
from pathlib import Path
from bot.adapters.feed_file import FileSource
window = [date.fromisoformat(day) for day in sys.argv[2].split()] or [None, None]
source = FileSource(Path(sys.argv[1]), *window, categories=sys.argv[3].split())
began = time.perf_counter()
count = sum(1 for _ in source.records(print))
print(f"{count:,} | {source.elsewhere:,} | {time.perf_counter() - began:.0f} s")
"""


class Invented:
    """Writes records, the same ones for the same seed."""

    def __init__(self, seed: int, watched: tuple[str, ...], subject: float) -> None:
        self._rng = rng = random.Random(seed)  # noqa: S311 - invented texts
        self._watched, self._subject = frozenset(watched), subject
        syllables = [
            first + vowel + last for first in "bcdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n", "r")
        ]
        words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(20_000)]
        weights = [1 / rank for rank in range(3, len(words) + 3)]  # Zipf
        drawn = iter(rng.choices(words, weights, k=SENTENCES * WORDS))
        self._sentences = [" ".join([next(drawn) for _ in range(WORDS)]).capitalize() for _ in range(SENTENCES)]
        self._lists = [" ".join(dict.fromkeys(one)) for one in self._draw_categories(5_000)]

    def _draw_categories(self, count: int) -> Iterator[list[str]]:
        for _ in range(count):
            how_many = self._rng.choice((1, 1, 2, 2, 3))
            yield self._rng.choices([*CATEGORIES], [*CATEGORIES.values()], k=how_many)

    def lines(self, count: int) -> Iterator[bytes]:
        """So many records about, a month after the other."""
        months = [
            (year, month) for year in range(FIRST, LAST + 1) for month in range(1, 13) if (year, month) < (2026, 11)
        ]
        shares = [(year - FIRST + month / 12) ** GROWTH for year, month in months]
        for (year, month), share in zip(months, shares, strict=True):
            for number in range(1, round(count * share / sum(shares)) + 1):
                yield self._line(year, month, number)

    def _line(self, year: int, month: int, number: int) -> bytes:
        rng = self._rng
        paper, categories = self._name(year, month, number)
        first = date(year, month, rng.randint(1, 28))
        later = rng.expovariate(1 / 200) if rng.random() < 0.4 else rng.random() * 4
        updated = min(first + timedelta(days=int(later)), date(2026, 11, 20))
        sentences = rng.choices(self._sentences, k=rng.randint(6, 14))
        if not self._watched.isdisjoint(categories.split()) and rng.random() < self._subject:
            sentences[1] = SUBJECT
        title, *abstract = sentences
        versions = [{"version": "v1", "created": _stamp(first)}]
        if later > 4:
            versions.append({"version": "v2", "created": _stamp(updated)})
        authors = title[:60]
        values = {
            "id": paper,
            "submitter": authors[:20],
            "authors": authors,
            "title": title[:80],
            "comments": f"{number % 40} pages",
            "journal-ref": None,
            "doi": None,
            "report-no": None,
            "categories": categories,
            "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
            "abstract": f"  {'. '.join(abstract)}.\n",
            "versions": versions,
            "update_date": updated.isoformat(),
            "authors_parsed": [[name, "", ""] for name in authors.split()[:4]],
        }
        return json.dumps(values).encode() + b"\n"

    def _name(self, year: int, month: int, number: int) -> tuple[str, str]:
        """Its id and its categories."""
        if (year, month) < SHORT_IDS:
            archive = ARCHIVES[number % len(ARCHIVES)]
            return f"{archive}/{year % 100:02}{month:02}{number // len(ARCHIVES) + 1:03}", archive
        digits = 4 if (year, month) < LONG_IDS else 5
        return f"{year % 100:02}{month:02}.{number:0{digits}}", self._rng.choice(self._lists)


def _stamp(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year} 12:00:00 GMT"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_500_000)
    parser.add_argument(
        "--subject", type=float, default=0.001, help="share of the watched papers that are of the subject"
    )
    parser.add_argument(
        "--cache", type=Path, help="folder with the model; default: the user's, of which a copy is used"
    )
    options = parser.parse_args()
    print(machine())
    cache = options.cache or Path(os.environ.get("SURVEY_BOT_CACHE") or platformdirs.user_cache_path("survey-bot"))
    watched = load(ROOT / "survey-bot.toml").watch.categories
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feed = folder / "snapshot.jsonl.gz"
        _write(feed, Invented(1, watched, options.subject), options.records)
        _read_alone(feed, watched)
        _run(feed, folder, cache)


def _write(feed: Path, made: Invented, records: int) -> None:
    began, count, size = time.perf_counter(), 0, 0
    with gzip.open(feed, "wb", compresslevel=1) as file:
        for line in made.lines(records):
            file.write(line)
            count, size = count + 1, size + len(line)
    seconds = time.perf_counter() - began
    print(f"\n{count:,} records, {size / 1e9:.1f} GB, {feed.stat().st_size / 1e9:.2f} GB gzipped, in {seconds:.0f} s\n")


def _read_alone(feed: Path, watched: tuple[str, ...]) -> None:
    rows = []
    for name, window, categories in (
        ("all records", "", ""),
        ("of the watched categories", "", " ".join(watched)),
        ("of half a year", "2025-01-01 2025-06-30", ""),
        ("of both", "2025-01-01 2025-06-30", " ".join(watched)),
    ):
        figures = measure([sys.executable, "-c", _COUNT, str(feed), window, categories], ROOT)
        rows.append((name, *figures.out.strip().split(" | "), f"{figures.peak:.0f} MB"))
    table(("the file alone", "taken", "of other categories", "wall", "peak memory"), rows)
    print()


def _run(feed: Path, folder: Path, cache: Path) -> None:
    rows = []
    for copy, runs in (
        ("half", [("half a year", HALF_YEAR)]),
        ("all", [("all of it", ()), ("all of it once more", ()), ("half a year after all of it", HALF_YEAR)]),
    ):
        env = {"SURVEY_BOT_CACHE": str(folder / f"cache-{copy}")}
        for part in ("model", "records", "vectors"):
            if (cache / part).exists():
                shutil.copytree(cache / part, folder / f"cache-{copy}" / part)
        survey = folder / copy
        measure([survey_bot(), "demo", str(survey)], ROOT, env)
        for name, window in runs:
            figures = measure([survey_bot(), "run", "--feed", str(feed), *window, "--offline", "--json"], survey, env)
            rows.append((name, *_shown(figures), _size(survey)))
            if figures.code not in (0, 3):
                sys.exit(f"the run on {name} ended with code {figures.code}")
    head = ("a run on", "seen", "known", "ruled out early", "judged", "wall", "processor", "peak memory", "ledger")
    table(head, rows)


def _shown(figures: Figures) -> tuple[str, ...]:
    report = json.loads(figures.out)
    judged = sum(report[name] for name in ("skipped", "asked", "proposed", "held", "failed"))
    counts = (*(report[name] for name in ("seen", "known", "early")), judged)
    told = (f"{figures.wall:.0f} s", f"{figures.cpu:.0f} s", f"{figures.peak:.0f} MB")
    return (*(f"{count:,}" for count in counts), *told)


def _size(survey: Path) -> str:
    ledger = survey / ".survey-bot" / "ledger.jsonl"
    return f"{ledger.stat().st_size / 1e6:.0f} MB" if ledger.exists() else "none"


if __name__ == "__main__":
    main()
