"""What a list holds, once it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.importer.unread import Kept, Unread
from bot.models import Paper, Taxonomy


class Import(NamedTuple):
    """What a README holds. ``problems`` are sentences of the form ``README.md:237: …``; nothing is lost without one.

    ``unread`` are the rows and bullets that are in no paper, word for word; each is among the problems too.
    ``kept`` are the words of all else that no field holds. ``guessed``: paper -> fields (year, venue) that nobody
    stated and that were read from the link.
    """

    taxonomy: Taxonomy
    papers: dict[str, Paper]
    problems: tuple[str, ...]
    unread: tuple[Unread, ...] = ()
    kept: tuple[Kept, ...] = ()
    guessed: Mapping[str, frozenset[str]] = {}
