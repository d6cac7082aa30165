"""What was seen: a paper as a source tells it."""

from __future__ import annotations

from datetime import date

from pydantic import field_validator

from bot.models.base import Model, NonEmpty


class Record(Model):
    """The metadata of one paper as a source gave it: one version of a paper on arXiv."""

    id: str
    title: NonEmpty
    abstract: NonEmpty
    version: int | None = None
    categories: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    comment: str | None = None
    journal_ref: str | None = None

    @field_validator("title", "abstract")
    @classmethod
    def _one_line(cls, text: str) -> str:
        return " ".join(text.split())
