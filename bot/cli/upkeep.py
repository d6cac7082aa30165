"""What keeps listed papers true: refresh."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.group import AS_JSON, DEGRADED, FILE, OFFLINE, OK, cli, watching, write


@cli.command(short_help="Bring listed papers up to date.")
@click.argument("seen", type=FILE, required=False)
@click.option("--out", type=FILE, help="Only look, and write what was seen into this file.")
@click.option("--links", is_flag=True, help="Ask every website and code link whether it still leads anywhere.")
@click.option("--dry-run", is_flag=True, help="Show what would be asked; write nothing down.")
@OFFLINE
@AS_JSON
@click.pass_context
def refresh(
    ctx: click.Context, seen: Path | None, out: Path | None, links: bool, dry_run: bool, offline: bool, as_json: bool
) -> None:
    """Re-read arXiv for every listed paper, and ask for what changed: venue, year, title, links, withdrawal.

    It comes as one pull request with a table of evidence and a commit for each paper. What people refuse does not come
    again. With SEEN, a file that `refresh --out` wrote, arXiv is not asked: so one job may read and another may write.
    """
    from bot.commands import console, refreshing

    if seen and (out or links or offline):
        raise click.UsageError("with SEEN nothing is looked at, so --out, --links and --offline make no sense")
    if out and (dry_run or as_json):
        raise click.UsageError("--out only looks, so --dry-run and --json make no sense with it")
    wiring = watching(ctx, offline=offline)
    if out:
        sighting = refreshing.sight(wiring, links=links)
        write(out, sighting.model_dump_json(indent=2))
        click.echo(f"{len(sighting.changes)} changes, {len(sighting.doubts)} doubts -> {out}")
        failures = sighting.failures
    else:
        report = refreshing.refresh(wiring, seen, links=links, dry_run=dry_run, quiet=as_json)
        failures = report.sighting.failures
        if as_json:
            click.echo(json.dumps(refreshing.as_json(report), indent=2, ensure_ascii=False))
        else:
            refreshing.show(report, wiring.shelf.load())
    for failure in failures:
        click.echo(console.calm(f"failed: {failure}"), err=True)
    ctx.exit(DEGRADED if failures else OK)
