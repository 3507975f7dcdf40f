"""One line of the table that `make evals` prints."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

COLUMNS = ("measure", "set", "value [95 % interval]", "n", "baseline", "value/baseline", "seconds")


@dataclass(frozen=True)
class Spread:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """A measured value and its baseline's; `spread` is None where the product has nothing to measure yet."""

    measure: str
    set: str
    spread: Spread | None
    n: int
    seconds: float
    baseline: float | None = None
    against: str = ""
    """What the baseline is."""

    @property
    def ratio(self) -> float | None:
        """The value as a multiple of the baseline."""
        return self.spread.value / self.baseline if self.spread and self.baseline else None

    def line(self) -> str:
        """The figure as one line, in the order of COLUMNS."""
        spread = self.spread
        value = f"{spread.value:.3f} [{spread.low:.3f}–{spread.high:.3f}]" if spread else "not built"
        baseline = "–" if self.baseline is None else f"{self.baseline:.3f} ({self.against})"
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        return ", ".join((self.measure, self.set, value, str(self.n), baseline, ratio, f"{self.seconds:.1f}"))

    def content(self) -> dict[str, Any]:
        """The figure as JSON types."""
        return {**asdict(self), "ratio": self.ratio}


def exact(value: float) -> Spread:
    """A value that no other draw of rows would change, or one of which there is a single observation."""
    return Spread(value, value, value)


def heading() -> str:
    """The line above the figures."""
    return ", ".join(COLUMNS)


def lines(figures: Sequence[Figure]) -> str:
    """All figures, a line each."""
    return "\n".join(figure.line() for figure in figures)
