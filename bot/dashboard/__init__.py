"""The dashboard issue: what waits for a person, and how the watch is doing. Pure: facts in, Markdown out, and back.

A box that is ticked and a comment that is a command are read here too, so that what is written and what is understood
stand together. Who may tick and command is the forge's to know; nobody's word is believed here.
"""

from bot.dashboard.facts import Facts
from bot.dashboard.page import complaint, render
from bot.dashboard.replies import commands, is_dashboard, ticked

__all__ = ["LABEL", "TITLE", "Facts", "commands", "complaint", "is_dashboard", "render", "ticked"]

TITLE = "survey-bot: what waits for you"
LABEL = "survey-bot-dashboard"
"""Set by the bot alone; with its author it tells the dashboard from an issue that only quotes one."""
