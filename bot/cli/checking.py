"""What is wrong with the data: check."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.group import AS_JSON, FILE, FOUND, OFFLINE, OK, cli, finish, wiring_of


@cli.command(short_help="Lint taxonomy and papers.")
@click.option("--fix", is_flag=True, help="First write every file in the canonical format.")
@click.option("--deep", is_flag=True, help="Also advise on what the data say: ids, duplicates, classes, definitions.")
@click.option("--feed", "feeds", type=FILE, multiple=True, help="With --deep: take abstracts from this file first.")
@OFFLINE
@AS_JSON
@click.pass_context
def check(ctx: click.Context, fix: bool, deep: bool, feeds: tuple[Path, ...], offline: bool, as_json: bool) -> None:
    """Lint the taxonomy and the papers; each finding names file, key and remedy.

    A class without a definition is told too, but nothing to mend: the rulebook makes the bot better.

    With --deep the list is also read for what it says: each piece of advice has its evidence and a weight from 0 to 1,
    and none changes the exit code. arXiv is asked for the abstracts that neither the cache nor a --feed holds; where it
    fails, the exit code is 3.

    --json prints one object, with --deep or without: "problems" (file, key, sentence and remedy of each), "advice",
    "notes" and "failed" (how arXiv failed, or null).
    """
    from bot import check as form
    from bot.commands import checking, console
    from bot.phrases import count

    if feeds and not deep:
        raise click.UsageError("--feed is for --deep")
    wiring = wiring_of(ctx, offline=offline)
    if fix:
        wiring.shelf.tidy()
    files = wiring.shelf.read_files()
    problems = form.check(files, datetime.now(UTC).year)
    wrong = [problem for problem in problems if problem.check not in form.ADVICE]
    if not as_json:
        for problem in problems:
            click.echo(str(problem))
        advice = len(problems) - len(wrong)
        told = f", {count(advice, 'piece')} of advice" if advice else ""
        click.echo(f"{count(len(files), 'file')} checked, {len(wrong)} to mend{told}")
    found = checking.deep(wiring, feeds, console.ConsoleProgress()) if deep else checking.NOTHING
    if as_json:
        click.echo(json.dumps(checking.as_json(problems, found), indent=2, ensure_ascii=False))
    elif deep:
        for line in checking.lines(found):
            console.output().print(console.calm(line), markup=False)
    finish(ctx, found.failed, FOUND if wrong else OK)
