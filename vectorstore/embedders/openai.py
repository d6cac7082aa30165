"""Embeddings of any endpoint that speaks OpenAI's API.

Source: https://platform.openai.com/docs/api-reference/embeddings. The library repeats requests that failed for a
passing reason (time-outs, 408, 409, 429, 5xx), with growing pauses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.errors import EmbedderError
from bot.ports import Vectors

TEXTS_A_REQUEST = 128
SECONDS_A_REQUEST = 60.0
TRIES_MORE = 3


class OpenAIEmbedder:
    """The embedder of :mod:`vectorstore.embedders` behind an endpoint.

    ``key`` may be missing for an endpoint of one's own (``base_url``) that asks for none; ``key_name`` is what the
    operator calls it.
    """

    max_chars = 8000
    """The models read 8,191 tokens and no text has less than one character a token."""

    def __init__(
        self, model: str, *, base_url: str = "", key: str | None = None, key_name: str = "OPENAI_API_KEY"
    ) -> None:
        if not key and not base_url:
            raise EmbedderError(
                "there is no key", where=model, remedy=f"set {key_name}, or kind = 'minilm' in [embedder]"
            )
        import openai

        self.id = f"{model}@{base_url or 'openai'}"
        self._model, self._key, self._key_name = model, key, key_name
        self._where = base_url or "OpenAI"
        try:
            self._client = openai.OpenAI(
                api_key=key or "none", base_url=base_url or None, timeout=SECONDS_A_REQUEST, max_retries=TRIES_MORE
            )
        except Exception as error:  # its HTTP library's InvalidURL shares no public base class
            raise self._error(f"this is no address ({error})", remedy="check base_url in [embedder]") from None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimensions), float32, rows of length 1."""
        parts = [self._request(texts[at : at + TEXTS_A_REQUEST]) for at in range(0, len(texts), TEXTS_A_REQUEST)]
        if not parts:
            return np.zeros((0, 0), dtype=np.float32)
        if len({part.shape[1] for part in parts}) != 1:
            raise self._error("its vectors differ in length")
        vectors = np.concatenate(parts)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(lengths)) or not np.all(lengths > 0):
            raise self._error("it answered with a vector that has no direction")
        return np.asarray(vectors / lengths, dtype=np.float32)

    def _request(self, texts: Sequence[str]) -> Vectors:
        import openai

        try:
            # The endpoint refuses the empty string.
            reply = self._client.embeddings.create(
                model=self._model, input=[text or " " for text in texts], encoding_format="float"
            )
            rows = {item.index: item.embedding for item in reply.data}
            return np.array([rows[index] for index in range(len(texts))], dtype=np.float32).reshape(len(texts), -1)
        except openai.AuthenticationError:
            raise self._error("the key was refused", remedy=f"check {self._key_name}") from None
        except openai.NotFoundError:
            raise self._error("it does not know the model", remedy="check model in [embedder]") from None
        except openai.OpenAIError as error:
            raise self._error(f"embedding failed ({self._said(error)})", remedy="try again later") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._error("its answer is not a list of embeddings", remedy="check base_url in [embedder]") from None

    def _said(self, error: Exception) -> str:
        """The first line of an error, short and without the key (some endpoints repeat it)."""
        text = (str(error).splitlines() or [type(error).__name__])[0][:200]
        return text.replace(self._key, "…") if self._key else text

    def _error(self, what: str, remedy: str = "try again, or set kind = 'minilm' in [embedder]") -> EmbedderError:
        return EmbedderError(what, where=f"{self._where}, model {self._model}", remedy=remedy)
