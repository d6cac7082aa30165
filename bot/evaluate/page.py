"""The results as one page of HTML that stands alone: figures, tables, and the papers worth looking at. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from bot import ids
from bot.evaluate import pictures
from bot.evaluate.lanes import LANES, against_targets, lane_rows
from bot.evaluate.report import (
    PLACEMENT,
    SCOPE,
    Evaluation,
    Measure,
    Method,
    Placed,
    PlacementResult,
    Read,
    ScopeResult,
    shown,
)

UNLISTED = 30
"""Papers shown that score high and are not listed."""

_STYLE = """
:root { color-scheme: light }
body { font: 16px/1.5 system-ui, sans-serif; color: #22262c; background: #fff; max-width: 68rem; margin: 2rem auto;
  padding: 0 1.5rem }
h1 { font-size: 1.7rem; margin-bottom: .2rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid #dfe2e7 }
.cards { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0 }
.card { flex: 1 1 9rem; background: #f4f6f9; border-radius: .5rem; padding: .8rem 1rem }
.card b { display: block; font-size: 1.9rem; color: #1f5fa8; line-height: 1.2 }
.card small { color: #5b616b; white-space: nowrap }
figure { margin: 1.5rem 0 } figure svg { max-width: 100%; height: auto } figcaption { max-width: 48rem; color: #444a53 }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .9rem; margin: 1rem 0 }
th, td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #eceef2 }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td small, .quiet { color: #5b616b } summary { cursor: pointer; font-weight: 600; margin-top: 1rem }
a { color: #1f5fa8 }
"""

_LEAK = (
    "A paper that is judged is never part of what judges it: each fold's model is made anew from the other papers and "
    "the rulebook, with their words, vectors and labels only; its weights, its calibration and the lines between the "
    "lanes are fitted inside of that. What people wrote after reading the papers (the rules of the classes, the terms "
    "and targets of the settings) is the same in every fold, so where it was tuned on these very papers the figures "
    "flatter."
)

_PROMPTS = (
    "A language model is shown the rulebook, the held-out paper's text, and titles and classes of similar papers that "
    "such a fold's model picks among the others; how far its choices are trusted is measured on the others too."
)


def page(evaluation: Evaluation) -> str:
    """The whole page."""
    return "\n".join(_page(evaluation))


def _page(evaluation: Evaluation) -> Iterator[str]:
    title = f"How well the bot knows {evaluation.survey}"
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>"
    yield "<p>Judged on the survey's own past, by models that had not seen the papers they judged.</p>"
    yield _cards(evaluation)
    for note in evaluation.notes:
        yield f"<p class=quiet>Note: {escape(note)}.</p>"
    yield from _placement(evaluation)
    if evaluation.scope:
        yield from _scope(evaluation.scope)
    yield f"<h2>How this was measured</h2>\n<p>{_LEAK}{f' {_PROMPTS}' if evaluation.llm else ''}</p>"
    yield (
        f"<p class=quiet>Intervals: 95%, from {evaluation.rounds} bootstrap draws of the papers, seed "
        f"{evaluation.seed}. Embedder {escape(evaluation.embedder)}, taxonomy {escape(evaluation.taxonomy)}.</p>\n"
        "</body></html>\n"
    )


def _cards(evaluation: Evaluation) -> str:
    held = evaluation.placement[0]
    cards = [
        _card(held, PLACEMENT, "top_1", f"of {held.papers} first guesses right"),
        _card(held, PLACEMENT, "top_3", "right class in the first three"),
        _card(held, PLACEMENT, "ece", "mean gap between confidence and truth (ECE)"),
    ]
    if evaluation.scope:
        scope = evaluation.scope
        cards += [
            _card(scope, SCOPE, "average_precision", "average precision of the reading list"),
            _card(scope, SCOPE, "recall_budget", f"of what belongs, found at {scope.weekly} papers a week"),
        ]
    return f"<div class=cards>{''.join(cards)}</div>"


def _card(result: PlacementResult | ScopeResult, measures: Mapping[str, Measure], key: str, told: str) -> str:
    value = result.methods[0].values[key]
    words = shown(value, measures[key], interval=True).partition(" ")
    return f"<div class=card><b>{words[0]}</b>{escape(told)} <small>{words[2]}</small></div>"


def _placement(evaluation: Evaluation) -> Iterator[str]:
    results = evaluation.placement
    held = results[0]
    yield "<h2>Placement: which class?</h2>"
    for result in results:
        yield f"<h3>{escape(result.protocol.capitalize())}</h3>\n<p>{escape(result.told)}.</p>"
        yield _figures(result.methods, PLACEMENT)
        if evaluation.llm and result is held:
            yield _list(evaluation.llm.told)
    yield _figure(
        pictures.reliability(results),
        "Does it know when it is right? Papers in groups of about the same confidence, with the number of papers "
        "beside each point. On the dashed line the bot is right as often as it says; below it, it is too sure of "
        "itself. Bars: 95% intervals. Even flawless confidences would show an ECE of "
        f"{held.chance_ece:.2f} on {held.papers} papers. Below: how many papers have which confidence.",
    )
    yield _figure(
        pictures.coverage(results, evaluation.targets.right),
        "If only the papers it is surest of were proposed, how many would be right? All papers here belong; for a new "
        "one the bot weighs this confidence together with the probability that it belongs, and draws the line of the "
        "lane <i>propose</i> where so many of its proposals should be right.",
    )
    yield _figure(
        pictures.confusion(held),
        "Which classes are mistaken for which? Each row holds the papers listed under a class, each column what was "
        "guessed first. Blue: right. Orange: wrong, the stronger the larger its part of the row. Inside the boxes the "
        "pillar is right. A paper of several classes stands in the row it was rightly guessed for, or is shared out.",
    )
    yield _classes(held)
    yield from _misplaced(held)


def _classes(result: PlacementResult) -> str:
    body = (
        (escape(one.name), f"{one.papers}", *(f"{v:.2f}" if one.papers else "–" for v in (one.top_1, one.recall_3)))
        for one in result.classes
    )
    head = ("class", "papers", "first guess right", "class in the top 3")
    return f"<details><summary>Each class by itself</summary>{_table(head, body, numbers=3)}</details>"


def _misplaced(result: PlacementResult) -> Iterator[str]:
    names = {one.label: one.name for one in result.classes}
    wrong = sorted((one for one in result.judged if not one.right), key=lambda one: -one.guesses[0].probability)
    yield f"<details><summary>The {len(wrong)} papers it places otherwise, surest first</summary>"
    yield "<p>Worth a look: some may be listed under the wrong class, others show a rule that is too weak.</p>"
    yield _table(("paper", "listed under", "guessed"), (_placed(one, names) for one in wrong))
    yield "</details>"


def _placed(one: Placed, names: Mapping[str, str]) -> tuple[str, ...]:
    guesses = (f"{escape(names[guess.label])}&nbsp;<small>{guess.probability:.2f}</small>" for guess in one.guesses)
    return _linked(one), "<br>".join(escape(names[label]) for label in one.labels), "<br>".join(guesses)


def _scope(result: ScopeResult) -> Iterator[str]:
    yield f"<h2>Scope: does it belong at all?</h2>\n<p>{escape(result.told)}.</p>"
    yield (
        f"<p>The cheap stage passes {result.candidates} of {result.papers} papers and loses {result.lost} that belong. "
        f"Among the first {result.first} papers, {result.unjudged_first} count as wrong only because nobody has judged "
        "them.</p>"
    )
    yield _figures(result.methods, SCOPE, first=result.first, weekly=result.weekly)
    if result.right:
        yield _figure(
            pictures.recall(result),
            "How much must be read to find what belongs? Papers are read from the highest score down. The upright line "
            f"is the reading budget of {result.weekly} papers a week. The rings are what the bot shows: each month has "
            "lines of its own, so they need not lie on the curve.",
        )
    if result.reliability:
        yield _figure(
            pictures.scope_calibration(result),
            "Does the score say how probable it is that a paper belongs? Papers that are not ruled out, in groups of "
            "about the same score. Where papers belong that nobody has listed or judged, the points lie too low.",
        )
    yield from _lanes(result)
    yield _months(result)
    unlisted = [one for one in result.ranking if not one.listed][:UNLISTED]
    yield f"<details><summary>The {len(unlisted)} highest scores that are not listed</summary>"
    yield "<p>New finds, or the bot's mistakes.</p>"
    rows = ((_linked(one), f"{one.score:.2f}", one.lane or "–", escape(one.judged) or "–") for one in unlisted)
    yield _table(("paper", "score", "lane", "annotators say"), rows)
    yield "</details>"


def _lanes(result: ScopeResult) -> Iterator[str]:
    yield "<h3>The lanes</h3>\n<p>What the bot would have done with these papers, month by month:</p>"
    yield _table(LANES, (tuple(map(escape, row)) for row in lane_rows(result.lanes)), numbers=len(LANES) - 1)
    yield _list((*against_targets(result.lanes), *(f"Note, {note}" for note in result.lanes.notes)))


def _months(result: ScopeResult) -> str:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    head = (
        *("month", "papers", "belong", "listed before", "average precision"),
        *("proposed", "asked", "belong, not shown", "asked from", "proposed from"),
    )
    rows = (
        (
            one.month,
            *map(str, (one.papers, one.right, one.known)),
            number(one.average_precision),
            *map(str, (one.proposed, one.asked, one.missed)),
            *map(number, (one.ask, one.propose)),
        )
        for one in result.months
    )
    return f"<details><summary>Month by month</summary>{_table(head, rows, numbers=len(head) - 1)}</details>"


def _linked(one: Placed | Read) -> str:
    link = escape(ids.abs_url(one.id)) if ids.is_arxiv(one.id) else ""
    name = f'<a href="{link}">{escape(one.id)}</a>' if link else escape(one.id)
    return f"{name} {escape(one.title)}"


def _figures(methods: Sequence[Method], measures: Mapping[str, Measure], **words: int) -> str:
    def cell(method: Method, key: str) -> str:
        value, _, interval = shown(method.values[key], measures[key], interval=True).partition(" ")
        return f"{value} <small>{interval}</small>"

    body = (
        (
            f"{escape(measure.name.format(**words))}{'' if measure.higher_is_better else ' ↓'}<br>"
            f"<small>{escape(measure.meaning.format(**words))}</small>",
            *(cell(method, key) for method in methods),
        )
        for key, measure in measures.items()
    )
    head = ("↓: less is better", *(method.name for method in methods))
    return _table(head, body, numbers=len(methods))


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence[0].upper() + sentence[1:])}.</li>' for sentence in sentences)}</ul>"


def _figure(svg: str, caption: str) -> str:
    return f"<figure><div class=wide>{svg}</div><figcaption>{caption}</figcaption></figure>"


def _table(head: Sequence[str], body: Iterable[Sequence[str]], *, numbers: int = 0) -> str:
    """Cells are HTML already; the last ``numbers`` columns are numbers."""
    first = len(head) - numbers

    def row(cells: Sequence[str], tag: str) -> str:
        marked = (f"<{tag}{' class=n' if place >= first else ''}>{cell}</{tag}>" for place, cell in enumerate(cells))
        return f"<tr>{''.join(marked)}</tr>"

    rows = "\n".join(row(cells, "td") for cells in body)
    return f"<div class=wide><table>{row([escape(name) for name in head], 'th')}\n{rows}</table></div>"
