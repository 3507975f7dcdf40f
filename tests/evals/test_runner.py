"""The runner on a tiny folder of invented text."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.evals.figure import Figure, exact, heading
from tests.evals.grouping import apart, harmonic_purity
from tests.evals.interval import halved, share
from tests.evals.masks import as_note, is_hidden, places

ROOT = Path(__file__).resolve().parents[2]
# Two telephone numbers that are kept for drama, and something that is no number of anybody.
NUMBERS = [("07700 900123", "UK_PHONE", True), ("020 7946 0123", "UK_PHONE", True), ("the year 2030", "UK_NINO", False)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one set of three rows."""
    folder = tmp_path / "anon_uk_ids"
    folder.mkdir()
    rows = [
        {"id": text, "text": text, "type": kind, "valid": valid, "spans": [_span(text, kind)] if valid else []}
        for text, kind, valid in NUMBERS
    ]
    (folder / "dev.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return tmp_path


def test_prints_a_line_a_figure_and_names_what_is_absent(data: Path) -> None:
    written = data / "figures.json"
    command = [sys.executable, "-m", "tests.evals", "--data", data, "--only", "identifiers", "--json", written]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert run.returncode == 0, run.stderr
    head, *lines, last = run.stdout.splitlines()
    assert head == heading() == "measure, set, value [95 % interval], n, baseline, value/baseline, seconds"
    pattern = (
        r"{}, anon_uk_ids, 1\.000 \[1\.000–1\.000\], {}, \d\.\d{{3}} \(Presidio default\), (?:\d+\.\d\d|–), [\d.]+"
    )
    assert re.fullmatch(pattern.format("identifiers hidden", 2), lines[0])
    assert re.fullmatch(pattern.format("invalid left alone", 1), lines[1])
    assert len(lines) == 2
    assert last == "anon_redacta_uk: absent, skipped"
    saved = json.loads(written.read_text())
    assert [figure["measure"] for figure in saved["figures"]] == ["identifiers hidden", "invalid left alone"]
    assert saved["figures"][0]["spread"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert saved["absent"] == ["anon_redacta_uk"]


def test_what_is_not_built_says_so() -> None:
    line = Figure("evidence hit@5", "a set", None, 7, 0.0, 0.25, "chance").line()
    assert line == "evidence hit@5, a set, not built, 7, 0.250 (chance), –, 0.0"


def test_a_ratio_needs_a_baseline() -> None:
    assert Figure("share", "a set", exact(0.5), 2, 0.0, 0.25, "chance").ratio == 2
    assert Figure("share", "a set", exact(0.5), 2, 0.0).line() == "share, a set, 0.500 [0.500–0.500], 2, –, –, 0.0"


def test_intervals_hold_the_value_and_repeat() -> None:
    spread = share([1, 0, 1, 1] * 50, [1, 1, 1, 1] * 50)
    assert spread.value == 0.75
    assert 0.66 < spread.low < 0.75 < spread.high < 0.84
    assert spread == share([1, 0, 1, 1] * 50, [1, 1, 1, 1] * 50)
    values = np.arange(100.0)
    half = halved(lambda places: float(values[places].mean()), 100)
    assert half.low < half.value == 49.5 < half.high


def test_points_without_a_theme_stand_alone() -> None:
    labels = apart(np.array([0, 0, -1, 1, -1]))
    assert labels.tolist() == [0, 0, 2, 1, 3]
    assert harmonic_purity(np.array([0, 0, 1, 1]), np.array([5, 5, 7, 7])) == 1
    # Pure for one half, whole for all: the harmonic mean of 1/2 and 1.
    assert harmonic_purity(np.array([0, 0, 1, 1]), np.array([3, 3, 3, 3])) == pytest.approx(2 / 3)


def test_a_text_as_it_came_and_as_it_is_read_are_laid_side_by_side() -> None:
    text = "1. Call   the desk.\n\n•  Ring 07700 900123 or write.\n"
    note = as_note(text)
    place = places(note, text)
    assert note.text.startswith("Call the desk.")
    assert [text[place[at]] for at, sign in enumerate(note.text) if not sign.isspace()] == list(
        "".join(note.text.split())
    )
    assert is_hidden(bytearray(b"\1" * 4 + bytes(9)), "0770 or write", {"start": 0, "end": 5})
    assert not is_hidden(bytearray(b"\1" * 4 + bytes(9)), "0770 or write", {"start": 0, "end": 7})


def _span(text: str, kind: str) -> dict[str, object]:
    return {"start": 0, "end": len(text), "type": kind, "must_mask": True, "entity_id": text}
