"""What is no longer true of listed papers: found, applied, told, and remembered when people refuse it. Pure."""

from bot.upkeep.applying import ARXIV, WEB, Renewed, applied, settled, standing, wanted
from bot.upkeep.finding import Doubt, found, homeless
from bot.upkeep.wording import KIND, changeset, fitting

__all__ = [
    "ARXIV",
    "KIND",
    "WEB",
    "Doubt",
    "Renewed",
    "applied",
    "changeset",
    "fitting",
    "found",
    "homeless",
    "settled",
    "standing",
    "wanted",
]
