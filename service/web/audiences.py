"""What a digest tells each sector: the themes that name it, and the openings that it is part of."""

from dataclasses import dataclass
from typing import Any

from models.campaign import SECTORS
from models.digest import Digest


@dataclass(frozen=True)
class Breadth:
    """A theme and, for each sector, at how many of the events where readers are told of it: "2 of 3", or not named."""

    title: str
    sectors: tuple[str, ...]


def breadths(digest: Digest) -> list[Breadth]:
    """The themes of a digest with what they tell of each sector in turn; empty before it is drafted."""
    themes: list[dict[str, Any]] = (digest.facts or {}).get("themes", [])
    return [Breadth(theme["title"], tuple(_told(theme, sector) for sector in SECTORS)) for theme in themes]


def openings(digest: Digest) -> dict[str, list[str]]:
    """For each sector that is part of one, the sentences on openings to work together."""
    themes = (digest.facts or {}).get("themes", [])
    sector_of = {point["id"]: point["sector"] for theme in themes for point in theme["points"]}
    found: dict[str, list[str]] = {sector: [] for sector in SECTORS}
    for sentence in _openings(digest.briefing or {}):
        for sector in {sector_of.get(point) for point in sentence["points"]} & set(SECTORS):
            found[str(sector)].append(sentence["text"])
    return {sector: texts for sector, texts in found.items() if texts}


def _told(theme: dict[str, Any], sector: str) -> str:
    row = next((row for row in theme["sectors"] if row["sector"] == sector and row["present"]), None)
    return f"{row['events']} of {row['present']}" if row else "not named"


def _openings(briefing: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        sentence
        for mission in briefing.get("missions", [])
        for theme in mission["themes"]
        for part in theme["parts"]
        if part["key"] == "openings"
        for sentence in part["sentences"]
    ]
