"""The settings of one survey: ``survey-bot.toml``, strict, without secrets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.errors import SettingsError

FILE = "survey-bot.toml"

_PLAINLY = {
    "extra_forbidden": "there is no such key",
    "missing": "this is missing",
    "tuple_type": "this should be a list",
    "too_short": "this list is empty",
    "model_type": "this should be a table of keys and values",
    "string_pattern_mismatch": "this is not written as it should be",
}

Share = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Survey(_Section):
    """``taxonomy``: folder of taxonomy.yaml and papers/; ``readme``: the file whose tables ``render`` keeps."""

    taxonomy: str = "taxonomy"
    readme: str = "SURVEY.md"


class Watch(_Section):
    """What is asked of arXiv: papers of any of ``categories``, cross-listed ones too (and matching ``query``, in the
    syntax of https://info.arxiv.org/help/api/user-manual.html#query_details).
    """

    categories: Annotated[tuple[str, ...], Field(min_length=1)] = ("cs.RO",)
    query: str = ""
    days: Annotated[int, Field(ge=1, le=366)] = 7
    """A run reads so many days once more, because arXiv announces late; the first run reads no others."""
    api: str = "https://export.arxiv.org/api/query"
    feed: str = "https://rss.arxiv.org/atom"
    """Where each day's announcements are, without the categories; empty: they are not read."""
    minutes: Annotated[float, Field(gt=0)] = 20.0
    """After these arXiv is not asked for more in a run; the next one goes on from there."""
    contact: str = ""
    """Mail address or page told to arXiv in the User-Agent, so that they can reach a bot that misbehaves."""


class TermGroup(_Section):
    """One group of terms of the keyword rule.

    A term is matched as whole words, case folded, hyphen and space alike; ``*`` stands for the rest of a word. A paper
    that holds no term of a ``required`` group is ruled out before anything is embedded; of the other groups, ``enough``
    different words are full evidence.
    """

    terms: Annotated[tuple[Annotated[str, Field(pattern=r"[^\W_]")], ...], Field(min_length=1)]
    enough: Annotated[int, Field(ge=1)] = 1
    required: bool = False


class Scope(_Section):
    """The groups of terms of the keyword rule."""

    groups: Annotated[dict[str, TermGroup], Field(min_length=1)]


class Lanes(_Section):
    """What the lines between propose, ask and skip are fitted to, on the survey's own past.

    ``right``: of the papers proposed, this share shall belong and be placed right. ``lost``: of the papers that belong,
    no more than this share may be skipped. ``weekly``: so many papers a week a human looks at, at most; it goes first.
    """

    right: Share = 0.8
    lost: Share = 0.02
    weekly: Annotated[int, Field(ge=1)] = 10


class Embedder(_Section):
    """``minilm`` runs on this machine without a key; ``openai`` is any OpenAI-compatible embedding endpoint."""

    kind: Literal["minilm", "openai"] = "minilm"
    directory: str = ""
    """minilm: a folder with model.onnx or model.safetensors and tokenizer.json, looked at first."""
    model: str = "text-embedding-3-small"
    base_url: str = ""
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; never the key."""


class Price(_Section):
    """US dollars for a million tokens."""

    input: Annotated[float, Field(ge=0)]
    output: Annotated[float, Field(ge=0)]


class Llm(_Section):
    """A language model as a second opinion, at any endpoint that speaks OpenAI's API. Off while ``model`` is empty."""

    model: str = ""
    base_url: str = ""
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; never the key."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = 0.0
    """None is written ``"none"``: for models that take no temperature."""
    timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds for one reply."""
    max_tokens: Annotated[int, Field(ge=100)] = 1500
    """Of one reply."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    per_minute: Annotated[int, Field(ge=1)] = 60
    """Requests."""
    top_1: Annotated[float, Field(gt=0, lt=1)] = 0.6
    """The share of papers whose class it puts first; ``survey-bot evaluate --llm`` measures it."""
    run_tokens: Annotated[int, Field(ge=0)] = 1_000_000
    """A run takes no more than this; papers that are left go on without it."""
    run_minutes: Annotated[float, Field(gt=0)] = 20.0
    """After these no more is asked in a run."""
    run_cost: Annotated[float, Field(ge=0)] | None = None
    """US dollars, in the same way; needs a price."""
    prices: dict[str, Price] = Field(default_factory=dict)
    """By model."""

    @field_validator("temperature", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return None if value == "none" else value


class Index(_Section):
    """Where the Chroma index is: a folder (default: the user's cache), or the ``url`` of a Chroma server."""

    path: str = ""
    url: str = ""


class Cache(_Section):
    """Abstracts, vectors of sentences and the converted model; default: the user's cache folder."""

    path: str = ""


class Forge(_Section):
    """Where pull requests go. ``github``; ``local``: the git repository at ``path``; ``dry-run``: the terminal."""

    kind: Literal["dry-run", "local", "github"] = "dry-run"
    path: str = "."
    base: str = "main"
    """The branch that pull requests are meant for."""
    open: Annotated[int, Field(ge=1)] = 10
    """So many pull requests of the bot are open at once, at most."""
    new: Annotated[int, Field(ge=1)] = 5
    """So many are opened in one run, at most."""
    repository: Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")] = ""
    """github: ``owner/name``; empty: the repository the workflow runs in."""
    token_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "GITHUB_TOKEN"  # noqa: S105
    """github: name of the environment variable that holds the token; never the token."""
    labels: tuple[str, ...] = ("survey-bot",)
    """github: put on every pull request."""
    later: Annotated[str, Field(min_length=1)] = "later"
    """github: the label by which a closed pull request is postponed."""
    reviewers: tuple[str, ...] = ()
    draft: bool = False


class Upkeep(_Section):
    """What ``survey-bot refresh`` asks besides arXiv: nobody, unless ``opinions`` names them."""

    opinions: tuple[Literal["dblp", "openreview", "semantic-scholar"], ...] = ()
    """Who is asked, in this order, where a paper appeared that arXiv knows no venue of."""
    dblp: str = "https://dblp.org/search/publ/api"
    openreview: str = "https://api2.openreview.net"
    semantic_scholar: str = "https://api.semanticscholar.org/graph/v1"
    minutes: Annotated[float, Field(gt=0)] = 20.0
    """After these nobody is asked for more in a refresh, each of them; so many are too few for some hundred papers."""


class Render(_Section):
    """How ``render`` writes the list, see docs/render.md: tables with ``columns``, or bullets where ``bullet`` is set.

    ``columns`` are headers as they shall stand there; ``bullet`` is one paper with ``{fields}`` and ``{? optional}``.
    """

    columns: Annotated[tuple[Annotated[str, Field(pattern=r"^[^\r\n]*\w[^\r\n]*$")], ...], Field(min_length=1)] = (
        "Year",
        "Venue",
        "Paper",
        "Website",
        "Code",
    )
    bullet: str = ""


class Ledger(_Section):
    """``path``: the file with one fate per paper; the reports of runs stand beside it.

    ``branch``: with GitHub all of it lives on this branch, which nothing else writes, and ``path`` is not used.
    """

    path: str = ".survey-bot/ledger.jsonl"
    branch: Annotated[str, Field(pattern=r"^[\w][\w./-]*$")] = "survey-bot-state"


class Settings(_Section):
    """All of ``file``. Relative paths start at ``root``, the folder of that file."""

    file: Path
    enabled: bool = True
    """The kill switch: false, and the bot reads nothing and writes nothing."""
    survey: Survey = Survey()
    watch: Watch = Watch()
    scope: Scope
    lanes: Lanes = Lanes()
    embedder: Embedder = Embedder()
    llm: Llm = Llm()
    index: Index = Index()
    cache: Cache = Cache()
    forge: Forge = Forge()
    upkeep: Upkeep = Upkeep()
    render: Render = Render()
    ledger: Ledger = Ledger()

    @property
    def root(self) -> Path:
        """The folder of the settings."""
        return self.file.parent

    def at_root(self, path: str) -> Path:
        """A path of the settings as an absolute path; ``~`` is the user's home. Raises SettingsError."""
        try:
            return (self.root / Path(path).expanduser()).resolve()
        except (RuntimeError, ValueError) as error:  # a home nobody has, a character no path holds
            raise SettingsError(
                f"{path!r} is no path: {str(error).rstrip('.')}", where=str(self.file), remedy="correct it"
            ) from None


def load(file: Path) -> Settings:
    """Read and check the settings. Raises SettingsError naming the key."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            "there are no settings here", where=str(file), remedy=f"run in the folder of {FILE}, or give --config"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot be read: {error}", where=str(file), remedy="mend the file") from None
    if "file" in data:
        raise SettingsError(
            "there is no such key", where=f"{file}, key file", remedy="paths start at this file's folder"
        )
    try:
        return Settings(**{**data, "file": file.resolve()})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = _PLAINLY.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        raise SettingsError(what, where=f"{file}, key {key}", remedy="see docs/settings.md") from None
