"""The shelf: the files under ``taxonomy/`` that people review. Nothing is ever half-written."""

from __future__ import annotations

from pathlib import Path

from bot import ids, yaml_format
from bot.errors import DataError
from bot.files import write_atomically
from bot.models import Library, Paper, Taxonomy
from bot.models.facts import Sheet

TAXONOMY = "taxonomy.yaml"
PAPERS = "papers"
FACTS = "facts"


class Shelf:
    """A folder that holds ``taxonomy.yaml``, ``papers/<id>.yaml`` and, where people want them, ``facts/<id>.yaml``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exists(self) -> bool:
        """Whether there is a taxonomy here."""
        return (self.folder / TAXONOMY).is_file()

    def load(self) -> Library:
        """Everything on the shelf, papers by time of submission, under the present ids of renamed classes.

        Raises DataError for the first file that is not what it should be; ``bot.check`` finds them all.
        """
        taxonomy = self.load_taxonomy()
        papers = self._papers()
        library = Library(taxonomy=taxonomy, papers=papers).under_current_ids()
        taken = {node.id for node in taxonomy.root.walk()}
        for paper in library.papers.values():
            if paper.id in taken:
                raise DataError(
                    f"{paper.id!r} is the id of a class too",
                    where=self._name(_file(paper.id)),
                    remedy="give the file another name",
                )
            for label in paper.labels:
                if label not in taxonomy.paths:
                    raise DataError(
                        f"{label!r} is no leaf of the taxonomy",
                        where=f"{self._name(_file(paper.id))}, key labels",
                        remedy=f"use the id of a leaf of {self._name(TAXONOMY)}",
                    )
        return library

    def load_taxonomy(self) -> Taxonomy:
        """The tree of classes alone. Raises DataError."""
        content = _read(self.folder / TAXONOMY, self._name(TAXONOMY))
        return yaml_format.read_taxonomy(content, self._name(TAXONOMY)).get()

    def read_files(self) -> dict[str, bytes]:
        """Every file as it stands, ``taxonomy/papers/<id>.yaml`` -> bytes, for ``bot.check``. Raises DataError."""
        names = [TAXONOMY, *(f"{kind}/{path.name}" for kind in (PAPERS, FACTS) for path in self._listing(kind))]
        return {self._name(name): _read(self.folder / name, self._name(name)) for name in names}

    def tidy(self) -> list[Path]:
        """Write every file the canonical way; says which ones changed. Raises DataError before the first change."""
        taxonomy, papers, before = self.load_taxonomy(), self._papers(), self.read_files()
        facts = self.load_facts()
        changed = [
            self.save_paper(paper)
            for paper in papers.values()
            if before[self._name(_file(paper.id))] != yaml_format.dump_paper(paper).encode()
        ]
        changed += [
            self.save_facts(paper_id, sheet)
            for paper_id, sheet in facts.items()
            if before[self._name(_file(paper_id, FACTS))] != yaml_format.dump_facts(sheet).encode()
        ]
        if before[self._name(TAXONOMY)] != yaml_format.dump_taxonomy(taxonomy).encode():
            changed.append(self.save_taxonomy(taxonomy))
        return changed

    def save_paper(self, paper: Paper) -> Path:
        """Write ``papers/<id>.yaml``; says where. Raises DataError."""
        path = self.folder / _file(paper.id)
        _write(path, yaml_format.dump_paper(paper))
        return path

    def load_facts(self) -> dict[str, Sheet]:
        """The facts that people have, by paper; none where there is no such folder. Raises DataError."""
        return {
            self._id(path.name, FACTS): yaml_format.read_facts(
                _read(path, self._name(f"{FACTS}/{path.name}")), self._name(f"{FACTS}/{path.name}")
            ).get()
            for path in self._listing(FACTS)
        }

    def save_facts(self, paper_id: str, sheet: Sheet) -> Path:
        """Write ``facts/<id>.yaml``; says where. Raises DataError."""
        path = self.folder / _file(paper_id, FACTS)
        _write(path, yaml_format.dump_facts(sheet))
        return path

    def save_taxonomy(self, taxonomy: Taxonomy) -> Path:
        """Write ``taxonomy.yaml``; says where. Raises DataError."""
        path = self.folder / TAXONOMY
        _write(path, yaml_format.dump_taxonomy(taxonomy))
        return path

    def _listing(self, kind: str) -> list[Path]:
        """Every file in a folder of ours. One that cannot be read is not empty, as ``glob`` would have it."""
        try:
            listing = (self.folder / kind).iterdir()
            return sorted(path for path in listing if not path.name.startswith(".") and path.is_file())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(self._name(kind), error) from None

    def _papers(self) -> dict[str, Paper]:
        papers: dict[str, Paper] = {}
        for path in self._listing(PAPERS):
            name = self._name(f"{PAPERS}/{path.name}")
            paper_id = self._id(path.name, PAPERS)
            papers[paper_id] = yaml_format.read_paper(_read(path, name), paper_id, name).get()
        return {key: papers[key] for key in sorted(papers, key=ids.sort_key)}

    def _id(self, name: str, kind: str) -> str:
        """The paper that a file is of. Raises DataError."""
        paper_id = ids.from_stem(Path(name).stem)
        if not name.endswith(".yaml") or not ids.is_valid(paper_id):
            raise DataError(
                "the file's name is no paper id",
                where=self._name(f"{kind}/{name}"),
                remedy="name it <arXiv id>.yaml or <slug>.yaml",
            )
        return paper_id

    def _name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"


def _file(paper_id: str, kind: str = PAPERS) -> str:
    return f"{kind}/{ids.file_name(paper_id)}"


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError("there is no such file", where=name, remedy="run `survey-bot import README.md`") from None
    except OSError as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError) -> DataError:
    return DataError(f"cannot be read ({error.strerror})", where=name, remedy="look at its permissions")


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise DataError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="make room or look at its permissions"
        ) from None
