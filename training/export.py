"""Write a trained model as the int8 ONNX file that travels with the package, and its description beside it.

The graph is written out by hand: it is small and needs no tracing. Every product of the encoder has int8 weights with a
scale for each column, and activations in 8 bits. Where a run holds one text, their range is found as they come
(DynamicQuantizeMatMul). Where it holds several, it is fixed beforehand (ranges.py, MatMulIntegerToFloat), so that the
numbers of a piece do not depend on what else is in the run: all pieces go through a product together, and each text
attends to itself alone, in a node of its own (with masks instead, attention takes nearly twice the time). The last
layer is worked out only for the pieces that are asked for.
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
from analysis.models.targets import AROUND, TEXTS, mark_targets
from training import common, ranges

HEADS = 12
EXAMPLES = 400  # training texts on which the ranges are fitted


class Graph:
    """Nodes and constants of an ONNX graph in the making; every method returns the name of its output.

    texts : how many texts a run reads.
    limits : lowest and highest value that goes into each product; None where a run finds them.
    """

    def __init__(self, texts: int = 1, limits: ranges.Limits | None = None) -> None:
        self.texts, self.limits = texts, limits
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, value: np.ndarray | Tensor, name: str) -> str:
        """Add a constant."""
        array = value.numpy() if isinstance(value, Tensor) else value
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(self, kind: str, inputs: list[str], outputs: int | str = 1, **attributes: Any) -> str:
        """Add a node; several outputs come back joined by commas."""
        domain = "com.microsoft" if kind in ("DynamicQuantizeMatMul", "MatMulIntegerToFloat") else ""
        name = outputs if isinstance(outputs, str) else f"{kind}_{len(self.nodes)}"
        names = [name] if isinstance(outputs, str) or outputs == 1 else [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return ",".join(names)

    def linear(
        self, x: str, weight: Tensor, bias: Tensor, name: str, output: str | int = 1, limits: str | None = None
    ) -> str:
        """Add x W' + b with int8 weights; weight is (out, in) as torch has it, `limits` names another's to take."""
        whole, scale = ranges.quantised(weight)
        weights = [self.constant(whole.to(torch.int8).T, f"{name}.weight"), self.constant(scale, f"{name}.scale")]
        added = self.constant(bias, f"{name}.bias")
        if self.limits is None:
            return self.node("DynamicQuantizeMatMul", [x, *weights, "", added], output)
        low, high = self.limits[limits or name]
        step = np.float32((high - low) / 255)
        of_x = [
            self.constant(step, f"{name}.step"),
            self.constant(np.array(round(-low / step), np.uint8), f"{name}.from"),
        ]
        inputs = [self.node("QuantizeLinear", [x, *of_x]), weights[0], of_x[0], weights[1], of_x[1], "", added]
        return self.node("MatMulIntegerToFloat", inputs, output)

    def exact_linear(self, x: str, weight: Tensor, bias: Tensor, name: str, output: str | int = 1) -> str:
        """Add x W' + b in float32, for the small last layers."""
        product = self.node("MatMul", [x, self.constant(weight.T, f"{name}.weight")])
        return self.node("Add", [product, self.constant(bias, f"{name}.bias")], output)

    def encoder(self, state: dict[str, Tensor]) -> str:
        """Add the encoder: from the inputs of `model` to vectors (1, m, 384) of the pieces numbered in `rows`."""
        table = state["pieces.weight"]
        scale = table.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        whole = self.constant((table / scale).round().to(torch.int8), "pieces.weight")
        rows = self.node("Cast", [self.node("Gather", [whole, "ids"])], to=TensorProto.FLOAT)
        x = self.node("Mul", [rows, self.node("Gather", [self.constant(scale, "pieces.scale"), "ids"])])
        places = [self.constant(state["places.weight"], "places.weight"), "places"]
        x = self.node("Add", [x, self.node("Gather", places)])
        x = self.node("Add", [x, self.node("Gather", [self.constant(state["marks.weight"], "marks.weight"), "marks"])])
        norm = [self.constant(state[f"norm.{p}"], f"norm.{p}") for p in ("weight", "bias")]
        x = self.node("LayerNormalization", [x, *norm], epsilon=1e-12)
        layers = count_layers(state)
        for i in range(layers):
            own = {k.removeprefix(f"layers.{i}."): v for k, v in state.items() if k.startswith(f"layers.{i}.")}
            x = self.layer(x, own, f"l{i}", last=i == layers - 1)
        return x

    def layer(self, x: str, state: dict[str, Tensor], name: str, *, last: bool) -> str:
        """Add one layer of the encoder; the last one goes on with the pieces that are asked for."""
        weight, bias, size = state["qkv.weight"], state["qkv.bias"], len(state["out.bias"])
        if last:
            kv = self.linear(x, weight[size:], bias[size:], f"{name}.qkv")
            k, v = self.node("Split", [kv], 2, axis=-1, num_outputs=2).split(",")
            x = self.node("Gather", [x, "rows"], axis=1)
            q = self.linear(x, weight[:size], bias[:size], f"{name}.q", limits=f"{name}.qkv")
        else:
            qkv = self.linear(x, weight, bias, f"{name}.qkv")
            q, k, v = self.node("Split", [qkv], 3, axis=-1, num_outputs=3).split(",")
        a = self.attention(self.apart(q, "row_counts" if last else "counts"), self.apart(k), self.apart(v))
        a = self.linear(a, state["out.weight"], state["out.bias"], f"{name}.out")
        x = self.add_norm(a, x, state, f"{name}.norm1")
        h = self.linear(x, state["up.weight"], state["up.bias"], f"{name}.up")
        h = self.linear(self.node("Gelu", [h]), state["down.weight"], state["down.bias"], f"{name}.down")
        return self.add_norm(h, x, state, f"{name}.norm2")

    def apart(self, x: str, counts: str = "counts", axis: int = 1) -> list[str]:
        """Take the pieces of each text apart; they lie along the axis."""
        return [x] if self.texts == 1 else self.node("Split", [x, counts], self.texts, axis=axis).split(",")

    def attention(self, q: list[str], k: list[str], v: list[str]) -> str:
        """Add the attention of each text to itself; what depends on no neighbour cannot be moved by one."""
        found = [
            self.node("Attention", list(parts), q_num_heads=HEADS, kv_num_heads=HEADS)
            for parts in zip(q, k, v, strict=True)
        ]
        return found[0] if self.texts == 1 else self.node("Concat", found, axis=1)

    def pooled(self, x: str) -> str:
        """Add for each text the vectors of its pieces asked for, pooled with its rows of `pools`: (texts, k, 384)."""
        found = [
            self.node("MatMul", list(parts))
            for parts in zip(self.apart("pools", "row_counts", axis=2), self.apart(x, "row_counts"), strict=True)
        ]
        return found[0] if self.texts == 1 else self.node("Concat", found, axis=0)

    def add_norm(self, a: str, x: str, state: dict[str, Tensor], name: str) -> str:
        """Add the sum of a and x, normalised: two nodes, which take a fifth of the time of SkipLayerNormalization."""
        parts = [self.constant(state[f"{name.split('.')[1]}.{p}"], f"{name}.{p}") for p in ("weight", "bias")]
        return self.node("LayerNormalization", [self.node("Add", [a, x]), *parts], epsilon=1e-12)

    def model(self, outputs: dict[str, list[Any]], pools: int = 0) -> bytes:
        """Serialise the graph; the same graph gives the same bytes."""
        inputs = {name: [1, "n"] for name in ("ids", "marks", "places")} | {"rows": ["m"]}
        if self.texts > 1:
            inputs |= {name: [self.texts] for name in ("counts", "row_counts")}
        told = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n, shape in inputs.items()]
        if pools:
            told.append(helper.make_tensor_value_info("pools", TensorProto.FLOAT, [1, pools, "m"]))
        graph = helper.make_graph(
            self.nodes,
            "stancebook",
            told,
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs.items()],
            list(self.constants.values()),
        )
        versions = [helper.make_opsetid("", 23), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=10, producer_name="stancebook")
        data: bytes = model.SerializeToString(deterministic=True)
        return data


class Watching(Graph):
    """The same graph in float32; `watched` tells what goes into each product."""

    def __init__(self) -> None:
        super().__init__()
        self.watched: dict[str, str] = {}

    def linear(
        self, x: str, weight: Tensor, bias: Tensor, name: str, output: str | int = 1, limits: str | None = None
    ) -> str:
        """Add x W' + b with the weights that the int8 ones stand for."""
        whole, scale = ranges.quantised(weight)
        self.watched[name] = x
        return self.exact_linear(x, whole * scale[:, None], bias, name, output)


def encoder_state(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Pick the weights of the encoder out of a model's."""
    return {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}


def count_layers(state: dict[str, Tensor]) -> int:
    """Count the layers of an encoder by its weights."""
    return len({k.split(".")[1] for k in state if k.startswith("layers.")})


def tagger(state: dict[str, Tensor]) -> bytes:
    """Build the statement tagger: outputs `tags` (1, m, 15) and `links` (1, m, 4 * width)."""
    graph = Graph()
    x = graph.encoder(encoder_state(state))
    graph.exact_linear(x, state["tags.weight"], state["tags.bias"], "tags", "tags")
    graph.linear(x, state["links.weight"], state["links.bias"], "links", "links")
    return graph.model({"tags": [1, "m", 15], "links": [1, "m", len(state["links.bias"])]})


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
    """Build the target model: outputs `portrayal` (texts, 3) and `relations` (texts, 2, 3)."""

    def build(graph: Graph, state: dict[str, Tensor]) -> bytes:
        pooled = graph.pooled(graph.encoder(encoder_state(state)))
        zero, one, two, three = (graph.constant(np.array([i]), f"row{i}") for i in range(4))
        first, target, other = (
            graph.node("Slice", [pooled, start, end, one]) for start, end in ((zero, one), (one, two), (two, three))
        )
        there = graph.node("Concat", [target, other], axis=-1)
        back = graph.node("Concat", [other, target], axis=-1)
        pairs = {
            "portrayal": graph.node("Concat", [first, target], axis=-1),
            "relation": graph.node("Concat", [there, back], axis=1),
        }
        for name, output in (("portrayal", 1), ("relation", "relations")):
            hidden = graph.linear(pairs[name], state[f"{name}.1.weight"], state[f"{name}.1.bias"], f"{name}.1")
            scores = graph.exact_linear(
                graph.node("Tanh", [hidden]), state[f"{name}.4.weight"], state[f"{name}.4.bias"], f"{name}.4", output
            )
            if name == "portrayal":
                graph.node("Squeeze", [scores, one], "portrayal")
        return graph.model({"portrayal": [graph.texts, 3], "relations": [graph.texts, 2, 3]}, pools=3)

    texts = common.read_gold("portrayal/newsmtsc_train")
    pairs = common.read_gold("stance/dse_train")
    readings = [
        *(
            mark_targets(r["text"], [(r["start"], r["end"])], AROUND).reading()
            for r in texts[:: len(texts) // EXAMPLES]
        ),
        *(mark_targets(r["text"], [r["first"], r["second"]]).reading() for r in pairs[:: len(pairs) // EXAMPLES]),
    ]
    watching = Watching()
    seen = ranges.watch(build(watching, state), watching.watched, readings)
    encoder, limits = ranges.centred(*ranges.spread(encoder_state(state), seen))
    return build(Graph(TEXTS, limits), state | {f"encoder.{k}": v for k, v in encoder.items()})


def pairs(state: dict[str, Tensor]) -> bytes:
    """Build the stance model: output `stance` (1, 3)."""
    graph = Graph()
    pooled = graph.pooled(graph.encoder(encoder_state(state)))
    joined = graph.node("Reshape", [pooled, graph.constant(np.array([1, -1]), "flat")])
    hidden = graph.linear(joined, state["stance.1.weight"], state["stance.1.bias"], "stance.1")
    graph.exact_linear(
        graph.node("Tanh", [hidden]), state["stance.4.weight"], state["stance.4.bias"], "stance.4", "stance"
    )
    return graph.model({"stance": [1, 3]}, pools=3)
