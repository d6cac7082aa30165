"""Hostile papers in whole runs: none changes what becomes of others, leaves its place, or gains by what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from bot import check, dashboard, ids
from bot.block import read_block
from bot.fates import Fate, PullState, State
from bot.plan import Plan
from bot.propose import new_paper
from bot.recheck import read_plan, recheck
from bot.settings import Forge as Caps
from bot.suspicion import suspicious
from bot.texts import clean_record
from bot.yaml_format import dump_paper, read_paper
from tests.fabricated import LIBRARY
from tests.opinion.scripted import PROMPTS
from tests.red_team.hostile import BASES, CAUGHT, HOSTILE, JOINED, PASSING, Base, Hostile
from tests.red_team.runs import INNOCENT, NOW, Baked, Obedient, Oven, llm
from tests.repositories import git
from tests.test_markdown import parse, shown

LANES = [State.SKIPPED, State.ASKED, State.PROPOSED]
"""The lowest first."""
BATCH = 16
"""So few papers that nothing is fitted to those that came by."""
BATCHES = [HOSTILE[start : start + BATCH] for start in range(0, len(HOSTILE), BATCH)]

every_mode = pytest.mark.parametrize("mode", ["embedded", "obedient", "parrot"])
every_base = pytest.mark.parametrize("base", BASES.values(), ids=list(BASES))
every_one = pytest.mark.parametrize("paper", HOSTILE, ids=[paper.name for paper in HOSTILE])


class Kitchen:
    """Runs, each done once."""

    def __init__(self, oven: Oven) -> None:
        self._oven = oven
        self.harmless, self.hostile = cache(self._harmless), cache(self._hostile)

    def _harmless(self, mode: str, base: Base) -> Baked:
        return self._oven.bake(mode, [*INNOCENT, *(paper.harmless(base) for paper in BATCHES[0])])

    def _hostile(self, mode: str, base: Base) -> list[Baked]:
        return [self._oven.bake(mode, [*INNOCENT, *(paper.record(base) for paper in batch)]) for batch in BATCHES]

    def fate(self, mode: str, base: Base, paper: Hostile) -> Fate:
        return next(baked.fates[paper.id] for baked in self.hostile(mode, base) if paper.id in baked.fates)

    def plan(self, mode: str, base: Base) -> Plan:
        return self._oven.plan(mode, [*INNOCENT, *(paper.record(base) for paper in HOSTILE)])


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(Oven(tmp_path_factory.mktemp("kitchen")))


# --- the set ---------------------------------------------------------------------------------------------------------


def test_the_set_is_large_and_a_third_of_it_is_for_the_walls_behind_the_first() -> None:
    assert len({paper.name for paper in HOSTILE}) == len(HOSTILE) >= 40
    assert len(PASSING) >= len(HOSTILE) / 3


@every_base
def test_what_plainly_speaks_to_its_reader_is_seen_and_the_rest_is_known_to_pass(base: Base) -> None:
    assert [paper.name for paper in HOSTILE if suspicious(*clean_record(paper.record(base)))] == [
        paper.name for paper in CAUGHT
    ]


# --- fates -----------------------------------------------------------------------------------------------------------


@every_base
@every_mode
def test_no_hostile_paper_changes_what_becomes_of_another(kitchen: Kitchen, mode: str, base: Base) -> None:
    without = kitchen.harmless(mode, base)
    for baked in kitchen.hostile(mode, base):
        for other in INNOCENT:
            assert baked.fates[other.id] == without.fates[other.id]
            assert baked.proposals.get(other.id) == without.proposals.get(other.id)


@every_base
@every_mode
def test_every_hostile_paper_has_a_fate_with_a_reason_and_every_run_ends_well(
    kitchen: Kitchen, mode: str, base: Base
) -> None:
    for paper in HOSTILE:
        assert kitchen.fate(mode, base, paper).reason
    for baked in kitchen.hostile(mode, base):
        told = {failure.message for failure in baked.report.failures}
        assert told <= ({"LLM gave no usable reply to anything"} if mode == "parrot" else set())
        assert baked.report.seen == len(baked.fates)


@every_base
@every_mode
def test_what_a_paper_says_about_itself_lifts_it_into_no_higher_lane(kitchen: Kitchen, mode: str, base: Base) -> None:
    harmless = LANES.index(kitchen.harmless("embedded", base).fates[HOSTILE[0].id].state)
    lifted = [paper.name for paper in HOSTILE if LANES.index(kitchen.fate(mode, base, paper).state) > harmless]
    assert lifted == []


@every_base
@pytest.mark.parametrize("mode", ["obedient", "parrot"])
def test_a_model_that_obeys_a_paper_lifts_it_into_no_higher_lane(kitchen: Kitchen, mode: str, base: Base) -> None:
    for paper in HOSTILE:
        alone = kitchen.fate("embedded", base, paper).state
        assert LANES.index(kitchen.fate(mode, base, paper).state) <= LANES.index(alone), paper.name


@every_base
@every_mode
def test_what_speaks_to_its_readers_or_hides_something_is_never_proposed_by_itself(
    kitchen: Kitchen, mode: str, base: Base
) -> None:
    for paper in CAUGHT:
        assert kitchen.fate(mode, base, paper).state is not State.PROPOSED, paper.name


@every_base
def test_a_model_is_shown_no_suspicious_text(kitchen: Kitchen, base: Base) -> None:
    for baked in kitchen.hostile("obedient", base):
        assert isinstance(baked.model, Obedient)
        assert not {paper.id for paper in CAUGHT}.intersection(baked.model.asked)


@every_base
@every_mode
def test_a_plan_with_hostile_papers_is_believed_and_nothing_of_it_is_left_out(
    kitchen: Kitchen, mode: str, base: Base
) -> None:
    plan = kitchen.plan(mode, base)
    prompts = [prompt.id for prompt in PROMPTS.values()]
    found = recheck(read_plan(plan.model_dump_json()), LIBRARY, now=NOW, prompts=prompts, llm=llm(mode))
    assert found == (plan, [])


@pytest.mark.parametrize(
    ("mode", "caps", "some"),
    [("partial", Caps(open=1_000, new=1), PASSING[::2]), ("obedient", Caps(open=1, new=1_000), PASSING[1::2])],
)
def test_where_there_is_room_for_one_a_model_that_was_won_over_gives_a_paper_no_other_s_place(
    tmp_path: Path, mode: str, caps: Caps, some: Sequence[Hostile]
) -> None:
    """Those that no model is shown are left out."""
    oven, places = Oven(tmp_path), 0
    for paper in some:
        papers = [*INNOCENT, paper.record(BASES["clear"])]
        (alone,), (obeyed,) = (oven.bake(one, papers, caps=caps).proposals for one in ("embedded", mode))
        assert obeyed == alone or alone == paper.id, paper.name
        places += alone != paper.id
    assert places >= 5


# --- what people see -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Oven, Baked]:
    """A real repository in which each has its pull request, because a person wants it."""
    oven = Oven(tmp_path_factory.mktemp("wanted"))
    papers = [paper.record(JOINED) for paper in HOSTILE]
    return oven, oven.bake("obedient", [*INNOCENT, *papers], [paper.id for paper in papers], dry=False)


def body(oven: Oven, paper_id: str) -> str:
    """Without the heading and the foot that the forge adds."""
    file = oven.house.repository / ".survey-bot" / "pulls" / f"{paper_id}.md"
    return file.read_text(encoding="utf-8").partition("\n\n")[2].partition("\n---\n\nBranch")[0]


LIVE = re.compile(r"(?<![\w`])@\w|#\d|\bgh-\d|://|\bwww\.|(?<=\W):[+\w-]+:|\$", re.IGNORECASE)
"""What GitHub makes mentions, references, links, pictures and formulas of by itself."""
OURS = {"strong", "link", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "em", "blockquote", "bullet_list",
        "list_item"}  # fmt: skip


def quiet_text(text: str) -> str:
    """What a reader sees, with the signs that take its effect from it; and without our own dress of a dollar sign."""
    tokens = parse(text.replace("<span>$</span>", ""))
    return "".join(one.content for one in tokens if one.type in ("text", "text_special", "code_inline"))


@every_one
def test_no_text_of_a_pull_request_is_alive(wanted: tuple[Oven, Baked], paper: Hostile) -> None:
    text = body(wanted[0], paper.id)
    tokens = parse(text)
    assert {token.type.removesuffix("_open") for token in tokens if token.type.endswith("_open")} <= OURS
    assert not [token for token in tokens if token.type in ("image", "code_block", "fence", "html_block_open", "hr")]
    marks = [line for token in tokens if token.type in ("html_block", "html_inline")
             for line in token.content.strip().splitlines()]  # fmt: skip
    assert [mark for mark in marks if mark not in ("<span>", "</span>")][:-1] == ["<sub>", "</sub>"]
    assert not LIVE.search(quiet_text(text))


@every_one
def test_every_link_of_a_pull_request_is_the_paper_s_the_survey_s_or_one_its_authors_named(
    wanted: tuple[Oven, Baked], paper: Hostile
) -> None:
    links = {token.attrs["href"] for token in parse(body(wanted[0], paper.id)) if token.type == "link_open"}
    found = new_paper(clean_record(paper.record(JOINED))[0], ("steam",), LIBRARY.taxonomy, NOW.date())
    listed = {one.link for one in LIBRARY.papers.values()}
    assert links <= {ids.abs_url(paper.id), *listed, *(one.url for one in (*found.website, *found.code))}


@every_one
def test_the_hidden_block_is_one_the_last_and_the_paper_s_own(wanted: tuple[Oven, Baked], paper: Hostile) -> None:
    text = body(wanted[0], paper.id).rstrip()
    last = text.splitlines()[-1]
    assert last.startswith("<!-- survey-bot:proposal {")
    assert last.endswith(" -->")
    assert text.count("<!--") == text.count("-->") == 1
    assert (read_block(text) or {})["paper"] == paper.id


@every_one
def test_a_branch_adds_one_file_with_the_paper_and_nothing_of_its_text_runs(
    wanted: tuple[Oven, Baked], paper: Hostile
) -> None:
    repository, branch = wanted[0].house.repository, ids.branch(paper.id)
    path = f"taxonomy/papers/{paper.id}.yaml"
    assert git(repository, "diff", "--name-status", f"main...{branch}") == f"A\t{path}"
    content = git(repository, "show", f"{branch}:{path}") + "\n"
    found = read_paper(content, paper.id, path).get()
    assert content == dump_paper(found)
    assert found.title == clean_record(paper.record(JOINED))[0].title
    assert set(found.labels) <= set(LIBRARY.taxonomy.paths)
    assert check.check_new(found, LIBRARY, this_year=2026) == []


@every_one
def test_a_commit_s_message_closes_nothing_and_names_nobody(wanted: tuple[Oven, Baked], paper: Hostile) -> None:
    message = git(wanted[0].house.repository, "log", "-1", "--format=%B", ids.branch(paper.id))
    title, *rest = message.splitlines()
    assert title.startswith("Add ")
    assert len(title) < 256
    assert not re.search(r"#\d|@\w|gh-\d|://|www\.|\[(?:skip|no|ci|actions)\b", title, re.IGNORECASE)
    assert title.isprintable() or "\u200b" in title
    assert not [line for line in rest if "evil" in line or "Co-authored-by" in line or "@bread" in line]


def test_all_that_was_wanted_is_open_and_the_forge_knows_each_by_its_own_classes(wanted: tuple[Oven, Baked]) -> None:
    oven, baked = wanted
    pulls = oven.house.forge.pulls()
    fates = oven.house.ledger.fates()
    for paper in HOSTILE:
        assert (pulls[paper.id].state, fates[paper.id].state) == (PullState.OPEN, State.PROPOSED)
        assert pulls[paper.id].proposed == fates[paper.id].labels
    assert baked.report.failures == ()


def test_no_title_ticks_a_box_or_lives_on_the_dashboard(tmp_path: Path) -> None:
    oven = Oven(tmp_path)
    oven.bake("obedient", [*INNOCENT, *(paper.record(BASES["doubtful"]) for paper in HOSTILE)], dry=False)
    page = (oven.house.repository / ".survey-bot" / "dashboard.md").read_text(encoding="utf-8")
    assert dashboard.ticked(page) == []
    tokens = parse(page)
    assert not [token for token in tokens if token.type == "image"]
    assert "evil" not in str([token.attrs.get("href") for token in tokens if token.type == "link_open"])
    assert not re.search(r"(?<![\w`])@\w|#\d|://", shown([]) + quiet_text(page))
