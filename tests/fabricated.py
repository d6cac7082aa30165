"""A small invented survey (on baking bread) for the unit tests; no real paper or class stands in it."""

from datetime import date

from bot.models import Library, Link, Node, Paper, Record, Taxonomy

TAXONOMY = Taxonomy(
    root=Node(
        id="bread",
        name="A Survey on Efficient Bread",
        definition="Methods that bake bread with less time, flour or heat.",
        children=(
            Node(
                id="dough",
                name="Better Dough",
                definition="What changes the dough before it meets the oven.",
                children=(
                    Node(
                        id="leavening",
                        name="Leavening",
                        children=(
                            Node(
                                id="sourdough",
                                name="Sourdough",
                                definition="Dough raised by wild yeast and lactic bacteria kept in a starter.",
                                include=("starter, levain or wild yeast cultures",),
                                exclude=("yeast from a factory",),
                            ),
                            Node(
                                id="bakers-yeast",
                                name="Baker's Yeast",
                                definition="Dough raised by cultivated yeast cells from a factory.",
                                include=("fresh, dry or instant yeast dosing",),
                            ),
                        ),
                    ),
                    Node(
                        id="kneading",
                        name="Kneading",
                        definition="Building gluten by folding, stretching or mixing machines.",
                        include=("mixer speed, folding or autolyse schedules",),
                    ),
                ),
            ),
            Node(
                id="ovens",
                name="Ovens",
                definition="Where the heat comes from and how it is held.",
                children=(
                    Node(
                        id="steam",
                        name="Steam",
                        definition="Water vapour in the oven chamber that keeps the crust soft while the loaf springs.",
                        include=("steam injection, lids or wet stones",),
                    ),
                    Node(
                        id="stone-hearth",
                        name="Stone Hearth",
                        definition="Thermal mass of stone or brick that stores heat below the loaf.",
                        include=("baking stones, brick domes or wood firing",),
                        aliases=("hearth",),
                    ),
                ),
            ),
        ),
    )
)


def _paper(paper_id: str, title: str, *labels: str, year: int = 2025) -> Paper:
    return Paper(id=paper_id, title=title, year=year, venue="arXiv", labels=labels)


PAPERS = {
    paper.id: paper
    for paper in (
        _paper("2501.00001", "WildStart: Keeping a Starter Alive at Sea", "sourdough"),
        _paper("2501.00002", "Lactic Bacteria for Patient Bakers", "sourdough"),
        _paper("2502.00003", "DryDose: How Little Instant Yeast Is Enough", "bakers-yeast"),
        _paper("2502.00004", "Folding Schedules without a Mixer", "kneading", "sourdough"),
        _paper("2503.00005", "VapourLoaf: Steam Injection in Home Ovens", "steam"),
        _paper("2503.00006", "Wet Stones, Soft Crusts", "steam", "stone-hearth"),
        Paper(
            id="brickdome",
            title="BrickDome: A Better Hearth",
            year=2024,
            venue="Blog",
            url="https://bread.example/brickdome",
            website=(Link(url="https://bread.example/brickdome"),),
            code=(
                Link(url="https://git.example/dome", label="Dome"),
                Link(url="https://git.example/fire", label="Fire"),
            ),
            labels=("stone-hearth",),
        ),
    )
}

LIBRARY = Library(taxonomy=TAXONOMY, papers=PAPERS)

ABSTRACTS = {
    "2501.00001": "A starter of wild yeast dies when a ship rolls. We feed the levain by the tide.",
    "2501.00002": "Lactic bacteria sour a dough slowly. We show that a cold starter saves work and flour.",
    "2502.00003": "Instant yeast is dosed too high. We measure how few cultivated cells raise a loaf in one night.",
    "2502.00004": "Gluten can be built by folding alone. Our schedule replaces the mixer for any starter dough.",
    "2503.00005": "Steam injection keeps the crust soft. A cheap valve holds vapour while the loaf springs.",
    "2503.00006": "A wet baking stone gives steam and stores heat below the loaf, so that crusts stay soft.",
}

RECORDS = {
    paper_id: Record(id=paper_id, title=PAPERS[paper_id].title, abstract=abstract, version=1)
    for paper_id, abstract in ABSTRACTS.items()
}


def candidate(paper_id: str, title: str, abstract: str) -> Record:
    """An invented new paper."""
    return Record(id=paper_id, title=title, abstract=abstract, version=1, published=date(2026, 11, 20))
