"""What the onboarding pull request holds, and its words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from bot import block, check, importer, onboarding, render, settings, welcome, yaml_format
from bot.errors import DataError
from bot.models import Library, Record
from bot.onboarding import Given, Onboarding
from tests.bread_readme import LEVELS, TRAPS

PLACE = welcome.Place("a guess")


def given(markdown: str = LEVELS, **more: Any) -> Given:
    facts: dict[str, Any] = {"readme": "README.md", "forge": "github", "base": "trunk", "year": 2026, **more}
    return Given(markdown=markdown, **facts)


def loaded(prepared: Onboarding, folder: Path) -> settings.Settings:
    file = folder / settings.FILE
    file.write_text(prepared.files[settings.FILE], encoding="utf-8")
    return settings.load(file)


def words(one: Given, place: welcome.Place = PLACE) -> str:
    return welcome.body(one, onboarding.prepare(one), place)


def shown(markdown: str) -> str:
    """The page as a reader sees it."""
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    return re.sub(r"\s+", " ", re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))


def record(number: int, *categories: str) -> Record:
    return Record(id=f"2501.0000{number}", title="T", abstract="A", categories=categories)


# --- what it holds ---------------------------------------------------------------------------------------------------


def test_it_holds_the_list_as_data_the_settings_the_marked_readme_and_the_workflows() -> None:
    files = onboarding.prepare(given(workflows={"watch.yml": "on: push\n"})).files
    assert set(files) == {
        "survey-bot.toml",
        "README.md",
        "taxonomy/taxonomy.yaml",
        "taxonomy/papers/2501.00001.yaml",
        "taxonomy/papers/2502.00003.yaml",
        "taxonomy/papers/2503.00005.yaml",
        ".github/workflows/watch.yml",
    }


def test_its_data_is_what_import_reads_and_has_nothing_to_mend_but_the_rules() -> None:
    prepared = onboarding.prepare(given())
    data = {name: text.encode() for name, text in prepared.files.items() if name.startswith("taxonomy/")}
    found = importer.read_readme(LEVELS)
    assert yaml_format.read_taxonomy(data["taxonomy/taxonomy.yaml"], "").get() == found.taxonomy
    problems = check.check(data, 2026)
    assert {problem.check for problem in problems} == {"leaf-has-definition"}
    assert prepared.undefined == len({problem.key.partition(".")[0] for problem in problems}) == 6


def test_the_readme_looks_as_before_and_render_changes_it_no_more() -> None:
    prepared = onboarding.prepare(given())
    readme = prepared.files["README.md"]
    assert readme.count("survey-bot:begin") == 5
    assert shown(readme) == shown(LEVELS)
    assert render.render(readme, prepared.library) == readme


def test_a_readme_of_which_a_row_would_vanish_stays_as_it_is_and_each_such_row_is_told() -> None:
    prepared = onboarding.prepare(given(TRAPS))
    assert "README.md" not in prepared.files
    assert prepared.unmarked.startswith("4 of them would vanish from README.md")
    body = words(given(TRAPS))
    assert "### 5 rows of `README.md` could not be read" in body
    for row in prepared.unread:
        assert f"\n- line {row.split(':')[1]}: this " in body


def test_a_row_in_no_table_is_told_and_the_readme_gets_its_markers_all_the_same() -> None:
    prepared = onboarding.prepare(given(LEVELS + "\n| 2025 | arXiv | [Cut Off](https://arxiv.org/abs/2501.00012) |\n"))
    assert (len(prepared.unread), prepared.unmarked) == (1, "")
    assert "Cut Off" in prepared.files["README.md"]


def test_a_readme_that_cannot_be_rendered_for_another_reason_stays_as_it_is_with_that_reason() -> None:
    lines = LEVELS.replace("### Kneading\n", "### Kneading\n<!-- survey-bot:begin kneading -->\n\n")
    prepared = onboarding.prepare(given(lines))
    assert "README.md" not in prepared.files
    assert "the begin marker of 'kneading' has no end" in prepared.unmarked
    assert "### `README.md` is not ready for the bot" in words(given(lines))


def test_first_settings_name_readme_forge_base_and_categories(tmp_path: Path) -> None:
    one = given(readme='docs/the "list".md', base="größe", taxonomy="data/tree", categories=("cs.RO", "cs.CV"))
    found = loaded(onboarding.prepare(one), tmp_path)
    assert found.survey == settings.Survey(readme='docs/the "list".md', taxonomy="data/tree")
    assert (found.forge.kind, found.forge.base) == ("github", "größe")
    assert found.watch.categories == ("cs.RO", "cs.CV")


def test_workflows_are_made_for_the_base_branch_and_the_folder_of_the_data() -> None:
    text = 'on:\n  push:\n    branches: [main]\n    paths: ["taxonomy/**", survey-bot.toml]\n'
    files = onboarding.prepare(given(taxonomy="data/tree", workflows={"publish.yml": text})).files
    written = text.replace("[main]", '["trunk"]').replace("taxonomy/", "data/tree/")
    assert files[".github/workflows/publish.yml"] == written


def test_a_release_that_the_workflows_lack_is_a_thing_to_do_before_merging() -> None:
    lacking = {"watch.yml": f"uses: {onboarding.PLACEHOLDER}\n"}
    assert onboarding.PLACEHOLDER in words(given(workflows=lacking))
    assert "release of the action" not in words(given(workflows={"watch.yml": "uses: octo/survey-bot@0123\n"}))


def test_without_known_categories_the_starter_s_stand(tmp_path: Path) -> None:
    assert loaded(onboarding.prepare(given(forge="local")), tmp_path).watch.categories == ("cs.LG", "cs.AI")


def test_a_person_s_own_settings_are_taken_as_they_are() -> None:
    assert onboarding.prepare(given(settings="# mine\n")).files["survey-bot.toml"] == "# mine\n"


def test_settings_of_a_person_that_open_nothing_are_told() -> None:
    idle = 'Until its `[forge] kind` is "github", nothing is opened.'
    assert idle in words(given(settings='[forge]\nkind = "dry-run"\n'))
    assert idle not in words(given(settings='[forge]\nkind = "github"\n'))


def test_rules_and_papers_that_people_wrote_down_before_are_kept() -> None:
    before = importer.read_readme(LEVELS)
    root = before.taxonomy.root.model_copy(update={"definition": "Bread, faster."})
    extra = before.papers["2501.00001"].model_copy(update={"id": "2401.00009", "title": "Only in a file"})
    taxonomy = before.taxonomy.model_copy(update={"root": root})
    old = Library(taxonomy=taxonomy, papers={**before.papers, extra.id: extra})
    files = onboarding.prepare(given(old=old)).files
    assert "Bread, faster." in files["taxonomy/taxonomy.yaml"]
    assert "taxonomy/papers/2401.00009.yaml" in files


def test_a_readme_without_tables_of_papers_is_one_sentence() -> None:
    with pytest.raises(DataError, match=r"^LIST\.md: no heading here has a table of papers under it; give a README"):
        onboarding.prepare(given("# Bread\n", readme="LIST.md"))


def test_categories_are_the_fewest_that_hold_nearly_all_papers() -> None:
    papers = [record(1, "cs.RO", "cs.LG"), record(2, "cs.RO"), record(3, "cs.CV", "cs.LG"), record(4, "cs.RO")]
    assert onboarding.categories(papers) == (("cs.RO", "cs.CV"), 1.0)


def test_papers_without_categories_say_nothing_about_them() -> None:
    assert onboarding.categories([record(1), record(2, "cs.RO")]) == (("cs.RO",), 1.0)
    assert onboarding.categories([]) == ((), 0.0)


# --- its words -------------------------------------------------------------------------------------------------------


def test_the_words_tell_what_was_found_what_will_happen_and_what_to_look_at() -> None:
    body = words(given(workflows={"my-watch.yml": "on: push\n"}))
    assert "found 3 papers in 5 classes (4 places in the tables)" in body
    assert "| Better Dough | 3 | 2 | 3 |" in body
    assert "`.github/workflows/my-watch.yml` says when" in body
    assert "- [ ] `survey-bot.toml`: `categories` is where the bot looks (a guess)" in body
    assert "- [ ] `taxonomy/taxonomy.yaml`: 6 entries still lack their rules" in body
    assert "nothing happens, ever" in body


def test_the_words_for_github_name_the_menus_and_those_for_a_local_repository_do_not() -> None:
    menu = "**Settings › Actions › General › Workflow permissions**: tick *Allow GitHub Actions to create and approve"
    assert menu in words(given())
    assert "Settings ›" not in words(given(forge="local"))


def test_lines_lead_to_the_readme_as_it_was_read() -> None:
    address = "https://git.example/octo/bread/blob/0123/README.md"
    body = words(given(TRAPS), welcome.Place("a guess", address))
    assert f"- [line 46]({address}?plain=1#L46): " in body


def test_workflows_that_could_not_be_pushed_stand_in_the_words_whole() -> None:
    body = words(given(), welcome.Place("a guess", left_out={"watch.yml": "on: push\n", "learn.yml": "on: issues\n"}))
    assert "### 2 files to add yourself" in body
    assert "<code>.github/workflows/watch.yml</code></summary>\n\n````yaml\non: push\n````" in body


def test_the_words_fit_into_a_pull_request_whatever_the_readme_holds() -> None:
    rows = "".join(f"| 2025 | Blog | @user no link ${{{number}}} `|` #{number} | - | - |\n" for number in range(1500))
    names = "".join(
        f"## {'@' * 90} {number}\n### Class {number}\n| Year | Venue | Paper |\n|---|---|---|\n"
        f"| 2025 | Blog | [P{number}](https://bread.example/{number}) |\n\n"
        for number in range(100)
    )
    assert len(words(given(LEVELS + rows + "\n" + names))) < 60_000


def test_what_stands_in_the_readme_mentions_nobody_and_forges_no_hidden_block() -> None:
    row = '| 2025 | x | @octocat #12 <!-- survey-bot:pull {"commit":"0"} --> <img src=x> | - | - |\n'
    body = words(given(LEVELS + row))
    assert "could not be read" in body
    assert not re.search(r"@octocat|#12\b|<img", body)
    assert block.read_block(body, kind="pull") is None


def test_it_promises_what_the_settings_of_the_maintainer_say() -> None:
    told = words(given(caps=settings.Forge(new=1, open=2)))
    assert "at most 1 in one run, at most 2 at once" in told
