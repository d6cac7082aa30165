"""What stands in a list: its headings, tables, bullets and bold paragraphs, each under the heading above it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from bot import table
from bot.readme import links
from bot.readme.html import Plain
from bot.readme.mend import mended
from bot.readme.parts import Item, Row, Section, Table, anchor, clean

_PIPES = re.compile(r"(?<!\\)\|")
_COMMENT = re.compile(r"\[//\]:\s*#.*$")
_LEADS = re.compile(r"[^\w\[*(\"“<|]*\s*(?:\*\*|\[(?![\[!]))")
"""How an entry that is no bullet begins: bold text or a link, after emoji at most."""
_ADDRESS = re.compile(r"\s*<?https?://\S+\s*")
"""A line that is an address and nothing else."""
_BOX = re.compile(r"\A\[[ xX]\]\s+")
"""The box of a task list, https://github.github.com/gfm/#task-list-items-extension-."""
_CODE = ("fence", "code_block")


class Blocks:
    """The parts of a list, each in the order of the file."""

    def __init__(self, plain: Plain, tokens: Sequence[Token], original: Sequence[str]) -> None:
        self._lines, self._original, self._folds = plain.lines, original, plain.folds
        self.tables = sorted([*_tables(tokens, plain.lines), *plain.tables], key=lambda one: one.start)
        self.sections = [Section("", 0, 0, ""), *_headings(tokens, plain)]
        self._starts = [section.line for section in self.sections]
        items = [*self._items(tokens), *self._paragraphs(tokens), *self._cells(plain.tables)]
        self.items = sorted(items, key=lambda item: item.line)
        for one in self.tables:
            if one.of_papers:
                self.above(one.start + 1).tables.append(one)

    def above(self, line: int) -> Section:
        """The section a line (from 1) stands in."""
        ended = [(start, end) for start, end in self._folds.items() if end + 1 < line]
        last = bisect_right(self._starts, line)
        for section in reversed(self.sections[:last]):
            if not any(start < section.line <= end + 1 for start, end in ended):
                return section
        return self.sections[0]

    def verbatim(self, start: int, end: int) -> str:
        """Lines of the file (from 0, end excluded) as they stand there."""
        return "".join(self._original[start:end]).rstrip()

    def _last(self, line: int, end: int) -> int:
        """The end of what begins in a line (from 1), without empty lines and HTML that closes what is around it."""
        while end > line and not self._lines[end - 1].strip():
            end -= 1
        return end

    def _items(self, tokens: Sequence[Token]) -> Iterator[Item]:
        """The bullets that stand under no other bullet."""
        open_items: list[Item] = []
        ends: list[int] = []
        skip = False
        for token in tokens:
            if token.type in ("table_open", "table_close", "heading_open", "heading_close"):
                skip = token.type.endswith("open")
            elif token.type == "list_item_open" and token.map:
                open_items.append(Item(token.map[0] + 1, "", ""))
                ends.append(token.map[1])
            elif token.type == "inline" and open_items and not skip:
                lines = [line for line in token.content.split("\n") if not line.lstrip().startswith("|")]
                open_items[-1].text += ("\n" if open_items[-1].text else "") + "\n".join(lines)
            elif token.type == "list_item_close" and open_items:
                item, end = open_items.pop(), ends.pop()
                first = item.children[0].line - 1 if item.children else end
                item.end, item.text = self._last(item.line, end), _BOX.sub("", item.text)
                item.verbatim = self.verbatim(item.line - 1, max(first, item.line))
                if open_items:
                    open_items[-1].children.append(item)
                else:
                    yield item

    def _paragraphs(self, tokens: Sequence[Token]) -> Iterator[Item]:
        """The paragraphs that look like entries: bold text or a link, and a link to a paper."""
        depth = 0
        for place, token in enumerate(tokens):
            depth += token.type.endswith("list_open") - token.type.endswith("list_close")
            if token.type != "inline" or depth or tokens[place - 1].type != "paragraph_open" or not token.map:
                continue
            if "://" not in token.content:
                continue
            lines = token.content.split("\n")
            for start, end in _entries(lines):
                first = token.map[0] + start
                last = token.map[0] + end
                text = "\n".join(lines[start:end])
                yield Item(first + 1, text, self.verbatim(first, last), loose=True, end=last)

    def _cells(self, tables: Sequence[Table]) -> Iterator[Item]:
        """The rows of tables in HTML that have no headers, each as an entry."""
        for one in tables:
            for row in () if one.headers else one.rows:
                yield Item(row.line, "\n".join(row.cells).replace("<br>", "\n"), row.text)


def _entries(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where the entries of a paragraph begin and end: one a line, or one of all lines; none where it is prose."""
    starts = [number for number, line in enumerate(lines) if _LEADS.match(line) or _ADDRESS.fullmatch(line)]
    groups = [
        (start, end)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=False)
        if _has_paper("\n".join(lines[start:end]))
    ]
    if 0 in starts and len(groups) == len(starts):
        return groups
    marked = any("[[" in line and _has_paper(line) for line in lines)
    return [(0, len(lines))] if marked or (groups and 0 in starts) else []


def _has_paper(markdown: str) -> bool:
    return any(
        span.url and (links.is_paper(span.url) or links.role(span.text) == links.PAPER) and links.is_web(span.url)
        for span in table.spans(mended(markdown).text)
    ) or bool(_ADDRESS.fullmatch(markdown) and links.is_paper(markdown.strip(" <>")))


def _headings(tokens: Sequence[Token], plain: Plain) -> Iterator[Section]:
    times: dict[str, int] = {}
    level = 0
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.map:
            text, line, level = table.plain(tokens[place + 1].content), token.map[0], int(token.tag[1])
            where = anchor(text)
            times[where] = times.get(where, -1) + 1
            where += f"-{times[where]}" if times[where] else ""
            given = plain.anchors.get(line)
            yield Section(clean(text) or text or "Untitled", line + 1, level, anchor(given) if given else where)
        elif token.type == "paragraph_open" and token.map and token.level == 0:
            name = _bold_heading(tokens, place)
            if name:
                yield Section(clean(name) or name, token.map[0] + 1, level + 1, "")


def _bold_heading(tokens: Sequence[Token], place: int) -> str:
    """A paragraph that is one short line of bold text above a list or a table is its heading."""
    after = tokens[place + 3].type if place + 3 < len(tokens) else ""
    if after not in ("bullet_list_open", "ordered_list_open", "table_open") or len(tokens[place + 1].content) > 120:
        return ""
    spans = [span for span in table.spans(tokens[place + 1].content) if span.text.strip(" :\n")]
    if len(spans) != 1 or spans[0].kind != "strong" or len(spans[0].text.split()) > 8:
        return ""
    return " ".join(spans[0].text.split()).rstrip(" :")


def _tables(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Table]:
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            yield _table(tokens, place, lines)


def _table(tokens: Sequence[Token], place: int, lines: Sequence[str]) -> Table:
    start, end = tokens[place].map or (0, 0)
    cells: dict[int, list[str]] = {}
    for token in tokens[place:]:
        if token.type == "table_close":
            break
        if token.type == "inline" and token.map:
            cells.setdefault(token.map[0], []).append(token.content)
    headers = cells.pop(start, [])
    return Table(start, end, tuple(headers), tuple(_row(number, found, lines) for number, found in cells.items()))


def _row(number: int, cells: Sequence[str], lines: Sequence[str]) -> Row:
    text = lines[number].strip()
    shown = _COMMENT.sub("", text).rstrip()
    width = len(_PIPES.split(shown.removeprefix("|"))) - shown.endswith("|")
    return Row(number + 1, tuple(cells), text, width)


def lost_rows(tokens: Sequence[Token], lines: Sequence[str], items: Sequence[Item]) -> Iterator[tuple[int, str]]:
    """Lines (from 1) that look like rows or entries and stand in no table and no list, and what they look like."""
    taken = {number for item in items for number in range(item.line - 1, item.end or item.line)}
    in_table = False
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        for number in range(*token.map) if token.map and not in_table else ():
            if reason := _lost(token, lines[number], entry=number in taken):
                yield number + 1, reason


def _lost(token: Token, line: str, *, entry: bool) -> str:
    """What a line looks like that was read as something else, or empty."""
    if token.type == "html_block" and not token.content.lstrip().startswith("<!--"):
        html = re.search(r"<(?:tr|li)\b.*https?://|\]\(https?://(?:www\.)?arxiv", line, re.IGNORECASE)
        return "this looks like an entry written in HTML, which cannot be read" if html else ""
    if token.type == "code_block" and re.match(r"\s*(?:\||.*\]\(<?https?://)", line):
        return "it is indented so far that it reads as code"
    in_pipes = not entry and "](http" in line and len(_PIPES.findall(line)) > 1
    if token.type == "inline" and (in_pipes or line.lstrip().startswith("|")):
        return "this looks like a row but stands in no table"
    return ""
