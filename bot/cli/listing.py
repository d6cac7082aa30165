"""Between the data and a README: render, preview, index, init."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.group import FILE, FOUND, OFFLINE, cli, text_of, wiring_of, write


@cli.command(short_help="Show the rows that differ from another commit.")
@click.argument("base", metavar="COMMIT")
@click.pass_context
def preview(ctx: click.Context, base: str) -> None:
    """Show, as Markdown, how the rows will look of the papers that differ from COMMIT (a branch, a tag, HEAD~1)."""
    from bot.commands import running

    click.echo(running.preview(wiring_of(ctx), base))


@cli.command(short_help="Write the list back into a README.")
@click.argument("readme", type=FILE, required=False)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if something would change.")
@click.pass_context
def render(ctx: click.Context, readme: Path | None, only_check: bool) -> None:
    """Write the papers of the taxonomy back between their markers in README (default: [survey] readme)."""
    from bot import render as rendering

    wiring = wiring_of(ctx)
    file = readme or wiring.settings.at_root(wiring.settings.survey.readme)
    old = text_of(file)
    new = rendering.render(old, wiring.shelf.load(), file.name, wiring.shape)
    if new == old:
        click.echo(f"{file} is current")
    elif only_check:
        click.echo(f"{file} is not current; run survey-bot render")
        ctx.exit(FOUND)
    else:
        write(file, new)
        click.echo(f"{file} is rendered")


@cli.command(short_help="Ask for the bot to be set up, by one pull request.")
@click.argument("readme", type=FILE, default=Path("README.md"))
@click.option("--again", is_flag=True, help="Ask anew although the first pull request was closed.")
@click.option("--dry-run", is_flag=True, help="Show what the pull request would hold; open nothing.")
@click.option("--offline", is_flag=True, help="Never ask arXiv for the categories of listed papers.")
def init(readme: Path, again: bool, dry_run: bool, offline: bool) -> None:
    """Open one pull request that sets the bot up for the list in README, in the repository it stands in.

    It brings the taxonomy, the settings and the workflows. Nothing else happens before it is merged, and nothing at all
    when it is closed. With a GitHub token in the environment it is opened there, else as a branch of this repository.
    """
    from bot.commands import initiating

    click.echo(initiating.init(readme, again=again, dry_run=dry_run, offline=offline))


@cli.command()
@click.option("--feed", "feeds", type=FILE, multiple=True, help="Take abstracts of listed papers from this file first.")
@OFFLINE
@click.pass_context
def index(ctx: click.Context, feeds: tuple[Path, ...], offline: bool) -> None:
    """Bring the index up to date; a run does this itself."""
    from bot.commands import running

    click.echo(running.index(wiring_of(ctx, offline=offline), feeds))
