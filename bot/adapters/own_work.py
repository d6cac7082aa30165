"""How the bot tells its own pull request from one that a person has touched."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Any

from bot import ids
from bot.block import read_block, write_block
from bot.errors import ForgeError
from bot.models import Proposal

_KIND = "pull"
_STAMP = "Proposed by survey-bot."
_FORBIDDEN = {"..", ".git", "git~1"}


def sign(title: str, text: str, **facts: Any) -> str:
    """The text with a hidden block at its end that holds these facts (JSON), and a digest of title and text."""
    return f"{text.rstrip()}\n\n{write_block({**facts, 'text': _digest(title, text)}, _KIND)}\n"


def told(text: str) -> dict[str, Any]:
    """The facts of :func:`sign`, whoever has edited the text since; empty when they cannot be read."""
    return read_block(text, _KIND) or {}


def signed(title: str, text: str) -> dict[str, Any] | None:
    """The facts of :func:`sign`, or None when a person changed title or text since; white space counts for nothing."""
    above, _, rest = text.rpartition(f"<!-- survey-bot:{_KIND} ")
    facts = read_block(text, _KIND)
    below = rest.partition("-->")[2]
    return facts if facts and facts.get("text") == _digest(title, above + below) else None


def _digest(title: str, text: str) -> str:
    return hashlib.sha256(" ".join([*title.split(), "\n", *text.split()]).encode("utf-8", "replace")).hexdigest()[:16]


def is_inside(path: str) -> bool:
    """Whether this is plainly the path of a file inside the repository."""
    pure = PurePosixPath(path)
    outside = pure.is_absolute() or not pure.parts or _FORBIDDEN & {part.lower() for part in pure.parts}
    return not outside and str(pure) == path and path.isprintable() and "\\" not in path and path[0] != ":"


def check_path(path: str) -> None:
    """Raises ForgeError for a path that is not plainly that of a file inside the repository."""
    if not is_inside(path):
        raise ForgeError(
            "this is no path of a file in the repository",
            where=repr(path),
            remedy="it must be relative to the root of the repository, with forward slashes",
        )


def own_stem(proposal: Proposal) -> str:
    """The stem of the paper. Raises ForgeError for a branch or path that is not this paper's own."""
    stem = ids.to_stem(proposal.paper.id)
    if not ids.is_valid(proposal.paper.id) or proposal.branch != ids.BRANCHES + stem:
        raise ForgeError(
            "this is no branch of the bot", where=proposal.branch, remedy=f"it must be {ids.BRANCHES}{stem}"
        )
    if not is_inside(proposal.path) or PurePosixPath(proposal.path).name != f"{stem}.yaml":
        raise ForgeError(
            "this is no path for the paper's file", where=repr(proposal.path), remedy="see [survey] taxonomy"
        )
    return stem


def paper_of(branch: str) -> str | None:
    """The paper whose branch of the bot this is; the one of the onboarding is no paper's."""
    stem = branch.removeprefix(ids.BRANCHES)
    paper_id = ids.from_stem(stem)
    is_paper = branch == ids.BRANCHES + stem and branch != ids.ONBOARDING and ids.is_valid(paper_id)
    return paper_id if is_paper and ids.to_stem(paper_id) == stem else None


def commit_message(proposal: Proposal) -> str:
    """What the one commit says."""
    return stamped(" ".join(proposal.title.split()))


def stamped(message: str) -> str:
    """The message of a commit, under which stands once who proposed it."""
    text = message.replace("\0", "").strip().removesuffix(_STAMP).rstrip()
    return f"{text}\n\n{_STAMP}\n"
