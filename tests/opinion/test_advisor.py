"""Several papers at once, and nobody waits for a call that hangs."""

import threading
import time

from bot.chat import Reply, Request
from bot.models import Opinion
from bot.opinion.advisor import BUG, Advisor
from tests.fabricated import candidate
from tests.opinion.scripted import PAPER, PROMPTS, Scripted, a_case, saying

PAPERS = [candidate(f"2611.8{n:04}", f"Loaf {n}", f"Wild yeast of jar {n} raises the dough.") for n in range(9)]


def test_every_case_gets_one_opinion_and_no_more_than_so_many_are_asked_about_at_once() -> None:
    lock, together, most = threading.Lock(), 0, 0
    script = saying("in", "sourdough")

    def slowly(request: Request) -> object:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        time.sleep(0.02)
        with lock:
            together -= 1
        return script(request)

    found = dict(Advisor(Scripted(slowly), PROMPTS, 3).opinions([a_case(paper) for paper in PAPERS]))  # type: ignore[arg-type]
    assert sorted(found) == list(range(9))
    assert all(opinion.ranked == ("sourdough",) for opinion in found.values())
    assert 1 < most <= 3


def test_the_first_cases_are_asked_about_first() -> None:
    model = Scripted(saying("in", "sourdough"))
    list(Advisor(model, PROMPTS, 1).opinions([a_case(paper) for paper in PAPERS]))
    asked = [request.about.rpartition(" ")[2] for request in model.requests]
    assert list(dict.fromkeys(asked)) == [paper.id for paper in PAPERS]


def test_whoever_leaves_waits_for_no_call_that_hangs_and_starts_no_more() -> None:
    free, calls = threading.Event(), []

    class Hanging:
        name, notes = "m", ()

        def ask(self, request: Request) -> Reply:
            calls.append(request.about)
            if len(calls) > 2:
                free.wait(30)
            return Reply(text="{}")

    opinions = Advisor(Hanging(), PROMPTS, 1).opinions([a_case(paper) for paper in PAPERS], ("place",))
    next(opinions)
    began = time.monotonic()
    del opinions  # as a run does that stops in the middle
    assert time.monotonic() - began < 1
    before = len(calls)
    free.set()
    time.sleep(0.05)
    assert len(calls) <= before + 1


def test_a_fault_of_ours_costs_one_opinion() -> None:
    def faulty(request: Request) -> object:
        if PAPER.title in request.messages[1].text:
            raise ZeroDivisionError
        return saying("in", "sourdough")(request)

    found = dict(Advisor(Scripted(faulty), PROMPTS, 2).opinions([a_case(), a_case(PAPERS[0])]))  # type: ignore[arg-type]
    assert found[0] == Opinion(model="scripted-1", problems=(BUG,))
    assert found[1].scope == "in"


def test_without_cases_nothing_is_asked() -> None:
    model = Scripted()
    assert list(Advisor(model, PROMPTS, 4).opinions([])) == []
    assert model.requests == []
