"""What a plan tells of papers that look like a class of their own; whether they are doubtful, the ledger must say."""

from __future__ import annotations

from bot import ids
from bot.clusters import Cluster
from bot.models import Taxonomy
from bot.recheck import plain

MOST = 50


def wrong_cluster(cluster: Cluster, taxonomy: Taxonomy) -> str:
    """What is wrong first with it, or nothing."""
    if len(cluster.papers) != len(set(cluster.papers)) or not all(map(ids.is_arxiv, cluster.papers)):
        return "there is an id in it that is none of arXiv, or one twice"
    if not plain.are_leaves(cluster.near, taxonomy):
        return "its classes are none of this taxonomy"
    if not (plain.are_plain(cluster.terms, plain.WORD) and all(map(str.isalpha, cluster.terms))):
        return "its terms are too many, too long, or no plain words"
    numbers = plain.is_cosine(cluster.alike) and plain.is_cosine(cluster.nearest) and plain.is_share(cluster.scope)
    return "" if numbers else plain.NUMBER
