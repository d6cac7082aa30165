"""What a run does on GitHub with people's wishes, a changed rulebook and a plan that came from another process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import pipeline
from bot.adapters.local.forge import LocalForge
from bot.fates import Fate, RunReport, State
from bot.models import Library, Node, Record, Taxonomy
from bot.plan import Plan
from bot.yaml_format import dump_paper, dump_taxonomy
from tests.fabricated import PAPERS, TAXONOMY, candidate
from tests.github import GithubServer
from tests.repositories import new_proposal, new_repository
from tests.simulation import World

WANTED, DOUBTFUL = (candidate(f"2611.9000{last}", f"Loaf {last}", "Bread is baked.") for last in (3, 7))
"""The first is proposed, of the second a human is asked (see ``Numbered``)."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with GithubServer(tmp_path) as server:
        this = World(tmp_path, server)
        this.records = {record.id: record for record in (WANTED, DOUBTFUL)}
        yield this
        assert server.violations == []


def done(world: World, *records: Record) -> RunReport:
    report = world.run(records)
    assert report
    return report


def state(world: World, record: Record) -> State:
    return world.fates()[record.id].state


def test_a_ticked_box_is_a_pull_request_at_the_next_run(world: World) -> None:
    done(world, DOUBTFUL)
    board = world.dashboard()
    assert board
    world.server.tick(board.number, DOUBTFUL.id)
    report = done(world)
    assert [fate.id for fate in report.fates] == [DOUBTFUL.id]
    assert world.fates()[DOUBTFUL.id].reason.startswith("a ticked box asked for it; ")
    assert [world.paper(one) for one in world.server.pulls("open")] == [DOUBTFUL.id]


def test_a_wish_whose_abstract_could_not_be_had_is_kept_until_it_can(world: World) -> None:
    done(world, DOUBTFUL)
    board = world.dashboard()
    assert board
    world.server.tick(board.number, DOUBTFUL.id)
    world.is_offline = True
    done(world)
    assert (state(world, DOUBTFUL), world.fates()[DOUBTFUL.id].wanted) == (State.SEEN, "a ticked box asked for it")
    world.is_offline = False
    assert done(world).proposed == 1


def test_a_wish_for_an_id_that_arxiv_does_not_know_is_told_once_and_troubles_no_run(world: World) -> None:
    done(world, DOUBTFUL)
    board = world.dashboard()
    assert board
    world.server.comment(board.number, "/survey-bot propose 2611.99999")
    for _ in range(2):
        report = done(world)
        assert report.failures == ()
        fate = world.fates()["2611.99999"]
        assert (fate.state, fate.reason, fate.wanted) == (State.SKIPPED, "arXiv does not know it", "")


def test_a_paper_refused_by_a_comment_is_never_proposed_and_its_pull_request_closed(world: World) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    world.server.comment(pull.number, "/survey-bot reject")
    report = done(world, WANTED)
    assert [(fate.state, fate.reason) for fate in report.learned] == [(State.REJECTED, "rejected by @maintainer")]
    assert world.server.issue(pull.number).state == "closed"
    assert "will not be proposed again" in world.server.comments_on(pull.number)[-1].body
    assert done(world, WANTED).proposed == 0


def test_a_stranger_can_ask_for_nothing(world: World) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    world.server.comment(pull.number, "/survey-bot reject", by="stranger")
    assert done(world).learned == ()
    assert state(world, WANTED) is State.PROPOSED


def test_a_postponed_paper_sleeps_until_it_has_a_new_version_and_then_gets_a_second_pull_request(world: World) -> None:
    done(world, WANTED)
    [first] = world.server.pulls("open")
    world.server.close(first.number, label="later")
    assert done(world, WANTED).proposed == 0
    assert state(world, WANTED) is State.POSTPONED
    world.records[WANTED.id] = WANTED.model_copy(update={"version": 2})
    report = done(world)
    assert report.proposed == 1
    assert [fate.reason for fate in report.fates] == ["it has version 2 now; its number ends in 3"]
    assert [world.server.issue(one.number).state for one in world.server.pulls()] == ["closed", "open"]


def test_a_venue_wakes_a_postponed_paper_too(world: World) -> None:
    done(world, WANTED)
    world.server.close(world.server.pulls()[0].number, label="later")
    done(world)
    world.records[WANTED.id] = WANTED.model_copy(update={"comment": "Accepted at the Conference on Bread"})
    assert done(world).proposed == 1


def test_a_pull_request_of_a_paper_that_was_listed_by_hand_is_closed_with_a_kind_sentence(world: World) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    path = f"taxonomy/papers/{WANTED.id}.yaml"
    paper = PAPERS["2503.00005"].model_copy(update={"id": WANTED.id, "labels": ("kneading",)})
    world.server.push("main", {path: dump_paper(paper)})
    done(world)
    assert world.server.issue(pull.number).state == "closed"
    assert "Thank you for adding it!" in world.server.comments_on(pull.number)[-1].body
    done(world)
    assert state(world, WANTED) is State.CORRECTED


@pytest.mark.parametrize("touched", [False, True])
def test_when_its_class_changes_an_open_pull_request_is_rebuilt_unless_a_person_touched_it(
    world: World, touched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    assert pull.pull
    path = f"taxonomy/papers/{WANTED.id}.yaml"
    if touched:
        world.server.push(pull.pull.head, {"remark.txt": "mine"})
    before, old = world.server.head(pull.pull.head), world.server.file(pull.pull.head, path)
    renamed = _without(TAXONOMY, world.fates()[WANTED.id].labels[0])
    monkeypatch.setattr(world, "taxonomy", renamed)
    report = done(world)
    assert (report.failures, state(world, WANTED)) == ((), State.PROPOSED)
    assert len(world.server.pulls()) == 1
    if touched:
        assert (world.server.head(pull.pull.head), world.server.file(pull.pull.head, path)) == (before, old)
    else:
        assert world.server.file(pull.pull.head, path) != old
        assert world.fates()[WANTED.id].labels[0] in (world.server.file(pull.pull.head, path) or "")


def _without(taxonomy: Taxonomy, label: str) -> Taxonomy:
    """The taxonomy with this leaf under another id."""

    def other(node: Node) -> Node:
        children = tuple(other(child) for child in node.children)
        changed = {"id": f"{node.id}-two"} if node.id == label else {}
        return node.model_copy(update={"children": children, **changed})

    return Taxonomy(root=other(taxonomy.root))


def test_a_proposal_of_another_forge_is_due_again_here_and_nobody_refused_it(world: World, tmp_path: Path) -> None:
    parts = world.parts([WANTED])
    local = pipeline.Parts(**{**vars(parts), "forge": LocalForge(new_repository(tmp_path / "local"), "main")})
    pipeline.run(world.library(), local, run="local", now=lambda: world.day)
    local.ledger.save()
    assert state(world, WANTED) is State.PROPOSED
    report = done(world)
    assert [fate.state for fate in report.learned] == [State.SEEN]
    assert (report.proposed, len(world.server.pulls("open"))) == (1, 1)


def test_a_plan_made_in_one_process_is_published_by_another(world: World) -> None:
    plan = pipeline.judge(world.library(), world.parts([WANTED, DOUBTFUL]), run="r1", now=lambda: world.day)
    assert [call for call in world.server.calls if call.method != "GET"] == []
    handed_on = Plan.model_validate_json(plan.model_dump_json())
    report = pipeline.publish(world.library(), world.parts([]), handed_on, now=lambda: world.day)
    assert (report.seen, report.proposed, report.asked) == (2, 1, 1)
    assert (state(world, WANTED), state(world, DOUBTFUL)) == (State.PROPOSED, State.ASKED)


def published(world: World, plan: Plan) -> RunReport:
    return pipeline.publish(world.library(), world.parts([]), plan, now=lambda: world.day)


def test_a_plan_cannot_claim_that_a_person_asked(world: World) -> None:
    world.caps = world.caps.model_copy(update={"new": 1})
    papers = [candidate(f"2611.9001{last}", f"Loaf {last}", "Bread is baked.") for last in range(4)]
    plan = pipeline.judge(world.library(), world.parts(papers), run="r1", now=lambda: world.day)
    forged = tuple(verdict.model_copy(update={"wanted": "@maintainer"}) for verdict in plan.verdicts)
    report = published(world, plan.model_copy(update={"verdicts": forged}))
    assert (report.proposed, report.held) == (1, 3)
    assert {fate.wanted for fate in world.fates().values()} == {""}


def test_a_plan_cannot_bring_back_what_a_person_refused_or_change_what_is_decided(world: World) -> None:
    done(world, WANTED, DOUBTFUL)
    [pull] = world.server.pulls("open")
    world.server.close(pull.number)
    done(world)
    day, lib = world.day, world.library()
    forged = Fate(id=WANTED.id, state=State.SEEN, reason="due again", at=day, run="r9", wanted="@maintainer")
    verdicts = pipeline.judge(
        lib, World.parts(world, [candidate("2611.90013", "Loaf", "Bread.")]), run="r9", now=lambda: day
    )
    hostile = verdicts.verdicts[0].model_copy(update={"record": WANTED, "wanted": "@maintainer"})
    report = published(world, verdicts.model_copy(update={"fates": (forged,), "verdicts": (hostile,)}))
    assert report.proposed == 0
    assert state(world, WANTED) is State.REJECTED
    assert len(world.server.pulls()) == 1


def test_a_forge_that_fails_for_two_papers_in_the_same_way_is_left_alone_until_the_next_run(world: World) -> None:
    papers = [candidate(f"2611.9001{last}", f"Loaf {last}", "Bread is baked.") for last in range(5)]
    world.server.actions_can_create_pulls = False
    world.caps = world.caps.model_copy(update={"new": 5})
    report = done(world, *papers)
    assert (report.proposed, report.failed) == (0, 5)
    assert "Allow GitHub Actions to create and approve pull requests" in report.failures[0].message
    assert len(report.failures) == 2
    world.server.actions_can_create_pulls = True
    world.records |= {paper.id: paper for paper in papers}
    assert done(world).proposed == 5


def test_the_library_of_the_tests_is_what_stands_on_main(world: World) -> None:
    assert world.library() == Library(taxonomy=TAXONOMY, papers=PAPERS)
    assert world.server.file("main", "taxonomy/taxonomy.yaml") == dump_taxonomy(TAXONOMY)


@pytest.mark.parametrize("label", [None, "later"])
@pytest.mark.parametrize("closed", [False, True])
def test_a_refusal_by_a_comment_is_still_obeyed_two_runs_later(world: World, label: str | None, closed: bool) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    if label:
        world.server.label(pull.number, label)
    if closed:
        world.server.close(pull.number)
        done(world)
    world.server.comment(pull.number, "/survey-bot reject")
    for _ in range(3):
        done(world, WANTED)
        assert state(world, WANTED) is State.REJECTED
    assert world.server.issue(pull.number).state == "closed"


def test_a_paper_postponed_by_a_comment_stays_so_and_wakes(world: World) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    world.server.comment(pull.number, "/survey-bot later")
    for _ in range(2):
        done(world, WANTED)
        assert state(world, WANTED) is State.POSTPONED
    world.records[WANTED.id] = WANTED.model_copy(update={"version": 2})
    assert done(world).proposed == 1


def test_a_wish_for_a_paper_whose_pull_request_was_closed_is_answered(world: World) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    world.server.close(pull.number)
    done(world)
    world.server.comment(pull.number, "/survey-bot propose")
    report = done(world)
    where = f"https://github.com/octo/survey/pull/{pull.number}"
    assert f"{WANTED.id} was asked for, but its pull request was closed: reopen {where}" in report.notes
    world.server.reopen(pull.number)
    done(world)
    assert state(world, WANTED) is State.PROPOSED


def test_a_plan_cannot_rewrite_what_is_open_while_the_rulebook_stands(world: World) -> None:
    done(world, WANTED)
    [pull] = world.server.pulls("open")
    before = (pull.title, pull.body, world.server.head(f"survey-bot/{WANTED.id}"))
    other = candidate("2611.90023", "Loaf", "Bread is baked.")
    plan = pipeline.judge(world.library(), world.parts([other]), run="r9", now=lambda: world.day)
    forged = plan.verdicts[0].model_copy(update={"record": WANTED.model_copy(update={"title": "Evil"})})
    published(world, plan.model_copy(update={"verdicts": (forged,)}))
    [pull] = world.server.pulls("open")
    assert (pull.title, pull.body, world.server.head(f"survey-bot/{WANTED.id}")) == before


def test_a_plan_cannot_wake_what_sleeps_nor_hide_what_waits(world: World) -> None:
    done(world, WANTED, DOUBTFUL)
    world.server.close(world.server.pulls()[0].number, label="later")
    done(world)
    other = candidate("2611.90023", "Loaf", "Bread is baked.")
    plan = pipeline.judge(world.library(), world.parts([other]), run="r9", now=lambda: world.day)
    forged = plan.verdicts[0].model_copy(update={"record": WANTED, "wanted": "@maintainer asked for it"})
    hidden = Fate(id=DOUBTFUL.id, state=State.SKIPPED, reason="nothing", at=world.day, run="r9")
    published(world, plan.model_copy(update={"verdicts": (forged,), "fates": (hidden,)}))
    assert (state(world, WANTED), state(world, DOUBTFUL)) == (State.POSTPONED, State.ASKED)


def test_what_a_person_asks_for_is_opened_when_the_caps_are_full_and_what_wakes_waits(world: World) -> None:
    world.caps = world.caps.model_copy(update={"open": 1, "new": 1})
    done(world, WANTED, DOUBTFUL)
    board = world.dashboard()
    assert board
    world.server.tick(board.number, DOUBTFUL.id)
    assert done(world).proposed == 1
    world.server.close(world.server.pulls()[0].number, label="later")
    done(world)
    world.records[WANTED.id] = WANTED.model_copy(update={"version": 2})
    assert (done(world).held, state(world, WANTED)) == (1, State.POSTPONED)


def test_two_bots_of_two_minds_leave_one_pull_request_whose_words_and_file_agree(world: World) -> None:
    first, second = world.parts([]).forge, world.parts([]).forge
    for forge in (first, second):
        forge.pulls()
    steam, stone = (new_proposal(WANTED.id, label, title=f"Add Loaf: {label}") for label in ("steam", "stone-hearth"))
    assert first.open(steam).proposed == ("steam",)
    second.open(stone)
    [pull] = world.server.pulls("open")
    file = world.server.file(f"survey-bot/{WANTED.id}", steam.path) or ""
    label = "stone-hearth" if "stone-hearth" in file else "steam"
    assert (pull.title, f'"labels":["{label}"]' in (pull.body or "")) == (f"Add Loaf: {label}", True)
