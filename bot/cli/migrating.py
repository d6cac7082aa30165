"""What changes the taxonomy: migrate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.group import FILE, cli, finish, watching

if TYPE_CHECKING:
    from bot.commands.migrating import Change, Placer

DRY = click.option("--dry-run", is_flag=True, help="Show what would be asked; write nothing down.")
WHAT = click.argument("label", metavar="CLASS")


@cli.group("migrate", short_help="Change the taxonomy by one pull request.")
def migration() -> None:
    """Change the taxonomy, its papers and the page together, by one pull request.

    A class is named by its id or its name. Ids stay; one that must go becomes an alias, and links to it keep working.
    """


@migration.command("rename", short_help="Give a class another name.")
@WHAT
@click.argument("name")
@click.option("--id", "new_id", default="", help="Another id too; the old one becomes an alias.")
@DRY
@click.pass_context
def rename(ctx: click.Context, label: str, name: str, new_id: str, dry_run: bool) -> None:
    """Give CLASS (a class, a group or a pillar) the name NAME."""
    from bot import migrate

    _perform(ctx, lambda library: migrate.rename(library, label, name, new_id), dry_run=dry_run)


@migration.command("move", short_help="Put a class under another group.")
@WHAT
@click.argument("under", metavar="GROUP")
@DRY
@click.pass_context
def move(ctx: click.Context, label: str, under: str, dry_run: bool) -> None:
    """Put CLASS, with all below it, under GROUP."""
    from bot import migrate

    _perform(ctx, lambda library: migrate.move(library, label, under), dry_run=dry_run)


@migration.command("merge", short_help="Make one class of several.")
@click.argument("labels", metavar="CLASS...", nargs=-1, required=True)
@click.option("--into", required=True, metavar="CLASS", help="The class that takes their papers, rules and ids.")
@DRY
@click.pass_context
def merge(ctx: click.Context, labels: Sequence[str], into: str, dry_run: bool) -> None:
    """Put the papers and rules of each CLASS into another; their ids become its aliases."""
    from bot import migrate

    _perform(ctx, lambda library: migrate.merge(library, labels, into), dry_run=dry_run)


@migration.command("split", short_help="Make several classes of one.")
@WHAT
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--rules", type=FILE, help="A YAML list of the new classes (id, name, definition, include) instead.")
@DRY
@click.pass_context
def split(ctx: click.Context, label: str, names: Sequence[str], rules: Path | None, dry_run: bool) -> None:
    """Make a group of CLASS, with classes of these NAMEs below it, and propose one of them for each of its papers.

    The better the new classes are defined (--rules), the better the proposals are.
    """
    from bot import migrate
    from bot.commands import migrating

    parts = migrating.parts(names, rules)
    placer = migrating.Placer(watching(ctx))
    _perform(ctx, lambda library: migrate.split(library, label, parts, placer), placer, dry_run=dry_run)


@migration.command("retire", short_help="Take a class out.")
@WHAT
@DRY
@click.pass_context
def retire(ctx: click.Context, label: str, dry_run: bool) -> None:
    """Take CLASS out; for papers that stand in no other, another class is proposed."""
    from bot import migrate
    from bot.commands import migrating

    placer = migrating.Placer(watching(ctx))
    _perform(ctx, lambda library: migrate.retire(library, label, placer), placer, dry_run=dry_run)


def _perform(ctx: click.Context, change: Change, placer: Placer | None = None, *, dry_run: bool) -> None:
    from bot.commands import console, migrating

    found = migrating.perform(watching(ctx), change, placer, dry_run=dry_run)
    for line in migrating.lines(*found):
        console.output().print(console.calm(line), markup=False)
    finish(ctx, placer.failed if placer else "")
