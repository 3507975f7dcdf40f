"""Titles: in the points' own words, short, without surrogates, no two alike."""

import re
from importlib.resources import files

import numpy as np
import pytest

from nlp.encode import encode
from nlp.phrases import noun_phrases, plain
from nlp.themes import FoundTheme, discover
from tests.nlp.subjects import points

TOPICS = frozenset((files("nlp.gazetteers") / "topics.txt").read_text("utf-8").splitlines())


@pytest.fixture(scope="module")
def found() -> tuple[list[str], tuple[FoundTheme, ...]]:
    texts, _ = points(320)
    texts = [f"[Person {'AB'[place % 2]}] said: {text}" if place % 3 == 0 else text for place, text in enumerate(texts)]
    return texts, discover(texts, encode(texts))


def test_short_and_in_sentence_case(found: tuple) -> None:
    for theme in found[1]:
        words = theme.title.split()
        assert theme.title in TOPICS or 1 <= len(words) <= 6
        assert theme.title[0].isupper()
        assert len(words) == 1 or not all(word[0].isupper() for word in words if word != "and")


def test_words_are_a_topics_or_the_points_own(found: tuple) -> None:
    texts, themes = found
    for theme in themes:
        said = set(re.findall(r"\w+", " ".join(texts[place] for place in theme.members).lower()))
        for phrase in theme.keywords if theme.title in TOPICS else (theme.title, *theme.keywords):
            assert set(re.findall(r"\w+", phrase.lower())) - {"and"} <= said


def test_no_surrogates_and_no_catch_alls(found: tuple) -> None:
    for theme in found[1]:
        for phrase in (theme.title, *theme.keywords):
            assert "[" not in phrase
            assert "person a" not in phrase.lower()
            assert not re.search(r"\b(other|others|general|issues|miscellaneous|various)\b", phrase.lower())


def test_no_two_titles_nearly_equal(found: tuple) -> None:
    vectors = encode([theme.title for theme in found[1]])
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    assert likeness.max() <= 0.9


def test_titles_are_near_their_points(found: tuple) -> None:
    titles = encode([theme.title for theme in found[1]])
    centroids = np.array([theme.centroid for theme in found[1]])
    assert np.mean((titles @ centroids.T).argmax(axis=1) == np.arange(len(titles))) > 0.8


def test_the_description_quotes_a_point(found: tuple) -> None:
    texts, themes = found
    for theme in themes:
        quoted = re.fullmatch(r"What was said most: “(.+)”", theme.description)
        assert quoted
        assert quoted[1].removesuffix(" …") in texts[theme.typical[0]]


def test_a_long_point_is_shortened_at_a_word() -> None:
    text = "The queue for homes is " + "very " * 80 + "long."
    (theme,) = discover([text], encode([text]))
    assert len(theme.description) < 300
    assert theme.description.endswith("very …”")


def test_phrases_keep_capitals_of_names_and_drop_those_of_openings() -> None:
    first, second = noun_phrases(["Grid connections in Wales are slow.", "The NHS pays for grid connections."])
    assert "grid connections" in first
    assert "grid connections" in second
    assert any("Wales" in phrase for phrase in first)
    assert any("NHS" in phrase for phrase in second)


def test_plain_drops_surrogates() -> None:
    assert plain("[Person A] told [private-sector organisation 2]'s board.") == "told board."
