"""Years, dates and venues as lists write them: ``[2025/03]``, ``Mar 2025``, ``ICML'24``, ``NeurIPS 2022 (Oral)``."""

from __future__ import annotations

import re
from typing import NamedTuple

_YEAR = re.compile(r"(?<![\d./])((?:19[5-9]|20\d)\d)(?!\d)(?!\.\d{4})")
_LOOSE_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20\d)\d)(?:(?!\d)|(?=(?:0[1-9]|1[0-2])(?!\d)))")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = re.compile(
    r"(?P<a>(?:19|20)\d\d)(?:[-/. ,]{0,2}\d{1,2}){0,2}"
    r"|\d{1,2}[-/. ](?:\d{1,2}[-/. ])?(?P<b>20\d\d)"
    r"|(?P<c>\d\d)[./-](?:0?[1-9]|1[0-2])(?:[./-]\d\d)?"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?[ -])?{_MONTH}[ ,'-]*(?:\d{{1,2}}(?:st|nd|rd|th)?[ ,]+)?(?P<d>(?:19|20)\d\d)"
    rf"|(?P<e>(?:19|20)\d\d)[ ,./-]*{_MONTH}(?:[ ,./-]*\d{{1,2}})?"
    r"|(?P<f>(?:19|20)\d\d) ?年 ?(?:\d{1,2} ?月 ?)?(?:\d{1,2} ?日)?",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?P<name>[A-Za-z][A-Za-z&/ -]*?)[ -]?(?:'|’|‘)(?P<year>\d\d)(?!\d)(?P<rest>.*)")
_AWARD = re.compile(
    r"\b(?:oral|spotlight|poster|highlight|best paper|award|outstanding|top[- ]?\d+ ?%?|long talk|long|short|accepted"
    r"|honou?rable mention|notable|finalist|candidate|presentation|papers?|main|conference)\b|[%✨⭐🔥()\[\],;:.-]",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\b(?:workshops?|findings|track|demos?|industry|tutorial|datasets)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:publisher|venue|conference|journal|publication|publish|published(?: in| at| by)?|accepted(?: at| to| by)?"
    r"|date|year)\b\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_NAMES = (
    "arxiv preprint corr cvpr iccv eccv neurips nips iclr icml aaai ijcai acl emnlp naacl eacl tacl coling corl icra"
    " iros rss ral ra-l t-ro tro ijrr tmlr jmlr tpami pami ijcv tip wacv bmvc accv 3dv miccai kdd www sigir cikm wsdm"
    " siggraph tog uai aistats colm colt interspeech icassp hri thri tvcg tnnls tits iv itsc ro-man humanoids chi uist"
    " cscw nature science mlsys osdi sosp asplos isca micro hpca dac icdm sdm ecml mm pmlr openreview biorxiv techrxiv"
    " tmlr. science-robotics aamas icaps icarcv lrec conll tmm tcsvt icmr icme tase cviu iclrw cvprw iccvw"
)
_KNOWN = frozenset(_NAMES.split())


class When(NamedTuple):
    """A venue with the year it names, and what else was said."""

    venue: str
    year: int
    rest: str


def year(text: str) -> int:
    """The year a text names, 0 when it names none."""
    text = text.strip(" []()*_`.,;:")
    match = _DATES.fullmatch(text)
    if match:
        number = next(group for group in match.groups() if group)
        return int(number) if len(number) == 4 else _whole(number)
    found = _LOOSE_YEAR.search(text)
    short = None if found else _SHORT.fullmatch(text)
    return int(found[1]) if found else _whole(short["year"]) if short else 0


def _whole(two: str) -> int:
    """The year of its last two digits: ``99`` is 1999."""
    return int(two) + (1900 if int(two) >= 90 else 2000)


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else."""
    return _DATES.fullmatch(text.strip(" []()*_`.,;:")) is not None


def says(text: str) -> bool:
    """Whether a text is a date or a venue and nothing else."""
    return is_date(text) or is_venue(text) or venue(text) is not None


def is_sure(text: str) -> bool:
    """Whether a text is a date, or a venue whose name is known."""
    found = venue(text)
    words = re.findall(r"[\w-]+", (found.venue if found else text).lower())
    return is_date(text) or is_venue(text) or (found is not None and bool(_KNOWN.intersection(words)))


def unlabelled(text: str) -> str:
    """A text without a word that says what it is: ``Publisher: ICLR`` is ICLR."""
    return _LABEL.sub("", text.strip(), count=1)


def is_venue(text: str) -> bool:
    """Whether a text is the name of a venue that is written without a year."""
    words = _AWARD.sub(lambda match: match[0] if match[0] == "-" else " ", text.strip(" []()*_`.,;:")).split()
    return 0 < len(words) <= 3 and words[0].lower() in _KNOWN and (len(words) == 1 or bool(_KEPT.search(words[-1])))


def venue(text: str) -> When | None:
    """A venue with its year, such as ``CVPR 2025 (Oral)``; None for all else, dates too."""
    text = _LABEL.sub("", " ".join(text.strip(" []()*_`.,;:").split()))
    if not text or len(text) > 90 or ": " in text or is_date(text):
        return None
    found = _YEAR.search(text)
    if found:
        before, number, after = text[: found.start()], int(found[1]), text[found.end() :]
        after = re.sub(r"^[-./, ]*\d{1,2}(?!\d)", "", after)
    else:
        short = _SHORT.fullmatch(text)
        if not short:
            return None
        before, number, after = short["name"], _whole(short["year"]), short["rest"]
    return _stated(before.strip(" ,'’([-:@"), number, after.strip(" )],"))


def named(text: str) -> str:
    """A venue as it is written here: arXiv has one spelling."""
    text = " ".join(text.strip(" []()*_`,;:").split())
    return "arXiv" if text.lower() in ("arxiv", "arxiv preprint", "arxiv.org") else text


def _stated(before: str, number: int, after: str) -> When | None:
    name, rest = before, after
    if not before:
        name, rest = after, ""
        if not is_venue(after) and not re.fullmatch(r"[A-Z][A-Z-]{2,9}", after):
            return None
    elif _KEPT.search(after) and len(after.split()) <= 6:
        name, rest = f"{before} {_trim(after)}", ""
    months = re.fullmatch(_MONTH, name.strip(" .,"), re.IGNORECASE)
    if months or len(name.split()) > 9 or not re.match(r"[A-Z0-9]|ar[xX]iv|e[A-Z]", name) or not _is_name(name, rest):
        return None
    return When(named(name), number, _AWARD.sub(" ", rest).strip())


def _trim(text: str) -> str:
    return " ".join(re.sub(r"[()\[\]]|\b(?:oral|spotlight|poster)\b", " ", text, flags=re.IGNORECASE).split())


def _is_name(name: str, after: str) -> bool:
    """Whether words before a year read like a venue: mostly capitals, nothing told after them but an award."""
    if "et al" in name or ": " in name or name.endswith((" in", " by", " of")):
        return False
    words = [
        word
        for word in re.findall(r"[^\W\d_][\w.&'’-]*", name)
        if word.lower() not in ("and", "on", "of", "the", "in", "for", "at")
    ]
    left = _AWARD.sub(" ", after).split()
    return (
        bool(words)
        and all(word[0].isupper() or word.lower() in _KNOWN or _KEPT.match(word) for word in words)
        and (not left or left[0].lower() == "and")
    )
