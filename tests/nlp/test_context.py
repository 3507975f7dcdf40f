"""Vectors that know what was being talked about, on the sample notes as they are read."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, v_measure_score

from nlp.context import encode_in_context
from nlp.encode import encode
from nlp.phrases import plain
from nlp.points import find_points
from nlp.read import Block, Document, read
from nlp.themes import discover

ROOT = Path(__file__).parents[2]
KEY = json.loads((ROOT / "tests" / "samples" / "key.json").read_text())


@pytest.fixture(scope="module")
def spoken() -> tuple[list[str], list[str], np.ndarray]:
    """The points that the key knows word for word: text, theme, and vector in context."""
    texts, themes, vectors = [], [], []
    for note in KEY:
        document = read((ROOT / "service" / "samples" / note["file"]).read_bytes(), note["file"])
        points = find_points(document, {})
        known = {point["text"]: point["theme"] for point in note["points"]}
        for point, vector in zip(points, encode_in_context(document, points).in_context, strict=True):
            if known.get(point.text, "none") != "none":
                texts.append(point.text)
                themes.append(known[point.text])
                vectors.append(vector)
    return texts, themes, np.array(vectors)


def agreement(texts: list[str], themes: list[str], vectors: np.ndarray) -> tuple[int, float, float]:
    found = discover(texts, vectors)
    labels = np.full(len(texts), -1)
    for number, theme in enumerate(found):
        labels[list(theme.members)] = number
    assert (labels < 0).mean() <= 0.2
    return len(found), v_measure_score(themes, labels), adjusted_rand_score(themes, labels)


def test_themes_agree_with_the_key(spoken: tuple[list[str], list[str], np.ndarray]) -> None:
    texts, themes, vectors = spoken
    count, v_measure, rand = agreement(texts, themes, vectors)
    _, without_v, without_rand = agreement(texts, themes, encode([plain(text) for text in texts]))
    print(f"in context: {count} themes, V {v_measure:.3f}, ARI {rand:.3f}")
    print(f"alone: V {without_v:.3f}, ARI {without_rand:.3f}")
    assert len(set(themes)) / 2 <= count <= len(set(themes)) * 2
    assert v_measure >= 0.60
    assert rand >= 0.30
    assert rand >= 2 * without_rand


def test_alone_in_its_section_a_point_is_itself_under_its_heading() -> None:
    text = "Minutes\nThe queue\nWe wait nine years for it."
    document = Document(text, (Block("heading", 0, 7, 1), Block("heading", 8, 17, 2), Block("bullet", 18, len(text))))
    points = find_points(document, {})
    (vector,) = encode_in_context(document, points).in_context
    (expected,) = encode(["The queue: We wait nine years for it."])
    assert vector @ expected == pytest.approx(1, abs=1e-6)


def test_no_points_no_vectors() -> None:
    assert len(encode_in_context(Document("", ()), ()).in_context) == 0
