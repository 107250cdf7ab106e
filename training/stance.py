"""Train the stance model: a text and a target to oppose, neutral, support.

    python -m training.stance --folder runs/stance

Reads stance/vast_train, pstance_train, semeval2016_task6a_train, training/composed (texts written for this project,
each with the targets it takes a side on) and training/coded/words.jsonl (statements and acts of real articles, coded by
reading). Measures on vast_dev, pstance_dev and on a tenth of SemEval and of the composed texts that is held out; writes
weights (`epoch-*.pt`) and figures (`metrics.json`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from analysis import read_codebook, read_corpus
from analysis.clauses import normalise
from analysis.issues import find_anchors
from analysis.models.pairs import Pair, join_pair
from analysis.text import Span
from training import common, encoders
from training.stances import CODED

LABELS = ["oppose", "neutral", "support"]
COMPOSED = Path(__file__).parent / "composed"
HELD_OUT = 10  # one row or text of ten
# What an epoch holds of each, drawn anew.
SHARES = {"vast": 0.5, "pstance": 1.2, "semeval": 4, "disputes": 0.5, "issues": 0.35, "contexts": 1, "coded": 1}
STRANGE = 1  # targets of other comments shown with each comment of VAST: neutral, as VAST made its own
OTHERS = 1  # propositions of the codebook that a composed text does not speak of, shown with it in each epoch


class Row(NamedTuple):
    """One text with one target; `words` where only some of the text are asked about."""

    pair: Pair
    label: int
    text: str
    target: str
    words: Span | None = None


class Words(NamedTuple):
    """Some words of a text and the issues that they speak of, with the side they take on each.

    `before` is what stands before their sentence, which they may share with others.
    """

    text: str
    words: Span
    labels: dict[str, str]
    before: str = ""


class Stances(nn.Module):
    """Encoder and a small head on [first piece, target, text]."""

    def __init__(self, encoder: encoders.MiniLM) -> None:
        super().__init__()
        self.encoder, size = encoder, encoder.size
        self.stance = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(3 * size, size), nn.Tanh(), nn.Dropout(0.1), nn.Linear(size, 3)
        )

    def forward(self, ids: Tensor, marks: Tensor, pools: Tensor) -> Tensor:
        """Score a batch; pools is (batch, 3, n). Returns scores (batch, 3)."""
        x = self.encoder(ids, marks)
        out: Tensor = self.stance((pools.to(x.dtype) @ x).flatten(1)).float()
        return out


def row(text: str, target: str, label: str, words: Span | None = None) -> Row:
    """Join a text and a target."""
    return Row(join_pair(text, target, words), LABELS.index(label), text, target, words)


def rows_of(name: str) -> list[Row]:
    """Read and join the rows of a public part."""
    return [row(r["text"], r["target"], r["label"]) for r in common.read_gold(f"stance/{name}")]


def strange(rows: list[Row], many: int, rng: np.random.Generator) -> list[Row]:
    """Each text with some targets of other texts: neutral, as it does not speak of them."""
    texts, targets = sorted({r.text for r in rows}), sorted({r.target.lower() for r in rows})
    said = {(r.text, r.target.lower()) for r in rows}
    pairs = [(text, targets[i]) for text in texts for i in rng.choice(len(targets), many, replace=False)]
    return [row(*pair, "neutral") for pair in pairs if pair not in said]


def propositions() -> dict[str, str]:
    """Issue to proposition, of the codebook that comes with the package."""
    return {issue.issue_id: issue.proposition for issue in read_codebook().issues}


def composed(name: str) -> list[dict[str, Any]]:
    """Read the composed texts of one file, each with the label of each target (of issues: of each issue)."""
    return _lines(COMPOSED / f"{name}.jsonl")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def composed_in_context() -> list[Words]:
    """Read the composed words that stand in a sentence, with what stands before it."""
    out = []
    for r in composed("contexts"):
        before = f"{r['before']} " if r["before"] else ""
        start = len(before) + r["sentence"].index(r["words"])
        out.append(Words(before + r["sentence"], (start, start + len(r["words"])), r["labels"], r["before"]))
    return out


def coded_in_context() -> list[Words]:
    """Read the coded statements and acts of real articles; `coded/words.jsonl` holds their places."""
    coded = _lines(CODED / "words.jsonl")
    texts = {
        name: read_corpus(common.SHARED / "corpora" / f"{name}.jsonl.gz").set_index("article_id")["text"]
        for name in sorted({r["corpus"] for r in coded})
    }
    out = []
    for r in coded:
        (start, end), (first, last) = r["context"], r["words"]
        out.append(Words(texts[r["corpus"]][r["id"]][start:end], (first - start, last - start), r["labels"]))
    return out


def on_words(some: list[Words]) -> list[Row]:
    """Words with the issues that they speak of, and, as neutral, with those that are merely named in their text."""
    asked, codebook = propositions(), read_codebook()
    out = []
    for one in some:
        named = {issue for _, _, (issue, _, _) in find_anchors(normalise(one.text), codebook)} - one.labels.keys()
        labels = one.labels | dict.fromkeys(sorted(named), "neutral")
        out += [row(one.text, asked[issue], label, one.words) for issue, label in labels.items()]
    return out


def half_marked(rows: list[Row], rng: np.random.Generator) -> list[Row]:
    """Mark the whole of every other text: what the marks mean is the same where nothing stands around the words."""
    return [row(r.text, r.target, LABELS[r.label], (0, len(r.text))) if rng.random() < 0.5 else r for r in rows]


def on_issues(texts: list[dict[str, Any]], others: int, rng: np.random.Generator) -> list[Row]:
    """Each composed text with the issues it speaks of, and with some others, towards which it is neutral."""
    asked = propositions()
    out = []
    for r in texts:
        out += [row(r["text"], asked[issue], label) for issue, label in r["labels"].items()]
        rest = [issue for issue in asked if issue not in r["labels"]]
        out += [row(r["text"], asked[rest[i]], "neutral") for i in rng.permutation(len(rest))[:others]]
    return out


def on_targets(texts: list[dict[str, Any]]) -> list[Row]:
    """Each composed text with each of its own targets."""
    return [row(r["text"], target, label) for r in texts for target, label in r["labels"].items()]


def split(rows: list[Any]) -> tuple[list[Any], list[Any]]:
    """Rows to train on, and ten of each hundred, neighbours, to measure on: some were made together."""
    held = [(i // HELD_OUT) % HELD_OUT == 0 for i in range(len(rows))]
    return [r for r, h in zip(rows, held, strict=True) if not h], [r for r, h in zip(rows, held, strict=True) if h]


def drawn(rows: list[Row], share: float, rng: np.random.Generator) -> list[Row]:
    """Return a share of the rows, at random; 2.3 is all of them twice and three tenths of them once more."""
    whole, part = divmod(share, 1)
    return rows * int(whole) + [rows[i] for i in rng.permutation(len(rows))[: int(part * len(rows))]]


def held_out(some: list[Words]) -> list[Words]:
    """Return the words to measure on, but for those before which the same stands as before words trained on."""
    train, held = split(some)
    known = {one.before for one in train if one.before}
    return [one for one in held if one.before not in known]


def inputs(batch: list[Row]) -> tuple[Tensor, Tensor, Tensor]:
    """Pad a batch."""
    ids, marks = common.pad(r.pair.ids for r in batch), common.pad(r.pair.marks for r in batch)
    return ids, marks, common.pad(r.pair.pools.T for r in batch).transpose(1, 2)


def scores(model: Stances, rows: list[Row], batch: int = 32) -> np.ndarray:
    """Scores (n, 3) of rows, in their order."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].pair.ids))
    out = np.zeros((len(rows), 3), np.float32)
    for k in range(0, len(order), batch):
        some = order[k : k + batch]
        out[some] = model(*inputs([rows[i] for i in some])).cpu().numpy()
    return out


def figures(rows: list[Row], found: np.ndarray, score: Any, *, two_way: bool = False) -> dict[str, float]:
    """Macro-F1 and Favg as score.py defines them; two-way: neutral is no answer, and the mean is over targets."""
    if two_way:
        found = np.where(np.arange(3) == 1, -np.inf, found)
    gold, guess = [r.label for r in rows], found.argmax(1).tolist()
    if two_way:
        each = []
        for target in sorted({r.target for r in rows}):
            here = [i for i, r in enumerate(rows) if r.target == target]
            each.append(np.mean(score.f1_by_class([gold[i] for i in here], [guess[i] for i in here], [0, 2])))
        return {"Favg": float(np.mean(each))}
    f = score.f1_by_class(gold, guess, [0, 1, 2])
    return {"macro-F1": sum(f) / 3, "Favg": (f[0] + f[2]) / 2}


def development() -> dict[str, list[Row]]:
    """Everything that is measured after an epoch."""
    vast = common.read_gold("stance/vast_dev")
    issues, other = (split(composed(name))[1] for name in ("issues", "disputes"))
    return {
        "vast zero-shot": [row(r["text"], r["target"], r["label"]) for r in vast if not r["seen_topic"]],
        "pstance": rows_of("pstance_dev"),
        "semeval": split(rows_of("semeval2016_task6a_train"))[1],
        "composed, issues": on_issues(issues, 3, np.random.default_rng(0)),
        "composed, issues spoken of": on_issues(issues, 0, np.random.default_rng(0)),
        "composed, disputes": on_targets(other),
        "composed, in context": on_words(held_out(composed_in_context())),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--portrayal", type=Path, default=None, help="folder of a run of portrayal to begin from")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    common.fix_seeds(args.seed)
    score = common.scorer()
    rows = {
        "vast": rows_of("vast_train"),
        "pstance": rows_of("pstance_train"),
        "semeval": split(rows_of("semeval2016_task6a_train"))[0],
        "disputes": on_targets(split(composed("disputes"))[0]),
        "contexts": on_words(split(composed_in_context())[0]),
        "coded": on_words(coded_in_context()),
    }
    issues = split(composed("issues"))[0]
    dev = development()
    model = Stances(encoders.pretrained_encoder())
    if args.portrayal:
        state = common.weights(args.portrayal, 1).items()
        model.encoder.load_state_dict({k.removeprefix("encoder."): v for k, v in state if k.startswith("encoder.")})
    model.encoder.pieces.requires_grad_(False)  # half of all weights; a third faster, and rare words stay as they were
    history = common.taken_up(model, args.folder)

    def epoch_batches(epoch: int) -> list[list[Row]]:
        rng = np.random.default_rng(1000 * args.seed + epoch)
        now = rows | {"issues": half_marked(on_issues(issues, OTHERS, rng), rng)}
        some = strange(rows["vast"], STRANGE, rng)
        for name, share in SHARES.items():
            some += drawn(now[name], share, rng)
        return [[some[i] for i in b] for b in common.batches([len(r.pair.ids) for r in some], 3072, epoch)]

    def loss(batch: list[Row]) -> Tensor:
        found = model(*inputs(batch))
        label = torch.tensor([r.label for r in batch], device=found.device)
        return nn.functional.cross_entropy(found, label, label_smoothing=0.05)

    def after_epoch(epoch: int) -> None:
        entry: dict[str, Any] = {"epoch": epoch}
        for name, rows in dev.items():
            entry[name] = {
                k: round(v, 1) for k, v in figures(rows, scores(model, rows), score, two_way=name == "pstance").items()
            }
        history.append(entry)
        common.keep(model, args.folder, vars(args), history)

    common.train(
        model, epoch_batches, loss, after_epoch, epochs=args.epochs, done=len(history), rate=args.rate, head_rate=5e-4
    )


if __name__ == "__main__":
    main()
