"""Turn trained weights into the shipped model: quantise, calibrate, measure through the runtime, write the model card.

python -m training.publish statements --folder runs/statements
python -m training.publish portrayal --folder runs/portrayal --last 1
python -m training.publish stance --folder runs/stance

The weights of the last epochs are averaged (on development articles the tagger gained half a point by it). Writes
<name>.onnx, <name>.json and MODEL_CARD-<name>.md into analysis/models. Calibration is fitted on the even rows
of the development part and its reliability table measured on the odd ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from analysis.models import (
    encoding,
    joining,
    portrayal_probabilities,
    relation_probabilities,
    runtime,
    stance_probabilities,
    tag_statements,
    tagging,
)
from training import common, encoders, export, portrayal, stance, statements

Table = list[tuple[str, int, float, float]]


def reliability(confidence: np.ndarray, right: np.ndarray) -> Table:
    """Compare confidence with the share that is right: (range, n, mean confidence, share right), in tenths."""
    out = []
    for low in np.arange(0.0, 1.0, 0.1):
        here = (confidence >= low) & (confidence < low + 0.1 + 1e-9 * (low > 0.85))
        if here.any():
            out.append(
                (
                    f"{low:.1f}-{low + 0.1:.1f}",
                    int(here.sum()),
                    float(confidence[here].mean()),
                    float(right[here].mean()),
                )
            )
    return out


def expected_error(table: Table) -> float:
    """Mean distance of confidence and share right, weighted by n (expected calibration error)."""
    return sum(n * abs(c - r) for _, n, c, r in table) / sum(n for _, n, _, _ in table)


def platt(raw: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Fit slope and shift of a logistic curve from raw log odds to `right`, by Newton's method."""
    x = np.stack([np.log(raw / (1 - raw)), np.ones_like(raw)], 1)
    w = np.array([1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        w = w - np.linalg.solve((x.T * (p * (1 - p))) @ x + 1e-6 * np.eye(2), x.T @ (p - right) + 1e-6 * w)
    return float(w[0]), float(w[1])


def best_temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature with the least log loss."""

    def log_loss(t: float) -> float:
        return float(-np.log(np.take_along_axis(_softmax(scores, t), labels[:, None], 1)).mean())

    return float(min(np.arange(0.5, 4.0, 0.05).round(2), key=log_loss))


def _softmax(scores: np.ndarray, t: float) -> np.ndarray:
    p = np.exp((scores - scores.max(-1, keepdims=True)) / t)
    out: np.ndarray = p / p.sum(-1, keepdims=True)
    return out


def card(name: str, figures: dict[str, dict[str, float]], table: Table) -> str:
    """Compose the model card: the words of training/cards around the figures."""
    words = (Path(__file__).parent / "cards" / f"{name}.md").read_text(encoding="utf-8")
    columns = list(dict.fromkeys(k for f in figures.values() for k in f))
    rows = [f"| measured on | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    rows += [f"| {k} | {' | '.join(f'{f[c]:.1f}' if c in f else '' for c in columns)} |" for k, f in figures.items()]
    curve = ["| confidence | n | mean confidence | share right |", "|---|---|---|---|"]
    curve += [f"| {r} | {n} | {c:.2f} | {s:.2f} |" for r, n, c, s in table]
    curve += ["", f"Expected calibration error: {expected_error(table):.3f}."]
    return words.replace("{figures}", "\n".join(rows)).replace("{reliability}", "\n".join(curve))


def publish_statements(folder: Path, last: int) -> None:
    """Publish the statement tagger."""
    score = common.scorer()
    state = common.weights(folder, last)
    model = statements.Tagger(encoders.MiniLM(layers=export.count_layers(export.encoder_state(state))))
    model.load_state_dict(state)
    model.eval()
    description = {
        "version": "1",
        "tags": joining.TAGS,
        "parts": ["content", "cue", "speaker"],
        "calibration": [1.0, 0.0],
    }
    data = export.tagger(model.state_dict())
    export.write(common.MODELS, "statements", data, description)
    runtime.load_model.cache_clear()
    figures: dict[str, dict[str, float]] = {}
    raw, right = np.zeros(0), np.zeros(0)
    for name in ("polnear_dev", "gum_news"):
        rows = common.read_gold(f"statements/{name}")
        whole = tag_statements([r["text"] for r in rows])
        with torch.no_grad():
            exact = [statements.found(model, encoding.split_pieces(r["text"]), tagging.WINDOW) for r in rows]
        as_joined = [[joining.Joined(*s) for s in found] for found in whole]
        for label, results in (("float32", exact), ("int8", as_joined)):
            for speech in (True, False):
                kind = "speech" if speech else "all attributions"
                figures[f"{name}, {kind}, {label}"] = statements.figures(rows, results, score, speech=speech)
        if name == "polnear_dev":
            pairs = [
                (
                    f.confidence,
                    max(
                        [
                            score.jaccard(letters, score.content_letters(r["text"], g["content"]))
                            for g in r["statements"]
                        ]
                        + [0]
                    )
                    >= 0.5,
                )
                for r, found in zip(rows, as_joined, strict=True)
                for f in found
                if (letters := score.content_letters(r["text"], f.content))
            ]
            raw = np.clip(np.array([c for c, _ in pairs]), 1e-6, 1 - 1e-6)
            right = np.array([float(ok) for _, ok in pairs])
    slope, shift = platt(raw[::2], right[::2])
    table = reliability(1 / (1 + np.exp(-(slope * np.log(raw / (1 - raw)) + shift)))[1::2], right[1::2])
    export.write(common.MODELS, "statements", data, description | {"calibration": [round(slope, 4), round(shift, 4)]})
    finish("statements", folder, figures, card("statements", figures, table))


def publish_portrayal(folder: Path, last: int) -> None:
    """Publish the target model: portrayal and relations."""
    score = common.scorer()
    model = portrayal.Targets(encoders.MiniLM())
    model.load_state_dict(common.weights(folder, last))
    model.eval()
    parts = portrayal.DEV
    temperature = {"portrayal": 1.0, "relations": 1.0}
    description: dict[str, Any] = {"version": "1", "labels": portrayal.LABELS, "temperature": temperature}
    data = export.targets(model.state_dict())
    export.write(common.MODELS, "portrayal", data, description)
    runtime.load_model.cache_clear()
    figures: dict[str, dict[str, float]] = {}
    scores: dict[str, np.ndarray] = {}
    labels: dict[str, np.ndarray] = {}
    for name, path in parts.items():
        gold, rows = common.read_gold(path), portrayal.rows_of(path)
        texts = [r["text"] for r in gold]
        if name == "dse":
            found = relation_probabilities(texts, [tuple(r["first"]) for r in gold], [tuple(r["second"]) for r in gold])
        else:
            found = portrayal_probabilities(texts, [(r["start"], r["end"]) for r in gold])
        with torch.no_grad():
            figures[f"{path}, float32"] = portrayal.figures(rows, portrayal.scores(model, rows), score)
        figures[f"{path}, int8"] = portrayal.figures(rows, np.log(found), score)
        scores[name] = np.log(found).reshape(-1, 3)
        labels[name] = np.array([r.label for r in rows]).reshape(-1)
    both, gold_both = (np.concatenate([x["rw"], x["mt"]]) for x in (scores, labels))
    temperature["portrayal"] = best_temperature(both[::2], gold_both[::2])
    temperature["relations"] = best_temperature(scores["dse"], labels["dse"])
    p = _softmax(both[1::2], temperature["portrayal"])
    table = reliability(p.max(1), (p.argmax(1) == gold_both[1::2]).astype(float))
    export.write(common.MODELS, "portrayal", data, description)
    finish("portrayal", folder, figures, card("portrayal", figures, table))


def publish_stance(folder: Path, last: int) -> None:
    """Publish the stance model; its texts are read again with their targets through the runtime."""
    score = common.scorer()
    model = stance.Stances(encoders.MiniLM())
    model.load_state_dict(common.weights(folder, last))
    model.eval()
    description: dict[str, Any] = {"version": "1", "labels": stance.LABELS, "temperature": 1.0}
    data = export.pairs(model.state_dict())
    export.write(common.MODELS, "stance", data, description)
    runtime.load_model.cache_clear()
    figures: dict[str, dict[str, float]] = {}
    near: tuple[list[np.ndarray], list[int]] = ([], [])  # what is most like the use: the temperature is fitted on it
    for name, rows in stance.development().items():
        words = [r.words for r in rows if r.words is not None] or None  # all rows of a part have them, or none
        found = np.log(stance_probabilities([r.text for r in rows], [r.target for r in rows], words))
        with torch.no_grad():
            exact = stance.scores(model, rows)
        for label, scores in (("float32", exact), ("int8", found)):
            figures[f"{name}, {label}"] = stance.figures(rows, scores, score, two_way=name == "pstance")
        if name.startswith(("composed", "vast")):
            near[0].extend(found)
            near[1].extend(r.label for r in rows)
    scores, labels = np.stack(near[0]), np.array(near[1])
    description["temperature"] = best_temperature(scores[::2], labels[::2])
    p = _softmax(scores[1::2], description["temperature"])
    table = reliability(p.max(1), (p.argmax(1) == labels[1::2]).astype(float))
    export.write(common.MODELS, "stance", data, description)
    finish("stance", folder, figures, card("stance", figures, table))


def finish(name: str, folder: Path, figures: dict[str, dict[str, float]], text: str) -> None:
    """Write card and figures, and print the figures."""
    (common.MODELS / f"MODEL_CARD-{name}.md").write_text(text)
    (folder / "published.json").write_text(json.dumps(figures, indent=1))
    for key, value in figures.items():
        print(key, {k: round(v, 1) for k, v in value.items()})


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["statements", "portrayal", "stance"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--last", type=int, default=2, help="average the weights of so many last epochs")
    args = parser.parse_args()
    {"statements": publish_statements, "portrayal": publish_portrayal, "stance": publish_stance}[args.model](
        args.folder, args.last
    )


if __name__ == "__main__":
    main()
