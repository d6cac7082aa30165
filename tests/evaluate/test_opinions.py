"""A language model on held-out papers: nothing leaks into a prompt, and no number is the model's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np
import pytest

from bot.chat import Request
from bot.commands.language_models import prompts
from bot.evaluate import folds, opinions, ours, placement
from bot.evaluate.folds import Fold
from bot.evaluate.opinions import ALONE, FUSED, Answered, Question
from bot.evaluate.seams import Corpus, Guess
from bot.models import NO_REPLY, Library, Opinion, Usage
from bot.opinion.fusion import fused
from bot.opinion.question import place_request
from tests.conftest import quiet
from tests.evaluate.generated import SETTINGS, corpus, labels, library, paper_id, records

COUNT = 40
HELD = paper_id(17)


def _fold(*held: str) -> Fold:
    return Fold(tuple(paper for paper in records(COUNT) if paper not in held), held)


def _relabelled(paper: str, *its: str) -> tuple[Corpus, Library]:
    """The same world with one paper listed elsewhere."""
    of, whole = corpus(COUNT), library(COUNT)
    papers = {**whole.papers, paper: whole.papers[paper].model_copy(update={"labels": its})}
    return replace(of, labels={**of.labels, paper: its}), whole.model_copy(update={"papers": papers})


def _question(of: Corpus, whole: Library) -> Question:
    return next(opinions.questions(of, whole, records(COUNT), SETTINGS, _fold(HELD)))


def _request(of: Corpus, whole: Library) -> Request:
    return place_request(_question(of, whole).case, prompts()["place"])


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_other_labels_of_the_judged_paper_change_no_byte_of_its_prompt() -> None:
    plain = _request(corpus(COUNT), library(COUNT))
    assert records(COUNT)[HELD].abstract in plain.messages[1].text
    for its in (("steam",), ("stone-hearth", "kneading")):
        assert _request(*_relabelled(HELD, *its)) == plain


def test_other_labels_of_a_paper_shown_beside_it_do_change_the_prompt() -> None:
    shown = _question(corpus(COUNT), library(COUNT)).case.precedents[0].id
    assert _request(*_relabelled(shown, "steam")) != _request(corpus(COUNT), library(COUNT))


def test_a_paper_listed_twice_is_not_shown_to_the_model_that_judges_it() -> None:
    twin = paper_id(18)
    titles = {paper: "The Same" if paper in (HELD, twin) else paper for paper in records(COUNT)}
    split = folds.cross_validation(folds.same_paper(titles), np.random.default_rng(0))
    fold = next(fold for fold in split if HELD in fold.held)
    for question in opinions.questions(corpus(COUNT), library(COUNT), records(COUNT), SETTINGS, fold):
        assert not {HELD, twin} & {one.id for one in question.case.precedents}


def test_the_judge_behind_a_prompt_is_the_one_that_is_measured_as_the_bot() -> None:
    fold = _fold(HELD, paper_id(3))
    guesses = ours.placement(corpus(COUNT))(*fold)
    for question in opinions.questions(corpus(COUNT), library(COUNT), records(COUNT), SETTINGS, fold):
        guess, judgement = guesses[question.paper], question.judgement
        assert judgement.labels == guess.labels
        assert [one.label for one in judgement.placement] == [one.label for one in guess.ranked]
        assert [one.probability for one in judgement.placement] == pytest.approx(
            [one.probability for one in guess.ranked]
        )


# --- what becomes of the replies --------------------------------------------------------------------------------------


def _said(*ranked: str) -> Opinion:
    return Opinion(model="m", ranked=ranked, prompts=(prompts()["place"].id,))


SILENT = Opinion(model="m", problems=(f"{NO_REPLY}it is down",))
USELESS = Opinion(model="m", problems=("LLM reply unusable: it is empty",), usage=Usage(calls=2, input=9, output=1))


@cache
def _questions() -> tuple[Question, ...]:
    groups = {paper: paper for paper in records(COUNT)}
    return tuple(
        question
        for fold in folds.cross_validation(groups, np.random.default_rng(0), quick=True)
        for question in opinions.questions(corpus(COUNT), library(COUNT), records(COUNT), SETTINGS, fold)
    )


def _answers(wrong: int = 0, others: Mapping[str, Opinion] = MappingProxyType({})) -> dict[str, Answered]:
    """All are placed right but the first few, which are placed right in the second place; ``others``: by id."""
    found = {}
    for number, question in enumerate(_questions()):
        right = labels(COUNT)[question.paper][:1]
        elsewhere = "steam" if right[0] != "steam" else "kneading"
        opinion = _said(elsewhere, *right) if number < wrong else _said(*right)
        opinion = others.get(question.paper, opinion)
        found[question.paper] = Answered(question.judgement, opinion, labels(COUNT)[question.paper])
    return found


def _guess(name: str, answers: dict[str, Answered], paper: str = HELD) -> Guess:
    return opinions.predictors(answers)[name]([one for one in answers if one != paper], [paper])[paper]


def _with(opinion: Opinion, wrong: int = 0) -> dict[str, Answered]:
    return _answers(wrong, {HELD: opinion})


def test_alone_it_is_as_sure_of_its_first_choice_as_that_is_right_for_the_other_papers() -> None:
    first = _guess(ALONE, _with(_said("steam"), wrong=10)).ranked[0]
    others = COUNT - 1
    assert (first.label, first.probability) == ("steam", pytest.approx((others - 10 + 1) / (others + 2)))


def test_whether_it_is_right_about_a_paper_changes_nothing_in_what_is_made_of_that_reply() -> None:
    answers = _with(_said("steam", "kneading"), wrong=10)
    for its in (("steam",), ("kneading",), ("stone-hearth",)):
        other = {**answers, HELD: answers[HELD]._replace(labels=its)}
        for name in (ALONE, FUSED):
            assert _guess(name, other) == _guess(name, answers)


def test_a_later_choice_is_never_as_probable_as_the_one_before_it() -> None:
    """Here the second choices of the others are right more often than the first."""
    chances = [one.probability for one in _guess(ALONE, _with(_said("steam", "kneading", "sourdough"), 39)).ranked]
    assert chances[0] > chances[1] > chances[2] > 0


@pytest.mark.parametrize("opinion", [SILENT, USELESS, _said()], ids=["silent", "useless", "none fits"])
def test_without_a_class_it_guesses_nothing_alone_and_the_bot_s_own_placement_stands(opinion: Opinion) -> None:
    answers = _with(opinion)
    assert _guess(ALONE, answers) == Guess((), ())
    judgement = answers[HELD].judgement
    assert _guess(FUSED, answers) == Guess(judgement.placement, judgement.labels)


def test_fused_placements_are_those_of_a_run_that_trusts_it_as_far_as_it_is_right_for_the_other_papers() -> None:
    answers = _with(_said("stone-hearth", "steam"), wrong=10)
    guess, own = _guess(FUSED, answers), answers[HELD].judgement
    assert guess.ranked == fused(own.placement, answers[HELD].opinion, (COUNT - 11 + 1) / (COUNT - 1 + 2))
    assert guess.ranked != own.placement
    further = next(line.value for line in own.lines if line.name == "further")
    assert guess.labels == tuple(
        one.label for one in guess.ranked if one is guess.ranked[0] or one.probability >= further
    )


def test_a_paper_without_a_reply_counts_as_wrong_for_the_model_alone() -> None:
    of = corpus(COUNT)
    answers = _with(SILENT)
    split = folds.cross_validation({paper: paper for paper in of.labels}, np.random.default_rng(0))
    asked = placement.Asked(of, {paper: paper for paper in of.labels}, 0, 5)
    predictors = {ALONE: opinions.predictors(answers)[ALONE]}
    top = placement.evaluate(asked, split, predictors, placement.HELD_OUT, quiet).methods[0].values["top_1"]
    assert top.value == pytest.approx((COUNT - 1) / COUNT)


def test_a_model_that_is_as_sure_of_every_paper_is_not_told_to_be_badly_calibrated() -> None:
    """Left out, a paper that is wrong leaves the others a little better: bins would part right from wrong."""
    of, answers = corpus(COUNT), _with(SILENT, wrong=10)
    split = folds.cross_validation({paper: paper for paper in of.labels}, np.random.default_rng(0))
    asked = placement.Asked(of, {paper: paper for paper in of.labels}, 0, 5)
    predictors = {ALONE: opinions.predictors(answers)[ALONE]}
    gap = placement.evaluate(asked, split, predictors, placement.HELD_OUT, quiet).methods[0].values["ece"].value
    assert gap == pytest.approx(0, abs=0.02)


# --- what is told -----------------------------------------------------------------------------------------------------


def test_every_paper_is_counted_once_and_what_it_took_is_added_up() -> None:
    some = dict(zip([paper_id(number) for number in (1, 2, 3, 4)], (SILENT, USELESS, USELESS, _said()), strict=True))
    liar = _said("steam").model_copy(update={"false_quotes": 2, "usage": Usage(calls=1, input=5, output=5, cost=None)})
    found = opinions.result("m", _answers(others={**some, HELD: liar}), Usage(calls=3, input=7))
    assert (found.papers, found.usable, found.unusable, found.missing, found.false_quotes) == (40, 37, 2, 1, 2)
    assert found.usage == Usage(calls=5, input=23, output=7, cost=None)
    assert found.problems == ("2 × LLM reply unusable: it is empty", "1 × LLM gave no reply: it is down")
    assert found.right == pytest.approx((35 + 1) / (36 + 2), abs=1e-6)


def _told(answers: dict[str, Answered], kept: Usage) -> Sequence[str]:
    return opinions.result("gpt-x", answers, kept).told


def test_it_is_told_in_sentences_that_end_with_what_to_write_into_the_settings() -> None:
    assert _told(_with(USELESS), Usage(calls=2, input=1200, output=34, cost=0.5)) == (
        f"of 40 papers 39 have a usable reply of gpt-x to place-{prompts()['place'].id.version} (of no use: 1, "
        "missing: 0; quotes that stand in no abstract: 0)",
        "1 × LLM reply unusable: it is empty",
        "asking took 2 calls, 10 tokens, $0.00; replies kept from earlier had taken 2 calls, 1,234 tokens, $0.500",
        "set [llm] top_1 = 0.98",
    )


@pytest.mark.parametrize("opinion", [USELESS, Opinion(model="m", ranked=())], ids=["useless", "none fits"])
def test_where_it_names_no_class_nothing_is_said_of_how_often_it_is_right(opinion: Opinion) -> None:
    answers = {paper: one._replace(opinion=opinion) for paper, one in _answers().items()}
    assert opinions.result("m", answers, Usage()).right is None
    assert not any("right" in sentence for sentence in _told(answers, Usage()))
