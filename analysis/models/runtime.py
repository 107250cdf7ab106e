"""Weight files to running models: found, verified, loaded once.

A model is three files of this folder: `<name>.onnx` (int8 weights), `<name>.json` (what it gives, calibration,
checksums) and `MODEL_CARD-<name>.md`. A run uses one thread and mixes nothing of the texts it holds
(training/export.py), so a text's numbers depend on nothing but the text: not on its neighbours, not on how a corpus is
cut into partitions, not on the number of processes, and (to some eight digits) not on the processor.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.models.encoding import Ints

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FOLDER = Path(__file__).parent
LONGEST = 256  # pieces of one run, its first and last piece included
Floats = NDArray[np.float32]


class ModelError(ValueError):
    """A model's weights cannot be used: a file is missing, damaged or of another version."""


class Reading(NamedTuple):
    """A text ready to be read.

    ids, marks : its pieces, (n,), as in `analysis.models.encoding.Pieces`, with the first and last piece of BERT.
    rows : (m,), the numbers of the pieces whose vectors are asked for, rising.
    pools : (k, m), weights by which these vectors are pooled; None where each is wanted.
    """

    ids: Ints
    marks: Ints
    rows: Ints
    pools: Floats | None = None


class Model(NamedTuple):
    """A loaded model: `description` is its JSON file, `session` runs it, `outputs` are what it gives."""

    description: dict[str, Any]
    session: InferenceSession
    outputs: tuple[str, ...] | None = None

    def run(self, readings: Sequence[Reading]) -> list[Floats]:
        """Give the outputs for as many texts as the graph takes at once."""
        lengths = [len(reading.ids) for reading in readings]
        starts = np.cumsum([0, *lengths[:-1]])
        inputs: dict[str, NDArray[Any]] = {
            "ids": np.concatenate([reading.ids for reading in readings])[None],
            "marks": np.concatenate([reading.marks for reading in readings])[None],
            "places": np.concatenate([np.arange(n) for n in lengths])[None],
            "rows": np.concatenate([reading.rows + start for reading, start in zip(readings, starts, strict=True)]),
        }
        if len(readings) > 1:
            inputs["counts"] = np.array(lengths)
            inputs["row_counts"] = np.array([len(reading.rows) for reading in readings])
        pools = [reading.pools for reading in readings if reading.pools is not None]
        if pools:
            inputs["pools"] = np.concatenate(pools, axis=1)[None]
        return [np.asarray(x) for x in self.session.run(self.outputs, inputs)]


def _verified(path: Path, expected: str | None) -> bytes:
    way_out = "install the package again, or restore the file from the repository"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path}: the file is missing (SHA-256 expected: {expected or 'any'}); {way_out}") from None
    found = hashlib.sha256(data).hexdigest()
    if expected is not None and found != expected:
        raise ModelError(f"{path}: the file is damaged: SHA-256 is {found}, expected {expected}; {way_out}")
    return data


def read_description(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read the JSON file of a model: labels, calibration, version, checksums.

    Raises ModelError where it is missing or no JSON object.
    """
    path = folder / f"{name}.json"
    try:
        description = json.loads(_verified(path, None))
    except json.JSONDecodeError as error:
        raise ModelError(
            f"{path}: not valid JSON at line {error.lineno}: {error.msg}; install the package again"
        ) from None
    if not isinstance(description, dict) or "sha256" not in description:
        raise ModelError(
            f"{path}: no field 'sha256'; install the package again, or restore the file from the repository"
        )
    return description


def _multiplies_exactly(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor adds products of 8-bit numbers up without overflow.

    x86 without VNNI adds them up in 16 bits, and labels change; onnxruntime can be told to avoid it, at nearly twice
    the time. Where the processor's flags cannot be read, it is told so.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    try:
        return bool(re.search(r"^flags\b.*\bavx(512)?_vnni\b", cpuinfo.read_text(), re.MULTILINE))
    except OSError:
        return False


@cache
def load_model(name: str, folder: Path = FOLDER) -> Model:
    """Load a model by name, its weights and tokenizer verified against the checksums in its description.

    Raises ModelError naming the file, the checksum expected and found, and the way out.
    """
    description = read_description(name, folder)
    _verified(FOLDER / "tokenizer.json", description.get("tokenizer_sha256"))
    return Model(description, open_session(_verified(folder / f"{name}.onnx", description["sha256"])))


def open_session(data: bytes) -> InferenceSession:
    """Open a graph for running it on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # kept for every length met; without it, 7 MB less and no slower
    if not _multiplies_exactly():
        options.add_session_config_entry("session.x64quantprecision", "1")
    # Addition and normalisation are faster apart; all else that onnxruntime rearranges may stay.
    return onnxruntime.InferenceSession(
        data, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )


def model_versions(folder: Path = FOLDER) -> dict[str, str]:
    """Name to SHA-256 of every model that is installed, for manifests and caches."""
    return {
        path.stem: read_description(path.stem, folder)["sha256"]
        for path in sorted(folder.glob("*.json"))
        if path.stem != "tokenizer"
    }
