"""A cap that holds, and an end to asking a service that is down."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.chat import Message, Reply, Request
from bot.errors import CapReachedError, LanguageModelError
from bot.models import Usage
from bot.opinion.guard import FAILURES, Guarded
from bot.settings import Llm, Price

REQUEST = Request("place 1", (Message("user", "a" * 400),), "place", {})


class Costly:
    """Says the same to everything, and takes so much for it; or fails."""

    name, notes = "m", ()

    def __init__(self, usage: Usage, *errors: LanguageModelError | None) -> None:
        self.usage, self.errors, self.calls = usage, list(errors), 0

    def ask(self, request: Request) -> Reply:
        self.calls += 1
        error = self.errors.pop(0) if self.errors else None
        if error:
            raise error
        return Reply(text="{}", usage=self.usage)


TAKES = Usage(calls=1, input=100, output=100)
DOWN = LanguageModelError("it is down", where="m")


def llm(**settings: object) -> Llm:
    return Llm.model_validate({"model": "m", "max_tokens": 100, **settings})


def asked(guarded: Guarded, times: int) -> list[Reply | LanguageModelError]:
    found: list[Reply | LanguageModelError] = []
    for _ in range(times):
        try:
            found.append(guarded.ask(REQUEST))
        except LanguageModelError as error:
            found.append(error)
    return found


def test_no_more_is_asked_than_the_cap_on_tokens_allows() -> None:
    model = Costly(TAKES)
    found = asked(Guarded(model, llm(run_tokens=1000)), 10)
    assert model.calls * TAKES.tokens <= 1000
    assert model.calls >= 3
    assert all(isinstance(one, CapReachedError) for one in found[model.calls :])
    assert "1,000 tokens" in str(found[-1])


def test_no_more_is_asked_than_the_cap_on_dollars_allows() -> None:
    model = Costly(TAKES.model_copy(update={"cost": 0.3}))
    prices = {"m": Price(input=1000, output=2000)}
    found = asked(Guarded(model, llm(run_cost=1.0, prices=prices)), 10)
    assert 0 < model.calls * 0.3 <= 1.0
    assert "$1 a run" in str(found[-1])


def test_a_prompt_that_could_pass_the_cap_is_never_sent() -> None:
    model = Costly(TAKES)
    asked(Guarded(model, llm(run_tokens=150)), 1)
    assert model.calls == 0


def test_signs_that_are_tokens_each_are_reckoned_as_such() -> None:
    model = Costly(TAKES)
    with pytest.raises(CapReachedError):
        Guarded(model, llm(run_tokens=600)).ask(Request("", (Message("user", "道" * 200),), "", {}))
    assert model.calls == 0


def test_requests_under_way_count_at_their_most() -> None:
    both = Barrier(2, timeout=5)

    class Slow(Costly):
        def ask(self, request: Request) -> Reply:
            both.wait()
            return super().ask(request)

    model = Slow(TAKES)
    guarded = Guarded(model, llm(run_tokens=700))
    with ThreadPoolExecutor(3) as threads:
        found = [threads.submit(guarded.ask, REQUEST) for _ in range(3)]
        errors = [one.exception() for one in found]
    assert model.calls == 2
    assert sum(isinstance(error, CapReachedError) for error in errors) == 1


def test_a_service_that_is_down_is_left_alone_after_a_few_failures() -> None:
    model = Costly(TAKES, *[DOWN] * 9)
    found = asked(Guarded(model, llm()), 9)
    assert model.calls == FAILURES
    assert all(isinstance(one, LanguageModelError) and one.what == "it is down" for one in found)
    assert isinstance(found[-1], LanguageModelError)
    assert found[-1].lasting


def test_failures_between_replies_stop_nothing() -> None:
    model = Costly(TAKES, DOWN, None, DOWN, DOWN, None, DOWN)
    found = asked(Guarded(model, llm()), 8)
    assert model.calls == 8
    assert sum(isinstance(one, Reply) for one in found) == 4


def test_after_a_failure_that_lasts_nothing_more_is_asked() -> None:
    model = Costly(TAKES, LanguageModelError("the key was refused", lasting=True))
    asked(Guarded(model, llm()), 4)
    assert model.calls == 1


def test_a_failed_request_takes_nothing_from_the_cap() -> None:
    model = Costly(TAKES, DOWN, DOWN)
    found = asked(Guarded(model, llm(run_tokens=500)), 3)
    assert isinstance(found[2], Reply)


def test_a_request_for_which_there_will_be_room_waits_for_it() -> None:
    model = Costly(Usage(calls=1, input=20, output=10))
    guarded = Guarded(model, llm(run_tokens=700))
    with ThreadPoolExecutor(8) as threads:
        found = [threads.submit(guarded.ask, REQUEST) for _ in range(8)]
        assert all(one.exception() is None for one in found)


def test_a_request_that_is_too_large_alone_takes_nothing_from_the_others() -> None:
    model = Costly(TAKES)
    guarded = Guarded(model, llm(run_tokens=600))
    with pytest.raises(CapReachedError):
        guarded.ask(Request("", (Message("user", "道" * 400),), "", {}))
    assert isinstance(asked(guarded, 1)[0], Reply)


def test_what_was_sent_and_never_answered_counts_at_its_most() -> None:
    torn = LanguageModelError("the connection broke", lost=3)
    found = asked(Guarded(Costly(TAKES, torn), llm(run_tokens=1000)), 2)
    assert isinstance(found[1], CapReachedError)


def test_tries_before_a_reply_count_at_their_most() -> None:
    class Stumbling(Costly):
        def ask(self, request: Request) -> Reply:
            return super().ask(request).model_copy(update={"lost": 2})

    found = asked(Guarded(Stumbling(TAKES), llm(run_tokens=1000)), 2)
    assert [type(one) for one in found] == [Reply, CapReachedError]


def test_a_service_that_counts_no_tokens_is_taken_to_use_the_most() -> None:
    model = Costly(Usage(calls=1, cost=None))
    found = asked(Guarded(model, llm(run_tokens=1000)), 10)
    assert 0 < model.calls <= 4
    assert isinstance(found[0], Reply)
    assert found[0].usage.input >= 200


def test_a_model_that_writes_more_than_it_was_told_is_reckoned_with() -> None:
    model = Costly(Usage(calls=1, input=100, output=900))
    asked(Guarded(model, llm(run_tokens=3000)), 9)
    assert model.calls * 1000 <= 3000


def test_failures_that_are_about_one_request_stop_nothing_and_start_nothing_anew() -> None:
    odd = LanguageModelError("it is too long", only_this=True)
    model = Costly(TAKES, *[odd] * 5, DOWN, DOWN, odd, DOWN)
    found = asked(Guarded(model, llm()), 12)
    assert model.calls == 9
    assert isinstance(found[-1], LanguageModelError)
    assert found[-1].what == "it is down"


def test_after_the_time_of_a_run_nothing_more_is_asked() -> None:
    now = iter([0.0, 10.0, 61.0, 62.0])
    found = asked(Guarded(Costly(TAKES), llm(run_minutes=1), lambda: next(now)), 2)
    assert isinstance(found[0], Reply)
    assert isinstance(found[1], CapReachedError)
    assert "1 minutes" in str(found[1])


def test_each_refusal_is_an_error_of_its_own() -> None:
    found = asked(Guarded(Costly(TAKES, LanguageModelError("no key", lasting=True)), llm()), 5)
    assert len({id(one) for one in found}) == 5
