"""Write a trained model as the int8 ONNX file that travels with the package, and its description beside it.

The graph is written out by hand: it is small, needs no tracing, and every product of the encoder is one
DynamicQuantizeMatMul (int8 weights with a scale for each column, activations quantised as they come), about four times
as fast as float32 on one core: 85% of what onnxruntime's product of whole numbers alone reaches, so scales fixed
beforehand would gain nothing. Activations get one scale for a whole run, so a run holds exactly one text: then a
text's result cannot depend on its neighbours.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from analysis.models import encoding

# All 8 bits. With 7 (63), products of neighbours could never overflow the 16 bits in which processors without VNNI add
# them, but the statement tagger lost 0.6 points of F1; with 8 it loses nothing to float32.
HIGHEST = 127
HEADS = 12


class Graph:
    """Nodes and constants of an ONNX graph in the making; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: np.ndarray | Tensor, name: str) -> str:
        """Add a constant."""
        array = value.numpy() if isinstance(value, Tensor) else value
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], outputs: int | str = 1, **attributes: Any) -> str:
        """Add a node; several outputs come back joined by commas."""
        microsoft = kind == "DynamicQuantizeMatMul"
        name = outputs if isinstance(outputs, str) else f"{kind}_{len(self.nodes)}"
        names = [name] if isinstance(outputs, str) or outputs == 1 else [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(
            helper.make_node(kind, inputs, names, domain="com.microsoft" if microsoft else "", **attributes)
        )
        return ",".join(names)

    def linear(self, x: str, weight: Tensor, bias: Tensor, name: str, output: str | int = 1) -> str:
        """Add x W' + b with int8 weights; weight is (out, in) as torch has it."""
        scale = weight.abs().amax(1).clamp(min=1e-8) / HIGHEST
        whole = (weight / scale[:, None]).round().to(torch.int8).T
        inputs = [
            x,
            self.constant(whole, f"{name}.weight"),
            self.constant(scale, f"{name}.scale"),
            self.constant(np.zeros(len(scale), np.int8), f"{name}.zero"),
            self.constant(bias, f"{name}.bias"),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, output)

    def exact_linear(self, x: str, weight: Tensor, bias: Tensor, name: str, output: str | int = 1) -> str:
        """Add x W' + b in float32, for the small last layers."""
        product = self.node("MatMul", [x, self.constant(weight.T, f"{name}.weight")])
        return self.node("Add", [product, self.constant(bias, f"{name}.bias")], output)

    def encoder(self, state: dict[str, Tensor]) -> str:
        """Add the encoder: from the inputs `ids` and `marks`, (1, n), to vectors (1, n, 384)."""
        table = state["pieces.weight"]
        scale = table.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        whole = self.constant((table / scale).round().to(torch.int8), "pieces.weight")
        rows = self.node("Cast", [self.node("Gather", [whole, "ids"])], to=TensorProto.FLOAT)
        x = self.node("Mul", [rows, self.node("Gather", [self.constant(scale, "pieces.scale"), "ids"])])
        length = self.node(
            "Slice", [self.node("Shape", ["ids"]), *(self.constant(np.array([i]), f"slice{i}") for i in (1, 2))]
        )
        places = self.node(
            "Slice",
            [self.constant(state["places.weight"], "places"), self.constant(np.array([0]), "zero"), length, "zero"],
        )
        x = self.node("Add", [x, places])
        x = self.node("Add", [x, self.node("Gather", [self.constant(state["marks.weight"], "marks.weight"), "marks"])])
        norm = [self.constant(state[f"norm.{p}"], f"norm.{p}") for p in ("weight", "bias")]
        x = self.node("LayerNormalization", [x, *norm], epsilon=1e-12)
        for i in range(count_layers(state)):
            x = self.layer(
                x,
                {k.removeprefix(f"layers.{i}."): v for k, v in state.items() if k.startswith(f"layers.{i}.")},
                f"l{i}",
            )
        return x

    def layer(self, x: str, state: dict[str, Tensor], name: str) -> str:
        """Add one layer of the encoder."""
        qkv = self.linear(x, state["qkv.weight"], state["qkv.bias"], f"{name}.qkv")
        q, k, v = self.node("Split", [qkv], 3, axis=-1, num_outputs=3).split(",")
        a = self.node("Attention", [q, k, v], q_num_heads=HEADS, kv_num_heads=HEADS)
        a = self.linear(a, state["out.weight"], state["out.bias"], f"{name}.out")
        x = self.add_norm(a, x, state, f"{name}.norm1")
        h = self.linear(x, state["up.weight"], state["up.bias"], f"{name}.up")
        h = self.linear(self.node("Gelu", [h]), state["down.weight"], state["down.bias"], f"{name}.down")
        return self.add_norm(h, x, state, f"{name}.norm2")

    def add_norm(self, a: str, x: str, state: dict[str, Tensor], name: str) -> str:
        """Add the sum of a and x, normalised: two nodes, which take a fifth of the time of SkipLayerNormalization."""
        parts = [self.constant(state[f"{name.split('.')[1]}.{p}"], f"{name}.{p}") for p in ("weight", "bias")]
        return self.node("LayerNormalization", [self.node("Add", [a, x]), *parts], epsilon=1e-12)

    def model(self, inputs: dict[str, tuple[int, list[Any]]], outputs: dict[str, list[Any]]) -> bytes:
        """Serialise the graph; the same graph gives the same bytes."""
        graph = helper.make_graph(
            self.nodes,
            "stancebook",
            [helper.make_tensor_value_info(n, kind, shape) for n, (kind, shape) in inputs.items()],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs.items()],
            self.constants,
        )
        versions = [helper.make_opsetid("", 23), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=10, producer_name="stancebook")
        data: bytes = model.SerializeToString(deterministic=True)
        return data


PIECES = {"ids": (TensorProto.INT64, [1, "n"]), "marks": (TensorProto.INT64, [1, "n"])}


def encoder_state(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Pick the weights of the encoder out of a model's."""
    return {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}


def count_layers(state: dict[str, Tensor]) -> int:
    """Count the layers of an encoder by its weights."""
    return len({k.split(".")[1] for k in state if k.startswith("layers.")})


def tagger(state: dict[str, Tensor]) -> bytes:
    """Build the statement tagger: outputs `tags` (1, n, 15) and `links` (1, n, 4 * width)."""
    graph = Graph()
    x = graph.encoder(encoder_state(state))
    graph.exact_linear(x, state["tags.weight"], state["tags.bias"], "tags", "tags")
    graph.linear(x, state["links.weight"], state["links.bias"], "links", "links")
    width = len(state["links.bias"])
    return graph.model(PIECES, {"tags": [1, "n", 15], "links": [1, "n", width]})


def write(folder: Path, name: str, data: bytes, description: dict[str, Any]) -> None:
    """Write <name>.onnx and <name>.json: the description with the sums of weights and tokenizer."""
    tokenizer = (Path(encoding.__file__).parent / "tokenizer.json").read_bytes()
    sums = {"sha256": hashlib.sha256(data).hexdigest(), "tokenizer_sha256": hashlib.sha256(tokenizer).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(data)
    (folder / f"{name}.json").write_text(
        json.dumps({"name": name, **description, **sums}, indent=1, sort_keys=True) + "\n"
    )


def targets(state: dict[str, Tensor]) -> bytes:
    """Build the target model: outputs `portrayal` (1, 3) and `relations` (1, 2, 3)."""
    graph = Graph()
    x = graph.encoder(encoder_state(state))
    pooled = graph.node("MatMul", ["pools", x])
    zero, one, two = (graph.constant(np.array([i]), f"row{i}") for i in range(3))
    axis = graph.constant(np.array([1]), "axis")
    whole = graph.node("Slice", [x, zero, one, axis])
    first, second = graph.node("Slice", [pooled, zero, one, axis]), graph.node("Slice", [pooled, one, two, axis])
    pairs = {
        "portrayal": [whole, first],
        "relation": [pooled, graph.node("Concat", [second, first], axis=1)],
    }
    for name, output in (("portrayal", 1), ("relation", "relations")):
        joined = graph.node("Concat", pairs[name], axis=-1)
        hidden = graph.linear(joined, state[f"{name}.1.weight"], state[f"{name}.1.bias"], f"{name}.1")
        scores = graph.exact_linear(
            graph.node("Tanh", [hidden]), state[f"{name}.4.weight"], state[f"{name}.4.bias"], f"{name}.4", output
        )
        if name == "portrayal":
            graph.node("Squeeze", [scores, axis], "portrayal")
    inputs = {**PIECES, "pools": (TensorProto.FLOAT, [1, 2, "n"])}
    return graph.model(inputs, {"portrayal": [1, 3], "relations": [1, 2, 3]})


def pairs(state: dict[str, Tensor]) -> bytes:
    """Build the stance model: output `stance` (1, 3)."""
    graph = Graph()
    x = graph.encoder(encoder_state(state))
    shape = graph.constant(np.array([1, -1]), "flat")
    joined = graph.node("Reshape", [graph.node("MatMul", ["pools", x]), shape])
    hidden = graph.linear(joined, state["stance.1.weight"], state["stance.1.bias"], "stance.1")
    graph.exact_linear(
        graph.node("Tanh", [hidden]), state["stance.4.weight"], state["stance.4.bias"], "stance.4", "stance"
    )
    return graph.model({**PIECES, "pools": (TensorProto.FLOAT, [1, 3, "n"])}, {"stance": [1, 3]})
