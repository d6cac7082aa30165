"""The page: stands alone, says the same twice, and believes no title."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import numpy as np
import pytest

from bot.evaluate import baselines, folds, ours, pictures, placement, scope
from bot.evaluate.page import page
from bot.evaluate.report import Evaluation, PlacementResult
from bot.evaluate.seams import Corpus, Guess
from bot.models import Node, Ranked, Taxonomy
from bot.settings import Lanes
from tests.conftest import quiet
from tests.evaluate.generated import SETTINGS, corpus, days, flow, labels, library, records

EVIL = "<script>alert(1)</script> & co"


def _placed(of: Corpus, protocol: str = placement.HELD_OUT) -> PlacementResult:
    asked = placement.Asked(of, dict.fromkeys(of.labels, EVIL), 0, 20)
    split = folds.cross_validation({paper: paper for paper in of.labels}, np.random.default_rng(0), quick=True)
    return placement.evaluate(asked, split, {"survey-bot": baselines.placements(of)["keyword rule"]}, protocol, quiet)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    world = flow(60)
    listed = [paper for number, paper in enumerate(records(60)) if number % 5 == 0]
    known = {paper: its for paper, its in labels(60).items() if paper in listed}
    asked = scope.Asked(dict.fromkeys(records(60), EVIL), known, {}, 4, Lanes(), 0, 20)
    scorer = ours.scope(world, library(60), SETTINGS)
    read = scope.evaluate(asked, folds.by_month(days(60), listed), world, {"survey-bot": scorer}, quiet)
    return Evaluation(
        survey=EVIL,
        seed=0,
        rounds=20,
        embedder="fake",
        taxonomy="abc",
        targets=Lanes(),
        notes=(EVIL,),
        placement=(_placed(corpus(40)), _placed(corpus(30), placement.OVER_TIME)),
        scope=read,
    )


@pytest.fixture(scope="module")
def text(evaluation: Evaluation) -> str:
    return page(evaluation)


class _Tags(HTMLParser):
    """Remembers what is open, what is asked from elsewhere, and the ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.fetched += [values[name] for name in ("src", "data") if name in values]
        self.ids += [values["id"]] if "id" in values else []
        self.links += [value for name, value in values.items() if name in {"href", "xlink:href"} and tag != "a"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in {"meta", "br"}:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_asks_nothing_from_elsewhere(text: str) -> None:
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.fetched == []
    assert len(tags.ids) == len(set(tags.ids))
    assert {link.removeprefix("#") for link in tags.links} <= set(tags.ids)


def test_titles_and_names_are_escaped(text: str) -> None:
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_every_picture_says_in_words_what_it_shows(text: str) -> None:
    alts = re.findall(r'role="img" aria-label="([^"]+)"', text)
    assert [alt.split()[0] for alt in alts] == ["Reliability", "Coverage", "Confusion", "Papers", "Calibration"]


def test_the_same_results_give_the_same_bytes(evaluation: Evaluation, text: str) -> None:
    assert page(evaluation) == text
    assert "dc:date" not in text


def test_results_survive_their_json(evaluation: Evaluation) -> None:
    assert Evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation


def _tree(pillars: int, each: int) -> Taxonomy:
    nodes = tuple(
        Node(
            id=f"p{pillar}",
            name=f"Pillar {pillar}",
            children=tuple(Node(id=f"c{pillar}-{leaf}", name=f"Class {pillar} {leaf}") for leaf in range(each)),
        )
        for pillar in range(pillars)
    )
    return Taxonomy(root=Node(id="root", name="Root", children=nodes))


@pytest.mark.parametrize(("pillars", "each"), [(1, 1), (3, 1), (20, 15)])
def test_taxonomies_of_any_shape_can_be_drawn(pillars: int, each: int) -> None:
    tree = _tree(pillars, each)
    leaves = list(tree.paths)
    of = Corpus(tree, {}, {f"2501.{number:05}": (leaves[number % len(leaves)],) for number in range(30)})
    asked = placement.Asked(of, {paper: paper for paper in of.labels}, 0, 5)

    def predict(train: Sequence[str], held: Sequence[str]) -> dict[str, Guess]:
        return dict.fromkeys(held, Guess((Ranked(label=leaves[0], probability=1.0),), (leaves[0],)))

    split = folds.cross_validation({paper: paper for paper in of.labels}, np.random.default_rng(0))
    result = placement.evaluate(asked, split, {"survey-bot": predict}, placement.HELD_OUT, quiet)
    names = len(leaves) if len(leaves) <= pictures.MOST_CLASSES else pillars
    assert f"between {names} classes" in pictures.confusion(result)
    assert "<svg" in pictures.reliability([result])
    assert "<svg" in pictures.coverage([result], 0.8)
