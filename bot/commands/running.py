"""What the commands do that run, judge, publish, learn, show or explain; from settings to what is shown."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot import dashboard, health, ids, pipeline, prepare, watch
from bot.commands import console
from bot.commands.language_models import prompts
from bot.commands.wiring import Wiring, github
from bot.errors import DataError, SettingsError, SurveyBotError
from bot.fates import Failure, Fate, RunReport
from bot.models import Judgement, Lane, Library
from bot.plan import Plan
from bot.yaml_format import taxonomy_sha


def now() -> datetime:
    """The clock of the bot: aware, UTC."""
    return datetime.now(UTC)


def run(
    wiring: Wiring,
    feeds: Sequence[Path],
    since: date | None = None,
    until: date | None = None,
    *,
    dry_run: bool = False,
    quiet: bool = False,
) -> RunReport:
    """Run once and show it. ``feeds`` replace arXiv, of which all that is due is read, or what came in on these days.

    Raises SurveyBotError when nothing could be done.
    """
    library = wiring.shelf.load()
    parts = _looking(_parts(wiring, library, dry_run=dry_run, quiet=quiet), wiring, feeds, since, until)
    return _run(library, parts, {}, quiet=quiet)


def propose(wiring: Wiring, paper_id: str, *, dry_run: bool = False) -> RunReport:
    """Propose one paper because a human wants it, whatever the bot thinks. Raises SurveyBotError."""
    try:
        bare, _ = ids.parse(paper_id)
    except ValueError as error:
        raise DataError(str(error), where="propose", remedy="give an id like 2602.03782") from None
    found = wiring.archive.find([bare], console.ConsoleProgress())
    if bare not in found.records:
        raise DataError(f"its title and abstract could not be had: {found.problem}", where=bare)
    library = wiring.shelf.load()
    return _run(library, _parts(wiring, library, dry_run=dry_run), {bare: "a human asked for it"})


def judge(wiring: Wiring, feeds: Sequence[Path], since: date | None, until: date | None) -> Plan:
    """What a run would write down; nothing is written but the ledger's copy here. Raises as :func:`run`."""
    library = wiring.shelf.load()
    parts = _looking(_parts(wiring, library), wiring, feeds, since, until)
    return pipeline.judge(library, parts, run=pipeline.run_name(now()), now=now)


def publish(wiring: Wiring, file: Path | None, failed: str = "") -> RunReport:
    """Write down the plan in ``file``, of which nothing is believed before it was checked. Raises as :func:`run`.

    ``failed``: why there may be no plan; it is told on the dashboard, and what people did is learned all the same.
    """
    from bot import recheck

    library = wiring.shelf.load()
    if file and (file.exists() or not failed):
        plan, refused = recheck.recheck(
            recheck.read_plan(_plan(file)),
            library,
            now=now(),
            prompts=[prompt.id for prompt in prompts().values()],
            llm=wiring.settings.llm,
            query=watch.query(wiring.settings.watch),
        )
    else:
        started = now()
        plan, refused = Plan(run=pipeline.run_name(started), started=started), []
    failures = [Failure(what="judging", message=failed)] if failed else []
    failures += [Failure(what="plan", message=sentence) for sentence in refused]
    plan = plan.model_copy(update={"failures": (*plan.failures, *failures)})
    return _shown(pipeline.publish(library, _parts(wiring, library), plan, now=now), library)


def learn(wiring: Wiring) -> RunReport:
    """What people did since the last run goes into the ledger. Raises as :func:`run`."""
    library = wiring.shelf.load()
    parts = _parts(wiring, library)
    return _shown(pipeline.learn(library, parts, run=pipeline.run_name(now()), now=now), library)


def status(wiring: Wiring, last: int) -> tuple[health.Health, list[RunReport]]:
    """How the watch is, and the last runs that tell of it, oldest first. Raises LedgerError."""
    runs, settings = wiring.ledger.runs(), wiring.settings
    found = health.health(runs, now(), settings.watch.days, watch.query(settings.watch))
    if not settings.enabled:
        switched_off = "The watch is stale: it is switched off (enabled = false in survey-bot.toml)"
        found = found.model_copy(update={"state": "stale", "sentence": switched_off})
    return found, health.latest(runs, last)


def preview(wiring: Wiring, base: str) -> str:
    """The rows of the tables that differ from the commit ``base``, as Markdown. Raises SurveyBotError."""
    from bot import preview as previewing
    from bot.adapters.git import Git
    from bot.adapters.shelf import Shelf

    folder, after = wiring.shelf.folder, wiring.shelf.load()
    with tempfile.TemporaryDirectory() as old:
        git, index = Git(folder), {"GIT_INDEX_FILE": str(Path(old, "index"))}
        where, root = git("rev-parse", "--show-prefix").strip(), git("rev-parse", "--show-toplevel").removesuffix("\n")
        if not git.succeeds("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}"):
            raise DataError("is no commit of this repository", where=base, remedy="fetch it first")
        if not git.succeeds("rev-parse", "--verify", "--quiet", f"{base}:{where}"):
            return previewing.preview(None, after, wiring.shape)
        git("read-tree", f"{base}:{where}", env=index)
        Git(Path(root))("checkout-index", "--all", f"--prefix={old}/{folder.name}/", env=index)
        return previewing.preview(Shelf(Path(old, folder.name)).load(), after, wiring.shape)


def complain(problem: SurveyBotError) -> None:
    """Tell on the dashboard what stopped the bot, with nothing but the environment of a workflow to go by.

    Best effort: the one who called tells the problem all the same.
    """
    from bot.adapters.github.forge import GitHubForge
    from bot.settings import Forge

    try:
        forge = GitHubForge(github(), Forge(kind="github"))
        forge.show(lambda previous: dashboard.complaint(str(problem), previous))
    except SurveyBotError as error:
        console.error(f"the dashboard could not be told: {error}")


def index(wiring: Wiring, feeds: Sequence[Path] = ()) -> str:
    """Bring the index up to date; what it holds and lacks, in lines.

    ``feeds``: files (the arXiv metadata snapshot) that are searched for the abstracts of listed papers first.
    """
    library = wiring.shelf.load()
    progress = console.ConsoleProgress()
    wiring.keep(feeds, library.papers, progress)
    memory = wiring.memory(library.taxonomy.root.id)
    entries, notes = prepare.index_entries(library, wiring.archive.find(list(library.papers), progress))
    notes += memory.update(entries, taxonomy_sha(library.taxonomy), progress)
    lines = [*notes, *wiring.archive.notes]
    lines.append(f"{len(library.papers)} papers and {len(library.taxonomy.leaves)} classes in {memory.where}")
    return "\n".join(lines)


def explain(wiring: Wiring, paper_id: str, *, judge: bool) -> dict[str, Any]:
    """What is known of a paper, as ``lines`` for people and as JSON; ``judge``: and how it would be judged today.

    Raises SurveyBotError.
    """
    from bot import explain as explaining

    library, fates = wiring.shelf.load(), wiring.ledger.fates()
    try:
        bare, _ = ids.parse(paper_id)
    except ValueError as error:
        bare = paper_id
        if bare not in library.papers:
            raise DataError(
                f"{error}, nor is it listed", where="explain", remedy="give an id like 2602.03782"
            ) from None
    github = wiring.settings.forge.kind == "github"  # there the ledger knows as much, and asking takes many calls
    pulls = {} if github else wiring.forge(lambda proposal: None, dry_run=False).pulls()
    lines = explaining.explain(bare, library, fates, pulls)
    judgement, told = why(wiring, bare) if judge else (None, [])
    known = {"fate": fates.get(bare), "pull": pulls.get(bare), "judgement": judgement}
    facts = {name: fact and fact.model_dump(mode="json") for name, fact in known.items()}
    return {"id": bare, "lines": [*lines, *([""] if told else []), *told], **facts}


def why(wiring: Wiring, paper_id: str) -> tuple[Judgement, list[str]]:
    """How a paper would be judged today, and that in lines; a listed one as if it were not. Raises SurveyBotError."""
    from bot import explain, texts
    from bot.judge import EmbeddedJudge
    from bot.opinion.question import case

    progress = console.ConsoleProgress()
    found = wiring.archive.find([paper_id], progress)
    if paper_id not in found.records:
        raise DataError(
            f"its title and abstract could not be had: {found.problem or 'it is not on arXiv'}", where=paper_id
        )
    record, flags = texts.clean_record(found.records[paper_id])
    library = wiring.shelf.load()
    others = library.model_copy(update={"papers": {key: one for key, one in library.papers.items() if key != paper_id}})
    without = "-without-one" if paper_id in library.papers else ""  # an index of its own: the other one stays whole
    judge, memory = EmbeddedJudge(others, wiring.settings), wiring.memory(f"{library.taxonomy.root.id}{without}")
    fates = wiring.ledger.fates()
    ready = prepare.prepare(others, wiring.archive, memory, judge, fates, [record], progress)
    one = record, ready.readings[0], ready.near[0], flags
    judgement = judge.judge(*one)
    advisor = None if judgement.lane is Lane.SKIP else wiring.llm.advisor  # as in a run
    for _, opinion in advisor.opinions([case(record, judgement, library.taxonomy)]) if advisor else ():
        judgement = judge.judge(*one, opinion)
    lines = [f"{paper_id}  {record.title}"]
    if paper_id in library.papers:
        lines.append("judged as if it were not listed")
    if early := judge.ruled_out(record):
        lines.append(f"a run would rule it out before it is judged: {early}")
    return judgement, [*lines, *explain.why(judgement, library.taxonomy), *ready.lacking, *ready.notes]


def _plan(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}", where=str(file), remedy="give the file that survey-bot judge wrote"
        ) from None


def _looking(
    parts: pipeline.Parts, wiring: Wiring, feeds: Sequence[Path], since: date | None, until: date | None
) -> pipeline.Parts:
    """The parts with what new papers are looked for in. Raises SettingsError."""
    if since and (until or now().date()) < since:
        ends = until or now().date()
        raise SettingsError(f"the window ends ({ends}) before it starts ({since})", where="--since", remedy="swap them")
    if since and since > now().date():
        raise SettingsError(f"{since} lies in the future", where="--since", remedy="give a day that has begun")
    if missing := [feed for feed in feeds if not feed.is_file()]:
        raise SettingsError("there is no such file", where=f"--feed {missing[0]}", remedy="give one that is there")
    if feeds:
        return replace(parts, sources=wiring.sources(feeds, since, until, only_watched=True))
    start = datetime.combine(since, time.min, UTC) if since else None
    end = datetime.combine(until + timedelta(days=1), time.min, UTC) if until and until < now().date() else None
    due = since is None and until is None
    announcements = wiring.announcements if due else None
    return replace(parts, search=wiring.search, announcements=announcements, span=(start, end))


def _parts(wiring: Wiring, library: Library, *, dry_run: bool = False, quiet: bool = False) -> pipeline.Parts:
    from bot.judge import EmbeddedJudge

    forge = wiring.forge((lambda proposal: None) if quiet else console.show_proposal, dry_run=dry_run)

    def tell(fate: Fate) -> None:
        if not quiet and not forge.dry:
            console.show_fate(fate, library)

    return pipeline.Parts(
        archive=wiring.archive,
        memory=lambda: wiring.memory(library.taxonomy.root.id),
        judge=EmbeddedJudge(library, wiring.settings),
        advisor=wiring.llm.advisor,
        forge=forge,
        ledger=wiring.ledger,
        progress=console.ConsoleProgress(),
        papers_folder=wiring.papers_folder,
        days=wiring.settings.watch.days,
        narrowed=bool(wiring.settings.watch.query.strip()),
        caps=wiring.settings.forge,
        on_judged=tell,
        home=wiring.home,
        problems=lambda: wiring.problems(now()),
    )


def _run(library: Library, parts: pipeline.Parts, asked_for: Mapping[str, str], *, quiet: bool = False) -> RunReport:
    report = pipeline.run(library, parts, run=pipeline.run_name(now()), now=now, asked_for=asked_for)
    return report if quiet else _shown(report, library)


def _shown(report: RunReport, library: Library) -> RunReport:
    console.show_report(report, library)
    return report
