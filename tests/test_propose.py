"""What a reviewer sees: one file, and a body in which no stranger's text does anything."""

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from bot import check, ids
from bot.block import read_block, read_labels
from bot.models import (
    Judgement,
    Lane,
    Node,
    Opinion,
    Precedent,
    PromptId,
    Proposal,
    Ranked,
    Rationale,
    Record,
    Scope,
    Taxonomy,
    Usage,
)
from bot.propose import new_paper, propose
from bot.texts import clean_record
from bot.yaml_format import dump_paper, read_paper
from tests.fabricated import LIBRARY, TAXONOMY, candidate
from tests.test_markdown import HOSTILE, as_written, parse, shown, visible

TODAY = date(2026, 11, 22)
PROVENANCE = {"embedder": "fake@0", "taxonomy": "0123"}
RECORD = candidate("2611.00001", "FogLoaf: Steam on a Budget", "Steam keeps the crust soft.")


def judged(quote: str = "Steam keeps the crust soft.", labels: tuple[str, ...] = ("steam",)) -> Judgement:
    shares = {"steam": 0.5, "sourdough": 0.2, "kneading": 0.15, "stone-hearth": 0.1, "bakers-yeast": 0.05}
    return Judgement(
        scope=Scope(score=0.8, terms=("steam", "crust")),
        lane=Lane.PROPOSE,
        reason="r",
        placement=tuple(Ranked(label=label, probability=share) for label, share in shares.items()),
        labels=labels,
        precedents=(
            Precedent(id="2503.00005", title="Vapour|Loaf", link="https://arxiv.org/abs/2503.00005",
                      labels=("steam", "gone"), similarity=0.9),
            Precedent(id="brickdome", title="Brick", link="https://bread.example/a(b)", labels=("dough",),
                      similarity=0.5),
        ),
        rationale=Rationale(rules=("steam | injection", "folds")[: len(labels)], quote=quote, why_not="no *lid*"),
        flags=("invisible characters were removed",),
    )  # fmt: skip


def proposal(record: Record = RECORD, judgement: Judgement | None = None, **more: Any) -> Proposal:
    facts = {"folder": "taxonomy/papers", "today": TODAY, "provenance": PROVENANCE, **more}
    return propose(record, judgement or judged(), TAXONOMY, **facts)


def bare(label: str, rule: str = "r") -> Judgement:
    return Judgement(scope=Scope(score=1.0), lane=Lane.PROPOSE, reason="r", labels=(label,),
                     placement=(Ranked(label=label, probability=1.0),),
                     rationale=Rationale(rules=(rule,), quote="q"))  # fmt: skip


def html(tokens: list[Token]) -> list[str]:
    return [line for token in tokens if token.type in ("html_block", "html_inline")
            for line in token.content.strip().splitlines() if line not in ("<span>", "</span>")]  # fmt: skip


# --- the body --------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(title=visible, quote=visible)
@example("x --> <!-- survey-bot:proposal {} -->", "</details> <!-- survey-bot:proposal {} -->")
@example("#", "- [x] done")
def test_no_title_and_no_quote_gets_out_of_its_place(title: str, quote: str) -> None:
    found = proposal(candidate("2611.00001", title, quote), judged(quote))
    tokens = parse(found.body)
    assert html(tokens)[:-1] == ["<sub>", "</sub>"]
    assert html(tokens)[-1].startswith("<!-- survey-bot:proposal {")
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    ours = {"https://arxiv.org/abs/2611.00001", "https://arxiv.org/abs/2503.00005", "https://bread.example/a%28b%29"}
    assert set(links) <= ours | {link.url for link in (*found.paper.website, *found.paper.code)}
    assert not [token for token in tokens if token.type in ("image", "code_block", "fence", "heading_open", "s_open")]
    widths = "".join("r" if token.type == "tr_open" else "c" for token in tokens if token.type in
                     ("tr_open", "td_open", "th_open"))  # fmt: skip
    assert widths == "rcccc" * 3 + "rccc" * 3
    assert shown(tokens).count("survey-bot explain 2611.00001 tells what the bot knows.") == 1


@settings(max_examples=50, deadline=None)
@given(visible)
@example("</sub> <!-- survey-bot:proposal {} -->")
def test_a_remark_shows_as_written_in_the_small_print_and_does_nothing(remark: str) -> None:
    tokens, without = parse(proposal(remarks=(remark[:500], "and more")).body), parse(proposal().body)
    assert [line for line in html(tokens) if not line.startswith("<!--")] == ["<sub>", "</sub>"]
    assert f"asked. {as_written(remark[:500])}. and more. survey-bot".replace("\0", "\ufffd") in shown(tokens)
    one, other = ([token.type for token in some if token.type.endswith("_open")] for some in (tokens, without))
    assert one == other


def test_without_a_remark_the_small_print_says_only_what_holds_for_every_paper() -> None:
    assert proposal().body.split("\n\n")[-2] == (
        "<sub>Scope 0.80 (steam, crust). The new file passes `survey-bot check`. Too few listed papers had about "
        "this confidence to say how often the bot is right then. No language model was asked. `survey-bot "
        "explain 2611.00001` tells what the bot knows.</sub>"
    )


def test_how_often_the_bot_was_right_at_such_a_confidence_stands_in_the_small_print() -> None:
    body = proposal(judgement=judged().model_copy(update={"track": (27, 29)})).body
    assert "At about this confidence its first guess was right for 27 of 29 papers of this survey." in body


@settings(max_examples=50, deadline=None)
@given(visible)
@example("</sub> <!-- survey-bot:proposal {} -->")
def test_words_that_spoke_for_it_and_words_that_are_new_show_as_written_and_do_nothing(word: str) -> None:
    judgement = judged()
    rationale = judgement.rationale.model_copy(update={"words": ("steam", word)})
    tokens = parse(proposal(judgement=judgement.model_copy(update={"rationale": rationale, "unusual": (word,)})).body)
    assert [line for line in html(tokens) if not line.startswith("<!--")] == ["<sub>", "</sub>"]
    for told in (
        f"spoke for it: steam, {as_written(word)}",
        f"New words, in no listed paper and no rule: {as_written(word)}",
    ):
        assert told.rstrip().replace("\0", "\ufffd") in shown(tokens)


def test_the_precedent_that_is_shown_for_the_runner_up_is_marked() -> None:
    precedents = [one.model_copy(update={"of_runner_up": one.id == "brickdome"}) for one in judged().precedents]
    body = proposal(judgement=judged().model_copy(update={"precedents": tuple(precedents)})).body
    assert [line for line in body.splitlines() if "nearest of the runner-up" in line] == [
        line for line in body.splitlines() if "bread.example" in line
    ]


@settings(max_examples=50, deadline=None)
@given(title=visible, quote=visible)
def test_the_hidden_block_reads_back_whatever_stands_above_it(title: str, quote: str) -> None:
    found = proposal(candidate("2611.00001", title, quote), judged(quote, ("steam", "sourdough")))
    assert read_labels(found.body) == ("steam", "sourdough")
    block = read_block(found.body)
    assert block
    assert block["paper"] == "2611.00001"
    assert block["embedder"] == "fake@0"
    assert block["ranked"][0] == ["steam", 0.5]
    json.dumps(block, allow_nan=False)


def test_a_reviewer_sees_placement_runner_up_rule_quote_and_precedents() -> None:
    text = shown(parse(proposal().body))
    for part in ("Ovens › ", "Steam", "0.50", "steam | injection", "runner-up", "Sourdough", "no *lid*", "Scope 0.80",
                 "“Steam keeps the crust soft.”", "Vapour|Loaf", "0.90", "invisible characters"):  # fmt: skip
        assert part in text


def test_a_class_is_named_as_people_say_it_and_as_it_stands_in_the_file() -> None:
    assert "**Steam** `steam` |" in proposal().body


def rows(body: str) -> list[tuple[str, ...]]:
    """The rows of the table of classes: word, class and why."""
    row = r"^\| (\*\*\w+\*\*|runner-up) \| .*?\*\*([\w' ]+)\*\* `[\w-]+` \| \d\.\d\d \| (.*?) ?\|$"
    return re.findall(row, body, re.MULTILINE)


def test_every_proposed_class_has_its_row_and_its_own_rule_and_the_best_of_the_others_is_the_runner_up() -> None:
    assert rows(proposal(judgement=judged(labels=("steam", "kneading"))).body) == [
        ("**proposed**", "Steam", r"rule *steam \| injection*"), ("**and**", "Kneading", "rule *folds*"),
        ("runner-up", "Sourdough", r"no \*lid\*"),
    ]  # fmt: skip


@pytest.mark.parametrize(("share", "shown_too"), [(0.05, True), (0.0499, False), (0.0, False)])
def test_a_runner_up_is_shown_from_one_in_twenty(share: float, shown_too: bool) -> None:
    placement = (Ranked(label="steam", probability=1 - share), Ranked(label="sourdough", probability=share))
    body = proposal(judgement=judged().model_copy(update={"placement": placement})).body
    assert ("runner-up" in body, "Sourdough" in body) == (shown_too, shown_too)


def test_a_runner_up_that_no_rule_keeps_out_has_an_empty_cell() -> None:
    why = Rationale(rules=("a rule",), quote="q")
    assert rows(proposal(judgement=judged().model_copy(update={"rationale": why})).body)[-1] == (
        "runner-up",
        "Sourdough",
        "",
    )


@pytest.mark.parametrize("long", ["x" * 100_000, "y @all #1 $ & " * 20_000], ids=["a word", "a book"])
def test_a_body_stays_below_the_size_that_github_takes(long: str) -> None:
    judgement = judged(long).model_copy(update={"scope": Scope(score=0.8, terms=(long, long))})
    body = proposal(candidate("2611.00001", long, long), judgement, remarks=(long,)).body
    assert len(body) < 65_536
    assert read_labels(body) == ("steam",)


def test_a_bare_judgement_makes_a_body_too() -> None:
    record = Record(id="2611.00001", title="T", abstract="A")
    body = proposal(record, bare("steam")).body
    assert read_labels(body) == ("steam",)
    assert "Scope 1.00 (none of the terms)" in body
    assert not re.search(r"None|\*\*(Note|Precedents)", body)


# --- the second opinion ----------------------------------------------------------------------------------------------

PROMPTS = (PromptId(name="scope", version=1, sha256="a" * 64), PromptId(name="place", version=2, sha256="b" * 64))
TOOK = Usage(calls=2, input=5_000, output=222, cost=0.0123)
WORDS = ("reason", "deciding", "why_not", "name", "idea")
"""What an opinion holds of the model's words and of the paper's, one by one."""


def opinion(**more: Any) -> Opinion:
    facts = {"model": "openai/gpt-4o", "prompts": PROMPTS, "scope": "in", "ranked": ("steam", "kneading"),
             "reason": "It bakes with less water.", "deciding": "keeps the crust soft", "quotes": ("Steam keeps",),
             "why_not": "No gluten is built.", "name": "FogLoaf", "idea": "Steam comes in bursts.",
             "usage": TOOK}  # fmt: skip
    return Opinion.model_validate({**facts, **more})


def advised(**more: Any) -> Judgement:
    own = more.pop("own", ())
    return judged().model_copy(update={"opinion": opinion(**more), "own": own})


def body(**more: Any) -> str:
    return proposal(judgement=advised(**more)).body


def test_an_opinion_that_agrees_is_told_with_class_scope_quotes_and_the_model_s_own_words() -> None:
    told = shown(parse(body()))
    assert "Second opinion by openai/gpt-4o: it agrees." in told
    for part in ("class: Ovens › Steam steam, then Kneading; the bot alone: Ovens › Steam steam 0.50",
                 "scope: it belongs, decided by “keeps the crust soft”; the bot alone: 0.80",
                 "for Steam: “Steam keeps”",
                 "in the model's own words: what it does: FogLoaf: Steam comes in bursts. · why this scope: It bakes "
                 "with less water. · why not Kneading: No gluten is built."):  # fmt: skip
        assert part in told


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ({"ranked": ("kneading",)}, "the class"),
        ({"ranked": ()}, "the class"),
        ({"scope": "adjacent"}, "whether it belongs"),
        ({"scope": "out", "ranked": None}, "whether it belongs"),
        ({"scope": "adjacent", "ranked": ("kneading", "steam")}, "whether it belongs and about the class"),
        ({"scope": None, "ranked": ("kneading",)}, "the class"),
    ],
)
def test_a_disagreement_is_told_in_bold_right_below_the_table_of_classes(more: dict[str, Any], about: str) -> None:
    parts = body(**more).split("\n\n")
    table = next(place for place, part in enumerate(parts) if "**proposed**" in part)
    assert parts[table + 1] == f"**Second opinion** by openai/gpt-4o: **it disagrees about {about}.**"


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"ranked": ()}, "class: none fits; the bot"),
        ({"ranked": None}, "class: no usable reply; the bot"),
        ({"scope": "out", "ranked": None, "prompts": PROMPTS[:1]}, "class: not asked; the bot"),
        ({"scope": "out", "deciding": ""}, "scope: out of scope; the bot"),
        ({"scope": "adjacent", "deciding": ""}, "scope: adjacent, not in the survey; the bot"),
        ({"scope": None, "deciding": ""}, "scope: no usable reply; the bot"),
    ],
)
def test_what_it_says_of_scope_and_class_is_told_with_what_is_missing(more: dict[str, Any], line: str) -> None:
    assert line in shown(parse(body(**more)))


@pytest.mark.parametrize("more", [{"scope": None}, {"ranked": None}])
def test_half_an_opinion_that_agrees_does_so_only_as_far_as_it_goes(more: dict[str, Any]) -> None:
    assert "openai/gpt-4o: it agrees, as far as its replies are of use.\n" in body(**more)


def test_beside_its_class_stands_the_one_of_the_bot_alone_with_its_own_confidence() -> None:
    own = (Ranked(label="sourdough", probability=0.61), Ranked(label="kneading", probability=0.4))
    told = body(own=own)
    assert "**it disagrees about the class.**" in told
    alone = "Better Dough › Leavening › **Sourdough** `sourdough` 0.61, Better Dough › **Kneading** `kneading` 0.40"
    assert f"the bot alone: {alone}\n" in told


def test_a_rationale_that_was_left_out_leaves_no_empty_line() -> None:
    told = body(quotes=(), **dict.fromkeys(WORDS, ""))
    assert "for Steam" not in told
    assert "own words" not in told
    assert "decided by" not in told


UNUSABLE = "LLM reply unusable: it is empty"


def test_of_replies_without_use_only_the_note_and_the_small_print_tell() -> None:
    without = proposal().body
    told = body(scope=None, ranked=None, problems=(UNUSABLE,), **dict.fromkeys(WORDS, ""))
    assert "Second opinion" not in told
    assert f"- invisible characters were removed\n- {UNUSABLE}\n" in told
    assert "The language model openai/gpt-4o was asked" in told
    assert len(told.split("\n\n")) == len(without.split("\n\n"))


def test_a_problem_that_is_flagged_already_is_noted_once() -> None:
    found = advised(problems=(UNUSABLE,)).model_copy(update={"flags": (UNUSABLE,)})
    assert proposal(judgement=found).body.count(UNUSABLE) == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "2 calls, 5,222 tokens, $0.012"),
        ({"usage": Usage(calls=1, input=1, cost=None)}, "1 call, 1 token, no price is set"),
        ({"usage": Usage()}, "its replies were kept from an earlier run"),
    ],
)
def test_the_small_print_says_who_was_asked_with_which_prompts_and_what_it_took(
    more: dict[str, Any], told: str
) -> None:
    asked = f"The language model openai/gpt-4o was asked with the prompts scope v1 and place v2: {told}."
    assert asked in shown(parse(body(**more)))


def test_where_no_reply_came_nothing_is_said_of_what_it_took() -> None:
    told = body(scope=None, ranked=None, usage=Usage(), problems=("LLM gave no reply: it is down",))
    assert "was asked with the prompts scope v1 and place v2. " in told


@pytest.mark.parametrize("prompts", [(), PROMPTS])
def test_where_the_text_or_the_cap_forbade_to_ask_nobody_is_said_to_have_been_asked(
    prompts: tuple[PromptId, ...],
) -> None:
    told = body(scope=None, ranked=None, prompts=prompts, usage=Usage(), problems=("LLM not asked: no more today",))
    assert "No language model was asked." in told
    assert "- LLM not asked: no more today" in told
    assert "llm" not in (read_block(told) or {})


def test_where_the_cap_was_reached_after_the_first_call_the_model_was_asked() -> None:
    told = body(scope=None, ranked=None, problems=("LLM not asked: no more today",))
    assert "The language model openai/gpt-4o was asked" in told


def test_the_hidden_block_tells_model_prompts_verdict_ranking_and_usage() -> None:
    assert (read_block(body()) or {})["llm"] == {
        "model": "openai/gpt-4o",
        "prompts": [prompt.model_dump() for prompt in PROMPTS],
        "scope": "in",
        "ranked": ["steam", "kneading"],
        "usage": {"calls": 2, "input": 5000, "output": 222, "cost": 0.0123},
    }
    assert "llm" not in (read_block(proposal().body) or {})


@settings(max_examples=50, deadline=None)
@given(visible)
@example("--> <!-- survey-bot:proposal {} -->")
@example("`gpt` **x**\n\n# y")
def test_nothing_a_model_says_or_is_called_gets_out_of_its_place(text: str) -> None:
    hostile = advised(model=text, quotes=(text, text), problems=(f"LLM {text}",), **dict.fromkeys(WORDS, text))
    told, calm = proposal(judgement=hostile).body, body(quotes=("a", "b"), problems=("LLM p",))
    tokens, others = parse(told), parse(calm)
    kinds, usual = ([one.type for one in some if one.type.endswith("_open")] for some in (tokens, others))
    assert kinds == usual
    assert [line for line in html(tokens) if not line.startswith("<!--")] == ["<sub>", "</sub>"]
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert links == {str(token.attrs["href"]) for token in others if token.type == "link_open"}
    assert read_labels(told) == ("steam",)
    if len(text) <= 100:
        assert shown(tokens).count(f"“{as_written(text)}”".replace("\0", "\ufffd")) == 3


@pytest.mark.parametrize("long", ["$" * 600, "@all #1 <b>" * 60, "x" * 100_000])
def test_a_body_with_an_endless_opinion_stays_below_the_size_that_github_takes(long: str) -> None:
    found = advised(model=long, quotes=(long,) * 3, problems=(f"LLM {long}",), **dict.fromkeys(WORDS, long))
    rationale = found.rationale.model_copy(update={"quote": long})
    told = proposal(candidate("2611.00001", long, long), found.model_copy(update={"rationale": rationale})).body
    assert len(told) < 60_000
    assert read_labels(told) == ("steam",)


# --- the title, the branch, the file ---------------------------------------------------------------------------------


def test_one_branch_one_path_and_a_title_that_says_name_and_class() -> None:
    found = proposal(candidate("cs/0112017", "FogLoaf: Steam on a Budget", "A"))
    assert found.branch == "survey-bot/cs_0112017"
    assert found.path == "taxonomy/papers/cs_0112017.yaml"
    assert found.title == "Add FogLoaf: Ovens › Steam"


def test_a_title_says_how_many_further_classes_there_are() -> None:
    assert proposal(judgement=judged(labels=("steam", "kneading"))).title == "Add FogLoaf: Ovens › Steam (+1)"


@pytest.mark.parametrize("folder", ["./taxonomy/papers", "taxonomy/papers/", "taxonomy//papers"])
def test_the_path_is_one_that_git_takes(folder: str) -> None:
    assert proposal(folder=folder).path == "taxonomy/papers/2611.00001.yaml"


@pytest.mark.parametrize("title", [*HOSTILE, "Fixes #12: a loaf", "closes GH-4", "A " + "very long " * 60 + "title"])
def test_a_pull_request_s_title_is_one_short_line_that_closes_nothing(title: str) -> None:
    found = proposal(candidate("2611.00001", title, "A"))
    assert len(found.title.splitlines()) == 1
    assert len(found.title) < 256
    assert not re.search(r"#\d|@\w|gh-\d", found.title, re.IGNORECASE)


@settings(max_examples=50, deadline=None)
@given(visible, visible)
@example("\x1b", "\x00")
@example("1986", "no")
@example("- key: [value", "https://a.example/#x, https://a.example/%zz")
@example("2026-11-22", "~")
def test_the_file_reads_back_as_the_same_paper_and_passes_the_check(title: str, abstract: str) -> None:
    found = proposal(clean_record(candidate("2611.00001", title, abstract))[0])  # as a run does
    assert found.content == dump_paper(found.paper)
    assert read_paper(found.content, found.paper.id, "f").get() == found.paper
    assert check.check_new(found.paper, LIBRARY, this_year=2026) == []


@pytest.mark.parametrize(
    ("paper_id", "published", "year"),
    [
        ("2511.00001", date(2025, 11, 3), 2025),
        ("2601.00001", date(2025, 12, 31), 2026),
        ("2601.00001", None, 2026),
        ("hep-th/9912001", date(2000, 1, 1), 1999),
    ],
)
def test_the_year_is_that_of_the_id_so_that_papers_sent_in_on_new_years_eve_pass_the_check(
    paper_id: str, published: date | None, year: int
) -> None:
    record = Record(id=paper_id, title="T", abstract="A", published=published)
    paper = new_paper(record, ("steam",), TAXONOMY, TODAY)
    assert (paper.year, paper.added, paper.venue) == (year, TODAY, "arXiv")
    assert check.check_new(paper, LIBRARY, this_year=2026) == []


def test_the_name_that_the_abstract_gives_the_method_is_the_paper_s_short_name_and_opens_title_and_body() -> None:
    found = proposal(candidate("2611.00001", "Steam on a Budget", "We propose FogLoaf, an oven for one."))
    assert found.paper.short == "FogLoaf"
    assert "short: FogLoaf\n" in found.content
    assert found.title == "Add FogLoaf: Ovens › Steam"
    assert found.body.startswith("**FogLoaf** **[Steam on a Budget](https://arxiv.org/abs/2611.00001)** · ")


def test_a_name_that_the_title_opens_with_is_not_said_twice() -> None:
    found = proposal(candidate("2611.00001", "FogLoaf: Steam on a Budget", "We propose FogLoaf, an oven for one."))
    assert (found.paper.short, found.title) == (None, "Add FogLoaf: Ovens › Steam")
    assert found.body.startswith("**[FogLoaf: Steam on a Budget](")


def test_a_word_of_the_rulebook_is_no_short_name() -> None:
    leaf = Node(id="steam", name="Steam", definition="Ovens with a FogBox.")
    taxonomy = Taxonomy(root=Node(id="s", name="S", children=(leaf,)))
    record = candidate("2611.00001", "Steam on a Budget", "We propose FogBox, an oven for one.")
    assert new_paper(record, ("steam",), taxonomy, TODAY).short is None


# --- links -----------------------------------------------------------------------------------------------------------


def links(abstract: str, comment: str | None = None) -> tuple[list[str], list[str]]:
    record = candidate("2611.00001", "T", abstract).model_copy(update={"comment": comment})
    paper = new_paper(record, ("steam",), TAXONOMY, TODAY)
    return [link.url for link in paper.website], [link.url for link in paper.code]


def test_code_and_page_that_authors_announce_as_their_own_are_proposed() -> None:
    said = r"Code: \url{https://github.com/fog/loaf\_two}.", "Project page: https://fog.github.io/loaf"
    assert links(*said) == (["https://fog.github.io/loaf"], ["https://github.com/fog/loaf_two"])


@pytest.mark.parametrize(
    "text",
    [
        "We build on https://github.com/other/oven.",
        "We use the ovens of https://other.example/ovens, and win.",
        "Code: https://github.com/fog/loaf/issues/1",
        "Code: https://gitlab.com/fog/loaf/-/merge_requests/2",
        "See https://arxiv.org/abs/2501.00001v2 and https://doi.org/10.1000/182 for details.",
        "no link at all",
    ],
)
def test_what_others_made_papers_and_issues_are_not_proposed(text: str) -> None:
    assert links(text) == ([], [])


def test_a_flood_of_links_is_cut_to_the_first_few() -> None:
    said = " ".join(f"Code: https://github.com/a/b{i}. Project page: https://p{i}.github.io." for i in range(40))
    website, code = links(said)
    assert website == [f"https://p{i}.github.io" for i in range(4)]
    assert code == [f"https://github.com/a/b{i}" for i in range(4)]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from([*"aZ9.,:;!?/\\()[]{}<>\"'|@#%&=~_*$ ü", "https://", "http://a.io/b", "\u202e"])).map(
        "".join
    )
)
def test_no_text_holds_a_link_that_stops_the_run(text: str) -> None:
    website, code = links(f"Our code and page: {text}")
    assert not [url for url in website + code if ids.from_url(url)]


def test_a_class_name_full_of_markup_breaks_no_table() -> None:
    leaf = Node(id="odd", name="A|B <b> › *C*", include=("x | y",))
    taxonomy = Taxonomy(root=Node(id="s", name="S", children=(leaf,)))
    found = propose(RECORD, bare("odd", "x | y <i>"), taxonomy, folder="p", today=TODAY, provenance={})
    tokens = parse(found.body)
    assert [token.type for token in tokens].count("td_open") == 4
    assert html(tokens)[:-1] == ["<sub>", "</sub>"]
    assert "A|B <b> › *C*" in shown(tokens)


def test_a_title_keeps_no_workflow_from_running() -> None:
    title = proposal(candidate("2611.00001", "[Skip CI] Steam [ci skip]", "Steam.")).title
    assert "[skip" not in title.lower()
    assert "[ci" not in title.lower()
