"""A survey that lives on the tests' GitHub: the bot runs day after day, people do what they like, and things fail.

Nothing is judged for real: what would be thought of a paper is read from its number, so that a thousand runs take
minutes. Forge, ledger, git, learning, caps and dashboard are the real ones.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot import ids, pipeline
from bot.adapters.archive import RecordArchive
from bot.adapters.github.forge import GitHubForge
from bot.adapters.state_branch import BranchLedger
from bot.errors import SourceError, SurveyBotError
from bot.fates import Fate, RunReport, State
from bot.models import Judgement, Lane, Library, Opinion, Paper, Part, Ranked, Rationale, Record, Scope, Taxonomy
from bot.ports import Entry, Neighbour, Past, Progress, Reading
from bot.settings import Forge
from bot.yaml_format import dump_paper, dump_taxonomy, read_paper
from tests.conftest import quiet
from tests.fabricated import PAPERS, RECORDS, TAXONOMY, candidate
from tests.generated import reading
from tests.github import model
from tests.github.server import GithubServer
from tests.repositories import place_of

LEAVES = list(TAXONOMY.paths)
BRANCH = "survey-bot-state"
_RACES = 0.05
"""So often two bots run at once."""
_WINDOW = 30
"""So many of the latest papers a run sees again."""


class Killed(BaseException):
    """What ends a run in the middle, as a runner that is taken away does."""


class Numbered:
    """A judge (``bot.ports.Judge``) that reads what it thinks of a paper from the last digits of its id."""

    neighbours = 1

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy

    def ruled_out(self, record: Record) -> str | None:
        return "nothing of bread" if int(record.id[-1]) == 9 else None

    def fit(self, past: Past) -> Sequence[str]:
        return ()

    def judge(
        self,
        record: Record,
        reading: Reading,
        near: Sequence[Neighbour],
        flags: Sequence[str],
        opinion: Opinion | None = None,
    ) -> Judgement:
        last = int(record.id[-1])
        lane = Lane.PROPOSE if last < 6 else Lane.ASK if last < 8 else Lane.SKIP
        leaves = list(self._taxonomy.paths)
        first = leaves[int(record.id[-2]) % len(leaves)]
        ranked = [Ranked(label=first, probability=0.8)]
        ranked += [Ranked(label=leaf, probability=0.2 / len(leaves)) for leaf in leaves if leaf != first]
        return Judgement(
            scope=Scope(score=0.5 + last / 100),
            lane=lane,
            reason=f"its number ends in {last}",
            placement=tuple(ranked),
            labels=(first,),
            rationale=Rationale(rules=(self._taxonomy.leaf(first).include[0],), quote=record.abstract),
            lines=(Part(name="ask", value=0.2), Part(name="propose", value=0.5), Part(name="further", value=1.0)),
        )


class Readings:
    """A memory (``bot.ports.Memory``) that reads with arithmetic and keeps nothing."""

    model = "arithmetic@0"

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._entries: Sequence[Entry] = ()

    def update(self, entries: Sequence[Entry], taxonomy_sha: str, progress: Progress) -> list[str]:
        self._entries = entries
        return []

    def readings(self, kind: str) -> dict[str, Reading]:
        return {entry.key: reading(*entry.sentences) for entry in self._entries if entry.kind == kind}

    def read(self, texts: Sequence[tuple[str, ...]], progress: Progress, label: str) -> list[Reading]:
        return [reading(*text) for text in texts]

    def nearest(self, vectors: object, count: int) -> list[list[Neighbour]]:
        return [[] for _ in vectors]  # type: ignore[attr-defined]


@dataclass
class Given:
    """A source of these records; ``at`` is called before each, and may end the run."""

    given: Sequence[Record]
    at: Callable[[], None] = lambda: None
    name: str = "the day's papers"
    notes: Sequence[str] = ()

    def records(self, on_problem: Callable[[str], None]) -> Iterator[Record]:
        for record in self.given:
            self.at()
            yield record


@dataclass
class World:
    """The survey's repository, the papers that appear, the people, and what must hold whatever they do."""

    folder: Path
    server: GithubServer
    seed: int = 0
    caps: Forge = field(default_factory=lambda: Forge(kind="github", open=8, new=3))
    day: datetime = datetime(2026, 1, 5, 5, 37, tzinfo=UTC)

    taxonomy: Taxonomy = TAXONOMY
    is_offline: bool = False
    """arXiv does not answer."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a simulation
        self.server.clock = lambda: self.day
        self.server.seed(
            {
                "README.md": "# Bread\n",
                "taxonomy/taxonomy.yaml": dump_taxonomy(TAXONOMY),
                **{f"taxonomy/papers/{paper.id}.yaml": dump_paper(paper) for paper in PAPERS.values()},
            }
        )
        self.records: dict[str, Record] = {}
        self.refused: dict[str, int] = {}
        """Paper -> the number of its pull request that a human closed for good."""
        self.human: dict[str, str] = {}
        """Commits people pushed -> the branch they pushed them to."""
        self.gone: set[str] = set()
        """Branches people deleted, with all that was on them."""
        self.conflicts: list[int] = []
        """Pull requests that could not be merged although nobody had listed the paper."""
        self.did = Counter[str]()
        self.met = Counter[str]()
        self.runs = 0

    # --- the bot ------------------------------------------------------------------------------------------------------

    def library(self) -> Library:
        papers: dict[str, Paper] = {}
        for path in self.server.files("main"):
            if path.startswith("taxonomy/papers/"):
                stem = path.removeprefix("taxonomy/papers/").removesuffix(".yaml")
                paper_id = ids.from_stem(stem)
                papers[paper_id] = read_paper(self.server.file("main", path) or "", paper_id, path).get()
        return Library(taxonomy=self.taxonomy, papers=papers)

    def parts(self, records: Sequence[Record], at: Callable[[], None] = lambda: None) -> pipeline.Parts:
        """A fresh runner's doors: nothing is left of the run before. ``at`` is called where a run may be ended."""
        self.runs += 1
        home = self.folder / f"runner-{self.runs}"
        archive = RecordArchive(home / "records", self._fetch)
        url = f"{self.server.url}/{self.server.full_name}.git"
        return pipeline.Parts(
            sources=[Given(records, at)],
            archive=archive,
            memory=Readings,
            judge=Numbered(self.taxonomy),
            forge=GitHubForge(place_of(self.server), self.caps, pace=0.0),
            ledger=BranchLedger(home / "state", url, BRANCH, self.server.token),
            progress=quiet,
            papers_folder="taxonomy/papers",
            caps=self.caps,
            on_judged=lambda fate: at(),
        )

    def _fetch(self, asked: Sequence[str]) -> Iterator[Record]:
        if self.is_offline:
            raise SourceError("the line is dead", where="arXiv")
        known = {**RECORDS, **self.records}
        return iter([known[paper_id] for paper_id in asked if paper_id in known])

    def run(self, records: Sequence[Record] = (), at: Callable[[], None] = lambda: None) -> RunReport | None:
        """One run; None when it was killed or could do nothing at all."""
        self.day += timedelta(minutes=self.dice.randint(20, 2000))
        return self.go(self.parts(records, at))

    def go(self, parts: pipeline.Parts, **more: Any) -> RunReport | None:
        """A run with these doors, some of them others."""
        parts = replace(parts, **more)
        try:
            return pipeline.run(self.library(), parts, run=pipeline.run_name(self.day), now=lambda: self.day)
        except Killed:
            self.met["killed"] += 1
        except SurveyBotError:
            self.met["nothing could be done"] += 1
        return None

    def race(self, records: Sequence[Record]) -> None:
        """Two runs at once over the same papers."""
        self.met["two bots at once"] += 1
        self.day += timedelta(minutes=self.dice.randint(20, 2000))
        doors = [self.parts(records) for _ in range(2)]
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.go, doors))  # raises what one of them raised

    def fates(self) -> dict[str, Fate]:
        url = f"{self.server.url}/{self.server.full_name}.git"
        self.runs += 1
        return dict(BranchLedger(self.folder / f"reader-{self.runs}", url, BRANCH, self.server.token).fates())

    # --- the world ----------------------------------------------------------------------------------------------------

    def papers(self) -> list[Record]:
        """The day's new papers after those of the days before, as a window of some days shows them."""
        window = list(self.records.values())[-_WINDOW:]
        for _ in range(self.dice.choice((0, 0, 1, 1, 2, 3))):
            number = len(self.records) + 1
            paper_id = f"2601.{number // 10:04d}{self.dice.randint(0, 9)}"[:10]
            if paper_id not in self.records:
                record = candidate(paper_id, f"Loaf {number}: On Bread", f"Bread number {number} is baked.")
                self.records[paper_id] = record
                window.append(record)
        return window

    def trouble(self) -> Callable[[], None]:
        """Perhaps something fails in the coming run."""
        fault = self.dice.choice(
            (None, None, None, "lost reply", "refused write", "broken line", "secondary limit", "bad gateway", "killed")
        )
        write, read = self.dice.choice(("POST", "PATCH", "PUT")), "GET"
        if fault == "lost reply":
            self.server.fail(write, ".", model.AfterWrite(502), times=self.dice.randint(1, 3))
        elif fault == "refused write":
            self.server.fail(write, ".", model.Status(502), times=self.dice.randint(1, 3))
        elif fault == "broken line":
            self.server.fail(write, ".", model.Reset(), times=self.dice.randint(1, 2))
        elif fault == "secondary limit":
            self.server.fail(write, ".", model.SecondaryLimit(0))
        elif fault == "bad gateway":
            self.server.fail(read, ".", model.Status(502), times=self.dice.randint(1, 8))
        if fault:
            self.met[fault] += 1
        if fault != "killed":
            return lambda: None
        left = self.dice.randint(0, 6)

        def kill() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        return kill

    def calm(self) -> None:
        """Nothing fails any more."""
        self.server.heal()

    # --- the people ---------------------------------------------------------------------------------------------------

    def person(self) -> None:
        """Someone does something."""
        open_pulls = [
            one
            for one in self.server.pulls("open")
            if one.pull and one.pull.head.startswith(ids.BRANCHES) and one.pull.head != f"{ids.BRANCHES}init"
        ]
        closed = [one for one in self.server.pulls("closed") if one.pull and not one.merged]
        doings: list[Callable[[], None]] = [self._tick, self._comment, self._list_by_hand, self._new_version]
        if open_pulls:
            one = self.dice.choice(open_pulls)
            doings += [lambda: self._merge(one), lambda: self._merge(one), lambda: self._edit(one)] * 2
            doings += [lambda: self._close(one), lambda: self._later(one), lambda: self._delete(one)]
            doings += [lambda: self._retitle(one), lambda: self._rename(one), lambda: self._command(one)]
        if closed:
            another = self.dice.choice(closed)
            doings.append(lambda: self._reopen(another))
        self.day += timedelta(minutes=self.dice.randint(1, 60))
        self.dice.choice(doings)()

    def paper(self, one: model.Issue) -> str:
        """The paper of a pull request."""
        assert one.pull
        return ids.from_stem(one.pull.head.removeprefix(ids.BRANCHES))

    def _merge(self, one: model.Issue) -> None:
        try:
            self.server.merge(one.number, self.dice.choice(("merge", "squash", "rebase")))
            self.did["merge"] += 1
        except model.Refusal:
            self.did["merge, in vain"] += 1
            if self.paper(one) not in self.library().papers:  # else a human listed it since: the bot closes it soon
                self.conflicts.append(one.number)

    def _push(self, one: model.Issue, edits: dict[str, str | None]) -> None:
        assert one.pull
        self.human[self.server.push(one.pull.head, edits)] = one.pull.head

    def _edit(self, one: model.Issue) -> None:
        self.did["push to our branch"] += 1
        paper_id = self.paper(one)
        paper = Paper(
            id=paper_id, title="Loaf, corrected", year=2026, venue="arXiv", labels=(self.dice.choice(LEAVES),)
        )
        self._push(one, {f"taxonomy/papers/{paper_id}.yaml": dump_paper(paper)})
        if self.dice.random() < 0.5:
            self._merge(one)

    def _rename(self, one: model.Issue) -> None:
        self.did["rename the file, merge"] += 1
        paper_id = self.paper(one)
        old, new = f"taxonomy/papers/{paper_id}.yaml", f"loaf-{one.number}"
        paper = Paper(
            id=new, title="Loaf", year=2026, venue="Blog", labels=("steam",), url=f"https://bread.example/{new}"
        )
        self._push(one, {old: None, f"taxonomy/papers/{new}.yaml": dump_paper(paper)})
        self._merge(one)

    def _close(self, one: model.Issue) -> None:
        self.did["close"] += 1
        self.server.close(one.number)
        self._refuse(one)

    def _refuse(self, one: model.Issue) -> None:
        """Closed for good, unless the label of an earlier postponing is still on it."""
        if self.caps.later not in {label.name for label in one.labels}:
            self.refused[self.paper(one)] = one.number

    def _later(self, one: model.Issue) -> None:
        self.did["close with label later"] += 1
        self.server.close(one.number, label="later")

    def _delete(self, one: model.Issue) -> None:
        assert one.pull
        self.did["delete the branch"] += 1
        self.gone.add(one.pull.head)
        self.server.delete_branch(one.pull.head)
        self._refuse(one)

    def _retitle(self, one: model.Issue) -> None:
        self.did["edit title and text"] += 1
        self.server.edit_pull(one.number, title="What a loaf", body=f"I rewrote this.\n\n{one.body}")

    def _reopen(self, one: model.Issue) -> None:
        listed = f"taxonomy/papers/{self.paper(one)}.yaml" in self.server.files("main")
        try:
            if not listed:
                self.server.reopen(one.number)
                self.did["reopen"] += 1
                self.refused.pop(self.paper(one), None)
        except model.Refusal:  # its branch is gone or another one's, as GitHub has it
            self.did["reopen, in vain"] += 1

    def _command(self, one: model.Issue) -> None:
        wish = self.dice.choice(("reject", "later"))
        self.did[f"comment {wish} on a pull request"] += 1
        self.server.comment(one.number, f"/survey-bot {wish}")

    def _comment(self) -> None:
        board = self.dashboard()
        if board and self.records:
            paper_id = self.dice.choice(list(self.records))
            wish, by = self.dice.choice(("propose", "reject")), self.dice.choice(("maintainer", "stranger"))
            self.did[f"comment {wish} on the dashboard ({by})"] += 1
            self.server.comment(board.number, f"/survey-bot {wish} {paper_id}", by=by)

    def _tick(self) -> None:
        board = self.dashboard()
        if board and "- [ ]" in (board.body or ""):
            self.did["tick a box"] += 1
            self.server.tick(board.number, "- [ ]")

    def dashboard(self) -> model.Issue | None:
        """The issue, once there is one."""
        boards = [one for one in self.server.issues.values() if not one.pull]
        return boards[0] if boards else None

    def _list_by_hand(self) -> None:
        if self.records:
            paper_id = self.dice.choice(list(self.records))
            path = f"taxonomy/papers/{paper_id}.yaml"
            if path not in self.server.files("main"):
                self.did["list by hand"] += 1
                paper = Paper(id=paper_id, title="By hand", year=2026, venue="arXiv", labels=("steam",))
                self.server.push("main", {path: dump_paper(paper)})

    def _new_version(self) -> None:
        if self.records:
            old = self.dice.choice(list(self.records.values()))
            self.did["a paper gets a new version"] += 1
            self.records[old.id] = old.model_copy(update={"version": (old.version or 1) + 1})

    # --- days ---------------------------------------------------------------------------------------------------------

    def days(self, count: int) -> None:
        """So many runs, mostly one after the other, with trouble and people in between."""
        for _ in range(count):
            trouble, papers = self.trouble(), self.papers()
            if self.dice.random() < _RACES:
                self.race(papers)
            else:
                self.run(papers, trouble)
            self.calm()
            for _ in range(self.dice.randint(0, 3)):
                self.person()

    def rest(self) -> RunReport | None:
        """Some runs in which nothing fails and nobody does anything, until all that can be done is done."""
        for _ in range(3):
            report = self.run(self.papers())
        return report

    # --- what must hold -----------------------------------------------------------------------------------------------

    def duplicates(self) -> list[str]:
        """Papers with two open pull requests, or with a second one although the first was not postponed."""
        found = []
        of: dict[str, list[model.Issue]] = {}
        for one in self.server.pulls():
            assert one.pull
            if one.pull.head.startswith(ids.BRANCHES):
                of.setdefault(one.pull.head, []).append(one)
        for branch, pulls in of.items():
            if sum(one.state == "open" for one in pulls) > 1:
                found.append(f"{branch}: two are open")
            found += [
                f"{branch}: #{after.number} after #{before.number}"
                for before, after in pairwise(pulls)
                if before.merged or "later" not in {label.name for label in before.labels}
            ]
        return found

    def returned(self) -> list[str]:
        """Papers that were refused and have a newer pull request."""
        return [
            paper_id
            for paper_id, number in self.refused.items()
            if any(one.number > number and self.paper(one) == paper_id for one in self.server.pulls())
        ]

    def lost(self) -> list[str]:
        """Commits of people that no branch holds any more, but for those on branches people deleted."""
        tips = [tip for branch in self.server.branches() if (tip := self.server.head(branch))]
        kept = {one.pull.head_sha for one in self.server.pulls() if one.pull and one.merged}
        return [
            commit
            for commit, branch in self.human.items()
            if branch not in self.gone and not any(self.server.git.contains(tip, commit) for tip in (*tips, *kept))
        ]

    def without_fate(self) -> list[str]:
        """Papers that appeared, are not listed, and of which the ledger knows nothing; or whose fate is not final."""
        fates, listed = self.fates(), self.library().papers
        return [one for one in self.records if one not in fates and one not in listed]

    def wrong_fate(self) -> list[str]:
        """Papers whose fate is not what GitHub shows."""
        fates, listed, found = self.fates(), self.library().papers, []
        for one in self.server.pulls():
            paper_id = self.paper(one)
            if not ids.is_arxiv(paper_id) or paper_id not in fates:
                continue
            state = fates[paper_id].state
            if one.state == "open" and state is not State.PROPOSED and paper_id not in listed:
                found.append(f"{paper_id} is {state}, and #{one.number} is open")
            if one.merged and state not in (State.ACCEPTED, State.CORRECTED):
                found.append(f"{paper_id} is {state}, and #{one.number} was merged")
        return found
