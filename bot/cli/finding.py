"""What is on the list: find."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.group import AS_JSON, FILE, FOUND, OFFLINE, OK, cli, finish, wiring_of


@cli.command(short_help="Find a listed paper by what people call it.")
@click.argument("name", nargs=-1, required=True)
@click.option("--feed", "feeds", type=FILE, multiple=True, help="Take abstracts of listed papers from this file first.")
@OFFLINE
@AS_JSON
@click.pass_context
def find(ctx: click.Context, name: tuple[str, ...], feeds: tuple[Path, ...], offline: bool, as_json: bool) -> None:
    """Find the listed paper that NAME means, its classes and its links.

    NAME is a method's name, an id, a link, a part of a title or a class. Exit code 1 and the nearest names when there
    is none. Abstracts are looked at only when the files do not hold the name; exit code 3 when some could not be had
    because arXiv failed.
    """
    from bot.commands import finding

    told = finding.find(wiring_of(ctx, offline=offline), " ".join(name), feeds)
    lines = told.pop("lines")
    click.echo(json.dumps(told, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))
    finish(ctx, told["failed"] or "", OK if told["found"] or told["class"] else FOUND)
