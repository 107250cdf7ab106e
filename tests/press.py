"""A small press: articles short enough to be scored by the dozen, each with something to find."""

import json
from pathlib import Path

SAID = (
    '"We will sign the plan," Donald Trump said in Ohio. Dmitry Peskov praised him.',
    "Moscow rejected the ceasefire. Volodymyr Zelenskyy said that Ukraine would never cede territory.",
    "Nothing was said in {n} hours.",
    'Vladimir Putin, mocked by all, failed. "No," he said.',
)


def rows(count: int, first: int = 0) -> list[dict[str, str]]:
    """Return articles, each with words of its own, dated out of order."""
    return [
        {
            "article_id": f"a{n:03d}",
            "published": f"2025-11-{1 + (n * 7) % 28:02d}",
            "source": "Wire",
            "text": f"{SAID[n % len(SAID)].format(n=n)} It was day {n}.",
        }
        for n in range(first, first + count)
    ]


def write(folder: Path, articles: list[dict[str, str]], name: str = "news.jsonl") -> Path:
    """Write articles as a corpus of one table."""
    file = folder / name
    file.write_text("".join(json.dumps(row) + "\n" for row in articles), encoding="utf8")
    return file


def contents(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder of tables, but for the cache and the lock."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in files
        if file.relative_to(folder).parts[0] not in ("cache", ".lock")
    }
