"""From arXiv to pull requests and back: run and its halves, and what is known of a paper."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from bot.cli.group import (
    AS_JSON,
    DEGRADED,
    FEEDS,
    FILE,
    OFFLINE,
    OK,
    SINCE,
    UNTIL,
    cli,
    complaining,
    watching,
    wiring_of,
    write,
)


@cli.command(short_help="Find, judge and propose new papers.")
@FEEDS
@SINCE
@UNTIL
@click.option("--dry-run", is_flag=True, help="Show what would be opened; write nothing down.")
@OFFLINE
@AS_JSON
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
    from bot.commands import running

    days = (since and since.date(), until and until.date())
    report = complaining(
        ctx, lambda wiring: running.run(wiring, feeds, *days, dry_run=dry_run, quiet=as_json), offline=offline
    )
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command(short_help="The half of a run that only reads.")
@click.option("--out", type=FILE, default=Path("plan.json"), show_default=True, help="Where the plan is written.")
@FEEDS
@SINCE
@UNTIL
@OFFLINE
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
    from bot.commands import console, running

    plan = running.judge(watching(ctx, offline=offline), feeds, since and since.date(), until and until.date())
    write(out, plan.model_dump_json(indent=2))
    console.show_plan(plan)
    click.echo(f"{len(plan.verdicts)} to propose, {len(plan.fates)} fates, {len(plan.failures)} failures -> {out}")


@cli.command(short_help="The half of a run that writes.")
@click.argument("plan", type=FILE, required=False)
@click.option("--failed", default="", help="Why there may be no plan; the dashboard tells it.")
@click.pass_context
def publish(ctx: click.Context, plan: Path | None, failed: str) -> None:
    """Check the file PLAN of `survey-bot judge`, then open the pull requests it asks for, and learn.

    Nothing in it is believed: what reviewers see is made here, from facts checked against taxonomy and rulebook.
    """
    from bot.commands import running

    report = complaining(ctx, lambda wiring: running.publish(wiring, plan, failed))
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command(short_help="Take in what people did and asked for.")
@click.pass_context
def learn(ctx: click.Context) -> None:
    """Take in what people did with pull requests and asked for on the dashboard, and write the dashboard anew."""
    from bot.commands import running

    report = complaining(ctx, running.learn)
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command(short_help="Whether the watch on arXiv is well.")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="So many runs are shown.")
@AS_JSON
@click.pass_context
def status(ctx: click.Context, runs: int, as_json: bool) -> None:
    """Say whether the watch on arXiv is healthy, degraded or stale, how far it has read, and how the last runs went.

    Asks nobody but the ledger. The exit code is 0 for a healthy watch, and else 3.
    """
    from bot.commands import console, running

    found, reports = running.status(wiring_of(ctx), runs)
    if as_json:
        click.echo(json.dumps(console.status_json(found, reports), indent=2, ensure_ascii=False))
    else:
        console.show_status(found, reports)
    ctx.exit(OK if found.state == "healthy" else DEGRADED)


@cli.command(short_help="Open a pull request for a paper you want.")
@click.argument("paper_id", metavar="ID")
@click.option("--dry-run", is_flag=True, help="Show what would be opened; write nothing down.")
@OFFLINE
@click.pass_context
def propose(ctx: click.Context, paper_id: str, dry_run: bool, offline: bool) -> None:
    """Open a pull request for a paper you want, whatever the bot thinks of it.

    For papers that wait for your word, and for those that were skipped or never seen. Title and abstract come from
    arXiv or from what an earlier run remembers.
    """
    from bot.commands import running

    report = running.propose(watching(ctx, offline=offline), paper_id, dry_run=dry_run)
    ctx.exit(DEGRADED if report.failures else OK)


@cli.command()
@click.argument("paper_id", metavar="ID")
@click.option(
    "--why",
    is_flag=True,
    help="Judge it now (the language model of [llm] is asked too), and show scores, features and thresholds.",
)
@OFFLINE
@AS_JSON
@click.pass_context
def explain(ctx: click.Context, paper_id: str, why: bool, offline: bool, as_json: bool) -> None:
    """Say why a paper is, or is not, proposed."""
    from bot.commands import running

    found = running.explain(wiring_of(ctx, offline=offline), paper_id, judge=why)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(found["lines"]))
