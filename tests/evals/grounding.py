"""The grounding check: does it let stand what the evidence bears out, and refuse what it does not?"""

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from sklearn.metrics import balanced_accuracy_score, roc_curve

from nlp.ground import check_claim
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import Rows, drawn
from tests.evals.sets import Measure, Row, Sets

MOST = {"fact_summedits": 600}
WORD = re.compile(r"[^\W_]+")
KINDS = ("entity_modification", "antonym_swap", "negation_insertion_removal", "hallucinated_fact_insertion")


def checked(name: str, evidence: Callable[[Row], Sequence[str]]) -> Measure:
    """Mean of the shares of true and of false claims judged rightly, beside word overlap cut where it serves best."""

    def measure(sets: Sets) -> Iterator[Figure]:
        rows = sets.rows(name, MOST.get(name))
        verdicts, seconds = timed(lambda: [check_claim(row["claim"], evidence(row)) for row in rows])
        truth, said = np.array([row["label"] for row in rows]), np.array([verdict.supported for verdict in verdicts])

        def balanced(places: Rows) -> float:
            return float(balanced_accuracy_score(truth[places], said[places]))

        against = _best_cut(truth, [_overlap(row) for row in rows])
        spread = drawn(balanced, len(rows))
        yield Figure("balanced accuracy", name, spread, len(rows), seconds, against, "word overlap at its best cut")
        for kind in KINDS:
            edited = np.array([kind in row.get("edit_types", ()) for row in rows])
            if edited.any():
                caught = drawn(lambda places, refused=~said[edited]: float(refused[places].mean()), int(edited.sum()))
                yield Figure(f"{kind.replace('_', ' ')} caught", name, caught, int(edited.sum()), seconds)

    measure.__doc__ = checked.__doc__
    return measure


def _overlap(row: Row) -> float:
    claim = set(WORD.findall(row["claim"].lower()))
    return len(claim & set(WORD.findall(row["source"].lower()))) / max(len(claim), 1)


def _best_cut(truth: np.ndarray, scores: Sequence[float]) -> float:
    false, true, _ = roc_curve(truth, scores)
    return float(((true + 1 - false) / 2).max())


def _lines(row: Row) -> list[str]:
    return [line for line in row["source"].split("\n") if line.strip()]


MEASURES: dict[str, Measure] = {
    "fact_diasumfact": checked("fact_diasumfact", _lines),
    "fact_summedits": checked("fact_summedits", _lines),
    "fact_wice": checked("fact_wice", lambda row: row["evidence"]),
}
