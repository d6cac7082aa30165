"""The drift radar on demand: from settings to what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import drift, texts
from bot.clusters import Cluster
from bot.commands import console
from bot.commands.wiring import Wiring
from bot.fates import Fate
from bot.models import Library
from bot.phrases import count

NOTHING = "nothing looks like a new class"


def radar(wiring: Wiring, feeds: Sequence[Path] = ()) -> dict[str, Any]:
    """What looks like a class of its own, as ``lines`` for people and as JSON. Raises SurveyBotError.

    ``feeds``: files that are searched for abstracts of listed and doubtful papers first.
    """
    library, fates, progress = wiring.shelf.load(), wiring.ledger.fates(), console.ConsoleProgress()
    wanted = {*library.papers, *drift.doubtful(fates.values())}
    wiring.keep(feeds, wanted, progress)
    found = drift.look(library, fates, wiring.archive, progress)
    return {
        "doubtful": found.doubtful,
        "clusters": [_facts(cluster, fates, library) for cluster in found.clusters],
        "notes": [*found.notes, *wiring.ledger.notes, *wiring.archive.notes],
        "failed": found.failed,
        "lines": [console.calm(texts.clean(line)[0]) for line in _lines(found, fates, library)],
    }


def _facts(cluster: Cluster, fates: Mapping[str, Fate], library: Library) -> dict[str, Any]:
    papers = [{"id": paper, "title": fates[paper].title, "state": fates[paper].state} for paper in cluster.papers]
    return {**cluster.model_dump(mode="json"), "papers": papers, "text": drift.sentence(cluster, library.taxonomy)}


def _lines(found: drift.Radar, fates: Mapping[str, Fate], library: Library) -> Iterator[str]:
    if not found.doubtful:
        yield "there is no doubtful paper to look at; they come from survey-bot run, which asks about them"
    elif not found.clusters:
        yield f"{NOTHING}: {count(found.doubtful, 'doubtful paper')} looked at"
    for cluster in found.clusters:
        yield drift.sentence(cluster, library.taxonomy)
        yield from (f"{paper} {fates[paper].state}: {fates[paper].title}" for paper in cluster.papers)
