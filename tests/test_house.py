"""The house rules: style, types, arrows, sizes, and what the web process may load."""

import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CHECKS = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports", "--no-cache"])
HEAVY = {"torch", "spacy", "bertopic", "numba", "sentence_transformers", "sklearn", "presidio_analyzer"}
HEAVY |= {"altair", "vl_convert"}
FOLDERS = ("service", "nlp", "workers", "models", "prompts")


@pytest.mark.parametrize("command", CHECKS, ids=lambda command: " ".join(command))
def test_check_passes(command: list[str]) -> None:
    run = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_web_process_loads_no_model() -> None:
    program = "import sys, service.app; service.app.create_app(); print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(run.stdout.split())


def test_modules_stay_small() -> None:
    lengths = {
        path: len(path.read_text().splitlines())
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert {path.name: length for path, length in lengths.items() if length > 400} == {}
    assert statistics.median(lengths.values()) < 150
