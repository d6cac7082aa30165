"""A language model's part of a run, in words for people."""

from typing import Any

import pytest

from bot.fates import Advice
from bot.models import Usage
from bot.opinion.wording import advice, dollars, took, word
from tests.fabricated import TAXONOMY


@pytest.mark.parametrize(
    ("said", "words"),
    [("", ""), ("-none", "no class fits"), ("-out", "out of scope"), ("steam", "Steam"), ("hearth", "Stone Hearth"),
     ("gone", "gone (no class)")],
)  # fmt: skip
def test_an_opinion_is_told_in_a_few_words(said: str, words: str) -> None:
    assert word(said, TAXONOMY) == words


@pytest.mark.parametrize(
    ("cost", "told"),
    [(0, "$0.00"), (0.00001, "less than $0.0001"), (0.00075, "$0.0008"), (0.0313, "$0.031"),
     (1.5, "$1.50"), (1234.5, "$1,234.50")],
)  # fmt: skip
def test_money_is_told_the_finer_the_less_it_is(cost: float, told: str) -> None:
    assert dollars(cost) == told


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (Usage(calls=18, input=70_000, output=1_200, cost=0.031), "18 calls, 71,200 tokens, $0.031"),
        (Usage(calls=1, input=1, cost=None), "1 call, 1 token, no price is set"),
    ],
)
def test_what_asking_took_is_told_in_calls_tokens_and_dollars(usage: Usage, told: str) -> None:
    assert took(usage) == told


USAGE = Usage(calls=18, input=70_000, output=1_200, cost=0.031)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"agreed": 6, "disagreed": 2, "unusable": 1, "without": 3, "usage": USAGE},
            "asked about 9 papers, 6 agreed, 2 disagreed, 1 without a usable reply; 3 went on without it; 18 calls, "
            "71,200 tokens, $0.031",
        ),
        ({"agreed": 1}, "asked about 1 paper, 1 agreed; its replies were kept from earlier runs"),
        ({"unusable": 2, "usage": USAGE, "false_quotes": 1},
         "asked about 2 papers, 2 without a usable reply; 1 false quote; 18 calls, 71,200 tokens, $0.031"),
        ({"without": 4}, "asked about 0 papers; 4 went on without it"),
        ({}, "asked about 0 papers"),
    ],
)  # fmt: skip
def test_a_line_tells_what_a_run_asked_of_a_language_model_and_leaves_out_what_did_not_happen(
    more: dict[str, Any], told: str
) -> None:
    assert advice(Advice(model="gpt-x", **more)) == f"language model gpt-x: {told}"
