"""What a language model did, said and took, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.fates import NO_CLASS, OUT, Advice
from bot.markdown import escape, shortened
from bot.models import Judgement, Opinion, Ranked, Taxonomy, Usage
from bot.opinion.fusion import differences
from bot.phrases import count

_NAME, _SAID = 120, 300
"""Characters that are shown of a model's name, and of what it says."""
_OWN = 3
"""So many of the bot's own classes are shown beside the second opinion."""
_CENT, _LEAST = 0.01, 0.0001
"""US dollars."""
_UNUSABLE = "no usable reply"
_ABOUT = {"scope": "whether it belongs", "class": "the class", "none": "the class"}
_SCOPES = {"in": "it belongs", "adjacent": "**adjacent**, not in the survey", "out": "**out of scope**"}
_WORDS = {OUT: "out of scope", NO_CLASS: "no class fits"}


# --- plain text, not escaped ------------------------------------------------------------------------------------------


def word(said: str, taxonomy: Taxonomy) -> str:
    """What stands in the ledger of an opinion (``Fate.opinion``), as people read it."""
    if said in _WORDS or not said:
        return _WORDS.get(said, "")
    label = taxonomy.current((said,))[0]
    return taxonomy.leaf(label).name if label in taxonomy.paths else f"{label} (no class)"


def disagreement(opinion: Opinion, own: Sequence[Ranked]) -> str:
    """What the model and the bot alone differ about (``the class``); empty where they agree."""
    return " and about ".join(_ABOUT[one] for one in differences(opinion, own))


def advice(done: Advice) -> str:
    """What a run asked of a language model and what that took, in one line."""
    counts = (
        (done.agreed, "agreed"),
        (done.disagreed, "disagreed"),
        (done.partly, "with half an answer"),
        (done.unusable, "without a usable reply"),
    )
    asked_about = sum(number for number, _ in counts)
    parts = [
        f"asked about {count(asked_about, 'paper')}",
        *(f"{number:,} {what}" for number, what in counts if number),
    ]
    more = [f"{done.without:,} went on without it"] * bool(done.without)
    more += [f"{count(done.false_quotes, 'false quote')}"] * bool(done.false_quotes)
    if done.usage.calls:
        more.append(took(done.usage))
    elif asked_about:
        more.append("its replies were kept from earlier runs")
    return f"language model {done.model}: {'; '.join([', '.join(parts), *more])}"


def took(usage: Usage) -> str:
    """``2 calls, 5,200 tokens, $0.031``; ``nothing`` without a call."""
    if not usage.calls:
        return "nothing"
    price = "no price is set" if usage.cost is None else dollars(usage.cost)
    return f"{count(usage.calls, 'call')}, {count(usage.tokens, 'token')}, {price}"


def dollars(cost: float) -> str:
    """US dollars, the finer the less it is."""
    if 0 < cost < _LEAST:
        return f"less than ${_LEAST}"
    return f"${cost:,.2f}" if cost >= 1 or not cost else f"${cost:.3f}" if cost >= _CENT else f"${cost:.4f}"


def lines(opinion: Opinion, own: Sequence[Ranked], taxonomy: Taxonomy) -> Iterator[str]:
    """An opinion part by part, with what went wrong; a few lines for a terminal."""
    asked_with = _prompts(opinion, ", ") if opinion.asked else "not asked"
    yield f"second opinion of {opinion.model} ({'; '.join(filter(None, [asked_with, _spent(opinion)]))})"
    if opinion.scope:
        decided = f"; decided by “{opinion.deciding}”" if opinion.deciding else ""
        yield f"  scope: {opinion.scope}{decided}{f'; it says: {opinion.reason}' if opinion.reason else ''}"
    if opinion.ranked is not None:
        names = ", ".join(taxonomy.leaf(label).name for label in opinion.ranked) or "none fits"
        yield f"  classes: {names}{''.join(f'; “{quote}”' for quote in opinion.quotes)}"
        yield f"  the bot alone: {', '.join(f'{taxonomy.leaf(one.label).name} {one.probability:.2f}' for one in own)}"
    if opinion.why_not:
        yield f"  why not the second, it says: {opinion.why_not}"
    if method := _method(opinion):
        yield f"  the method, it says: {method}"
    if opinion.usable:
        about = disagreement(opinion, own)
        yield f"  it disagrees about {about}" if about else "  it agrees"
    yield from (f"  {problem}" for problem in opinion.problems)


# --- Markdown of a pull request ---------------------------------------------------------------------------------------


def section(judgement: Judgement, taxonomy: Taxonomy) -> Iterator[str]:
    """Whether a language model agrees, beside what the bot alone says; nothing where it said nothing usable."""
    opinion = judgement.opinion
    if opinion is None or not opinion.usable:
        return
    about = disagreement(opinion, judgement.alone)
    agrees = "it agrees." if opinion.scope and opinion.ranked else "it agrees, as far as its replies are of use."
    verdict = f"**it disagrees about {about}.**" if about else agrees
    yield f"**Second opinion** by {escape(shortened(opinion.model, _NAME))}: {verdict}"
    yield "\n".join(f"- {line}" for line in _items(judgement, opinion, taxonomy))


def asked(opinion: Opinion | None) -> str:
    """Which language model was asked, with which prompts, and what it took."""
    if opinion is None or not opinion.asked:
        return "No language model was asked."
    prompts = shortened(_prompts(opinion, " and "), _NAME)
    told = f"The language model {shortened(opinion.model, _NAME)} was asked with the prompts {prompts}"
    return f"{escape(': '.join(filter(None, [told, _spent(opinion)])))}."


def class_in(taxonomy: Taxonomy, label: str) -> str:
    """The name people say, and the one that stands in the file."""
    *above, leaf = [escape(node.name) for node in taxonomy.paths[label]]
    return " › ".join([*above, f"**{leaf}** `{label}`"])


def _items(judgement: Judgement, opinion: Opinion, taxonomy: Taxonomy) -> Iterator[str]:
    own = ", ".join(f"{class_in(taxonomy, one.label)} {one.probability:.2f}" for one in judgement.alone[:_OWN])
    yield f"class: {_said_of_class(opinion, taxonomy)}; the bot alone: {own}"
    decided = f", decided by {_quoted(opinion.deciding)}" if opinion.deciding else ""
    scope = _SCOPES[opinion.scope] if opinion.scope else _missing(opinion, "scope")
    yield f"scope: {scope}{decided}; the bot alone: {judgement.scope.score:.2f}"
    names = [escape(taxonomy.leaf(label).name) for label in opinion.ranked or ()]
    if opinion.quotes and names:
        yield f"for {names[0]}: {' '.join(map(_quoted, opinion.quotes))}"
    rival = f"why not {names[1]}" if len(names) > 1 else "why no other class"
    words = {"what it does": _method(opinion), "why this scope": opinion.reason, rival: opinion.why_not}
    told = [f"*{what}:* {escape(shortened(text, _SAID))}" for what, text in words.items() if text]
    if told:
        yield f"in the model's own words: {' · '.join(told)}"


def _said_of_class(opinion: Opinion, taxonomy: Taxonomy) -> str:
    if opinion.ranked is None:
        return _missing(opinion, "place")
    if not opinion.ranked:
        return "**none fits**"
    first, *others = opinion.ranked
    then = ", ".join(escape(taxonomy.leaf(label).name) for label in others)
    return f"{class_in(taxonomy, first)}{f', then {then}' if then else ''}"


# --- their parts ------------------------------------------------------------------------------------------------------


def _method(opinion: Opinion) -> str:
    return ": ".join(text for text in (opinion.name, opinion.idea) if text)


def _spent(opinion: Opinion) -> str:
    """What asking took; nothing where no reply came."""
    if opinion.usage.calls:
        return took(opinion.usage)
    return "its replies were kept from an earlier run" if opinion.usable else ""


def _prompts(opinion: Opinion, between: str) -> str:
    return between.join(f"{one.name} v{one.version}" for one in opinion.prompts)


def _missing(opinion: Opinion, step: str) -> str:
    """Why there is no answer to one of the two questions."""
    return _UNUSABLE if step in [prompt.name for prompt in opinion.prompts] else "not asked"


def _quoted(text: str) -> str:
    return f"“{escape(shortened(text, _SAID))}”"
