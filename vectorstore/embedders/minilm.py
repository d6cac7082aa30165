"""all-MiniLM-L6-v2 on onnxruntime: no key, no torch.

Model card: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2. Mean of the token vectors under the attention
mask, then length 1; texts are cut at 256 tokens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import EmbedderError
from bot.ports import Vectors
from vectorstore.embedders.weights import Weights

DIMENSIONS = 384
MAX_TOKENS = 256
TOKENS_A_BATCH = 512
"""Padding included. Small batches keep the activations in the processor's cache, and every processor busy."""


class MiniLM:
    """The embedder of :mod:`vectorstore.embedders` that needs nothing but this machine."""

    max_chars = 900
    """Of 3,000 real abstracts cut into windows of 1,000 characters none had more than 256 tokens."""

    def __init__(self, weights: Weights) -> None:
        self.id = weights.id
        self.source = weights.source
        self._tokenizer = _tokenizer(weights)
        self._session = _session(weights)
        self._inputs = {value.name for value in self._session.get_inputs()}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 384), float32, rows of length 1."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(tokens), DIMENSIONS), dtype=np.float32)
        batches = list(_batches([len(ids) for ids in tokens]))[::-1]  # the dear ones first, so that all end together
        with ThreadPoolExecutor(threads()) as pool:
            parts = pool.map(lambda batch: self._encode([tokens[index] for index in batch]), batches)
            for batch, part in zip(batches, parts, strict=True):
                vectors[batch] = part
        return vectors

    def _encode(self, tokens: list[list[int]]) -> Vectors:
        shape = (len(tokens), max(map(len, tokens)))
        ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, numbers in enumerate(tokens):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: npt.NDArray[np.float32] = self._session.run(
            ["last_hidden_state"], {name: array for name, array in feed.items() if name in self._inputs}
        )[0]
        mean = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts of similar length, so that little is spent on padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[index] > TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _tokenizer(weights: Weights) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(weights.tokenizer)
    except Exception as error:  # the Rust library raises bare Exception
        raise EmbedderError(
            f"the tokenizer cannot be read ({error})", where=weights.source, remedy="replace its tokenizer.json"
        ) from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session(weights: Weights) -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # else it reports to its makers; asked only when it is loaded
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread a batch and several batches at once: faster than several threads a batch, less hurt by busy
    # neighbours, and a vector does not depend on how many processors there are.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(weights.model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions share no public base class
        raise EmbedderError(
            f"onnxruntime cannot run the model ({str(error).splitlines()[0]})",
            where=weights.source,
            remedy="replace the model",
        ) from None
    if "last_hidden_state" not in {value.name for value in session.get_outputs()}:
        raise EmbedderError(
            "the model has no output last_hidden_state", where=weights.source, remedy="export all-MiniLM-L6-v2 anew"
        )
    return session


def threads() -> int:
    """The processors this process may use, or fewer when OMP_NUM_THREADS asks for fewer."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wished = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, int(wished)) if wished.isdigit() and int(wished) > 0 else allowed
