"""How long something took."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

Made = TypeVar("Made")


def timed(work: Callable[[], Made]) -> tuple[Made, float]:
    """What the work gives, and the seconds it took."""
    start = perf_counter()
    made = work()
    return made, perf_counter() - start
