"""Lint for the data people review: small named checks, each problem with file, key and remedy. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from bot import addresses, ids, yaml_format
from bot.errors import DataError
from bot.models import WEB_ADDRESS, Library, Paper, Taxonomy
from bot.models.facts import Sheet
from bot.titles import normal

TAXONOMY = "taxonomy.yaml"
FACTS = "facts"
"""The folder of facts."""
ADVICE = frozenset({"leaf-has-definition"})
"""Checks that say what would make the bot better: a survey is not wrong for want of it."""
_FIRST_YEAR = 1991
"""The year arXiv opened."""
_NAMED_BY_KEY = {"title": "title-present", "website": "link-syntax", "code": "link-syntax", "year": "year-plausible"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
"""Those that are no white space: of white space ``one-line`` speaks."""


class Problem(NamedTuple):
    """What is wrong where: ``check`` is the name of the check that found it, ``message`` ends with the remedy."""

    file: str
    key: str
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}{', key ' + self.key if self.key else ''}: {self.message} ({self.check})"


class Found(NamedTuple):
    """What a check reports; its name becomes that of the problem."""

    file: str
    key: str
    message: str


class Data(NamedTuple):
    """What the checks look at: what could be read of the files, and the files themselves."""

    files: Mapping[str, bytes]
    taxonomy_file: str
    taxonomy: Taxonomy | None
    papers: Mapping[str, Paper]
    """By file."""
    this_year: int
    facts: Mapping[str, Sheet] = MappingProxyType({})
    """By file."""


Check = Callable[[Data], Iterator[Found]]


def check(files: Mapping[str, bytes], this_year: int) -> list[Problem]:
    """Every problem of the shelf's files (name with folder -> bytes, see ``Shelf.read_files``), sorted by file.

    A file that cannot be read is a problem itself; the others are still checked.
    """
    problems: list[Problem] = []
    taxonomy, papers, facts = None, {}, {}
    for name, content in files.items():
        path = PurePosixPath(name)
        errors: tuple[DataError, ...] = ()
        if path.parent.name == FACTS and path.suffix == ".yaml":
            sheet, errors = yaml_format.read_facts(content, name)
            if sheet:
                facts[name] = sheet
        elif path.name == TAXONOMY:
            taxonomy, errors = yaml_format.read_taxonomy(content, name)
        elif path.suffix == ".yaml":
            paper, errors = yaml_format.read_paper(content, ids.from_stem(path.stem), name)
            if paper:
                papers[name] = paper
        problems += [_unreadable(error, name) for error in errors]
    taxonomy_file = next((name for name in files if PurePosixPath(name).name == TAXONOMY), TAXONOMY)
    return sorted([*problems, *_run(Data(files, taxonomy_file, taxonomy, papers, this_year, facts))])


def check_new(paper: Paper, library: Library, *, this_year: int) -> list[Problem]:
    """The problems one new paper would bring to a library."""
    others = [other for other in library.papers.values() if other.id != paper.id]
    papers = {_file(one): one for one in (*others, paper)}
    found = _run(Data({}, TAXONOMY, library.taxonomy, papers, this_year))
    return [problem for problem in found if problem.file == _file(paper)]


def _run(data: Data) -> list[Problem]:
    return [
        Problem(found.file, found.key, one.__name__.replace("_", "-"), found.message)
        for one in CHECKS
        for found in one(data)
    ]


def _file(paper: Paper) -> str:
    return f"papers/{ids.file_name(paper.id)}"


def _unreadable(error: DataError, name: str) -> Problem:
    place, _, key = error.where.partition(", key ")
    check_name = _NAMED_BY_KEY.get(key.split(".")[0], "well-formed") if key else "well-formed"
    return Problem(place if place.startswith(name) else name, key, check_name, f"{error.what}; {error.remedy}")


# --- the checks ------------------------------------------------------------------------------------------------------


def file_name_is_id(data: Data) -> Iterator[Found]:
    """Every file of a paper is named by its id, and there are no other files."""
    for name in data.files:
        path = PurePosixPath(name)
        if path.name != TAXONOMY and (path.suffix != ".yaml" or not ids.is_valid(ids.from_stem(path.stem))):
            yield Found(name, "", "the file's name is no paper id; name it <arXiv id>.yaml or <slug>.yaml")


def paper_is_no_class(data: Data) -> Iterator[Found]:
    """No paper is called as a class is: texts and vectors of both are known by these names."""
    taken = {node.id for node in data.taxonomy.root.walk()} if data.taxonomy else set()
    for file, paper in data.papers.items():
        if paper.id in taken:
            yield Found(file, "", f"{paper.id!r} is the id of a class too; give the file another name")


def label_exists(data: Data) -> Iterator[Found]:
    """Every label is the id, or an old id, of a class."""
    if not data.taxonomy:
        return
    known = {name for node in data.taxonomy.root.walk() for name in (node.id, *node.aliases)}
    for file, paper in data.papers.items():
        for label in paper.labels:
            if label not in known:
                yield Found(file, "labels", f"{label!r} is no class; use the id of a leaf of {data.taxonomy_file}")


def label_is_leaf(data: Data) -> Iterator[Found]:
    """No label is a pillar, a group or the survey itself."""
    if not data.taxonomy:
        return
    inner = {name: node for node in data.taxonomy.root.walk() if node.children for name in (node.id, *node.aliases)}
    for file, paper in data.papers.items():
        for label in paper.labels:
            if label in inner:
                below = ", ".join(child.id for child in inner[label].children)
                yield Found(file, "labels", f"{label!r} is no leaf; use one of those below it ({below})")


def label_stands_once(data: Data) -> Iterator[Found]:
    """No paper names one label twice."""
    for file, paper in data.papers.items():
        for label in sorted({label for label in paper.labels if paper.labels.count(label) > 1}):
            yield Found(file, "labels", f"{label!r} stands here twice; keep one of the two")


def one_file_per_paper(data: Data) -> Iterator[Found]:
    """No two files have one title, or one address."""
    titles: dict[str, str] = {}
    links: dict[str, str] = {}
    for file, paper in data.papers.items():
        link = addresses.key(paper.link)
        for key, value, seen in (("title", normal(paper.title), titles), ("url", link, links)):
            first = seen.setdefault(value, file)
            if first != file:
                yield Found(file, key, f"this {key} is that of {first} too; keep one file with the labels of both")


def facts_of_listed_paper(data: Data) -> Iterator[Found]:
    """Facts are of a listed paper, and no fact stands there twice."""
    listed = {PurePosixPath(file).name for file in data.files if PurePosixPath(file).parent.name != FACTS}
    for file, sheet in data.facts.items():
        if PurePosixPath(file).name not in listed:
            yield Found(file, "", "no paper is listed under this id; remove the file, or correct its name")
        for place, fact in enumerate(sheet.facts):
            if fact.same in [other.same for other in sheet.facts[:place]]:
                yield Found(file, f"facts.{place}", "this claim stands here twice; keep one of the two")


def link_syntax(data: Data) -> Iterator[Found]:
    """A paper's address is one; it stands there only when the paper is not on arXiv."""
    for file, paper in data.papers.items():
        if paper.url and not re.fullmatch(WEB_ADDRESS, paper.url):
            yield Found(file, "url", f"{paper.url!r} is no web address; write one that opens with https://")
        if paper.url and ids.is_arxiv(paper.id):
            yield Found(file, "url", "a paper on arXiv has its address from its id; remove this key")
        elif paper.url and not ids.is_arxiv(paper.id) and ids.from_url(paper.url):
            yield Found(file, "url", f"this paper is on arXiv; name the file {ids.from_url(paper.url)}.yaml instead")


def year_plausible(data: Data) -> Iterator[Found]:
    """A paper's year is not before its arXiv id, and not beyond next year."""
    for file, paper in data.papers.items():
        first, last = ids.year(paper.id) or _FIRST_YEAR, data.this_year + 1
        if not first <= paper.year <= last:
            yield Found(file, "year", f"{paper.year} is not between {first} and {last}; correct the year")


def one_line(data: Data) -> Iterator[Found]:
    """Texts that stand in a table have no line breaks and no runs of spaces."""
    for file, paper in data.papers.items():
        for key in ("title", "short", "venue", "note"):
            text = getattr(paper, key) or ""
            if text != " ".join(text.split()):
                yield Found(file, key, "there is a line break or a run of spaces in it; write it on one line")


def plain_text(data: Data) -> Iterator[Found]:
    """No text holds a control character: it would reach the terminal of whoever reads it."""
    for file, paper in data.papers.items():
        for key in ("title", "short", "venue", "url", "note"):
            if _CONTROL.search(getattr(paper, key) or ""):
                yield Found(file, key, "there is a control character in it; remove it")
        for key in ("website", "code"):
            if any(_CONTROL.search(f"{link.url}{link.label or ''}") for link in getattr(paper, key)):
                yield Found(file, key, "there is a control character in it; remove it")


def canonical_format(data: Data) -> Iterator[Found]:
    """Every file is written the way the bot writes it, so that its next change is a small diff."""
    for file, content in data.files.items():
        if paper := data.papers.get(file):
            text = yaml_format.dump_paper(paper)
        elif sheet := data.facts.get(file):
            text = yaml_format.dump_facts(sheet)
        elif data.taxonomy and file == data.taxonomy_file:
            text = yaml_format.dump_taxonomy(data.taxonomy)
        else:
            continue
        if content != text.encode():
            yield Found(file, "", f"line {_first_change(content, text)} is not as the bot writes it; {_REWRITE}")


def leaf_has_definition(data: Data) -> Iterator[Found]:
    """The survey (its scope) and every leaf are defined, and every leaf says what it includes."""
    if not data.taxonomy:
        return
    for node in (data.taxonomy.root, *data.taxonomy.leaves):
        if not node.definition:
            yield Found(
                data.taxonomy_file, f"{node.id}.definition", "it is missing; add two lines on what belongs here"
            )
    for leaf in data.taxonomy.leaves:
        if not leaf.include:
            yield Found(data.taxonomy_file, f"{leaf.id}.include", "it is missing; add what a paper here does")


def rulebook_names_no_paper(data: Data) -> Iterator[Found]:
    """No rule holds the name of a listed paper: a rule states the class and never echoes its papers."""
    if not data.taxonomy:
        return
    names = {name for paper in data.papers.values() if _is_name(name := paper.short_name)}
    for node in data.taxonomy.root.walk():
        for key, texts in (("definition", (node.definition,)), ("include", node.include), ("exclude", node.exclude)):
            for name in sorted(names):
                if any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for text in texts):
                    yield Found(
                        data.taxonomy_file,
                        f"{node.id}.{key}",
                        f"it names the listed paper {name}; say it in general terms",
                    )


CHECKS: tuple[Check, ...] = (
    file_name_is_id,
    paper_is_no_class,
    label_exists,
    label_is_leaf,
    label_stands_once,
    one_file_per_paper,
    facts_of_listed_paper,
    link_syntax,
    year_plausible,
    one_line,
    plain_text,
    canonical_format,
    leaf_has_definition,
    rulebook_names_no_paper,
)

_REWRITE = "let `survey-bot check --fix` write it"


def _first_change(content: bytes, text: str) -> int:
    pairs = zip(content.split(b"\n"), text.encode().split(b"\n"), strict=False)
    return next((number for number, (now, then) in enumerate(pairs, 1) if now != then), content.count(b"\n") + 1)


def _is_name(text: str) -> bool:
    """Whether this is a made name (``SmolVLA``, ``FAST``), not common words."""
    return len(text.split()) <= 3 and bool(re.search(r"\w[A-Z]|\d", text))
