"""The demonstration: the sample notes through the real API, to a published digest."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from models.errors import Problem
from service.client import Client
from service.load import load, manifest

SAMPLES = Path(__file__).parent / "samples"
TITLE = "What leaders said, January to September 2026"
PERIOD = {"period_start": "2026-01-01", "period_end": "2026-09-30"}
SETTLED = {"themed", "awaiting review", "failed", "withdrawn"}
POLL_SECONDS = 0.3
LONGEST_WAIT = 1200.0


class DemoFailed(Problem):
    """The demonstration could not be carried through."""

    code = "demo-failed"
    title = "The demonstration did not finish"


def demonstrate(client: Client, console: Console) -> str:
    """Uploads, clears, themes and publishes; the path of the digest's page. Repeating it uses what is there."""
    there = [digest for digest in client.get("/digests") if digest["title"] == TITLE and digest["state"] == "published"]
    if there:
        console.print("The samples are loaded and the digest is published already.")
        return f"/digests/{there[0]['id']}"
    with Progress(
        SpinnerColumn(), TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console,
    ) as progress:  # fmt: skip
        note_ids = _upload(client, progress)
        _process(client, progress, note_ids)
        _clear(client, progress, note_ids)
        _discover(client, progress)
        digest = _publish(client, progress)
    return f"/digests/{digest['id']}"


def _upload(client: Client, progress: Progress) -> list[str]:
    rows = manifest(SAMPLES)
    task = progress.add_task("Uploading the sample notes", total=len(rows))
    note_ids = []
    for row in load(client, SAMPLES, rows):
        if row.note_id is None:
            raise DemoFailed(f"{row.file}: {row.message}")
        note_ids.append(row.note_id)
        progress.advance(task)
    return note_ids


def _process(client: Client, progress: Progress, note_ids: list[str], wait_for: frozenset[str] = frozenset()) -> None:
    task = progress.add_task("Reading and removing names" if not wait_for else "Finding points", total=len(note_ids))
    for _ in _patiently():
        states = [client.get(f"/notes/{note_id}") for note_id in note_ids]
        failed = next((note for note in states if note["state"] == "failed"), None)
        if failed:
            raise DemoFailed(failed["error_message"])
        settled = sum(note["state"] in (wait_for or SETTLED) for note in states)
        progress.update(task, completed=settled)
        if settled == len(note_ids):
            return


def _clear(client: Client, progress: Progress, note_ids: list[str]) -> None:
    """What a facilitator does by hand: looks at what is doubtful in each waiting note, and approves it."""
    waiting = [note_id for note_id in note_ids if client.get(f"/notes/{note_id}")["state"] == "awaiting review"]
    task = progress.add_task("Clearing what awaits review", total=len(waiting))
    for note_id in waiting:
        client.post(f"/notes/{note_id}/approval")
        progress.advance(task)
    _process(client, progress, note_ids, frozenset({"themed"}))


def _discover(client: Client, progress: Progress) -> None:
    task = progress.add_task("Finding themes", total=1)
    for _ in _patiently():
        status = client.get("/status")
        # Themes may be there already of the notes that needed no clearing: wait until every point was looked at.
        busy = status["points"].get("waiting") or status["jobs"].get("queued") or status["jobs"].get("running")
        if not busy and client.get("/themes", limit=1)["themes"]:
            progress.advance(task)
            return


def _publish(client: Client, progress: Progress) -> dict[str, Any]:
    task = progress.add_task("Writing the digest", total=3)
    digest_id = client.post("/digests", {"title": TITLE, **PERIOD})["id"]
    _until(client, digest_id, "draft")
    progress.advance(task)
    client.post(f"/digests/{digest_id}/approval")
    progress.advance(task)
    client.post(f"/digests/{digest_id}/publication")
    digest = _until(client, digest_id, "published")
    progress.advance(task)
    told = [sentence for sentence in digest["sentences"] if sentence["theme"]]
    if not told or not all(sentence["points"] for sentence in told):
        raise DemoFailed("The digest says something of a theme that cites no point.")
    return digest


def _until(client: Client, digest_id: str, state: str) -> dict[str, Any]:
    for _ in _patiently():
        digest: dict[str, Any] = client.get(f"/digests/{digest_id}")
        if digest["state"] == state:
            return digest
        if digest["problems"] or digest["state"] == "failed":
            raise DemoFailed(f"The digest stopped at “{digest['state']}”: {digest['problems']}")
    raise AssertionError("unreachable: _patiently raises when the time is up")


def _patiently() -> Iterator[None]:
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        yield
        time.sleep(POLL_SECONDS)
    raise DemoFailed("It took too long. Look at what the worker wrote above, and run it again: it goes on from here.")
