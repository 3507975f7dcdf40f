"""One line of the table that `make bench` prints."""

from dataclasses import dataclass

COLUMNS = ("measure", "value", "compared with", "ratio", "target", "met", "seconds to measure")


@dataclass(frozen=True)
class Figure:
    """A measured value, what it is compared with, and whether it is as good as it should be (None: no target)."""

    measure: str
    value: str
    against: str = "–"
    ratio: float | None = None
    target: str = "–"
    met: bool | None = None

    def row(self, seconds: float) -> str:
        """The figure as a row of a Markdown table."""
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f} ×" if self.ratio < 20 else f"{self.ratio:.0f} ×"
        met = {True: "yes", False: "**no**", None: "–"}[self.met]
        return _row((self.measure, self.value, self.against, ratio, self.target, met, f"{seconds:.0f}"))


def heading() -> str:
    """The first two lines of the table."""
    return "\n".join((_row(COLUMNS), _row(["---"] * len(COLUMNS))))


def at_most(measure: str, value: float, limit: float, unit: str) -> Figure:
    """A figure that should not be above its limit; the unit is "s" or "MB"."""
    shown = f"{value:.2f} {unit}" if unit == "s" else f"{value:,.0f} {unit}"
    return Figure(measure, shown, target=f"≤ {limit:,g} {unit}", met=value <= limit)


def grows(measure: str, value: str, against: str, ratio: float, limit: float) -> Figure:
    """A figure that should be at most so many times what it is compared with."""
    return Figure(measure, value, against, ratio, f"≤ {limit:g} ×", ratio <= limit)


def beats(measure: str, value: str, against: str, ratio: float, least: float) -> Figure:
    """A figure that should be at least so many times better than what it is compared with."""
    return Figure(measure, value, against, ratio, f"≥ {least:g} ×", ratio >= least)


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
