"""Bootstrap intervals with a fixed seed."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.evals.figure import Spread

ROUNDS, FEW_ROUNDS = 1000, 200
SEED = 20240704
Rows = NDArray[np.int64]


def share(hits: Sequence[float], of: Sequence[float] | None = None) -> Spread:
    """Hits in all over totals in all, one pair a row; the interval draws rows, so that a document counts as one."""
    top = np.asarray(hits, float)
    bottom = np.ones(len(top)) if of is None else np.asarray(of, float)
    drawn = np.random.default_rng(SEED).integers(0, len(top), (ROUNDS, len(top)))
    sums = bottom[drawn].sum(axis=1)
    ratios = top[drawn].sum(axis=1)[sums > 0] / sums[sums > 0]
    return _between(float(top.sum() / max(bottom.sum(), 1e-12)), ratios)


def drawn(statistic: Callable[[Rows], float], count: int) -> Spread:
    """A statistic of rows; the interval draws as many rows as there are, with replacement (Efron 1979)."""
    random = np.random.default_rng(SEED)
    values = [statistic(random.integers(0, count, count)) for _ in range(FEW_ROUNDS)]
    return _between(statistic(np.arange(count)), np.array(values))


def halved(statistic: Callable[[Rows], float], count: int) -> Spread:
    """A statistic of a grouping, where a row drawn twice would agree with itself: half-samples instead.

    Their spread about their median is that of the whole (delete-half jackknife, Shao & Wu 1989).
    """
    random = np.random.default_rng(SEED)
    values = np.array([statistic(random.permutation(count)[: count // 2]) for _ in range(FEW_ROUNDS)])
    value = statistic(np.arange(count))
    return _between(value, value + values - np.median(values))


def _between(value: float, values: NDArray[Any]) -> Spread:
    low, high = np.quantile(values, (0.025, 0.975))
    return Spread(value, float(low), float(high))
