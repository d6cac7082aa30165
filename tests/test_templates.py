"""How a list looks is a setting: other columns, or bullets by a template; both read back as the same papers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from bot import onboarding, settings
from bot.errors import DataError, SettingsError
from bot.importer import Import, read_readme
from bot.models import Library, Link, Node, Paper, Taxonomy
from bot.preview import preview
from bot.render import Shape, begin, end, guess, render, shape
from bot.settings import Render
from tests.fabricated import LIBRARY
from tests.test_settings import SCOPE
from tests.test_table import titles, urls

HEAD = "# Bread\n\n## Doughs\n\n"
ARXIV = "https://arxiv.org/abs/2501.00001"
BULLETS = (
    "- **[{title}]({link})** *{venue} {year}*{? [[Website{label}]({website})]}{? [[Code{label}]({code})]}",
    '* {?**{short}**: }"{title}", *{venue}, {year}* [[Paper]({link})]{?[[Code{label}]({code})]}{?[[Page]({website})]}',
    "**{title}** \\\n{venue} {year}. [[Paper]({link})]{? [[Github{label}]({code})]}{? [[Project{label}]({website})]}\n",
    "1. **{title}.** `{venue} {year}`\n\n    [[Paper]({link})]{? [[Code{label}]({code})]}\n",
    "- [{title}]({link})\n  - Publisher: {venue} {year}{?\n  - Code: [official{label}]({code})}",
    "- [{year}] [{venue}] {?({short}) }[{title}]({link}){? ([code{label}]({code}))}",
    "- {title}, {venue} {year}, [[pdf]({link})]{? [[page{label}]({website})]}",
)
COLUMNS = (
    ("Title", "Venue", "Date", "GitHub", "Project Page"),
    ("Year", "Venue", "Method", "Title", "Links"),
    ("Paper", "Title", "Venue", "Year"),
    ("Venue", "Paper", "Code", "Website"),
    ("Year", "Venue", "Paper", "Website", "Code", "Notes"),
)
WILD = Paper(
    id="2501.00001",
    title="Keeping a Starter Alive at Sea",
    short="WildStart",
    year=2025,
    venue="ICLR",
    code=(Link(url="https://git.example/wild"), Link(url="https://git.example/two", label="Two")),
    labels=("doughs",),
)


def by(bullet: str) -> Shape:
    return shape(Render(bullet=bullet), "s.toml")


def holding(*papers: Paper) -> Library:
    root = Node(id="bread", name="Bread", children=(Node(id="doughs", name="Doughs"),))
    return Library(taxonomy=Taxonomy(root=root), papers={paper.id: paper for paper in papers})


def library(found: Import) -> Library:
    return Library(taxonomy=found.taxonomy, papers=found.papers)


def adopted(text: str, options: Render | None = None) -> str:
    """A list after ``import`` and ``render`` with the settings that are proposed for it."""
    return render(text, library(read_readme(text, "L.md")), "L.md", shape(options or guess(text), "s.toml"))


def unmarked(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if "survey-bot:" not in line)


# --- what is written --------------------------------------------------------------------------------------------------


def test_a_bullet_is_the_template_with_the_papers_words() -> None:
    other = Paper(id="2501.00002", title="Lactic Bacteria", year=2024, venue="arXiv", labels=("doughs",))
    lines = by("* {?**{short}**: }[{title}]({link}), *{venue} {year}*{? [[code{label}]({code})]}").lines([WILD, other])
    assert lines == [
        f"* **WildStart**: [Keeping a Starter Alive at Sea]({ARXIV}), *ICLR 2025* "
        "[[code](https://git.example/wild)] [[code (Two)](https://git.example/two)]",
        "* [Lactic Bacteria](https://arxiv.org/abs/2501.00002), *arXiv 2024*",
    ]


def test_columns_are_written_in_the_order_and_with_the_headers_of_the_settings() -> None:
    form = shape(Render(columns=("Method", "Title", "Venue", "Link")), "s.toml")
    assert form.lines([WILD]) == [
        "| Method | Title | Venue | Link |",
        "|--------|-------|-------|------|",
        f"| WildStart | [Keeping a Starter Alive at Sea]({ARXIV}) | ICLR 2025 | [Paper]({ARXIV}) / "
        "[Code](https://git.example/wild) / [Code (Two)](https://git.example/two) |",
    ]


def test_two_braces_are_one() -> None:
    assert by("- [{title}]({link}) {{{year}}}").lines([WILD])[0].endswith("{2025}")


def test_a_template_of_several_lines_keeps_them_and_the_line_ends_of_the_file() -> None:
    text = f"{HEAD}{begin('doughs')}\n{end('doughs')}\n".replace("\n", "\r\n")
    written = render(text, holding(WILD), written=by("- [{title}]({link})\n  - Venue: {venue} {year}\n"))
    assert f"]({ARXIV})\r\n  - Venue: ICLR 2025\r\n{end('doughs')}" in written


@pytest.mark.parametrize("bullet", BULLETS)
@runs(max_examples=12, deadline=None, phases=(Phase.generate,))
@given(st.lists(st.tuples(titles, urls, titles), min_size=1, max_size=3))
def test_papers_written_by_a_template_read_back_as_the_same_papers(
    bullet: str, parts: list[tuple[str, str, str]]
) -> None:
    form = by(bullet)
    papers = [
        Paper(
            id=f"2501.0000{place}",
            title=f"The {place} Best Loaf {title}",
            short=f"Crumb{place}" if "short" in form.holds else None,
            year=2025,
            venue="ICLR",
            website=(Link(url=f"https://w.example/{place}"),) if "website" in form.holds else (),
            code=(Link(url=url), Link(url=f"{url}2", label=f"0{label}"))[: 2 if "label" in form.holds else 1]
            if "code" in form.holds
            else (),
            labels=("doughs",),
        )
        for place, (title, url, label) in enumerate(parts)
    ]
    text = render(f"{HEAD}{begin('doughs')}\n{end('doughs')}\n", holding(*papers), written=form)
    found = read_readme(text)
    assert {key: paper.title for key, paper in found.papers.items()} == {paper.id: paper.title for paper in papers}
    assert found.papers == {paper.id: paper for paper in papers}
    assert found.unread == ()


@pytest.mark.parametrize("columns", COLUMNS)
@runs(max_examples=12, deadline=None, phases=(Phase.generate,))
@given(st.lists(st.tuples(titles, urls, titles), min_size=1, max_size=3))
def test_papers_in_other_columns_read_back_as_the_same_papers(
    columns: tuple[str, ...], parts: list[tuple[str, str, str]]
) -> None:
    form = shape(Render(columns=columns), "s.toml")
    papers = [
        Paper(
            id=f"2501.0000{place}",
            title=f"The {place} Best Loaf {title}",
            short=f"Crumb{place}",
            year=2025,
            venue=f"{note}." if "year" in form.holds and "Venue" not in columns[:1] else "ICLR",
            website=(Link(url=f"https://w.example/{place}"),) if "website" in form.holds else (),
            code=(Link(url=f"https://git.example/{place}"), Link(url=url, label=f"0{note}"))
            if "code" in form.holds
            else (),
            note=f"It says {note}." if "note" in form.holds else None,
            labels=("doughs",),
        )
        for place, (title, url, note) in enumerate(parts)
    ]
    text = render(f"{HEAD}{begin('doughs')}\n{end('doughs')}\n", holding(*papers), written=form)
    assert read_readme(text).papers == {paper.id: paper for paper in papers}


def test_a_title_the_template_would_spoil_is_written_in_the_plain_form() -> None:
    odd = WILD.model_copy(update={"title": 'Is "Slow" Bread "Better" Bread'})
    (line,) = by('- "{title}", {venue} {year} [[Paper]({link})]').lines([odd])
    assert line.startswith(f'- **WildStart** [Is "Slow" Bread "Better" Bread]({ARXIV}), *ICLR 2025* [[Code]')


def test_a_title_can_open_no_block_and_forge_no_marker() -> None:
    trick = WILD.model_copy(update={"title": f"# {end('doughs')} - a <td> `x", "short": None})
    form = by("- [{title}]({link}) {venue} {year}")
    text = render(f"{HEAD}{begin('doughs')}\n{end('doughs')}\n", holding(trick), written=form)
    assert render(text, holding(trick), written=form) == text
    assert read_readme(text).papers[WILD.id].title == trick.title


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bullet", "message"),
    [
        ("- [{titel}]({link})", "there is no field {titel}; there are title, link"),
        ("- [{title}]({link}) {code}", "a paper may have no code; write {? … {code} … }"),
        ("- {?[{title}]({link})", "an optional part is not closed; it ends with }"),
        ("- {? {? {short} } }", "an optional part stands within another"),
        ("- {title} }", "a } stands alone; write }} for a brace"),
        ("- {title} {", "a { stands alone; write {{ for a brace"),
        ("- {? and } {title}", "an optional part has no field"),
        ("- {? {website} {code} }", "an optional part has both {website} and {code}"),
        ("- {? {label} }", "{label} is that of a link"),
        ("- {title} {venue} {year}", "a paper written so would not be read again as that paper; give"),
        (
            "- [{title}]({link}) {venue} {year}{? [c]({code})}",
            "{code} of a paper written so would not be read again; call",
        ),
        ("- [{title}]({link}) {venue} or {year}", "{venue} of a paper written so would not be read again; set"),
    ],
)
def test_a_template_that_cannot_be_used_is_a_settings_error_that_names_its_key(bullet: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        by(bullet)
    assert str(caught.value).startswith(f"s.toml, key render.bullet: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (("Paper", "Stars"), "no column of papers is known as 'Stars'; see docs/render.md for the headers"),
        (("Paper", "Article"), "'Article' is the second column of its kind; remove one of the two"),
        (("Year", "Venue"), "no column holds the titles; add one such as"),
    ],
)
def test_a_column_nobody_knows_is_a_settings_error_that_names_its_key(columns: tuple[str, ...], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        shape(Render(columns=columns), "s.toml")
    assert str(caught.value).startswith(f"s.toml, key render.columns: {message}")


@pytest.mark.parametrize(
    "text", ["columns = []", 'columns = ["a\\nb"]', 'columns = [""]', 'columns = "Year"', "bullet = 3"]
)
def test_settings_of_another_kind_are_refused_when_they_are_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / settings.FILE
    file.write_text(f"[render]\n{text}\n{SCOPE}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"key render\.(columns|bullet)"):
        settings.load(file)


# --- a list as it was -------------------------------------------------------------------------------------------------

LISTS = {
    "bold links": """\
- **[WildStart: A Starter at Sea](https://arxiv.org/abs/2501.00001)** *ICLR 2025* [[Code](https://git.example/wild)]
- **[Lactic Bacteria](https://arxiv.org/abs/2501.00002)** *CoRL 2024* [[Project](https://lactic.example)]
- **[How Little Yeast, Again](https://arxiv.org/abs/2501.00003)** *RSS 2025*
""",
    "names and quotations": """\
* **WildStart**: "Keeping a Starter Alive at Sea", *ICLR, 2025* [[Paper](https://arxiv.org/abs/2501.00001)][[Code](https://git.example/wild)]
* "Lactic Bacteria for Patient Bakers", *CoRL, 2024* [[Paper](https://arxiv.org/abs/2501.00002)][[Website](https://lactic.example)]
""",
    "paragraphs": """\
**WildStart: A Starter at Sea** \\
ICLR 2025. [[Paper](https://arxiv.org/abs/2501.00001)] [[Github](https://git.example/wild)]

**Lactic Bacteria for Patient Bakers** \\
CoRL 2024. [[Paper](https://arxiv.org/abs/2501.00002)]

**How Little Yeast** \\
RSS 2025. [[Paper](https://arxiv.org/abs/2501.00003)]

""",
    "numbers and badges": """\
1. [WildStart: A Starter at Sea](https://arxiv.org/abs/2501.00001) (ICLR 2025)
  [![Code](https://img.shields.io/badge/Code-9cf)](https://git.example/wild)
1. [Lactic Bacteria for Patient Bakers](https://arxiv.org/abs/2501.00002) (CoRL 2024)
""",
    "bullets below": """\
- [WildStart: A Starter at Sea](https://arxiv.org/abs/2501.00001)
  - Publisher: ICLR 2025
  - Code: [official](https://git.example/wild)
- [Lactic Bacteria for Patient Bakers](https://arxiv.org/abs/2501.00002)
  - Publisher: CoRL 2024
""",
    "years first": """\
- [2025] [ICLR] (WildStart) [Keeping a Starter Alive at Sea](https://arxiv.org/abs/2501.00001) ([code](https://git.example/wild))
- [2024] [CoRL] [Lactic Bacteria](https://arxiv.org/abs/2501.00002)
""",
    "other columns": """\
| Title | Venue | Date | GitHub |
|-------|-------|------|--------|
| [WildStart: A Starter at Sea](https://arxiv.org/abs/2501.00001) | ICLR | 2025 | [💻](https://git.example/wild) |
| [Lactic Bacteria](https://arxiv.org/abs/2501.00002) | CoRL | 2024 | - |
""",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_imported_and_rendered_by_the_proposed_settings_keeps_every_byte(name: str) -> None:
    text = HEAD + LISTS[name]
    assert guess(text) != Render()
    assert unmarked(adopted(text)) == text
    assert adopted(adopted(text)) == adopted(text)


def test_of_dates_only_the_year_is_taken_into_the_proposed_bullet() -> None:
    other = "- [2024/11] [Wet Stones](https://arxiv.org/abs/2501.00002), RSS\n"
    text = f"{HEAD}- [2025/05] [WildStart]({ARXIV}), ICLR\n{other}"
    assert guess(text).bullet == "- [{year}] [{title}]({link}), {venue}"


def test_a_badge_that_says_the_id_of_a_paper_says_that_of_every_paper() -> None:
    badge = "[![arXiv](https://img.shields.io/badge/arXiv-{}-b31b1b.svg)](https://arxiv.org/abs/{})"
    lines = [f"- **{title}** {badge.format(key, key)} *(RSS 2025)*" for title, key in
             (("WildStart", "2501.00001"), ("Wet Stones", "2501.00002"))]  # fmt: skip
    text = HEAD + "\n".join(lines) + "\n"
    assert guess(text).bullet == (
        "- **{title}** [![arXiv](https://img.shields.io/badge/arXiv-{id}-b31b1b.svg)]({link}) *({venue} {year})*"
    )
    assert unmarked(adopted(text)) == text


def test_no_paper_shows_the_stars_of_another_ones_code() -> None:
    stars = "[![Code](https://img.shields.io/github/stars/wild/start?style=social)](https://github.com/wild/start)"
    found = guess(f"{HEAD}- [WildStart]({ARXIV}) {stars} *RSS 2025*\n").bullet
    assert found == "- [{title}]({link}){? [Code{label}]({code})} *{venue} {year}*"


def test_a_list_without_a_common_look_gets_the_plain_bullet() -> None:
    text = (
        f"{HEAD}- [WildStart]({ARXIV}), Ann Other, ICLR 2025\n"
        "- **Lactic Bacteria**, Bob Baker, CoRL 2024 [[pdf](https://arxiv.org/abs/2501.00002)]\n"
    )
    assert guess(text).bullet.startswith("- {?**{short}** }[{title}]({link}), *{venue} {year}*")


def test_the_order_of_bullets_is_kept_and_new_papers_follow() -> None:
    text = adopted(HEAD + LISTS["bold links"])
    turned = text.splitlines(keepends=True)
    turned[5:8] = reversed(turned[5:8])
    found = read_readme("".join(turned))
    early = Paper(id="2401.00001", title="Early", year=2024, venue="RSS", labels=("doughs",))
    more = Library(taxonomy=found.taxonomy, papers={**found.papers, early.id: early})
    written = render("".join(turned), more, written=by(guess(text).bullet)).splitlines(keepends=True)
    assert written[:8] == turned[:8]
    assert written[8].startswith("- **[Early]")


UNREADABLE = "Overview of RoboCup 2025"
"""As a link it reads like a venue with its year."""


def test_a_paper_that_no_bullet_can_tell_is_written_in_the_plain_form_and_not_left_out() -> None:
    library = holding(Paper(id="2501.00001", title=UNREADABLE, year=2025, venue="RSS", labels=("doughs",)))
    text = render(f"{HEAD}{begin('doughs')}\n{end('doughs')}\n", library, written=by(BULLETS[0]))
    assert f"\n- [{UNREADABLE}]({ARXIV}), *RSS 2025*\n" in text
    assert not read_readme(text).papers  # else this title tests nothing


def test_a_bullet_that_cannot_be_read_again_keeps_its_place() -> None:
    papers = [
        Paper(id=f"2501.0000{at}", title=title, year=2025, venue="RSS", labels=("doughs",))
        for at, title in enumerate(("Flour", UNREADABLE, "Wet Stones"))
    ]
    once = render(f"{HEAD}{begin('doughs')}\n{end('doughs')}\n", holding(*papers), written=by(BULLETS[0]))
    assert render(once, holding(*papers), written=by(BULLETS[0])) == once


def test_a_class_of_which_no_paper_is_left_keeps_its_place_and_its_id() -> None:
    text = f"{HEAD}{begin('doughs')}\n{end('doughs')}\n\n## Ovens\n- [Wet Stones]({ARXIV}) ICLR 2025\n"
    assert [leaf.id for leaf in read_readme(text).taxonomy.leaves] == ["doughs", "ovens"]


GOOD = f"- [WildStart]({ARXIV}), ICLR 2025\n"
LOST = " and would be lost; mend or remove it, or see docs/render.md on how to let it go"
MORE = "- [Lactic Bacteria](https://arxiv.org/abs/2501.00002), CoRL 2024\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{GOOD}- Bread without a link\n{MORE}", f"6: the entry '- Bread without a link' cannot be read{LOST}"),
        (f"{GOOD}\nA word on bread.\n\n{MORE}", f"7: the line 'A word on bread.' is no paper{LOST}"),
        (f"{GOOD.strip()}, by many people\n{MORE}", f"5: text beside the title (by many people) has no field{LOST}"),
        (
            f"{GOOD.strip()} (only for bakers)\n{MORE}",
            f"5: text beside the title (only for bakers) has no field{LOST}",
        ),
        (f"{GOOD}  {MORE}", f"6: that 'Lactic Bacteria' hangs on the paper above it is not known{LOST}"),
        (
            f"{GOOD.strip()} [[code](https://git.example/a)]\n{MORE}",
            "5: the code link of 'WildStart' has no place in the [render] settings and would be lost; "
            "give it one (see docs/render.md), or remove it",
        ),
        (
            f"- Old\n  {GOOD}",
            "6: the list of 'Old' stands inside another list, where none can be written; make 'Old' a heading",
        ),
    ],
)
def test_what_a_template_cannot_hold_stops_the_adoption_of_the_list(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        adopted(HEAD + text, Render(bullet="- [{title}]({link}), {venue} {year}"))
    assert str(caught.value) == f"L.md:{message}"


def test_a_table_and_bullets_under_one_heading_are_not_made_one() -> None:
    with pytest.raises(DataError, match="'Doughs' has a table and bullets; make one list of them"):
        adopted(f"{HEAD}{LISTS['other columns']}\n{GOOD}")


def test_between_markers_the_shape_of_the_settings_wins() -> None:
    as_list = adopted(HEAD + LISTS["bold links"])
    found = read_readme(as_list)
    as_table = render(as_list, library(found))
    assert as_table.count("\n| 20") == 3
    assert read_readme(as_table).papers == found.papers
    assert render(as_table, library(found), written=by(guess(as_list).bullet)) == as_list


def test_the_preview_shows_bullets_as_bullets() -> None:
    new = Paper(id="2601.00001", title="FogLoaf: Steam", year=2026, venue="arXiv", labels=("steam",))
    after = Library(taxonomy=LIBRARY.taxonomy, papers={**LIBRARY.papers, new.id: new})
    assert preview(LIBRARY, after, by("1. [{title}]({link})\n   - {venue} {year}")) == (
        "### Ovens › Steam\n\n- **added** [FogLoaf: Steam](https://arxiv.org/abs/2601.00001) - arXiv 2026\n"
    )


def test_the_onboarding_keeps_the_look_of_the_list_and_writes_it_into_the_settings(tmp_path: Path) -> None:
    text = HEAD + LISTS["names and quotations"]
    prepared = onboarding.prepare(onboarding.Given(text, "README.md", "local", "main", 2026))
    assert unmarked(prepared.files["README.md"]) == text
    assert prepared.rewritten == 0
    file = tmp_path / settings.FILE
    file.write_text(prepared.files[settings.FILE], encoding="utf-8")
    assert settings.load(file).render == guess(text)


def test_the_usual_tables_need_no_settings() -> None:
    head = "| Year | Venue | Paper | Website | Code |\n|---|---|---|---|---|\n"
    text = f"{HEAD}{head}| 2025 | ICLR | [A]({ARXIV}) | - | - |\n"
    assert guess(text) == Render()
    prepared = onboarding.prepare(onboarding.Given(text, "README.md", "local", "main", 2026))
    assert "[render]" not in prepared.files[settings.FILE]
