"""What a plan tells of a language model: what it quotes stands in the paper, and what it says is short and plain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot import suspicion, texts
from bot.fates import NO_CLASS, OUT, Advice, Fate
from bot.models import NO_REPLY, NOT_ASKED, Judgement, Library, Opinion, PromptId, Record, Taxonomy, Usage
from bot.opinion import reply
from bot.opinion.advisor import BUG
from bot.opinion.asking import REFUSED, STEPS, TURNS, UNUSABLE
from bot.opinion.question import MOST
from bot.opinion.reply import LINE, NAME, QUOTE, QUOTES
from bot.recheck import plain
from bot.settings import Llm

_PROBLEMS, _FALSE = 6, 20_000
_PROBLEM = 500
"""Characters."""
_FIXED = (reply.FALSE_QUOTE, reply.NO_QUOTE, reply.INSTRUCTING, reply.NOT_LATIN, REFUSED, BUG)
_BEGUN = (UNUSABLE, NO_REPLY, NOT_ASKED)
"""What a problem says, or how it begins."""
_CUT = " …"
"""How a line of the model's ends that was cut."""
_CALLS = TURNS * len(STEPS)
"""For one paper."""
_TOKENS, _LONGER = 300_000, 10
"""Of one call, beside ten times the longest reply: a prompt has 60,000 characters at most, of three bytes or so."""
_MODEL = "it tells of a language model that is not the one set"


class Asking(NamedTuple):
    """With what this job would ask a language model, and so the other one must have."""

    llm: Llm
    prompts: Collection[PromptId]

    def is_of(self, model: str) -> bool:
        """Whether this is the model that is set."""
        return bool(model) and model == self.llm.model

    def can_take(self, usage: Usage, papers: int = 1) -> bool:
        """Whether asking about so many papers can take this much; without a call, nothing was taken."""
        most = usage.calls * (_TOKENS + _LONGER * self.llm.max_tokens)
        price = self.llm.prices.get(self.llm.model)
        highest = max(price.input, price.output) if price else 0.0
        return (
            usage.calls <= _CALLS * papers
            and usage.tokens <= most
            and (usage.cost or 0.0) <= most * highest / 1e6  # no number is no less than any
        )


def wrong_in(judgement: Judgement, record: Record, library: Library, asking: Asking) -> Iterator[str]:
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
    yield from _origin(opinion, asking)
    yield from _content(opinion, record, library.taxonomy)
    if not _was_asked(opinion):
        yield "the language model says something that it was not asked"


def _origin(opinion: Opinion, asking: Asking) -> Iterator[str]:
    """Who was asked, how, and what it took."""
    if not asking.is_of(opinion.model):
        yield _MODEL
    if any(one not in asking.prompts for one in opinion.prompts) or len(opinion.prompts) > len(set(opinion.prompts)):
        yield "the language model was asked with prompts that are none of this bot's"
    if not (asking.can_take(opinion.usage) and 0 <= opinion.false_quotes <= _FALSE):
        yield plain.NUMBER
    if len(opinion.problems) > _PROBLEMS or not all(map(_is_problem, opinion.problems)):
        yield "the problems with the language model are too many, too long, or none that the bot tells of"


def _was_asked(opinion: Opinion) -> bool:
    """Whether all it says answers a question that was put."""
    names = [prompt.name for prompt in opinion.prompts]
    is_judged, is_placed, ranked = opinion.scope is not None, opinion.ranked is not None, opinion.ranked or ()
    needs = (
        (is_judged, "scope" in names),
        (is_placed, "place" in names),
        (opinion.reason or opinion.deciding, is_judged),
        (opinion.name or opinion.idea, is_placed),
        (opinion.quotes, ranked),
        (opinion.why_not, ranked[1:]),
        (opinion.false_quotes, opinion.usable),
    )
    return all(needed or not said for said, needed in needs)


def _is_problem(text: str) -> bool:
    """What the service says stands in some, so it is read as the model's words are."""
    told = text.startswith(_BEGUN) and _is_line(text, _PROBLEM) and not suspicion.instructing(text)
    return told or text in _FIXED


def _content(opinion: Opinion, record: Record, taxonomy: Taxonomy) -> Iterator[str]:
    ranked = opinion.ranked or ()
    if len(ranked) > MOST or not plain.are_leaves(ranked, taxonomy):
        yield "the language model's classes are too many, or none of this taxonomy"
    quotes = (*opinion.quotes, *([opinion.deciding] if opinion.deciding else []))
    if len(opinion.quotes) > QUOTES or not all(_stands_in(quote, record, QUOTE) for quote in quotes):
        yield "a quote of the language model does not stand in the paper"
    if opinion.name and not (len(opinion.name) <= NAME and reply.is_named(opinion.name, record)):
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


def wrong_in_fate(fate: Fate, taxonomy: Taxonomy, asking: Asking) -> Iterator[str]:
    """What is wrong with what a fate tells of an opinion."""
    if (fate.opinion or fate.usage) and not asking.llm.model:
        yield _MODEL
    if fate.opinion and fate.opinion not in (NO_CLASS, OUT, *taxonomy.paths):
        yield "the language model's class is none of this taxonomy"
    if fate.usage and not asking.can_take(fate.usage):
        yield plain.NUMBER


def wrong_advice(advice: Advice, papers: int, asking: Asking) -> str:
    """What is wrong with what a plan of so many papers tells of all that was asked."""
    counts = (advice.agreed, advice.disagreed, advice.partly, advice.unusable, advice.without)
    if not asking.is_of(advice.model):
        return _MODEL
    if not (min(*counts, advice.false_quotes) >= 0 and sum(counts) <= papers):
        return plain.NUMBER
    if not (advice.false_quotes <= _FALSE * papers and asking.can_take(advice.usage, sum(counts))):
        return plain.NUMBER
    return ""
