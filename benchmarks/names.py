"""Names people say: found in titles and abstracts as by hand? And the methods of the survey's text: are they listed?

    python -m benchmarks.names --data ../shared

Labels by hand: ``benchmarks/names.tsv`` (id, group, names; alternatives between ``|``). ``listed`` are the survey's
papers, ``other`` 60 papers of cs.RO drawn at random, ``unseen`` 60 more that have no colon in the title, read last of
all: before the rules learned from them too, precision was 0.92 and recall 0.63 there.

The placements of the text: ``taxonomy/mentions.tsv``.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.common import ROOT, arguments, machine, table
from bot import names, texts
from bot.adapters.feed_file import FileSource
from bot.adapters.shelf import Shelf
from bot.models import Library, Record

LABELS, MENTIONS = Path(__file__).with_suffix(".tsv"), ROOT / "taxonomy" / "mentions.tsv"


def main() -> None:
    """Print the figures as Markdown."""
    options = arguments(__doc__ or "")
    labels, library = _rows(LABELS), Shelf(ROOT / "taxonomy").load()
    wanted = {row["id"] for row in labels} | set(library.papers)
    source = FileSource(options.data / "arxiv" / "abstracts.jsonl.gz")
    records = {record.id: texts.clean_record(record)[0] for record in source.records(print) if record.id in wanted}
    print(f"{machine()}\n")
    _method(labels, records)
    _mentions(library, records)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


# --- names in titles and abstracts -----------------------------------------------------------------------------------


def _method(labels: list[dict[str, str]], records: Mapping[str, Record]) -> None:
    right, wrong, missed, told = Counter[str](), Counter[str](), Counter[str](), []
    began = time.perf_counter()
    for row in labels:
        if row["id"] not in records:
            continue
        known = {name for name in row["name"].split("|") if name}
        found = names.method(records[row["id"]])
        if found:
            hit = found.text in known
            (right if hit else wrong).update([f"{row['group']}, {found.source}", row["group"]])
        missed[row["group"]] += bool(known) and not (found and found.text in known)
        if (found.text if found else "") not in (known or {""}):
            told.append(f"{row['id']}: {found.text if found else 'none'}, by hand {row['name'] or 'none'}")
    took = (time.perf_counter() - began) / len(labels)
    rows = [
        (group, right[group] + wrong[group], right[group], wrong[group], _share(right[group], wrong[group]),
         _share(right[group], missed[group]) if "," not in group else "")
        for group in sorted({*right, *wrong})
    ]  # fmt: skip
    table(("papers, found in", "names found", "right", "wrong", "precision", "recall"), rows)
    print(f"\n{took * 1000:.1f} ms a paper. Otherwise than by hand: {'; '.join(told) or 'none'}\n")


def _share(part: int, rest: int) -> str:
    return f"{part / (part + rest):.3f}" if part + rest else "-"


# --- the methods of the text -----------------------------------------------------------------------------------------


def _mentions(library: Library, records: Mapping[str, Record]) -> None:
    rows = _rows(MENTIONS)
    methods = list(dict.fromkeys(row["method"] for row in rows))
    bare = library.model_copy(
        update={"papers": {key: paper.model_copy(update={"short": None}) for key, paper in library.papers.items()}}
    )
    ways = {how: Counter(_how(name, shelf, records) for name in methods) for how, shelf in
            (("by titles, links and abstracts", bare), ("with short names", library))}  # fmt: skip
    kinds = sorted({kind for counts in ways.values() for kind in counts})
    table(("found by", *ways), [(kind, *(counts[kind] for counts in ways.values())) for kind in kinds])
    found = {name: names.resolve(name, library, records) for name in methods}
    missing = [name for name, papers in found.items() if not papers]
    several = [name for name, papers in found.items() if len(papers) > 1]
    print(f"\n{len(methods) - len(missing)} of {len(methods)} methods of the text are listed papers; missing from the "
          f"list: {', '.join(missing) or 'none'}; may be several: {', '.join(several) or 'none'}\n")  # fmt: skip
    _differences(rows, found, library)


def _how(name: str, library: Library, records: Mapping[str, Record]) -> str:
    found = names.meant(name, library, records)
    return found[0].how if found else "nothing"


def _differences(rows: list[dict[str, str]], found: dict[str, list[str]], library: Library) -> None:
    text: dict[str, set[str]] = {}
    for row in rows:
        node = names.class_of(row["class"], library.taxonomy)
        if node is None:
            print(f"{row['class']} is no class")
        elif found[row["method"]]:
            text.setdefault(found[row["method"]][0], set()).add(node.id)
    placements = sum(map(len, text.values()))
    agreed = sum(len(labels & set(library.papers[paper].labels)) for paper, labels in text.items())
    print(f"{placements} placements of the text are of listed papers; the list has {agreed} of them too\n")
    shown = [
        (paper, library.papers[paper].short_name, ", ".join(sorted(labels - set(library.papers[paper].labels))),
         ", ".join(sorted(set(library.papers[paper].labels) - labels)))
        for paper, labels in text.items() if labels != set(library.papers[paper].labels)
    ]  # fmt: skip
    table(("paper", "name", "only in the text", "only in the list"), shown)


if __name__ == "__main__":
    main()
