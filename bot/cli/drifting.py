"""Where the taxonomy may lack a class: drift."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.group import AS_JSON, DEGRADED, FILE, OFFLINE, OK, cli, wiring_of


@cli.command(short_help="Look for a class that the taxonomy lacks.")
@click.option("--feed", "feeds", type=FILE, multiple=True, help="Take abstracts from this file first.")
@OFFLINE
@AS_JSON
@click.pass_context
def drift(ctx: click.Context, feeds: tuple[Path, ...], offline: bool, as_json: bool) -> None:
    """Look whether doubtful papers form a class of their own.

    Doubtful are papers you were asked about, and those whose class was a weak guess. Their abstracts are compared by
    their words; no model and no key are needed. It is advice: nothing is written.
    """
    from bot.commands import drifting

    told = drifting.radar(wiring_of(ctx, offline=offline), feeds)
    lines = told.pop("lines")
    click.echo(json.dumps(told, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))
    for note in [] if as_json else told["notes"]:
        click.echo(f"note: {note}", err=True)
    ctx.exit(DEGRADED if told["failed"] else OK)
