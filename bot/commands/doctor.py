"""What works on this machine, one line each; never a secret's value."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bot import chat
from bot.commands import console
from bot.commands.wiring import Wiring
from bot.errors import LanguageModelError, SurveyBotError
from bot.findings import Finding, State
from bot.opinion import wording
from bot.ports import Entry, Tally


def examine(wiring: Wiring) -> list[Finding]:
    """Try every part that a run needs."""
    examinations: list[tuple[str, Callable[[Wiring], Iterator[Finding]]]] = [
        ("taxonomy", _taxonomy),
        ("cache", _cache),
        ("embedder", _embedder),
        ("arXiv", _arxiv),
        ("feed", _announcements),
        ("forge", _forge),
        ("ledger", _ledger),
        ("keys", _keys),
    ]
    findings = list[Finding]()
    for part, examination in examinations:
        try:
            findings += list(examination(wiring))
        except SurveyBotError as error:
            findings.append(Finding(part, "fails", str(error)))
    return findings


def examine_github(wiring: Wiring) -> list[Finding]:
    """What on GitHub must be as the bot needs it. Raises SettingsError when repository or token are not known."""
    return wiring.github_settings.examine(datetime.now(UTC))


def examine_llm(wiring: Wiring) -> list[Finding]:
    """One tiny call of the language model. Raises SettingsError when none is set."""
    model = wiring.llm.live()
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string", "enum": ["ready"]}},
        "required": ["word"],
        "additionalProperties": False,
    }
    said = chat.Message("user", 'Answer with this JSON and nothing else: {"word": "ready"}')
    began = time.monotonic()
    try:
        reply = model.ask(chat.Request("doctor", (said,), "ready", schema))
    except LanguageModelError as error:
        return [Finding("language model", "fails", str(error))]
    words = f"{model.where} answered ({time.monotonic() - began:.1f} s with loading LangChain)"
    findings = [Finding("language model", "works", words)]
    in_json = reply.finish == "stop" and re.fullmatch(r'\s*\{\s*"word"\s*:\s*"ready"\s*\}\s*', reply.text)
    told = "as it was asked" if in_json else "not as it was asked: its replies may be of no use"
    findings.append(Finding("JSON", "works" if in_json else "warning", "; ".join([told, *model.notes])))
    findings.append(Finding("cost", "works" if reply.usage.tokens else "warning", wording.took(reply.usage)))
    return findings


def show(findings: list[Finding]) -> None:
    """The findings as a table."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    styles = {"works": "green", "warning": "yellow", "fails": "red"}
    for finding in findings:
        table.add_row(finding.part, Text(finding.state, styles[finding.state]), Text(finding.words))
    console.output().print(table)


def _taxonomy(wiring: Wiring) -> Iterator[Finding]:
    library = wiring.shelf.load()
    words = f"{len(library.papers)} papers in {len(library.taxonomy.leaves)} classes at {wiring.shelf.folder}"
    yield Finding("taxonomy", "works", words)


def _cache(wiring: Wiring) -> Iterator[Finding]:
    try:
        wiring.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wiring.cache):
            yield Finding("cache", "works", str(wiring.cache))
    except OSError as error:
        words = f"{wiring.cache} cannot be written ({error.strerror}): everything is fetched and made anew each run"
        yield Finding("cache", "warning", words)


def _embedder(wiring: Wiring) -> Iterator[Finding]:
    from vectorstore import embedders

    source = embedders.source(wiring.settings.embedder, directory=wiring.model_directory)
    memory = wiring.memory("doctor")
    progress = console.ConsoleProgress()
    asked = (f"does it work at {datetime.now(UTC)}",)  # never in the cache
    memory.read([asked], progress, "trying")
    yield Finding("embedder", "works", f"{memory.model} from {source}")
    notes = memory.update([Entry("doctor", "paper", asked)], "doctor", progress)  # a collection of its own
    yield Finding("index", "warning" if notes else "works", "; ".join([memory.where, *notes]))


def _arxiv(wiring: Wiring) -> Iterator[Finding]:
    if wiring.offline:
        yield Finding("arXiv", "warning", "not tried (--offline)")
        return
    from bot.adapters.arxiv.api import CANARY

    api = wiring.settings.watch.api
    if not any(wiring.arxiv.fetch([CANARY])):
        yield Finding("arXiv", "fails", f"{api} does not know a paper that exists")
        return
    yield Finding("arXiv", "works", api)
    for category, there in wiring.search.ever(Tally()).items():  # a misspelt one stays silent for ever
        none = f"no paper at all is in {category}; correct [watch] categories"
        yield Finding("watch", "works" if there else "fails", f"{category}: {there:,} papers" if there else none)


def _announcements(wiring: Wiring) -> Iterator[Finding]:
    feed = None if wiring.offline else wiring.announcements
    if feed:
        count = sum(1 for _ in feed.read(Tally()))
        yield Finding("feed", "works", f"{wiring.settings.watch.feed}: {count:,} announcements")


def _forge(wiring: Wiring) -> Iterator[Finding]:
    forge = wiring.forge(lambda proposal: None, dry_run=False)
    if forge.dry:
        yield Finding(
            "forge", "warning", 'dry-run: nothing is opened; for branches in a repository set [forge] kind = "local"'
        )
        return
    yield Finding("forge", "works", f"{forge.name}, {len(forge.pulls())} pull requests")


def _ledger(wiring: Wiring) -> Iterator[Finding]:
    fates = wiring.ledger.fates()
    state: State = "warning" if wiring.ledger.notes else "works"
    yield Finding("ledger", state, "; ".join([f"{len(fates)} papers have a fate", *wiring.ledger.notes]))


def _keys(wiring: Wiring) -> Iterator[Finding]:
    embedder, llm = wiring.settings.embedder, wiring.settings.llm
    needed = {
        embedder.key_env: embedder.kind == "openai" and not embedder.base_url,
        **({llm.key_env: not llm.base_url} if llm.model else {}),
    }
    if llm.model and llm.key_env == embedder.key_env:
        needed[llm.key_env] |= embedder.kind == "openai" and not embedder.base_url
    for name, wanted in needed.items():
        present = bool(os.environ.get(name))
        state: State = "works" if present or not wanted else "fails"
        yield Finding(
            "keys", state, f"{name} is {'set' if present else 'not set'}{'' if wanted else '; none is needed'}"
        )
