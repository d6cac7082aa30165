"""A change of the taxonomy as one reviewed step: classes, papers and page; ids stay, or become aliases. Pure."""

from bot.migrate.page import rewritten
from bot.migrate.tree import Migration, merge, move, rename, retire, split
from bot.migrate.wording import KIND, changeset

__all__ = ["KIND", "Migration", "changeset", "merge", "move", "rename", "retire", "rewritten", "split"]
