"""``python -m bot`` is ``survey-bot``."""

from bot.cli import main

main()
