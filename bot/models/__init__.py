"""The nouns of the bot: what is listed, what was seen, what was judged, what is proposed. Immutable and without I/O."""

from __future__ import annotations

from bot.models.base import WEB_ADDRESS, Model, NonEmpty
from bot.models.judged import Judgement, Lane, Part, Precedent, Proposal, Ranked, Rationale, Scope
from bot.models.listed import Library, Link, Node, Paper, Taxonomy, short_name
from bot.models.opinion import NO_REPLY, NOT_ASKED, Opinion, PromptId, ScopeVerdict, Usage
from bot.models.seen import Record

__all__ = [
    "NOT_ASKED",
    "NO_REPLY",
    "WEB_ADDRESS",
    "Judgement",
    "Lane",
    "Library",
    "Link",
    "Model",
    "Node",
    "NonEmpty",
    "Opinion",
    "Paper",
    "Part",
    "Precedent",
    "PromptId",
    "Proposal",
    "Ranked",
    "Rationale",
    "Record",
    "Scope",
    "ScopeVerdict",
    "Taxonomy",
    "Usage",
    "short_name",
]
