"""The registry: points of known themes find them, others stay unthemed, and found themes continue known ones."""

import numpy as np
import pytest

from nlp.encode import encode
from nlp.registry import assign, match
from nlp.themes import FoundTheme, discover
from tests.nlp.subjects import points


@pytest.fixture(scope="module")
def known() -> tuple[list[str], np.ndarray, tuple[FoundTheme, ...], np.ndarray]:
    texts, _ = points(320)
    vectors = encode(texts)
    found = discover(texts, vectors)
    return texts, vectors, found, np.array([theme.centroid for theme in found])


def test_with_nothing_known_all_is_unthemed() -> None:
    vectors = encode(["One thing.", "Another."])
    result = assign(vectors, np.zeros((0, 384), np.float32))
    assert result.theme.tolist() == result.nearest.tolist() == [-1, -1]
    assert result.similarity.tolist() == [0, 0]


def test_no_points_give_empty_arrays(known: tuple) -> None:
    result = assign(encode([]), known[3])
    assert len(result.theme) == len(result.nearest) == len(result.similarity) == 0


def test_new_points_on_a_known_subject_join_it(known: tuple) -> None:
    texts, _, found, centroids = known
    again = [text.replace("Councils", "Town councils").replace("Charities", "Local charities") for text in texts]
    result = assign(encode(again), centroids)
    where = {place: number for number, theme in enumerate(found) for place in theme.members}
    same = [result.nearest[place] == number for place, number in where.items()]
    assert np.mean(same) > 0.75
    assert (result.theme >= 0).mean() > 0.6


def test_a_new_subject_stays_unthemed_with_its_nearest(known: tuple) -> None:
    news = ["The museum bought a Bronze Age pot.", "Whales were counted off Iceland.", "Her violin was made in 1712."]
    result = assign(encode(news), known[3])
    assert result.theme.tolist() == [-1, -1, -1]
    assert (result.nearest >= 0).all()


@pytest.mark.parametrize("themes", [1, 2, 5])
def test_a_young_registry_takes_only_what_is_near(known: tuple, themes: int) -> None:
    _, vectors, found, centroids = known
    few = centroids[:themes]
    assert assign(vectors[list(found[0].typical)], few).theme.tolist() == [0] * len(found[0].typical)
    assert assign(encode(["Whales were counted off Iceland."]), few).theme.tolist() == [-1]


def test_a_points_theme_does_not_depend_on_the_other_points(known: tuple) -> None:
    _, vectors, _, centroids = known
    together = assign(vectors, centroids)
    alone = [assign(vectors[[place]], centroids).theme[0] for place in range(0, 320, 16)]
    assert together.theme[::16].tolist() == alone


def test_found_themes_continue_themselves_in_any_order(known: tuple) -> None:
    _, _, found, centroids = known
    turned = np.roll(np.arange(len(found)), 3)
    assert match(found, centroids[turned]) == tuple(
        int(np.flatnonzero(turned == place)[0]) for place in range(len(found))
    )


def test_a_tenth_of_the_points_gone_most_themes_continue(known: tuple) -> None:
    texts, vectors, _, centroids = known
    kept = [place for place in range(len(texts)) if place % 10]
    later = discover([texts[place] for place in kept], vectors[kept])
    continued = match(later, centroids)
    assert sum(place >= 0 for place in continued) >= 0.6 * len(later)
    matched = [place for place in continued if place >= 0]
    assert len(matched) == len(set(matched))


def test_a_theme_unlike_all_known_is_new(known: tuple) -> None:
    texts = [f"Whales were counted off Iceland in {year}." for year in range(1990, 2000)]
    later = discover(texts, encode(texts))
    assert set(match(later, known[3])) == {-1}
    assert match(later, np.zeros((0, 384), np.float32)) == (-1,) * len(later)
    assert match((), known[3]) == ()
