"""The command ``survey-bot`` and what its commands share. Only click is imported at the top: ``--help`` is instant."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot import __version__
from bot.errors import DataError, LanguageModelError, LedgerError, SettingsError, SourceError, SurveyBotError

if TYPE_CHECKING:
    from bot.commands.wiring import Wiring

T = TypeVar("T")


OK, FOUND, BAD_INPUT, DEGRADED, STOPPED = 0, 1, 2, 3, 130

_EPILOG = """\b
Exit codes:
  0  done; "nothing new" is done too
  1  check or render --check found something to mend, find found nothing
  2  bad input: command line, settings, data or repository
  3  degraded: a source or a step failed; what could be done was done, and kept
130  stopped by Ctrl-C
"""


class _Group(click.Group):
    """Turns our errors into one sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SurveyBotError as error:
            from bot.commands import console

            console.error(str(error))
            ctx.exit(DEGRADED if isinstance(error, SourceError | LanguageModelError) else BAD_INPUT)
        except KeyboardInterrupt:
            click.echo("stopped; the same command goes on from here", err=True)
            ctx.exit(STOPPED)
        except BrokenPipeError:
            raise  # click ends quietly when nobody reads any more
        except OSError as error:  # a full disk, a folder that may not be written: the place is in the error
            click.echo(f"error: {error.filename or 'output'}: {error.strerror}; see space and permissions", err=True)
            ctx.exit(BAD_INPUT)


@click.group(cls=_Group, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="survey-bot")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("survey-bot.toml"),
    show_default=True,
    help="The survey's settings.",
)
@click.pass_context
def cli(ctx: click.Context, config: Path) -> None:
    """Keep a survey's paper list current: watch arXiv, place new papers, open one small pull request each."""
    ctx.obj = config


def wiring_of(ctx: click.Context, *, offline: bool = False) -> Wiring:
    """The doors that the settings of this call name. Raises SettingsError."""
    from bot import settings
    from bot.commands.wiring import Wiring

    return Wiring(settings.load(ctx.obj), offline=offline)


def watching(ctx: click.Context, *, offline: bool = False) -> Wiring:
    """As :func:`wiring_of` for a command that reads or writes for the bot; ends here when the bot is switched off."""
    wiring = wiring_of(ctx, offline=offline)
    if not wiring.settings.enabled:
        click.echo(f"the bot is switched off (enabled = false in {ctx.obj}): nothing is read or written")
        ctx.exit(OK)
    return wiring


def complaining(ctx: click.Context, work: Callable[[Wiring], T], *, offline: bool = False) -> T:
    """Do the work; where settings or data stop the bot, the dashboard tells it too."""
    from bot.commands import running

    try:
        return work(watching(ctx, offline=offline))
    except (SettingsError, DataError, LedgerError) as error:
        if os.environ.get("GITHUB_ACTIONS"):
            running.complain(error)
        raise


def finish(ctx: click.Context, failed: str, code: int = OK) -> None:
    """End with this code; or, where a source failed, so that what was told is not whole, with why and ``DEGRADED``."""
    if failed:
        from bot.commands import console

        click.echo(console.calm(f"failed: {failed}"), err=True)
    ctx.exit(DEGRADED if failed else code)


FILE = click.Path(path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
OFFLINE = click.option("--offline", is_flag=True, help="Never ask arXiv: what is not in the cache is not known.")
FEEDS = click.option(
    "--feed", "feeds", type=FILE, multiple=True, help="Read this file instead of arXiv (JSON lines or Atom)."
)
SINCE = click.option("--since", type=DAY, help="First day to read, instead of what is due.")
UNTIL = click.option("--until", type=DAY, help="Last day to read.")


def write(file: Path, content: str | bytes) -> None:
    """Write a file whole or not at all. Raises DataError."""
    from bot.files import write_where_asked

    try:
        write_where_asked(file, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        remedy = "see its permissions, or give another name"
        raise DataError(f"cannot be written: {error.strerror}", where=str(file), remedy=remedy) from None


def text_of(file: Path) -> str:
    """What stands in a file, line ends as they are. Raises DataError."""
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"cannot be read: {reason}", where=str(file), remedy="give a Markdown file") from None
