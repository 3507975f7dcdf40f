"""An edition as a tagged PDF."""

import json
from dataclasses import asdict
from pathlib import Path

import typst

from models.digest import Edition
from service.web.outline import dated, outline

TEMPLATE = Path(__file__).parent / "templates" / "digest.typ"


def pdf(edition: Edition) -> bytes:
    """The edition as PDF/UA-1 on A4, its marking on every page; the same bytes for the same edition.

    Its words reach Typst as data, in which nothing is markup.
    """
    content = {
        "title": edition.briefing["title"],
        "marking": edition.briefing["marking"],
        "dated": dated(edition),
        "blocks": [asdict(block) for block in outline(edition)],
    }
    made = typst.compile(
        TEMPLATE,
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(edition.published_at.timestamp()),
        sys_inputs={"edition": json.dumps(content)},
    )
    return bytes(made)
