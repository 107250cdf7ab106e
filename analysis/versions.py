"""What a module's results depend on beside their input, as one number that changes by itself when any of it does.

That is: the source of the module and of all modules it imports, the lexicons, the checksums of the models' weights, and
the versions of Python and of every package they import. So no cached score outlives the rule that made it, and a change
to a chart spoils none.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from analysis.models.runtime import FOLDER, model_versions
from analysis.paths import LEXICONS

_PACKAGE = Path(__file__).resolve().parent
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)


@cache
def version_of(module: str) -> str:
    """Return the version of a module's results, 64 hexadecimal digits; the same wherever the package is installed.

    Parameters
    ----------
    module : str
        Of this package: ``"statements"``.

    Examples
    --------
    >>> version_of("statements") == version_of("portrayal")
    False
    """
    sources, packages = imported(module)
    digest = hashlib.sha256(f"{platform.machine()} python {sys.version_info[0]}.{sys.version_info[1]}".encode())
    for name in sorted(packages):
        try:
            digest.update(f"\n{name} {metadata.version(name)}".encode())
        except metadata.PackageNotFoundError:
            continue  # a module of another name than its distribution: readers of files, no scorers
    for name, checksum in model_versions().items():
        digest.update(f"\n{name} {checksum}".encode())
    for file in (*sorted(sources), FOLDER / "tokenizer.json", *sorted(LEXICONS.iterdir())):
        digest.update(f"\n{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()


def imported(module: str) -> tuple[set[Path], set[str]]:
    """Return the source files of a module and all of the package it imports, and the other packages these import."""
    waiting, sources, packages = [module], set[Path](), set[str]()
    while waiting:
        file = _PACKAGE / f"{waiting.pop()}.py"
        files = [file] if file.is_file() else sorted(file.with_suffix("").glob("*.py"))
        for source in files:
            if source in sources:
                continue
            sources.add(source)
            for name in _IMPORT.findall(source.read_text(encoding="utf8")):
                top, _, rest = name.partition(".")
                if top == "analysis" and rest:
                    waiting.append(rest.partition(".")[0])
                elif top not in sys.stdlib_module_names and top != "analysis":
                    packages.add(top)
    return sources, packages
