"""One paper's second opinion: asks step by step, has a fault repaired once, and takes what can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bot.chat import Message, Reply, Request
from bot.errors import CapReachedError, LanguageModelError
from bot.models import NO_REPLY, NOT_ASKED, Opinion, Usage
from bot.opinion import question, reply
from bot.opinion.prompts import Prompt
from bot.opinion.question import Case
from bot.opinion.reply import Fault, PlaceReply, ScopeReply
from bot.ports import ChatModel
from bot.suspicion import instructing

STEPS = ("scope", "place")
TURNS = 2
"""The question, and one repair."""
SHOWN = 2_000
"""Characters of a faulty reply that the model is shown again."""
REFUSALS = ("refusal", "content_filter")

UNUSABLE, REFUSED = "LLM reply unusable: ", "LLM refused"

_REPAIR = (
    "Your reply cannot be used: {fault}. Reply once more, with the JSON object only, in the format given above. "
    'In strings write \\" for " and \\\\ for \\.'
)
_NO_WORDS = {"reason": "", "deciding": "", "quotes": (), "why_not": "", "idea": ""}


class _Step(NamedTuple):
    request: Callable[[Case, Prompt], Request]
    parse: Callable[[str, Case], ScopeReply | PlaceReply]


_STEPS = {
    "scope": _Step(question.scope_request, reply.parse_scope),
    "place": _Step(question.place_request, reply.parse_place),
}


def opine(case: Case, model: ChatModel, prompts: Mapping[str, Prompt], steps: Sequence[str] = STEPS) -> Opinion:
    """What the model makes of the paper; ``prompts`` by name. Never raises on anything a model does.

    The steps do not build on each other, but a paper that is out of scope is not placed.
    """
    opinion = Opinion(model=model.name)
    for name in steps:
        if name == "place" and opinion.scope == "out":
            continue
        found, problem, usage = _ask(case, model, _STEPS[name], prompts[name])
        more = {} if found is None else found._asdict()
        problems = (*opinion.problems, *more.pop("problems", ()), *([problem] if problem else ()))
        sent = usage.calls or not problem.startswith(NOT_ASKED)
        more |= {
            "prompts": (*opinion.prompts, *([prompts[name].id] if sent else [])),
            "false_quotes": opinion.false_quotes + more.pop("false_quotes", 0),
            "problems": tuple(dict.fromkeys(problems)),
            "usage": opinion.usage + usage,
        }
        opinion = opinion.model_copy(update=more)
    return opinion.model_copy(update=_NO_WORDS) if opinion.false_quotes else opinion


def _ask(
    case: Case, model: ChatModel, step: _Step, prompt: Prompt
) -> tuple[ScopeReply | PlaceReply | None, str, Usage]:
    """What could be used, else why nothing could; and what it took."""
    request, problem, usage = step.request(case, prompt), "", Usage()
    for _ in range(TURNS):
        try:
            answer = model.ask(request)
        except CapReachedError as error:
            return None, f"{NOT_ASKED}{_told(error)}", usage
        except LanguageModelError as error:
            return None, f"{NO_REPLY}{_told(error)}", usage
        usage += answer.usage
        if answer.finish in REFUSALS:
            return None, REFUSED, usage
        try:
            return step.parse(_whole(answer), case), "", usage
        except Fault as fault:
            problem = f"{UNUSABLE}{fault}"
            request = _repair(request, answer, fault)
    return None, problem, usage


def _told(error: LanguageModelError) -> str:
    """What it says, unless it repeats a paper that speaks to its readers."""
    told = "; ".join(filter(None, (error.what, error.remedy)))
    return "what the service said is left out" if instructing(told) else told


def _whole(answer: Reply) -> str:
    if answer.finish == "length":
        raise Fault("it was cut off at [llm] max_tokens")
    return answer.text


def _repair(request: Request, answer: Reply, fault: Fault) -> Request:
    """The conversation so far, and what was wrong; some services take no empty turn."""
    turns = (
        Message("assistant", answer.text[:SHOWN].strip() or "(nothing)"),
        Message("user", _REPAIR.format(fault=fault)),
    )
    return request._replace(messages=(*request.messages, *turns))
