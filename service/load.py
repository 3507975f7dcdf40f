"""Uploads a folder of notes that a manifest.csv describes; safe to repeat."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.campaign import SECTORS
from models.errors import Invalid
from service.client import Client, Refused

MANIFEST = "manifest.csv"
COLUMNS = ("file", "event", "title", "kind", "date", "campaign", "attribution", "marking")
COUNTS = {sector.replace("-", "_").replace(" ", "_"): sector for sector in SECTORS}


@dataclass(frozen=True)
class Row:
    """What became of one row of the manifest: the note's id, or why not."""

    number: int
    file: str
    note_id: str | None
    message: str


def manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of a folder's manifest; raises Invalid when it is not there or lacks a column."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Invalid(f"There is no {MANIFEST} in this folder. It needs the columns {', '.join((*COLUMNS, *COUNTS))}.")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    missing = [name for name in (*COLUMNS, *COUNTS) if rows and name not in rows[0]]
    if missing or not rows:
        raise Invalid(f"{MANIFEST} has no rows." if not rows else f"{MANIFEST} lacks the columns {', '.join(missing)}.")
    return rows


def load(client: Client, folder: Path, rows: list[dict[str, str]]) -> Iterator[Row]:
    """Uploads each row's note, creating its campaign and event where they are not there; yields as it goes."""
    campaigns = {campaign["name"]: campaign["id"] for campaign in client.get("/campaigns")}
    events = {(event["title"], event["held_on"]): event["id"] for event in _events(client)}
    for number, row in enumerate(rows, start=2):
        try:
            event_id = _event(client, row, campaigns, events)
            note = client.upload(f"/events/{event_id}/notes", _file(folder, row["file"]))
            yield Row(number, row["file"], note["id"], note["state"])
        except (Refused, Invalid) as problem:
            yield Row(number, row["file"], None, problem.message)


def _file(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise Invalid("There is no such file in the folder.")
    return path


def _event(client: Client, row: dict[str, str], campaigns: dict[str, str], events: dict[tuple[str, str], str]) -> str:
    name = row["campaign"]
    if name not in campaigns:
        campaigns[name] = client.post("/campaigns", {"name": name})["id"]
    key = (row["title"], row["date"])
    if key not in events:
        new: dict[str, Any] = {
            "campaign_id": campaigns[name],
            "title": row["title"],
            "kind": row["kind"],
            "held_on": row["date"],
            "attribution": row["attribution"] or "chatham-house",
            "marking": row["marking"] or "OFFICIAL",
            "sectors": {sector: int(row[column] or 0) for column, sector in COUNTS.items()},
        }
        events[key] = client.post("/events", new)["id"]
    return events[key]


def _events(client: Client) -> Iterator[dict[str, Any]]:
    after = ""
    while page := client.get("/events", after=after, limit=200):
        yield from page
        after = page[-1]["id"]
