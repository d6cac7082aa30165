"""What a plan tells of a language model: what it quotes stands in the paper, and what it says is short and plain."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from bot import suspicion, texts
from bot.fates import NO_CLASS, OUT, Advice, Fate
from bot.models import Judgement, Library, Opinion, PromptId, Record, Taxonomy, Usage
from bot.opinion.question import MOST
from bot.opinion.reply import LINE, NAME, QUOTE, QUOTES
from bot.recheck import plain

_PROBLEMS, _FALSE = 6, 20_000
_MODEL, _PROBLEM = 200, 500
"""Characters."""
_CUT = " …"
"""How a line of the model's ends that was cut."""
_CALLS, _TOKENS, _COST = 10, 10_000_000, 1_000.0
"""What one paper can take; the cost in US dollars."""
_PAPERS = 100_000
"""So many a run can ask about."""


def wrong_in(judgement: Judgement, record: Record, library: Library, prompts: Collection[PromptId]) -> Iterator[str]:
    """What is wrong with the opinion in a judgement, and with what the bot alone thought; one sentence each."""
    own, opinion = judgement.own, judgement.opinion
    if bool(own) != (opinion is not None):
        yield "what the bot alone thought stands beside no other opinion, or is missing"
    chances = [ranked.probability for ranked in own]
    if not plain.are_leaves([ranked.label for ranked in own], library.taxonomy) or chances != sorted(chances)[::-1]:
        yield "the classes of the bot alone are none of this taxonomy, or in no order"
    if not all(plain.are_parts(ranked.parts) for ranked in own):
        yield plain.NUMBER
    if opinion is None:
        return
    if not opinion.ranked and own != tuple(
        ranked for ranked in judgement.placement if ranked.label in judgement.labels
    ):
        yield "its classes are not those of the bot alone, and the language model ranked none"
    yield from _origin(opinion, prompts)
    yield from _content(opinion, record, library.taxonomy)


def _origin(opinion: Opinion, prompts: Collection[PromptId]) -> Iterator[str]:
    """Who was asked, how, and what it took."""
    if not _is_name(opinion.model):
        yield "the language model's name is none, too long, or no plain line"
    if any(prompt not in prompts for prompt in opinion.prompts) or len(opinion.prompts) > len(set(opinion.prompts)):
        yield "the language model was asked with prompts that are none of this bot's"
    if opinion.usable and not opinion.prompts:
        yield "the language model was never asked, and says something all the same"
    if not (_is_usage(opinion.usage) and 0 <= opinion.false_quotes <= _FALSE):
        yield plain.NUMBER
    if len(opinion.problems) > _PROBLEMS or not all(
        problem.startswith("LLM ") and _is_line(problem, _PROBLEM) for problem in opinion.problems
    ):
        yield "the problems with the language model are too many, too long, or no plain lines"


def _content(opinion: Opinion, record: Record, taxonomy: Taxonomy) -> Iterator[str]:
    ranked = opinion.ranked or ()
    if len(ranked) > MOST or not plain.are_leaves(ranked, taxonomy):
        yield "the language model's classes are too many, or none of this taxonomy"
    quotes = (*opinion.quotes, *([opinion.deciding] if opinion.deciding else []))
    if len(opinion.quotes) > QUOTES or not all(_stands_in(quote, record, QUOTE) for quote in quotes):
        yield "a quote of the language model does not stand in the paper"
    if opinion.name and not _stands_in(opinion.name, record, NAME):
        yield "the name of the method does not stand in the paper"
    words = (opinion.reason, opinion.why_not, opinion.idea)
    if not all(map(_is_harmless, words)):
        yield "the language model's words are too long, no plain lines, or tell their reader what to do"
    if opinion.false_quotes and any((*words, *quotes)):
        yield "the language model quoted falsely, and its words are told all the same"


def _stands_in(quote: str, record: Record, most: int) -> bool:
    """Whether it is a part of a text of one clean line, and so is one itself."""
    return 0 < len(quote) <= most and (quote in record.abstract or quote in record.title)


def _is_line(text: str, most: int) -> bool:
    """Whether it is as the bot cleans it, but for the dots where it was cut."""
    whole = text.removesuffix(_CUT)
    return len(text) <= most and texts.clean(whole)[0] == whole


def _is_harmless(text: str) -> bool:
    return _is_line(text, LINE) and not suspicion.instructing(text)


def _is_name(model: str) -> bool:
    return bool(model) and plain.is_plain(model, _MODEL) and not suspicion.instructing(model)


def _is_usage(usage: Usage, papers: int = 1) -> bool:
    cost = usage.cost or 0.0
    return (
        usage.calls <= _CALLS * papers
        and usage.tokens <= _TOKENS * papers
        and math.isfinite(cost)
        and cost <= _COST * papers
    )


def wrong_in_fate(fate: Fate, taxonomy: Taxonomy) -> Iterator[str]:
    """What is wrong with what a fate tells of an opinion."""
    if fate.opinion and fate.opinion not in (NO_CLASS, OUT, *taxonomy.paths):
        yield "the language model's class is none of this taxonomy"
    if fate.usage and not _is_usage(fate.usage):
        yield plain.NUMBER


def wrong_advice(advice: Advice) -> str:
    """What is wrong with what a plan tells of all that was asked."""
    counts = (advice.agreed, advice.disagreed, advice.unusable, advice.without, advice.false_quotes)
    if not _is_name(advice.model):
        return "the language model's name is none, too long, or no plain line"
    if not (all(0 <= number <= _PAPERS for number in counts) and _is_usage(advice.usage, _PAPERS)):
        return plain.NUMBER
    return ""
