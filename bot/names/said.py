"""What authors call their method, as title and abstract say it.

Both are data of strangers: what comes out of an abstract is a short run of letters, digits and ``-+.*/``, verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from bot import texts
from bot.models import Record, short_name


class Name(NamedTuple):
    """What a method is called, verbatim but for LaTeX, and where that stands."""

    text: str
    source: Literal["title", "abstract"]


_TERMS = """
    2d 3d 3dgs 4d 6-dof 6d 6dof ae ai apf api ar ar/vr auc bc bev bow cbf cnn cot cpu ddim ddpm dit dl dmp dnn dof
    drl dsl ekf fm gan gcn gmm gnn gp gps gpu gru hil hitl hjb hri ik il imu ins irl kan kf kg kl kv lfd lidar llm
    lora lqr lrm lstm mae marl mcts mdp ml mllm mlp moe mpc mppi nbv nerf nf nlp nmpc nn ocr ode ood pca pde pid
    pinn pomdp ppo pso qp rag rcm rgb rgb-d rl rlhf rnn ros ros2 rrt rt sac sdf sft sim2real slam slm sota ssm svm
    tcp td uav ugv urdf usv uwb v2x vae vfm vgm vio vit vla vlm vln vlp vo vqa vr xr
"""
_COMMON = frozenset(_TERMS.split())
"""Terms of the field that are written like names."""
_LONG = 10
"""Letters of a name from which on people say its abbreviation, where the authors give one."""
_SHORTEST, _LONGEST, _SENTENCE = 3, 40, 1500
"""Characters of an abbreviation, of any name, and of a sentence that are looked at."""
_HEAD = re.compile(r"^(?P<head>[^:]*?[^:\s])(?:\s*:(?=\s|[A-Z])|\s+(?:--|[–—-])\s|\s+Technical Report$)")
_HEAD_WORDS = 3
_MARKUP = re.compile(r"\\(?:text(?:bf|it|tt|sc|sf|rm|sl)|emph|mathrm|underline|href\{[^{}]*\})\s*\{([^{}]*)\}")
_MATH = re.compile(r"\$([A-Za-z]+)\$")
_WORD = r"(?<![\w-])[A-Za-zπ\d](?:[\w+.*/-]{0,40}[\w+*])?"
_QUOTE = r"[\"'“”‘’`*]*"
_PART_IS_MADE = re.compile(r"[a-zπ][A-Z]|[A-Z][A-Z]|[A-Za-z]\d|\d[A-Za-z]|π")
_ADJECTIVE = re.compile(
    r"-(?:[a-z]{3,}|(?i:aware|agnostic|assisted|based|centric|conditioned|driven|enabled|enhanced|free|guided|informed|"
    r"level|like|only|oriented|powered|style|to-end))$"
)
"""How a compound ends that says what kind of thing something is."""

_WORK = (
    r"(?:framework|method|methodology|approach|model|policy|algorithm|system|architecture|pipeline|paradigm|strategy|"
    r"scheme|technique|mechanism|module|planner|controller|network|engine|agent|toolkit|library|platform|recipe|"
    r"solution|formulation|representation|transformer|family|variant|procedure|interface|stack|tool)s?"
)
_DATA = (
    r"(?:bench|benchmark|data ?set|corpus|simulator|simulation (?:environment|platform|suite)|test ?bed|challenge|"
    r"(?:task|test|evaluation) suite)s?"
)
_VERB = (
    r"(?:propos(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?|unveils?|"
    r"releas(?:e|es|ed)|design(?:s|ed)?|devis(?:e|es|ed)|describes?|contributes?)"
)
_OWN = re.compile(
    rf"\b(?:we|i|(?:this|our|the present) (?:paper|work|article|study|letter|report)|here)\b[^;]{{0,90}}?\b{_VERB}\s+",
    re.IGNORECASE,
)
_CALLED = (
    r"(?:called|named|dubbed|termed|coined|entitled|abbreviated as|denoted(?: as| by)?|referred to as|known as|"
    r"(?:we|which we|that we|what we) (?:call|term|name|dub|coin|refer to(?: it| this| \w+ \w+)? as))(?: it| this)?"
)
_AFTER = re.compile(
    rf"{_QUOTE}\s*(?:[,:(.;]|--|–|—|$|(?:a|an|the|that|which|to|for|as|with|in|and|by|on|via|is|{_WORK})\b)"
)
_TOLD = re.compile(r"\s*(?:\([^()]*\))?\s*(?:,|:|--|–|—)\s*(?:a|an|the|our)\b")
_DIRECT = re.compile(rf"(?:the |our |its )?{_QUOTE}(?P<name>{_WORD})")
_PHRASE = re.compile(rf"(?:the |our )?{_QUOTE}(?!the |our |a |an )(?P<name>{_WORD}(?: [A-Z\d][\w.+-]{{0,30}}){{1,2}})")
_KIND = re.compile(
    rf"\b(?P<kind>{_WORK}|{_DATA})(?:\s*(?:,|:|--|–|—)\s*|\s+)(?:{_CALLED}\s+)?{_QUOTE}(?P<name>{_WORD})"
)
_NAMED = re.compile(rf"\b{_CALLED}:?\s+(?:the )?{_QUOTE}(?P<name>{_WORD})")
_PASSIVE = re.compile(rf"(?P<name>{_WORD})(?:\s*\([^()]*\))?,?\s+(?:is|was|are)\s+(?:proposed|introduced|presented)\b")
_ABBREVIATION = re.compile(rf"\(\s*{_QUOTE}(?P<name>{_WORD}){_QUOTE}\s*\)")
_OTHERWISE = re.compile(
    r"\b(?:on|upon|using|uses?|with|from|by|via|for|of|in|into|to|through|over|under|leverag\w+|combin\w+|"
    r"integrat\w+|and|that|which|where)\b"
)
"""After one of these, authors speak of what they built on, or of what it is for."""
_APPOSITION = re.compile(
    rf"{_QUOTE}\s*(?:\([^()]*\))?(?:\s+and\s+{_WORD})?\s*(?:,|:|--|–|—|is|as)\s*(?:a|an|the|our|two|three)\s+"
    r"(?P<what>[^,.;:(]*)"
)


def method(record: Record) -> Name | None:
    """What the authors call their method; None where neither title nor abstract says it plainly.

    Never what it is compared with, tested on or built from, and never a term of the field.
    """
    title, abstract = _bare(record.title), _bare(record.abstract[: texts.LONGEST])
    if head := _of_head(title, abstract):
        return head
    if tail := _of_tail(title):
        return Name(tail, "title")
    first = next(_introduced(abstract), None)
    return Name(first, "abstract") if first else None


def introduced(record: Record) -> list[str]:
    """Every name that the abstract introduces as the authors' own, in its order."""
    return list(_introduced_in(record.abstract[: texts.LONGEST]))


@lru_cache(maxsize=4096)  # a list of names is looked up in the same few abstracts
def _introduced_in(abstract: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_introduced(_bare(abstract))))


def short(record: Record) -> str | None:
    """What is written as ``short`` of a new paper: its name where the title does not open with it."""
    name = method(record)
    return name.text if name and name.text != short_name(record.title) else None


# --- the title -------------------------------------------------------------------------------------------------------


def _of_head(title: str, abstract: str) -> Name | None:
    """What stands before the colon, or the abbreviation that the abstract gives of it."""
    match = _HEAD.match(title)
    head = re.sub(rf".*\(({_WORD})\)$", r"\1", match["head"]) if match else ""
    if not head or len(head.split()) > _HEAD_WORDS or len(head) > _LONGEST or _is_common(head):
        return None
    if brief := _abbreviated(head, abstract):
        return Name(brief, "abstract")
    if " " not in head:
        plain = not _is_made(head)
        return None if plain and not re.search(rf"(?<![.!?:]) {re.escape(head)}\b", abstract) else Name(head, "title")
    made = any(_is_made(word) and not _is_common(word) for word in head.split())
    said = re.search(rf"\b{_VERB}\s+(?:the |our )?{re.escape(head)}\b", abstract)
    return Name(head, "title") if said or (made and head in abstract) else None


def _abbreviated(name: str, abstract: str) -> str:
    """How the abstract abbreviates a long name: ``Name (N)`` or ``N (Name)``."""
    if len(re.sub(r"\W", "", name)) < _LONG:
        return ""
    found = re.search(rf"\b{re.escape(name)}\s*\(\s*({_WORD})\s*\)|({_WORD})\s*\({re.escape(name)}\)", abstract, re.I)
    brief = (found[1] or found[2]) if found else ""
    return brief if _SHORTEST <= len(brief) < len(name) and _is_made(brief) and not _is_common(brief) else ""


def _of_tail(title: str) -> str:
    """A name in parentheses at the end or behind what it abbreviates, or alone after the last colon."""
    found = re.search(rf"(?:\(({_WORD})\)|:\s+({_WORD}))$", title)
    name = (found[1] or found[2]) if found else ""
    if name and _is_made(name) and not _is_common(name):
        return name
    return next((name for _, _, name in _abbreviations(title, 0)), "")


# --- the abstract ----------------------------------------------------------------------------------------------------


def _introduced(abstract: str) -> Iterator[str]:
    for sentence in (whole[:_SENTENCE] for whole in texts.sentences(abstract)):
        for _, end, name in sorted(_candidates(sentence)):
            if not _is_data(sentence[end:]):
                yield _abbreviated(name, sentence) or name


def _candidates(sentence: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of what one sentence calls the authors' own, in no order."""
    own = _OWN.search(sentence)
    if own:
        for pattern in (_DIRECT, _PHRASE):
            direct = pattern.match(sentence, own.end())
            if direct and _fits(direct, sentence, loose=True):
                yield direct.start("name"), direct.end("name"), direct["name"]
        yield from _of_a_kind(sentence, own.end())
        yield from _abbreviations(sentence, own.end())
        for match in _NAMED.finditer(sentence, own.end()):
            if _fits(match, sentence) and not re.search(rf"{_DATA}[, ]*$", sentence[: match.start()]):
                yield match.start("name"), match.end("name"), match["name"]
    for match in _PASSIVE.finditer(sentence):
        if _is_made(match["name"]) and not _is_common(match["name"]):
            yield match.start("name"), match.end("name"), match["name"]


def _of_a_kind(sentence: str, start: int) -> Iterator[tuple[int, int, str]]:
    """``propose a new framework, Name, …``: nothing stands between that says what it is for or built on."""
    match = _KIND.search(sentence, start)
    if not match or re.fullmatch(_DATA, match["kind"]) or _OTHERWISE.search(sentence[start : match.start()]):
        return
    if _fits(match, sentence):
        yield match.start("name"), match.end("name"), match["name"]


def _abbreviations(sentence: str, start: int) -> Iterator[tuple[int, int, str]]:
    """``propose Spelled Out Name (SON)``: the abbreviation of all of the name, and of nothing else."""
    for match in _ABBREVIATION.finditer(sentence, start):
        name, before = match["name"], sentence[start : match.start()].rstrip()
        begin = _expansion(name, before)
        if begin is None or len(name) < _SHORTEST or not _is_made(name) or _is_common(name):
            continue
        gap, spelled = before[:begin], before[begin:]
        alone = not re.search(r"[A-Z][\w-]*\s+$", gap) and re.search(r"[A-Z]", spelled)
        plain = not _OTHERWISE.search(gap) or re.search(rf"(?:{_WORK}\s*(?:,|:|--|–|—)|{_CALLED})\s*(?:the )?$", gap)
        if alone and plain:
            yield start + begin, match.end(), name


def _expansion(brief: str, before: str) -> int | None:
    """Where the words begin that ``brief`` abbreviates, at the end of ``before``.

    Its letters stand in them in order, the first one at the start of a word (Schwartz and Hearst, 2003).
    """
    letters = [letter for letter in brief.casefold() if letter.isalnum()]
    place, folded = len(before), before.casefold()
    for number in range(len(letters) - 1, -1, -1):
        place = folded.rfind(letters[number], 0, place)
        while number == 0 and place > 0 and folded[place - 1].isalnum():
            place = folded.rfind(letters[0], 0, place)
        if place < 0:
            return None
    words = len(before[place:].split())
    return place if words <= min(len(letters) + 5, 2 * len(letters)) else None


def _fits(match: re.Match[str], sentence: str, *, loose: bool = False) -> bool:
    """Whether it is a name, by its shape and by what follows; ``loose``: a capital is enough before ``, a``."""
    name, rest = match["name"], sentence[match.end("name") :]
    if len(name) > _LONGEST or _is_common(name) or _ADJECTIVE.search(name) or not _AFTER.match(rest.lstrip()):
        return False
    if " " in name:
        made = any(_is_made(word) and not _is_common(word) for word in name.split())
        return made and not name.isupper() and bool(_TOLD.match(rest))
    return _is_made(name) or (loose and name[0].isupper() and bool(_TOLD.match(rest)))


def _is_data(rest: str) -> bool:
    """Whether what follows a name says that it is a dataset, a benchmark or a simulator."""
    what = _APPOSITION.match(rest.lstrip(")"))
    first = re.split(r"\b(?:for|that|which|to|with|from|of|where)\b", what["what"])[0] if what else ""
    return bool(re.search(rf"\b{_DATA}\b", first, re.IGNORECASE) or re.match(rf"\s*{_DATA}\b", rest, re.IGNORECASE))


# --- words -----------------------------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """Without the commands of LaTeX that only change how words look."""
    for _ in range(3):
        text = _MARKUP.sub(r"\1", text)
    return _MATH.sub(r"\1", text).replace(r"\space", "")


def _is_made(word: str) -> bool:
    """Whether it is written like a name: a capital or a digit where no common word has one."""
    parts = re.split(r"[-/]", word)
    return any(map(_PART_IS_MADE.search, parts)) or (parts[0][:1].isupper() and parts[-1].isdecimal())


def _is_common(word: str) -> bool:
    """A term of the field, or a kind of things (``WAMs``)."""
    folded = word.casefold()
    return folded in _COMMON or word.removesuffix("s").casefold() in _COMMON or bool(re.fullmatch(r"[A-Z]{2,}s", word))
