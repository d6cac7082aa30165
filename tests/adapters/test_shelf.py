"""The shelf on a real disk: all or nothing, and every mistake names its file."""

from pathlib import Path

import pytest

from bot.adapters.shelf import Shelf
from bot.errors import DataError
from bot.models import Paper
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "bread")
    made.save_taxonomy(LIBRARY.taxonomy)
    for paper in PAPERS.values():
        made.save_paper(paper)
    return made


def test_what_was_saved_is_loaded(shelf: Shelf) -> None:
    assert shelf.exists()
    assert shelf.load() == LIBRARY


def test_papers_come_in_order_of_submission(shelf: Shelf) -> None:
    shelf.save_paper(Paper(id="cs/0112017", title="Old", year=2001, venue="arXiv", labels=("steam",)))
    assert (shelf.folder / "papers" / "cs_0112017.yaml").exists()
    assert list(shelf.load().papers) == ["cs/0112017", *sorted(PAPERS, key=lambda key: (key == "brickdome", key))]


def test_saving_leaves_no_other_file_behind(shelf: Shelf) -> None:
    assert sorted(path.name for path in shelf.folder.rglob("*")) == sorted(
        ["papers", "taxonomy.yaml", *(f"{key}.yaml" for key in PAPERS)]
    )


def test_papers_that_cannot_be_listed_are_not_no_papers(shelf: Shelf, tmp_path: Path) -> None:
    (shelf.folder / "papers").rename(tmp_path / "elsewhere")
    assert list(shelf.read_files()) == ["bread/taxonomy.yaml"]
    (shelf.folder / "papers").write_text("a file")
    with pytest.raises(DataError, match=r"^bread/papers: cannot be read \(Not a directory\); look at its permissions$"):
        shelf.load()


def test_old_ids_of_renamed_classes_are_loaded_as_present_ones_and_the_file_keeps_them(shelf: Shelf) -> None:
    shelf.save_paper(PAPERS["brickdome"].model_copy(update={"labels": ("hearth",)}))
    assert shelf.load() == LIBRARY
    assert shelf.tidy() == []


def test_files_are_named_with_the_shelfs_folder_and_hidden_ones_are_not_ours(shelf: Shelf) -> None:
    (shelf.folder / "papers" / ".gitkeep").write_bytes(b"")
    assert set(shelf.read_files()) == {"bread/taxonomy.yaml", *(f"bread/papers/{key}.yaml" for key in PAPERS)}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "2501.00001v2.yaml",
            "",
            "bread/papers/2501.00001v2.yaml: the file's name is no paper id; name it <arXiv id>.yaml or <slug>.yaml",
        ),
        (
            "2501.00001.yml",
            "",
            "bread/papers/2501.00001.yml: the file's name is no paper id; name it <arXiv id>.yaml or <slug>.yaml",
        ),
        (
            "2501.00001.yaml",
            "title: [\n",
            "bread/papers/2501.00001.yaml:2: this is not YAML (did not find expected node content); "
            "quote or indent what stands there",
        ),
        (
            "2501.00001.yaml",
            "title: T\nyear: 2025\nvenue: V\nlabels: [rye]\n",
            "bread/papers/2501.00001.yaml, key labels: 'rye' is no leaf of the taxonomy; "
            "use the id of a leaf of bread/taxonomy.yaml",
        ),
        (
            "2501.00001.yaml",
            "title: T\nyear: 2025\nvenue: V\nlabels: [dough]\n",
            "bread/papers/2501.00001.yaml, key labels: 'dough' is no leaf of the taxonomy; "
            "use the id of a leaf of bread/taxonomy.yaml",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(shelf: Shelf, name: str, content: str, message: str) -> None:
    (shelf.folder / "papers" / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        shelf.load()
    assert str(caught.value) == message


def test_a_missing_shelf_says_how_to_make_one(tmp_path: Path) -> None:
    assert not Shelf(tmp_path / "none").exists()
    with pytest.raises(DataError) as caught:
        Shelf(tmp_path / "none").load()
    assert str(caught.value) == "none/taxonomy.yaml: there is no such file; run `survey-bot import README.md`"


def test_a_write_that_fails_keeps_the_old_file_and_leaves_nothing_half_written(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = shelf.read_files()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match=r"cannot be written \(No space left on device\); make room"):
        shelf.save_paper(PAPERS["brickdome"].model_copy(update={"year": 2025}))
    assert shelf.read_files() == before
    assert not list((shelf.folder / "papers").glob(".*"))


def test_a_folder_that_is_a_file_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "bread").write_text("x")
    with pytest.raises(DataError, match="cannot be written"):
        Shelf(tmp_path / "bread").save_paper(PAPERS["brickdome"])
    with pytest.raises(DataError, match="cannot be read"):
        Shelf(tmp_path / "bread").load()


def test_tidying_rewrites_only_what_is_not_canonical(shelf: Shelf) -> None:
    assert shelf.tidy() == []
    before = shelf.read_files()
    file = shelf.folder / "papers" / "2501.00001.yaml"
    file.write_bytes(file.read_bytes().replace(b"venue: arXiv", b"venue: 'arXiv'"))
    assert shelf.tidy() == [file]
    assert shelf.read_files() == before


def test_a_paper_called_as_a_class_is_is_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "taxonomy")
    shelf.save_taxonomy(TAXONOMY)
    shelf.save_paper(PAPERS["brickdome"].model_copy(update={"id": "steam"}))
    with pytest.raises(DataError, match="is the id of a class too; give the file another name"):
        shelf.load()
