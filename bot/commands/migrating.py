"""`survey-bot migrate`, one change of the taxonomy as one pull request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from bot import check, ids, migrate, prepare, texts, yaml_format
from bot.adapters.shelf import PAPERS, TAXONOMY
from bot.changes import Changeset
from bot.commands import console
from bot.commands.running import now
from bot.commands.wiring import Wiring
from bot.errors import DataError, SurveyBotError
from bot.fates import PullState
from bot.migrate import Migration
from bot.models import Library, Node, Taxonomy
from bot.phrases import count
from bot.pipeline import asking
from bot.pipeline.asking import Answer
from bot.ports import Changesets
from bot.yaml_format import taxonomy_sha

Change = Callable[[Library], Migration]


def perform(
    wiring: Wiring, change: Change, placer: Placer | None = None, *, dry_run: bool = False
) -> tuple[Migration, Answer]:
    """Ask for the change by one pull request; what it is, and what came of asking. Raises SurveyBotError.

    ``placer`` is who proposes classes in ``change``. Everything is checked before: data that would not pass
    `survey-bot check` is never asked for.
    """
    folder = wiring.papers_folder
    path = str(PurePosixPath(folder).parent / TAXONOMY)
    forge = wiring.changesets(console.show_changeset, dry_run=dry_run)
    files = wiring.shelf.read_files()
    _is_current(wiring, _at_root(files, path), path, folder, forge)
    migration = change(wiring.shelf.load())
    page, remarks = _page(wiring, migration, forge.read)
    if placer and placer.failed:
        remarks = ("Abstracts could not be read: classes are proposed by titles, where none were known.", *remarks)
    remarks = (*_waiting(wiring, migration, dry_run=dry_run), *remarks)
    migration = migration._replace(remarks=(*migration.remarks, *remarks))
    changeset = migrate.changeset(migration, path, folder, page)
    _still_passes(files, path, changeset)
    return migration, asking.ask(forge, changeset)


class Placer:
    """Proposes classes for listed papers: the bot's own placement, fitted on the papers that have such a class."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self.failed = ""
        """How arXiv failed; what was proposed then rests on titles, where abstracts were not known."""

    def __call__(self, taxonomy: Taxonomy, papers: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
        """Paper -> classes with their probabilities, the likeliest first."""
        from bot.classify.placement import Placement

        wiring, progress = self._wiring, console.ConsoleProgress()
        library = wiring.shelf.load()
        found = wiring.archive.find(list(library.papers), progress)
        self.failed = found.failed
        memory = wiring.memory(library.taxonomy.root.id)
        entries, _ = prepare.index_entries(library, found)
        memory.update(entries, taxonomy_sha(library.taxonomy), progress)
        classes = memory.read([texts.class_sentences(path) for path in taxonomy.paths.values()], progress, "reading")
        readings = memory.readings("paper")
        labels = {
            key: [label for label in taxonomy.current(paper.labels) if label in taxonomy.paths]
            for key, paper in library.papers.items()
        }
        model = Placement(list(taxonomy.paths))
        model.fit(dict(zip(taxonomy.paths, classes, strict=True)), readings, labels)
        return {
            key: [(one.label, one.probability) for one in model.rank(readings[key])]
            for key in papers
            if key in readings
        }


def parts(names: Sequence[str], file: Path | None) -> list[Node]:
    """The classes a class is split into: by their names, or of a YAML file with their rules. Raises DataError."""
    if names and file:
        raise DataError("names and rules are both given", where=str(file), remedy="put all new classes into the file")
    if file is None:
        for name in names:
            if not ids.slug(name):
                remedy = "give the new classes by --rules, with an `id` each"
                raise DataError("no id can be made of it", where=f"the name {name!r}", remedy=remedy)
        return [Node(id=ids.slug(name), name=name) for name in names]
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"cannot be read: {reason}", where=str(file), remedy="give a YAML file of UTF-8") from None
    opening = "id: parts\nname: parts\nchildren:\n"
    whole = opening + "".join(f"  {line}\n" if line.strip() else "\n" for line in text.lstrip("\ufeff").splitlines())
    try:
        return list(yaml_format.read_taxonomy(whole, file.name).get().root.children)
    except DataError as error:  # counted as in the file that people see
        before, offset = re.escape(f"{file.name}:"), opening.count("\n")
        where = re.sub(rf"(?<=^{before})\d+", lambda found: str(max(1, int(found[0]) - offset)), error.where)
        remedy = error.remedy or "write a list of classes, each with `id` and `name`"
        raise DataError(error.what, where=where, remedy=remedy) from None


def lines(migration: Migration, answer: Answer) -> Iterator[str]:
    """What is asked for, and what came of asking, for a terminal."""
    yield from (f"note: {note}" for note in answer.notes)
    if not answer.holds:
        yield answer.sentence
        return
    yield migration.sentence
    papers = len(migration.papers)
    yield f"{count(papers, 'paper')} change{'s' if papers == 1 else ''} with it"
    for doubt in migration.doubts:
        guesses = ", ".join(f"{label} {share:.2f}" for label, share in doubt.ranked)
        name = migration.before.papers[doubt.paper].short_name
        yield f"decide: {doubt.paper}  {name}: {doubt.sentence} {guesses}".rstrip()
    yield from (f"note: {remark}" for remark in migration.remarks)
    yield f"-> {answer.sentence}"


def _at_root(files: Mapping[str, bytes], taxonomy: str) -> dict[str, bytes]:
    """The files of the shelf (``taxonomy/papers/x.yaml``) by their paths from the root of the repository.

    ``taxonomy`` is the path of its taxonomy there.
    """
    above = PurePosixPath(taxonomy).parent
    return {str(above.joinpath(*PurePosixPath(name).parts[1:])): content for name, content in files.items()}


def _is_current(wiring: Wiring, here: Mapping[str, bytes], path: str, folder: str, forge: Changesets) -> None:
    """The files here are those of the base branch, all of them.

    A migration made of others would undo what changed there, or leave a paper that came there in a class that is gone.
    Raises DataError.
    """
    papers = forge.files(folder)
    there = {path: forge.read(path) or "", **{name: papers[name] for name in papers if _seen(name)}}
    mine = {name for name in here if name == path or PurePosixPath(name).parent == PurePosixPath(folder)}
    for name in sorted(mine | there.keys()):
        if _lines(here.get(name)) != _lines(there[name].encode() if name in there else None):
            where = "here" if name in here else "there"
            only = f" (it is {where} only)" if (name in here) != (name in there) else ""
            raise DataError(
                f"the file here is not that of {wiring.settings.forge.base}{only}",
                where=name,
                remedy="commit your changes there, or fetch its, and say it again",
            )


def _seen(name: str) -> bool:
    """The shelf takes no notice of other files."""
    return not PurePosixPath(name).name.startswith(".")


def _lines(content: bytes | None) -> list[bytes] | None:
    """Git may have its own line ends in a work tree."""
    return None if content is None else content.splitlines()


def _waiting(wiring: Wiring, migration: Migration, *, dry_run: bool) -> Iterator[str]:
    """Open pull requests of papers whose class ends: no alias can say which class they are of now."""
    if not migration.ended:
        return
    taxonomy = migration.before.taxonomy
    for key, pull in wiring.forge(lambda proposal: None, dry_run=dry_run).pulls().items():
        if pull.state is PullState.OPEN and migration.ended in taxonomy.current(pull.proposed or ()):
            yield f"The open pull request of {key} proposes {migration.ended}: give it another label first."


def _page(
    wiring: Wiring, migration: Migration, read: Callable[[str], str | None]
) -> tuple[tuple[str, str] | None, tuple[str, ...]]:
    """The page as it will be, and what is left to do there; None where it cannot be written, or has not changed."""
    named = wiring.settings.survey.readme
    depth = len(PurePosixPath(wiring.papers_folder).parts)
    root = (wiring.shelf.folder / PAPERS).parents[depth - 1]
    file = wiring.settings.at_root(named)
    if not file.is_relative_to(root):
        return None, (f"{named} is not in the repository, so it was left as it is.",)
    path = file.relative_to(root).as_posix()
    try:
        markdown = read(path)
        if markdown is None:
            return None, (f"There is no {path} to be changed with it.",)
        text, remarks = migrate.rewritten(markdown, migration, path, wiring.shape)
    except SurveyBotError as error:
        return None, (f"The page was left as it is, and must be changed by hand: {error}",)
    return ((path, text) if text != markdown else None), remarks


def _still_passes(files: Mapping[str, bytes], path: str, changeset: Changeset) -> None:
    """What was fine before is fine after. Raises DataError."""
    year = now().year
    names = dict(zip(_at_root(files, path), files, strict=True))
    changed = {name: text for commit in changeset.commits for name, text in commit.files.items() if name in names}
    after = {**files, **{names[name]: text.encode() for name, text in changed.items() if text is not None}}
    known = {(problem.check, problem.message) for problem in check.check(files, year)}
    new = [problem for problem in check.check(after, year) if (problem.check, problem.message) not in known]
    wrong = [problem for problem in new if problem.check not in check.ADVICE]
    if wrong:
        what = f"the data would not pass the check any more ({wrong[0].message})"
        raise DataError(what, where=wrong[0].file, remedy="mend that first, or choose other names")
