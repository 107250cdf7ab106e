"""Train the statement tagger: for every word content, cue, speaker tags; for every cue its content and its speaker.

    python -m training.statements --folder runs/six
    python -m training.statements --folder runs/statements --shorten runs/six --epochs 2 --rate 2e-4

The second makes the shipped model of the first: the layers `KEPT` of its encoder, trained on. Reads
statements/polnear_train, measures on polnear_dev and gum_news after every epoch, writes the weights in float32
(`epoch-*.pt`) and the figures (`metrics.json`) into the folder; called again
on the same folder it goes on after the last epoch. training.publish makes the shipped file of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from analysis.models import encoding, joining
from training import common, encoders

WINDOW = 256  # pieces; whole paragraphs as far as they fit
LINK = 96  # width of a link projection
KEPT = (0, 1, 2, 5)  # layers of a trained encoder that a shorter one begins with


class Tagger(nn.Module):
    """Encoder, 15 tag scores (content, cue, speaker times OBIES) and 4 link projections for each piece."""

    def __init__(self, encoder: encoders.MiniLM) -> None:
        super().__init__()
        self.encoder, self.drop, size = encoder, nn.Dropout(0.1), encoder.size
        self.tags, self.links = nn.Linear(size, 15), nn.Linear(size, 4 * LINK)
        nn.init.normal_(self.links.weight, std=0.5 * size**-0.5)

    def forward(self, ids: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Return tag scores (batch, n, 15) and projections (batch, n, 4, LINK)."""
        x = self.drop(self.encoder(ids, marks))
        return self.tags(x).float(), self.links(x).float().unflatten(-1, (4, LINK))


class Window(NamedTuple):
    """One window of an article with its answers."""

    ids: np.ndarray
    marks: np.ndarray
    tags: np.ndarray  # (n, 3), -100 where a piece does not begin a word
    cues: list[np.ndarray]  # per statement in the window: pieces of the cue ...
    members: list[np.ndarray]  # ... and (n, 2) flags: content, speaker


def article(row: dict[str, Any]) -> tuple[encoding.Pieces, np.ndarray, list[tuple[np.ndarray, ...]]]:
    """Pieces, tags (n, 3) and per statement the first pieces of the words of content, cue and speaker."""
    pieces = encoding.split_pieces(row["text"])
    first = np.diff(pieces.words, prepend=-1) != 0
    tags = np.where(first[:, None], 0, -100).repeat(3, 1)
    statements = []
    for statement in row["statements"]:
        parts = []
        for k, name in enumerate(("content", "cue", "speaker")):
            whole = []
            for start, end in statement[name]:
                inside = np.flatnonzero(first & (pieces.starts < end) & (pieces.ends > start))
                if (
                    not len(inside) or (tags[inside, k] > 0).any()
                ):  # contents all but never nest: the outer or first one is learned
                    continue
                tags[inside, k] = joining.TAGS.index("I")
                tags[inside[0], k], tags[inside[-1], k] = joining.TAGS.index("B"), joining.TAGS.index("E")
                if len(inside) == 1:
                    tags[inside[0], k] = joining.TAGS.index("S")
                whole.append(inside)
            if not whole and statement[name]:  # a speaker shared with another statement
                whole = [np.flatnonzero(first & (pieces.starts < e) & (pieces.ends > s)) for s, e in statement[name]]
            parts.append(np.concatenate(whole) if whole else np.zeros(0, np.int64))
        statements.append(tuple(parts))
    return pieces, tags, statements


def cut(prepared: tuple[Any, ...], most: int) -> list[Window]:
    """Cut a prepared article into windows of at most `most` pieces."""
    pieces, tags, statements = prepared
    out = []
    for start, end in encoding.windows(pieces, most):
        n = end - start + 2
        t = np.full((n, 3), -100)
        t[1:-1] = tags[start:end]
        cues, members = [], []
        for content, cue, speaker in statements:
            here = cue[(cue >= start) & (cue < end)]
            if len(here):
                flags = np.zeros((n, 2), np.float32)
                for k, part in enumerate((content, speaker)):
                    part = part[(part >= start) & (part < end)]
                    flags[part - start + 1, k] = 1
                cues.append(here - start + 1)
                members.append(flags)
        out.append(
            Window(
                np.concatenate([[encoding.START], pieces.ids[start:end], [encoding.END]]),
                np.concatenate([[0], pieces.marks[start:end], [0]]),
                t,
                cues,
                members,
            )
        )
    return out


def loss(model: Tagger, batch: list[Window]) -> Tensor:
    """Cross entropy of the tags plus that of each cue's content and speaker words."""
    tags, links = model(common.pad(w.ids for w in batch), common.pad(w.marks for w in batch))
    gold = common.pad((w.tags for w in batch), -100)
    value = sum(
        nn.functional.cross_entropy(
            tags[..., 5 * k : 5 * k + 5].flatten(0, 1), gold[..., k].flatten(), ignore_index=-100
        )
        for k in range(3)
    )
    asked = [(i, cue, flags) for i, w in enumerate(batch) for cue, flags in zip(w.cues, w.members, strict=True)]
    if asked:
        rows = torch.tensor([i for i, _, _ in asked], device=tags.device)
        weight = torch.zeros(len(asked), tags.shape[1], device=tags.device)
        for j, (_, cue, _) in enumerate(asked):
            weight[j, torch.from_numpy(cue)] = 1 / len(cue)
        flags = common.pad(f for _, _, f in asked)
        flags = nn.functional.pad(flags, (0, 0, 0, tags.shape[1] - flags.shape[1]))
        known = (gold[rows][..., 0] != -100).float()
        for k in range(2):
            query = torch.einsum("jn,jnd->jd", weight, links[rows, :, 2 * k])
            score = torch.einsum("jd,jnd->jn", query, links[rows, :, 2 * k + 1])
            each = nn.functional.binary_cross_entropy_with_logits(score, flags[..., k], reduction="none")
            value = value + LINK_WEIGHT * (each * known).sum() / known.sum()
    return value  # type: ignore[return-value]  # sum() starts from the int 0


LINK_WEIGHT = 3.0


def found(model: Tagger, pieces: encoding.Pieces, most: int = WINDOW) -> list[joining.Joined]:
    """Statements of one article by the float model, as piece ranges turned to character offsets."""
    out = []
    for start, end in encoding.windows(pieces, most):
        ids = torch.from_numpy(np.concatenate([[encoding.START], pieces.ids[start:end], [encoding.END]]))[None].to(
            common.device()
        )
        marks = torch.from_numpy(np.concatenate([[0], pieces.marks[start:end], [0]]))[None].to(common.device())
        tags, links = (x[0, 1:-1].cpu().numpy() for x in model(ids, marks))
        first = np.flatnonzero(np.diff(pieces.words[start:end], prepend=-1))
        last = np.append(first[1:], end - start) - 1

        starts, ends = pieces.starts[start + first], pieces.ends[start + last]
        out += [joining.in_text(s, starts, ends) for s in joining.join(tags[first], links[first])]
    return out


def figures(
    rows: common.Rows, results: list[list[joining.Joined]], score: Any, *, speech: bool, least: float = 0.0
) -> dict[str, float]:
    """Figures as score.py defines them, for the tagger alone (no rules, no names)."""
    n = dict.fromkeys(("gold", "found", "span", "exact", "speakers", "speaker", "end", "cued"), 0)
    for row, statements in zip(rows, results, strict=True):
        text = row["text"]
        gold = [(c, g) for g in row["statements"] if (c := score.content_letters(text, g["content"]))]
        have = [(c, f) for f in statements if (c := score.content_letters(text, f.content)) and f.confidence >= least]
        if speech:
            aside = [c for c, g in gold if not score.is_speech(text, g)]
            gold = [(c, g) for c, g in gold if score.is_speech(text, g)]
            have = [(c, f) for c, f in have if max([score.jaccard(c, g) for g, _ in gold] + [0]) >= 0.5
                    or not any(score.jaccard(c, a) >= 0.5 or len(c & a) > 0.5 * len(c) for a in aside)]  # fmt: skip
        n["gold"] += len(gold)
        n["found"] += len(have)
        n["exact"] += len(score.match([g[0] for g in gold], [f[0] for f in have], lambda a, b: float(a == b), 1.0))
        for i, j in score.match([g[0] for g in gold], [f[0] for f in have], score.jaccard, 0.5):
            g, f = gold[i][1], have[j][1]
            n["span"] += 1
            n["cued"] += f.cue is not None
            right = not f.speaker
            if g["speaker"]:
                n["speakers"] += 1
                right = bool(f.speaker and score.letters(text, g["speaker"]) & score.letters(text, [f.speaker]))
                n["speaker"] += right
            n["end"] += right
    both = max(1, n["gold"] + n["found"])
    return {
        "span": 200 * n["span"] / both, "exact": 200 * n["exact"] / both, "end-to-end": 200 * n["end"] / both,
        "speaker": 100 * n["speaker"] / max(1, n["speakers"]), "precision": 100 * n["span"] / max(1, n["found"]),
        "recall": 100 * n["span"] / max(1, n["gold"]),
    }  # fmt: skip


def shortened(folder: Path) -> Tagger:
    """Build a tagger of fewer layers from one that is trained, its heads included."""
    state = common.weights(folder, 2)
    places = {f"encoder.layers.{old}.": f"encoder.layers.{new}." for new, old in enumerate(KEPT)}
    kept = {}
    for name, value in state.items():
        layer = name[: name.index(".", len("encoder.layers.")) + 1] if name.startswith("encoder.layers.") else ""
        if not layer or layer in places:
            kept[places.get(layer, layer) + name.removeprefix(layer)] = value
    model = Tagger(encoders.MiniLM(layers=len(KEPT)))
    model.load_state_dict(kept)
    return model


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shorten", type=Path, help="begin with some layers of the run in this folder")
    parser.add_argument("--articles", type=int, default=None, help="train on the first so many only (a trial)")
    args = parser.parse_args()
    common.fix_seeds(args.seed)
    score = common.scorer()
    prepared = [article(r) for r in common.read_gold("statements/polnear_train")[: args.articles]]
    dev = {name: common.read_gold(f"statements/{name}") for name in ("polnear_dev", "gum_news")}
    dev_pieces = {name: [encoding.split_pieces(r["text"]) for r in rows] for name, rows in dev.items()}
    model = shortened(args.shorten) if args.shorten else Tagger(encoders.pretrained_encoder())
    history = common.taken_up(model, args.folder)

    def epoch_batches(epoch: int) -> list[list[Window]]:
        # other window lengths each epoch, so that the cuts fall elsewhere
        rng = np.random.default_rng(1000 * args.seed + epoch)
        rows = [w for p in prepared for w in cut(p, int(rng.integers(112, WINDOW)))]
        return [[rows[i] for i in b] for b in common.batches([len(w.ids) for w in rows], 2560, epoch)]

    def after_epoch(epoch: int) -> None:
        entry: dict[str, Any] = {"epoch": epoch}
        for name, rows in dev.items():
            results = [found(model, p) for p in dev_pieces[name]]
            for speech in (False, True):
                entry[name + (" speech" if speech else "")] = {
                    k: round(v, 1) for k, v in figures(rows, results, score, speech=speech).items()
                }
        history.append(entry)
        common.keep(model, args.folder, vars(args), history)

    common.train(
        model,
        epoch_batches,
        lambda b: loss(model, b),
        after_epoch,
        epochs=args.epochs,
        done=len(history),
        rate=args.rate,
        head_rate=1e-3,
    )


if __name__ == "__main__":
    main()
