"""What must be masked in the sample notes is masked."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from nlp.anonymise import anonymise
from nlp.read import read

ROOT = Path(__file__).parents[2]
KEY = json.loads((ROOT / "tests" / "samples" / "key.json").read_text())
FLOORS = {"person": 0.99, "org": 0.98, "contact": 1.0, "id": 1.0, "place": 0.9, "role": 0.9}


@pytest.fixture(scope="module")
def masked() -> dict[str, float]:
    """The share of distinct masks of the key, by type, that no redacted note shows."""
    told, hidden = Counter(), Counter()
    for note in KEY:
        document = read((ROOT / "service" / "samples" / note["file"]).read_bytes(), note["file"])
        text = anonymise(document).document.text
        for words, kind in {(mask["text"], mask["type"]) for mask in note["masks"]}:
            told[kind] += 1
            hidden[kind] += not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    return {kind: hidden[kind] / told[kind] for kind in told}


@pytest.mark.parametrize("kind", FLOORS)
def test_masks_of_the_key(masked: dict[str, float], kind: str) -> None:
    assert masked[kind] >= FLOORS[kind]
