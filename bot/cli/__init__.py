"""The command line: one module for each family of commands."""

from __future__ import annotations

import io
import sys

from bot.cli import (
    checking,
    comparing,
    drifting,
    exporting,
    extracting,
    finding,
    importing,
    listing,
    measuring,
    migrating,
    running,
    upkeep,
)
from bot.cli.group import cli

__all__ = [
    "checking",
    "cli",
    "comparing",
    "drifting",
    "exporting",
    "extracting",
    "finding",
    "importing",
    "listing",
    "main",
    "measuring",
    "migrating",
    "running",
    "upkeep",
]


def main() -> None:
    """Entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no › must not stop a run
    sys.exit(cli())
