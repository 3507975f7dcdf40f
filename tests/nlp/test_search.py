"""Search: words and meaning both count, and odd questions do no harm."""

import numpy as np
import pytest

from nlp.encode import encode
from nlp.search import answering

SAID = (
    "The bakery closes on Mondays.",
    "Nurses leave because they cannot afford to live near the hospital.",
    "Form QX-17 has to be sent by post.",
    "Rents by the wards drive clinical staff away.",
    "The orchestra plays in May.",
)


def best(question: str) -> list[int]:
    vectors = encode([question, *SAID])
    return answering(question, vectors[0], SAID, vectors[1:]).tolist()


def test_what_means_the_same_is_found_in_other_words() -> None:
    assert set(best("Does the cost of housing make health workers quit?")[:2]) == {1, 3}


def test_a_rare_word_is_found_as_it_is_written() -> None:
    assert best("QX-17")[0] == 2


@pytest.mark.parametrize("question", ["zzz", "the", "?", "Mondays " * 50])
def test_any_question_ranks_every_text_once(question: str) -> None:
    assert sorted(best(question)) == list(range(len(SAID)))


def test_texts_without_words_and_no_texts_at_all() -> None:
    vectors = encode(["bread", "–", "the"])
    assert sorted(answering("bread", vectors[0], ["–", "the"], vectors[1:])) == [0, 1]
    assert answering("bread", vectors[0], [], np.empty((0, 384), np.float32)).tolist() == []
