"""The forge that is a repository on GitHub: a branch, a commit and a pull request per paper, and a dashboard issue.

Branches are pushed with git, everything else goes over REST. What a person touched is left alone: a branch is written
only where it is as the bot left it, by compare and swap, and a text only when it is the bot's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import quote

from github.PullRequest import PullRequest

from bot.adapters.github.api import GitHubApi
from bot.adapters.github.branches import Branches
from bot.adapters.github.desk import Desk
from bot.adapters.github.manners import Manners
from bot.adapters.github.place import Place
from bot.adapters.github.pulls import Pulls, counting
from bot.adapters.own_work import own_stem, sign, signed
from bot.adapters.shelf import TAXONOMY
from bot.errors import ForgeError
from bot.fates import Pull, PullState, Request
from bot.markdown import escape
from bot.models import Proposal
from bot.settings import Forge as Options

_HOW_TO = (
    "**Merge** it if it is right · [**edit the file**]({file}) to correct it ([the classes]({classes})), then merge · "
    "**close** it to reject it for good · close it with the label **{later}** to see it again when it has a new "
    "version or a venue"
)


class GitHubForge:
    """Implements :class:`bot.ports.Forge` with the settings of ``[forge]``.

    Nothing is asked before the first method is called.
    """

    dry = False
    forgets = False

    def __init__(self, place: Place, options: Options, *, pace: float | None = None) -> None:
        self.name = f"github {place.repository}"
        self._options = options
        self._api = GitHubApi(place, pace)
        self._pulls = Pulls(self._api, options.later)
        self._manners = Manners(self._api, options)
        self._desk = Desk(self._api, self._pulls.paper_of)

    @property
    def notes(self) -> Sequence[str]:
        """What was odd so far, one sentence each."""
        return self._api.notes

    def pulls(self, since: datetime | None = None) -> dict[str, Pull]:
        """The bot's pull requests by paper, see :class:`bot.ports.Forge`. Raises ForgeError."""
        return self._pulls.read(since)

    def requests(self, since: datetime | None = None) -> list[Request]:
        """Ticked boxes of the dashboard, then commands of people who may write here. Raises ForgeError."""
        return self._desk.requests(since)

    def show(self, page: Callable[[str], str]) -> str:
        """Write the dashboard; empty where Issues are switched off. Raises ForgeError."""
        return self._desk.show(page)

    # --- opening ------------------------------------------------------------------------------------------------------

    def open(self, proposal: Proposal) -> Pull:
        """Open it, or give back what became of it earlier; see :class:`bot.ports.Forge`. Raises ForgeError.

        The branch comes first, and only where there is none; a branch that is there is adopted. What a run that was
        interrupted at any moment left behind, the next call finishes.
        """
        own_stem(proposal)
        known = self._pulls.known(proposal.paper.id)
        if self._branches.has(proposal.path):
            merged = Pull(id=proposal.paper.id, state=PullState.MERGED, where=proposal.path)
            told = self._pulls.told(merged.id, counting(known)) if known else merged
            return told.model_copy(update={"state": PullState.MERGED})
        return self._settled(proposal, known) or self._opened(proposal)

    def _settled(self, proposal: Proposal, known: Sequence[PullRequest]) -> Pull | None:
        """What became of it, when that needs no new pull request."""
        if not known or self._pulls.state(counting(known)) is PullState.POSTPONED:
            return None
        pull = counting(known)
        if self._pulls.state(pull) is PullState.OPEN:
            pull = self._refreshed(pull, proposal)
        return self._pulls.told(proposal.paper.id, pull)

    def _opened(self, proposal: Proposal) -> Pull:
        paper_id = proposal.paper.id
        commit = self._branches.create(proposal)
        if commit is None:  # it is there already
            settled = self._settled(proposal, self._pulls.of(paper_id))
            if settled:
                return settled
            commit = self._adopted(proposal)
        body = self._body(proposal, commit)
        pull = self._api.make(
            f"the pull request of {paper_id} cannot be opened",
            lambda repo: repo.create_pull(
                self._options.base, proposal.branch, title=proposal.title, body=body, draft=self._options.draft
            ),
            lambda: self._appeared(paper_id),
        )
        self._pulls.add(paper_id, pull)
        if pull.body != body:  # another run was quicker: its words and what is on the branch must be of one mind
            pull = self._refreshed(pull, proposal)
        self._manners.dress(pull)
        return self._pulls.told(paper_id, pull)

    def _body(self, proposal: Proposal, commit: str) -> str:
        home = self._api.place.home
        classes = PurePosixPath(proposal.path).parent.parent / TAXONOMY
        how_to = _HOW_TO.format(
            file=quote(f"{home}/edit/{proposal.branch}/{proposal.path}", safe=":/"),
            classes=quote(f"{home}/blob/{self._options.base}/{classes}", safe=":/"),
            later=escape(self._options.later),
        )
        text = f"{proposal.body.rstrip()}\n\n{how_to}"
        return sign(proposal.title, text, commit=commit, file=self._branches.blob(proposal.content))

    def _adopted(self, proposal: Proposal) -> str:
        """The commit of a branch without a pull request; the bot's own is brought up to date, a person's never touched.

        Empty for a person's, so that it is taken for touched ever after.
        """
        tip = self._branches.tip(proposal)
        if tip is None:
            raise ForgeError(
                "the branch can be neither made nor found", where=proposal.branch, remedy="the next run tries again"
            )
        if tip.own and tip.blob == self._branches.blob(proposal.content):
            return tip.commit
        return self._branches.update(proposal, tip) or ""

    def _appeared(self, paper_id: str) -> PullRequest | None:
        """The pull request that was made although GitHub did not say so, or that was there."""
        found = self._pulls.of(paper_id)
        return counting(found) if found and self._pulls.state(counting(found)) is not PullState.POSTPONED else None

    def _refreshed(self, pull: PullRequest, proposal: Proposal) -> PullRequest:
        """An open one, brought up to date when its file would be another today and only the bot touched it."""
        paper_id = proposal.paper.id
        if self._is_left_alone(pull, proposal):
            return pull
        pull = counting(self._pulls.of(paper_id) or [pull])  # whatever a person did since it was read
        if self._pulls.state(pull) is not PullState.OPEN or self._is_left_alone(pull, proposal):
            return pull
        tip = self._branches.tip(proposal)
        if tip is None or not tip.own:
            return pull
        same = tip.blob == self._branches.blob(proposal.content)  # as a run that was interrupted leaves it
        commit = tip.commit if same else self._branches.update(proposal, tip)
        if commit:
            body = self._body(proposal, commit)
            what = f"the pull request of {paper_id} cannot be changed"
            self._api.ask(what, lambda _: pull.edit(title=proposal.title, body=body))
        return pull

    def _is_left_alone(self, pull: PullRequest, proposal: Proposal) -> bool:
        """Whether a person touched its text or adopted its branch, or it is as it would be proposed today."""
        facts = signed(pull.title, pull.body or "")
        if facts is None or not facts.get("commit"):
            return True
        return facts["commit"] == pull.head.sha and facts.get("file") == self._branches.blob(proposal.content)

    # --- closing ------------------------------------------------------------------------------------------------------

    def close(self, paper_id: str, sentence: str, *, later: bool = False) -> None:
        """Close the paper's open pull request, if there is one; ``sentence`` is Markdown. Raises ForgeError.

        One that is closed already gets, or loses, the label by which it is postponed.
        """
        found = self._pulls.of(paper_id)
        if found:
            pull, what = counting(found), f"the pull request of {paper_id} cannot be closed"
            if self._pulls.state(pull) is not PullState.MERGED:
                self._postpone(pull, what, later)  # first, so that it is at no moment closed for good
            if pull.state == "open":
                self._manners.close(pull, what, sentence)

    def _postpone(self, pull: PullRequest, what: str, later: bool) -> None:
        label = self._options.later
        there = label.lower() in {one.name.lower() for one in pull.labels}
        if later and not there:
            self._manners.make_labels()
            self._api.ask(what, lambda _: pull.add_to_labels(label))
        elif there and not later:
            self._api.ask(what, lambda _: pull.remove_from_labels(label))

    @cached_property
    def _branches(self) -> Branches:
        return Branches(self._api.place.git, self._options.base, self._api.place.token)
