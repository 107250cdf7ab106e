"""What the training scripts share: where the gold is, batches and the loop."""

from __future__ import annotations

import gzip
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

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("STANCEBOOK_SHARED", REPOSITORY.parent / "shared"))
MODELS = REPOSITORY / "analysis" / "models"

Rows = list[dict[str, Any]]


def read_gold(name: str) -> Rows:
    """Rows of one gold file, e.g. 'portrayal/newsmtsc_train'."""
    return read_shared(f"gold/{name}")


def read_shared(name: str) -> Rows:
    """Rows of one shared file, e.g. 'corpora/war_news_2022_2024'."""
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
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
    return {k: sum(s[k] for s in states) / len(states) if v.is_floating_point() else v for k, v in states[0].items()}


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
