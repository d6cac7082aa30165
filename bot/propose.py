"""Everything a reviewer sees of one paper, as pure data and Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from bot import ids
from bot.block import write_block
from bot.markdown import escape, link, plain, shortened, table
from bot.models import Judgement, Link, Paper, Precedent, Proposal, Ranked, Record, Taxonomy

_URL = re.compile(r"https?://[a-z\d-]+(?:\.[a-z\d-]+)+(?::\d+)?(?:[/?#][!#-&(-;=?-Z_a-z~]*)?", re.IGNORECASE)
_LATEX = re.compile(r"\\([_%#&~])")
_CODE_HOSTS = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[^/]+/[^/]+", re.IGNORECASE
)
# Papers have pages of their own, and a link to an issue or a commit would leave a trace in a stranger's repository.
_NO_PAGE = re.compile(
    r"https?://(?:[\w.-]+\.)?(?:arxiv\.org|doi\.org)\b"
    r"|https?://[^/]+/[^/]+/[^/]+/(?:-/)?(?:issues?|pulls?|commits?|discussions|merge_requests)\b",
    re.IGNORECASE,
)
_LINKS = 4
_TITLE, _NAME, _QUOTE = 300, 120, 600
"""Characters that are shown of a stranger's text: GitHub takes 256 of a title and 65,536 of a body."""

_WHAT_YOU_CAN_DO = """\
<details><summary>What you can do</summary>

- **Accept**: merge. **Correct**: edit `labels` in the file, then merge; the bot learns from the difference.
- **Reject for good**: close without merging; it is never proposed again.
- What does the bot know of it? `survey-bot explain {id}`
</details>"""


def found_links(record: Record) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The (website, code) links that abstract and comment name, each once, in their order, the first few of each.

    Links to arXiv, to a publisher (DOI), to issues and to commits are neither.
    """
    text = _LATEX.sub(r"\1", f"{record.abstract} {record.comment or ''}")
    found: dict[str, Link] = {}
    for url in map(_trimmed, _URL.findall(text)):
        if not _NO_PAGE.match(url):
            found.setdefault(url.rstrip("/").lower(), Link(url=url))
    code = [link for link in found.values() if _CODE_HOSTS.match(link.url)]
    website = [link for link in found.values() if link not in code]
    return tuple(website[:_LINKS]), tuple(code[:_LINKS])


def _trimmed(url: str) -> str:
    """An address without the punctuation of the sentence it stands in."""
    while url.endswith((".", ",", ";", ":", "!", "?", "*", "_", "~")) or (
        url.endswith(")") and url.count(")") > url.count("(")
    ):
        url = url[:-1]
    return url


def new_paper(record: Record, labels: tuple[str, ...], today: date) -> Paper:
    """The file that is proposed."""
    website, code = found_links(record)
    # not the day of submission: what is sent in on 31 December may get its id in January, and ids name the year
    year = ids.year(record.id) or (record.published or today).year
    return Paper(
        id=record.id,
        title=record.title,
        year=year,
        venue="arXiv",
        website=website,
        code=code,
        labels=labels,
        added=today,
    )


def propose(
    record: Record,
    judgement: Judgement,
    taxonomy: Taxonomy,
    *,
    folder: str,
    dump: Callable[[Paper], str],
    today: date,
    provenance: Mapping[str, Any],
) -> Proposal:
    """One paper, one branch, one commit, one file.

    ``folder`` is where the papers are, from the repository's root; ``dump`` writes a paper as its file;
    ``provenance`` (JSON) says what judged it and goes into the hidden block.
    """
    paper = new_paper(record, judgement.labels, today)
    path = taxonomy.paths[judgement.labels[0]]
    return Proposal(
        paper=paper,
        branch=ids.branch(paper.id),
        path=str(PurePosixPath(folder, f"{ids.to_stem(paper.id)}.yaml")),
        content=dump(paper),
        title=plain(f"Add {shortened(paper.short_name, _NAME)}: {path[0].name} › {path[-1].name}"),
        body=body(record, paper, judgement, taxonomy, provenance),
    )


def body(record: Record, paper: Paper, judgement: Judgement, taxonomy: Taxonomy, provenance: Mapping[str, Any]) -> str:
    """The Markdown of the pull request: judged in ten seconds, checked in two minutes."""
    parts = [_heading(record, paper), _placement(judgement, taxonomy)]
    if judgement.rationale:
        parts.append(f"> “{escape(shortened(judgement.rationale.quote, _QUOTE))}”")
    if judgement.precedents:
        parts.append(f"**Precedents** (already in the survey)\n\n{_precedents(judgement.precedents, taxonomy)}")
    if judgement.flags:
        parts.append("**Mind**\n\n" + "\n".join(f"- {escape(flag)}" for flag in judgement.flags))
    parts.append(_checks(judgement))
    parts.append(_WHAT_YOU_CAN_DO.format(id=paper.id))
    parts.append(write_block({"v": 1, **_facts(record, judgement), **provenance}))
    return "\n\n".join(parts) + "\n"


def _heading(record: Record, paper: Paper) -> str:
    facts = [
        f"**{link(shortened(record.title, _TITLE), paper.link)}**",
        str(record.published or record.updated or ""),
        escape(", ".join(record.categories)),
        f"v{record.version}" if record.version else "",
        *(link("code", code.url) for code in paper.code),
        *(link("page", page.url) for page in paper.website),
    ]
    return " · ".join(fact for fact in facts if fact)


def _placement(judgement: Judgement, taxonomy: Taxonomy) -> str:
    chosen = [ranked for ranked in judgement.placement if ranked.label in judgement.labels]
    others = [ranked for ranked in judgement.placement if ranked.label not in judgement.labels][:1]
    why = judgement.rationale

    def row(word: str, ranked: Ranked, reason: str) -> list[str]:
        *above, leaf = [escape(name) for name in taxonomy.trail(ranked.label).split(" › ")]
        return [word, " › ".join([*above, f"**{leaf}**"]), f"{ranked.probability:.2f}", reason]

    rows = [
        row(
            "**proposed**" if first else "**and**",
            ranked,
            f"rule *{escape(why.rule)}*" if first and why else "",
        )
        for first, ranked in zip([True, *[False] * len(chosen)], chosen, strict=False)
    ]
    rows += [row("runner-up", ranked, escape(why.why_not) if why else "") for ranked in others]
    return table(["", "class", "confidence", "why"], rows)


def _precedents(precedents: tuple[Precedent, ...], taxonomy: Taxonomy) -> str:
    return table(
        ["similar paper", "its classes", "similarity"],
        [
            [
                link(precedent.title, precedent.link),
                escape(", ".join(taxonomy.leaf(label).name for label in precedent.labels if label in taxonomy.paths)),
                f"{precedent.similarity:.2f}",
            ]
            for precedent in precedents
        ],
    )


def _checks(judgement: Judgement) -> str:
    terms = escape(shortened(", ".join(judgement.scope.terms[:6]), _NAME))
    return (
        f"Scope {judgement.scope.score:.2f} ({terms or 'none of the terms'}). The new file passes `survey-bot check`. "
        "No language model was asked. Confidence is the model's own and not calibrated yet."
    )


def _facts(record: Record, judgement: Judgement) -> dict[str, Any]:
    return {
        "paper": record.id,
        "version": record.version,
        "labels": list(judgement.labels),
        "ranked": [[ranked.label, round(ranked.probability, 4)] for ranked in judgement.placement[:5]],
        "scope": round(judgement.scope.score, 4),
    }
