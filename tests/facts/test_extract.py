"""Efficiency claims are read as authors write them, and nothing else is."""

from __future__ import annotations

import time

import pytest

from bot import texts
from bot.facts.extract import extract
from bot.models import Record
from bot.models.facts import Fact

TITLE = "LoafNet: Small Ovens for Big Loaves"


def read(abstract: str, title: str = TITLE) -> tuple[Fact, ...]:
    return extract(texts.clean_record(Record(id="2601.00001", title=title, abstract=abstract))[0])


def told(abstract: str) -> list[str]:
    """``latency less 30 %``, one for each claim."""
    return [" ".join(map(str, filter(None, _parts(fact)))) for fact in read(abstract)]


def _parts(fact: Fact) -> tuple[object, ...]:
    number = f"{fact.value:g}-{fact.high:g}" if fact.high else f"{fact.value:g}"
    return fact.quantity, fact.change, fact.bound, number, fact.unit


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("We present LoafNet, a 7B-parameter model of bread.", ["parameters 7000 M parameters"]),
        ("Our crumb model has only 450M parameters.", ["parameters 450 M parameters"]),
        ("We introduce a 0.5B VLA for kneading.", ["parameters 500 M parameters"]),
        ("We use $7\\times$ fewer parameters (1B).", ["parameters less 7 x", "parameters 1000 M parameters"]),
        ("We rival models that are 10x larger.", ["parameters less 10 x"]),
        ("Our pruning shrinks it from 7B to 2B parameters.", ["parameters 2000 M parameters"]),
        ("We tune only 0.1\\% of the parameters.", ["parameters left 0.1 %"]),
        ("LoafNet cuts the number of activated parameters by a factor of 12.5.", ["parameters less 12.5 x"]),
        ("We reach an end-to-end latency of 33 ms.", ["latency 33 ms"]),
        ("Our oven has a response time of 0.05 s.", ["latency 50 ms"]),
        ("We reduce latency from 250ms to 80ms.", ["latency 80 ms"]),
        ("Our cache lowers inference latency by up to 36\\%.", ["latency less up to 36 %"]),
        ("We attain a 48% reduction in latency.", ["latency less 48 %"]),
        ("LoafNet achieves up to 88\\% reduced inference latency.", ["latency less up to 88 %"]),
        ("We cut inference latency by an order of magnitude.", ["latency less about 10 x"]),
        ("LoafNet runs at 50 Hz.", ["control frequency 50 Hz"]),
        ("We control the mixer at 0.2 kHz.", ["control frequency 200 Hz"]),
        ("LoafNet gives a 15% increase in control frequency.", ["control frequency more 15 %"]),
        ("We see 2.4 times execution frequency.", ["control frequency more 2.4 x"]),
        ("Our recipe doubles the control frequency.", ["control frequency more 2 x"]),
        ("LoafNet is 3 times faster.", ["speed-up more 3 x"]),
        ("LoafNet is at least twice as fast as a baker.", ["speed-up more at least 2 x"]),
        ("We achieve a 2.5$\\times$ speedup.", ["speed-up more 2.5 x"]),
        ("We achieve a $\\times$1.9 speedup.", ["speed-up more 1.9 x"]),
        ("We achieve a 2.5\u00d7 speed-up.", ["speed-up more 2.5 x"]),
        ("We achieve a two-fold acceleration.", ["speed-up more 2 x"]),
        ("We achieve a 1.6x--1.9x speedup in training.", ["speed-up more 1.6-1.9 x"]),
        ("We reach a speedup of up to 3.3x.", ["speed-up more up to 3.3 x"]),
        ("Our yeast accelerates training by more than 10x.", ["speed-up more at least 10 x"]),
        ("We see speedups of 1.7X and 1.4X.", ["speed-up more 1.7 x", "speed-up more 1.4 x"]),
        ("LoafNet is 2x and 3x faster than A and B, respectively.", ["speed-up more 2 x", "speed-up more 3 x"]),
        ("LoafNet is two orders of magnitude faster.", ["speed-up more about 100 x"]),
        ("We increase throughput by 26$\\times$.", ["throughput more 26 x"]),
        ("LoafNet delivers over 200 tokens/s.", ["throughput at least 200 tokens/s"]),
        ("Our throughput can be increased by as much as 120.5\\%.", ["throughput more up to 120.5 %"]),
        ("We cut FLOPs by 58% and the token count by over 3x.", ["compute less 58 %", "tokens less at least 3 x"]),
        ("We reduce FLOPs and latency by 58% and 38%, respectively.", ["compute less 58 %", "latency less 38 %"]),
        ("We reduce FLOPs to 27%.", ["compute left 27 %"]),
        ("We prune 85% of visual tokens.", ["tokens less 85 %"]),
        ("We retain only \\SI{15}{\\percent} of the visual tokens.", ["tokens left 15 %"]),
        ("We get an 8x reduction in memory usage.", ["memory less 8 x"]),
        ("We get a 36% KV memory reduction.", ["memory less 36 %"]),
        ("It needs 31% of the original model's VRAM.", ["memory left 31 %"]),
        ("Our oven needs only 4.5 GB of memory.", ["memory 4.5 GB"]),
        ("We save energy by 2.5x.", ["energy less 2.5 x"]),
        ("LoafNet is pretrained in just 1,200 H100 GPU hours.", ["training cost 1200 GPU hours"]),
        ("We train it in under 8 hours on one oven.", ["training cost under 480 minutes"]),
        ("We reduce training time (6.5h to 3.5h).", ["training cost 210 minutes"]),
        ("We reduce training time by up to 5x.", ["training cost less up to 5 x"]),
        ("We use less than 1/20 of the pretraining compute.", ["training cost left under 5 %"]),
        ("We match it with only 10% of the training data.", ["training data left 10 %"]),
        ("Our recipe needs as few as five expert demonstrations.", ["training data 5 demonstrations"]),
        ("Our recipe requires 10-20 demonstrations.", ["training data 10-20 demonstrations"]),
        ("We learn it from a single human demonstration.", ["training data 1 demonstrations"]),
        ("We improve sample efficiency by over 10x.", ["training data less at least 10 x"]),
        ("We cut reasoning length by 40%.", ["tokens less 40 %"]),
        ("LoafNet has only 43 mW power consumption.", ["energy 0.043 W"]),
        ("Each loaf takes 3 J of energy.", ["energy 3 J"]),
        ("LoafNet is trained for 9k GPU hours.", ["training cost 9000 GPU hours"]),
        ("LoafNet runs at 50~Hz.", ["control frequency 50 Hz"]),
        ("We scale it to one billion parameters.", []),
        ("LoafNet is scaled to one billion parameters.", ["parameters 1000 M parameters"]),
        ("We see an 18x speedup over ovens and 4x over bakers.", ["speed-up more 18 x", "speed-up more 4 x"]),
    ],
)  # fmt: skip
def test_a_claim_is_read_with_its_quantity_number_unit_bound_and_direction(sentence: str, claims: list[str]) -> None:
    assert told(sentence) == claims


@pytest.mark.parametrize(
    "sentence",
    [
        "We improve the success rate by 24% to 97.1%.",
        "We gain 12.3 percentage points, a 57% improvement in success rate.",
        "LoafNet scores 4.53 on the crumb benchmark with 130 tasks.",
        "We collect 14.4k loaves, 2.4M samples and 50,000 demonstrations.",
        "We release a data set of 100 demonstrations.",
        "We outperform OpenLoaf (7B parameters).",
        "LoafNet outperforms the 7B OpenLoaf.",
        "We rise compared with BakerNet, which runs at 3 Hz.",
        "We record the crust with a 30 Hz camera.",
        "LoafNet adds 7.4 ms overhead.",
        "We keep 99% of the performance with only a 3% drop in accuracy.",
        "Our crust errors are 300x smaller in translation.",
        "We reduce latency by 120%.",
        "We cut data collection time by 41%.",
        "We sample the crust at a sampling rate of 208 Hz.",
        "Our step response has a latency of 2 s rise time.",
        "We see savings on an 8B model.",
        "Our oven gives 10 W/kg of energy.",
        "We use a 7-DoF arm, 4-bit weights and version 2.0 of the oven.",
        "We evaluate models with 1B, 4B and 30B parameters.",
        "It is orders of magnitude cheaper.",
        "We train on single-object demonstrations.",
        "We speed up baking with less than 3% loss.",
    ],
)
def test_scores_data_sets_and_the_numbers_of_others_are_no_claims(sentence: str) -> None:
    assert told(sentence) == []


def test_what_stands_before_the_authors_speak_of_their_own_work_is_no_claim() -> None:
    assert told("Bread models run at 3 Hz and need 7B parameters. We present LoafNet. It runs at 50 Hz.") == [
        "control frequency 50 Hz"
    ]


def test_a_chunk_level_frequency_says_so() -> None:
    assert [fact.note for fact in read("LoafNet reaches 50 Hz action-chunk generation.")] == ["action-chunk"]


@pytest.mark.parametrize(
    ("sentence", "note"),
    [
        ("LoafNet converges at least twice as fast as BakerNet.", "converges"),
        ("LoafNet reaches inference speeds 3 times faster than BakerNet.", "inference"),
        ("LoafNet gives a 2x speedup in training.", "training"),
        ("LoafNet has real-time inference, and is 2x faster.", ""),
    ],
)
def test_what_becomes_faster_is_told_where_it_stands_beside_the_number(sentence: str, note: str) -> None:
    assert [fact.note for fact in read(sentence)] == [note]


def test_trained_parameters_are_told_from_all_parameters() -> None:
    assert [fact.note for fact in read("We add 20M trainable parameters.")] == ["trainable"]


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("LoafNet is 3x faster than existing oven models, with no loss.", "existing oven models"),
        ("We reduce latency by 30% compared to OpenLoaf while we knead.", "OpenLoaf"),
        ("Compared to OpenLoaf, LoafNet reduces latency by 30%.", "OpenLoaf"),
        ("We need 31% of the memory of 2024.", ""),
        ("We reduce latency by 30%.", ""),
        ("LoafNet is 2x and 3x faster than A and B, respectively.", ""),
    ],
)
def test_what_it_is_compared_with_is_told_in_the_abstracts_words_or_not_at_all(sentence: str, what: str) -> None:
    facts = read(sentence)
    assert facts
    assert {fact.relative_to for fact in facts} == {what}


def test_every_quote_stands_in_the_abstract_and_holds_the_number() -> None:
    long = (
        f"We bake {'slowly and with great care, ' * 20}and we reduce latency by 30%, {'while we wait, ' * 20}as ever."
    )
    (fact,) = read(f"We bake. {long}")
    assert fact.quote in long
    assert "30%" in fact.quote
    assert len(fact.quote) <= 300


def test_one_claim_told_twice_is_one_claim() -> None:
    assert told("We achieve a 2x speedup. On a robot, too, LoafNet achieves a 2x speedup.") == ["speed-up more 2 x"]


def test_a_paper_without_an_abstract_claims_nothing() -> None:
    assert read("LoafNet: 3x Faster Bread", "LoafNet: 3x Faster Bread") == ()


@pytest.mark.parametrize("unit", ["1x ", "reduces latency by ", "from 1 to ", "(", "9" * 50 + " ", "half of the "])
def test_a_hostile_abstract_takes_no_time(unit: str) -> None:
    began = time.perf_counter()
    read("We present LoafNet. " + unit * (150_000 // len(unit)))
    read("We present LoafNet. " + (unit * (1900 // len(unit)) + ". ") * 40)
    assert time.perf_counter() - began < 20
