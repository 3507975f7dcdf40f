"""Themes: always some, the same ones in any order and process, and good enough on our own samples."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import v_measure_score

from nlp.encode import Vectors, encode
from nlp.themes import FoundTheme, discover
from tests.nlp.subjects import points

ROOT = Path(__file__).parents[2]


def labels(found: tuple[FoundTheme, ...], count: int) -> np.ndarray:
    where = np.full(count, -1)
    for number, theme in enumerate(found):
        where[list(theme.members)] = number
    return where


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 30, 100])
def test_always_themes(count: int) -> None:
    texts, _ = points(count)
    vectors = encode(texts)
    found = discover(texts, vectors)
    members = [place for theme in found for place in theme.members]
    assert found
    assert len(members) == len(set(members)) >= 0.8 * count
    assert [len(theme.members) for theme in found] == sorted((len(theme.members) for theme in found), reverse=True)
    for theme in found:
        assert set(theme.typical) <= set(theme.members)
        assert 1 <= len(theme.typical) <= 3
        np.testing.assert_allclose(theme.centroid, mean(vectors[list(theme.members)]), atol=1e-4)


def test_no_points_no_themes() -> None:
    assert discover([], encode([])) == ()


def test_subjects_are_told_apart() -> None:
    texts, subjects = points(400)
    found = discover(texts, encode(texts))
    assert 4 <= len(found) <= 24
    assert v_measure_score(subjects, labels(found, len(texts))) > 0.6


def test_above_the_largest_sample_the_rest_join() -> None:
    texts, subjects = points(5000)
    kinds, where = np.unique([re.sub(r" and lost .*", ".", text) for text in texts], return_inverse=True)
    vectors = encode(list(kinds))[where]
    found = discover(texts, vectors)
    where = labels(found, len(texts))
    assert (where < 0).mean() <= 0.2
    assert v_measure_score(subjects, where) > 0.6


@settings(max_examples=3, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([7, 40, 60]))
def test_the_order_of_the_points_does_not_matter(random: object, count: int) -> None:
    texts, _ = points(count)
    vectors = encode(texts)
    order = list(range(count))
    random.shuffle(order)
    straight = discover(texts, vectors)
    shuffled = discover([texts[place] for place in order], vectors[order])
    assert [(theme.title, theme.description, theme.keywords) for theme in straight] == [
        (theme.title, theme.description, theme.keywords) for theme in shuffled
    ]
    assert [theme.members for theme in straight] == [
        tuple(sorted(order[place] for place in theme.members)) for theme in shuffled
    ]


def test_the_same_in_another_process() -> None:
    texts, _ = points(80)
    program = """if True:
        import json
        from nlp.encode import encode
        from nlp.themes import discover
        from tests.nlp.subjects import points
        texts, _ = points(80)
        found = discover(texts, encode(texts))
        print(json.dumps([[t.title, t.description, t.keywords, t.members, t.centroid.tobytes().hex()] for t in found]))
    """
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    here = [
        [theme.title, theme.description, list(theme.keywords), list(theme.members), theme.centroid.tobytes().hex()]
        for theme in discover(texts, encode(texts))
    ]
    assert json.loads(run.stdout.splitlines()[-1]) == here


def test_odd_texts_make_themes_too() -> None:
    texts = ["Yes.", "and the", "[Person A]", "…", "123", "Yes.", "?"]
    found = discover(texts, encode(texts))
    assert all(theme.title for theme in found)


def mean(vectors: Vectors) -> Vectors:
    total = vectors.sum(axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)
