"""Prompt files: what is published is frozen, what is broken is told, and no value can break one."""

import hashlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from bot.opinion.prompts import latest, parse
from tests.opinion.scripted import PROMPTS, PUBLISHED

GOOD = """---
name: taste
version: 2
purpose: how a loaf tastes
variables: [loaf, crumb]
---
# System
You taste bread for $$5.
# User
Loaf: $loaf
Crumb: ${crumb}
"""


# --- the files of this repository ------------------------------------------------------------------------------------


def test_a_published_prompt_is_frozen() -> None:
    """To change a prompt, write the next version beside it (see prompts/README.md)."""
    lines = (files("prompts") / "published.sha256").read_text(encoding="utf-8").splitlines()
    recorded = {name: sha for sha, name in (line.split("  ") for line in lines)}
    assert recorded == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in PUBLISHED.items()}


def test_the_prompts_are_found_by_name_and_named_by_their_hash() -> None:
    assert set(PROMPTS) == {"scope", "place"}
    for name, prompt in PROMPTS.items():
        assert prompt.id.sha256 == hashlib.sha256(PUBLISHED[f"{name}-{prompt.id.version}.md"].encode()).hexdigest()
        assert prompt.purpose


def test_every_version_ever_published_can_still_be_read() -> None:
    assert {parse(text, name).id.name for name, text in PUBLISHED.items()} == {"scope", "place"}


# --- values ----------------------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_no_value_can_break_a_prompt(loaf: str, crumb: str) -> None:
    system, user = parse(GOOD, "here").messages({"loaf": loaf, "crumb": crumb})
    assert (system.role, system.text) == ("system", "You taste bread for $5.")
    assert (user.role, user.text) == ("user", f"Loaf: {loaf}\nCrumb: {crumb}")


@pytest.mark.parametrize("value", ["$crumb", "${crumb}", "$$", "{loaf}", "\\$x_{1}\\$ \\frac{1}{2}", "%s", "# User"])
def test_a_value_is_never_read_for_variables(value: str) -> None:
    assert f"Loaf: {value}\n" in parse(GOOD, "here").messages({"loaf": value, "crumb": "soft"})[1].text


# --- reading ---------------------------------------------------------------------------------------------------------


def test_line_ends_of_another_system_make_no_other_prompt() -> None:
    assert parse(GOOD.replace("\n", "\r\n"), "here") == parse(GOOD, "here")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Say something nice.", "this is not a prompt"),
        (GOOD.replace("# User", "# user"), "this is not a prompt"),
        (GOOD.replace("purpose: how a loaf tastes\n", ""), "its front matter cannot be read"),
        (GOOD.replace("version: 2", "version: two"), "its front matter cannot be read"),
        (GOOD.replace("version: 2", "version: 0"), "its front matter cannot be read"),
        (GOOD.replace("name: taste", "name: [taste"), "its front matter cannot be read"),
        (GOOD.replace("name: taste", "name: taste\nmood: good"), "its front matter cannot be read"),
        (GOOD.replace("$$5", "$5"), "a dollar sign begins no variable"),
        (GOOD.replace("$loaf", "it"), "declared and used variables differ: loaf"),
        (GOOD.replace(", crumb", ""), "declared and used variables differ: crumb"),
    ],
)
def test_a_broken_prompt_is_told_in_one_sentence_that_names_the_file(text: str, what: str) -> None:
    with pytest.raises(DataError) as told:
        parse(text, "prompts/taste-2.md")
    assert str(told.value).startswith(f"prompts/taste-2.md: {what}; ")


def test_the_highest_version_counts_and_other_files_are_passed_over() -> None:
    tenth = GOOD.replace("version: 2", "version: 10")
    found = latest({"taste-10.md": tenth, "taste-2.md": GOOD, "README.md": "no prompt", "published.sha256": ""})
    assert {name: prompt.id.version for name, prompt in found.items()} == {"taste": 10}


def test_a_file_is_called_as_the_prompt_calls_itself() -> None:
    with pytest.raises(DataError, match=r"taste-3\.md: its name is not what it says inside; call it taste-2\.md"):
        latest({"taste-3.md": GOOD})
