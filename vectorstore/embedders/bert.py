"""Pure conversion: the weights of a BERT encoder (safetensors) to an ONNX graph, without torch.

The architecture is BERT (https://arxiv.org/abs/1810.04805) as all-MiniLM-L6-v2 uses it: post-layer normalisation, exact
GELU, learned positions. Two things are folded into the weights because they never change: the token type (always 0
for single texts) and the scale of the attention.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

VERSION = 1
"""Of the graph; part of the name of the converted file."""

OPSET = 17  # the first with LayerNormalization
IR = 8  # of opset 17's time: older runtimes read it too
EPSILON = 1e-12
HEADS = 12

Array = npt.NDArray[Any]


def to_onnx(safetensors: bytes) -> bytes:
    """An ONNX model with the inputs ``input_ids`` and ``attention_mask`` (both int64, (texts, tokens)) and the output
    ``last_hidden_state`` (float32, (texts, tokens, dimensions)). Raises KeyError when the weights are no BERT encoder.
    """
    from onnx import helper
    from safetensors.numpy import load

    graph = _Graph(load(safetensors))
    output = graph.encoder()
    model = helper.make_model(graph.finish(output), opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes and constants, collected in the order of the computation."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self.weights = weights
        self.width = weights["embeddings.word_embeddings.weight"].shape[1]
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        from onnx import helper

        names = [f"{kind}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        return self.node(kind, *inputs, **attributes)[0]

    def constant(self, array: Array) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def linear(self, value: str, weight: Array, bias: Array) -> str:
        return self.op("Add", self.op("MatMul", value, self.constant(weight.T)), self.constant(bias))

    def dense(self, value: str, name: str) -> str:
        return self.linear(value, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def normalise(self, value: str, name: str) -> str:
        scale, bias = (self.constant(self.weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", value, scale, bias, axis=-1, epsilon=EPSILON)

    def encoder(self) -> str:
        hidden, mask = self.embeddings(), self.mask()
        layer = 0
        while f"encoder.layer.{layer}.output.dense.weight" in self.weights:
            name = f"encoder.layer.{layer}"
            attended = self.dense(
                self.attention(hidden, mask, f"{name}.attention.self"), f"{name}.attention.output.dense"
            )
            hidden = self.normalise(self.op("Add", attended, hidden), f"{name}.attention.output")
            wide = self.gelu(self.dense(hidden, f"{name}.intermediate.dense"))
            hidden = self.normalise(self.op("Add", self.dense(wide, f"{name}.output.dense"), hidden), f"{name}.output")
            layer += 1
        return hidden

    def embeddings(self) -> str:
        words = self.op("Gather", self.constant(self.weights["embeddings.word_embeddings.weight"]), "input_ids")
        places = self.weights["embeddings.position_embeddings.weight"]
        places = places + self.weights["embeddings.token_type_embeddings.weight"][0]
        length = self.op("Gather", self.op("Shape", "input_ids"), self.integers(1), axis=0)
        place = self.op("Slice", self.constant(places), self.integers(0), length, self.integers(0))
        return self.normalise(self.op("Add", words, place), "embeddings")

    def mask(self) -> str:
        """(texts, 1, 1, tokens): 0 where a token stands, a very negative number where there is padding."""
        wide = self.op("Unsqueeze", self.op("Cast", "attention_mask", to=1), self.integers(1, 2))
        padding = self.op("Sub", self.number(1.0), wide)
        return self.op("Mul", padding, self.number(-10000.0))

    def attention(self, hidden: str, mask: str, name: str) -> str:
        scale = np.float32(1.0 / np.sqrt(self.width / HEADS))
        factors = {"query": scale, "key": np.float32(1), "value": np.float32(1)}
        weight = np.concatenate([self.weights[f"{name}.{part}.weight"] * by for part, by in factors.items()])
        bias = np.concatenate([self.weights[f"{name}.{part}.bias"] * by for part, by in factors.items()])
        shape = self.integers(0, 0, HEADS, self.width // HEADS)
        merged = self.linear(hidden, weight, bias)
        query, key, value = (
            self.op("Transpose", self.op("Reshape", part, shape), perm=perm)
            for part, perm in zip(
                self.node("Split", merged, self.integers(*[self.width] * 3), outputs=3, axis=-1),
                ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]),
                strict=True,
            )
        )
        weights = self.op("Softmax", self.op("Add", self.op("MatMul", query, key), mask), axis=-1)
        mixed = self.op("Transpose", self.op("MatMul", weights, value), perm=[0, 2, 1, 3])
        return self.op("Reshape", mixed, self.integers(0, 0, self.width))

    def gelu(self, value: str) -> str:
        """GELU(x) = x · (1 + erf(x / √2)) / 2, spelt the way onnxruntime recognises and fuses."""
        error = self.op("Erf", self.op("Div", value, self.number(np.sqrt(2.0))))
        return self.op(
            "Mul",
            self.op("Mul", value, self.op("Add", error, self.number(1.0))),
            self.number(0.5),
        )

    def finish(self, output: str) -> Any:
        from onnx import TensorProto, helper

        self.nodes.append(helper.make_node("Identity", [output], ["last_hidden_state"]))
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        shape = ["texts", "tokens", self.width]
        outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, shape)]
        return helper.make_graph(self.nodes, "bert", inputs, outputs, self.constants)
