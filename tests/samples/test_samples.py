"""The sample notes are what the rest of the tests and the demonstration take them for."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlp.read import read
from service.load import manifest

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parents[1]
DELIVERED = HOUSE / "service" / "samples"
MISSIONS = {"growth", "clean_energy", "streets", "opportunity", "nhs"}
THEMES = 26

KEY: list[dict[str, Any]] = json.loads((HERE / "key.json").read_text(encoding="utf-8"))
EVENTS: list[dict[str, Any]] = yaml.safe_load((HERE / "events.yaml").read_text(encoding="utf-8"))
ROWS = manifest(DELIVERED)


def build(into: Path, sources: Path = HERE / "source") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.samples.build", "--from", sources, "--into", into]
    command += ["--key", into / "key.json"]
    return subprocess.run([*map(str, command)], cwd=HOUSE, capture_output=True, text=True, check=False)


def all_points() -> list[dict[str, Any]]:
    return [{**point, "event": note["event"]} for note in KEY for point in note["points"]]


def test_there_are_24_notes_of_12_events_in_five_formats_over_eight_months() -> None:
    assert len(KEY) == len(ROWS) == 24
    assert [row["file"] for row in ROWS] == [note["file"] for note in KEY]
    assert Counter(note["event"] for note in KEY) == {event["id"]: 2 for event in EVENTS}
    assert len(EVENTS) == 12
    assert {Path(note["file"]).suffix for note in KEY} == {".docx", ".odt", ".pdf", ".md", ".vtt"}
    days = [date.fromisoformat(row["date"]) for row in ROWS]
    assert (max(days) - min(days)).days >= 240
    assert {path.name for path in DELIVERED.iterdir()} == {"manifest.csv", *(note["file"] for note in KEY)}


def test_the_manifest_says_what_the_events_are() -> None:
    by_id = {event["id"]: event for event in EVENTS}
    for row in ROWS:
        event = by_id[row["event"]]
        assert (row["title"], row["kind"], row["date"]) == (event["title"], event["kind"], event["date"].isoformat())
        assert (row["campaign"], row["attribution"], row["marking"]) == (event["campaign"], "chatham-house", "OFFICIAL")
        assert [int(row[name]) for name in ("public", "private", "not_for_profit", "higher_education")] == [
            event["sectors"][name] for name in ("public", "private", "not-for-profit", "higher education")
        ]


def test_every_note_has_15_to_60_points_and_something_to_mask() -> None:
    counts = [len(note["points"]) for note in KEY]
    assert min(counts) >= 15
    assert max(counts) <= 60
    assert all(len({mask["text"] for mask in note["masks"]}) >= 5 for note in KEY)


@pytest.mark.parametrize("note", KEY, ids=lambda note: note["file"])
def test_a_reader_of_the_delivered_file_sees_every_point_and_mask_and_no_mark(note: dict[str, Any]) -> None:
    document = read((DELIVERED / note["file"]).read_bytes(), note["file"])
    blocks = [document.text[block.start : block.end] for block in document.blocks]
    for point in note["points"]:
        assert any(point["text"] in block for block in blocks), point["text"]
    masks = Counter(mask["text"] for mask in note["masks"])
    seen = {words: document.text.count(words) for words in masks}
    if note["file"].endswith(".vtt"):
        # Turns of one speaker in a row are joined, so that the label is read once.
        assert all(seen.values())
    else:
        assert all(seen[words] >= times for words, times in masks.items())
    assert not any(mark in document.text for mark in ("{{", "}}", "<<", ">>", "**"))


def test_no_point_stands_twice() -> None:
    assert max(Counter(point["text"] for point in all_points()).values()) == 1


def test_every_theme_is_in_three_events_or_more() -> None:
    events = defaultdict(set)
    for point in all_points():
        events[point["theme"]].add(point["event"])
    few = {theme: sorted(found) for theme, found in events.items() if len(found) < 3}
    assert not few
    assert len(events.keys() - {"none"}) == THEMES


def test_all_kinds_of_event_missions_sectors_and_points_occur() -> None:
    kinds = {"roundtable", "ceo-permanent-secretary-dialogue", "cpo-roundtable"}
    assert {event["kind"] for event in EVENTS} == kinds | {"board-discussion", "survey", "case-study"}
    points = all_points()
    assert {mission for point in points for mission in point["missions"]} == MISSIONS
    assert any(not point["missions"] for point in points)
    assert {p["kind"] for p in points} == {"barrier", "enabler", "evidence", "offer", "ask", "commitment"}
    assert {point["stance"] for point in points} == {"supports", "is concerned", "mixed"}
    assert {p["sector"] for p in points} == {"public", "private", "not-for-profit", "higher education", "unknown"}
    assert {mask["type"] for note in KEY for mask in note["masks"]} == {
        *("person", "org", "role", "contact", "place", "id")
    }


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    result = build(tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "key.json").read_bytes() == (HERE / "key.json").read_bytes()
    for path in DELIVERED.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


# Each breaks one rule of the marks in a source that is otherwise whole.
BROKEN = {
    "unknown theme": ("<<grid; none; ask; supports; public>>", "unknown word in tag"),
    "unknown mission": ("<<none; health; ask; supports; public>>", "unknown word in tag"),
    "unknown kind": ("<<none; none; wish; supports; public>>", "unknown word in tag"),
    "four fields": ("<<none; none; ask; supports>>", "five fields"),
    "open tag": ("<<none; none; ask; supports; public", "broken braces or tag"),
    "open brace": ("{{person|Ottilie Marsh", "broken braces or tag"),
    "unknown mask": ("{{animal|Rex}}", "unknown type of mask"),
    "unmasked twice": ("{{person|Ottilie Marsh}} and Ottilie", "also stands unmasked: Ottilie"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_mark_stops_the_build(rule: str, tmp_path: Path) -> None:
    words, complaint = BROKEN[rule]
    whole = "- It was said that the queue is too long for us. <<none; none; ask; supports; public>>\n" * 15
    result = built_from(tmp_path, f"{whole}- One more that is broken at its very end {words}\n")
    assert result.returncode == 1
    assert complaint in result.stderr


@pytest.mark.parametrize("points", [14, 61])
def test_too_few_or_too_many_points_stop_the_build(points: int, tmp_path: Path) -> None:
    body = "- It was said that the queue is too long for us. <<none; none; ask; supports; public>>\n" * points
    result = built_from(tmp_path, body)
    assert result.returncode == 1
    assert f"{points} points, not 15 to 60" in result.stderr


def built_from(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    (folder / "source").mkdir()
    source = folder / "source" / "01-broken.md"
    source.write_text(f"---\nfile: 01-broken\nformat: md\nevent: E01\n---\n# A note\n\n{body}", encoding="utf-8")
    return build(folder / "out", source.parent)
