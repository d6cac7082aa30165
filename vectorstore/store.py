"""One Chroma collection, behind the five verbs the index needs; whatever Chroma raises becomes a VectorStoreError.

Vectors are always passed in (``embedding_function=None``): Chroma never embeds, downloads or runs anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import numpy as np

from bot.errors import SurveyBotError, VectorStoreError
from bot.ports import Vector, Vectors

SPACE = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}}
PAGE = 1000
SECONDS_TO_ANSWER = 60
SECONDS_TO_CONNECT = 5

Metadata = dict[str, str]


class Row(NamedTuple):
    """One vector and what is known of it."""

    metadata: Metadata
    vector: Vector


class Store:
    """The collection ``name`` of a Chroma client; ``where`` is what people call the place."""

    def __init__(self, client: Any, where: str, name: str) -> None:
        self.where = where
        self._client, self._name = client, name
        self._collection: Any = None
        with _told(where):
            self._batch = max(1, int(client.get_max_batch_size()))

    def open(self, made_with: Metadata) -> None:
        """Make the collection, anew when its vectors were made with something else."""
        from chromadb.errors import NotFoundError

        with _told(self.where):
            try:
                self._collection = self._client.get_collection(self._name, embedding_function=None)
                if not made_with.items() <= self.fingerprint.items() or not self._is_cosine():
                    self._client.delete_collection(self._name)
                    self._collection = None
            except NotFoundError:
                self._collection = None
            if self._collection is None:
                self._collection = self._client.create_collection(
                    self._name, metadata=made_with, configuration=SPACE, embedding_function=None
                )

    def _is_cosine(self) -> bool:
        return bool(((self._collection.configuration_json or {}).get("hnsw") or {}).get("space") == "cosine")

    @property
    def fingerprint(self) -> Metadata:
        """What the collection was made of; empty before it is open."""
        return dict(self._collection.metadata or {}) if self._collection else {}

    def mark(self, fingerprint: Metadata) -> None:
        """Set the fingerprint."""
        if fingerprint != self.fingerprint:
            with _told(self.where):
                self._collection.modify(metadata=fingerprint)

    def metadata(self) -> dict[str, Metadata]:
        """What is known of every row, by id."""
        found: dict[str, Metadata] = {}
        with _told(self.where):
            while True:
                page = self._collection.get(include=["metadatas"], limit=PAGE, offset=len(found))
                for row_id, metadata in zip(page["ids"], page["metadatas"], strict=True):
                    found[row_id] = dict(metadata or {})
                if len(page["ids"]) < PAGE:
                    return found

    def put(self, rows: Mapping[str, Row]) -> None:
        """Add these rows, or replace those that have their ids."""
        items = list(rows.items())
        with _told(self.where):
            for part in _parts(items, self._batch):
                self._collection.upsert(
                    ids=[row_id for row_id, _ in part],
                    embeddings=np.stack([row.vector for _, row in part]),
                    metadatas=[row.metadata for _, row in part],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove the rows with these ids."""
        with _told(self.where):
            for part in _parts(ids, min(self._batch, PAGE)):
                self._collection.delete(ids=list(part))

    def nearest(self, vectors: Vectors, count: int, where: Metadata) -> list[list[tuple[str, float]]]:
        """For each vector (id, cosine) of the ``count`` nearest rows with this metadata, best first."""
        answers: list[list[tuple[str, float]]] = []
        with _told(self.where):
            for part in _parts(vectors, PAGE // 4):
                reply = self._collection.query(
                    query_embeddings=np.asarray(part), n_results=count, where=where, include=["distances"]
                )
                for ids, distances in zip(reply["ids"], reply["distances"], strict=True):
                    pairs = [(row_id, 1.0 - float(distance)) for row_id, distance in zip(ids, distances, strict=True)]
                    answers.append(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
        return answers

    def close(self) -> None:
        """Let go of the files or the connection."""
        with _told(self.where):
            self._client.close()


def folder_client(folder: Path) -> Any:
    """Chroma on files of this machine. Raises VectorStoreError."""
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    with _told(str(folder)):
        try:
            return chromadb.PersistentClient(path=folder, settings=_settings())
        except BaseException:
            # Chroma 1.5 keeps what failed to start and would hand it out again for the folder built anew.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)
            raise


def memory_client() -> Any:
    """Chroma in memory: all such clients of one process share one space of names."""
    import chromadb

    return chromadb.EphemeralClient(settings=_settings())


def server_client(url: str) -> Any:
    """Chroma behind an address. Raises VectorStoreError when nothing answers there."""
    import chromadb
    import requests

    where = shown(url)
    try:
        requests.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=SECONDS_TO_CONNECT).raise_for_status()
    except (requests.RequestException, ValueError) as error:
        raise VectorStoreError(
            f"no Chroma server answers ({type(error).__name__})",
            where=where,
            remedy="start it, or remove url from [index]",
        ) from None
    with _told(where):
        client = chromadb.HttpClient(host=url.rstrip("/"), settings=_settings())
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:  # Chroma itself would wait for ever
        session.timeout = SECONDS_TO_ANSWER
    return client


def shown(url: str) -> str:
    """An address without the name and password it may carry."""
    try:
        return urlsplit(url)._replace(netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()
    except ValueError:  # no address at all
        return url.rpartition("@")[2]


def _settings() -> Any:
    from chromadb.config import Settings

    return cast(Any, Settings)(
        _env_file=None, anonymized_telemetry=False
    )  # not the .env of a folder we happen to be in


def _parts(items: Any, size: int) -> Iterator[Any]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Chroma's failures in one sentence. A panic of its Rust part is no Exception, only a BaseException."""
    try:
        yield
    except SurveyBotError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        reason = (str(error).splitlines() or [""])[0][:200] or type(error).__name__
        raise VectorStoreError(
            f"Chroma failed ({reason})", where=where, remedy="run survey-bot index to build it anew"
        ) from None
