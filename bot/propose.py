"""Everything a reviewer sees of one paper, as pure data and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from bot import ids, links, names
from bot.block import write_block
from bot.links import Announced
from bot.markdown import escape, link, plain, shortened, table
from bot.models import NOT_ASKED, Judgement, Link, Paper, Proposal, Ranked, Record, Taxonomy
from bot.opinion import wording
from bot.yaml_format import dump_paper

_LINKS = 4
"""Of each kind so many are proposed."""
_TITLE, _NAME, _QUOTE = 300, 120, 600
"""Characters that are shown of a stranger's text: GitHub takes 256 of a title and 65,536 of a body."""

_RIVAL = 0.05
"""A runner-up less probable than this is not worth a reviewer's second."""


def new_paper(record: Record, labels: tuple[str, ...], taxonomy: Taxonomy, today: date) -> Paper:
    """The file that is proposed."""
    own = links.announced(record)
    # not the day of submission: what is sent in on 31 December may get its id in January, and ids name the year
    year = ids.year(record.id) or (record.published or today).year
    return Paper(
        id=record.id,
        title=record.title,
        short=_short(record, taxonomy),
        year=year,
        venue="arXiv",
        website=_links(own, "website"),
        code=_links(own, "code"),
        labels=labels,
        added=today,
    )


def _links(own: Iterable[Announced], kind: str) -> tuple[Link, ...]:
    return tuple(Link(url=one.url) for one in own if one.kind == kind)[:_LINKS]


def _short(record: Record, taxonomy: Taxonomy) -> str | None:
    """What people will call it, where the title does not say; a word of the rulebook is the field's, and no name."""
    name = names.short(record)
    said = (text for node in taxonomy.root.walk() for text in (node.definition, *node.include, *node.exclude))
    word = re.compile(rf"(?<![\w-]){re.escape(name or '')}(?![\w-])")
    return name if name and not any(map(word.search, said)) else None


def propose(
    record: Record,
    judgement: Judgement,
    taxonomy: Taxonomy,
    *,
    folder: str,
    today: date,
    provenance: Mapping[str, Any],
    remarks: Sequence[str] = (),
) -> Proposal:
    """One paper, one branch, one commit, one file.

    ``folder`` is where the papers are, from the repository's root; ``provenance`` (JSON) says what judged it and goes
    into the hidden block; ``remarks`` are sentences on the run that a reviewer should know.
    """
    paper = new_paper(record, judgement.labels, taxonomy, today)
    path = taxonomy.paths[judgement.labels[0]]
    more = f" (+{len(judgement.labels) - 1})" if len(judgement.labels) > 1 else ""
    return Proposal(
        paper=paper,
        branch=ids.branch(paper.id),
        path=str(PurePosixPath(folder, ids.file_name(paper.id))),
        content=dump_paper(paper),
        title=plain(f"Add {shortened(paper.short_name, _NAME)}: {path[0].name} › {path[-1].name}{more}"),
        body=_body(record, paper, judgement, taxonomy, provenance, remarks),
    )


def _body(
    record: Record,
    paper: Paper,
    judgement: Judgement,
    taxonomy: Taxonomy,
    provenance: Mapping[str, Any],
    remarks: Sequence[str],
) -> str:
    """The Markdown of the pull request: judged in ten seconds, checked in two minutes."""
    parts = [
        _heading(record, paper),
        _placement(judgement, taxonomy),
        *wording.section(judgement, taxonomy),
        _evidence(judgement),
    ]
    if judgement.precedents:
        parts.append(f"**Precedents** (already in the survey)\n\n{_precedents(judgement, taxonomy)}")
    if judgement.unusual:
        words = escape(", ".join(judgement.unusual))
        parts.append(f"**New words**, in no listed paper and no rule: {words}")
    problems = judgement.opinion.problems if judgement.opinion else ()
    notes = [*judgement.flags, *(one for one in problems if one.removeprefix(NOT_ASKED) not in judgement.flags)]
    if notes:
        parts.append("**Note**\n\n" + "\n".join(f"- {escape(shortened(note, _QUOTE))}" for note in notes))
    parts.append(_small_print(paper, judgement, remarks))
    parts.append(write_block({"v": 1, **_facts(record, judgement), **provenance}))
    return "\n\n".join(parts) + "\n"


def _heading(record: Record, paper: Paper) -> str:
    name = f"**{escape(paper.short)}** " if paper.short else ""
    facts = [
        f"{name}**{link(shortened(record.title, _TITLE), paper.link)}**",
        str(record.published or record.updated or ""),
        escape(", ".join(record.categories)),
        f"v{record.version}" if record.version else "",
        *(link("code", code.url) for code in paper.code),
        *(link("page", page.url) for page in paper.website),
    ]
    return " · ".join(fact for fact in facts if fact)


def _placement(judgement: Judgement, taxonomy: Taxonomy) -> str:
    rules = dict(zip(judgement.labels, judgement.rationale.rules, strict=True))
    rival = _rival(judgement)

    def row(word: str, ranked: Ranked, reason: str) -> list[str]:
        return [word, wording.class_in(taxonomy, ranked.label), f"{ranked.probability:.2f}", reason]

    chosen = [ranked for ranked in judgement.placement if ranked.label in rules]
    rows = [
        row("**and**" if number else "**proposed**", ranked, f"rule *{escape(rules[ranked.label])}*")
        for number, ranked in enumerate(chosen)
    ]
    if rival:
        rows.append(row("runner-up", rival, escape(judgement.rationale.why_not)))
    return table(["", "class", "confidence", "why"], rows)


def _rival(judgement: Judgement) -> Ranked | None:
    """The runner-up, when it is worth a reviewer's second."""
    rival = next((ranked for ranked in judgement.placement if ranked.label not in judgement.labels), None)
    return rival if rival and rival.probability >= _RIVAL else None


# --- what else it stands on -------------------------------------------------------------------------------------------


def _evidence(judgement: Judgement) -> str:
    """The sentence that spoke most for the class, and its words that did."""
    rationale = judgement.rationale
    said = "by the bot's own reading" if judgement.opinion and judgement.opinion.usable else "spoke for it"
    words = f"\n>\n> {said}: {escape(', '.join(rationale.words))}" if rationale.words else ""
    return f"> “{escape(shortened(rationale.quote, _QUOTE))}”{words}"


def _precedents(judgement: Judgement, taxonomy: Taxonomy) -> str:
    told = " (nearest of the runner-up)" if _rival(judgement) else ""
    return table(
        ["similar paper", "its classes", "similarity"],
        [
            [
                link(precedent.title, precedent.link) + told * precedent.of_runner_up,
                escape(", ".join(taxonomy.leaf(label).name for label in precedent.labels if label in taxonomy.paths)),
                f"{precedent.similarity:.2f}",
            ]
            for precedent in judgement.precedents
        ],
    )


def _small_print(paper: Paper, judgement: Judgement, remarks: Sequence[str]) -> str:
    terms = escape(shortened(", ".join(judgement.scope.terms[:6]), _NAME))
    sentences = [
        f"Scope {judgement.scope.score:.2f} ({terms or 'none of the terms'}).",
        "The new file passes `survey-bot check`.",
        _track(judgement),
        wording.asked(judgement.opinion),
        *(f"{escape(shortened(remark, _QUOTE))}." for remark in remarks),
        f"`survey-bot explain {paper.id}` tells what the bot knows.",
    ]
    return f"<sub>{' '.join(filter(None, sentences))}</sub>"


def _track(judgement: Judgement) -> str:
    """How often the bot alone is right when it is about so sure of its own first class."""
    if judgement.labels[0] != judgement.alone[0].label:
        return ""
    if judgement.track is None:
        return "Too few listed papers had about this confidence to say how often the bot is right then."
    right, of = judgement.track
    return f"At about this confidence its first guess was right for {right} of {of} papers of this survey."


def _facts(record: Record, judgement: Judgement) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "paper": record.id,
        "version": record.version,
        "labels": list(judgement.labels),
        "ranked": [[ranked.label, round(ranked.probability, 4)] for ranked in judgement.placement[:5]],
        "scope": round(judgement.scope.score, 4),
    }
    opinion = judgement.opinion
    if opinion and opinion.asked:
        said = opinion.model_dump(mode="json", include={"prompts", "scope", "ranked", "usage"})
        facts["llm"] = {"model": shortened(opinion.model, _NAME), **said}
    return facts
