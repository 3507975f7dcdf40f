"""Finds the texts that answer a question, by their words and by their meaning."""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors


def answering(question: str, meant: Vectors, texts: Sequence[str], vectors: Vectors) -> NDArray[np.intp]:
    """The places of the texts that answer a question, the best first; shape (len(texts),).

    `meant` is the question's unit vector, `vectors` those of the texts. Words count by BM25 (Robertson & Zaragoza
    2009; bm25s), meaning by cosine, each in standard deviations over these texts, so that neither drowns the other.
    """
    return np.argsort(-(_standard(_by_words(question, texts)) + _standard(vectors @ meant)), kind="stable")


def _by_words(question: str, texts: Sequence[str]) -> NDArray[np.float64]:
    from bm25s import BM25, tokenize
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    # As it comes it writes a line a call to whoever listens.
    logging.getLogger("bm25s").setLevel(logging.WARNING)

    grammar = sorted(ENGLISH_STOP_WORDS)
    asked, *words = tokenize([question, *texts], stopwords=grammar, return_ids=False, show_progress=False)
    if not any(words):
        return np.zeros(len(texts))
    index = BM25(k1=1.2, b=0.5)
    index.index(words, show_progress=False)
    known = [word for word in asked if word in index.vocab_dict]
    return np.asarray(index.get_scores(known), np.float64) if known else np.zeros(len(texts))


def _standard(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    spread = float(scores.std()) if len(scores) else 0.0
    return np.asarray((scores - scores.mean()) / spread if spread else np.zeros(len(scores)), np.float64)
