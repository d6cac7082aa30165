"""The files of an evaluation: read as they come, and refused by line."""

import pytest

from bot.errors import DataError
from bot.evaluate import inputs


def test_a_listing_keeps_the_first_day_of_each_paper() -> None:
    text = "\ufeffid\tday\n2501.00001v2\t2025-06-03\n\n2501.00001\t2025-06-02\r\narXiv:2501.00002\t2025-06-04\n"
    assert inputs.listing(text, "l.tsv") == {"2501.00001": "2025-06-02", "2501.00002": "2025-06-04"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "l.tsv:1: has no column 'day'; let its first line be day, id with tabs between"),
        ("day\tid\n", "l.tsv: lists no paper; give one line with day and id for each paper"),
        ("day,id\n", "l.tsv:1: has no column 'day'; let its first line be day, id with tabs between"),
        ("day\tid\n2025-06-02\n", "l.tsv:2: has no id; complete or delete the line"),
        ("day\tid\n\n2025-06-32\t2501.00001\n", "l.tsv:3: '2025-06-32' is not a day; write days as 2025-06-30"),
        ("day\tid\n20250602\t2501.00001\n", "l.tsv:2: '20250602' is not a day; write days as 2025-06-30"),
        ("day\tid\n2025-06-02\tbread\n", "l.tsv:2: 'bread' is not an arXiv id; correct or delete the line"),
    ],
)
def test_a_bad_listing_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        inputs.listing(text, "l.tsv")
    assert str(caught.value) == sentence


def test_verdicts_take_their_columns_by_name() -> None:
    text = "id\tp\tsecond\tfirst\n2501.00001\t0.3\tOut\tIN\n"
    assert inputs.verdicts(text, "v.tsv") == {"2501.00001": inputs.Verdict("in", "out")}
    with pytest.raises(DataError, match=r"v\.tsv:1: has no column 'second'"):
        inputs.verdicts("id\tfirst\n", "v.tsv")
