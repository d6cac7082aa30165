"""What `survey-bot compare` finds in other lists of the field: OTHER... are their READMEs, which are not ours.

python -m benchmarks.compare OTHER.md... [--data ../shared] [--show]

The survey is the one of this repository, abstracts come from DATA, nothing is asked of the network. With --show every
paper that would be proposed is printed, to be judged by eye.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.common import ROOT, machine
from bot import settings
from bot.commands import comparing
from bot.commands.wiring import Wiring
from bot.compare import interval
from bot.compare.wording import PROPOSE, TITLES, Found
from bot.errors import SurveyBotError


def main() -> None:
    """Print a line per list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", type=Path, nargs="+", metavar="OTHER.md")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared", help="folder of the real records")
    parser.add_argument("--config", type=Path, default=Path("survey-bot.toml"))
    parser.add_argument("--show", action="store_true", help="print the papers that would be proposed")
    options = parser.parse_args()
    feed = options.data / "arxiv" / "abstracts.jsonl.gz"
    names = "".join(f"{name:>9}" for name in TITLES)
    measured = f"{'crosswalk, held out':>22}{'usual':>8}{'seconds':>9}"
    print(machine())
    print(f"{'list':<16}{'papers':>7}{'shared':>8}{'clash':>7}{names}{measured}")
    for file in options.lists:
        start = time.perf_counter()
        try:
            wiring = Wiring(settings.load(options.config), offline=True)
            found = comparing.run(wiring, file.read_text(encoding="utf-8"), file, [feed])
        except SurveyBotError as error:
            print(f"{file.stem:<16}{error}")
            continue
        print(_line(file.stem, found, time.perf_counter() - start))
        if options.show:
            _show(found)


def _line(name: str, found: Found, seconds: float) -> str:
    both, (right, asked, usual) = found.comparison, found.held_out
    low, high = interval(right, asked)
    groups = "".join(f"{len(papers):>9}" for papers in found.groups.values())
    measured = f"{right}/{asked} ({low:.2f} to {high:.2f})"
    shared = len(set(both.shared.values()))
    counts = f"{len(found.other.papers):>7}{shared:>8}{len(both.clashes):>7}{groups}"
    return f"{name[:15]:<16}{counts}{measured:>22}{f'{usual}/{asked}':>8}{seconds:>9.0f}"


def _show(found: Found) -> None:
    for paper in found.groups[PROPOSE]:
        judgement = found.judged[paper.id]
        print(f"    {paper.id:<11} {found.records[paper.id].title} · {judgement.reason}")


if __name__ == "__main__":
    main()
