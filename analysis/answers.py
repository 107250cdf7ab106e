"""Answers of servers, kept on disk, so that a feed or page that has not changed is not sent again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from analysis.fetching import Answer, fetch


def cache_folder() -> Path:
    """Return where answers are kept: ``stancebook`` in the user's cache folder (XDG_CACHE_HOME, else ~/.cache)."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "stancebook"


def fetch_again(url: str, folder: Path, *, allow_private: bool = False) -> Answer:
    """Return what stands at an address, asking the server only for what has changed since the last visit.

    Parameters
    ----------
    url : str
        http or https.
    folder : Path
        Where answers are kept; made when missing. One that cannot be written costs only the saving.
    allow_private : bool
        As in `fetch`.

    Raises
    ------
    FetchError
        As in `fetch`.
    """
    kept = read_answer(url, folder)
    answer = fetch(url, kept=kept, allow_private=allow_private)
    if answer is not kept and answer.condition:
        with suppress(OSError):
            write_answer(url, answer, folder)
    return answer


def read_answer(url: str, folder: Path) -> Answer | None:
    """Return the answer kept for an address; None when there is none, or it is damaged."""
    try:
        head, _, body = (folder / _name(url)).read_bytes().partition(b"\n")
        fields = json.loads(head)
        if hashlib.sha256(body).hexdigest() != fields.pop("sha256"):
            return None
        return Answer(body=body, **fields)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_answer(url: str, answer: Answer, folder: Path) -> None:
    """Keep an answer; it is there whole or not at all."""
    fields = {
        "url": answer.url,
        "content_type": answer.content_type,
        "encoding": answer.encoding,
        "condition": answer.condition,
        "sha256": hashlib.sha256(answer.body).hexdigest(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(json.dumps(fields).encode() + b"\n" + answer.body)
    Path(file.name).replace(folder / _name(url))


def _name(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
