"""The settings file: strict, one sentence for every mistake."""

from pathlib import Path

import pytest

from bot import settings
from bot.errors import SettingsError
from bot.settings import Render, Settings
from bot.starter import starter

SCOPE = '[scope.groups.bread]\nterms = ["dough"]\n'


def load(folder: Path, text: str) -> Settings:
    file = folder / settings.FILE
    file.write_text(text, encoding="utf-8")
    return settings.load(file)


def test_the_committed_settings_load_and_name_files_that_are_there() -> None:
    here = Path(__file__).parents[1]
    found = settings.load(here / settings.FILE)
    assert found.at_root(found.survey.taxonomy) == here / "taxonomy"
    assert found.at_root(found.survey.readme).is_file()
    assert found.at_root(found.survey.taxonomy).is_dir()


def test_a_scope_is_all_that_must_be_set(tmp_path: Path) -> None:
    found = load(tmp_path, SCOPE)
    assert found.forge.kind == "dry-run"
    assert (found.lanes.right, found.lanes.lost, found.lanes.weekly) == (0.8, 0.02, 10)


def test_the_targets_of_the_lanes_are_two_shares_and_a_number_of_papers(tmp_path: Path) -> None:
    found = load(tmp_path, f"[lanes]\nright = 0.9\nlost = 0\nweekly = 25\n{SCOPE}")
    assert (found.lanes.right, found.lanes.lost, found.lanes.weekly) == (0.9, 0.0, 25)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"[scope]\npropose = 0.5\n{SCOPE}", "scope.propose"),
        (f"[scope]\nask = 0.3\n{SCOPE}", "scope.ask"),
        (f"[placement]\npropose = 0.4\n{SCOPE}", "placement"),
    ],
)
def test_a_line_that_is_fitted_now_is_no_setting_any_more(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    where = f"{tmp_path / settings.FILE}, key {key}"
    assert str(caught.value) == f"{where}: there is no such key; see docs/settings.md"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"[watch]\ndays = 0\n{SCOPE}", "watch.days"),
        (f'[watch]\ndays = "soon"\n{SCOPE}', "watch.days"),
        (f'[watch]\ncategories = "cs.RO"\n{SCOPE}', "watch.categories"),
        (f"[watch]\ncategories = []\n{SCOPE}", "watch.categories"),
        (f"[watch]\ndayz = 7\n{SCOPE}", "watch.dayz"),
        (f"[watcher]\n{SCOPE}", "watcher"),
        (f"survey = 3\n{SCOPE}", "survey"),
        (f'root = "/"\n{SCOPE}', "root"),
        (f'file = "/"\n{SCOPE}', "file"),
        (f"[lanes]\nright = 1.5\n{SCOPE}", "lanes.right"),
        (f"[lanes]\nright = nan\n{SCOPE}", "lanes.right"),
        (f"[lanes]\nlost = -0.1\n{SCOPE}", "lanes.lost"),
        (f"[lanes]\nweekly = 0\n{SCOPE}", "lanes.weekly"),
        (f"[lanes]\nweekly = 2.5\n{SCOPE}", "lanes.weekly"),
        (f"[lanes]\nask = 0.4\n{SCOPE}", "lanes.ask"),
        ("[scope.groups.bread]\nterms = []\n", "scope.groups.bread.terms"),
        ('[scope.groups.bread]\nterms = ["dough", "*"]\n', "scope.groups.bread.terms.1"),
        ('[scope.groups.bread]\nterms = "dough"\n', "scope.groups.bread.terms"),
        (f"{SCOPE}enough = 0\n", "scope.groups.bread.enough"),
        ("[scope]\ngroups = {}\n", "scope.groups"),
        ("", "scope"),
        (f'[forge]\nkind = "sourceforge"\n{SCOPE}', "forge.kind"),
        (f'[embedder]\nkind = "abacus"\n{SCOPE}', "embedder.kind"),
        (f"[index]\npath = 3\n{SCOPE}", "index.path"),
    ],
)
def test_every_bad_key_is_one_sentence_that_names_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert caught.value.where == f"{tmp_path / settings.FILE}, key {key}"
    assert caught.value.what
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"days = ", b"\xff\xfe", b"[watch\n", b"a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_is_one_sentence_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"broken\.toml: cannot be read: .+; mend the file") as caught:
        settings.load(tmp_path / "broken.toml")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there are no settings here; run in the folder"):
        settings.load(tmp_path / settings.FILE)
    with pytest.raises(SettingsError, match="cannot be read"):
        settings.load(tmp_path)


def test_the_root_is_the_folder_of_the_file_however_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(SCOPE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = settings.load(Path("mine.toml"))
    assert (found.file, found.root) == (tmp_path.resolve() / "mine.toml", tmp_path.resolve())


def test_paths_start_at_the_folder_of_the_file_and_tilde_is_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load(tmp_path, SCOPE)
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert found.at_root("taxonomy/../x") == tmp_path.resolve() / "x"
    assert found.at_root("~/cache") == (tmp_path / "home" / "cache").resolve()
    assert found.at_root(str(tmp_path)) == tmp_path.resolve()


@pytest.mark.parametrize("path", ["~nobody-lives-here/x", "a\0b"])
def test_a_path_that_cannot_be_one_is_a_settings_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(SettingsError, match="is no path") as caught:
        load(tmp_path, SCOPE).at_root(path)
    assert caught.value.where == str(tmp_path.resolve() / settings.FILE)


def test_a_key_pasted_where_its_name_belongs_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="key_env") as caught:
        load(tmp_path, f'[embedder]\nkey_env = "sk-very-secret"\n{SCOPE}')
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["Steam", 'The "Best" \\ Loaf', "C++", "🔥Öfen – und 酸面团", "a b # c", "x]"])
def test_a_first_settings_file_loads_with_every_name_as_a_term(tmp_path: Path, name: str) -> None:
    found = load(tmp_path, starter(f"{name}.md", [name, "Kneading"], Render()))
    assert found.scope.groups["subject"].terms == (name, "Kneading")
    assert found.survey.readme == f"{name}.md"


def test_a_first_settings_file_opens_nothing_and_rules_nothing_out_yet(tmp_path: Path) -> None:
    found = load(tmp_path, starter("README.md", ["Steam"], Render()))
    assert found.forge.kind == "dry-run"
    assert not any(group.required for group in found.scope.groups.values())


@pytest.mark.parametrize("names", [[], ["…"], ["a\x7fb"], ["Steam"]], ids=["none", "no letter", "control", "one"])
def test_first_settings_load_whatever_the_classes_are_called(tmp_path: Path, names: list[str]) -> None:
    file = tmp_path / "survey-bot.toml"
    file.write_text(starter("LIST.md", names, Render()), encoding="utf-8")
    assert settings.load(file).scope.groups["subject"].enough == 1
