"""An edition whose words would break a document that took them for markup."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.digest import Edition

HOSTILE = "#set page(fill: red) [x] *not bold* $y$ \\ <w:p> & “quoted” {{ jinja }} = no heading"


def said(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "points": ["point_1"]} for text in texts]


@pytest.fixture
def edition() -> Edition:
    parts = [
        {"key": "said", "heading": "What was said", "sentences": said(HOSTILE)},
        {"key": "barriers", "heading": "Barriers", "sentences": said("The queue is long.", "The forms are many.")},
        {"key": "quotes", "heading": "In participants’ words", "sentences": said("“We wait nine years.”")},
    ]
    theme = {"id": "theme_1", "title": "Grid connections", "state": "rising", "parts": parts}
    briefing = {
        "title": "What leaders said & did #1",
        "period_start": "2026-01-01",
        "period_end": "2026-03-31",
        "marking": "OFFICIAL-SENSITIVE",
        "opening": said("One theme was raised most widely."),
        "missions": [{"id": "clean_energy", "title": "Clean energy", "themes": [theme]}],
        "also_raised": [],
        "movement": said("One theme is rising."),
        "made": said("Made from three notes."),
        "withheld": said("Two themes were withheld."),
        "evidence": [
            {"id": "point_1", "theme": "theme_1", "text": "The queue is nine years long.", "sector": "private"},
            {"id": "point_2", "theme": "theme_1", "text": "It is shorter elsewhere.", "sector": None},
        ],
    }
    published = datetime(2026, 4, 1, 9, tzinfo=UTC)
    return Edition(
        id="edition_1",
        digest_id="digest_1",
        number=2,
        sha256="ab" * 32,
        briefing=briefing,
        markdown="# Words\n",
        published_by="an editor",
        published_at=published,
    )
