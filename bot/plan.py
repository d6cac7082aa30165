"""What one job judged and another publishes: plain data, and nothing of it is trusted before it was checked."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from bot.clusters import Cluster
from bot.fates import Advice, Failure, Fate
from bot.models import Judgement, Model, Record
from bot.slices import Revision, SliceReport, WatchReport


class Provenance(Model):
    """What judged: the embedding model, and a digest of the taxonomy as it was then."""

    embedder: str
    taxonomy: str


class Verdict(Model):
    """A paper that is to be proposed. What a reviewer sees is made from this, never carried along as text."""

    record: Record
    """Cleaned (``bot.texts.clean_record``)."""
    judgement: Judgement
    wanted: str = ""
    """Why it is to be proposed whatever the bot thinks, see ``Fate.wanted``; who publishes must know it anyway."""


class Plan(Model):
    """All a run wants to write down: the fates of the papers it judged, and the papers it would propose."""

    run: str
    started: AwareDatetime
    counts: dict[str, int] = Field(default_factory=dict)
    """How many papers went where, by the names of ``RunReport``."""
    watched: bool = False
    watch: WatchReport | None = None
    """None when arXiv was not asked."""
    files: tuple[SliceReport, ...] = ()
    revisions: tuple[Revision, ...] = ()
    """Later versions of papers that are listed or proposed."""
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """Those of the notes that a reviewer should know too."""
    fates: tuple[Fate, ...] = ()
    """Papers that were seen, skipped or asked about; those ruled out early too."""
    verdicts: tuple[Verdict, ...] = ()
    """The likeliest first."""
    advice: Advice | None = None
    """None when no language model is set."""
    provenance: Provenance | None = None
    """None when nothing was judged."""
    drift: tuple[Cluster, ...] | None = None
    """Doubtful papers that look like a class of their own; None when nobody looked."""
