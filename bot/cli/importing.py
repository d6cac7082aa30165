"""From anybody's list to data: import."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.group import FILE, cli, text_of, wiring_of, write

if TYPE_CHECKING:
    from bot.importer import Import


@cli.command("import", short_help="Turn a README's tables or bullets into data.")
@click.argument("readme", type=FILE)
@click.pass_context
def import_(ctx: click.Context, readme: Path) -> None:
    """Read a survey's README or an awesome list into the taxonomy folder.

    Tables (Markdown or HTML, any columns), bullets and bold paragraphs are read; what is not understood is kept word
    for word on a page in the folder unread beside the data, one page per list. Over an existing taxonomy, what the
    files say is kept, what they lack is added, and differences are told. Without settings, a first survey-bot.toml is
    written.
    """
    from bot import importer
    from bot.commands import console

    markdown = text_of(readme)
    found = importer.read_readme(markdown, readme.name)
    config: Path = ctx.obj
    place = Path(os.path.relpath(readme.resolve(), config.resolve().parent)).as_posix()
    if not config.exists():
        _settle(config, place, found, markdown)
    shelf = wiring_of(ctx).shelf
    if shelf.exists():
        found = importer.merge(shelf.load(), found, readme.name)
    shelf.save_taxonomy(found.taxonomy)
    for paper in found.papers.values():
        shelf.save_paper(paper)
    for problem in found.problems:
        seen = "".join(char if char.isprintable() else " " for char in problem)  # it quotes the list
        click.echo(console.calm(seen), err=True)
    click.echo(f"{_counts(found)} -> {shelf.folder}")
    _keep(shelf.folder, place, found)


def _settle(config: Path, place: str, found: Import, markdown: str) -> None:
    """Write first settings, which name this README where it is beside them or below, and keep its look."""
    from bot import render
    from bot.starter import starter

    inside = not place.startswith("../") and not Path(place).is_absolute()
    readme = place if inside else Path(place).name
    write(config, starter(readme, [leaf.name for leaf in found.taxonomy.leaves], render.guess(markdown)))
    click.echo(f"{config} is new: look at its terms and categories before the first run")
    if not inside:
        click.echo(
            f"{place} is outside its folder, so its key readme names {readme}: put there the page of this survey, "
            "the one whose tables survey-bot render keeps"
        )


def _counts(found: Import) -> str:
    from bot.phrases import count

    leaves = len(found.taxonomy.leaves)
    return ", ".join(
        (
            count(len(found.taxonomy.root.children), "pillar"),
            f"{leaves:,} {'class' if leaves == 1 else 'classes'}",
            count(len(found.papers), "paper"),
            count(sum(len(paper.labels) for paper in found.papers.values()), "placement"),
            count(len(found.problems), "warning"),
        )
    )


def _keep(data: Path, place: str, found: Import) -> None:
    """Write the page of what no file holds of this list, or remove it; those of other lists stay."""
    from bot import importer
    from bot.phrases import count

    folder = data / importer.FOLDER
    files = (folder / name for name in importer.page_names(place))
    page = next(file for file in files if not os.path.lexists(file) or _is_page(file, place))
    text = importer.page(found.unread, place, found.kept)
    if text:
        write(page, text)
        unread, words = len(found.unread), len({one.line for one in found.kept})
        parts = [f"{count(unread, 'line')} could not be read"] if unread else []
        parts += [f"of {count(words, 'line')} some words are in no file"] if words else []
        click.echo(f"{'; '.join(parts)}: kept word for word in {page}")
    elif page.exists():
        page.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def _is_page(file: Path, place: str) -> bool:
    """Whether this is the page of that list, and not something of another's."""
    from bot import importer

    try:
        return importer.is_of(file.read_text(encoding="utf-8"), place)
    except (OSError, UnicodeDecodeError):
        return False
