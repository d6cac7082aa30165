"""The house stands as planned: every module has its floor, and looking at the door is cheap."""

import subprocess
import sys
import tomllib
from pathlib import Path

from bot.settings import Scope, Settings, TermGroup

ROOT = Path(__file__).parent.parent


def test_every_module_of_the_bot_is_on_a_floor() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = " ".join(settings["tool"]["importlinter"]["contracts"][0]["layers"])
    named = set(floors.replace("|", " ").replace(":", " ").split())
    modules = (path for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
    assert {f"bot.{path.stem}" for path in modules} - named == {"bot.__init__"}


def test_help_loads_nothing_heavy() -> None:
    script = "import sys, bot.cli; bot.cli.cli(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    heavy = (
        "chromadb",
        "github",
        "langchain",
        "matplotlib",
        "numpy",
        "onnxruntime",
        "openai",
        "pydantic",
        "requests",
        "rich",
        "sklearn",
    )
    assert [name for name in heavy if f"'{name}'" in told] == []


def test_every_setting_is_explained() -> None:
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    sections = {
        name: field.annotation for name, field in Settings.model_fields.items() if name not in ("file", "enabled")
    }
    keys = ["enabled"]
    keys += [f"{name}.{key}" for name, section in sections.items() for key in section.model_fields if name != "scope"]
    keys += [f"scope.groups.<name>.{key}" for key in TermGroup.model_fields]
    keys += [f"scope.{key}" for key in Scope.model_fields if key != "groups"]
    keys[keys.index("llm.prices")] = 'llm.prices."<model>"'
    assert [key for key in keys if f"| `{key}` |" not in told] == []
