"""What every pull request of the bot gets on GitHub: labels, reviewers, and a last word when it is closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from github.PullRequest import PullRequest

from bot.adapters.github.api import GitHubApi
from bot.block import read_block, write_block
from bot.errors import ForgeError
from bot.settings import Forge as Options

_SAID = "said"
_COLOR = "c5def5"
_PROPOSED_MEANS = "Proposed by survey-bot"
_LATER_MEANS = "Closed with this label: proposed again when the paper has a new version or a venue"


class Manners:
    """Labels and reviewers are decoration: what fails of it is noted, once, and costs no pull request."""

    def __init__(self, api: GitHubApi, options: Options) -> None:
        self._api, self._options = api, options

    def dress(self, pull: PullRequest) -> None:
        """Give it the labels and reviewers of the settings."""
        labels, reviewers = self._options.labels, list(self._options.reviewers)
        if labels:
            self.make_labels()
            with self._best_effort():
                self._api.ask(f"{pull.html_url} cannot be labelled", lambda _: pull.add_to_labels(*labels))
        if reviewers:
            what = f"no review of {pull.html_url} can be asked for"
            with self._best_effort():
                self._api.ask(what, lambda _: pull.create_review_request(reviewers=reviewers))

    def close(self, pull: PullRequest, what: str, sentence: str) -> None:
        """Close it and say why (Markdown), once; ``what`` says what failed. Raises ForgeError."""
        digest = hashlib.sha256(sentence.encode()).hexdigest()[:16]

        def is_said() -> bool:
            comments = self._api.ask(what, lambda _: list(pull.get_issue_comments()))
            return any((read_block(one.body or "", _SAID) or {}).get("text") == digest for one in comments)

        if not is_said():
            text = f"{sentence}\n\n{write_block({'text': digest}, _SAID)}"
            self._api.make(what, lambda _: bool(pull.create_issue_comment(text)), lambda: is_said() or None)
        self._api.ask(what, lambda _: pull.edit(state="closed"))

    def make_labels(self) -> None:
        """Those that are missing, once; labels that GitHub makes by itself are grey and say nothing."""
        with self._best_effort():
            for name in self._missing_labels:
                means = _LATER_MEANS if name == self._options.later else _PROPOSED_MEANS
                with self._best_effort():
                    self._make_label(name, means)
            self._missing_labels.clear()

    def _make_label(self, name: str, means: str) -> None:
        what = f"the label {name!r} cannot be made"
        self._api.make(what, lambda repo: bool(repo.create_label(name, _COLOR, means)), lambda: True)

    @cached_property
    def _missing_labels(self) -> list[str]:
        listed = self._api.ask("the labels cannot be read", lambda repo: [label.name for label in repo.get_labels()])
        there = {name.lower() for name in listed}
        return [name for name in (*self._options.labels, self._options.later) if name.lower() not in there]

    @contextmanager
    def _best_effort(self) -> Iterator[None]:
        """What fails is noted, once."""
        try:
            yield
        except ForgeError as error:
            self._api.note(str(error))
