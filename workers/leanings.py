"""Charts of where sectors agree and differ."""

from collections.abc import Iterator, Sequence
from typing import Any

from nlp.facts import SectorFact, ThemeFact
from nlp.section import LEANS, lean_of, named_sector
from workers import drawing
from workers.figure import SECTORS, Figure, counted, is_or_are, listed, opened, spelt

NARROWEST = 0.06
"""A part of the width below which a bar has no room for its number; the table beside the chart has it."""


def stances(name: str, themes: Sequence[ThemeFact], marking: str) -> Iterator[Figure]:
    """What the named sectors' points say of each theme; nothing where no sector may be named."""
    heard = [(place, theme, row) for place, theme in enumerate(themes) for row in theme.sectors if row.points]
    if not heard:
        return
    widest = max(row.points for _, _, row in heard)
    rows = [bar for place, theme, row in heard for bar in _bars(place, theme, row, widest)]
    title = _agreement(themes)
    yield Figure(
        name,
        title,
        f"Bars show how many points of each sector support, are concerned or are mixed. {title}.",
        drawing.stance_bars(rows, marking, named=len(themes) > 1),
        ["Theme", "Sector", "Supports", "Mixed", "Is concerned"],
        [[theme.title, spelt(row.sector), row.supports, row.mixed, row.concerned] for _, theme, row in heard],
    )


def _bars(place: int, theme: ThemeFact, row: SectorFact, widest: int) -> Iterator[dict[str, Any]]:
    """Mixed points lie across the middle, concerned ones to their left and supportive ones to their right."""
    at = -row.mixed / 2 - row.concerned
    for stance, count in (("is concerned", row.concerned), ("mixed", row.mixed), ("supports", row.supports)):
        if count:
            yield {
                "place": place,
                "theme": theme.title,
                "sector": SECTORS.get(row.sector, row.sector),
                "stance": stance,
                "start": at,
                "middle": at + count / 2,
                "end": at + count,
                "shown": str(count) if count >= widest * NARROWEST * len(str(count)) else "",
                "says": f"{theme.title}, {spelt(row.sector)}: {counted(count, 'point')}, {stance}",
            }
        at += count


def _agreement(themes: Sequence[ThemeFact]) -> str:
    """Where sectors differ if they do, else where they agree; on the theme with the most points behind it."""
    apart, together = [], []
    for theme in themes:
        sides: dict[str, list[str]] = {}
        for row in theme.sectors:
            if lean := lean_of(row):
                sides.setdefault(lean, []).append(row.sector)
        if {"supports", "is concerned"} <= set(sides):
            apart.append((theme, sides))
        elif any(len(sectors) > 1 for sectors in sides.values()):
            together.append((theme, sides))
    if apart:
        theme, sides = max(apart, key=lambda side: _weight(side[0]))
        one, other = (listed(list(map(named_sector, sides[lean]))) for lean in ("supports", "is concerned"))
        return f"Sectors differ on ‘{theme.title}’: {one} {is_or_are(sides['supports'])} supportive, {other} concerned"
    if together:
        theme, sides = max(together, key=lambda side: _weight(side[0]))
        lean, sectors = max(sides.items(), key=lambda side: len(side[1]))
        names = listed(list(map(named_sector, sectors)))
        return f"{opened(names)} agree on ‘{theme.title}’: they are {LEANS[lean]}"
    return f"No two sectors clearly agree or differ on {'these themes' if len(themes) > 1 else f'‘{themes[0].title}’'}"


def _weight(theme: ThemeFact) -> int:
    return sum(row.points for row in theme.sectors)
