"""Asking step by step: one repair, independent steps, and nothing a model does is an error of ours."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Reply
from bot.errors import LanguageModelError
from bot.models import Opinion, Usage
from bot.opinion.asking import opine
from tests.opinion.scripted import (
    PAPER,
    PROMPTS,
    TRUE,
    TURN,
    Answer,
    Scripted,
    a_case,
    place_reply,
    saying,
    scope_reply,
)

GOOD_SCOPE, GOOD_PLACE = scope_reply("in"), place_reply("sourdough", "bakers-yeast")
DOWN = LanguageModelError("the service is down", where="https://llm.example", remedy="try later")


def asked(*answers: Answer) -> tuple[Opinion, Scripted]:
    model = Scripted(*answers)
    return opine(a_case(), model, PROMPTS), model


def times(count: int) -> Usage:
    return sum([TURN] * (count - 1), TURN)


# --- when all goes well ----------------------------------------------------------------------------------------------


def test_both_steps_become_one_opinion() -> None:
    opinion, model = asked(GOOD_SCOPE, GOOD_PLACE)
    assert opinion == Opinion(
        model="scripted-1",
        prompts=(PROMPTS["scope"].id, PROMPTS["place"].id),
        scope="in",
        reason="It saves flour in the dough.",
        deciding=TRUE,
        ranked=("sourdough", "bakers-yeast"),
        quotes=(TRUE,),
        why_not="No factory yeast is used.",
        name="RiseNet",
        idea="A starter is fed at every tide.",
        usage=times(2),
    )
    assert [request.about for request in model.requests] == [f"scope {PAPER.id}", f"place {PAPER.id}"]


def test_a_paper_that_is_out_of_scope_is_not_placed() -> None:
    opinion, model = asked(scope_reply("out"))
    assert (opinion.scope, opinion.ranked, opinion.prompts) == ("out", None, (PROMPTS["scope"].id,))
    assert len(model.requests) == 1


@pytest.mark.parametrize("verdict", ["in", "adjacent"])
def test_any_other_paper_is_placed(verdict: str) -> None:
    opinion, _ = asked(saying(verdict, "steam"))
    assert (opinion.scope, opinion.ranked) == (verdict, ("steam",))


def test_one_step_can_be_asked_alone() -> None:
    model = Scripted(GOOD_PLACE)
    opinion = opine(a_case(), model, PROMPTS, steps=("place",))
    assert (opinion.scope, opinion.ranked, opinion.prompts) == (
        None,
        ("sourdough", "bakers-yeast"),
        (PROMPTS["place"].id,),
    )


def test_one_step_builds_on_nothing_the_other_said() -> None:
    _, both = asked(GOOD_SCOPE, GOOD_PLACE)
    alone = Scripted(GOOD_PLACE)
    opine(a_case(), alone, PROMPTS, steps=("place",))
    assert both.requests[1] == alone.requests[0]


# --- one repair ------------------------------------------------------------------------------------------------------


def test_a_fault_is_named_to_the_model_which_may_reply_once_more() -> None:
    wrong = place_reply("cake")
    opinion, model = asked(GOOD_SCOPE, wrong, GOOD_PLACE)
    first, second = model.requests[1:]
    assert second.messages[:2] == first.messages
    assert [message.role for message in second.messages[2:]] == ["assistant", "user"]
    assert '"cake"' in second.messages[2].text
    assert (
        "Your reply cannot be used: ranked names something that is none of the classes' ids. "
        in second.messages[3].text
    )
    assert (second.schema, second.schema_name, second.about) == (first.schema, first.schema_name, first.about)
    assert (opinion.ranked, opinion.problems, opinion.usage) == (("sourdough", "bakers-yeast"), (), times(3))


def test_a_second_fault_ends_the_step_and_no_other() -> None:
    opinion, model = asked(GOOD_SCOPE, "{", place_reply("cake"))
    assert opinion.problems == ("LLM reply unusable: ranked names something that is none of the classes' ids",)
    assert (opinion.scope, opinion.ranked, opinion.usage) == ("in", None, times(3))
    opinion, model = asked("Yes.", "Yes!", GOOD_PLACE)
    assert opinion.problems[0].startswith("LLM reply unusable: it holds no valid JSON object")
    assert (opinion.scope, opinion.ranked, len(model.requests)) == (None, ("sourdough", "bakers-yeast"), 3)


def test_a_reply_that_was_cut_off_is_a_fault_however_whole_it_looks() -> None:
    cut = Reply(text='{"ranked": ["steam"]}', finish="length", usage=TURN)
    opinion, model = asked(GOOD_SCOPE, cut, cut)
    assert opinion.problems == ("LLM reply unusable: it was cut off at [llm] max_tokens",)
    assert len(model.requests) == 3


def test_only_the_beginning_of_a_long_reply_is_shown_again() -> None:
    _, model = asked(GOOD_SCOPE, "dough " * 100_000, GOOD_PLACE)
    assert len(model.requests[2].messages[2].text) <= 2_000


def test_of_an_empty_reply_something_is_shown_again() -> None:
    _, model = asked(GOOD_SCOPE, Reply(text="", usage=TURN), GOOD_PLACE)
    assert model.requests[2].messages[2].text == "(nothing)"


# --- trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("finish", ["refusal", "content_filter"])
def test_a_refusal_is_not_argued_with(finish: str) -> None:
    opinion, model = asked(Reply(text="I will not.", finish=finish, usage=TURN), GOOD_PLACE)
    assert (opinion.scope, opinion.problems) == (None, ("LLM refused",))
    assert (opinion.ranked, len(model.requests), opinion.usage) == (("sourdough", "bakers-yeast"), 2, times(2))


def test_no_reply_is_told_and_the_other_step_is_asked_all_the_same() -> None:
    opinion, _ = asked(DOWN, GOOD_PLACE)
    assert opinion.problems == ("LLM gave no reply: the service is down; try later",)
    assert (opinion.ranked, opinion.usage, len(opinion.prompts)) == (("sourdough", "bakers-yeast"), TURN, 2)


def test_what_was_spent_before_the_service_went_down_is_counted() -> None:
    opinion, _ = asked("{", DOWN, DOWN)
    assert opinion.problems == ("LLM gave no reply: the service is down; try later",)  # told once
    assert opinion.usage == TURN


def test_a_false_quote_in_one_step_costs_the_words_of_both() -> None:
    opinion, model = asked(GOOD_SCOPE, place_reply("sourdough", "steam", quotes=["not one word is true"]))
    words = (opinion.reason, opinion.deciding, opinion.quotes, opinion.why_not, opinion.idea)
    assert words == ("", "", (), "", "")
    assert (opinion.scope, opinion.ranked, opinion.name) == ("in", ("sourdough", "steam"), "RiseNet")
    assert (opinion.false_quotes, len(model.requests)) == (1, 2)
    assert opinion.problems == ("LLM rationale left out: a quote does not stand in title or abstract",)
    opinion, _ = asked(scope_reply("in", deciding="nor is this one true"), GOOD_PLACE)
    assert (opinion.idea, opinion.quotes, opinion.false_quotes) == ("", (), 1)


def test_false_quotes_of_both_steps_are_added_up() -> None:
    wrong = "not one word is true"
    opinion, _ = asked(scope_reply("in", deciding=wrong), place_reply("steam", quotes=[wrong, wrong + "!"]))
    assert opinion.false_quotes == 3
    assert len(opinion.problems) == 1


@dataclass(frozen=True)
class Whim:
    """Text with a finish: whatever a service may say."""

    text: str
    finish: str


WHIMS = st.builds(Whim, st.text(), st.sampled_from(["stop", "length", "refusal", "tool_calls", ""]))


@given(st.lists(WHIMS, min_size=4, max_size=4))
def test_whatever_a_model_says_there_is_an_opinion(whims: list[Whim]) -> None:
    opinion, model = asked(*(Reply(text=whim.text, finish=whim.finish, usage=TURN) for whim in whims))
    assert opinion.usage == times(len(model.requests))
    assert opinion.problems
