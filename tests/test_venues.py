"""Where a paper appeared is read from what authors write, and nothing is taken for an acceptance that is none."""

import time

import pytest

from benchmarks.venues import labelled, score
from bot import venues
from bot.changes import Published
from bot.models import Record
from bot.venues.names import VENUES


def said(comment: str | None = None, journal: str | None = None) -> Published | None:
    return venues.published(
        Record(id="2501.00001", title="Bread", abstract="On bread.", comment=comment, journal_ref=journal)
    )


def where(comment: str | None = None, journal: str | None = None) -> tuple[str, int | None] | None:
    found = said(comment, journal)
    return (found.venue, found.year) if found else None


@pytest.mark.parametrize("part", ["1", "2", "3"])
def test_venue_and_year_are_right_where_something_is_said_and_little_is_missed(part: str) -> None:
    measured = score([one for one in labelled() if one.part == part])
    assert measured.precision >= 0.98, measured.errors
    assert measured.recall >= 0.9, measured.errors


def test_the_labelled_set_is_large_and_has_many_that_say_nothing() -> None:
    strings = labelled()
    assert len({one.text for one in strings}) >= 300
    assert sum(one.venue == "" for one in strings) >= 90


def test_the_sentence_that_says_so_is_quoted_with_its_source() -> None:
    found = said("8 pages; code at https://example.org. Accepted to CoRL 2025. Many thanks to the bakers")
    assert found == Published(venue="CoRL", year=2025, quote="Accepted to CoRL 2025.", source="arXiv comment")
    journal = said(journal="IEEE Robotics and Automation Letters, vol. 10, 2025")
    assert journal is not None
    assert journal.source == "arXiv journal reference"


def test_a_long_sentence_is_quoted_in_part_verbatim_with_the_venue_in_it() -> None:
    text = (
        "accepted to " + "the " * 120 + "IEEE International Conference on Robotics and Automation 2025 " + "and " * 120
    )
    found = said(text)
    assert found is not None
    assert found.quote in " ".join(text.split())
    assert len(found.quote) <= 200
    assert "Robotics and Automation 2025" in found.quote


def test_a_journal_outweighs_a_conference_and_a_conference_a_workshop() -> None:
    assert where("Presented at IROS 2024; accepted to RA-L 2025") == ("RA-L", 2025)
    assert where("Accepted at the CoRL 2024 workshop on bread; accepted to ICRA 2025") == ("ICRA", 2025)
    assert where("ICRA 2025 workshop", "IEEE Transactions on Robotics, 2026") == ("T-RO", 2026)


def test_the_year_may_stand_in_the_other_field() -> None:
    assert where("Accepted by RA-L", "IEEE Robotics and Automation Letters 11 (2026)") == ("RA-L", 2026)


@pytest.mark.parametrize("year", ["1925", "2190", "20255", "0000"])
def test_with_a_year_that_cannot_be_nobody_knows_which_one_is_meant(year: str) -> None:
    assert where(f"Accepted to ICRA {year}") is None


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("Initially submitted to ICRA 2024, accepted by RA-L", ("RA-L", None)),
        ("Journal extension of CVPR 2023 paper, accepted to TPAMI", ("TPAMI", None)),
        ("Submitted 2024, accepted to IEEE RA-L", ("RA-L", None)),
        ("NeurIPS 2024 preprint", None),
        ("Master's thesis, Bread School, 2023; parts were published at CoRL 2023", None),
        ("The paper was accepted in NeurIPS 2024 but we chose to withdraw", None),
        ("SIGGRAPH 2024 Conference Papers", ("SIGGRAPH", 2024)),
        ("Accpeted by CoRL 2024", ("CoRL", 2024)),
        ("Aceepted by IROS-2025", ("IROS", 2025)),
    ],
)
def test_the_year_of_another_and_what_became_nothing_are_not_its_venue(
    comment: str, said: tuple[str, int | None] | None
) -> None:
    assert where(comment) == said


def test_numbers_of_pages_and_ids_are_no_years() -> None:
    assert where(journal="IEEE Transactions on Image Processing, pp. 2011-2024") == ("TIP", None)
    assert where("Accepted by RA-L, see also arXiv:2024.12345") == ("RA-L", None)


def test_an_edition_tells_the_year_only_where_every_year_had_one() -> None:
    assert where("Accepted at the 9th Conference on Robot Learning") == ("CoRL", 2025)
    assert where("Accepted to Robotics: Science and Systems XX") == ("RSS", 2024)
    assert where("Accepted at the 18th European Conference on Computer Vision") == ("ECCV", None)


@pytest.mark.parametrize("word", ["under review", "in submission", "rejected", "submission", "challenge", "template"])
def test_what_is_not_decided_or_beside_the_conference_is_no_acceptance(word: str) -> None:
    assert where(f"CoRL 2025 {word}") is None
    assert where(f"Submitted to CoRL 2025, {word}") is None


def test_one_comment_can_be_read_alone() -> None:
    assert venues.in_comment("Accepted to CoRL 2025") == said("Accepted to CoRL 2025")
    assert venues.in_comment("12 pages") is None


@pytest.mark.parametrize("venue", VENUES, ids=lambda venue: venue.name)
def test_every_venue_of_the_table_is_found_by_each_of_its_names(venue) -> None:  # type: ignore[no-untyped-def]
    for text in (venue.name, *venue.short, *venue.long):
        assert where(f"Accepted for publication in {text}, 2025") == (venue.name, 2025), text
        assert venues.name(text) == venue.name, text
    assert where(f"Submitted to {venue.name} 2025") is None


def test_no_two_venues_share_a_name() -> None:
    names = [text for venue in VENUES for text in {one.lower() for one in (venue.name, *venue.short, *venue.long)}]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Conference on Robot Learning", "CoRL"),
        ("IEEE Robotics Autom. Lett.", "RA-L"),
        ("IEEE Trans. Pattern Anal. Mach. Intell.", "TPAMI"),
        ("IEEE Trans. Robotics", "T-RO"),
        ("Int. J. Robotics Res.", "IJRR"),
        ("Trans. Mach. Learn. Res.", "TMLR"),
        ("Computer Vision and Pattern Recognition", "CVPR"),
        ("Neural Information Processing Systems", "NeurIPS"),
        ("IEEE/RJS International Conference on Intelligent RObots and Systems", "IROS"),
        ("Annual Meeting of the Association for Computational Linguistics", "ACL"),
        ("Conference on Empirical Methods in Natural Language Processing", "EMNLP"),
        ("ICLR 2025 Poster", "ICLR"),
        ("NeurIPS 2025 spotlight", "NeurIPS"),
        ("Accepted by TMLR", "TMLR"),
        ("ACL (1)", "ACL"),
        ("EMNLP (Findings)", "EMNLP Findings"),
        ("CoRL Workshop", "CoRL Workshop"),
        ("CVPR Workshops", "CVPR Workshop"),
        ("Journal of Bread Science", "Journal of Bread Science"),
        ("Proceedings of the 3rd Meeting on Bread 2024", "Meeting on Bread"),
        ("Submitted to ICLR 2026", None),
        ("ICLR 2026 Conference Withdrawn Submission", None),
        ("arXiv.org", None),
        ("CoRR", None),
        ("", None),
        ("-", None),
    ],
)
def test_the_names_of_other_sources_become_those_people_use(text: str, name: str | None) -> None:
    assert venues.name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "arXiv",
        "arXiv preprint",
        "arXiv preprint arXiv:2501.00001",
        "arXiv 2025",
        "arXiv.org",
        "arXiv (Cornell University)",
        "CoRR",
        "CoRR abs/2501.00001",
        "Preprint.",
        "OpenReview",
        "openreview.net",
        "N/A",
        "-",
        "",
    ],
)
def test_a_place_for_anybodys_papers_is_no_venue(text: str) -> None:
    assert venues.is_preprint(text)


@pytest.mark.parametrize("text", ["CoRL", "RA-L", "Nature", "CoRL Workshop", "Bread Letters", "SII"])
def test_a_venue_is_no_preprint(text: str) -> None:
    assert not venues.is_preprint(text)


def test_two_names_of_one_venue_are_the_same_and_a_workshop_is_another() -> None:
    assert venues.same("RA-L", "IEEE Robotics and Automation Letters")
    assert venues.same("Proceedings of CoRL 2024", "corl")
    assert venues.same("ACM Bread Letters 2024", "The Bread Letters")
    assert not venues.same("CoRL", "CoRL Workshop")
    assert not venues.same("EMNLP", "EMNLP Findings")
    assert not venues.same("ICRA", "IROS")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "accepted " * 20_000,
        "IEEE Int. Conf. Robot. " * 5_000,
        "ICRA 2025 " * 10_000,
        "((((" * 25_000,
        "@" * 100_000,
        "a@" * 50_000,
        "1-" * 50_000,
        "'25 " * 25_000,
        "not being been be it is " * 5_000,
        "ה" * 1_000 + " CoRL 2025 \u202e",
        "🤖" * 10_000,
        "\x00 accepted to ICRA 2025",
        "",
        "   \n\t ",
        "...;;;||| \\textbf{",
    ],
)
def test_no_text_is_too_ugly_or_too_long(text: str) -> None:
    start = time.perf_counter()
    said(text, text)
    venues.name(text)
    venues.is_preprint(text)
    venues.same(text, text)
    assert time.perf_counter() - start < 2
