"""How good the bot is and what works: evaluate, llm, doctor, demo."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.group import AS_JSON, DEGRADED, FILE, OFFLINE, OK, cli, wiring_of


@cli.command(short_help="Measure the bot on this survey's own past.")
@click.option("--feed", "feeds", type=FILE, multiple=True, help="Records: abstracts of listed papers, the listing's.")
@click.option("--listing", type=FILE, help="Which paper was announced on which day (tab-separated: day, id).")
@click.option("--judged", type=FILE, help="What two annotators said of the listing's papers (id, first, second).")
@click.option("--out", type=FILE, default=Path("evaluation"), show_default=True, help="Folder for JSON and page.")
@click.option("--seed", default=0, show_default=True, help="Of the bootstrap.")
@click.option("--quick", is_flag=True, help="Fewer folds and draws: a first look at a large survey.")
@click.option(
    "--llm",
    is_flag=False,
    flag_value="",
    metavar="[MODEL]",
    help="Measure a language model too: this one, or without a name that of [llm].",
)
@OFFLINE
@AS_JSON
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
    from bot.commands import console, evaluating

    ask = evaluating.Ask(feeds, listing, judged, seed, quick, llm)
    evaluation = evaluating.evaluate(wiring_of(ctx, offline=offline), ask, console.ConsoleProgress())
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
@click.option("--out", type=FILE, default=Path("requests.jsonl"), show_default=True, help="Where they are written.")
@click.option("--model", default="", help="The language model they are meant for; default: [llm] model.")
@click.option("--feed", "feeds", type=FILE, multiple=True, help="Take abstracts from this file first.")
@OFFLINE
@click.pass_context
def export(
    ctx: click.Context, paper_ids: tuple[str, ...], out: Path, model: str, feeds: tuple[Path, ...], offline: bool
) -> None:
    """Write what `evaluate --llm` would ask about every listed paper, one prompt a line.

    With IDS, what a run would ask about these papers today. Prompts whose reply is kept are left out, so that after
    an import only what must be asked a second time is left.
    """
    from bot.commands import advising

    found = advising.export(wiring_of(ctx, offline=offline), paper_ids, out, feeds, model)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"{found.requests} prompts about {found.open} of {found.papers} papers are left -> {out}")


@llm.command("import", short_help="Take replies in.")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--model", default="", help="As it was given to export.")
@click.pass_context
def import_replies(ctx: click.Context, files: tuple[Path, ...], model: str) -> None:
    """Keep the replies in FILES, the output of a batch of `survey-bot llm export`."""
    from bot.commands import advising

    kept, problems = advising.take_in(wiring_of(ctx), files, model)
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
@AS_JSON
@click.pass_context
def doctor(ctx: click.Context, offline: bool, on_github: bool, with_llm: bool, as_json: bool) -> None:
    """Say what works: model, index, cache, arXiv, forge, keys (present or not, never their values)."""
    from bot.commands import doctor as examining

    wiring = wiring_of(ctx, offline=offline)
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
@click.argument("folder", type=FILE, default=Path("demo"))
@click.pass_context
def demo(ctx: click.Context, folder: Path) -> None:
    """Run the whole job on invented papers against a copy of this survey in FOLDER; no key, no network."""
    from bot.commands import demo as showing

    report = showing.demo(wiring_of(ctx, offline=True), folder)
    ctx.exit(DEGRADED if report.failures else OK)
