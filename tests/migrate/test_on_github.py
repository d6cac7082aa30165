"""``survey-bot migrate`` on a GitHub of the tests: one pull request, from a clone that is as the base branch is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.adapters.shelf import Shelf
from bot.cli import cli
from tests.fabricated import LIBRARY
from tests.github import GithubServer
from tests.migrate.survey import page

PULL = "https://github.com/octo/survey/pull/1"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    shelf = Shelf(folder / "taxonomy")
    shelf.save_taxonomy(LIBRARY.taxonomy)
    for paper in LIBRARY.papers.values():
        shelf.save_paper(paper)
    (folder / "LIST.md").write_bytes(page().encode())
    watch = '[watch]\ncategories = ["cs.RO"]\n[scope.groups.bread]\nrequired = true\nterms = ["bread"]\n'
    settings = f'[survey]\nreadme = "LIST.md"\n[forge]\nkind = "github"\n{watch}'
    (folder / "survey-bot.toml").write_text(settings, encoding="utf-8")
    return folder


@pytest.fixture
def server(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GithubServer]:
    with GithubServer(tmp_path / "github") as server:
        files = (file for file in clone.rglob("*") if file.is_file())
        server.seed({file.relative_to(clone).as_posix(): file.read_text(encoding="utf-8") for file in files})
        for name, value in (
            ("REPOSITORY", server.repository),
            ("TOKEN", server.token),
            ("API_URL", server.api),
            ("SERVER_URL", server.url),
        ):
            monkeypatch.setenv(f"GITHUB_{name}", value)
        monkeypatch.setenv("SURVEY_BOT_CACHE", str(tmp_path / "cache"))
        yield server
        assert server.violations == []


def migrate(clone: Path, *words: str) -> Result:
    answer = CliRunner().invoke(cli, ["--config", str(clone / "survey-bot.toml"), "migrate", *words])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer


def test_it_is_one_pull_request_of_data_and_page(clone: Path, server: GithubServer) -> None:
    answer = migrate(clone, "merge", "steam", "--into", "sourdough")
    assert f"-> asked for in {PULL}" in answer.stdout, answer.stderr
    (pull,) = server.pulls()
    assert len(server.extent(pull)[0]) == 2
    server.merge(1)
    assert "- steam" in str(server.file("main", "taxonomy/taxonomy.yaml"))
    assert '<a id="steam"></a>' in str(server.file("main", "LIST.md"))


def test_a_clone_that_is_behind_is_refused(clone: Path, server: GithubServer) -> None:
    text = "title: Fog\nyear: 2026\nvenue: arXiv\nlabels:\n- steam\n"
    server.push("main", {"taxonomy/papers/2611.00001.yaml": text})
    answer = migrate(clone, "merge", "steam", "--into", "sourdough")
    assert (answer.exit_code, server.pulls()) == (2, [])
    assert "taxonomy/papers/2611.00001.yaml: the file here is not that of main (it is there only)" in answer.stderr
