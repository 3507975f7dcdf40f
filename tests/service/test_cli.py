"""The command line against a service that runs: a folder of notes goes in, a digest comes out."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.load import COLUMNS, COUNTS
from tests.browser.conftest import free_port
from tests.conftest import NOTES

CROSSCURRENT = Path(sys.executable).with_name("crosscurrent")
LONGEST = 180.0
EVENTS = {"harbour": "2026-01-20", "orchard": "2026-03-11", "clinic": "2026-05-06"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        **os.environ,
        "CROSSCURRENT_DATA_DIR": str(tmp_path_factory.mktemp("cli")),
        "CROSSCURRENT_PORT": str(free_port()),
        "COLUMNS": "200",
    }


@pytest.fixture(scope="module")
def service(environment: dict[str, str]) -> Iterator[str]:
    """A service started by `crosscurrent up`, and stopped as Ctrl-C does."""
    address = f"http://127.0.0.1:{environment['CROSSCURRENT_PORT']}"
    process = subprocess.Popen([CROSSCURRENT, "up"], env=environment, stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + LONGEST
    while not _answers(address):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    yield address
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert process.stdout is not None
    assert "Stopping" in process.stdout.read()


@pytest.fixture(scope="module")
def run(service: str, environment: dict[str, str]) -> Callable[..., str]:
    def command(*words: str, status: int = 0) -> str:
        done = subprocess.run([CROSSCURRENT, *words], env=environment, capture_output=True, text=True, timeout=LONGEST)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout + done.stderr

    return command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three notes with a manifest, and a row whose file is not there."""
    made = tmp_path_factory.mktemp("folder")
    rows = []
    for name, day in EVENTS.items():
        (made / f"{name}.md").write_bytes((NOTES / f"{name}.md").read_bytes())
        kind = "ceo-permanent-secretary-dialogue" if name == "orchard" else "roundtable"
        rows.append(
            {"file": f"{name}.md", "event": name, "title": name, "kind": kind, "date": day, "campaign": "Coast"}
        )
    rows.append(rows[0] | {"file": "lost.md"})
    with (made / "manifest.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*COLUMNS, *COUNTS], restval="")
        writer.writeheader()
        writer.writerows(row | dict.fromkeys(COUNTS, "4") for row in rows)
    return made


def test_a_folder_goes_in_a_note_is_cleared_and_a_digest_comes_out(run: Callable[..., str], folder: Path) -> None:
    for _ in range(2):
        loaded = run("load", str(folder), status=1)
        assert "Row 5, lost.md: There is no such file" in loaded
        assert "3 of 4 notes taken." in loaded
    _until(run, "status", r"notes\s*│\s*awaiting review\s*│\s*1")
    _until(run, "status", r"notes\s*│\s*themed\s*│\s*2")
    note = re.search(r"note_\w+", run("review", "list"))
    assert note is not None
    shown = run("review", "show", note[0])
    assert "Larkmere Cider" in shown
    start, end = re.search(r"│\s*(\d+)\s*│\s*(\d+)\s*│[^│]*│\s*Larkmere Cider\s*│", shown).groups()  # type: ignore[union-attr]
    run("review", "accept", note[0], start, end)
    _until(run, "review list", note[0])
    run("review", "add", note[0], "press house", "--kind", "place")
    _until(run, "review list", note[0])
    assert "press house" in _until(run, f"review show {note[0]}", "reviewer|everywhere|press house")
    assert "are not in the note" in run("review", "add", note[0], "no such words", status=1)
    run("review", "approve", note[0])
    _until(run, "status", r"notes\s*│\s*themed\s*│\s*3")
    _until(run, "status", r"jobs\s*│\s*done", absent=r"queued|running")

    digest = run("digest", "draft", "Spring", "2026-01-01", "2026-06-30").strip()
    _until(run, f"digest show {digest}", "State: draft\n")
    run("digest", "approve", digest)
    run("digest", "publish", digest)
    published = _until(run, f"digest show {digest}", "State: published")
    assert "# Spring" in published
    assert "Larkmere" not in published


def test_keys_are_made_listed_and_revoked(run: Callable[..., str], service: str) -> None:
    token = run("key", "create", "consumer", "--scope", "read").strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{service}/v1/themes", headers=headers, trust_env=False).status_code == 200
    assert httpx.get(f"{service}/v1/notes", headers=headers, trust_env=False).status_code == 403
    row = next(line for line in run("key", "list").splitlines() if "consumer" in line)
    assert token not in row
    run("key", "revoke", re.search(r"key_\w+", row)[0])  # type: ignore[index]
    assert httpx.get(f"{service}/v1/themes", headers=headers, trust_env=False).status_code == 401
    assert "no key with this id" in run("key", "revoke", "key_1", status=1)


def test_what_goes_wrong_is_said_in_a_line(run: Callable[..., str], tmp_path: Path, service: str) -> None:
    assert "no manifest.csv" in run("load", str(tmp_path), status=1)
    assert "uses port" in run("up", status=1)
    assert "did not answer" in run("status", "--url", "http://127.0.0.1:9", "--key", "x", status=1)
    assert "Start it with" in run("status", "--url", "http://127.0.0.1:9", "--key", "x", status=1)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", trust_env=False, timeout=1).status_code == 200
    except httpx.TransportError:
        return False


def _until(run: Callable[..., str], command: str, wanted: str, absent: str = r"(?!)") -> Any:
    end = time.monotonic() + LONGEST
    while True:
        printed = run(*command.split())
        if re.search(wanted, printed) and not re.search(absent, printed):
            return printed
        assert time.monotonic() < end, printed
        time.sleep(0.5)
