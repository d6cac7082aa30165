"""One judgement: scope, placement, precedents, rationale, and the lane they lead to."""

from pathlib import Path

import pytest

from bot import settings as settings_file
from bot import texts
from bot.errors import DataError
from bot.judge import EmbeddedJudge
from bot.models import Judgement, Lane, Library, Node, Paper, Record, Taxonomy
from bot.ports import Neighbour
from bot.settings import Placement, Scope, Settings, TermGroup
from tests.fabricated import LIBRARY, PAPERS, RECORDS, TAXONOMY, candidate
from tests.fake_embedder import FakeEmbedder

GROUPS = {
    "bread": TermGroup(terms=("dough", "loaf", "bread", "crust*"), required=True),
    "means": TermGroup(terms=("starter", "steam", "yeast", "gluten", "stone*"), enough=2),
}
EMBEDDER = FakeEmbedder()
STEAM = candidate(
    "2611.00001", "FogLoaf: Steam on a Budget", "Steam injection keeps the crust soft. Water vapour saves yeast."
)
ONE_WORD = candidate("2611.00002", "Steam", "A loaf in steam.")


def settings(propose: float = 0.5, ask: float = 0.3, sure: float = 0.3, further: float = 0.3) -> Settings:
    return Settings(
        file=Path("/") / "survey-bot.toml",
        scope=Scope(groups=GROUPS, propose=propose, ask=ask),
        placement=Placement(propose=sure, further=further),
    )


def judge(record: Record, library: Library = LIBRARY, given: Settings | None = None) -> Judgement:
    """What a run does with the judge, on the fake embedder."""
    one = EmbeddedJudge(library, given or settings())
    papers = {
        paper.id: texts.paper_text(paper, RECORDS.get(paper.id), library.taxonomy) for paper in library.papers.values()
    }
    entries = {**papers, **{label: texts.class_text(path) for label, path in library.taxonomy.paths.items()}}
    vectors = dict(zip(entries, EMBEDDER.encode(list(entries.values())), strict=True))
    one.fit(entries, vectors)
    vector = EMBEDDER.encode([texts.record_text(record)])[0]
    near = sorted((Neighbour(key, float(vectors[key] @ vector)) for key in papers), key=lambda n: -n.similarity)
    return one.judge(record, vector, near[: one.neighbours], ("a flag",))


def with_papers(*papers: Paper, taxonomy: Taxonomy = TAXONOMY) -> Library:
    return Library(taxonomy=taxonomy, papers={paper.id: paper for paper in papers})


def relabelled(labels: tuple[str, ...]) -> list[Paper]:
    return [paper.model_copy(update={"labels": labels}) for paper in PAPERS.values()]


def test_a_paper_that_belongs_is_proposed_with_everything_a_reviewer_needs() -> None:
    found = judge(STEAM)
    assert found.lane is Lane.PROPOSE
    assert (found.labels[0], found.placement[0].label) == ("steam", "steam")
    assert found.rationale.quote in STEAM.abstract
    assert found.precedents[0].id in ("2503.00005", "2503.00006")
    assert len(found.precedents) == EmbeddedJudge.neighbours
    assert found.flags == ("a flag",)
    assert "Steam" in found.reason


def test_a_paper_below_the_survey_s_line_is_skipped_with_score_line_and_what_it_lacks() -> None:
    found = judge(candidate("2611.00002", "Loaf", "A loaf of nothing."))
    assert found.lane is Lane.SKIP
    assert found.reason == (f"out of scope: {found.scope.score:.2f}, the survey's line is 0.30; holds no term of means")


def test_a_skipped_paper_has_class_rule_quote_and_precedents_like_any_other() -> None:
    found, sure = judge(ONE_WORD, given=settings(propose=1.0, ask=1.0)), judge(ONE_WORD)
    assert found.lane is Lane.SKIP
    assert found == sure.model_copy(update={"lane": found.lane, "reason": found.reason})


def test_every_proposed_class_has_a_rule_of_its_own_rulebook() -> None:
    found = judge(STEAM, given=settings(further=0.01))
    assert len(found.labels) > 1
    for label, rule in zip(found.labels, found.rationale.rules, strict=True):
        assert rule in TAXONOMY.leaf(label).include


def test_between_the_two_lines_a_human_is_asked() -> None:
    found = judge(ONE_WORD, given=settings(propose=1.0, ask=0.1))
    assert found.lane is Lane.ASK
    assert found.labels
    best = found.placement[0]
    name = f"{TAXONOMY.leaf(best.label).name} {best.probability:.2f}"
    assert found.reason == f"perhaps out of scope: {found.scope.score:.2f}, sure from 1.00; {name}"


def test_where_the_class_is_unsure_a_human_is_asked_and_told_the_two_best() -> None:
    found = judge(STEAM, given=settings(sure=1.0))
    assert found.lane is Lane.ASK
    names = [f"{TAXONOMY.leaf(ranked.label).name} {ranked.probability:.2f}" for ranked in found.placement[:2]]
    assert found.reason == f"in scope ({found.scope.score:.2f}), but the class is unsure: {', '.join(names)}"


def test_further_classes_are_those_that_are_probable_enough_and_the_first_always() -> None:
    for further in (0.0, 0.2, 1.0):
        found = judge(STEAM, given=settings(further=further))
        enough = [ranked.label for ranked in found.placement if ranked.probability >= further]
        assert list(found.labels) == (enough or [found.placement[0].label])


def test_all_classes_are_ranked_the_most_probable_first() -> None:
    shares = [ranked.probability for ranked in judge(STEAM).placement]
    assert shares == sorted(shares, reverse=True)
    assert {ranked.label for ranked in judge(STEAM).placement} == set(TAXONOMY.paths)


def keeping_out_steam(node: Node) -> Node:
    children = tuple(map(keeping_out_steam, node.children))
    return node.model_copy(update={"children": children, "exclude": (f"{node.id}: vapour, which is Steam",)})


def test_the_best_class_that_is_not_proposed_says_why_it_is_not_and_none_does_where_all_are() -> None:
    library = with_papers(*PAPERS.values(), taxonomy=Taxonomy(root=keeping_out_steam(TAXONOMY.root)))
    one, all_of_them = judge(STEAM, library), judge(STEAM, library, settings(further=0.0))
    assert one.labels == ("steam",)
    assert one.rationale.why_not == f"not for {one.placement[1].label}: vapour, which is Steam"
    assert all_of_them.rationale.why_not == ""


def test_a_survey_without_any_listed_paper_is_judged_from_its_rulebook() -> None:
    found = judge(STEAM, with_papers())
    assert found.lane is Lane.PROPOSE
    assert found.labels[0] == "steam"
    assert found.precedents == ()


def test_one_class_gets_all_and_has_no_runner_up() -> None:
    taxonomy = Taxonomy(root=Node(id="survey", name="Survey", children=(TAXONOMY.leaf("steam"),)))
    for papers in ([], relabelled(("steam",)), relabelled(("steam",))[:1]):
        found = judge(STEAM, with_papers(*papers, taxonomy=taxonomy))
        assert found.labels == ("steam",)
        assert found.rationale.why_not == ""


def test_a_taxonomy_without_classes_is_one_sentence() -> None:
    with pytest.raises(DataError, match="there is no class; add one below"):
        judge(STEAM, with_papers(taxonomy=Taxonomy(root=Node(id="survey", name="Survey"))))


def test_all_papers_in_one_class_leave_the_others_reachable() -> None:
    assert judge(STEAM, with_papers(*relabelled(("kneading",)))).labels[0] == "steam"


def test_old_ids_of_classes_count_as_those_of_today() -> None:
    old, new = with_papers(*relabelled(("hearth",))), with_papers(*relabelled(("stone-hearth",)))
    assert judge(STEAM, old) == judge(STEAM, new)


@pytest.mark.parametrize("labels", [("dough",), ("bread",), ("no-such-class",), ("ovens", "steam")])
def test_a_listed_label_that_is_no_leaf_teaches_nothing_and_stops_nothing(labels: tuple[str, ...]) -> None:
    stray = PAPERS["2503.00005"].model_copy(update={"labels": labels})
    found = judge(STEAM, with_papers(*PAPERS.values(), stray))
    assert set(found.labels) <= set(TAXONOMY.paths)


@pytest.mark.parametrize(
    "abstract",
    [
        "crust steam starter " * 7000,
        "loaf steam gluten 1 2 3",
        "loaf steam yeast 酸面团的研究。面包。",
        "Loaf.Steam.Yeast",
        "loaf steam stone $$$ \\\\",
    ],
    ids=["20,000 words", "digits", "Chinese", "no spaces", "signs"],
)
def test_strange_abstracts_are_judged_like_any_other(abstract: str) -> None:
    found = judge(candidate("2611.00003", "T", abstract))
    assert found.lane is not Lane.SKIP
    assert found.rationale.quote in " ".join(abstract.split())


def test_an_abstract_without_a_word_is_judged_by_its_title() -> None:
    record, flags = texts.clean_record(candidate("2611.00003", "Steam for a Yeast Loaf", "\u200b"))
    assert flags
    assert judge(record).labels[0] == "steam"


def test_a_neighbour_that_is_not_listed_any_more_is_no_precedent() -> None:
    one = EmbeddedJudge(with_papers(), settings())
    entries = {label: texts.class_text(path) for label, path in TAXONOMY.paths.items()}
    one.fit(entries, dict(zip(entries, EMBEDDER.encode(list(entries.values())), strict=True)))
    found = one.judge(STEAM, EMBEDDER.encode(["steam"])[0], [Neighbour("2501.99999", 0.9)], ())
    assert found.precedents == ()


def test_judging_twice_gives_the_same() -> None:
    assert judge(STEAM) == judge(STEAM)


def test_the_cheap_stage_needs_no_fitting() -> None:
    one = EmbeddedJudge(LIBRARY, settings())
    assert one.ruled_out(STEAM) is None
    assert one.ruled_out(candidate("2611.00004", "T", "On violins.")) == "holds no term of the group 'bread'"


def test_the_settings_that_an_import_starts_with_judge_from_the_first_run_on(tmp_path: Path) -> None:
    file = tmp_path / settings_file.FILE
    names = [leaf.name for leaf in TAXONOMY.leaves]
    file.write_text(settings_file.starter("README.md", names), encoding="utf-8")
    found = judge(candidate("2611.00005", "Steam", "Sourdough, kneading and steam."), given=settings_file.load(file))
    assert found.scope.terms == ("steam", "sourdough", "kneading")
    assert found.lane is not Lane.SKIP
    nothing = candidate("2611.00006", "Violins", "On strings.")
    assert judge(nothing, given=settings_file.load(file)).lane is Lane.SKIP
