"""An edition as a tagged PDF."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typst

from models.digest import Edition
from service.web.charts import Picture
from service.web.outline import dated, outline

TEMPLATE = Path(__file__).parent / "templates" / "digest.typ"
TALL = 2.5
"""So many times its width a chart is high when it must be made narrower to fit a page."""
LETTERS = re.compile(r'font-family="[^"]*"')


def pdf(edition: Edition, charts: Sequence[Picture] = ()) -> bytes:
    """The edition as PDF/UA-1 on A4, its marking on every page; the same bytes for the same edition.

    Its words reach Typst as data, in which nothing is markup.
    """
    content = {
        "title": edition.briefing["title"],
        "marking": edition.briefing["marking"],
        "dated": dated(edition),
        "blocks": [asdict(block) for block in outline(edition, "In pictures" if charts else "")],
        # In the letters of the text around them, narrower than those that they were measured with.
        "charts": [
            {
                "title": chart.title,
                "note": chart.note,
                "description": chart.description,
                "svg": LETTERS.sub('font-family="Libertinus Serif"', chart.svg),
                "tall": chart.height > chart.width * TALL,
            }
            for chart in charts
        ],
    }
    made = typst.compile(
        TEMPLATE,
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(edition.published_at.timestamp()),
        sys_inputs={"edition": json.dumps(content)},
    )
    return bytes(made)
