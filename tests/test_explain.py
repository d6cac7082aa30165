"""The answer to "why is, or isn't, this paper here": a few English lines for every state."""

from datetime import UTC, datetime

import pytest

from bot.explain import explain, why
from bot.fates import Fate, Pull, PullState, State
from bot.models import (
    Judgement,
    Lane,
    Opinion,
    Part,
    Precedent,
    PromptId,
    Ranked,
    Rationale,
    Scope,
    Usage,
)
from tests.fabricated import LIBRARY, TAXONOMY

NEW, LISTED = "2611.00001", "2501.00001"
AT = datetime(2026, 11, 20, tzinfo=UTC)


def fate(state: State, paper_id: str = NEW, **more: object) -> dict[str, Fate]:
    facts = {"id": paper_id, "state": state, "reason": "because", "at": AT, "run": "r1", "title": "A Loaf", **more}
    return {paper_id: Fate.model_validate(facts)}


def pull(state: PullState, paper_id: str = NEW) -> dict[str, Pull]:
    return {paper_id: Pull(id=paper_id, state=state, where="prs/2611.00001.md")}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.SEEN, "seen"),
        (State.SKIPPED, "skipped"),
        (State.ASKED, "waits for a human's word"),
        (State.PROPOSED, "proposed"),
        (State.ACCEPTED, "accepted"),
        (State.CORRECTED, "accepted with a correction"),
        (State.REJECTED, "rejected, and never proposed again"),
    ],
)
def test_every_state_is_told_with_title_day_run_and_reason(state: State, words: str) -> None:
    lines = explain(NEW, LIBRARY, fate(state), {})
    assert lines[:2] == [f"{NEW}  A Loaf", f"{words} (run r1, 2026-11-20): because"]


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.ASKED, "judged as"), (State.PROPOSED, "judged as"), (State.SKIPPED, "its class would be")],
)
def test_a_judged_paper_is_told_with_classes_and_confidence(state: State, words: str) -> None:
    lines = explain(NEW, LIBRARY, fate(state, labels=("steam", "kneading"), confidence=0.415), {})
    assert lines[2] == f"{words} Ovens › Steam; Better Dough › Kneading, confidence 0.41"


@pytest.mark.parametrize("state", [State.ACCEPTED, State.CORRECTED, State.REJECTED])
def test_labels_that_a_human_decided_on_are_not_told_as_the_bot_s(state: State) -> None:
    lines = explain(NEW, LIBRARY, fate(state, labels=("steam",), confidence=0.9), {})
    assert len(lines) == 2


@pytest.mark.parametrize("state", list(State))
def test_the_nearest_listed_papers_and_the_terms_that_speak_for_it_are_told(state: State) -> None:
    near = [(f"Loaf{number}", 0.9 - number / 10) for number in range(5)]
    lines = explain(NEW, LIBRARY, fate(state, near=near, terms=tuple("abcdefghij")), {})
    assert lines[2:4] == ["nearest listed: Loaf0 0.90 · Loaf1 0.80 · Loaf2 0.70", "for it: a, b, c, d, e, f, g, h"]


def test_a_paper_that_no_term_speaks_for_has_no_line_on_terms() -> None:
    told = "\n".join(explain(NEW, LIBRARY, fate(State.SKIPPED), {}))
    assert "for it" not in told
    assert "nearest" not in told


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"opinion": "hearth"}, "a language model said: Stone Hearth"),
        ({"opinion": "-out", "usage": Usage()}, "a language model said: out of scope"),
        (
            {"opinion": "-none", "usage": Usage(calls=2, input=5_000, output=200, cost=0.5)},
            "a language model said: no class fits (2 calls, 5,200 tokens, $0.500)",
        ),
    ],
)
def test_what_a_language_model_said_is_told_with_what_it_took(state: State, said: dict[str, object], told: str) -> None:
    known = {NEW: fate(state)[NEW].model_copy(update=said)}
    assert told in explain(NEW, LIBRARY, known, {})
    assert "language model" not in "\n".join(explain(NEW, LIBRARY, fate(state), {}))


TO_PROPOSE = f"to propose it all the same: survey-bot propose {NEW}"


@pytest.mark.parametrize("state", [None, *State])
def test_how_to_propose_it_all_the_same_is_told_where_that_helps_and_nowhere_else(state: State | None) -> None:
    lines = explain(NEW, LIBRARY, fate(state) if state else {}, {})
    helps = state in (None, State.SKIPPED, State.ASKED)
    assert (lines[-1] == TO_PROPOSE) is helps
    assert lines.count(TO_PROPOSE) == helps


@pytest.mark.parametrize("state", list(PullState))
def test_what_has_a_pull_request_already_is_not_to_be_proposed_again(state: PullState) -> None:
    assert TO_PROPOSE not in explain(NEW, LIBRARY, fate(State.ASKED), pull(state))


def test_what_is_listed_already_is_not_to_be_proposed() -> None:
    told = explain(LISTED, LIBRARY, fate(State.SKIPPED, LISTED), {})
    assert not [line for line in told if "survey-bot propose" in line]


def test_a_listed_paper_is_told_with_its_classes_even_if_no_run_ever_saw_it() -> None:
    assert explain(LISTED, LIBRARY, {}, {}) == [
        f"{LISTED}  WildStart: Keeping a Starter Alive at Sea",
        "listed under Better Dough › Leavening › Sourdough",
    ]
    assert explain("brickdome", LIBRARY, {}, {})[1] == "listed under Ovens › Stone Hearth"


def test_renamed_and_vanished_classes_are_told_as_what_they_are_today() -> None:
    lines = explain(NEW, LIBRARY, fate(State.PROPOSED, labels=("hearth", "toaster", "dough")), {})
    assert lines[2] == "judged as Ovens › Stone Hearth; toaster (no class); dough (no class)"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (PullState.OPEN, "its pull request is open"),
        (PullState.MERGED, "its pull request was merged"),
        (PullState.CLOSED, "its pull request was closed without merging"),
    ],
)
def test_a_pull_request_is_told_even_when_the_ledger_is_lost(state: PullState, word: str) -> None:
    assert explain(NEW, LIBRARY, {}, pull(state)) == [f"{NEW}  {word}: prs/2611.00001.md"]
    assert explain(NEW, LIBRARY, fate(State.PROPOSED), pull(state))[-1] == f"{word}: prs/2611.00001.md"


def test_an_id_never_seen_is_told_so_with_where_it_may_be() -> None:
    lines = explain(NEW, LIBRARY, {}, {})
    assert lines[0].startswith(f"{NEW}  never seen")
    assert "watched categories" in lines[1]
    assert lines[2:] == [TO_PROPOSE]


# --- explain --why ----------------------------------------------------------------------------------------------------

JUDGED = Judgement(
    scope=Scope(score=0.5, terms=("steam",), missing=("means",), parts=(Part(name="terms", value=1.25),)),
    lane=Lane.ASK,
    reason="unsure",
    placement=(
        Ranked(label="steam", probability=0.8, parts=(Part(name="words", value=2.0), Part(name="rules", value=-0.5))),
        Ranked(label="kneading", probability=0.1, parts=(Part(name="words", value=0.25),)),
        Ranked(label="sourdough", probability=0.05),
    ),
    labels=("steam",),
    rationale=Rationale(rules=("steam injection",), quote="Fog.", words=("fog",), why_not="not for fog"),
    precedents=(Precedent(id="2503.00005", title="Vapour", link="x", labels=("steam", "gone"), similarity=0.9),
                Precedent(id="2503.00006", title="Gluten", link="x", labels=("kneading",), similarity=0.4,
                          of_runner_up=True)),
    unusual=("zymurgy",),
    track=(3, 4),
    lines=(Part(name="ask", value=0.2), Part(name="propose", value=0.7), Part(name="further", value=0.35)),
    flags=("a flag",),
)  # fmt: skip


def test_why_tells_scores_readings_lines_and_evidence_of_one_judgement() -> None:
    assert why(JUDGED, TAXONOMY) == [
        "lane ask: unsure",
        "scope 0.50 (asked from 0.20); spreads above the usual paper: terms +1.2",
        "  for it: steam; holds no term of means",
        "scope times confidence 0.40 (proposed from 0.70); further classes from 0.35",
        "* 0.80 Ovens › Steam: words +2.0, rules -0.5",
        "  0.10 Better Dough › Kneading: words +0.2",
        "at about this confidence the first guess was right for 3 of 4 listed papers",
        "rule of Steam: steam injection",
        "words for it: fog; the sentence: “Fog.”",
        "the runner-up is not for fog",
        "  0.90 2503.00005 Vapour: Steam",
        "  0.40 2503.00006 Gluten: Kneading (nearest of the runner-up)",
        "words that nothing listed has: zymurgy",
        "a flag",
    ]


def test_why_leaves_out_what_is_not_known() -> None:
    lines = why(
        JUDGED.model_copy(
            update={
                "track": None, "unusual": (), "precedents": (), "flags": (), "scope": Scope(score=0.5),
                "rationale": Rationale(rules=("r",), quote="q"),
            }
        ),
        TAXONOMY,
    )  # fmt: skip
    assert lines[2] == "  for it: none of the terms"
    assert lines[-2:] == ["rule of Steam: r", "words for it: none; the sentence: “q”"]


OPINION = Opinion(
    model="gpt-x",
    prompts=(PromptId(name="scope", version=1, sha256="a"), PromptId(name="place", version=2, sha256="b")),
    scope="in",
    reason="It names steam.",
    deciding="Fog.",
    ranked=("kneading", "steam"),
    quotes=("Fog is", "kneaded"),
    why_not="No oven.",
    name="FogLoaf",
    idea="Kneads fog.",
    problems=("LLM words left out: they are not in English",),
    usage=Usage(calls=2, input=5_000, output=222, cost=0.5),
)


def opinion_lines(**more: object) -> list[str]:
    found = JUDGED.model_copy(update={"opinion": OPINION.model_copy(update=more)})
    told = why(found, TAXONOMY)
    start = next(place for place, line in enumerate(told) if line.startswith("second opinion"))
    return told[start : told.index("words that nothing listed has: zymurgy")]


def test_why_tells_a_second_opinion_part_by_part() -> None:
    assert opinion_lines() == [
        "second opinion of gpt-x (scope v1, place v2; 2 calls, 5,222 tokens, $0.500)",
        "  scope: in; decided by “Fog.”; it says: It names steam.",
        "  classes: Kneading, Steam; “Fog is”; “kneaded”",
        "  the bot alone: Steam 0.80",
        "  why not the second, it says: No oven.",
        "  the method, it says: FogLoaf: Kneads fog.",
        "  it disagrees about the class",
        "  LLM words left out: they are not in English",
    ]


def test_why_of_an_opinion_without_rationale_is_short() -> None:
    bare = dict.fromkeys(("reason", "deciding", "why_not", "name", "idea"), "")
    assert opinion_lines(**bare, ranked=(), quotes=(), scope="adjacent", usage=Usage(), problems=()) == [
        "second opinion of gpt-x (scope v1, place v2; its replies were kept from an earlier run)",
        "  scope: adjacent",
        "  classes: none fits",
        "  the bot alone: Steam 0.80",
        "  it disagrees about whether it belongs and about the class",
    ]
    nothing = {"ranked": None, "scope": None, "usage": Usage(), "prompts": (), "problems": ("LLM not asked: x",)}
    assert opinion_lines(**bare, **nothing) == ["second opinion of gpt-x (not asked)", "  LLM not asked: x"]


def test_why_tells_the_chance_that_decided_the_lane_which_is_the_one_of_the_bot_alone() -> None:
    own = (Ranked(label="kneading", probability=0.6),)
    told = why(JUDGED.model_copy(update={"opinion": OPINION, "own": own}), TAXONOMY)
    assert "scope times confidence 0.30 (proposed from 0.70); further classes from 0.35" in told
    assert "  the bot alone: Kneading 0.60" in told
    assert "  it agrees" in told
