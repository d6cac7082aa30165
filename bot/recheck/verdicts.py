"""One judgement: every word of it must stand in the rulebook, on the shelf, or in the paper itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from bot import check, texts
from bot.models import Judgement, Lane, Library, Record
from bot.opinion.fusion import differences
from bot.plan import Plan, Verdict
from bot.propose import propose
from bot.recheck import opinions, plain
from bot.recheck.opinions import Asking
from bot.scope import KeywordRule
from bot.settings import Scope, TermGroup
from bot.suspicion import suspicious

_ABSTRACT, COMMENT = 20_000, 2_000
"""Characters; arXiv takes 1,920 of an abstract and 400 of a comment, other sources more."""
_FLAGS, _FLAG = 10, 200
_PRECEDENTS = 10
_BODY, _HEADING = 60_000, 256
"""Characters that GitHub takes of a pull request and of its title."""
_WORDS = re.compile(r"\w\w+")
_CATEGORY = re.compile(r"[a-z-]{1,20}(?:\.[A-Za-z-]{1,20})?", re.ASCII)


def wrong(verdict: Verdict, plan: Plan, library: Library, asking: Asking) -> str:
    """What is wrong first, or nothing; ``library`` is labelled by the ids of today."""
    return next(_problems(verdict, plan, library, asking), "")


def _problems(verdict: Verdict, plan: Plan, library: Library, asking: Asking) -> Iterator[str]:
    record, judgement = verdict.record, verdict.judgement
    yield from _record(record)
    yield from _placement(judgement, library)
    yield from _scope(record, judgement)
    yield from _rationale(record, judgement, library)
    yield from _precedents(judgement, library)
    yield from opinions.wrong_in(judgement, record, library, asking)
    if judgement.lane is Lane.PROPOSE and not verdict.wanted and _is_doubted(record, judgement):
        yield "it is to be proposed, and nobody wants it, though its text or the language model speaks against that"
    if not (plain.is_plain(judgement.reason, plain.LINE) and plain.is_plain(verdict.wanted, plain.LINE)):
        yield "its reason is too long, or no plain line"
    if len(judgement.flags) > _FLAGS or not plain.are_plain(judgement.flags, _FLAG):
        yield "its flags are too many, too long, or no plain lines"
    if judgement.track and not 0 <= judgement.track[0] <= judgement.track[1] <= len(library.papers):
        yield "it counts more papers than are listed"
    yield from _proposal(verdict, plan, library)  # the last, for it takes all the others for granted


def _record(record: Record) -> Iterator[str]:
    if texts.clean_record(record)[0] != record:
        yield "its title, abstract or comment is not as the bot cleans it"
    comment = record.comment or ""
    if len(record.title) > plain.TITLE or len(record.abstract) > _ABSTRACT or len(comment) > COMMENT:
        yield "its title, abstract or comment is too long"
    if len(record.categories) > plain.MANY or not all(map(_CATEGORY.fullmatch, record.categories)):
        yield "its categories are none of arXiv's"
    if not plain.is_plain(" ".join((record.journal_ref or "").split()), COMMENT):
        yield "its journal reference is too long, or no plain text"
    if not plain.is_version(record.version):
        yield plain.NUMBER


def _placement(judgement: Judgement, library: Library) -> Iterator[str]:
    if not plain.are_leaves(judgement.labels, library.taxonomy):
        yield "its classes are none of this taxonomy"
    if sorted(ranked.label for ranked in judgement.placement) != sorted(library.taxonomy.paths):
        yield "it does not rank every class once"
    chances = [ranked.probability for ranked in judgement.placement]
    if chances != sorted(chances, reverse=True) or judgement.labels[0] != judgement.placement[0].label:
        yield "its first class is not the most probable one"
    if not (plain.are_parts(judgement.lines) and all(plain.are_parts(ranked.parts) for ranked in judgement.placement)):
        yield plain.NUMBER


def _is_doubted(record: Record, judgement: Judgement) -> bool:
    """Whether the judge would have lowered its lane."""
    opinion = judgement.opinion
    return bool(suspicious(record, judgement.flags) or (opinion and differences(opinion, judgement.own)))


def _scope(record: Record, judgement: Judgement) -> Iterator[str]:
    scope = judgement.scope
    if not plain.are_plain((*scope.terms, *scope.missing), plain.WORD) or not _stand_in(scope.terms, record):
        yield "it tells of terms that do not stand in the paper"
    if not plain.are_parts(scope.parts):
        yield plain.NUMBER


def _stand_in(terms: Sequence[str], record: Record) -> bool:
    """Whether a paper holds these terms, by the rule that looks for configured ones; none of them is a pattern."""
    if not terms:
        return True
    if any("*" in term for term in terms):
        return False
    try:
        rule = KeywordRule(Scope(groups={term: TermGroup(terms=(term,)) for term in terms}))
    except ValidationError:  # there is no word in one of them
        return False
    return all(term in found for term, found in rule.found(texts.record_sentences(record)).items())


def _rationale(record: Record, judgement: Judgement, library: Library) -> Iterator[str]:
    found, (title, *others) = judgement.rationale, texts.record_sentences(record)
    if len(found.rules) != len(judgement.labels) or not all(
        rule in _rules(library, label) for label, rule in zip(judgement.labels, found.rules, strict=True)
    ):
        yield "a rule of its rationale does not stand in the rulebook"
    rival = _runner_up(judgement)
    kept_out = [f"not for {rule}" for rule in library.taxonomy.leaf(rival).exclude] if rival else []
    if found.why_not and found.why_not not in kept_out:
        yield "what speaks against its runner-up does not stand in the rulebook"
    if found.quote not in (others or [title]):
        yield "its quote is no sentence of the abstract"
    words, said = _WORDS.findall(texts.joined([title, *others])), (*found.words, *judgement.unusual)
    if len(said) > plain.MANY or not set(said).issubset(words):
        yield "it tells of words that do not stand in the paper"


def _rules(library: Library, label: str) -> list[str]:
    """What a rationale may cite of a class: its rules, or, where it has none, its names."""
    names, *rules = texts.class_sentences(library.taxonomy.paths[label])
    return rules or [names]


def _precedents(judgement: Judgement, library: Library) -> Iterator[str]:
    shown = [one.id for one in judgement.precedents]
    if len(shown) > _PRECEDENTS or len(shown) != len(set(shown)):
        yield "its precedents are too many, or one of them stands there twice"
    for one in judgement.precedents:
        paper = library.papers.get(one.id)
        told = (one.title, one.full_title, one.link, one.labels) if paper else ()
        if paper is None or told != (paper.short_name, paper.title, paper.link, paper.labels):
            yield "a precedent is not as the survey lists it"
        elif one.of_runner_up and _runner_up(judgement) not in paper.labels:
            yield "a precedent is not one of the runner-up"
        if not plain.is_cosine(one.similarity):
            yield plain.NUMBER


def _runner_up(judgement: Judgement) -> str | None:
    return next((one.label for one in judgement.placement if one.label not in judgement.labels), None)


def _proposal(verdict: Verdict, plan: Plan, library: Library) -> Iterator[str]:
    """The pull request as it would be opened."""
    proposal = propose(
        verdict.record,
        verdict.judgement,
        library.taxonomy,
        folder="papers",
        today=plan.started.date(),
        provenance=plan.provenance.model_dump() if plan.provenance else {},
        remarks=plan.remarks,
    )
    problems = check.check_new(proposal.paper, library, this_year=plan.started.year)
    if problems:
        yield f"its file would not pass the check {problems[0].check}"
    if len(proposal.body) >= _BODY or len(proposal.title) > _HEADING:
        yield "its pull request would be longer than GitHub takes"
