"""First settings for a survey; a human goes on from there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot import texts
from bot.settings import Render


def starter(readme: str, names: Sequence[str], looks: Render) -> str:
    """A first ``survey-bot.toml`` for a survey whose classes have these names, and whose list looks so."""
    clean = [texts.clean(name)[0] for name in names]
    words = [name for name in clean if any(letter.isalnum() for letter in name)] or ["subject"]
    terms = "".join(f"  {json.dumps(name, ensure_ascii=False)},\n" for name in words)
    return f"""# The bot's settings for this survey; every key is explained in docs/settings.md of survey-bot.

[survey]
readme = {json.dumps(readme, ensure_ascii=False)}

[watch]
categories = ["cs.LG", "cs.AI"]  # a guess: put in those where your papers are announced

# The words of your subject. To begin with, the names of your classes: replace them by what authors write.
# A second group with `required = true` rules out, fast, what cannot belong.
[scope.groups.subject]
enough = {min(3, len(words))}
terms = [
{terms}]

{_looks(looks)}[forge]
kind = "dry-run"  # "local" opens branches in this repository
"""


def _looks(looks: Render) -> str:
    """The settings by which ``render`` keeps the look of the list; none where it is the usual one."""
    if looks == Render():
        return ""
    key, value = ("bullet", looks.bullet) if looks.bullet else ("columns", list(looks.columns))
    written = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"# How the list looks; see docs/render.md of survey-bot.\n[render]\n{key} = {written}\n\n"
