"""A digest's period: the quarter to begin with, and the title that a period gives."""

from datetime import date, timedelta

from service.web.outline import day

LONGEST_TITLE = 200


def last_quarter(today: date) -> tuple[date, date]:
    """The first and the last day of the last calendar quarter that is over."""
    end = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1) - timedelta(days=1)
    return date(end.year, end.month - 2, 1), end


def title(start: date, end: date, about: str = "") -> str:
    """What a digest of a period is called where nobody names it, such as What leaders said, March to May 2026."""
    called = f"What leaders said, {_told(start, end)}"
    named = f"{called}: {about}"
    return named if about and len(named) <= LONGEST_TITLE else called


def _told(start: date, end: date) -> str:
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        first, last = f"{start:%B %Y}", f"{end:%B %Y}"
        short = f"{start:%B}"
    else:
        first, last = day(start), day(end)
        short = f"{start.day} {start:%B}"
    if first == last:
        return last
    return f"{short if start.year == end.year else first} to {last}"
