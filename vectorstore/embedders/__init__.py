"""Embedders: texts to unit vectors. ``load`` makes the one that the settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from bot import settings
from bot.ports import Vectors


class Embedder(Protocol):
    """A sentence-embedding model. Vectors of two embedders may be compared only when their ids are equal."""

    @property
    def id(self) -> str:
        """Model name, and a prefix of the sha256 of its weights where we have them: part of the fingerprint."""
        ...

    @property
    def max_chars(self) -> int:
        """Longest text, in characters, that is read to its end; longer ones are cut into windows first."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimensions), rows of length 1, in the order given. Raises EmbedderError."""
        ...


def load(config: settings.Embedder, cache: Path, key: str | None = None, *, directory: Path | None = None) -> Embedder:
    """The embedder of the settings.

    ``cache`` is a folder for the converted model, ``key`` the secret for an endpoint that wants one, ``directory`` is
    ``config.directory`` made absolute by whoever knows the settings' root. Raises EmbedderError.
    """
    if config.kind == "openai":
        from vectorstore.embedders.openai import OpenAIEmbedder

        return OpenAIEmbedder(config.model, base_url=config.base_url, key=key, key_name=config.key_env)
    from vectorstore.embedders.minilm import MiniLM
    from vectorstore.embedders.weights import load as load_weights

    return MiniLM(load_weights(_folder(config, directory), cache))


def source(config: settings.Embedder, *, directory: Path | None = None) -> str:
    """Where the model would come from, in a few words, without loading it: for ``survey-bot doctor``."""
    if config.kind == "openai":
        return f"{config.model} at {config.base_url or 'the default endpoint of the openai package'}"
    from vectorstore.embedders.weights import source as weights_source

    return weights_source(_folder(config, directory))


def _folder(config: settings.Embedder, directory: Path | None) -> Path | None:
    return directory or (Path(config.directory).expanduser() if config.directory else None)
