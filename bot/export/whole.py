"""The whole survey as JSON, in a form that is published as a JSON Schema (``docs/survey.schema.json``).

The form is a promise to strangers' programs: a key may come, and the number of ``SCHEMA_ID`` grows when one goes or
means something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from bot import ids
from bot.export import bibtex
from bot.models import Model, Node, Paper, Taxonomy

SCHEMA_ID = "urn:survey-bot:survey:1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Told(Model):
    """Texts stand as they stand on the shelf."""

    model_config = ConfigDict(str_strip_whitespace=False)


class Class(_Told):
    """A class of the taxonomy; papers are in those without children."""

    id: str = Field(description="Never changes.")
    name: str = Field(description="For people; may change.")
    definition: str = Field(description="What belongs here; may be empty.")
    include: tuple[str, ...] = Field(description="Rules of what belongs here.")
    exclude: tuple[str, ...] = Field(description="Rules of what belongs elsewhere.")
    aliases: tuple[str, ...] = Field(description="Ids it had before.")
    papers: Annotated[int, Field(ge=0, description="How many papers are in it or below it, each counted once.")]
    children: tuple[Class, ...] = Field(description="The classes below it, in their order.")


class Address(_Told):
    """A web address; the label tells several apart."""

    url: str
    label: str | None


class Placed(_Told):
    """One class of a paper."""

    label: str = Field(description="The id of the class.")
    path: Annotated[tuple[str, ...], Field(min_length=1, description="Names from the pillar down to the class.")]


class Entry(_Told):
    """A listed paper."""

    id: str = Field(description="The arXiv id without a version, or a slug of a paper that is not on arXiv.")
    key: str = Field(description="Its key in the BibTeX export.")
    arxiv: str | None = Field(description="The arXiv id; null when it is not on arXiv.")
    title: str
    short: str | None = Field(description="What people call it; null when they have only the title.")
    year: int
    venue: str
    url: str = Field(description="Where the paper is.")
    website: tuple[Address, ...]
    code: tuple[Address, ...]
    classes: Annotated[tuple[Placed, ...], Field(min_length=1)]
    note: str | None = Field(description="One line in the maintainers' own words.")
    added: date | None = Field(description="The day on which it was proposed; null when that is not known.")


class Survey(_Told):
    """A literature survey: its taxonomy, and every listed paper with its classes."""

    schema_id: Literal["urn:survey-bot:survey:1"] = Field(alias="$schema")
    name: str
    taxonomy: Class = Field(description="The survey itself: its children are the pillars.")
    papers: tuple[Entry, ...] = Field(description="In the order of the taxonomy, then by time of submission.")


def written(papers: Iterable[Paper], taxonomy: Taxonomy) -> str:
    """The survey as JSON, two spaces deep."""
    listed = tuple(papers)
    survey = Survey.model_validate(
        {
            "$schema": SCHEMA_ID,
            "name": taxonomy.root.name,
            "taxonomy": _class(taxonomy.root, listed),
            "papers": tuple(_entry(paper, taxonomy) for paper in listed),
        }
    )
    return _text(survey.model_dump(mode="json", by_alias=True))


def schema() -> str:
    """The schema as it is published. ``docs/survey.schema.json`` is this text."""
    made = Survey.model_json_schema(by_alias=True, mode="serialization")
    return _text({"$schema": DIALECT, "$id": SCHEMA_ID, **made})


def _text(told: Any) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _class(node: Node, papers: tuple[Paper, ...]) -> Class:
    within = {below.id for below in node.walk()}
    return Class(
        **node.model_dump(exclude={"children"}),
        papers=sum(not within.isdisjoint(paper.labels) for paper in papers),
        children=tuple(_class(child, papers) for child in node.children),
    )


def _entry(paper: Paper, taxonomy: Taxonomy) -> Entry:
    paths = {label: taxonomy.paths[label] for label in paper.labels if label in taxonomy.paths}
    return Entry(
        **paper.model_dump(include={"id", "title", "year", "venue", "note", "added"}),
        key=bibtex.key(paper.id),
        arxiv=paper.id if ids.is_arxiv(paper.id) else None,
        short=paper.short_name if paper.short_name != paper.title else None,
        url=paper.link,
        website=tuple(Address(url=link.url, label=link.label) for link in paper.website),
        code=tuple(Address(url=link.url, label=link.label) for link in paper.code),
        classes=tuple(Placed(label=one, path=tuple(node.name for node in path)) for one, path in paths.items()),
    )
