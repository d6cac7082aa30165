"""The columns of a table of papers, by the many headers people give them, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Column(NamedTuple):
    """A column: the field it holds, the header we write, the headers we know it by, and its links' icon."""

    field: str
    header: str
    names: frozenset[str]
    icon: str = ""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split(", "))


COLUMNS = (
    Column(
        "year",
        "Year",
        _names(
            "year, date, time, month, published, released, submitted, release date, publication date, pub date"
            ", 年份, 年, 时间, 日期, 发表时间, 发布时间, 发布日期"
        ),
    ),
    Column(
        "venue",
        "Venue",
        _names(
            "venue, publication, conference, journal, pub, conf, publisher, published in, conference journal"
            ", 会议, 期刊, 会议 期刊, 期刊 会议, 发表, 发表于, 出处, 刊物"
        ),
    ),
    Column(
        "paper",
        "Paper",
        _names(
            "paper, title, paper title, papers, title authors, paper name, title of paper, article, publication title"
            ", 论文, 标题, 题目, 论文标题, 论文题目, 论文名称, 文章"
        ),
    ),
    Column(
        "website",
        "Website",
        _names(
            "website, project, project page, page, homepage, site, project website, webpage, web, project site"
            ", 项目, 主页, 项目主页, 项目页, 网站, 官网"
        ),
        "🌐",
    ),
    Column(
        "code",
        "Code",
        _names(
            "code, github, repo, repository, source, codes, source code, code link, github repo, implementation"
            ", 代码, 源码, 开源代码, 代码链接, 代码仓库, 仓库"
        ),
        "💻",
    ),
)
NAME = Column(
    "name",
    "",
    _names(
        "method, model, name, methods, models, abbreviation, acronym, short name, abbr, alias"
        ", 方法, 模型, 名称, 简称, 方法名, 模型名, 模型名称"
    ),
)
LINKS = Column(
    "links",
    "",
    _names(
        "link, links, url, urls, arxiv, pdf, paper link, paper url, paper code, paper and code, resources, resource"
        ", 链接, 论文链接, 地址, 资源"
    ),
)
NOTE = Column("note", "", _names("note, notes, remark, remarks, comment, comments, 备注, 说明, 注释"))
_TITLES = _names(
    "title, paper title, title authors, paper name, title of paper, publication title"
    ", 标题, 题目, 论文标题, 论文题目, 论文名称"
)
_OF_LINKS = _names(
    "paper, code, project, github, website, page, link, links, arxiv, pdf, and, repo, demo, web, 论文, 代码"
)


def columns_of(headers: Sequence[str]) -> list[Column | None]:
    """The column each header stands for, None for the unknown and for a second one of a kind.

    Where titles have a column of their own, one that is headed Paper holds links; where none is headed so, the names of
    methods stand for titles.
    """
    words = [" ".join(re.findall(r"\w+", name.lower())) for name in headers]
    found: list[Column | None] = []
    for word in words:
        column = next((column for column in (*COLUMNS, NAME, LINKS, NOTE) if word in column.names), None)
        column = column or (LINKS if word and set(word.split()) <= _OF_LINKS else None)
        if column is COLUMNS[2] and word not in _TITLES and _TITLES & set(words):
            column = LINKS
        found.append(column if column not in found else None)
    if COLUMNS[2] not in found and len({*found} - {None, NAME}) > 0:
        instead = NAME if NAME in found else LINKS
        found = [COLUMNS[2] if column is instead and {*found} - {None, instead} else column for column in found]
    return found
