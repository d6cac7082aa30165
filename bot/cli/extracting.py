"""What makes listed papers comparable: facts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.group import AS_JSON, FILE, OFFLINE, cli, finish, watching, wiring_of, write

_QUANTITIES = (
    "parameters", "latency", "control frequency", "speed-up", "throughput", "tokens", "memory", "compute", "energy",
    "training cost", "training data",
)  # fmt: skip
IDS = click.argument("ids", nargs=-1)
ABSTRACTS = click.option(
    "--feed", "feeds", type=FILE, multiple=True, help="Take abstracts of these papers from this file first."
)


class _Shows(click.Group):
    """`facts 2602.03782 --table` is `facts show 2602.03782 --table`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_named = bool(args) and args[0] in {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if is_named else ["show", *args])


@cli.group("facts", cls=_Shows, short_help="Show what abstracts claim of efficiency.")
def facts() -> None:
    """Show what abstracts claim of efficiency, each claim with its quote, and have it reviewed.

    Without a command: `facts show`. Hardware and conventions differ from paper to paper; see docs/facts.md.
    """


@facts.command(short_help="Show claims: as text, a table, a page or JSON.")
@IDS
@ABSTRACTS
@click.option("--again", is_flag=True, help="Read abstracts anew where facts have been reviewed.")
@click.option("--table", is_flag=True, help="Print a Markdown table, a line for each claim.")
@click.option(
    "--sort", type=click.Choice(_QUANTITIES), help="Only claims of this quantity; in a table, the best first."
)
@click.option("--html", type=FILE, help="Write a page with one row for each paper, whose columns sort by a click.")
@OFFLINE
@AS_JSON
@click.pass_context
def show(
    ctx: click.Context, ids: tuple[str, ...], feeds: tuple[Path, ...], again: bool, offline: bool,
    table: bool, sort: str | None, html: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show what the abstracts of listed papers, or of those in IDS, claim of efficiency: each claim with its quote.

    A paper that has a file of facts is told by its file, which people have reviewed.
    """
    from bot.commands import console, extracting
    from bot.facts import page
    from bot.facts import table as tables
    from bot.models.facts import Quantity

    quantity = Quantity(sort) if sort else None
    found = extracting.extracted(wiring_of(ctx, offline=offline), ids, feeds, again=again).only(quantity)
    if html:
        write(html, page.page(found.rows, found.title))
    if as_json:
        click.echo(json.dumps(extracting.as_json(found), indent=2, ensure_ascii=False))
    elif table:
        click.echo(tables.markdown(found.rows, quantity), nl=False)
    elif not html:
        for line in extracting.lines(found, quantity):
            click.echo(console.calm(line))
    if html:
        click.echo(f"wrote {html}", err=True)
    finish(ctx, found.failed)


@facts.command("write", short_help="Write files of facts for papers that have none.")
@IDS
@ABSTRACTS
@OFFLINE
@click.pass_context
def write_files(ctx: click.Context, ids: tuple[str, ...], feeds: tuple[Path, ...], offline: bool) -> None:
    """Write taxonomy/facts/<id>.yaml for listed papers, or those of IDS, that have none.

    A file that is there is never touched: `facts propose --again` shows what would change of it, as a pull request.
    """
    from bot.commands import extracting

    wiring = wiring_of(ctx, offline=offline)
    found = extracting.extracted(wiring, ids, feeds)
    for path in extracting.save(wiring, found.new):
        click.echo(f"wrote {path}")
    if not found.new:
        click.echo("nothing new to write")
    finish(ctx, found.failed)


@facts.command(short_help="Ask for a review of facts by one pull request.")
@IDS
@ABSTRACTS
@click.option("--again", is_flag=True, help="Also papers whose facts people have reviewed, dropped or closed.")
@click.option("--dry-run", is_flag=True, help="Show what would be asked; write nothing down.")
@OFFLINE
@click.pass_context
def propose(
    ctx: click.Context, ids: tuple[str, ...], feeds: tuple[Path, ...], again: bool, dry_run: bool, offline: bool
) -> None:
    """Ask for a review of the facts of listed papers, or those of IDS, that have no file, by one pull request.

    One that is open keeps the papers it has, and gets these too.
    """
    from bot.commands import extracting

    done = extracting.propose(watching(ctx, offline=offline), ids, feeds, again=again, dry_run=dry_run)
    for line in extracting.told(done):
        click.echo(line)
    finish(ctx, done.found.failed)
