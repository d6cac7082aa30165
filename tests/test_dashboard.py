"""The dashboard: in ten seconds a person knows what to do, and what people answer is understood as they meant it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import dashboard
from bot.block import read_block
from bot.clusters import Cluster
from bot.dashboard import Facts, commands, complaint, is_dashboard, render, ticked
from bot.fates import Advice, Failure, Fate, RunReport, State, Wish
from bot.models import Library, Node, Taxonomy, Usage
from bot.settings import Forge
from tests.fabricated import LIBRARY
from tests.test_markdown import HOSTILE, as_written, parse, shown, visible

NOW = datetime(2026, 11, 22, 10, 3, tzinfo=UTC)
DAY = timedelta(days=1)
DOWN = Failure(what="arXiv", message="arXiv: answers 503; try again later")


def fate(number: int, state: State, **more: Any) -> Fate:
    facts = {"id": f"2611.{number:05}", "state": state, "reason": "because", "at": NOW - 3 * DAY, "run": "r1",
             "title": f"Loaf{number}: On Bread", "scope": 0.5, "confidence": 0.8, "labels": ("steam",)}  # fmt: skip
    return Fate.model_validate({**facts, **more})


def run(days: float = 0, **more: Any) -> RunReport:
    """A run so many days ago."""
    facts = {"run": f"r{days}", "started": NOW - days * DAY, "watched": True, "seen": 300, "proposed": 2, "asked": 3}
    return RunReport.model_validate({**facts, **more})


def facts(*fates: Fate, earlier: int | list[RunReport] = 10, **more: Any) -> Facts:
    """``earlier``: so many runs before, one a day."""
    before = [run(days) for days in range(earlier, 0, -1)] if isinstance(earlier, int) else earlier
    known: dict[str, Any] = {"library": LIBRARY, "report": run(), "caps": Forge(open=7, new=4), "now": NOW, **more}
    return Facts(fates={one.id: one for one in fates}, earlier=before, **known)


def page(*fates: Fate, boxes: tuple[str, ...] = (), **more: Any) -> str:
    return render(facts(*fates, **more), boxes)


def head(text: str) -> str:
    return text.partition("<!-- survey-bot:below -->")[0]


FULL = (
    fate(1, State.PROPOSED, proposed=("steam",), where="https://github.com/octo/bread/pull/7"),
    fate(2, State.ASKED, near=(("VapourLoaf", 0.9), ("Wet Stones, Soft Crusts", 0.8), ("DryDose", 0.7))),
    fate(3, State.SEEN, reason="waits for room: 7 pull requests are open"),
    fate(4, State.SEEN, reason="due again: the line is dead"),
    fate(5, State.POSTPONED, reason="postponed by @baker"),
    fate(6, State.ACCEPTED, proposed=("steam",)),
    fate(7, State.SKIPPED),
)


# --- the head ---------------------------------------------------------------------------------------------------------


def test_the_head_says_what_to_do_and_that_the_watch_is_well() -> None:
    assert head(page(*FULL)) == (
        "**To do: review 1 pull request, decide on 1 doubtful paper.**\n\nThe watch is well. New papers were last read "
        "without failure on 2026-11-22 10:03 UTC (300 seen, 2 proposed, 3 doubtful).\n\n"
    )


def test_where_nothing_waits_the_head_says_so() -> None:
    assert head(page()).startswith("**Nothing waits for you.**\n\nThe watch is well.")


def test_what_failed_in_the_last_run_is_told_loudly_with_its_day() -> None:
    told = head(page(report=run(failures=(DOWN, Failure(what="2611.00009", message="a bug")), watched=False)))
    assert told.startswith("> [!WARNING]\n> **The watch is not well.**\n> - arXiv: answers 503; try again later (2026-")
    assert "> - 2611.00009: a bug (2026-11-22 10:03 UTC)" in told.replace("2611\\.", "2611.")
    assert "last read without failure on 2026-11-21" in told
    assert "the last run was on 2026-11-22 10:03 UTC" in told


def test_a_run_that_only_learned_does_not_hide_the_failure_before_it() -> None:
    failed = run(1, watched=False, failures=(DOWN,))
    assert "answers 503" in head(page(earlier=[run(2), failed], report=run(watched=False)))


def test_a_failure_is_forgotten_when_a_run_went_well_after_it() -> None:
    failed = run(1, watched=False, failures=(DOWN,))
    assert "The watch is well." in head(page(earlier=[run(2), failed], report=run()))


def test_many_failures_are_told_in_few_lines() -> None:
    failures = tuple(Failure(what=f"2611.{number:05}", message=f"a bug of its own, {number}") for number in range(500))
    told = head(page(report=run(failures=failures)))
    assert told.count("a bug") == 8
    assert "> - … and 492 more failures of that run" in told


def test_what_needs_a_person_is_told_loudly() -> None:
    told = head(page(problems=("watch.yml is disabled: open Actions › watch and press Enable workflow",)))
    assert "> [!WARNING]" in told
    assert "> - watch.yml is disabled: open Actions › watch and press Enable workflow\n" in told


def test_before_any_run_has_read_to_the_end_no_day_is_told() -> None:
    assert "No run has read new papers to the end yet." in head(page(earlier=0, report=run(watched=False)))


SEARCH = "cat:cs.RO"


def looked(days: float, *reasons: str, mark: float | None = None) -> RunReport:
    """A run so many days ago that asked arXiv for the last days, and met these reasons why some were not read."""
    start, at = NOW - (days + len(reasons) + 1) * DAY, NOW - days * DAY
    slices = [{"source": "arXiv", "since": start + number * DAY, "until": start + (number + 1) * DAY, "failed": reason}
              for number, reason in enumerate((*reasons, ""))]  # fmt: skip
    after = at if mark is None else NOW - mark * DAY
    watch = {"query": SEARCH, "before": at - DAY, "after": after, "slices": slices}
    failures = [Failure(what=f"arXiv, {number}", message=reason) for number, reason in enumerate(reasons) if reason]
    return run(days, watch=watch, failures=tuple(failures), watched=not failures)


@pytest.mark.parametrize(
    ("days", "loud"),
    [
        ([5, 4, 3, 2, 1], False),
        ([9, 8, 7, 6], True),  # silent for six days, where one is usual
        ([35, 28, 21, 14, 7], False),  # once a week
        ([2, 1], False),
        ([1.04, 1.03, 1.02, 1.01], False),  # by hand, and arXiv has announced once since
    ],
)
def test_a_watch_that_is_stale_is_told_until_a_run_has_read_again(days: list[float], loud: bool) -> None:
    for earlier in ([run(day) for day in days], [looked(day) for day in days]):
        assert ("> - The watch is stale: " in head(page(earlier=earlier, report=run(watched=False)))) is loud
        assert "The watch is well." in head(page(earlier=earlier, report=looked(0)))


def test_the_days_that_could_not_be_read_are_told_with_where_the_next_run_goes_on_beside_each_failure() -> None:
    told = head(page(earlier=[looked(1)], report=looked(0, "arXiv answers 503", "arXiv answers 503", mark=3)))
    first, second, *_ = [line for line in told.splitlines() if line.startswith("> - ")]
    assert first.startswith(
        "> - The watch is degraded: the run of 2026-11-22 10:03 UTC read 1 of 3 days of arXiv whole"
    )
    assert first.endswith("the next run goes on from 2026-11-19 10:03 UTC by itself")
    assert second == "> - arXiv, 0: arXiv answers 503 (and so for 1 more) (2026-11-22 10:03 UTC)"


def test_a_run_that_only_learned_does_not_hide_that_days_are_unread() -> None:
    failed = looked(1, "arXiv answers 503", mark=3)
    told = head(page(earlier=[looked(2), failed], report=run(watched=False)))
    assert "> - The watch is degraded: the run of 2026-11-21 10:03 UTC read 1 of 2 days" in told


@settings(max_examples=50, deadline=None)
@given(visible)
@example("x --> - [x] <!-- ask:2611.00009 -->")
def test_no_reason_of_arxiv_does_anything(text: str) -> None:
    def with_reason(reason: str) -> str:
        return page(earlier=[looked(1)], report=looked(0, reason, mark=3))

    assert kinds(with_reason(f"503 {text[:200]}")) == kinds(with_reason("503"))
    assert ticked(with_reason(f"503 {text[:200]}")) == []


def test_what_is_told_as_a_failure_is_not_told_twice() -> None:
    told = head(page(earlier=[looked(1)], report=looked(0).model_copy(update={"failures": (DOWN,)})))
    assert told.count("answers 503") == 1


def test_the_head_leads_to_the_runs_where_it_is_known_where_they_are() -> None:
    told = head(page(repository_url="https://github.com/octo/bread"))
    assert "[all runs](https://github.com/octo/bread/actions)" in told


# --- the language model -----------------------------------------------------------------------------------------------


def advised(cost: float | None = 0.031, **more: Any) -> Advice:
    usage = Usage(calls=18, input=70_000, output=1_200, cost=cost)
    return Advice.model_validate({"model": "gpt-x", "agreed": 6, "disagreed": 2, "usage": usage, **more})


def told_of(**more: Any) -> str:
    """What the head says of the language model."""
    lines = [line for line in head(page(**more)).split("\n\n") if "anguage model" in line]
    assert len(lines) <= 1
    return shown(parse("".join(lines)))


ONCE = "Language model gpt-x: asked about 8 papers, 6 agreed, 2 disagreed; 18 calls, 71,200 tokens, $0.031. "


def test_the_head_tells_what_the_language_model_did_and_what_it_took_of_late() -> None:
    earlier = [run(40, advice=advised()), run(20, advice=advised()), run(1)]
    assert told_of(earlier=earlier, report=run(advice=advised())) == (
        ONCE + "Language models took 142,400 tokens, $0.062 in the runs of the last 30 days."
    )


def test_a_run_that_only_learned_does_not_hide_what_the_language_model_did() -> None:
    assert told_of(earlier=[run(1, advice=advised())], report=run(watched=False)).startswith(ONCE)


def test_a_language_model_that_is_set_no_more_is_told_of_only_while_it_still_costs() -> None:
    assert told_of(earlier=[run(1, advice=advised())], report=run()) == (
        "Language models took 71,200 tokens, $0.031 in the runs of the last 30 days."
    )
    assert told_of(earlier=[run(31, advice=advised())], report=run()) == ""


def test_where_no_price_is_set_only_tokens_are_added_up() -> None:
    told = told_of(earlier=0, report=run(advice=advised(cost=None)))
    assert told.endswith("no price is set. Language models took 71,200 tokens in the runs of the last 30 days.")


def test_replies_that_were_kept_add_up_to_nothing() -> None:
    kept = told_of(earlier=0, report=run(advice=advised(usage=Usage())))
    assert (
        kept
        == "Language model gpt-x: asked about 8 papers, 6 agreed, 2 disagreed; its replies were kept from earlier runs."
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [("kneading", "LLM: Kneading"), ("hearth", "LLM: Stone Hearth"), ("-out", "LLM: out of scope"),
     ("-none", "LLM: no class fits")],
)  # fmt: skip
def test_a_doubtful_paper_is_told_with_what_a_language_model_said_of_it(said: str, told: str) -> None:
    assert f"· scope 0.50 · {told} · because\n" in page(fate(1, State.ASKED, opinion=said))


@settings(max_examples=50, deadline=None)
@given(visible)
@example("</details><!-- survey-bot:dashboard {} -->")
def test_no_name_of_a_model_and_no_opinion_does_anything(text: str) -> None:
    def with_name(name: str) -> str:
        asked = FULL[1].model_copy(update={"opinion": name[:100]})
        return page(asked, report=run(advice=advised(model=name[:300])))

    assert kinds(with_name(text)) == kinds(with_name("gpt-x"))
    assert read_block(with_name(text), "dashboard") == {"v": 1, "run": "r0"}


# --- the sections -----------------------------------------------------------------------------------------------------


def test_an_open_pull_request_is_linked_with_its_class_confidence_and_how_long_it_waits() -> None:
    assert "| [Loaf1: On Bread](https://github.com/octo/bread/pull/7) | Ovens › Steam | 0.80 | 3&nbsp;days |" in page(
        *FULL
    )


def test_the_longest_waiting_pull_request_stands_first() -> None:
    fates = [fate(number, State.PROPOSED, at=NOW - number * DAY) for number in (1, 3, 2)]
    assert re.findall(r"Loaf(\d)", page(*fates)) == ["3", "2", "1"]


def test_a_doubtful_paper_has_a_box_and_what_is_needed_to_decide() -> None:
    assert (
        "- [ ] <!-- ask:2611.00002 --> **[Loaf2: On Bread](https://arxiv.org/abs/2611.00002)**<br>`2611.00002` · "
        "Ovens › Steam · confidence 0.80 · scope 0.50 · like VapourLoaf, Wet Stones, Soft Crusts\n" in page(*FULL)
    )


def test_of_a_paper_that_is_like_no_listed_one_the_reason_is_told() -> None:
    assert "· scope 0.50 · because\n" in page(fate(1, State.ASKED))


def test_the_likeliest_doubtful_papers_come_first() -> None:
    chances = [(0.9, 0.1), (0.5, 0.5), (None, None), (0.4, 0.9)]
    fates = [fate(number, State.ASKED, scope=one, confidence=two) for number, (one, two) in enumerate(chances, 1)]
    assert re.findall(r"ask:2611.0000(\d)", page(*fates)) == ["4", "2", "1", "3"]


def test_a_box_that_was_ticked_in_the_meantime_stays_ticked_however_unlikely_its_paper_is() -> None:
    fates = [fate(number, State.ASKED, confidence=1 - number / 10_000) for number in range(1, 2_000)]
    text = page(*fates, boxes=("2611.01999", "2611.00001", "2611.09999"))
    assert ticked(text) == ["2611.00001", "2611.01999"]


def test_of_thousands_of_doubtful_papers_the_first_are_shown_and_the_others_counted() -> None:
    text = page(*(fate(number, State.ASKED) for number in range(5_000)))
    assert text.count("- [ ]") == 50
    assert "… and 4,950 less likely ones; the ledger has them all." in text
    assert "decide on 5,000 doubtful papers" in text


def test_papers_that_wait_for_room_are_told_with_what_makes_room() -> None:
    text = page(*FULL)
    assert "<b>Waiting for room (1)</b>" in text
    assert "at most 7 are open at once (`[forge] open`) and 4 are opened in a run (`[forge] new`)" in text
    assert "| [Loaf3: On Bread](https://arxiv.org/abs/2611.00003) | Ovens › Steam | 0.80 |" in text


def test_papers_that_are_tried_again_are_told_with_the_reason() -> None:
    text = page(*FULL)
    assert "<b>Tried again at the next run (1)</b>" in text
    assert "| [Loaf4: On Bread](https://arxiv.org/abs/2611.00004) | due again: the line is dead |" in text


def test_postponed_papers_are_told_with_since_when_and_by_whom() -> None:
    text = page(*FULL)
    assert "<b>Postponed (1)</b>" in text
    assert "| Ovens › Steam | 2026-11-19 | postponed by @&#8203;baker |" in text


def test_the_last_ten_runs_are_shown_the_latest_first_with_how_they_went() -> None:
    earlier = [run(days) for days in range(20, 1, -1)] + [run(1, watched=False, failures=(DOWN, DOWN))]
    text = page(earlier=earlier, report=run(watched=False, held=5, early=100, skipped=20))
    rows = re.findall(r"^\| (2026-\S+) .*\| (.*?) \|$", text, re.MULTILINE)
    assert [day[:10] for day, _ in rows] == [f"{NOW - days * DAY:%Y-%m-%d}" for days in range(10)]
    assert [how for _, how in rows][:3] == ["only learned what people did", "**degraded**: arXiv (+1)", "well"]
    assert "| 300 | 2 | 3 | 120 | 5 | 0 | only learned" in text


def test_how_often_people_agree_is_told_by_class_and_by_quarter_once_something_is_decided() -> None:
    text = page(*FULL)
    assert "<b>How often people agree (100% of 1 merged as proposed)</b>" in text
    assert "| Steam | 1 | 1 | 0 | 0 | 0 | 1 | 1.00 | 0.80 |" in text
    assert "| 2026\\-Q4 | 1 |" in text
    assert "agree" not in page(FULL[0])


ODD = [fate(number, State.ASKED) for number in range(20, 27)]
RYE = Cluster(papers=tuple(one.id for one in ODD), terms=("rye", "malt"), near=("steam", "hearth"), alike=0.2,
              nearest=0.05, scope=0.31)  # fmt: skip


def test_doubtful_papers_that_look_like_a_class_are_told_with_their_terms_and_the_nearest_classes() -> None:
    text = page(*ODD, drift=(RYE,))
    assert "<b>May be a class of their own (1)</b>" in text
    assert (
        "- **7 papers since November 2026 look like a class of their own: terms rye, malt; nearest classes Steam, "
        "Stone Hearth; scope 0.31 on average**<br>[Loaf20: On Bread](https://arxiv.org/abs/2611.00020); [Loaf21" in text
    )


def test_a_cluster_loses_the_papers_that_were_decided_on_since_and_is_gone_when_few_are_left() -> None:
    rejected = [one.model_copy(update={"state": State.REJECTED}) for one in ODD]
    assert "**5 papers since" in page(*rejected[:2], *ODD[2:], drift=(RYE,))
    assert "class of their own" not in page(*rejected[:3], *ODD[3:], drift=(RYE,))
    assert "class of their own" not in page(drift=(RYE,))


def test_of_many_clusters_the_first_three_are_shown_and_all_are_counted() -> None:
    text = page(*ODD, drift=(RYE,) * 9)
    assert "<b>May be a class of their own (9)</b>" in text
    assert text.count("look like a class") == 3


def test_nothing_is_told_of_what_is_not_known_or_not_there() -> None:
    text = page()
    for word in ("###", "token", "cost", "USD", "None", "Waiting", "Postponed"):
        assert word not in text


def test_how_to_answer_is_told_and_is_no_answer_itself() -> None:
    text = page(*FULL, caps=Forge(later="not_yet"))
    for word in ("/survey-bot reject 2602.03782", r"the label **not\_yet**", "`enabled = false`"):
        assert word in text
    assert commands(text) == []
    assert ticked(text) == []


def test_the_same_facts_give_the_same_bytes_in_whatever_order_they_come() -> None:
    assert page(*FULL) == page(*reversed(FULL))


def test_a_class_that_is_none_any_more_is_told_as_none() -> None:
    assert "| no class |" in page(fate(1, State.PROPOSED, labels=("gone",)))
    assert "Ovens › Stone Hearth" in page(fate(1, State.PROPOSED, labels=("hearth",)))


# --- what strangers write ---------------------------------------------------------------------------------------------

OURS = {f"https://arxiv.org/abs/2611.0000{number}" for number in (2, 3, 4, 5)} | {
    "https://github.com/octo/bread/pull/7"
}


def kinds(text: str) -> list[str]:
    plain = ("text", "text_special")
    return [
        token.type for token in parse(text) if token.type not in plain and token.content not in ("<span>", "</span>")
    ]


@settings(max_examples=50, deadline=None)
@given(visible)
@example("x --> - [x] <!-- ask:2611.00009 -->")
@example("</details><!-- survey-bot:dashboard {} -->")
def test_no_title_no_name_and_no_reason_does_anything(text: str) -> None:
    odd = [one.model_copy(update={"title": text[:140], "reason": one.reason[:14] + text[:40]}) for one in FULL]
    odd[1] = odd[1].model_copy(update={"near": ((text[:24], 0.9), (text[:24], 0.8))})
    failures = (Failure(what=text[:60], message=text[:200]),)
    calm = page(*FULL, report=run(failures=(DOWN,)), problems=("p",))
    told = page(*odd, report=run(failures=failures), problems=(text[:300],))
    assert kinds(told) == kinds(calm)
    links = {str(token.attrs["href"]) for token in parse(told) if token.type == "link_open"}
    assert links == OURS
    assert ticked(told) == []
    assert read_block(told, "dashboard") == {"v": 1, "run": "r0"}
    assert shown(parse(told)).count(as_written(text[:140]).replace("\0", "\ufffd")) >= 5


@settings(max_examples=50, deadline=None)
@given(visible)
@example("x --> - [x] <!-- ask:2611.00009 -->")
@example("</details><!-- survey-bot:dashboard {} -->")
def test_no_term_and_no_title_of_a_cluster_does_anything(text: str) -> None:
    def with_text(term: str) -> str:
        odd = [one.model_copy(update={"title": term[:40], "state": State.PROPOSED, "confidence": 0.1}) for one in ODD]
        return page(*odd, drift=(RYE.model_copy(update={"terms": (term[:40],), "near": ("gone",)}),))

    assert kinds(with_text(text)) == kinds(with_text("rye"))
    assert ticked(with_text(text)) == []
    assert read_block(with_text(text), "dashboard") == {"v": 1, "run": "r0"}


def test_an_id_of_the_ledger_that_is_none_is_not_shown() -> None:
    text = page(fate(1, State.ASKED, id="x --> - [x] <!-- ask:2611.00009 -->"))
    assert "ask:" not in text


def test_what_is_no_web_address_is_no_link() -> None:
    assert "javascript" not in page(fate(1, State.PROPOSED, where="javascript:alert(1)"))


@pytest.mark.parametrize("text", ["$" * 500, "@all #1 " * 100, "x" * 10_000, "面" * 500])
def test_the_page_stays_below_what_github_takes_whatever_there_is(text: str) -> None:
    leaves = tuple(Node(id=f"leaf-{number}", name=text[:300], include=("x",)) for number in range(100))
    library = Library(taxonomy=Taxonomy(root=Node(id="s", name="S", children=leaves)), papers={})
    fates = []
    for number in range(1, 6_000):
        state = list(State)[number % 8]
        label = f"leaf-{number % 100}"
        more = {
            "labels": (label,),
            "proposed": (label,),
            "near": ((text, 0.5),) * 3,
            "opinion": text,
            "where": "https://x.example/" + "|" * 99,
        }
        reason = ("waits for room: " if number % 3 else "") + text
        fates.append(fate(number, state, title=text, reason=reason, **more))
    failures = tuple(Failure(what=text, message=text) for _ in range(300))
    report = run(failures=failures, advice=advised(model=text))
    asked = tuple(one.id for one in fates if one.state is State.ASKED)
    cluster = Cluster(papers=asked, terms=(text,) * 5, near=("leaf-1", "leaf-2"), alike=0.2, nearest=0.1)
    facts = {"library": library, "report": report, "problems": (text,) * 300, "drift": (cluster,) * 9}
    told = page(*fates, boxes=tuple(one.id for one in fates), **facts)
    assert len(told) < 65_536
    assert read_block(told, "dashboard")
    assert len(complaint(text, told)) < 65_536


# --- what people answer: boxes ----------------------------------------------------------------------------------------


def test_a_ticked_box_is_read_back() -> None:
    text = page(*FULL, fate(8, State.ASKED))
    assert ticked(text) == []
    assert ticked(text.replace("[ ] <!-- ask:2611.00008", "[x] <!-- ask:2611.00008")) == ["2611.00008"]


BOX = "<!-- ask:2602.03782 -->"


@pytest.mark.parametrize(
    "line",
    [
        f"- [x] {BOX} A title",
        f"- [X] {BOX} A title",
        f"* [x] {BOX}",
        f"  - [x] {BOX} indented",
        f"- [x]  {BOX} two spaces",
        f"text above\r\n- [x] {BOX} A title\r\ntext below\r\n",
        f"\r- [x] {BOX}\r",
        f"- [x] {BOX}<br>no space",
        f"- [x] {BOX} once\n- [x] {BOX} twice\n- [ ] {BOX} not",
    ],
)
def test_a_tick_survives_what_editors_do_to_a_page(line: str) -> None:
    assert ticked(line) == ["2602.03782"]


def test_lines_that_were_moved_are_read_in_their_new_order() -> None:
    lines = ["- [x] <!-- ask:cs/0112017 --> old", f"- [x] {BOX} new", "- [ ] <!-- ask:2602.00001 --> not"]
    assert ticked("\n".join(lines)) == ["cs/0112017", "2602.03782"]


@pytest.mark.parametrize(
    "line",
    [
        f"- [ ] {BOX} not ticked",
        f"- [x] A title {BOX}",
        f"- [x] {BOX[:-4]}",
        f"{BOX} - [x] ",
        f"a - [x] {BOX}",
        f"> - [x] {BOX}",
        f"- [x]{BOX}",
        f"- [xx] {BOX}",
        f"- \\[x] {BOX}",
        "- [x] <!-- ask:../../x -->",
        "- [x] <!-- ask: -->",
        "- [x] <!-- ask:2602.03782v2 -->",
        "- [x] <!-- ask:2602.03782 2602.03783 -->",
        "- [x] another list of somebody",
    ],
)
def test_what_is_no_ticked_box_of_ours_counts_for_nothing(line: str) -> None:
    assert ticked(line) == []


@settings(max_examples=50, deadline=None)
@given(visible)
@example("- [x] <!-- ask:2602.03782 -->")
@example("\n- [x] <!-- ask:2602.03782 -->")
def test_no_title_ticks_a_box(title: str) -> None:
    assert ticked(page(fate(1, State.ASKED, title=title), fate(2, State.ASKED, reason=title))) == []


# --- what people answer: commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("/survey-bot propose 2602.03782", [(Wish.PROPOSE, "2602.03782")]),
        ("/survey-bot reject 2602.03782v3\r\n", [(Wish.REJECT, "2602.03782")]),
        ("/survey-bot later arXiv:2602.03782 ", [(Wish.LATER, "2602.03782")]),
        ("/survey-bot  propose 2602.03782", []),
        ("/survey-bot propose https://arxiv.org/abs/2602.03782v1", [(Wish.PROPOSE, "2602.03782")]),
        ("/survey-bot reject cs/0112017", [(Wish.REJECT, "cs/0112017")]),
        ("/survey-bot reject", [(Wish.REJECT, None)]),
        ("Thanks!\n/survey-bot reject\nIt is about cake.", [(Wish.REJECT, None)]),
        ("Thanks!\n\n/survey-bot later\n\nBye", [(Wish.LATER, None)]),
        ("/survey-bot reject 2602.00001\n/survey-bot propose 2602.00002",
         [(Wish.REJECT, "2602.00001"), (Wish.PROPOSE, "2602.00002")]),
        ("> On Monday you wrote\n\n/survey-bot reject", [(Wish.REJECT, None)]),
        ("/survey-bot propose 1234", []),
        ("/survey-bot propose x-->y", []),
        ("/survey-bot propose 2602.03782 2602.03783", []),
        ("/survey-bot propose 2602.03782, please", []),
        ("/survey-bot", []),
        ("/survey-bot accept 2602.03782", []),
        ("/survey-bot Reject", []),
        ("/survey-botreject", []),
        ("please /survey-bot reject", []),
        ("`/survey-bot reject`", []),
        ("```\n/survey-bot reject\n```", []),
        ("~~~~\n/survey-bot reject\n~~~\n/survey-bot reject\n~~~~", []),
        ("```\n/survey-bot reject", []),
        ("a `span\n/survey-bot reject\nends` here", []),
        ("    /survey-bot reject", []),
        ("\t/survey-bot reject", []),
        ("> /survey-bot reject", []),
        ("> you wrote\n/survey-bot reject", []),
        (">> /survey-bot reject", []),
        ("- /survey-bot reject", []),
        ("1. /survey-bot reject", []),
        ("- a list\n\n  /survey-bot reject", []),
        ("# /survey-bot reject", []),
        ("/survey-bot reject\n---", []),
        ("<!--\n/survey-bot reject\n-->", []),
        ("hidden <!--\n/survey-bot reject\n--> here", []),
        ("<details>\n/survey-bot reject\n</details>", []),
        ("| a |\n| --- |\n| /survey-bot reject |", []),
        ("**/survey-bot reject**", []),
        ("[/survey-bot reject](https://a.example)", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_line_of_its_own_is_a_command_and_nothing_else_is(text: str, wishes: list[tuple[Wish, str | None]]) -> None:
    assert commands(text) == wishes


@settings(max_examples=100, deadline=None)
@given(st.text() | st.sampled_from(HOSTILE))
def test_no_text_stops_the_reading_of_comments(text: str) -> None:
    assert commands(text) == []
    assert commands(f"/survey-bot reject\n\n{text}")[:1] == [(Wish.REJECT, None)]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["> ", "[", "![", "*a_ ", "`", "<!--", "- ", "| ", "(", "\\", "&", "<a "])
def test_a_comment_as_long_as_github_takes_is_read_at_once(piece: str) -> None:
    assert commands((piece * 65_536)[:65_536]) == []


# --- what it is -------------------------------------------------------------------------------------------------------


def test_the_dashboard_is_known_by_its_hidden_block_whatever_people_write_around_it() -> None:
    text = page(*FULL)
    assert is_dashboard(text)
    assert is_dashboard(f"Note: {text}\r\nand a line below")
    assert is_dashboard(complaint("x", text))
    assert is_dashboard(complaint("x", ""))


@pytest.mark.parametrize("text", ["", "an issue", '<!-- survey-bot:proposal {"v":1} -->', "<!-- survey-bot:dashboard"])
def test_another_issue_is_no_dashboard(text: str) -> None:
    assert not is_dashboard(text)


def test_its_title_and_its_label_are_what_github_takes() -> None:
    assert len(dashboard.TITLE) < 256
    assert re.fullmatch(r"[\w-]{1,50}", dashboard.LABEL)


# --- when the bot stops -----------------------------------------------------------------------------------------------

WRONG = "survey-bot.toml, key forge.open: this should be a whole number; see docs/settings.md"


def test_a_complaint_says_first_that_the_bot_has_stopped_and_why() -> None:
    text = complaint(WRONG, "")
    assert text.startswith(
        f"> [!CAUTION]\n> **The bot has stopped: nothing is read or opened until this is mended.**\n> - {WRONG}\n"
    )


def test_a_complaint_replaces_the_head_and_keeps_what_is_below_with_its_ticks() -> None:
    before = page(*FULL, boxes=("2611.00002",), problems=("an old problem",))
    text = complaint(WRONG, before)
    assert "an old problem" not in text
    assert text.partition("<!-- survey-bot:below -->")[2] == before.partition("<!-- survey-bot:below -->")[2]
    assert ticked(text) == ["2611.00002"]


def test_a_second_complaint_replaces_the_first() -> None:
    before = page(*FULL)
    assert complaint(WRONG, complaint("another thing", before)) == complaint(WRONG, before)


@settings(max_examples=50, deadline=None)
@given(visible)
def test_no_message_does_anything(text: str) -> None:
    assert kinds(complaint(text[:300], "")) == kinds(complaint("x", ""))
