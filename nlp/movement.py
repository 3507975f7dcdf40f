"""How a theme moves: emerging, rising, steady or fading."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal

Movement = Literal["emerging", "rising", "steady", "fading"]

RECENT = timedelta(days=92)
CLEARLY = 1.25
FEWEST_EARLIER = 2


def movement(raised: Collection[date], held: Collection[date], as_of: date) -> Movement:
    """The movement of a theme at a date, from the dates of the events that raised it and of all events.

    Compares the share of events that raised it in the last quarter (92 days) with the share before it; a change
    of a quarter or more counts. A theme first raised in the last quarter is emerging.
    """
    start = as_of - RECENT
    recent_held = sum(start < day <= as_of for day in held)
    earlier_held = sum(day <= start for day in held)
    recent = sum(start < day <= as_of for day in raised)
    earlier = sum(day <= start for day in raised)
    if not earlier:
        return "emerging"
    if not recent_held or earlier_held < FEWEST_EARLIER:
        return "steady"
    ratio = (recent / recent_held) / (earlier / earlier_held)
    if ratio >= CLEARLY:
        return "rising"
    return "fading" if ratio <= 1 / CLEARLY else "steady"
