"""The quarter that a new digest begins with, and the title that its period gives."""

from datetime import date

import pytest

from service.web.period import last_quarter, title


@pytest.mark.parametrize(
    ("today", "start", "end"),
    [
        (date(2026, 1, 1), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 3, 31), date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 4, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 11, 25), date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_a_new_digest_begins_with_the_last_quarter_that_is_over(today: date, start: date, end: date) -> None:
    assert last_quarter(today) == (start, end)


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        (date(2026, 3, 1), date(2026, 5, 31), "March to May 2026"),
        (date(2026, 2, 1), date(2026, 2, 28), "February 2026"),
        (date(2025, 11, 1), date(2026, 1, 31), "November 2025 to January 2026"),
        (date(2026, 3, 2), date(2026, 5, 31), "2 March to 31 May 2026"),
        (date(2025, 12, 30), date(2026, 1, 4), "30 December 2025 to 4 January 2026"),
        (date(2026, 3, 2), date(2026, 3, 2), "2 March 2026"),
    ],
)
def test_a_title_is_made_of_the_period(start: date, end: date, period: str) -> None:
    assert title(start, end) == f"What leaders said, {period}"
    assert title(start, end, "Harbours") == f"What leaders said, {period}: Harbours"
    assert title(start, end, "H" * 200) == title(start, end)
