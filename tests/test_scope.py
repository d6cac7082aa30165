"""Does a paper belong at all: the keyword rule, and what is learned from listed and from unlisted papers."""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import Record
from bot.ports import Past
from bot.scope import FEATURES, LEAST_LISTED, LEAST_SEEN, KeywordRule, ScopeModel
from bot.settings import Scope, TermGroup
from tests import generated
from tests.fabricated import candidate
from tests.generated import CLASSES, FABRICATED, STATEMENT, reading

RULE = KeywordRule(
    Scope(
        groups={
            "bread": TermGroup(terms=("dough", "loaf", "bak*"), required=True),
            "saving": TermGroup(terms=("less", "save*", "low heat", "cheap"), enough=2),
            "yeast": TermGroup(terms=("*yeast", "starter")),
        }
    )
)


def paper(abstract: str, title: str = "Untitled") -> Record:
    return candidate("2611.00001", title, abstract)


def told(abstract: str, title: str = "Untitled") -> tuple[float, Mapping[str, Sequence[str]]]:
    found = RULE.found((title, abstract))
    return RULE.share(found), found


def finds(term: str, text: str) -> bool:
    rule = KeywordRule(Scope(groups={"only": TermGroup(terms=(term,), required=True)}))
    return rule.ruled_out(paper(text)) is None


def test_a_paper_without_a_required_term_is_ruled_out_with_the_name_of_the_group() -> None:
    assert RULE.ruled_out(paper("Yeast is cheap.")) == "holds no term of the group 'bread'"
    assert RULE.ruled_out(paper("Nothing here.", title="On LOAF")) is None
    assert RULE.ruled_out(paper("We baked.")) is None


@pytest.mark.parametrize("text", ["low heat", "Low-Heat", "low\u2010heat", "low\u2013heat", "low\u2212heat", "lowheat"])
@pytest.mark.parametrize("term", ["low heat", "low-heat", "LOW\u2013heat "])
def test_hyphen_space_dash_and_nothing_are_alike_between_the_words_of_a_term(term: str, text: str) -> None:
    assert finds(term, f"at {text}, always")


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("bak*", "a bakery", True),
        ("bak*", "bak ery", True),
        ("bak*", "we rebake", False),
        ("*yeast", "dry bioyeast", True),
        ("*yeast", "yeasty", False),
        ("*yeast*", "bioyeasty", True),
        ("dough", "sourdough", False),
        ("dough", "doughs", False),
        ("bak*stone", "bakery stone", False),
        ("bak* stone", "bakery stone", True),
        ("bak* stone", "bakery and stone", False),
        ("low heat", "low. heat", False),
    ],
)
def test_terms_are_whole_words_and_a_star_stands_for_the_rest_of_one_word(term: str, text: str, found: bool) -> None:
    assert finds(term, f"so, {text}; so") is found


@pytest.mark.parametrize("term", ["c++", "a.b", "(loaf)", "[loaf]", "loaf?", "^loaf", "loaf|crust", "lo\\w", "$5"])
def test_every_other_sign_in_a_term_means_itself(term: str) -> None:
    assert finds(term, f"we knead {term} today")
    assert not finds(term, "we knead axb loa crust loaf lowe 5 c today".replace("loaf ", "") + " loaves")


def test_no_term_spans_title_and_abstract() -> None:
    rule = KeywordRule(Scope(groups={"only": TermGroup(terms=("low heat",), required=True)}))
    assert rule.ruled_out(paper("Heat it is.", title="Where to Go Low")) is not None


def test_the_share_is_the_mean_over_the_groups_that_are_not_required_of_how_full_they_are() -> None:
    share, found = told("A cheap dough needs less heat.")
    assert share == pytest.approx((2 / 2 + 0 / 1) / 2)
    assert found == {"saving": ["cheap", "less"], "yeast": []}


def test_more_words_than_enough_are_full_evidence_and_one_word_counts_once_however_it_is_written() -> None:
    assert told("Less, cheap, saves: a starter.")[0] == 1.0
    assert told("low heat, low-heat, Low\u2013Heat: a starter.")[0] == pytest.approx(0.75)


def test_where_every_group_is_required_they_are_the_evidence() -> None:
    rule = KeywordRule(Scope(groups={"bread": TermGroup(terms=("dough", "loaf"), required=True, enough=2)}))
    assert rule.found(("Only dough.",)) == {"bread": ["dough"]}
    assert rule.share(rule.found(("Only dough.",))) == 0.5


def test_a_text_in_another_script_or_of_digits_only_is_no_problem() -> None:
    for text in ("1 2 3", "酸面团的研究", "…"):
        assert RULE.ruled_out(paper(text, title=text))
        assert told(text, title=text)[0] == 0.0


@pytest.mark.parametrize(
    "abstract", ["baked" * 40_000, "low-" * 50_000, "yeast " * 30_000, "a" * 200_000, "-" * 99_999]
)
def test_no_abstract_however_built_takes_longer_than_its_length_explains(abstract: str) -> None:
    groups = {"one": TermGroup(terms=("*bak*stone", "*yeast*dough*", "low heat low heat", "*a*b*c"), required=True)}
    began = time.process_time()
    rule = KeywordRule(Scope(groups=groups))
    assert rule.ruled_out(paper(abstract)) is None or not any(rule.found((abstract,)).values())
    assert time.process_time() - began < 2.0


# --- what is learned --------------------------------------------------------------------------------------------------

BREAD = reading("A loaf on starters", "We use a starter and a levain of wild cultures: sour, lactic microbes.")
HALF = reading("A loaf of sugar", "We use a starter motor, boats, a mountain and violin strings.")
SUGAR = reading("A loaf of sugar", "We use a rope for climbing mountains of sugar, boats and violin strings.")


def fitted(past: Past) -> ScopeModel:
    model = ScopeModel(generated.RULE)
    model.fit(past)
    return model


def belongs(count: int) -> np.ndarray:
    """Of ``generated.flow(count)``, by id."""
    flow = generated.flow(count)
    return np.array([list(flow).index(key) % 4 == 0 for key in sorted(flow)])


PAST = generated.past(papers=40, seen=80)
MODEL = fitted(PAST)


def average_precision(scores: np.ndarray, truth: np.ndarray) -> float:
    right = truth[np.argsort(-scores, kind="stable")]
    return float(np.mean((np.cumsum(right) / np.arange(1, len(right) + 1))[right]))


@pytest.mark.parametrize(("listed", "seen"), [(0, 0), (40, 0), (40, LEAST_SEEN - 1), (0, 80), (LEAST_LISTED - 1, 80)])
def test_where_few_papers_are_listed_or_seen_the_score_is_the_share_of_the_terms(listed: int, seen: int) -> None:
    model = fitted(generated.past(listed, seen))
    assert not model.calibrated
    assert (len(model.listed), len(model.seen)) == (0, 0)
    for one in (BREAD, HALF, SUGAR):
        share = generated.RULE.share(generated.RULE.found(one.sentences))
        assert model.judge(one).score == share
        assert model.judge(one).parts == ()
        assert model.scores([one]).tolist() == [share]


def test_the_probability_rises_with_likeness_to_what_is_listed() -> None:
    assert MODEL.judge(BREAD).score > MODEL.judge(HALF).score > MODEL.judge(SUGAR).score
    assert MODEL.judge(BREAD).score > 0.9
    assert MODEL.judge(SUGAR).score < 0.2


def test_unlisted_papers_that_are_like_listed_ones_are_still_taken_to_belong() -> None:
    """Not listed is not out of scope: a quarter of those seen are about our bread, and nobody listed them."""
    its = belongs(80)
    assert np.median(MODEL.seen[its]) > 0.7
    assert np.median(MODEL.seen[~its]) < 0.1
    assert MODEL.seen.mean() == pytest.approx(its.mean(), abs=0.1)


def test_in_a_planted_flow_of_new_papers_those_that_belong_come_first() -> None:
    new = generated.flow(200, start=1000)
    scores = MODEL.scores(list(generated.read(new).values()))
    truth = np.arange(200) % 4 == 0
    assert average_precision(scores, truth) > 0.95
    terms = np.array([generated.RULE.share(generated.RULE.found((one.abstract,))) for one in new.values()])
    assert average_precision(scores, truth) > average_precision(terms, truth)


def test_listed_papers_teach_words_that_neither_the_terms_nor_the_rulebook_hold() -> None:
    fresh = reading("A loaf at sea", "We use plasma and microwaves for the loaf.")
    papers = {f"2404.2000{i}": reading(f"A loaf {i}", "Plasma from microwaves for a loaf.") for i in range(9)}
    taught = fitted(Past({**PAST.papers, **papers}, PAST.classes, PAST.scope, PAST.seen))
    assert taught.judge(fresh).score > MODEL.judge(fresh).score + 0.1


def test_a_refused_paper_lowers_the_score_of_papers_like_it() -> None:
    mill = {f"2404.6000{i}": reading(f"A loaf, mill {i}", "We use a starter for the mill of a loaf.") for i in range(6)}
    like = reading("A loaf, another mill", "We use a starter for mills and a loaf.")
    seen = {**PAST.seen, **mill}
    before, after = (
        fitted(Past(PAST.papers, PAST.classes, PAST.scope, seen, refused)) for refused in ((), frozenset(mill))
    )
    assert after.judge(like).score < before.judge(like).score - 0.05
    assert after.judge(BREAD).score == pytest.approx(before.judge(BREAD).score, abs=0.1)


def test_a_refused_paper_that_nobody_saw_again_changes_nothing() -> None:
    model = fitted(Past(PAST.papers, PAST.classes, PAST.scope, PAST.seen, {"2404.99999"}))
    assert np.array_equal(model.seen, MODEL.seen)


def test_a_paper_among_the_seen_is_judged_by_a_model_that_did_not_see_it() -> None:
    for place, key in enumerate(sorted(PAST.seen)):
        assert MODEL.judge(PAST.seen[key], key).score == pytest.approx(MODEL.seen[place])
    differing = [MODEL.judge(one, key).score != MODEL.judge(one).score for key, one in PAST.seen.items()]
    assert any(differing)


def test_refusing_papers_like_it_never_makes_a_paper_likelier_to_belong() -> None:
    """Where refused papers cannot be told from listed ones they must at least not count as belonging."""
    alike = [key for key, its in zip(sorted(PAST.seen), belongs(80), strict=True) if its]
    model = fitted(Past(PAST.papers, PAST.classes, PAST.scope, PAST.seen, set(alike)))
    assert model.judge(BREAD).score < MODEL.judge(BREAD).score


def test_the_parts_add_up_and_more_of_them_is_a_higher_score() -> None:
    found = [MODEL.judge(one) for one in (*generated.read(generated.flow(40, start=500)).values(), BREAD, SUGAR)]
    assert all(tuple(part.name for part in one.parts) == FEATURES for one in found)
    by_parts = sorted(found, key=lambda one: sum(part.value for part in one.parts))
    assert [one.score for one in by_parts] == sorted(one.score for one in found)


def test_the_terms_that_are_there_and_the_groups_that_are_not_are_told() -> None:
    assert MODEL.judge(BREAD).terms == ("starter",)
    assert MODEL.judge(SUGAR).missing == ("means",)


def test_fitting_twice_and_seeing_papers_in_another_order_give_the_same() -> None:
    turned = Past(PAST.papers, PAST.classes, PAST.scope, dict(reversed(list(PAST.seen.items()))))
    for model in (fitted(PAST), fitted(turned)):
        assert np.array_equal(model.seen, MODEL.seen)
        assert model.judge(HALF) == MODEL.judge(HALF)


def test_the_order_of_listed_papers_hardly_matters() -> None:
    turned = fitted(Past(dict(reversed(list(PAST.papers.items()))), PAST.classes, PAST.scope, PAST.seen))
    assert turned.judge(BREAD).score == pytest.approx(MODEL.judge(BREAD).score, abs=0.05)
    assert turned.seen == pytest.approx(MODEL.seen, abs=0.1)


def test_a_survey_without_a_statement_of_scope_is_judged_by_the_rest() -> None:
    model = fitted(Past(PAST.papers, PAST.classes, reading(), PAST.seen))
    assert model.judge(BREAD).score > 0.9
    assert model.judge(SUGAR).score < 0.2


def test_what_none_of_the_seen_papers_has_does_not_drown_everything_else() -> None:
    """Where the flow holds no term at all, there is no spread to measure one by."""
    seen = {key: reading(f"A loaf {key}", "We sail boats by the tide.", key) for key in PAST.seen}
    model = fitted(Past(PAST.papers, PAST.classes, PAST.scope, seen))
    assert max(abs(part.value) for part in model.judge(BREAD).parts) < 1000
    assert model.judge(BREAD).score > model.judge(SUGAR).score


@pytest.mark.parametrize("listed", [LEAST_LISTED, 40])
def test_papers_that_are_all_the_same_are_no_problem(listed: int) -> None:
    papers = {generated.paper_id(number): BREAD for number in range(listed)}
    for other in (BREAD, SUGAR):
        model = fitted(Past(papers, CLASSES, STATEMENT, dict.fromkeys(PAST.seen, other)))
        scores = [model.judge(one).score for one in (BREAD, SUGAR)]
        assert scores[0] >= scores[1] - 1e-6


@pytest.mark.parametrize("model", [MODEL, fitted(generated.past(0, 80)), fitted(generated.past(0, 0))])
@settings(max_examples=40)
@given(sentences=st.lists(st.text(max_size=30) | st.sampled_from(["a starter", "酸面团。", "1 2", "the"]), max_size=4))
def test_whatever_is_asked_the_score_is_one_and_asking_again_gives_the_same(
    model: ScopeModel, sentences: list[str]
) -> None:
    one = reading(*sentences)
    assert model.judge(one) == model.judge(one)
    assert model.scores([one])[0] == pytest.approx(model.judge(one).score)


def test_listed_papers_that_are_known_by_title_only_and_a_text_of_nothing_are_learned_from_all_the_same() -> None:
    papers = {**PAST.papers, **{key: reading(one.sentences[0]) for key, one in FABRICATED.items()}, "empty": reading()}
    seen = {**PAST.seen, "nothing": reading()}
    model = fitted(Past(papers, CLASSES, STATEMENT, seen, {"nothing"}))
    assert np.isfinite(model.listed).all()
    assert np.isfinite(model.seen).all()
    assert model.judge(BREAD).score > model.judge(SUGAR).score
