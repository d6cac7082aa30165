"""A language model outside of runs: it is asked about many papers, or its prompts go out and replies come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot import ids, texts
from bot.commands import console, running
from bot.commands.language_models import prompts
from bot.commands.past import SurveyPast
from bot.commands.wiring import Wiring
from bot.errors import DataError, LanguageModelError
from bot.files import write_where_asked
from bot.models import NOT_ASKED, Opinion
from bot.ports import ChatModel, Progress
from bot.settings import Llm

if TYPE_CHECKING:
    from bot import chat
    from bot.adapters.chat.kept_replies import KeptReplies
    from bot.opinion.question import Case


def ask(model: ChatModel, cases: Sequence[Case], steps: Sequence[str], llm: Llm, progress: Progress) -> list[Opinion]:
    """What the model makes of each case, in their order. Raises LanguageModelError when it says nothing of any."""
    from bot.opinion.advisor import Advisor

    coming = Advisor(model, prompts(), llm.concurrency).opinions(cases, steps)
    found = dict(progress(coming, f"asking {model.name}", len(cases)))
    opinions = [found[place] for place in range(len(cases))]
    if all(opinion.unanswered for opinion in opinions):
        why = next((problem for opinion in opinions for problem in opinion.problems), "there is nothing to ask about")
        raise LanguageModelError(
            f"there is no reply to any of {len(cases)} prompts ({why})",
            where=model.name,
            remedy="see survey-bot doctor --llm, or import replies with survey-bot llm import",
        )
    return opinions


class Export(NamedTuple):
    """What was written: so many ``requests`` without a reply, about so many of all ``papers``."""

    requests: int
    open: int
    papers: int
    notes: tuple[str, ...]


def export(wiring: Wiring, papers: Sequence[str], out: Path, feeds: Sequence[Path], name: str = "") -> Export:
    """Write into ``out``, one a line, what there is no kept reply to; ``name`` overrides ``[llm] model``.

    ``papers``: what a run would ask about these today; without any, what ``evaluate --llm`` asks about all listed ones.
    ``feeds``: where abstracts are looked for first. Raises SurveyBotError.
    """
    from bot.adapters.chat.batch_file import request_line
    from bot.evaluate import opinions
    from bot.opinion.advisor import Advisor
    from bot.opinion.asking import STEPS

    scribe, notes = _Scribe(wiring.llm.kept(name)), list[str]()
    if papers:
        cases = _today(wiring, papers, feeds)
    else:
        past = SurveyPast(wiring, feeds, console.ConsoleProgress())
        cases = [one.case for one in past.questions(past.held_out())]
        notes += past.notes
    steps = STEPS if papers else opinions.STEPS
    for place, opinion in sorted(Advisor(scribe, prompts()).opinions(cases, steps)):
        notes += [f"{cases[place].record.id}: {one}" for one in opinion.problems if one.startswith(NOT_ASKED)]
    llm = _named(wiring, scribe.name)
    _write(out, [request_line(request, llm) for request in scribe.requests])
    still_open = {request.about.rpartition(" ")[2] for request in scribe.requests}
    return Export(len(scribe.requests), len(still_open), len(cases), tuple(notes))


def take_in(wiring: Wiring, files: Sequence[Path], name: str = "") -> tuple[int, list[str]]:
    """Keep the replies of these files: how many were kept, and what was wrong, a sentence each. Raises SurveyBotError.

    ``name``: as :func:`export` was told; what the replies cost goes by it.
    """
    from bot.adapters.chat.batch_file import read_replies

    kept, count, problems = wiring.llm.kept(name), 0, list[str]()
    for file in files:
        try:
            with file.open(encoding="utf-8", errors="replace") as lines:
                for found in read_replies(lines, _named(wiring, kept.name)):
                    if isinstance(found, str):
                        problems.append(f"{file}: {found}")
                    elif kept.holds(found[0]):
                        problems.append(f"{file}: the reply to {found[0]} is kept already")
                    elif kept.keep(*found):
                        count += 1
                    else:
                        problems.append(
                            f"{file}: the reply to {found[0]} is refused, cut off or empty; export it again"
                        )
        except OSError as error:
            raise DataError(
                f"cannot be read: {error.strerror}", where=str(file), remedy="give the output file of a batch"
            ) from None
    return count, [*kept.notes, *problems]


def _named(wiring: Wiring, name: str) -> Llm:
    return wiring.settings.llm.model_copy(update={"model": name})


def _today(wiring: Wiring, papers: Sequence[str], feeds: Sequence[Path]) -> list[Case]:
    """The papers as ``explain --why`` has the bot alone judge them."""
    from bot.opinion.question import case

    try:
        wanted = [ids.parse(paper)[0] for paper in papers]
    except ValueError as error:
        raise DataError(str(error), where="llm export", remedy="give ids like 2602.03782") from None
    alone = replace(wiring, settings=wiring.settings.model_copy(update={"llm": Llm()}))
    library, progress = wiring.shelf.load(), console.ConsoleProgress()
    wiring.keep(feeds, {*wanted, *library.papers}, progress)
    judged = {paper: running.why(alone, paper)[0] for paper in wanted}
    records = wiring.archive.find(wanted, progress).records
    return [case(texts.clean_record(records[paper])[0], judged[paper], library.taxonomy) for paper in judged]


def _write(out: Path, lines: Sequence[str]) -> None:
    try:
        write_where_asked(out, "".join(f"{line}\n" for line in lines).encode())
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror}", where=str(out), remedy="give another --out") from None


class _Scribe:
    """Answers with what is kept, and writes down what is not (``bot.ports.ChatModel``)."""

    def __init__(self, kept: KeptReplies) -> None:
        self.name, self.notes, self._kept = kept.name, kept.notes, kept
        self.requests: list[chat.Request] = []

    def ask(self, request: chat.Request) -> chat.Reply:
        """The kept reply. Raises LanguageModelError where there is none."""
        if self._kept.missing(request):
            self.requests.append(request)
            raise LanguageModelError("it is not there yet")
        return self._kept.ask(request)
