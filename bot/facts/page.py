"""Facts as one web page that needs nothing else: a row for each paper, columns that sort, every number with its quote.

Source: https://www.w3.org/WAI/ARIA/apg/patterns/table/examples/sortable-table/ (buttons in headers, ``aria-sort``).
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Sequence
from html import escape

from bot.facts.table import WARNING, Row, best_is_high, column, columns, key, shown
from bot.models.facts import Fact

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --back: Canvas; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; }
.warning { border-left: 4px solid #c77700; padding: .6rem .9rem; background: var(--soft); max-width: 75ch; }
.frame { overflow: auto; max-height: 65vh; border: 1px solid var(--line); }
table { border-collapse: separate; border-spacing: 0; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
td { min-width: 7rem; max-width: 24rem; }
thead th { position: sticky; top: 0; background: var(--back); z-index: 1; }
tbody th { position: sticky; left: 0; background: var(--back); font-weight: 600; max-width: 16rem; }
thead th:first-child { left: 0; z-index: 2; }
thead button { font: inherit; font-weight: 600; background: none; border: 0; padding: 0; cursor: pointer;
  text-align: left; color: inherit; }
thead button::after { content: " \\2195"; opacity: .4; }
th[aria-sort=ascending] button::after { content: " \\2191"; opacity: 1; }
th[aria-sort=descending] button::after { content: " \\2193"; opacity: 1; }
summary { cursor: pointer; white-space: nowrap; }
blockquote { margin: .3rem 0 .5rem; padding-left: .6rem; border-left: 2px solid var(--line); min-width: 16rem; }
small { opacity: .75; }
"""
_SCRIPT = """
const body = document.querySelector("tbody"), heads = [...document.querySelectorAll("thead th")];
heads.forEach((head, place) => head.querySelector("button").addEventListener("click", () => {
  const now = head.getAttribute("aria-sort"), first = head.dataset.first;
  const order = now ? (now === "ascending" ? "descending" : "ascending") : first;
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  const value = (row) => row.cells[place].dataset.key;
  const rows = [...body.rows].sort((a, b) => {
    const x = value(a), y = value(b);
    if (x === "" || y === "") return (x === "") - (y === "");
    return sign * (place ? Number(x) - Number(y) : x.localeCompare(y));
  });
  body.append(...rows);
}));
"""


def page(rows: Sequence[Row], title: str) -> str:
    """The whole page. What strangers wrote is escaped, and no other script than its own may run in it."""
    rows = [row for row in rows if row.facts]
    names = columns(rows)
    claims = sum(len(row.facts) for row in rows)
    waiting = sum(not row.reviewed for row in rows)
    unseen = "none is reviewed yet" if waiting == len(rows) else f"those of {waiting:,} papers are not reviewed"
    told = f"{claims:,} claims of {len(rows):,} papers" + (f"; {unseen}" if waiting else "")
    some = waiting < len(rows)
    head = "".join(_head(name, rows) for name in names)
    body = "\n".join(_row(row, names, some_reviewed=some) for row in rows)
    policy = f"default-src 'none'; style-src '{_hash(_STYLE)}'; script-src '{_hash(_SCRIPT)}'; base-uri 'none'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape(title)}: efficiency facts</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(title)}: efficiency facts</h1>
<p class="warning"><strong>Mind the hardware.</strong> {escape(WARNING)}</p>
<p>{told}. A click on a heading sorts by it; a click on a number shows the sentence it stands in.
Comparisons are sorted by how many times better: 50% less and 2x less are the same.
The table scrolls sideways where it is wider than the window.</p>
<div class="frame" role="region" aria-label="Efficiency facts" tabindex="0">
<table>
<thead><tr><th scope="col" data-first="ascending"><button type="button">Paper</button></th>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</div>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _head(name: str, rows: Sequence[Row]) -> str:
    high = next(best_is_high(fact) for row in rows for fact in row.facts if column(fact) == name)
    first = "descending" if high else "ascending"
    return f'<th scope="col" data-first="{first}"><button type="button">{escape(name)}</button></th>'


def _row(row: Row, names: Sequence[str], *, some_reviewed: bool) -> str:
    cells = "".join(_cell([fact for fact in row.facts if column(fact) == name]) for name in names)
    web = row.link.startswith(("https://", "http://"))
    name = f'<a href="{escape(row.link)}" rel="noreferrer">{escape(row.name)}</a>' if web else escape(row.name)
    waits = "" if row.reviewed or not some_reviewed else "<br><small>not reviewed</small>"
    return f'<tr><th scope="row" data-key="{escape(row.name.casefold())}">{name}{waits}</th>{cells}</tr>'


def _cell(facts: Sequence[Fact]) -> str:
    if not facts:
        return '<td data-key=""></td>'
    best = max(map(key, facts)) if best_is_high(facts[0]) else min(map(key, facts))
    place = f"{best:.6g}" if math.isfinite(best) else "1e308"
    return f'<td data-key="{place}">{"".join(map(_claim, facts))}</td>'


def _claim(fact: Fact) -> str:
    than = f"<br><small>compared with {escape(fact.relative_to)}</small>" if fact.relative_to else ""
    by = "" if fact.self_reported else "<br><small>not reported by the paper itself</small>"
    quote = f"<blockquote>{escape(fact.quote)}{than}{by}</blockquote>"
    return f'<details><summary title="{escape(fact.quote)}">{escape(shown(fact))}</summary>{quote}</details>'


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
