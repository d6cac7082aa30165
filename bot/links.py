"""The code and the pages that authors announce as their own.

Precision comes first: what is not clearly the paper's own code or page is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from bot import addresses, texts
from bot.models import Record

LONGEST, LONGEST_ADDRESS, LONGEST_QUOTE = 20_000, 300, 200
"""Characters of a text that are read, of an address, and of what is quoted."""

_TLD = (
    r"(?:com|org|net|io|ai|edu|dev|app|site|page|me|co|cn|de|uk|ch|jp|kr|fr|it|eu|ca|au|nl|se|tech|xyz|info|cc"
    r"|world|website|robotics)"
)
_ADDRESS = re.compile(
    r"(?:\bhttps?\s?:\s?/\s?/\s?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?"
    rf"|(?<![\w@/.\\-])(?:[\w-]+\.)+{_TLD}(?=/[\w~\\])"
    r"|(?<![\w@/.\\-])[\w-]+\.(?:github|gitlab)\.io\b)"
    r"(?:[/?#](?:[!$%&'()*+,./:;=?@#~\[\]\w-]|\\[_%#&~$])*)?",
    re.IGNORECASE | re.ASCII,
)
_MARKS = (".", ",", ";", ":", "!", "?", "*", "_", "~", "'", '"', "$", "\\", "(", "[")
_GLUED = re.compile(r"[.,;)]+(?:The|This|Our|We|It|In|Code|Videos?|Project|Website|Data|and)$")
_ESCAPED = re.compile(r"\\([_%#&~$])")
_END = re.compile(
    r"[.!?;](?=[\s)\"'\]]+[\"'(\[]*(?:[A-Z$\\]|https?:|\d+ (?:pages|figures)))|(?<=[a-z\d%)])\.(?=[A-Z][a-z]+ )|\|"
)
_NO_FILE = re.compile(
    r"\.(?:pdf|png|jpe?g|gif|svg|webp|mp4|mov|avi|mkv|mp3|zip|tar|gz|tgz|7z|bib|tex|docx?|pptx?|csv|json|stl)$",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(
    rf"(?:{addresses.REPOSITORIES})/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?P<rest>/.*)?",
    re.IGNORECASE,
)
_NO_OWNER = re.compile(
    r"about|collections|contact|enterprise|explore|features|login|marketplace|orgs|pricing|search|settings|site"
    r"|sponsors|stars|topics|trending|users?",
    re.IGNORECASE,
)
_IN_TREE = re.compile(r"/(?:-/)?(?:tree|src)(?:/|$)|/?$", re.IGNORECASE)
_MODEL = re.compile(
    r"(?:huggingface\.co|hf\.co)/(?!(?:datasets|spaces|papers|blog|docs|collections)/)[\w.-]+/[\w.-]+/?",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"[\w-]+\.(?:github|gitlab)\.io|sites\.google\.com|[\w-]+\.(?:notion\.site|netlify\.app|vercel\.app"
    r"|pages\.dev|web\.app)",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|youtube-nocookie\.com|vimeo\.com|bilibili\.com|b23\.tv|doi\.org"
    r"|arxiv\.org|openreview\.net|ieee\.org|acm\.org"
    r"|springer\.com|sciencedirect\.com|nature\.com|science\.org|wiley\.com|mdpi\.com|elsevier\.com"
    r"|sagepub\.com|biorxiv\.org|ssrn\.com|aclanthology\.org"
    r"|thecvf\.com|neurips\.cc|roboticsproceedings\.org|4open\.science|zenodo\.org|figshare\.com|osf\.io"
    r"|kaggle\.com|ieee-dataport\.org|mendeley\.com"
    r"|drive\.google\.com|docs\.google\.com|colab\.research\.google\.com|dropbox\.com|onedrive\.live\.com"
    r"|1drv\.ms|sharepoint\.com|box\.com|baidu\.com"
    r"|twitter\.com|x\.com|linkedin\.com|facebook\.com|medium\.com|wikipedia\.org|researchgate\.net"
    r"|semanticscholar\.org|researchsquare\.com|orcid\.org"
    r"|bit\.ly|tinyurl\.com|goo\.gl|t\.co|creativecommons\.org|wandb\.ai|docker\.com|huggingface\.co|hf\.co"
    r"|overleaf\.com|example\.\w+"
    r"|(?:github|gitlab|bitbucket|gitee)\.com|codeberg\.org|githubusercontent\.com)$",
    re.IGNORECASE,
)
_ANONYMOUS = re.compile(r"anonym|(?:^|[/.-])anon(?:[/.\d-]|$)", re.IGNORECASE)

_AVAILABLE = (
    r"availab\w+|releas\w+|open[- ]?sourc\w+|found|hosted|publish\w+|publicly|accessib\w+|accessed|download\w*"
    r"|provid\w+|shared?|see|check|visit|maintain\w*"
)
_CODE = (
    r"codes?|code-?base|source|implementations?|repo|repositor(?:y|ies)|software|packages?|tool(?:kit|box)?s?"
    r"|librar(?:y|ies)|scripts?|github|gitlab|plug-?in"
)
_MODELS = r"code\w*|weights?|models?|checkpoints?"
_SITE = (
    r"projects?|web-?\s?(?:site|page)s?|home-?\s?page|site|pages?|blog|demos?|videos?|visuali[sz]ations?"
    r"|demonstrations?|results|details|information|materials?|supplement\w*"
)
_CUE = re.compile(rf"\b(?:{_AVAILABLE}|{_CODE}|{_SITE}|{_MODELS}|links?|urls?)\b", re.IGNORECASE)
_CODE_CUE = re.compile(rf"\b(?:{_CODE}|{_MODELS})\b", re.IGNORECASE)
_SITE_CUE = re.compile(rf"\b(?:{_SITE}|{_CODE})\b", re.IGNORECASE)
_REACHED = re.compile(rf"\b(?:{_AVAILABLE})\b", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:our|we (?:\w+ )?(?:release|open[- ]?source|provide|share|publish|present|introduce|propose|maintain"
    r"|make|offer|host))\b",
    re.IGNORECASE,
)
_USES = re.compile(
    r"\b(?:us(?:e[sd]?|ing)|utili[sz]\w+|employ\w*|leverag\w+|adopt(?:s|ed|ing)?|rel(?:y|ies|ied) on|bui(?:ld"
    r"|lt|lds|lding) (?:up)?on|based (?:up)?on|buil[dt]\w* (?:on )?top of"
    r"|(?:adapted|derived|taken|forked|borrowed|modified|extended|obtained|collected|sourced) from|fork of"
    r"|extend(?:s|ing)?|extension (?:of|to)"
    r"|(?:integrated|merged|incorporated|upstreamed) (?:in)?to|contribut\w+ to|compar\w+ (?:to|with|against)"
    r"|outperform\w*|baselines?|evaluat\w+ on|tested on"
    r"|trained on|fine-?tun\w+ (?:on|from)|provided by|developed by|maintained by|powered by|inspired by"
    r"|follow(?:s|ed)?|following (?!links?|urls?|address|web|repo|page|github|site|project)"
    r"|part of|e\.g\.,?|such as|original|existing|third[- ]party|unofficial|public benchmark|hosted by"
    r"|organi[sz]ed by|listed (?:in|on)|credits?|thank\w*)(?!\w)",
    re.IGNORECASE,
)
_WORKS = re.compile(
    rf"\b(?:{_CODE}|{_MODELS}|data ?sets?|simulators?|frameworks?|benchmarks?|engines?)\b", re.IGNORECASE
)


class Announced(NamedTuple):
    """A link that authors announce as their own."""

    kind: Literal["code", "website"]
    url: str
    """As it can be asked: with a scheme, without the mark-up and punctuation around it."""
    quote: str
    """The words around it, verbatim."""


class _Seen(NamedTuple):
    """An address in a text, and what is said of it before and behind in its sentence."""

    url: str
    before: str
    after: str
    quote: str


def announced(record: Record) -> tuple[Announced, ...]:
    """The paper's own code and pages that its abstract and its comment name, each once, in their order. Never raises.

    A repository is code, a model on a hub only where its weights are spoken of; a project page is a website. What
    others made, videos, papers, data stores, shortened and anonymous addresses are neither.
    """
    found: list[Announced] = []
    for text in (record.abstract, record.comment or ""):
        for seen in _addresses(texts.clean(text[:LONGEST])[0]):
            kind = _kind(seen)
            if kind and not any(addresses.same(seen.url, one.url) for one in found):
                found.append(Announced(kind, seen.url, seen.quote))
    return tuple(found)


# --- where an address stands -----------------------------------------------------------------------------------------


def _addresses(text: str) -> Iterator[_Seen]:
    """Every address of a text with what surrounds it."""
    spans = [(match.start(), match.start() + len(_trimmed(match[0]))) for match in _ADDRESS.finditer(text)]
    ends = [end.end() for end in _END.finditer(text) if not any(a <= end.start() < b for a, b in spans)]
    before = ""
    for place, (start, stop) in enumerate(spans):
        opens = max([0, *(end for end in ends if end <= start)])
        closes = min([len(text), *(end for end in ends if end >= stop)])
        last = spans[place - 1][1] if place else 0
        lead = text[max(opens, last) : start]
        if last <= opens or re.search(r"[^\W\d_]{4}", lead):  # else it only goes on: "… at A and B"
            before = lead
        next_one = spans[place + 1][0] if place + 1 < len(spans) else len(text)
        url = _whole(text[start:stop])
        if len(url) <= LONGEST_ADDRESS:
            yield _Seen(url, before, text[stop : min(closes, next_one)][:80], _quote(text, opens, closes, start, stop))


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence it stands in, and without the first word of the next one."""
    address = _GLUED.sub("", address)
    while address.endswith(_MARKS) or _is_unpaired(address, "()") or _is_unpaired(address, "[]"):
        address = address[:-1]
    return address


def _is_unpaired(address: str, pair: str) -> bool:
    return address.endswith(pair[1]) and address.count(pair[1]) > address.count(pair[0])


def _whole(address: str) -> str:
    """With a scheme in small letters, without blanks and LaTeX."""
    plain = _ESCAPED.sub(r"\1", re.sub(r"\s", "", address))
    scheme, colon, rest = plain.partition("://")
    if not colon:
        scheme, rest = "https", plain
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path.removesuffix('.git')}"


def _quote(text: str, opens: int, closes: int, start: int, stop: int) -> str:
    """The sentence, or so much of it as ends with the address."""
    if closes - opens > LONGEST_QUOTE:
        opens, closes = max(opens, stop - LONGEST_QUOTE), stop
        blank = text.find(" ", opens, start)  # no word is cut
        opens = blank + 1 if blank >= 0 else opens
    return text[opens:closes].strip()


# --- whose it is -----------------------------------------------------------------------------------------------------


def _kind(seen: _Seen) -> Literal["code", "website"] | None:
    """What an address is, if it is the authors' own."""
    place = seen.url.partition("://")[2]
    host = place.partition("/")[0].partition(":")[0].removeprefix("www.")
    if _ANONYMOUS.search(place) or _NO_FILE.search(place.partition("?")[0]) or _is_others(seen):
        return None
    said = f"{seen.before} {seen.after}"
    bare = not re.search(r"[^\W\d_]{3}", seen.before)
    if repository := _REPOSITORY.match(place.removeprefix("www.")):
        mine = not _NO_OWNER.fullmatch(repository["owner"]) and _IN_TREE.match(repository["rest"] or "")
        return "code" if mine and (bare or _CUE.search(said) or _OWN.search(said)) else None
    if _MODEL.fullmatch(place.removeprefix("www.")):
        return "code" if _CODE_CUE.search(said) else None
    if _NO_PAGE.search(host):
        return None
    if _PAGES.fullmatch(host):
        return "website" if bare or _CUE.search(said) or _OWN.search(said) else None
    return "website" if _SITE_CUE.search(said) else None


def _is_others(seen: _Seen) -> bool:
    """Whether the sentence says that the authors use what is there, and not that they made it."""
    piece = re.split(r"[,;:](?=\s)|\s[-–—]\s", seen.before.rstrip(" :(\\{"))[-1]
    uses = list(_USES.finditer(piece))
    if not uses:
        return False
    between = piece[uses[-1].end() :]
    if not _REACHED.search(between):
        return not (_SITE_CUE.search(between) and _OWN.search(between))
    return (
        bool(_WORKS.search(between[:60])) and not _OWN.search(piece) and not _CODE_CUE.search(piece[: uses[0].start()])
    )
