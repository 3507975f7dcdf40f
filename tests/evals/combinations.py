"""What identifies by combination: roles, affiliations, products, events and claims that point to one in the room."""

import json
from collections.abc import Iterator
from pathlib import Path

from nlp.anonymise import anonymise
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import share
from tests.evals.masks import as_note
from tests.evals.sets import COMBINATIONS, Measure, Row, Sets

SENTENCES = Path(__file__).parent / "combinations"


def sentences(sets: Sets) -> Iterator[Figure]:
    """Share of the identifying stretches no longer readable as they were, and of the substance still readable.

    Invented sentences by somebody who did not know the rules. Those of shut.json are never looked at, only scored.
    """
    for name in ("open", "shut"):
        rows: list[Row] = json.loads((SENTENCES / f"{name}.json").read_text(encoding="utf-8"))
        texts, seconds = timed(lambda rows=rows: [anonymise(as_note(row["text"])).document.text for row in rows])
        pairs = list(zip(rows, texts, strict=True))
        hidden = [mask not in text for row, text in pairs for mask in row["masks"]]
        kept = [words in text for row, text in pairs for words in row["keeps"]]
        yield Figure(f"combinations hidden ({name})", COMBINATIONS, share(hidden), len(hidden), seconds)
        yield Figure(f"substance readable ({name})", COMBINATIONS, share(kept), len(kept), seconds)


MEASURES: dict[str, Measure] = {COMBINATIONS: sentences}
