"""What others take from the survey: export, stats."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.group import AS_JSON, FILE, OFFLINE, cli, finish, wiring_of, write


@cli.command(short_help="Write the survey as BibTeX, CSV or JSON.")
@click.option("--format", "form", type=click.Choice(["bibtex", "csv", "json"]), required=True, help="What is written.")
@click.option("--out", type=FILE, help="Write it into this file, not to standard output.")
@OFFLINE
@click.pass_context
def export(ctx: click.Context, form: str, out: Path | None, offline: bool) -> None:
    """Write every listed paper for other programs, in the order of the taxonomy.

    BibTeX has a key per paper that never changes; CSV has one line per paper; JSON has the taxonomy too, in the form of
    docs/survey.schema.json. Only for BibTeX is arXiv asked, for the primary category of papers that the cache does not
    know; where it fails, all else is written and the exit code is 3.
    """
    from bot.commands import console, exporting
    from bot.export import Format
    from bot.phrases import count

    made = exporting.exported(wiring_of(ctx, offline=offline), Format(form), console.ConsoleProgress())
    for note in made.notes:
        click.echo(f"note: {console.calm(note)}", err=True)
    if out:
        write(out, made.content)
        click.echo(f"{count(made.papers, 'paper')} -> {out}")
    else:
        click.echo(made.content, nl=False)
    finish(ctx, made.failed)


@cli.command(short_help="How the survey grows, and how often people agreed with the bot.")
@click.option("--picture", "file", type=FILE, help="Draw the growth into this file, an .svg or a .png.")
@AS_JSON
@click.pass_context
def stats(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """How the survey grows, and how often people agreed with the bot.

    Growth: listed papers per class and pillar, by time of submission. Agreement: how often people merged what the bot
    proposed, corrected or refused it, per class and per quarter.
    """
    from bot.commands import exporting

    found = exporting.Stats(wiring_of(ctx))
    if file:
        write(file, found.picture(file))
        click.echo(f"written: {file}", err=as_json)
    if as_json:
        click.echo(found.json())
    else:
        found.show()
