"""The names people say: what authors call their method, and which listed papers a spoken name may mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import names
from bot.models import Library, Link, Paper, Record
from tests.fabricated import LIBRARY, TAXONOMY


def record(title: str, abstract: str = "Bread is old.") -> Record:
    return Record(id="2611.00001", title=title, abstract=abstract)


def said(abstract: str, title: str = "How Bread Rises at Night") -> str | None:
    found = names.method(record(title, abstract))
    return found.text if found else None


# --- names in titles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("FogLoaf: Steam on a Budget", "FogLoaf"),
        ("FOG: Steam on a Budget", "FOG"),
        ("Fog-Loaf2 -- Steam on a Budget", "Fog-Loaf2"),
        ("FogLoaf 2.0 Technical Report", None),
        ("FogLoaf Technical Report", "FogLoaf"),
        ("Steam on a Budget: FogLoaf", "FogLoaf"),
        ("Steam on a Budget (FogLoaf)", "FogLoaf"),
        ("Fog Over Great Loaves (FOGL): Steam on a Budget", "FOGL"),
        ("Cold Oven Start (COS) for Busy Bakers", "COS"),
        ("Steam: A Survey", None),
        ("VLA: What Bakers Should Know", None),
        ("Beyond Wet Stones: Steam on a Budget", None),
        ("Steam on a Budget", None),
        ("Soft Crusts with Reinforcement Learning (RL)", None),
    ],
)
def test_a_name_is_taken_from_the_title_where_it_stands_there(title: str, name: str | None) -> None:
    assert names.method(record(title)) == (names.Name(name, "title") if name else None)


def test_plain_words_before_the_colon_are_a_name_when_the_abstract_says_them_as_one() -> None:
    assert said("We show that Loafer is fast.", "Loafer: Steam on a Budget") == "Loafer"
    assert said("We propose Fold and Wait, a schedule.", "Fold and Wait: Steam on a Budget") == "Fold and Wait"
    assert said("Folding is slow. Fold and wait.", "Fold and Wait: Steam on a Budget") is None


def test_of_a_long_name_in_the_title_the_abbreviation_that_the_abstract_gives_is_what_people_say() -> None:
    title = "Patient Dough Resting: From Flour to Loaf"
    found = names.method(record(title, "We present Patient Dough Resting (PDR), a method."))
    assert found == names.Name("PDR", "abstract")
    assert said("We present PDR (Patient Dough Resting), a method.", title) == "PDR"


# --- names in abstracts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("We propose FogLoaf, a cheap oven.", "FogLoaf"),
        ("In this work, we introduce the Fog-Loaf3 framework.", "Fog-Loaf3"),
        ("This paper presents FOG: an oven that forgets.", "FOG"),
        ("To this end, we develop FogLoaf that steams.", "FogLoaf"),
        ("We propose Loafer, an oven for one.", "Loafer"),
        ("We propose FOG Baker, an oven for one.", "FOG Baker"),
        ("We present a new training-free oven controller, FogLoaf, for homes.", "FogLoaf"),
        ("We introduce a steaming policy called FogLoaf.", "FogLoaf"),
        ("We propose an oven algorithm dubbed “FogLoaf”.", "FogLoaf"),
        ("We introduce patient steaming, denoted as FOG-S, a new schedule.", "FOG-S"),
        ("We propose Fair Oven Gating (FOG), which waits.", "FOG"),
        ("We propose for patient bakers a new method -- Fair Oven Gating (FOG).", "FOG"),
        ("We introduce FOG (Fair Oven Gating), which waits.", "FOG"),
        (r"We propose \textbf{F}air \textbf{O}ven \textbf{G}ating (\textbf{FOG}), a method.", "FOG"),
        (r"We introduce $\textbf{FogLoaf}$, an oven.", "FogLoaf"),
        ("FogLoaf is proposed to steam bread.", "FogLoaf"),
    ],
)
def test_a_name_is_found_by_how_authors_introduce_it(sentence: str, name: str) -> None:
    abstract = f"Steam is dear. {sentence} Loaves spring."
    assert names.method(record("How Bread Rises at Night", abstract)) == names.Name(name, "abstract")


@pytest.mark.parametrize(
    "sentence",
    [
        "Compared with OldOven, our oven is cheap.",
        "We apply it to OldOven, a gas oven.",
        "We evaluate on BreadBench and on CrustSim.",
        "Built on OldOven, our oven is cheap.",
        "We propose a schedule for OldOven, a gas oven.",
        "We propose a new oven based on the Old Oven Kit (OOK).",
        "We propose an OldOven-based schedule.",
        "We propose reinforcement learning (RL) for steam.",
        "We introduce VLAs for ovens.",
        "We propose VLA, a model.",
        "We present Soft Windy Baking Oven Gating (BOG), a method.",
        "We introduce CrustBench, a benchmark of crusts.",
        "We release CrumbSet, the largest dataset of crumbs.",
        "We introduce CrustSim, a fast simulator of crusts.",
        "We present a new dataset called CrumbSet.",
        "We introduce CrumbSet and CrustSet, two datasets.",
        "We propose Rest, Fold and Bake in turn.",
        "OldOven, a gas oven, is common.",
        "Others propose ovens; OldOven is one of them.",
    ],
)
def test_what_is_no_method_of_the_authors_is_no_name(sentence: str) -> None:
    assert said(f"Steam is dear. {sentence} Loaves spring.") is None


def test_a_benchmark_that_is_introduced_beside_the_method_is_passed_over() -> None:
    assert said("We introduce CrustBench, a benchmark of crusts. We propose FogLoaf, an oven.") == "FogLoaf"


def test_every_name_that_an_abstract_introduces_is_known_in_its_order() -> None:
    abstract = "We propose FogLoaf, an oven. We introduce CoolRack, a rack. FogLoaf beats OldOven."
    assert names.introduced(record("How Bread Rises", abstract)) == ["FogLoaf", "CoolRack"]


def test_a_name_that_the_title_opens_with_needs_no_short() -> None:
    assert names.short(record("FogLoaf: Steam on a Budget")) is None
    assert names.short(record("Steam on a Budget", "We propose FogLoaf, an oven.")) == "FogLoaf"


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_it_and_a_name_of_an_abstract_stands_in_it(title: str, abstract: str) -> None:
    paper = record(f"T{title}", f"We propose {abstract}")
    found = names.method(paper)
    assert found is None or (0 < len(found.text) <= 60 and "\n" not in found.text)
    plain = " ".join(paper.abstract.split())
    assert all(name in plain for name in names.introduced(paper) if "\\" not in plain and "$" not in plain)


@pytest.mark.parametrize(
    "part",
    ["x", "(Ab) ", "A: ", "we propose ", "We propose the X (Y ", "\\textbf{", "A-b", "is proposed ", "We propose "
     "Aa Bb (AB) "],
)  # fmt: skip
def test_a_flood_of_words_takes_no_time(part: str) -> None:
    text = part * (100_000 // len(part))
    began = time.process_time()
    names.method(record(text, text))
    assert time.process_time() - began < 5


# --- what a spoken name means ----------------------------------------------------------------------------------------


def paper(paper_id: str, title: str, **more: object) -> Paper:
    facts = {"id": paper_id, "title": title, "year": 2025, "venue": "arXiv", "labels": ("steam",), **more}
    return Paper.model_validate(facts)


SHELF = [
    paper("2501.00001", "FogLoaf: Steam on a Budget", code=[Link(url="https://github.com/bakers/mist-oven/tree/main")]),
    paper(
        "2501.00002",
        "Wet Stones, Soft Crusts",
        short="WET-S",
        website=[Link(url="https://soft-crust.github.io/")],
        code=[Link(url="https://git.example/wets")],
    ),
    paper("2501.00003", "CrumbTwin 2.0: Two Loaves at Once"),
    paper("2501.00004", "Patient Bakers at Sea", website=[Link(url="https://sites.example/view/seabread-web")]),
    paper("2501.00005", "Night Ovens for Everyone"),
    paper("2501.00006", "Twin: Keeping One Starter"),
    paper("2501.00007", "A Twin of One Starter", short="Twin"),
]
BREAD = Library(taxonomy=TAXONOMY, papers={one.id: one for one in SHELF})
KNOWN = {"2501.00005": Record(id="2501.00005", title="Night Ovens", abstract="We propose OwlBake, an oven.")}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("FogLoaf", ["2501.00001"]),
        ("WET-S", ["2501.00002"]),
        ("fog loaf", ["2501.00001"]),
        ("wet_s", ["2501.00002"]),
        ("CrumbTwin2", ["2501.00003"]),
        ("CrumbTwin v2.0", ["2501.00003"]),
        ("CrumbTwin", ["2501.00003"]),
        ("CrumbTwin 3", []),
        ("Twin", ["2501.00006", "2501.00007"]),
        ("MistOven", ["2501.00001"]),
        ("Soft-Crust", ["2501.00002"]),
        ("SeaBread", ["2501.00004"]),
        ("OwlBake", ["2501.00005"]),
        ("patient bakers", ["2501.00004"]),
        ("one starter", ["2501.00006", "2501.00007"]),
        ("Wet Stones, Soft Crusts", ["2501.00002"]),
        ("2501.00004", ["2501.00004"]),
        ("arXiv:2501.00004v2", ["2501.00004"]),
        ("https://arxiv.org/abs/2501.00004v2", ["2501.00004"]),
        ("https://doi.org/10.48550/arXiv.2501.00004", ["2501.00004"]),
        ("https://soft-crust.github.io", ["2501.00002"]),
        ("soft-crust.github.io", ["2501.00002"]),
        ("http://www.Soft-Crust.github.io/", ["2501.00002"]),
        ("git.example/wets.git", ["2501.00002"]),
        ("Baker et al. (2501.00005)", ["2501.00005"]),
        ("Baker et al.", []),
        ("2501.99999", []),
        ("https://elsewhere.example/fogloaf", []),
        ("ZebraOven", []),
        ("", []),
        ("?", []),
    ],
)
def test_a_spoken_name_is_resolved_to_the_papers_it_may_mean(name: str, found: list[str]) -> None:
    assert names.resolve(name, BREAD, KNOWN) == found


def test_a_name_that_only_an_abstract_holds_is_not_known_without_it() -> None:
    assert names.resolve("OwlBake", BREAD, {}) == []


def test_a_better_fit_hides_a_worse_one() -> None:
    assert [one.how for one in names.meant("Twin", BREAD, KNOWN)] == ["its name", "its name"]


def test_near_spellings_are_only_suggested() -> None:
    assert names.resolve("FogLoad", BREAD, KNOWN) == []
    assert names.nearest("FogLoad", BREAD, KNOWN)[0] == "FogLoaf"
    assert names.nearest("OwlBaker", BREAD, KNOWN)[0] == "OwlBake"
    assert names.nearest("qqqqqq", BREAD, KNOWN) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [("Steam", "steam"), ("stone hearth", "stone-hearth"), ("hearth", "stone-hearth"), ("Better Dough", "dough"),
     ("bread", None), ("", None), ("Fog", None)],
)  # fmt: skip
def test_a_class_is_known_by_its_name_and_its_ids(name: str, found: str | None) -> None:
    node = names.class_of(name, TAXONOMY)
    assert (node.id if node else None) == found


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_whatever_is_asked_for_no_traceback_comes(name: str) -> None:
    assert set(names.resolve(name, BREAD, KNOWN)) <= set(BREAD.papers)
    assert len(names.nearest(name, BREAD, KNOWN)) <= 5


def test_every_listed_paper_is_found_by_the_name_that_is_shown_of_it() -> None:
    for one in LIBRARY.papers.values():
        assert one.id in names.resolve(one.short_name, LIBRARY, {})
