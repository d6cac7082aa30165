"""Does a paper belong at all: the keyword rule, and likeness to what is listed."""

import time

import numpy as np
import pytest

from bot.models import Record
from bot.scope import NEAREST, KeywordRule, ScopeModel
from bot.settings import Scope, TermGroup
from tests.fabricated import RECORDS, candidate
from tests.fake_embedder import FakeEmbedder

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


def test_evidence_is_the_mean_share_over_the_groups_that_are_not_required() -> None:
    evidence, found, missing = RULE.evidence(paper("A cheap dough needs less heat."))
    assert evidence == pytest.approx((2 / 2 + 0 / 1) / 2)
    assert found == ("cheap", "less")
    assert missing == ("yeast",)


def test_more_words_than_enough_are_full_evidence_and_one_word_counts_once_however_it_is_written() -> None:
    assert RULE.evidence(paper("Less, cheap, saves: a starter."))[0] == 1.0
    assert RULE.evidence(paper("low heat, low-heat, Low\u2013Heat: a starter."))[0] == pytest.approx(0.75)


def test_where_every_group_is_required_they_are_the_evidence() -> None:
    rule = KeywordRule(Scope(groups={"bread": TermGroup(terms=("dough", "loaf"), required=True, enough=2)}))
    assert rule.evidence(paper("Only dough.")) == (0.5, ("dough",), ())


def test_a_text_in_another_script_or_of_digits_only_is_no_problem() -> None:
    for text in ("1 2 3", "酸面团的研究", "…"):
        assert RULE.ruled_out(paper(text, title=text))
        assert RULE.evidence(paper(text, title=text))[0] == 0.0


@pytest.mark.parametrize(
    "abstract", ["baked" * 40_000, "low-" * 50_000, "yeast " * 30_000, "a" * 200_000, "-" * 99_999]
)
def test_no_abstract_however_built_takes_longer_than_its_length_explains(abstract: str) -> None:
    groups = {"one": TermGroup(terms=("*bak*stone", "*yeast*dough*", "low heat low heat", "*a*b*c"), required=True)}
    began = time.process_time()
    KeywordRule(Scope(groups=groups)).evidence(paper(abstract))
    assert time.process_time() - began < 2.0


# --- likeness --------------------------------------------------------------------------------------------------------

EMBEDDER = FakeEmbedder()
LISTED = EMBEDDER.encode([record.abstract for record in RECORDS.values()])
EMPTY = np.zeros((0, 8), dtype=np.float32)


def scored(model: ScopeModel, abstract: str) -> float:
    cosines = sorted((LISTED @ EMBEDDER.encode([abstract])[0]).tolist())[-NEAREST:]
    return model.judge(paper(abstract), cosines).score


@pytest.mark.parametrize("count", range(NEAREST + 1))
def test_with_hardly_any_paper_listed_the_words_alone_decide(count: int) -> None:
    model = ScopeModel(RULE, LISTED[:count] if count else EMPTY)
    record = paper("A cheap starter dough.")
    assert model.judge(record, [0.9] * count).score == RULE.evidence(record)[0]
    assert ScopeModel(RULE, np.array([], dtype=np.float32)).judge(record, []).score == RULE.evidence(record)[0]


def test_of_two_papers_with_the_same_words_the_one_more_like_the_listed_scores_higher() -> None:
    model = ScopeModel(RULE, LISTED)
    like = scored(model, "A cheap starter of wild yeast: steam keeps the crust of any loaf soft in the oven.")
    unlike = scored(model, "A cheap starter motor: galaxies, contracts, violins; one loaf.")
    assert like > unlike


def test_scores_stay_between_0_and_1_at_both_ends() -> None:
    model = ScopeModel(RULE, LISTED)
    best = model.judge(paper("Cheap, less: starter."), [1.0000002] * NEAREST)
    worst = model.judge(paper("Nothing."), [-1.0] * NEAREST)
    assert (best.score, worst.score) == (1.0, 0.0)
    assert worst.missing == ("saving", "yeast")
    assert ScopeModel(RULE, LISTED).judge(paper("Nothing."), []).score == 0.0


def test_twins_among_the_listed_papers_are_no_problem() -> None:
    model = ScopeModel(RULE, np.repeat(LISTED[:1], 7, axis=0))
    assert 0.0 <= model.judge(paper("A loaf."), [0.5] * NEAREST).score <= 1.0
