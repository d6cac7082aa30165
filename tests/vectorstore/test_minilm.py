import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vectorstore.embedders.minilm import MiniLM, threads
from vectorstore.embedders.weights import Weights

REFERENCE = json.loads(Path(__file__).with_name("minilm_reference.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCE, ids=[case["name"] for case in REFERENCE])
def test_a_text_gets_the_vector_of_the_reference_implementation(minilm: MiniLM, case: dict[str, object]) -> None:
    vector = minilm.encode([str(case["text"])])[0]
    assert float(vector @ np.array(case["vector"])) >= 0.9999


def test_a_vector_does_not_depend_on_the_texts_beside_it_and_order_is_kept(minilm: MiniLM) -> None:
    texts = [str(case["text"]) for case in REFERENCE] * 3
    together = minilm.encode(texts)
    alone = np.concatenate([minilm.encode([text]) for text in texts])
    assert together.shape == (len(texts), 384)
    assert together.dtype == np.float32
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(minilm: MiniLM) -> None:
    assert minilm.encode([]).shape == (0, 384)


def test_meaning_decides_similarity(minilm: MiniLM) -> None:
    loaf, bread, ship = minilm.encode(["A loaf rises in the oven.", "Bread is baked.", "The ship left the harbour."])
    assert loaf @ bread > loaf @ ship


def test_onnxruntime_reports_nothing_to_its_makers(tmp_path: Path) -> None:
    program = """
from pathlib import Path
from vectorstore.embedders import minilm, weights
minilm._session(weights.load(None, Path("cache")))
"""
    environment = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert not list(tmp_path.rglob("*deviceid*"))
    assert not list(tmp_path.rglob("Microsoft"))


def test_fewer_threads_are_used_when_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert threads() >= 1


def test_a_broken_model_is_told_in_one_sentence(minilm: MiniLM, model_cache: Path) -> None:
    from bot.errors import EmbedderError
    from vectorstore.embedders import weights

    tokenizer = weights.load(None, model_cache).tokenizer
    with pytest.raises(EmbedderError, match=r"^the folder x: onnxruntime cannot run the model .*; replace the model$"):
        MiniLM(Weights("id", "the folder x", b"no graph", tokenizer))
    with pytest.raises(EmbedderError, match=r"^the folder x: the tokenizer cannot be read"):
        MiniLM(Weights("id", "the folder x", b"no graph", "{}"))
