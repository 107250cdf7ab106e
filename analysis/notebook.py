"""One notebook, run by papermill, so that the same run gives the same bytes.

Parameters are checked strictly before; what changes from run to run is taken out after.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PYTHON_VERSION = "3"  # what the notebook says it ran on; the manifest has the whole version
_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
# A kernel is given ports that were free a moment before; one starting beside it may have taken them.
STARTS = 3
_NOT_STARTED = "Kernel died before replying to kernel_info"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class ParameterError(ValueError):
    """A parameter that a notebook does not have, or of another type."""


class NotebookError(ValueError):
    """A notebook that failed while it ran; the message names the cell and the error."""


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that the notebook's cell tagged 'parameters' does not declare, or of another type.

    papermill itself would warn about the name and pass any type.

    Raises
    ------
    ParameterError
        Naming the notebook, the parameter, what was given and what is allowed.
    """
    import papermill

    declared = papermill.inspect_notebook(_literal(notebook))
    for name, value in parameters.items():
        if name not in declared:
            allowed = ", ".join(sorted(declared)) or "none: no cell is tagged 'parameters'"
            raise ParameterError(f"{notebook.name} has no parameter {name!r}; its parameters are {allowed}")
        wanted = declared[name]["inferred_type_name"]
        kind = _TYPES.get(wanted.partition("[")[0])
        # bool is an int to Python, but True is no seed
        if kind and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            given = f"{value!r} ({type(value).__name__})"
            raise ParameterError(f"{notebook.name}: parameter {name!r} is {given}, but must be of type {wanted}")


def run_notebook(notebook: Path, output: Path, parameters: Mapping[str, Any]) -> None:
    """Run a notebook with these parameters in the folder of `output`, and save it there with its outputs.

    The same code, parameters and data give the same bytes.

    Raises
    ------
    ParameterError
        As in `check_parameters`.
    NotebookError
        When a cell fails; the notebook as far as it came is at `output`.
    """
    import papermill
    from traitlets.config import Config

    check_parameters(notebook, parameters)
    output.parent.mkdir(parents=True, exist_ok=True)
    # ipykernel warns about sockets without encryption since 7.3; where both ends can, they encrypt
    config = Config({"KernelManager": {"transport_encryption": "auto"}})
    with _own_kernel():
        try:
            _execute(
                _literal(notebook),
                _literal(output),
                parameters=dict(parameters),
                kernel_name="python3",
                cwd=str(output.parent),
                progress_bar=False,
                record_timing=False,
                request_save_on_cell_execute=False,
                config=config,
            )
        except papermill.PapermillExecutionError as error:
            raise NotebookError(_failure(notebook, output, error)) from error
    _make_repeatable(output)


def _execute(notebook: str, output: str, **how: Any) -> None:
    """Run a notebook by papermill; a kernel that does not start is started again."""
    import papermill

    for start in range(1, STARTS + 1):
        try:
            papermill.execute_notebook(notebook, output, **how)
            return
        except RuntimeError as error:
            if _NOT_STARTED not in str(error) or start == STARTS:
                raise


@contextmanager
def _own_kernel() -> Iterator[None]:
    """Let 'python3' be this interpreter, whatever kernels the user has registered, without their start-up files."""
    from ipykernel.kernelspec import get_kernel_dict

    with tempfile.TemporaryDirectory(prefix="stancebook-kernel-") as folder:
        home = Path(folder, "kernels", "python3")
        home.mkdir(parents=True)
        settings = {"IPYTHONDIR": str(Path(folder, "ipython")), "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
        spec = get_kernel_dict() | {"env": settings}
        spec["argv"].append("--IPKernelApp.log_level=CRITICAL")  # it calls its own end an error
        (home / "kernel.json").write_text(json.dumps(spec), encoding="utf8")
        before = os.environ.get("JUPYTER_PATH")  # the first place where kernels are looked for
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (folder, before)))
        try:
            yield
        finally:
            if before is None:
                del os.environ["JUPYTER_PATH"]
            else:
                os.environ["JUPYTER_PATH"] = before


def _make_repeatable(path: Path) -> None:
    """Rewrite an executed notebook without times, paths, random ids and versions."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    if "language_info" in notebook.metadata:
        notebook.metadata.language_info["version"] = PYTHON_VERSION
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf8")


def _failure(notebook: Path, output: Path, error: Any) -> str:
    """Return which cell failed and why, as one message."""
    import nbformat

    cells = nbformat.read(output, as_version=4).cells
    failed = next(
        (cell for cell in cells if cell.cell_type == "code" and cell.execution_count == error.exec_count), None
    )
    tagged = failed.metadata.get("tags", []) if failed is not None else []
    first = "the parameters" if "injected-parameters" in tagged else (error.source.strip().splitlines() or [""])[0]
    reason = _COLOURS.sub("", error.evalue).strip()
    return f"{notebook.name}, cell [{error.exec_count}] ({first}): {error.ename}: {reason}"


def _literal(path: Path) -> str:
    """Return a path that papermill does not take for a template: it would fill in what stands in braces."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")
