"""Numbers as people read them."""

import pytest

from bot.phrases import apart


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (0.2, 0.4, ("0.20", "0.40")),
        (0.0198, 0.0204, ("0.0198", "0.0204")),
        (0.5, 0.5, ("0.50", "0.50")),
    ],
)
def test_two_numbers_have_as_many_digits_as_show_that_they_differ(
    one: float, other: float, told: tuple[str, str]
) -> None:
    assert apart(one, other) == told
