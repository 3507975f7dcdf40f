"""The grounding check: does it let stand what the evidence bears out, and refuse what it does not?"""

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from sklearn.metrics import balanced_accuracy_score, roc_curve

from nlp.ground import check_claim
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import Rows, drawn, share
from tests.evals.sets import Measure, Row, Sets
from tests.evals.train_grounding import SETS, evidence_of, measured, train

FOLDS = 5
LIKE = 200
OVERLAP = "word overlap at its best cut"
WORD = re.compile(r"[^\W_]+")
KINDS = ("entity_modification", "antonym_swap", "negation_insertion_removal", "hallucinated_fact_insertion")


def checked(name: str) -> Measure:
    """Mean of the shares of true and of false claims judged rightly, beside word overlap cut where it serves best;
    with weights learnt from claims about other sources, and as it ships.
    """

    def measure(sets: Sets) -> Iterator[Figure]:
        rows = sets.rows(name, SETS[name])
        truth, against = np.array([row["label"] for row in rows]), _best_cut(rows)
        for way, judge in (("", _unseen), (", as it ships", _shipped)):
            said, seconds = timed(lambda judge=judge: np.array(judge(sets, rows)))

            def balanced(places: Rows, said=said) -> float:
                return float(balanced_accuracy_score(truth[places], said[places]))

            spread, count = drawn(balanced, len(rows)), len(rows)
            yield Figure(f"balanced accuracy{way}", name, spread, count, seconds, against, OVERLAP)
            for kind in KINDS:
                edited = np.array([kind in row.get("edit_types", ()) for row in rows])
                if edited.any() and not way:
                    refused = share(~said[edited])
                    yield Figure(f"{kind.replace('_', ' ')} caught", name, refused, int(edited.sum()), seconds)

    measure.__doc__ = checked.__doc__
    return measure


def _overlap(row: Row) -> float:
    claim = set(WORD.findall(row["claim"].lower()))
    return len(claim & set(WORD.findall(row["source"].lower()))) / max(len(claim), 1)


def _best_cut(rows: Sequence[Row]) -> float:
    false, true, _ = roc_curve([row["label"] for row in rows], [_overlap(row) for row in rows])
    return float(((true + 1 - false) / 2).max())


def _shipped(sets: Sets, rows: Sequence[Row]) -> list[bool]:
    return [check_claim(row["claim"], evidence_of(row)).supported for row in rows]


def _unseen(sets: Sets, rows: Sequence[Row]) -> list[bool]:
    claims = _claims(sets)
    weights = [train([claim for claim in claims if _fold(claim[1]) != fold]) for fold in range(FOLDS)]
    return [check_claim(row["claim"], evidence_of(row), weights[_fold(row)]).supported for row in rows]


@cache
def _claims(sets: Sets) -> list[tuple[str, Row, dict[str, float]]]:
    return measured(sets)


def _fold(row: Row) -> int:
    """Claims about one source are in one fold."""
    return zlib.crc32(row["source"][:LIKE].encode()) % FOLDS


MEASURES: dict[str, Measure] = {name: checked(name) for name in SETS}
