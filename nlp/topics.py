"""Topics of public policy, as titles for themes."""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from nlp.encode import Vectors, encode

NEAR = 0.4
"""Below this likeness a topic would be a guess, and the theme's own words serve better."""
DISTINCT = 0.2
"""How much nearer than to the themes at large: a topic that is near to all of them says nothing of one."""


def nearest_topics(centroids: Vectors, model: str | None = None) -> dict[int, str]:
    """The topic of each theme that has one near enough, by the theme's place; no topic serves two themes.

    The pairing is the one with the greatest likeness in all (Kuhn 1955, as SciPy has it).
    """
    from scipy.optimize import linear_sum_assignment

    if not len(centroids):
        return {}
    likeness = centroids @ _vectors(model).T
    others = (likeness.sum(axis=0) - likeness) / max(1, len(centroids) - 1)
    worth = np.where((likeness >= NEAR) & (likeness - others >= DISTINCT), likeness - others, 0.0)
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return {int(theme): _topics()[topic] for theme, topic in pairs if worth[theme, topic] > 0}


@cache
def _topics() -> tuple[str, ...]:
    lines = (files("nlp.gazetteers") / "topics.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=2)
def _vectors(model: str | None) -> Vectors:
    return encode(_topics(), model)
