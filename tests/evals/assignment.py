"""Assignment: does a point go to the right one of the themes that are already known?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier

from nlp.encode import encode
from nlp.missions import Entry, Framework, align
from nlp.registry import assign
from tests.evals.classifying import TFIDF_REGRESSION, pipeline
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import Rows, drawn, share
from tests.evals.lone import vectors_of
from tests.evals.sets import Measure, Row, Sets

EXAMPLES = 10


def key_points(sets: Sets) -> Iterator[Figure]:
    """Share of arguments whose nearest key point, of those of their motion and side, is one that annotators chose.

    The key points' vectors stand for the centroids of known themes. Beside it, of the points that the registry is
    sure enough to assign, the share that it assigns rightly, and the share that it assigns.
    """
    rows = [row for row in sets.rows("argkp") if row["label"]]
    found, seconds = timed(lambda: _assigned(rows))
    nearest, theirs = np.array([hit for hit, _ in found]), float(np.mean(_by_words(rows)))
    sure = np.array([is_sure for _, is_sure in found])
    yield Figure("top-1", "argkp", share(nearest), len(rows), seconds, theirs, "TF-IDF cosine of word parts")
    if sure.any():
        yield Figure("right where assigned", "argkp", share(nearest[sure]), int(sure.sum()), seconds)
    yield Figure("assigned", "argkp", share(sure), len(rows), seconds)


def feedback(sets: Sets) -> Iterator[Figure]:
    """Micro-F1 of several labels a comment, from each label's name and up to ten examples as a framework's entry.

    A framework is the product's only way to give a point several of the labels that an editor describes.
    """
    examples, rows = _parted(sets.rows("nhs_fft_v6"))
    labels = sorted(examples)
    truth = _marks([row["label"] for row in rows], labels)

    def answers() -> list[list[str]]:
        texts = [row["text"] for row in rows]
        aligned = align(texts, vectors_of(texts), _framework(examples))
        return [[one.entry for one in answer if one.state == "aligned"] for answer in aligned]

    found, seconds = timed(answers)
    said = _marks(found, labels)
    baseline = float(f1_score(truth, _trained(examples, rows, labels), average="micro", zero_division=0))

    def score(places: Rows) -> float:
        return float(f1_score(truth[places], said[places], average="micro", zero_division=0))

    spread = drawn(score, len(rows))
    yield Figure(
        "micro-F1", "nhs_fft_v6", spread, len(rows), seconds, baseline, f"{TFIDF_REGRESSION} on the same examples"
    )


def _assigned(rows: Sequence[Row]) -> list[tuple[bool, bool]]:
    vectors = vectors_of([row["text"] for row in rows])
    known = sorted({point for row in rows for point in row["all_key_points"]})
    centroid = dict(zip(known, encode(known), strict=True))
    answers = []
    for row, vector in zip(rows, vectors, strict=True):
        found = assign(vector[None], np.array([centroid[point] for point in row["all_key_points"]]))
        answers.append((row["all_key_points"][found.nearest[0]] in row["label"], bool(found.theme[0] >= 0)))
    return answers


def _by_words(rows: Sequence[Row]) -> list[bool]:
    texts, known = [row["text"] for row in rows], sorted({point for row in rows for point in row["all_key_points"]})
    # Parts of words make the stronger baseline: motions and key points share stems, not forms.
    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit([*texts, *known])
    likeness = (weights.transform(texts) @ weights.transform(known).T).toarray()
    place = {point: number for number, point in enumerate(known)}
    own = [[place[point] for point in row["all_key_points"]] for row in rows]
    best = [known[max(places, key=line.__getitem__)] for places, line in zip(own, likeness, strict=True)]
    return [point in row["label"] for point, row in zip(best, rows, strict=True)]


def _parted(rows: Sequence[Row]) -> tuple[dict[str, list[str]], list[Row]]:
    """Each label's first ten comments of few labels, at most half of those it has, and the comments that are left."""
    count = Counter(label for row in rows for label in row["label"])
    examples: dict[str, list[str]] = defaultdict(list)
    left = []
    for row in sorted(rows, key=lambda row: (len(row["label"]), row["id"])):
        wanting = [label for label in row["label"] if len(examples[label]) < min(EXAMPLES, count[label] // 2)]
        for label in wanting:
            examples[label].append(row["text"])
        if not wanting:
            left.append(row)
    return dict(examples), left


def _framework(examples: dict[str, list[str]]) -> Framework:
    entries = tuple(Entry(label, label, label, phrases=tuple(texts)) for label, texts in sorted(examples.items()))
    return Framework("feedback", "1", "Feedback", "labels", entries, ())


def _trained(examples: dict[str, list[str]], rows: Sequence[Row], labels: Sequence[str]) -> np.ndarray:
    taught: dict[str, list[str]] = defaultdict(list)
    for label, texts in examples.items():
        for text in [label, *texts]:
            taught[text].append(label)
    model = OneVsRestClassifier(pipeline()[-1].set_params(class_weight="balanced"))
    weights = pipeline()[0].fit(list(taught))
    model.fit(weights.transform(list(taught)), _marks(list(taught.values()), labels))
    return np.asarray(model.predict(weights.transform([row["text"] for row in rows])))


def _marks(answers: Sequence[Sequence[str]], labels: Sequence[str]) -> np.ndarray:
    return np.array([[label in answer for label in labels] for answer in answers], int)


MEASURES: dict[str, Measure] = {"argkp": key_points, "nhs_fft_v6": feedback}
