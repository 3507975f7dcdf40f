"""What a version of a framework would change, in words."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from models.framework import FrameworkVersion, VersionState
from models.release import released_text
from service.api.frameworks import stale
from service.web.framework_text import changes

SHOWN = 150


def seen(session: Session, row: FrameworkVersion, current: FrameworkVersion) -> dict[str, Any]:
    """What the page of a version tells: its changes, the themes that move, and whether that still holds."""
    remap = row.remap or {}
    compared = session.get(FrameworkVersion, remap.get("against") or current.id) or current
    titles = {entry["id"]: entry["title"] for entry in [*compared.entries, *row.entries]}
    moved = [
        {"title": released_text(theme["title"]), **{when: _named(theme[when], titles) for when in ("before", "after")}}
        for theme in remap.get("themes", ())
    ]
    return {
        "compared": compared,
        "stale": row.state is VersionState.compared and stale(row, current),
        "told": changes(compared.entries, row.entries) if row.id != compared.id and row.entries else [],
        "moved": moved[:SHOWN],
        "more": max(0, len(moved) - SHOWN),
        "counts": _counts(remap),
        "problem": remap.get("problem"),
    }


def _counts(remap: Mapping[str, Any]) -> list[tuple[int, str]]:
    """How many themes keep their place, move, find one or lose theirs, with the words that fit the number."""
    moved = remap.get("themes", ())
    counts = (
        (remap.get("kept", 0), "theme keeps its place", "themes keep their place"),
        (sum(bool(row["before"] and row["after"]) for row in moved), "theme moves", "themes move"),
        (sum(not row["before"] for row in moved), "theme finds a place", "themes find a place"),
        (sum(not row["after"] for row in moved), "theme would have none", "themes would have none"),
        (remap.get("none", 0), "theme has none either way", "themes have none either way"),
    )
    return [(count, one if count == 1 else many) for count, one, many in counts if count]


def _named(entries: list[str], titles: Mapping[str, str]) -> list[str]:
    return [titles.get(entry, entry) for entry in entries]
