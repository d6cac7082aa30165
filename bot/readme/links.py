"""What a link of a list leads to: the paper, its code, a page about it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot import ids
from bot.models import WEB_ADDRESS
from bot.readme import when

_HOSTS = {
    "arxiv.org": "arXiv",
    "openreview.net": "OpenReview",
    "aclanthology.org": "ACL Anthology",
    "aclweb.org": "ACL Anthology",
    "proceedings.mlr.press": "PMLR",
    "openaccess.thecvf.com": "CVF Open Access",
    "ecva.net": "ECVA",
    "ieeexplore.ieee.org": "IEEE Xplore",
    "dl.acm.org": "ACM Digital Library",
    "doi.org": "doi.org",
    "link.springer.com": "Springer",
    "sciencedirect.com": "ScienceDirect",
    "nature.com": "Nature Portfolio",
    "science.org": "Science",
    "roboticsproceedings.org": "Robotics: Science and Systems",
    "jmlr.org": "JMLR",
    "papers.nips.cc": "NeurIPS Proceedings",
    "proceedings.neurips.cc": "NeurIPS Proceedings",
    "ojs.aaai.org": "AAAI",
    "ijcai.org": "IJCAI",
    "biorxiv.org": "bioRxiv",
    "medrxiv.org": "medRxiv",
    "techrxiv.org": "TechRxiv",
    "papers.ssrn.com": "SSRN",
    "hal.science": "HAL",
    "mdpi.com": "MDPI",
    "journals.sagepub.com": "SAGE",
    "semanticscholar.org": "Semantic Scholar",
    "researchgate.net": "ResearchGate",
    "usenix.org": "USENIX",
    "isca-speech.org": "ISCA",
    "preprints.org": "Preprints.org",
}
_CODE = ("github.com", "gitlab.com", "bitbucket.org", "gitee.com", "codeberg.org", "huggingface.co", "modelscope.cn")
_NO_VENUE = (*_CODE, "youtube.com", "youtu.be", "twitter.com", "x.com", "bilibili.com", "kaggle.com", "discord.gg")
_LABEL = 90
"""Characters a label has at most."""
PAPER, CODE, WEBSITE, OTHER = "paper", "code", "website", "other"
_LABELS = {
    PAPER: "paper, pdf, arxiv, abs, link, preprint, openreview, doi, html, article, report, technical report, url, here"
    ", tech report, arxiv paper, arxiv link, paper link, acl, ieee, hf paper, alphaxiv, published, proceedings, papers"
    ", official paper, read paper, manuscript, publication, camera ready, full paper, arxiv version, acm, springer"
    ", 论文, 原文, 文章, 链接, 论文链接, 论文地址, 预印本",
    CODE: "code, github, repo, repository, source, official code, source code, git, gitlab, codes, codebase, official"
    ", github repo, github page, pytorch, tensorflow, jax, implementation, official implementation, code available"
    ", 代码, 源码, 开源代码, 官方代码, 代码链接, 代码仓库, 仓库",
    WEBSITE: "website, project, project page, page, homepage, home page, site, web, webpage, project website, home"
    ", project homepage, webpage, project site, web page, official website, official site, projectpage"
    ", 项目, 主页, 项目主页, 项目页, 项目地址, 网站, 官网",
    OTHER: "blog, video, demo, slides, poster, dataset, data, datasets, model, models, hugging face, huggingface, hf"
    ", weights, checkpoint, checkpoints, youtube, twitter, talk, colab, supplementary, supp, appendix, media, docs"
    ", benchmark, leaderboard, tutorial, notebook, news, blog post, space, spaces, wechat, zhihu, bibtex, wandb, x"
    ", model weights, code and data, thread, tweet, post, unofficial code, unofficial, stars, star, github stars"
    ", 视频, 数据, 数据集, 博客, 演示, 幻灯片, 海报, 解读, 中文解读, 知乎, 模型, 权重",
}
WORDS = frozenset(word for words in _LABELS.values() for word in words.replace(",", "").split())
"""Words that labels are made of."""
_ROLES = {word: role for role, words in _LABELS.items() for word in words.split(", ")}


def is_web(url: str | None) -> bool:
    """Whether this is an address the shelf can hold."""
    return bool(url) and re.fullmatch(WEB_ADDRESS, url or "") is not None


def host(url: str) -> str:
    """The host of an address, without ``www.``; empty where it has none."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.")


def publisher(url: str) -> str:
    """The plain name of whoever publishes papers at this address, or empty."""
    name = host(url)
    if ids.from_url(url):
        return "arXiv"
    return next((plain for known, plain in _HOSTS.items() if name == known or name.endswith(f".{known}")), "")


def is_paper(url: str) -> bool:
    """Whether papers are at such addresses."""
    return bool(publisher(url)) or url.lower().split("?")[0].endswith(".pdf")


def is_code(url: str) -> bool:
    """Whether code or models are at such addresses."""
    return host(url) in _CODE and not ids.from_url(url)


def venue_of(url: str) -> str:
    """What stands for a venue nobody stated: the plain name of the publisher, else the host; never a place of code."""
    name = host(url)
    return publisher(url) or ("" if name in _NO_VENUE else name)


def role(text: str) -> str:
    """What a link with this text leads to by its words, empty when they are no label: a title, a name, a person."""
    text = text.strip()
    head, bracket, _ = text.partition(" (")
    if bracket and text.endswith(")") and head.lower() in _ROLES:
        return _ROLES[head.lower()]
    if len(text) > _LABEL:
        return ""
    text = text[1:-1] if text[:1] + text[-1:] in ("[]", "()", "【】") else text
    words = " ".join(re.findall(r"[^\W\d_]+", re.sub(r"[(\[].*?[)\]]", " ", text).lower()))
    if words in _ROLES:
        return _ROLES[words]
    if not words and not re.search(r"\w", text):
        return "icon"
    if when.says(text):
        return PAPER
    first, last = words.partition(" ")[0], words.rpartition(" ")[2]
    short = len(words.split()) <= 3
    if short and first == "arxiv":
        return PAPER
    return _ROLES.get(last, "") if short and last in ("code", "page", "website", "dataset", "demo", "video") else ""
