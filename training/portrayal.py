"""Train the target model: portrayal (NewsMTSC) and relations (DSE) on one encoder.

    python -m training.portrayal --folder runs/portrayal

Measures portrayal on newsmtsc_rw_dev and _mt_dev and relations on dse_valid after every epoch, writes the weights in
float32 (`epoch-*.pt`) and the figures (`metrics.json`) into the folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from analysis.models.targets import Marked, mark_targets
from training import common, encoders, unlabelled

LABELS = ["negative", "neutral", "positive"]
RELATIONS = [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)]
UNLABELLED = 36_000
DEV = {"rw": "portrayal/newsmtsc_rw_dev", "mt": "portrayal/newsmtsc_mt_dev", "dse": "stance/dse_valid"}


class Row(NamedTuple):
    """One labelled text."""

    marked: Marked
    label: tuple[float, ...]  # one class for portrayal, two (each direction) for relations, three chances when taught


class Targets(nn.Module):
    """Encoder; two small heads on [first text piece, target] and on [actor, other actor]."""

    def __init__(self, encoder: encoders.MiniLM | encoders.MPNet) -> None:
        super().__init__()
        self.encoder, size = encoder, encoder.size
        self.portrayal = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(2 * size, size), nn.Tanh(), nn.Dropout(0.1), nn.Linear(size, 3)
        )
        self.relation = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(2 * size, size), nn.Tanh(), nn.Dropout(0.1), nn.Linear(size, 3)
        )

    def forward(self, ids: Tensor, marks: Tensor, pools: Tensor) -> tuple[Tensor, Tensor]:
        """Score a batch; pools is (batch, 2, n). Returns scores (batch, 3) and (batch, 2, 3)."""
        x = self.encoder(ids, marks)
        targets = pools.to(x.dtype) @ x
        towards = self.portrayal(torch.cat([x[:, 0], targets[:, 0]], -1))
        relations = self.relation(torch.cat([targets, targets.flip(1)], -1))
        return towards.float(), relations.float()


def rows_of(name: str, limit: int | None = None) -> list[Row]:
    """Read and mark the rows of a portrayal or relations part."""
    gold = common.read_gold(name)[:limit]
    if "first" in gold[0]:
        return [
            Row(
                mark_targets(r["text"], [tuple(r["first"]), tuple(r["second"])]),
                (r["first_to_second"] + 1, r["second_to_first"] + 1),
            )
            for r in gold
        ]
    return [Row(mark_targets(r["text"], [(r["start"], r["end"])]), (LABELS.index(r["label"]),)) for r in gold]


def inputs(batch: list[Row]) -> tuple[Tensor, Tensor, Tensor]:
    """Pad a batch."""
    ids, marks = common.pad(r.marked.ids for r in batch), common.pad(r.marked.marks for r in batch)
    return ids, marks, common.pad(r.marked.pools.T for r in batch).transpose(1, 2)


def scores(model: Targets, rows: list[Row], batch: int = 32) -> np.ndarray:
    """Scores of rows of one kind, in their order."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].marked.ids))
    out: list[np.ndarray] = [np.zeros(0)] * len(rows)
    for k in tqdm(range(0, len(order), batch), desc="scoring", mininterval=10):
        some = order[k : k + batch]
        result = model(*inputs([rows[i] for i in some]))[len(rows[0].label) == 2].cpu().numpy()
        for i, r in zip(some, result, strict=True):
            out[i] = r
    return np.stack(out)


def taught_rows(teacher: Path, folder: Path) -> list[Row]:
    """Score unlabelled sentences by the weights of a teacher (Hinton et al. 2015), once for each folder."""
    targets, scored = unlabelled.targets(UNLABELLED, seed=1), folder / "taught.npy"
    marked = [mark_targets(target.text, [(target.start, target.end)]) for target in targets]
    if not scored.exists():
        model = Targets(encoders.MPNet())
        model.load_state_dict(common.weights(teacher, 2))
        model.to(common.device()).eval()
        with torch.no_grad(), torch.autocast(common.device().type, torch.bfloat16):
            found = scores(model, [Row(m, (0,)) for m in marked])
        folder.mkdir(parents=True, exist_ok=True)
        np.save(scored, torch.from_numpy(found).softmax(-1).numpy())
    return [Row(m, tuple(chances)) for m, chances in zip(marked, np.load(scored).tolist(), strict=True)]


def figures(rows: list[Row], found: np.ndarray, score: Any) -> dict[str, float]:
    """Macro-F1 as score.py defines it, from scores or probabilities (n, 3) or (n, 2, 3)."""
    if found.ndim == 2:
        gold, guess = [r.label[0] for r in rows], found.argmax(1).tolist()
        f = score.f1_by_class(gold, guess, [0, 1, 2])
        return {
            "macro-F1": sum(f) / 3,
            "F1pn": (f[0] + f[2]) / 2,
            "accuracy": 100 * float(np.mean([g == q for g, q in zip(gold, guess, strict=True)])),
        }
    p = found - found.max(-1, keepdims=True)
    p = p - np.log(np.exp(p).sum(-1, keepdims=True))
    pairs = [(r.label[0] - 1, r.label[1] - 1) for r in rows]
    guesses = [max(RELATIONS, key=lambda c: q[0][1 + c[0]] + q[1][1 + c[1]]) for q in p]
    f = score.f1_by_class(pairs, guesses, RELATIONS)
    return {"macro-F1": sum(f) / 5, "macro-F1 of the four directed": sum(f[1:]) / 4}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--encoder", choices=["minilm", "mpnet"], default="minilm")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=None, help="train on the first so many of each set only (a trial)")
    parser.add_argument("--teacher", type=Path, default=None, help="folder of a run with mpnet, to learn from besides")
    parser.add_argument("--relations", type=float, default=1.0, help="share of the DSE rows seen in each epoch")
    args = parser.parse_args()
    common.fix_seeds(args.seed)
    score = common.scorer()
    portrayal, relations = rows_of("portrayal/newsmtsc_train", args.rows), rows_of("stance/dse_train", args.rows)
    taught = taught_rows(args.teacher, args.folder) if args.teacher else []
    dev = {name: rows_of(path) for name, path in DEV.items() if name != "dse" or args.relations}
    model = Targets(encoders.pretrained_teacher() if args.encoder == "mpnet" else encoders.pretrained_encoder())
    history = common.taken_up(model, args.folder)

    def epoch_batches(epoch: int) -> list[list[Row]]:
        rng = np.random.default_rng(1000 * args.seed + epoch)
        some = [relations[i] for i in rng.permutation(len(relations))[: int(args.relations * len(relations))]]
        out = []
        for rows, pieces in ((portrayal, 1536), (some, 1536), (taught, 2560)):
            if rows:
                out += [[rows[i] for i in b] for b in common.batches([len(r.marked.ids) for r in rows], pieces, epoch)]
        return [out[i] for i in rng.permutation(len(out))]

    def loss(batch: list[Row]) -> Tensor:
        towards, both = model(*inputs(batch))
        label = torch.tensor([r.label for r in batch], device=towards.device)
        if label.shape[1] == 3:
            return nn.functional.cross_entropy(towards, label)
        if label.shape[1] == 1:
            return nn.functional.cross_entropy(towards, label[:, 0], label_smoothing=0.05)
        return nn.functional.cross_entropy(
            both.flatten(0, 1), label.flatten(), weight=torch.tensor([1.5, 0.7, 1.5], device=both.device)
        )

    def after_epoch(epoch: int) -> None:
        entry: dict[str, Any] = {"epoch": epoch}
        for name, rows in dev.items():
            entry[name] = {k: round(v, 1) for k, v in figures(rows, scores(model, rows), score).items()}
        history.append(entry)
        common.keep(model, args.folder, vars(args), history)

    common.train(
        model, epoch_batches, loss, after_epoch, epochs=args.epochs, done=len(history), rate=args.rate, head_rate=5e-4
    )


if __name__ == "__main__":
    main()
