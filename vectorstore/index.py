"""The index of what is already classified: real Chroma, one collection per survey and embedder.

It answers which listed papers are most like another, so an entry has one row, with the mean of its sentences' vectors;
the sentences themselves are the reader's. It is disposable: a row is written when the text's sha256 or the labels
changed, and the collection is built anew when the model or the text recipe changed. The fingerprint (model, recipe,
taxonomy) lies in the collection's metadata and is completed last: an update that was killed leaves usable rows and no
taxonomy in the fingerprint.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

import platformdirs

from bot.errors import VectorStoreError
from bot.ports import Entry, Neighbour, Progress, Reading, Vectors
from bot.vectors import pooled
from vectorstore import folder, text
from vectorstore.cache import key
from vectorstore.embedders import Embedder
from vectorstore.reader import Reader
from vectorstore.store import Metadata, Row, Store, folder_client, memory_client, server_client, shown

Kind: TypeAlias = Literal["paper", "class"]

_NOT_CORRUPT = re.compile(r"\(code: (5|6|8|10|13)\)|disk is full|readonly|read-only|No space left")
"""SQLite says busy, locked, read-only, input/output error or full: not the index's fault, so it stays where it is."""


class ChromaMemory:
    """The :class:`bot.ports.Memory` on Chroma: at ``url`` if given, else in the folder ``path``, else in memory.

    ``vectors`` is the folder for the cache of what was embedded (None: every run embeds anew). ``survey`` keeps the
    collections of several surveys apart. ``key_file`` holds the secret that marks folders as made on this machine
    (default: in the user's state folder). Nothing is opened before it is needed.
    """

    def __init__(
        self,
        embedder: Embedder,
        path: Path | None,
        url: str,
        survey: str,
        *,
        vectors: Path | None = None,
        key_file: Path | None = None,
    ) -> None:
        self.model = embedder.id
        self.notes: list[str] = []
        """What was odd about index and cache so far, one sentence each."""
        self._told = 0
        """Of ``notes``, by ``update``."""
        self._reader = Reader(embedder, vectors, self.notes.append)
        self._path, self._url = path, url
        self._name = _collection_name(survey, embedder.id)
        self._key_file = key_file or platformdirs.user_state_path("survey-bot") / "index-key"
        self._store: Store | None = None
        self._built_anew = False
        self._readings: dict[Kind, dict[str, Reading]] | None = None

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
        if not self._store:
            self._store = self._opened()
        readings = self._reader.read([entry.sentences for entry in entries], progress, "embedding")
        rows = {
            f"{entry.kind}:{entry.key}": Row(_metadata(entry), pooled(reading))
            for entry, reading in zip(entries, readings, strict=True)
            if reading.sentences  # a text without words is like nothing
        }
        while True:
            try:
                self._fill(self._store, rows, taxonomy_sha)
                break
            except VectorStoreError as failure:
                self._store = self._instead(failure)
        self._readings = {"paper": {}, "class": {}}
        for entry, reading in zip(entries, readings, strict=True):
            self._readings[entry.kind][entry.key] = reading
        told, self._told = self._told, len(self.notes)
        return self.notes[told:]

    def readings(self, kind: Kind) -> dict[str, Reading]:
        """Key -> reading of every entry of this kind. Raises VectorStoreError before the first update."""
        if self._readings is None:
            raise self._closed()
        return self._readings[kind]

    def read(self, texts: Sequence[tuple[str, ...]], progress: Progress, label: str) -> list[Reading]:
        """A reading of each text, in order; ``progress`` counts those that must be embedded. Raises EmbedderError."""
        return self._reader.read(texts, progress, label)

    def nearest(self, vectors: Vectors, count: int) -> list[list[Neighbour]]:
        """For each vector the most similar listed papers, best first. Raises VectorStoreError."""
        if not len(vectors) or count < 1:
            return [[] for _ in vectors]
        if not self._store or self._readings is None:
            raise self._closed()
        found = self._store.nearest(vectors, count, {"kind": "paper"})
        return [[Neighbour(row_id.removeprefix("paper:"), cosine) for row_id, cosine in answer] for answer in found]

    def close(self) -> None:
        """Let go of the files or the connection; the next update opens them again."""
        store, self._store = self._store, None
        if store:
            with suppress(VectorStoreError):
                store.close()

    def _closed(self) -> VectorStoreError:
        return VectorStoreError("the index is not open", where=self.where, remedy="update it first")

    # --- where ---

    def _opened(self) -> Store:
        """The place that the settings name, or a better one when it fails."""
        if self._url:
            return Store(server_client(self._url), shown(self._url), self._name)
        if not self._path:
            return self._in_memory()
        try:
            moved = folder.claim(self._path, self._key_file)
        except OSError as error:
            self.notes.append(f"{self._path}: {_reason(error)}, so this run keeps its index in memory")
            return self._in_memory()
        if moved:
            self._note_anew("was not made here", moved)
        try:
            return self._on_disk(self._path)
        except VectorStoreError as failure:
            return self._instead(failure)

    def _instead(self, failure: VectorStoreError) -> Store:
        """Another place for the index, for the one that failed: the folder anew if it is damaged, else memory.

        Raises the failure when there is none: a server is not ours to mend, and memory is the last.
        """
        self.close()
        if not self._path or self._url or failure.where != str(self._path):
            raise failure
        if not self._built_anew and not _NOT_CORRUPT.search(failure.what):
            self._built_anew = True
            with suppress(OSError):
                self._note_anew("could not be read", folder.move_aside(self._path))
                return self._opened()
        self.notes.append(f"{failure.where}: {failure.what}, so this run keeps its index in memory")
        return self._in_memory()

    def _note_anew(self, why: str, moved: Path) -> None:
        self.notes.append(f"{self._path}: this index {why}, so it was moved to {moved.name} and built anew")

    def _on_disk(self, path: Path) -> Store:
        return Store(folder_client(path), str(path), self._name)

    def _in_memory(self) -> Store:
        return Store(memory_client(), "memory", f"{self._name}-{uuid.uuid4().hex[:8]}")

    # --- what ---

    def _fill(self, store: Store, rows: Mapping[str, Row], taxonomy_sha: str) -> None:
        made_with = {"model": self.model, "recipe": text.RECIPE}
        done = {**made_with, "taxonomy": taxonomy_sha}
        store.open(made_with)
        there = store.metadata()
        gone = [row_id for row_id in there if row_id not in rows]
        changed = {row_id: row for row_id, row in rows.items() if there.get(row_id) != row.metadata}
        if gone or changed or store.fingerprint != done:
            store.mark(made_with)
            store.delete(gone)
            store.put(changed)
            store.mark(done)
        for row in list(rows.values())[:1]:  # a broken index may still list its rows: ask it something
            store.nearest(row.vector[None, :], 1, {"kind": "paper"})


def _metadata(entry: Entry) -> Metadata:
    return {"kind": entry.kind, "labels": " ".join(entry.labels), "text": key(entry.sentences).hex()}


def _collection_name(survey: str, embedder: str) -> str:
    """Chroma wants 3 to 512 of ``[a-zA-Z0-9._-]``; the hash keeps names apart that look alike after the cleaning."""
    plain = re.sub(r"[^a-z0-9]+", "-", survey.lower()).strip("-")[:40] or "survey"
    return f"{plain}-{hashlib.sha256(f'{survey}|{embedder}'.encode(errors='surrogatepass')).hexdigest()[:12]}"


def _reason(error: OSError) -> str:
    return str(error) if isinstance(error, folder.InUseError) else f"cannot be used ({error})"
