"""How much of other people's lists `survey-bot import` reads: FOLDER holds their READMEs as *.md, which are not ours.

python -m benchmarks.imports FOLDER [--papers]

Rows there are counted without the importer: rows of tables with a link, bullets with a link out in themselves or in
the lines that follow, and paragraphs that begin in bold and hold one. What a bullet holds below itself is its own.
Told are sentences on what was read; words are the lines of which some words are in no file, which a page keeps.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

from bot.errors import SurveyBotError
from bot.importer import read_readme

_ROW = re.compile(r"\s*\|.*\]\(\s*<?https?://")
_BULLET = re.compile(r"(\s*)(?:[-*+]|\d+[.)])\s+")
_BOLD = re.compile(r"[^\w\[|<#>*-]*\*\*")
_OUT = re.compile(r"https?://")
_FIELD = re.compile(r"\s*[-*+]\s+[A-Z]\w+:\s")
_LINKED_ROWS = re.compile(r"<tr\b.*?https?://", re.IGNORECASE | re.DOTALL)


def there(markdown: str) -> int:
    """Rows, bullets and bold paragraphs with a link out, by plain patterns."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", markdown, flags=re.DOTALL)
    count, open_entry = (
        sum(len(_LINKED_ROWS.findall(part)) for part in re.findall(r"(?s)<table.*?</table>", text)),
        False,
    )
    text = re.sub(r"(?s)<table.*?</table>", "", text)
    for line in text.splitlines():
        if _ROW.match(line):
            count, open_entry = count + 1, False
        elif _BULLET.match(line) or _BOLD.match(line):
            if _FIELD.match(line):
                continue
            open_entry = True
        elif line.startswith("#"):
            open_entry = False
        if open_entry and _OUT.search(line):
            count, open_entry = count + 1, False
    return count


def main() -> None:
    """Print a line per list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="READMEs of lists as *.md")
    parser.add_argument("--papers", action="store_true", help="print what was read of each, to be judged by eye")
    options = parser.parse_args()
    print(
        f"{'list':24}{'rows there':>11}{'placed':>8}{'papers':>8}{'classes':>9}{'unread':>8}{'told':>6}{'words':>7}"
        f"{'seconds':>9}"
    )
    for file in sorted(options.folder.glob("*.md")):
        text, start = file.read_text(encoding="utf-8"), time.perf_counter()
        try:
            found = read_readme(text, file.name)
        except SurveyBotError as error:
            print(f"{file.stem:24}{there(text):11}  {error}")
            continue
        placed = sum(len(paper.labels) for paper in found.papers.values())
        took = time.perf_counter() - start
        print(
            f"{file.stem:24}{there(text):11}{placed:8}{len(found.papers):8}{len(found.taxonomy.leaves):9}"
            f"{len(found.unread):8}{len(found.problems) - len(found.unread):6}{len({one.line for one in found.kept}):7}"
            f"{took:9.2f}"
        )
        if options.papers:
            for paper in found.papers.values():
                print(
                    " | ".join((paper.id, paper.short or "", paper.title, str(paper.year), paper.venue, *paper.labels))
                )
                print(f"      {[(one.label, one.url) for one in (*paper.website, *paper.code)]}")
            for one in found.unread:
                print(f"  {one.line}: {one.reason} [{one.section}]: {one.text[:100]!r}")


if __name__ == "__main__":
    main()
