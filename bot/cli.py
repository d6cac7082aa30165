"""The command ``survey-bot``. Only click is imported at the top: ``--help`` must be instant."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot import __version__
from bot.errors import DataError, LanguageModelError, LedgerError, SettingsError, SourceError, SurveyBotError

if TYPE_CHECKING:
    from bot.wiring import Wiring

T = TypeVar("T")

OK, FOUND, BAD_INPUT, DEGRADED, STOPPED = 0, 1, 2, 3, 130

_EPILOG = """\b
Exit codes:
  0  done; "nothing new" is done too
  1  check or render --check found something to mend
  2  bad input: command line, settings, data or repository
  3  degraded: a source or a step failed; what could be done was done, and kept
130  stopped by Ctrl-C
"""


class _Group(click.Group):
    """Turns our errors into one sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SurveyBotError as error:
            from bot import console

            console.error(str(error))
            ctx.exit(DEGRADED if isinstance(error, SourceError | LanguageModelError) else BAD_INPUT)
        except KeyboardInterrupt:
            click.echo("stopped; the same command goes on from here", err=True)
            ctx.exit(STOPPED)
        except BrokenPipeError:
            raise  # click ends quietly when nobody reads any more
        except OSError as error:  # a full disk, a folder that may not be written: the place is in the error
            click.echo(f"error: {error.filename or 'output'}: {error.strerror}; see space and permissions", err=True)
            ctx.exit(BAD_INPUT)


@click.group(cls=_Group, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="survey-bot")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("survey-bot.toml"),
    show_default=True,
    help="The survey's settings.",
)
@click.pass_context
def cli(ctx: click.Context, config: Path) -> None:
    """Keep a survey's paper list current: watch arXiv, place new papers, open one small pull request each."""
    ctx.obj = config


def _wiring(ctx: click.Context, *, offline: bool = False) -> Wiring:
    from bot import settings
    from bot.wiring import Wiring

    return Wiring(settings.load(ctx.obj), offline=offline)


def _watching(ctx: click.Context, *, offline: bool = False) -> Wiring:
    """As :func:`_wiring` for a command that reads or writes for the bot; ends here when the bot is switched off."""
    wiring = _wiring(ctx, offline=offline)
    if not wiring.settings.enabled:
        click.echo(f"the bot is switched off (enabled = false in {ctx.obj}): nothing is read or written")
        ctx.exit(OK)
    return wiring


def _complaining(ctx: click.Context, work: Callable[[Wiring], T], *, offline: bool = False) -> T:
    """Do the work; where settings or data stop the bot, the dashboard tells it too."""
    from bot import running

    try:
        return work(_watching(ctx, offline=offline))
    except (SettingsError, DataError, LedgerError) as error:
        if os.environ.get("GITHUB_ACTIONS"):
            running.complain(error)
        raise


_file = click.Path(path_type=Path)
_day = click.DateTime(formats=["%Y-%m-%d"])
_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_offline = click.option("--offline", is_flag=True, help="Never ask arXiv: what is not in the cache is not known.")
_feeds = click.option(
    "--feed", "feeds", type=_file, multiple=True, help="Read this file instead of arXiv (JSON lines or Atom)."
)
_since = click.option("--since", type=_day, help="First day to read, instead of what is due.")
_until = click.option("--until", type=_day, help="Last day to read.")


@cli.command(short_help="Find, judge and propose new papers.")
@_feeds
@_since
@_until
@click.option("--dry-run", is_flag=True, help="Show what would be opened; write nothing down.")
@_offline
@_json
@click.pass_context
def run(
    ctx: click.Context,
    feeds: tuple[Path, ...],
    since: datetime | None,
    until: datetime | None,
    dry_run: bool,
    offline: bool,
    as_json: bool,
) -> None:
    """Look for new papers, judge them, and open a pull request for each that belongs."""
    from bot import running

    days = (since and since.date(), until and until.date())
    report = _complaining(
        ctx, lambda wiring: running.run(wiring, feeds, *days, dry_run=dry_run, quiet=as_json), offline=offline
    )
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command(short_help="The half of a run that only reads.")
@click.option("--out", type=_file, default=Path("plan.json"), show_default=True, help="Where the plan is written.")
@_feeds
@_since
@_until
@_offline
@click.pass_context
def judge(
    ctx: click.Context,
    out: Path,
    feeds: tuple[Path, ...],
    since: datetime | None,
    until: datetime | None,
    offline: bool,
) -> None:
    """Find and judge new papers as a run does, and write what it would do into a file for `survey-bot publish`.

    Needs no permission to write anywhere. What failed is in the plan.
    """
    from bot import console, running

    plan = running.judge(_watching(ctx, offline=offline), feeds, since and since.date(), until and until.date())
    _write(out, plan.model_dump_json(indent=2))
    console.show_plan(plan)
    click.echo(f"{len(plan.verdicts)} to propose, {len(plan.fates)} fates, {len(plan.failures)} failures -> {out}")


@cli.command(short_help="The half of a run that writes.")
@click.argument("plan", type=_file, required=False)
@click.option("--failed", default="", help="Why there may be no plan; the dashboard tells it.")
@click.pass_context
def publish(ctx: click.Context, plan: Path | None, failed: str) -> None:
    """Check the file PLAN of `survey-bot judge`, then open the pull requests it asks for, and learn.

    Nothing in it is believed: what reviewers see is made here, from facts checked against taxonomy and rulebook.
    """
    from bot import running

    report = _complaining(ctx, lambda wiring: running.publish(wiring, plan, failed))
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command(short_help="Take in what people did and asked for.")
@click.pass_context
def learn(ctx: click.Context) -> None:
    """Take in what people did with pull requests and asked for on the dashboard, and write the dashboard anew."""
    from bot import running

    report = _complaining(ctx, running.learn)
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command(short_help="Whether the watch on arXiv is well.")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="So many runs are shown.")
@_json
@click.pass_context
def status(ctx: click.Context, runs: int, as_json: bool) -> None:
    """Say whether the watch on arXiv is healthy, degraded or stale, how far it has read, and how the last runs went.

    Asks nobody but the ledger. The exit code is 0 for a healthy watch, and else 3.
    """
    from bot import console, running

    found, reports = running.status(_wiring(ctx), runs)
    if as_json:
        click.echo(json.dumps(console.status_json(found, reports), indent=2, ensure_ascii=False))
    else:
        console.show_status(found, reports)
    ctx.exit(OK if found.state == "healthy" else DEGRADED)


@cli.command(short_help="How often people agreed with the bot.")
@_json
@click.pass_context
def stats(ctx: click.Context, as_json: bool) -> None:
    """How often people merged what the bot proposed, corrected or refused it: per class and per quarter."""
    from bot import console
    from bot import stats as counting

    wiring = _wiring(ctx)
    taxonomy = wiring.shelf.load_taxonomy()
    agreement = counting.agreement(wiring.ledger.fates().values(), taxonomy.current)
    if as_json:
        click.echo(agreement.model_dump_json(indent=2))
    else:
        console.show_agreement(agreement, taxonomy)


@cli.command(short_help="Show the rows that differ from another commit.")
@click.argument("base", metavar="COMMIT")
@click.pass_context
def preview(ctx: click.Context, base: str) -> None:
    """Show, as Markdown, how the rows will look of the papers that differ from COMMIT (a branch, a tag, HEAD~1)."""
    from bot import running

    click.echo(running.preview(_wiring(ctx), base))


@cli.command(short_help="Open a pull request for a paper you want.")
@click.argument("paper_id", metavar="ID")
@click.option("--dry-run", is_flag=True, help="Show what would be opened; write nothing down.")
@_offline
@click.pass_context
def propose(ctx: click.Context, paper_id: str, dry_run: bool, offline: bool) -> None:
    """Open a pull request for a paper you want, whatever the bot thinks of it.

    For papers that wait for your word, and for those that were skipped or never seen. Title and abstract come from
    arXiv or from what an earlier run remembers.
    """
    from bot import running

    report = running.propose(_watching(ctx, offline=offline), paper_id, dry_run=dry_run)
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command()
@click.argument("paper_id", metavar="ID")
@click.option(
    "--why",
    is_flag=True,
    help="Judge it now (the language model of [llm] is asked too), and show scores, features and thresholds.",
)
@_offline
@_json
@click.pass_context
def explain(ctx: click.Context, paper_id: str, why: bool, offline: bool, as_json: bool) -> None:
    """Say why a paper is, or is not, proposed."""
    from bot import running

    found = running.explain(_wiring(ctx, offline=offline), paper_id, judge=why)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(found["lines"]))


@cli.command("import", short_help="Turn a README's tables into data.")
@click.argument("readme", type=_file)
@click.pass_context
def import_(ctx: click.Context, readme: Path) -> None:
    """Read a survey's README into the taxonomy folder.

    Over an existing taxonomy, what people decided there (rules, classes, labels) is kept, and differences are told.
    Without settings, a first survey-bot.toml is written.
    """
    from bot import importer, settings

    found = importer.read_readme(_text(readme), readme.name)
    config: Path = ctx.obj
    if not config.exists():
        _write(config, settings.starter(readme.name, [leaf.name for leaf in found.taxonomy.leaves]))
        click.echo(f"{config} is new: look at its terms and categories before the first run")
    shelf = _wiring(ctx).shelf
    if shelf.exists():
        found = importer.merge(shelf.load(), found, readme.name)
    shelf.save_taxonomy(found.taxonomy)
    for paper in found.papers.values():
        shelf.save_paper(paper)
    for problem in found.problems:
        click.echo(problem, err=True)
    placements = sum(len(paper.labels) for paper in found.papers.values())
    click.echo(
        f"{len(found.taxonomy.root.children)} pillars, {len(found.taxonomy.leaves)} classes, "
        f"{len(found.papers)} papers, {placements} placements, {len(found.problems)} warnings -> {shelf.folder}"
    )


@cli.command(short_help="Write the tables back into a README.")
@click.argument("readme", type=_file, required=False)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if something would change.")
@click.pass_context
def render(ctx: click.Context, readme: Path | None, only_check: bool) -> None:
    """Write the tables of the taxonomy back between their markers in README (default: [survey] readme)."""
    from bot import render as rendering

    wiring = _wiring(ctx)
    file = readme or wiring.settings.at_root(wiring.settings.survey.readme)
    old = _text(file)
    new = rendering.render(old, wiring.shelf.load(), file.name)
    if new == old:
        click.echo(f"{file} is current")
    elif only_check:
        click.echo(f"{file} is not current; run survey-bot render")
        ctx.exit(FOUND)
    else:
        _write(file, new)
        click.echo(f"{file} is rendered")


@cli.command(short_help="Ask for the bot to be set up, by one pull request.")
@click.argument("readme", type=_file, default=Path("README.md"))
@click.option("--again", is_flag=True, help="Ask anew although the first pull request was closed.")
@click.option("--dry-run", is_flag=True, help="Show what the pull request would hold; open nothing.")
@click.option("--offline", is_flag=True, help="Never ask arXiv for the categories of listed papers.")
def init(readme: Path, again: bool, dry_run: bool, offline: bool) -> None:
    """Open one pull request that sets the bot up for the list in README, in the repository it stands in.

    It brings the taxonomy, the settings and the workflows. Nothing else happens before it is merged, and nothing at all
    when it is closed. With a GitHub token in the environment it is opened there, else as a branch of this repository.
    """
    from bot import initiating

    click.echo(initiating.init(readme, again=again, dry_run=dry_run, offline=offline))


@cli.command(short_help="Lint taxonomy and papers.")
@click.option("--fix", is_flag=True, help="First write every file in the canonical format.")
@_json
@click.pass_context
def check(ctx: click.Context, fix: bool, as_json: bool) -> None:
    """Lint the taxonomy and the papers; each finding names file, key and remedy.

    A class without a definition is told too, but nothing to mend: the rulebook makes the bot better.
    """
    from bot import check as checking

    shelf = _wiring(ctx).shelf
    if fix:
        shelf.tidy()
    files = shelf.read_files()
    problems = checking.check(files, datetime.now(UTC).year)
    wrong = [problem for problem in problems if problem.check not in checking.ADVICE]
    if as_json:
        click.echo(json.dumps([problem._asdict() for problem in problems], indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(str(problem))
        advice = len(problems) - len(wrong)
        told = f", {advice} pieces of advice" if advice else ""
        click.echo(f"{len(files)} files checked, {len(wrong)} to mend{told}")
    ctx.exit(FOUND if wrong else OK)


@cli.command()
@click.option(
    "--feed", "feeds", type=_file, multiple=True, help="Take abstracts of listed papers from this file first."
)
@_offline
@click.pass_context
def index(ctx: click.Context, feeds: tuple[Path, ...], offline: bool) -> None:
    """Bring the index up to date; a run does this itself."""
    from bot import running

    click.echo(running.index(_wiring(ctx, offline=offline), feeds))


@cli.command(short_help="Measure the bot on this survey's own past.")
@click.option("--feed", "feeds", type=_file, multiple=True, help="Records: abstracts of listed papers, the listing's.")
@click.option("--listing", type=_file, help="Which paper was announced on which day (tab-separated: day, id).")
@click.option("--judged", type=_file, help="What two annotators said of the listing's papers (id, first, second).")
@click.option("--out", type=_file, default=Path("evaluation"), show_default=True, help="Folder for JSON and page.")
@click.option("--seed", default=0, show_default=True, help="Of the bootstrap.")
@click.option("--quick", is_flag=True, help="Fewer folds and draws: a first look at a large survey.")
@click.option(
    "--llm",
    is_flag=False,
    flag_value="",
    metavar="[MODEL]",
    help="Measure a language model too: this one, or without a name that of [llm].",
)
@_offline
@_json
@click.pass_context
def evaluate(
    ctx: click.Context,
    feeds: tuple[Path, ...],
    listing: Path | None,
    judged: Path | None,
    out: Path,
    seed: int,
    quick: bool,
    llm: str | None,
    offline: bool,
    as_json: bool,
) -> None:
    """Measure how good the bot is on this survey, on its own past, beside simple baselines.

    Placement with each paper held out and over time; with --listing, scope month by month; with --llm, placement by a
    language model, alone and beside the bot. Writes evaluation.json and evaluation.html, a page of pictures, into the
    folder --out.
    """
    from bot import console, evaluating

    ask = evaluating.Ask(feeds, listing, judged, seed, quick, llm)
    evaluation = evaluating.evaluate(_wiring(ctx, offline=offline), ask, console.ConsoleProgress())
    if as_json:
        click.echo(evaluation.model_dump_json(indent=2))
    else:
        evaluating.show(evaluation)  # before anything is written: a folder that cannot be must not cost the figures
    files = evaluating.save(evaluation, out)
    click.echo(f"written: {', '.join(map(str, files))}", err=as_json)
    ctx.exit(DEGRADED if evaluation.llm and evaluation.llm.missing else OK)


@cli.group(short_help="Ask a language model by files of prompts and replies.")
def llm() -> None:
    """Ask a language model by files in the format of OpenAI's batch API: prompts go out, replies come in.

    Replies are kept, and whatever asks the same of the same model afterwards takes them.
    """


@llm.command("export", short_help="Write the prompts that have no reply yet.")
@click.argument("paper_ids", metavar="[IDS]...", nargs=-1)
@click.option("--out", type=_file, default=Path("requests.jsonl"), show_default=True, help="Where they are written.")
@click.option("--model", default="", help="The language model they are meant for; default: [llm] model.")
@click.option("--feed", "feeds", type=_file, multiple=True, help="Take abstracts from this file first.")
@_offline
@click.pass_context
def export(
    ctx: click.Context, paper_ids: tuple[str, ...], out: Path, model: str, feeds: tuple[Path, ...], offline: bool
) -> None:
    """Write what `evaluate --llm` would ask about every listed paper, one prompt a line.

    With IDS, what a run would ask about these papers today. Prompts whose reply is kept are left out, so that after
    an import only what must be asked a second time is left.
    """
    from bot import advising

    found = advising.export(_wiring(ctx, offline=offline), paper_ids, out, feeds, model)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"{found.requests} prompts about {found.open} of {found.papers} papers are left -> {out}")


@llm.command("import", short_help="Take replies in.")
@click.argument("files", type=_file, nargs=-1, required=True)
@click.option("--model", default="", help="As it was given to export.")
@click.pass_context
def import_replies(ctx: click.Context, files: tuple[Path, ...], model: str) -> None:
    """Keep the replies in FILES, the output of a batch of `survey-bot llm export`."""
    from bot import advising

    kept, problems = advising.take_in(_wiring(ctx), files, model)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{kept} replies kept, {len(problems)} problems")
    ctx.exit(DEGRADED if problems else OK)


@cli.command(short_help="Say what works on this machine.")
@click.option("--offline", is_flag=True, help="Do not try to reach arXiv.")
@click.option(
    "--github", "on_github", is_flag=True, help="Say instead what is, and what must be, switched on at GitHub."
)
@click.option("--llm", "with_llm", is_flag=True, help="Say instead what the language model answers to one tiny call.")
@_json
@click.pass_context
def doctor(ctx: click.Context, offline: bool, on_github: bool, with_llm: bool, as_json: bool) -> None:
    """Say what works: model, index, cache, arXiv, forge, keys (present or not, never their values)."""
    from bot import doctor as examining

    wiring = _wiring(ctx, offline=offline)
    findings = examining.examine_github(wiring) if on_github else []
    findings += examining.examine_llm(wiring) if with_llm else []
    if not (on_github or with_llm):
        findings = examining.examine(wiring)
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings], indent=2, ensure_ascii=False))
    else:
        examining.show(findings)
    ctx.exit(DEGRADED if any(finding.state == "fails" for finding in findings) else OK)


@cli.command(short_help="Run the whole job on invented papers.")
@click.argument("folder", type=_file, default=Path("demo"))
@click.pass_context
def demo(ctx: click.Context, folder: Path) -> None:
    """Run the whole job on invented papers against a copy of this survey in FOLDER; no key, no network."""
    from bot import demo as showing

    report = showing.demo(_wiring(ctx, offline=True), folder)
    ctx.exit(DEGRADED if report.failures else OK)


def _write(file: Path, text: str) -> None:
    from bot.files import write_atomically

    try:
        write_atomically(file, text.encode())
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}", where=str(file), remedy="see its permissions") from None


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()  # line ends stay as they are
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"cannot be read: {reason}", where=str(file), remedy="give a Markdown file") from None


def main() -> None:
    """Entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no › must not stop a run
    sys.exit(cli())


if __name__ == "__main__":
    main()
