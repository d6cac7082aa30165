"""The index of what is already classified: real Chroma, one collection per survey and embedder.

It is a disposable cache. An entry is embedded only when no row has its text's sha256, and the collection is built anew
when the model or the text recipe changed. The fingerprint (model, recipe, taxonomy) lies in the collection's metadata
and is completed last: an update that was killed leaves usable rows and no taxonomy in the fingerprint.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import platformdirs

from bot.errors import VectorStoreError
from bot.ports import Entry, Neighbour, Progress, Vectors
from vectorstore import folder, text
from vectorstore.embedders import Embedder
from vectorstore.store import Metadata, Row, Store, folder_client, memory_client, server_client, shown

TEXTS_A_BATCH = 32
"""Embedded and stored at once: what a kill can cost."""

_NOT_CORRUPT = re.compile(r"\(code: (5|6|8|10|13)\)|disk is full|readonly|read-only|No space left")
"""SQLite says busy, locked, read-only, input/output error or full: not the index's fault, so it stays where it is."""


class ChromaMemory:
    """The :class:`bot.ports.Memory` on Chroma: at ``url`` if given, else in the folder ``path``, else in memory.

    ``survey`` keeps the collections of several surveys apart. ``key_file`` holds the secret that marks folders as made
    on this machine (default: in the user's state folder). Nothing is opened before it is needed.
    """

    def __init__(
        self, embedder: Embedder, path: Path | None, url: str, survey: str, *, key_file: Path | None = None
    ) -> None:
        self.model = embedder.id
        self._embedder = embedder
        self._path, self._url = path, url
        self._name = _collection_name(survey, embedder.id)
        self._key_file = key_file or platformdirs.user_state_path("survey-bot") / "index-key"
        self._store: Store | None = None
        self._fresh: dict[str, npt.NDArray[np.float32]] = {}

    @property
    def where(self) -> str:
        """Where the index is now, or would be."""
        if self._store:
            return self._store.where
        return shown(self._url) if self._url else str(self._path) if self._path else "memory"

    @property
    def fingerprint(self) -> Metadata:
        """``model``, ``recipe`` and ``taxonomy`` (missing while an update is unfinished); empty before any update."""
        return self._store.fingerprint if self._store else {}

    def update(self, entries: Sequence[Entry], taxonomy_sha: str, progress: Progress) -> list[str]:
        """Make the index hold exactly these entries; see :class:`bot.ports.Memory`.

        Also raises SettingsError when the configured folder holds something else than an index.
        """
        notes: list[str] = []
        failure: VectorStoreError | None = None
        for opener in (self._current, self._on_server, self._on_disk, self._on_disk_anew, self._in_memory):
            try:
                self._store = opener(failure, notes)
                if self._store:
                    self._fill(self._store, entries, taxonomy_sha, progress)
                    return notes
            except VectorStoreError as error:
                failure = error
                self.close()
        assert failure  # noqa: S101 - memory either fills or fails
        raise failure

    def vectors(self, kind: Literal["paper", "class"]) -> dict[str, npt.NDArray[np.float32]]:
        """Key -> unit vector of shape (dimensions,) of every entry of this kind. Raises VectorStoreError."""
        rows = self._opened().rows({"kind": kind})
        return {row_id.removeprefix(f"{kind}:"): row.vector for row_id, row in rows.items()}

    def embed(self, texts: Sequence[str], progress: Progress, label: str) -> Vectors:
        """Vectors of shape (len(texts), dimensions) by the same recipe. Raises EmbedderError."""
        vectors = list(progress(self._embedded(texts), label, len(texts)))
        return np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)

    def nearest(self, vectors: Vectors, count: int) -> list[list[Neighbour]]:
        """For each vector the most similar listed papers, best first. Raises VectorStoreError."""
        if not len(vectors) or count < 1:
            return [[] for _ in vectors]
        found = self._opened().nearest(vectors, count, {"kind": "paper"})
        return [[Neighbour(row_id.removeprefix("paper:"), cosine) for row_id, cosine in answer] for answer in found]

    def close(self) -> None:
        """Let go of the files or the connection; the next update opens them again."""
        store, self._store = self._store, None
        if store:
            with suppress(VectorStoreError):
                store.close()

    # --- where: each opener is tried when those before it had nothing to offer or failed ---

    def _current(self, failure: VectorStoreError | None, notes: list[str]) -> Store | None:
        return self._store

    def _on_server(self, failure: VectorStoreError | None, notes: list[str]) -> Store | None:
        if not self._url:
            return None
        if failure:
            raise failure
        return Store(server_client(self._url), shown(self._url), self._name)

    def _on_disk(self, failure: VectorStoreError | None, notes: list[str]) -> Store | None:
        if failure or self._path is None or self._url:
            return None
        try:
            moved = folder.claim(self._path, self._key_file)
        except OSError as error:
            notes.append(f"{self._path}: {_reason(error)}, so this run keeps its index in memory")
            return None
        if moved:
            notes.append(f"{self._path}: this index was not made here, so it was moved to {moved.name} and built anew")
        return Store(folder_client(self._path), str(self._path), self._name)

    def _on_disk_anew(self, failure: VectorStoreError | None, notes: list[str]) -> Store | None:
        if not failure or self._path is None or failure.where != str(self._path) or _NOT_CORRUPT.search(failure.what):
            return None
        try:
            moved = folder.move_aside(self._path)
            folder.claim(self._path, self._key_file)
        except OSError:
            return None
        notes.append(f"{self._path}: this index could not be read, so it was moved to {moved.name} and built anew")
        return Store(folder_client(self._path), str(self._path), self._name)

    def _in_memory(self, failure: VectorStoreError | None, notes: list[str]) -> Store | None:
        if self._url and failure:
            raise failure
        if failure:
            notes.append(f"{failure.where}: {failure.what}, so this run keeps its index in memory")
        return Store(memory_client(), "memory", f"{self._name}-{uuid.uuid4().hex[:8]}")

    def _opened(self) -> Store:
        if not self._store:
            raise VectorStoreError("the index is not open", where=self.where, remedy="update it first")
        return self._store

    # --- what ---

    def _fill(self, store: Store, entries: Sequence[Entry], taxonomy_sha: str, progress: Progress) -> None:
        made_with = {"model": self._embedder.id, "recipe": text.RECIPE}
        done = {**made_with, "taxonomy": taxonomy_sha}
        store.open(made_with)
        rows = store.rows()
        wanted = {f"{entry.kind}:{entry.key}": entry for entry in entries}
        gone = [row_id for row_id in rows if row_id not in wanted]
        changed = {
            row_id: entry
            for row_id, entry in wanted.items()
            if row_id not in rows or rows[row_id].metadata != _metadata(entry)
        }
        if gone or changed or store.fingerprint != done:
            store.mark(made_with)
            store.delete(gone)
            self._put(store, changed, {row.metadata.get("text", ""): row.vector for row in rows.values()}, progress)
            store.mark(done)
        for row in list(rows.values())[:1]:  # a broken index may still list its rows: ask it something
            store.nearest(row.vector[None, :], 1, {"kind": "paper"})

    def _put(
        self, store: Store, changed: dict[str, Entry], known: dict[str, npt.NDArray[np.float32]], progress: Progress
    ) -> None:
        """Store the changed entries, as soon as they have their vectors."""
        known = {**self._fresh, **known}
        ready = {row_id: entry for row_id, entry in changed.items() if _sha(entry.text) in known}
        store.put({row_id: Row(_metadata(entry), known[_sha(entry.text)]) for row_id, entry in ready.items()})
        new = [(row_id, entry) for row_id, entry in changed.items() if row_id not in ready]
        if not new:
            return
        vectors = progress(self._embedded([entry.text for _, entry in new]), "embedding", len(new))
        batch: dict[str, Row] = {}
        for (row_id, entry), vector in zip(new, vectors, strict=True):
            self._fresh[_sha(entry.text)] = vector
            batch[row_id] = Row(_metadata(entry), vector)
            if len(batch) == TEXTS_A_BATCH:
                store.put(batch)
                batch = {}
        store.put(batch)

    def _embedded(self, texts: Sequence[str]) -> Iterator[npt.NDArray[np.float32]]:
        """The vector of each text, in order, embedded batch by batch."""
        for start in range(0, len(texts), TEXTS_A_BATCH):
            cut = [text.windows(one, self._embedder.max_chars) for one in texts[start : start + TEXTS_A_BATCH]]
            vectors = self._embedder.encode([window for one in cut for window in one])
            at = 0
            for one in cut:
                yield text.pool(vectors[at : at + len(one)], [len(window) for window in one])
                at += len(one)


def _metadata(entry: Entry) -> Metadata:
    return {"kind": entry.kind, "labels": " ".join(entry.labels), "text": _sha(entry.text)}


def _sha(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", errors="surrogatepass")).hexdigest()


def _collection_name(survey: str, embedder: str) -> str:
    """Chroma wants 3 to 512 of ``[a-zA-Z0-9._-]``; the hash keeps names apart that look alike after the cleaning."""
    plain = re.sub(r"[^a-z0-9]+", "-", survey.lower()).strip("-")[:40] or "survey"
    return f"{plain}-{_sha(f'{survey}|{embedder}')[:12]}"


def _reason(error: OSError) -> str:
    return str(error) if isinstance(error, folder.InUseError) else f"cannot be used ({error})"
