"""What the hallway asks of the doors: the protocols between ``pipeline`` and ``adapters`` / ``vectorstore``."""

from __future__ import annotations

from bot.ports.desks import Changesets, Forge, Ledger
from bot.ports.minds import ChatModel, Entry, Judge, Memory, Neighbour, Past, Reading, Vector, Vectors
from bot.ports.progress import Progress
from bot.ports.sources import (
    Announced,
    Announcements,
    Archive,
    Found,
    LinkAnswer,
    Links,
    Search,
    Source,
    Tally,
    VenueSource,
)

__all__ = [
    "Announced",
    "Announcements",
    "Archive",
    "Changesets",
    "ChatModel",
    "Entry",
    "Forge",
    "Found",
    "Judge",
    "Ledger",
    "LinkAnswer",
    "Links",
    "Memory",
    "Neighbour",
    "Past",
    "Progress",
    "Reading",
    "Search",
    "Source",
    "Tally",
    "Vector",
    "Vectors",
    "VenueSource",
]
