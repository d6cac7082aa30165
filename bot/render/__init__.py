"""The list of a README, written from the data: tables or bullets. Pure: text and library in, text out.

Each leaf has one pair of markers, and only what stands between them is ours::

    <!-- survey-bot:begin quantization -->
    <!-- survey-bot:end quantization -->

The README itself is the record of the order of papers: they keep the place they have there, recognised by the paper's
link, and papers that are new to a class follow at its end, by time of submission (``ids.sort_key``).
"""

from __future__ import annotations

from bot import addresses, ids, readme
from bot.models import Library, Paper
from bot.readme import Readme
from bot.render.adoption import adopted
from bot.render.guess import URL, guess
from bot.render.regions import Region, begin, end, marked
from bot.render.shape import DEFAULT, Shape, shape

__all__ = ["DEFAULT", "Shape", "begin", "end", "guess", "render", "shape"]


def render(markdown: str, library: Library, file: str = "README.md", written: Shape = DEFAULT) -> str:
    """The same README with every leaf's papers as the library has them; what is outside the markers keeps every byte.

    A leaf without markers gets them around the table or the bullets under its heading, once. Raises DataError when
    markers are damaged, or when a leaf has neither markers nor a list that can be written without loss; ``file`` names
    the README in errors, ``written`` is how the papers are written.
    """
    library = library.under_current_ids()
    found = readme.read(markdown)
    regions = marked(found, library.taxonomy, file)
    known = {region.leaf for region in regions}
    regions += [
        adopted(found, leaf, library, file, written) for leaf in library.taxonomy.leaves if leaf.id not in known
    ]
    newline = "\r\n" if found.lines and found.lines[0].endswith("\r\n") else "\n"
    lines = list(found.lines)
    for region in sorted(regions, reverse=True):
        own = written.lines(_papers(found, region, library))
        if not region.marked:
            own = [begin(region.leaf), *own, end(region.leaf)]
        lines[region.start : region.end] = [line + newline for line in own]
    return "".join(lines)


def _papers(found: Readme, region: Region, library: Library) -> list[Paper]:
    """The papers of a leaf in the order of the README."""
    places = _places(found, region)

    def place(paper: Paper) -> tuple[int, tuple[int, str]]:
        return places.get(addresses.key(paper.link), len(found.lines) + 1), ids.sort_key(paper.id)

    return sorted((paper for paper in library.papers.values() if region.leaf in paper.labels), key=place)


def _places(found: Readme, region: Region) -> dict[str, int]:
    """The line of every paper in the region's rows or bullets of today, by address.

    Of one that cannot be read again, the first line with its address: it must not move because of that.
    """
    links: list[tuple[int, str]] = []
    for one in found.tables:
        if region.start <= one.start < region.end and one.of_papers:
            rows = readme.Rows(one)
            links += [(entry.line, entry.link) for row in one.rows if (entry := rows.read(row)) and entry.link]
    for section in found.root.walk():
        links += [(entry.line, entry.link) for entry in section.entries if region.start < entry.line <= region.end]
    own = enumerate(found.lines[region.start : region.end], region.start + 1)
    said = [(number, url) for number, line in own for url in URL.findall(line)]
    places: dict[str, int] = {}
    for number, url in (*sorted(links), *said):
        places.setdefault(addresses.key(url), number)
    return places
