"""The words of the pull request that sets the bot up: what it found, what it will do, what a person looks at. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.markdown import escape, link, shortened, table
from bot.models import Library, Node
from bot.onboarding import PLACEHOLDER, WORKFLOWS, Given, Onboarding, forge_of
from bot.settings import FILE

_PLACE = re.compile(r"[^\n]+?:(?P<line>\d+): (?P<text>.*)", re.DOTALL)
_NAME, _SENTENCE = 120, 300
_ROOM = 15_000
"""Characters for one list: GitHub takes 65,536 of a body."""
_PILLARS = 40

ALLOW_PULLS = "Settings › Actions › General › Workflow permissions"
"""Where GitHub keeps the box without which workflows may open no pull request."""
FEATURES = "Settings › General › Features"


class Place(NamedTuple):
    """Where the pull request is read. ``readme``: the README's address as it was read; ``left_out``: workflows whose
    push was refused, name -> text; ``guess``: how the categories were come by, a sentence.
    """

    guess: str
    readme: str = ""
    left_out: Mapping[str, str] = {}


def body(given: Given, onboarding: Onboarding, place: Place) -> str:
    """The Markdown of the pull request, without a hidden block. Short enough for GitHub, whatever the README holds."""
    parts = [
        _opening(given, onboarding),
        _refused(place.left_out),
        _promise(given),
        _found(onboarding.library),
        _unread(given, onboarding, place),
        _differences(onboarding, place),
        _before(given, onboarding, place),
        _switches() if given.forge == "github" else "",
        _closing(given),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _opening(given: Given, onboarding: Onboarding) -> str:
    library = onboarding.library
    what = "settings and workflows" if given.workflows else "settings"
    rewritten = f", and {_count(onboarding.rewritten, 'line')} as the bot writes them" if onboarding.rewritten else ""
    marks = (
        ""
        if onboarding.unmarked
        else f" In {_code(given.readme)} each table now stands between two comments{rewritten}."
    )
    return (
        f"**survey-bot offers to keep the paper list of this survey current.** It read {_code(given.readme)} and "
        f"found {_count(len(library.papers), 'paper')} in {_count(len(library.taxonomy.leaves), 'class', 'classes')} "
        f"({_count(sum(len(paper.labels) for paper in library.papers.values()), 'place')} in the tables). This pull "
        f"request adds them as data, with the bot's {what}.{marks} Before it is merged, nothing else happens."
    )


def _promise(given: Given) -> str:
    caps = given.caps
    watch = next((name for name in given.workflows if "watch" in name), "")
    where = f"`{WORKFLOWS}{watch}` says when" if watch else "when somebody runs `survey-bot run`"
    lines = [
        f"The bot reads what arXiv announced ({where}) and opens **one small pull request for each paper that "
        f"belongs**: at most {caps.new} in one run, at most {caps.open} at once. Each says why, and adds one file.",
        "Merge it and the paper is listed. Change its class and the bot learns from that. Close it and the paper "
        "never comes back.",
        f"After a merge the tables of {_code(given.readme)} are written from the data; all else in it stays yours.",
        f"`enabled = false` at the top of `{FILE}` stops everything.",
    ]
    if given.forge == "github":
        lines.insert(2, "One issue is the dashboard: what is open, what the bot is unsure of, how the last runs went.")
    return "### Once this is merged\n\n" + "\n".join(f"- {line}" for line in lines)


def _found(library: Library) -> str:
    pillars = library.taxonomy.root.children
    rows = [_row(library, pillar) for pillar in pillars[:_PILLARS]]
    if len(pillars) > _PILLARS:
        rows.append([f"and {len(pillars) - _PILLARS} more", "", "", ""])
    return "### What it found\n\n" + table(["pillar", "classes", "papers", "places in its tables"], rows)


def _row(library: Library, pillar: Node) -> list[str]:
    leaves = {node.id for node in pillar.walk() if not node.children}
    places = [label for paper in library.papers.values() for label in paper.labels if label in leaves]
    papers = sum(not leaves.isdisjoint(paper.labels) for paper in library.papers.values())
    return [escape(shortened(pillar.name, _NAME)), str(len(leaves)), str(papers), str(len(places))]


def _unread(given: Given, onboarding: Onboarding, place: Place) -> str:
    readme, rows = _code(given.readme), len(onboarding.unread)
    if not (rows or onboarding.unmarked):
        return ""
    said = []
    if rows:
        said.append("As they stand they are not in the data." if rows > 1 else "As it stands it is not in the data.")
    if onboarding.unmarked:
        said.append(
            f"{_sentence(onboarding.unmarked, place)} So it stays as it is in this pull request. Before you merge, "
            f"mend it on `{given.base}` and run `survey-bot init` again: this pull request follows, as long as only "
            "the bot has written to it."
        )
    head = f"{_count(rows, 'row')} of {readme} could not be read" if rows else f"{readme} is not ready for the bot"
    return f"### {head}\n\n{' '.join(said)}\n\n{_listed(onboarding.unread, place)}".rstrip()


def _differences(onboarding: Onboarding, place: Place) -> str:
    if not onboarding.problems:
        return ""
    head = f"<details>\n<summary>{_count(len(onboarding.problems), 'smaller thing')} to know</summary>"
    return f"{head}\n\n{_listed(onboarding.problems, place)}\n\n</details>"


def _before(given: Given, onboarding: Onboarding, place: Place) -> str:
    if given.settings:
        kind = forge_of(given.settings)
        idle = "" if kind == given.forge else f' Until its `[forge] kind` is "{given.forge}", nothing is opened.'
        first = f"`{FILE}` is the one you wrote.{idle}"
    else:
        first = (
            f"`{FILE}`: `categories` is where the bot looks ({place.guess}); `terms` are the names of your classes to "
            "begin with: replace them by the words that authors write."
        )
    lines = [first]
    if onboarding.undefined:
        lines.append(
            f"`{given.taxonomy}/taxonomy.yaml`: {onboarding.undefined} entries still lack their rules (the survey's "
            "own scope is one of them). Write `definition` and `include` for each, in general terms: they are the "
            "strongest signal the bot has. It works without, and worse."
        )
    if any(PLACEHOLDER in text for text in given.workflows.values()):
        lines.append(
            f"`{WORKFLOWS}survey-bot-*.yml`: put the release of the action that you trust in the place of "
            f"`{PLACEHOLDER}`, everywhere."
        )
    if given.forge == "github":
        lines.append("The settings of this repository, below.")
    return "### Before you merge\n\n" + "\n".join(f"- [ ] {line}" for line in lines)


def _switches() -> str:
    return f"""### To switch on, on GitHub

- **{ALLOW_PULLS}**: tick *Allow GitHub Actions to create and approve pull requests*, then *Save*. If the box is \
grey, an owner of the organization ticks the same one in its settings first.
- **{FEATURES}**: tick *Issues*, for the dashboard.
- In a fork: the **Actions** tab, *I understand my workflows, go ahead and enable them*; scheduled ones are off there.
- Other workflows of yours wait on the bot's pull requests until somebody presses *Approve workflows to run*: GitHub \
asks for that when a workflow's own token opened them. With the token of a GitHub App they run at once.

`survey-bot doctor --github` looks at all of these, and says what is missing."""


def _closing(given: Given) -> str:
    where = "Close this pull request" if given.forge == "github" else "Delete the branch"
    return (
        f"### If you do not want this\n\n{where}, and nothing happens, ever: the bot does nothing in a repository "
        f"without `{FILE}`, and does not ask twice. `survey-bot init --again` is how you ask it to."
    )


def _refused(workflows: Mapping[str, str]) -> str:
    if not workflows:
        return ""
    head = (
        f"### {_count(len(workflows), 'file')} to add yourself\n\nThe token this was pushed with may not write "
        f"workflows (a personal token needs the scope `workflow`, a GitHub App the permission *Workflows: write*; a "
        f"workflow's own token can never). Until these stand on the base branch, nothing runs by itself."
    )
    files = [
        f"<details>\n<summary><code>{WORKFLOWS + name}</code></summary>\n\n````yaml\n{text.rstrip()}\n````\n\n"
        "</details>"
        for name, text in sorted(workflows.items())
    ]
    return "\n\n".join([head, *files])


def _listed(sentences: Sequence[str], place: Place) -> str:
    lines: list[str] = []
    room = _ROOM
    for sentence in sentences:
        line = f"- {_sentence(sentence, place)}"
        room -= len(line)
        if room < 0:
            lines.append(f"- and {len(sentences) - len(lines)} more: `survey-bot import` in a copy tells all of them")
            break
        lines.append(line)
    return "\n".join(lines)


def _sentence(text: str, place: Place) -> str:
    """A sentence with the line it speaks of in front, which leads there."""
    found = _PLACE.fullmatch(text)
    if not found:
        return escape(shortened(text, _SENTENCE))
    line = f"line {found['line']}"
    told = link(line, f"{place.readme}?plain=1#L{found['line']}") if place.readme else line
    return f"{told}: {escape(shortened(found['text'], _SENTENCE))}"


def _code(path: str) -> str:
    """A path as people name it; one that could end the code span is shown as text."""
    return escape(path) if "`" in path or not path.isprintable() else f"`{path}`"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
