"""The ranges of 8 bits that the products of the target model are given: fitted once, on training texts.

A range fixed beforehand is as good as one found anew for each text: what it has to reach are a few large numbers that
are the same in every text (of the first and the last piece, above all). What is known of them beforehand can be taken
out of the way as well, at no cost at run time: `spread` and `centred`. On NewsMTSC's development parts the chances of
the target model are 0.006 off float32 on average, 0.0095 with ranges found anew for each text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor

from analysis.models.runtime import Model, Reading, open_session

# All 8 bits. With 7 (63), products of neighbours could never overflow the 16 bits in which processors without VNNI add
# them, but the statement tagger lost 0.6 points of F1; with 8 it loses nothing to float32.
HIGHEST = 127
# Both chosen by how near to float32 the target model stays on NewsMTSC's development parts; of 0, 5, 10 and 6, 8, 12.
WITHIN = 10  # percent of the texts that may reach below a range, and above it
WIDEST = 8.0  # what one inner cell of a layer may give
Limits = dict[str, tuple[float, float]]


class Seen(NamedTuple):
    """Lowest and highest value of each channel that went into a product; each (texts, channels)."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]


def quantised(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return a weight (out, in) as whole numbers from -127 to 127 and their scale for each row.

    >>> [x.tolist() for x in quantised(torch.tensor([[0.5, -1.27]]))[:1]]
    [[[50.0, -127.0]]]
    """
    scale = weight.abs().amax(1).clamp(min=1e-8) / HIGHEST
    return (weight / scale[:, None]).round(), scale


def watch(data: bytes, watched: dict[str, str], readings: Sequence[Reading]) -> dict[str, Seen]:
    """Run a graph in float32 and return what goes into each of its products; `watched` maps product to input."""
    model = onnx.ModelProto.FromString(data)
    model.graph.output.extend(helper.make_tensor_value_info(x, TensorProto.FLOAT, None) for x in watched.values())
    running = Model({}, open_session(model.SerializeToString()), tuple(watched.values()))
    extremes: dict[str, list[tuple[NDArray[np.float32], NDArray[np.float32]]]] = {name: [] for name in watched}
    for reading in readings:
        for name, x in zip(watched, running.run([reading]), strict=True):
            channels = x.reshape(-1, x.shape[-1])
            extremes[name].append((channels.min(0), channels.max(0)))
    return {name: Seen(*(np.stack(x) for x in zip(*pairs, strict=True))) for name, pairs in extremes.items()}


def spread(state: dict[str, Tensor], seen: dict[str, Seen]) -> tuple[dict[str, Tensor], dict[str, Seen]]:
    """Return the same encoder with no inner cell that gives more than WIDEST, and what is seen then.

    A few of the 1536 inner cells of a layer give up to 24 at the last piece, where the others stay below 8. Cells that
    give the least stand in for them: the first gives what is up to 8, where its range ends, the next one what is above,
    up to 8 again. Their own part, nearly constant, goes into the sum.
    """
    state, seen = dict(state), dict(seen)
    for name in [name for name in seen if name.endswith(".down")]:
        low, high = seen[name]
        layer = f"layers.{name[1:].removesuffix('.down')}"
        parts = ("up.weight", "up.bias", "down.weight", "down.bias")
        into, before, out, after = (state[f"{layer}.{part}"].clone() for part in parts)
        weighs = (high.max(0) - low.min(0)) * out.norm(dim=0).numpy()
        idle = iter(np.argsort(weighs, kind="stable").tolist())
        for cell in np.flatnonzero(high.max(0) > WIDEST).tolist():
            for times in range(1, math.ceil(high[:, cell].max() / WIDEST)):
                other = next(idle)
                after += float(high[:, other].mean() + low[:, other].mean()) / 2 * out[:, other]
                into[other], before[other] = into[cell], before[cell] - WIDEST * times
                out[:, other] = out[:, cell]
        state |= {f"{layer}.{part}": x for part, x in zip(parts, (into, before, out, after), strict=True)}
        seen[name] = Seen(low, np.minimum(high, np.float32(WIDEST)))
    return state, seen


def centred(state: dict[str, Tensor], seen: dict[str, Seen]) -> tuple[dict[str, Tensor], Limits]:
    """Return the same encoder with narrower ranges, and the ranges.

    What a normalisation adds to a channel is moved so that the channel's values lie around 0, and taken back in the
    products that read it and in the sum that it goes into. That costs nothing and narrows ranges by a third.
    """
    state = dict(state)
    limits: Limits = {}
    norm = "norm"
    layers = sorted({k.split(".")[1] for k in state if k.startswith("layers.")}, key=int)
    moved: dict[str, NDArray[np.float32]] = {}
    for layer in (f"layers.{i}" for i in layers):
        for reads, adds, after in (("qkv", "out", "norm1"), ("up", "down", "norm2")):
            name = f"{layer.replace('layers.', 'l')}.{reads}"
            moved[name] = (seen[name].low.min(0) + seen[name].high.max(0)) / 2
            middle = torch.from_numpy(moved[name])
            whole, scale = quantised(state[f"{layer}.{reads}.weight"])
            state[f"{norm}.bias"] = state[f"{norm}.bias"] - middle
            state[f"{layer}.{reads}.bias"] = state[f"{layer}.{reads}.bias"] + (whole * scale[:, None]) @ middle
            state[f"{layer}.{adds}.bias"] = state[f"{layer}.{adds}.bias"] + middle
            norm = f"{layer}.{after}"
    for name, (low, high) in seen.items():
        middle_or_0 = moved.get(name, np.float32(0))
        lowest, highest = (low - middle_or_0).min(1), (high - middle_or_0).max(1)
        limits[name] = (
            min(0.0, float(np.percentile(lowest, WITHIN))),
            max(0.0, float(np.percentile(highest, 100 - WITHIN))),
        )
    return state, limits
