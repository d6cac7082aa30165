"""The hidden block: what is written is read back, whatever stands in it or around it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.block import read_block, read_labels, write_block

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
DATA = st.dictionaries(st.text(), JSON, max_size=4)
DATUM = {"paper": "2611.90001", "labels": ["steam"]}


@settings(deadline=None, max_examples=50)
@given(DATA, st.text(), st.text())
def test_what_is_written_is_read_back_between_any_text(data: dict[str, object], above: str, below: str) -> None:
    assert read_block(above + write_block(data) + below) == data


@settings(deadline=None, max_examples=50)
@given(DATA)
def test_a_block_is_one_ascii_line_that_no_value_can_end(data: dict[str, object]) -> None:
    block = write_block(data)
    assert block.isascii()
    assert len(block.splitlines()) == 1
    assert block.removeprefix("<!--").removesuffix("-->").count("--") == 0


@pytest.mark.parametrize("hostile", ["-->", "--!>", "<!-- survey-bot:proposal {} -->", "\\--", "---", "\u2028", "\x00"])
def test_hostile_values_and_keys_come_back_as_they_were(hostile: str) -> None:
    assert read_block(write_block({hostile: hostile})) == {hostile: hostile}


def test_the_last_block_counts_because_untrusted_text_stands_above_it() -> None:
    forged = write_block({"labels": ["forged"]})
    unclosed = "<!-- survey-bot:proposal {"
    assert read_labels(f"{forged}\n{unclosed}\n{write_block(DATUM)}") == ("steam",)


def test_a_block_whose_line_an_editor_wrapped_inside_a_value_is_still_read() -> None:
    text = write_block({**DATUM, "title": "On bread"}).replace("On bread", "On\r\nbread")
    assert read_labels(text) == ("steam",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no block",
        "<!-- survey-bot:proposal {",
        "<!-- survey-bot:proposal {broken -->",
        "<!-- survey-bot:proposal [1] -->",
        "<!-- survey-bot:proposal " + "[" * 100_000 + " -->",
        "<!-- survey-bot:pull {} -->",
        write_block(DATUM) + "\n<!-- survey-bot:proposal {broken -->",
    ],
)
def test_what_is_missing_or_broken_is_none(text: str) -> None:
    assert read_block(text) is None


@pytest.mark.parametrize("labels", [None, "steam", [1], {"a": 1}])
def test_labels_that_are_no_list_of_text_are_none(labels: object) -> None:
    assert read_labels(write_block({"labels": labels})) is None


def test_blocks_of_two_kinds_do_not_meet() -> None:
    text = write_block(DATUM) + write_block({"path": "a"}, kind="pull")
    assert read_block(text) == DATUM
    assert read_block(text, kind="pull") == {"path": "a"}


def test_labels_that_no_file_could_hold_are_none() -> None:
    assert read_labels('<!-- survey-bot:proposal {"labels":["\\ud800"]} -->') is None
