"""Judges fitted as a run fits them, on the fake embedder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot import texts
from bot.judge import EmbeddedJudge
from bot.lanes import Lines
from bot.models import Judgement, Library, Paper, Record, Taxonomy
from bot.ports import Neighbour, Past, Reading
from bot.settings import Lanes, Scope, Settings, TermGroup
from bot.vectors import pooled
from tests import generated
from tests.fabricated import LIBRARY, PAPERS, RECORDS, TAXONOMY, candidate
from tests.generated import reading

GROUPS = {
    "bread": TermGroup(terms=("dough", "loaf", "bread", "crust*"), required=True),
    "means": TermGroup(terms=("starter", "steam", "yeast", "gluten", "stone*"), enough=2),
}
STEAM = candidate(
    "2611.00001", "FogLoaf: Steam on a Budget", "Steam injection keeps the crust soft. Water vapour saves yeast."
)
BOTH = candidate("2611.00007", "Wet Stones", "Steam injection with wet stones. Brick domes store heat below the loaf.")


def settings(lanes: Lanes | None = None) -> Settings:
    return Settings(file=Path("/") / "survey-bot.toml", scope=Scope(groups=GROUPS), lanes=lanes or Lanes())


def past_of(library: Library, seen: Mapping[str, Record] | None = None, refused: Sequence[str] = ()) -> Past:
    """What a run gives the judge to learn from."""
    papers = {
        key: reading(*texts.paper_sentences(paper, RECORDS.get(key) or LISTED.get(key)))
        for key, paper in library.papers.items()
    }
    classes = {label: reading(*texts.class_sentences(path)) for label, path in library.taxonomy.paths.items()}
    scope = reading(*texts.scope_sentences(library.taxonomy.root))
    return Past(papers, classes, scope, generated.read(seen or {}), refused)


def fitted(library: Library = LIBRARY, given: Settings | None = None, past: Past | None = None) -> EmbeddedJudge:
    judge = EmbeddedJudge(library, given or settings())
    judge.fit(past or past_of(library))
    return judge


def asked(judge: EmbeddedJudge, record: Record, papers: Mapping[str, Reading]) -> Judgement:
    """What a run does with a fitted judge."""
    one = reading(*texts.record_sentences(record))
    like = {key: float(pooled(paper) @ pooled(one)) for key, paper in papers.items()}
    near = [Neighbour(key, like[key]) for key in sorted(like, key=lambda key: -like[key])]
    return judge.judge(record, one, near[: judge.neighbours], ("a flag",))


def judged(record: Record, library: Library = LIBRARY, lines: Lines | None = None) -> Judgement:
    judge = fitted(library)
    judge.lines = lines or judge.lines
    return asked(judge, record, past_of(library).papers)


def with_papers(*papers: Paper, taxonomy: Taxonomy = TAXONOMY) -> Library:
    return Library(taxonomy=taxonomy, papers={paper.id: paper for paper in papers})


def relabelled(labels: tuple[str, ...]) -> list[Paper]:
    return [paper.model_copy(update={"labels": labels}) for paper in PAPERS.values()]


LISTED = generated.listed(40)
LARGE = with_papers(
    *(
        Paper(id=key, title=LISTED[key].title, year=2025, venue="arXiv", labels=labels)
        for key, labels in generated.labels(40).items()
    )
)
LARGE_PAST = past_of(LARGE, generated.flow(80))
LARGE_JUDGE = fitted(LARGE, past=LARGE_PAST)
