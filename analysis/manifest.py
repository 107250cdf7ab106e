"""The manifest: what went into a report, what came out of it, with which code, and when.

It is the only file of a report in which times stand, and the number that tells older from newer where times do not.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

NAME = "manifest.json"


class ManifestError(ValueError):
    """A manifest that cannot be read."""


def write_manifest(
    folder: Path,
    *,
    inputs: Mapping[str, Path],
    parameters: Mapping[str, Any],
    started: datetime,
    seconds: float,
    **more: Any,
) -> None:
    """Write ``manifest.json`` into a finished report folder.

    Parameters
    ----------
    folder : Path
        Every file in it is an output and listed with its SHA-256.
    inputs : mapping of str to Path
        What to call each input file, and where it lies.
    parameters : mapping
        What the report was asked for.
    started : datetime
        When, with its zone; the end is now.
    seconds : float
        How long it took, from a clock that nobody sets.
    **more
        Further entries, as JSON.
    """
    outputs = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    manifest = {
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "parameters": dict(parameters),
        **more,
        "code": code_revision(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": package_versions(),
        "inputs": {name: sha256_of(path) for name, path in sorted(inputs.items())},
        "outputs": {path.relative_to(folder).as_posix(): sha256_of(path) for path in outputs},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / NAME).write_text(text + "\n", encoding="utf8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a report folder.

    Raises
    ------
    ManifestError
        When there is none, or it is no manifest of a report.
    """
    path = folder / NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError) as error:
        raise ManifestError(f"{path} cannot be read ({error})") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), dict):
        raise ManifestError(f"{path} is no manifest of a report: it lists no outputs")
    return manifest


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_revision() -> str:
    """Return the revision of this code: 'git describe' in a checkout, else the version that is installed."""
    home = Path(__file__).resolve().parent.parent
    version = f"stancebook {metadata.version('stancebook')}"
    if not (home / ".git").exists():
        return version
    command = ["git", "-C", str(home), "describe", "--always", "--dirty", "--tags"]
    try:
        described = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return version
    return f"{version}, revision {described.stdout.strip()}"


def package_versions() -> dict[str, str]:
    """Return every package installed here with its version, sorted by name."""
    found = {str(item.name): str(item.version) for item in metadata.distributions() if item.name}
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))
