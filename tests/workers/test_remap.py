"""Editing a framework: a new version, what it would change, and a person who accepts it or does not."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import pytest
import yaml
from sqlmodel import col, select

from models.framework import FrameworkVersion, PointAlignment, ThemeAlignment, VersionState
from models.job import Job, JobKind
from models.store import reading
from workers import ingest, remap, run

MISSIONS = yaml.safe_load((files("nlp.frameworks") / "missions.yaml").read_text("utf-8"))

WORKERS = 8


def edited(version: str, **changes: Any) -> dict[str, str]:
    return {"version": version, "source": yaml.safe_dump(MISSIONS | {"version": version} | changes)}


@pytest.fixture
def fewer(library: Any, call: Any) -> str:
    """A version without the mission that grid connections answer to; its path."""
    entries = [entry for entry in MISSIONS["entries"] if entry["id"] != "clean_energy"]
    assert len(entries) == len(MISSIONS["entries"]) - 1
    call.done("POST", "/frameworks/missions/versions", "edit", json=edited("9.1", entries=entries))
    return "/frameworks/missions/versions/9.1"


def aligned(version: str) -> set[tuple[str, str]]:
    with reading() as session:
        rows = session.exec(select(ThemeAlignment).join(FrameworkVersion).where(FrameworkVersion.version == version))
        return {(row.theme_id, row.entry) for row in rows}


def test_an_edit_changes_nothing_until_its_differences_are_accepted(
    fewer: str, call: Any, work: Callable[[], None]
) -> None:
    current = call.done("GET", "/frameworks")
    assert call.done("GET", fewer)["state"] == "proposed"
    assert call("POST", f"{fewer}/acceptance").status_code == 409
    work()
    compared = call.done("GET", fewer)
    assert compared["state"] == "compared"
    changes = compared["remap"]["themes"]
    assert any("clean_energy" in change["before"] for change in changes)
    assert not any("clean_energy" in change["after"] for change in changes)
    assert call.done("GET", "/frameworks") == current

    assert call.done("POST", f"{fewer}/acceptance", "edit")["state"] == "current"
    versions = {row["version"]: row["state"] for row in call.done("GET", "/frameworks/missions/versions")}
    assert versions == {"9.1": "current", str(MISSIONS["version"]): "superseded"}
    themes = call.done("GET", "/themes")["themes"]
    assert themes
    assert not any(row["entry"] == "clean_energy" for theme in themes for row in theme["alignments"])


def test_a_version_turned_down_leaves_nothing_behind(fewer: str, call: Any, work: Callable[[], None]) -> None:
    work()
    assert aligned("9.1")
    assert call.done("POST", f"{fewer}/rejection", "edit")["state"] == "rejected"
    assert aligned("9.1") == set()
    with reading() as session:
        version = session.exec(select(FrameworkVersion).where(FrameworkVersion.version == "9.1")).one()
        assert session.exec(select(PointAlignment).where(PointAlignment.version_id == version.id)).first() is None
    assert call("POST", f"{fewer}/acceptance").status_code == 409


@pytest.mark.parametrize("source", ["entries: [", "id: other\nversion: '9.2'\n", "- 1\n"])
def test_text_that_is_no_framework_is_turned_down_with_what_to_mend(
    library: Any, call: Any, work: Callable[[], None], source: str
) -> None:
    path = "/frameworks/missions/versions"
    call.done("POST", path, "edit", json={"version": "9.2", "source": source})
    work()
    refused = call.done("GET", f"{path}/9.2")
    assert refused["state"] == "rejected"
    assert refused["remap"]["problem"]
    assert call("POST", path, json={"version": "9.2", "source": source}).status_code == 409


def test_a_note_that_comes_while_versions_are_compared_is_compared_too(
    library: Any, call: Any, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"# Later\n\n- Grid connections for cranes take nine years.\n- Solar farms wait for the grid as well.\n"
    path = f"/events/{library.events['harbour']}/notes"
    note = call.done("POST", path, files={"file": ("later.md", content)})["id"]
    assign = ingest.assign

    def edited_meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(ingest, "assign", assign)
        found = assign(*arguments)
        call.done("POST", "/frameworks/missions/versions", "edit", json=edited("9.1"))
        with reading() as session:
            run.run(session.exec(select(Job.id).where(Job.kind == JobKind.remap)).one())
        return found

    monkeypatch.setattr(ingest, "assign", edited_meanwhile)
    work()
    assert call.done("GET", f"/notes/{note}")["state"] == "themed"
    assert call.done("GET", f"/jobs?subject={note}")[0]["attempts"] == 2
    with reading() as session:
        version = session.exec(select(FrameworkVersion).where(FrameworkVersion.version == "9.1")).one()
        own = col(PointAlignment.point_id).startswith(f"point_{note.removeprefix('note_')}")
        assert version.state is VersionState.compared
        assert session.exec(select(PointAlignment).where(own, PointAlignment.version_id == version.id)).first()


def test_workers_that_start_at_once_install_each_framework_once(database: str) -> None:
    started = threading.Barrier(WORKERS)

    def start(_: int) -> None:
        started.wait()
        remap.install_frameworks()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(start, range(WORKERS)))
    with reading() as session:
        installed = sorted(session.exec(select(FrameworkVersion.id)))
    assert installed == ["framework_collaboration", "framework_missions"]
