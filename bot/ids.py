"""Paper ids: arXiv ids of both styles, and slugs for papers that are not on arXiv.

Source: https://info.arxiv.org/help/arxiv_identifier.html. Ids are *bare* everywhere in the bot: a version is never
part of one, so a revision is recognised as the paper it revises.
"""

import re

_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z]+(?:-[a-z]+)*(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV = re.compile(rf"(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d*))?", re.ASCII)
_SLUG = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*")
_LINK = re.compile(
    r"(?i:https?://(?:(?:[\w-]+\.)?(?:arxiv\.org|ar5iv\.org|alphaxiv\.org|ar5iv\.labs\.arxiv\.org)"
    r"/(?:abs|pdf|html|format|overview|ps)/|(?:www\.)?huggingface\.co/papers/|(?:dx\.)?doi\.org/10\.48550/arxiv\.))"
    rf"(?P<id>(?:{_NEW}|{_OLD})(?:v[1-9]\d*)?)(?:\.pdf)?(?:[/?#&].*)?",
    re.ASCII,
)
"""Where a paper of arXiv's is shown: there, by mirrors, and by its DOI (https://info.arxiv.org/help/doi.html)."""


BRANCHES = "survey-bot/"
"""Every branch of the bot starts so; what follows is the paper's id."""
ONBOARDING = f"{BRANCHES}init"
"""The one that is no paper's."""


def parse(text: str) -> tuple[str, int | None]:
    """Split an arXiv id like ``2602.03782v2`` or ``cs/0112017`` into (bare id, version or None).

    A link to arXiv or a leading ``arXiv:`` is accepted too. Raises ValueError for anything else.
    """
    text = text.strip()
    link = _LINK.fullmatch(text)
    bare = link["id"] if link else re.sub("^arxiv:", "", text, flags=re.IGNORECASE)
    match = _ARXIV.fullmatch(bare)
    if not match:
        raise ValueError(f"{text!r} is not an arXiv id")
    return match["id"], int(match["version"]) if match["version"] else None


def is_arxiv(paper_id: str) -> bool:
    """Whether this is a bare arXiv id of either style."""
    match = _ARXIV.fullmatch(paper_id)
    return match is not None and match["version"] is None


def is_valid(paper_id: str) -> bool:
    """Whether this is a bare arXiv id, or a slug (``minivla``) for a paper that is not on arXiv."""
    return is_arxiv(paper_id) or bool(_SLUG.fullmatch(paper_id))


def to_stem(paper_id: str) -> str:
    """The id as a file or branch name: the old style's slash becomes an underscore (``cs_0112017``)."""
    return paper_id.replace("/", "_")


def file_name(paper_id: str) -> str:
    """The name of a paper's file, of what is listed or of its facts: ``2602.03782.yaml``."""
    return f"{to_stem(paper_id)}.yaml"


def from_stem(stem: str) -> str:
    """The id of a file or branch name; the inverse of :func:`to_stem`."""
    return stem.replace("_", "/")


def branch(paper_id: str) -> str:
    """The branch that is this paper's one key on every forge: ``survey-bot/2602.03782``."""
    return f"{BRANCHES}{to_stem(paper_id)}"


def abs_url(paper_id: str) -> str:
    """The abstract page of an arXiv paper."""
    return f"https://arxiv.org/abs/{paper_id}"


def from_url(url: str) -> str | None:
    """The bare id of the paper on arXiv that an address leads to, be it arXiv's, a mirror's or a DOI; else None."""
    return parse(url)[0] if _LINK.fullmatch(url.strip()) else None


def slug(text: str) -> str:
    """A slug of lower-case words joined by hyphens (``Efficient Pre-Training`` -> ``efficient-pre-training``)."""
    words = "-".join(re.findall(r"[a-z0-9]+", text.lower()))
    return words if not words or words[0].isalpha() else f"x-{words}"


def sort_key(paper_id: str) -> tuple[int, str]:
    """Order by time of submission: old-style ids, then new-style ids, then papers that are not on arXiv."""
    if not is_arxiv(paper_id):
        return (2, paper_id)
    old = "/" in paper_id
    number = paper_id.rsplit("/", 1)[-1]
    century = "19" if old and number[0] == "9" else "20"
    return (0 if old else 1, century + number)


def year(paper_id: str) -> int | None:
    """The year in which an arXiv id was given out, or None for a slug."""
    return int(sort_key(paper_id)[1][:4]) if is_arxiv(paper_id) else None
