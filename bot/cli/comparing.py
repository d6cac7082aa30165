"""This survey beside others: compare."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.group import AS_JSON, FILE, OFFLINE, cli, finish, text_of, wiring_of


@cli.command("compare", short_help="What another list has that this one lacks.")
@click.argument("readme", metavar="OTHER-README.md", type=FILE)
@click.option("--feed", "feeds", type=FILE, multiple=True, help="Take abstracts from this file first.")
@click.option("--all", "whole", is_flag=True, help="Show every paper; without it only the first of each group.")
@OFFLINE
@AS_JSON
@click.pass_context
def compare(
    ctx: click.Context, readme: Path, feeds: tuple[Path, ...], whole: bool, offline: bool, as_json: bool
) -> None:
    """Show what another list of the same field has that this survey lacks, judged as a run would judge it.

    A crosswalk tells where the papers that both have stand here, for each of their classes. Nothing is opened. Where
    arXiv fails, what is known is told all the same, and the exit code is 3.
    """
    from bot.commands import comparing, console
    from bot.compare import wording

    found = comparing.run(wiring_of(ctx, offline=offline), text_of(readme), readme, feeds)
    if as_json:
        click.echo(json.dumps(wording.as_json(found), indent=2, ensure_ascii=False))
    else:
        for line in wording.lines(found, whole=whole):
            console.output().print(console.calm(line), markup=False)
    finish(ctx, found.failed)
