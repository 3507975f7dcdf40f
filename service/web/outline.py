"""A published edition as a run of headings, paragraphs, lists and quotations: what PDF and Word are made from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from models.digest import Edition

Kind = Literal["heading", "contents", "paragraph", "list", "quotation", "charts"]


@dataclass(frozen=True)
class Block:
    """A stretch of the document: one text, or for a list one for each item; level 1 to 3 for a heading.

    Where the table of contents belongs there is a block of its own, with its title, and one where charts belong.
    """

    kind: Kind
    texts: tuple[str, ...]
    level: int = 0
    aside: str = ""
    """Of a heading: how its theme moves."""


def day(value: date | str) -> str:
    """A date in full, such as 3 May 2026."""
    moment = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{moment.day} {moment:%B %Y}"


def dated(edition: Edition) -> str:
    """The line below the title: the period, the edition and its day."""
    briefing, published = edition.briefing, edition.published_at.date()
    period = f"{day(briefing['period_start'])} to {day(briefing['period_end'])}"
    return f"{period}. Edition {edition.number}, published {day(published)}."


def evidence(briefing: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The points behind each theme of an edition, by the theme's id."""
    behind: dict[str, list[dict[str, Any]]] = {}
    for point in briefing.get("evidence", []):
        behind.setdefault(point["theme"], []).append(point)
    return behind


def outline(edition: Edition, charts: str = "") -> Iterator[Block]:
    """The edition in reading order, all that its page holds; the points behind its themes come last.

    Charts have a place of their own where there is a title for them.
    """
    briefing = edition.briefing
    yield from _section("What matters", "list", briefing["opening"])
    yield Block("contents", ("In this digest",))
    if charts:
        yield _heading(charts, 1)
        yield Block("charts", ())
    for mission in briefing["missions"]:
        yield _heading(mission["title"], 1)
        for theme in mission["themes"]:
            yield from _theme(theme)
    yield from _section("Also raised", "list", briefing["also_raised"])
    yield from _section("What is new, rising and fading", "list", briefing["movement"])
    yield from _section("How this was made", "paragraph", briefing["made"])
    yield from _section("What was withheld", "paragraph", briefing["withheld"])
    yield Block("paragraph", (f"This edition can be checked by its SHA-256: {edition.sha256}",))
    yield from _annex(briefing)


def _theme(theme: Mapping[str, Any]) -> Iterator[Block]:
    yield Block("heading", (theme["title"],), 2, theme["state"])
    for part in theme["parts"]:
        yield _heading(part["heading"], 3)
        if part["key"] == "quotes":
            yield from (Block("quotation", (text,)) for text in _texts(part["sentences"]))
        else:
            yield from _body("paragraph" if len(part["sentences"]) == 1 else "list", part["sentences"])


def _annex(briefing: Mapping[str, Any]) -> Iterator[Block]:
    behind = evidence(briefing)
    themes = [theme for mission in briefing["missions"] for theme in mission["themes"] if behind.get(theme["id"])]
    if themes:
        yield _heading("Annex: the points behind each theme", 1)
    for theme in themes:
        yield _heading(theme["title"], 2)
        yield Block("list", tuple(_attributed(point) for point in behind[theme["id"]]))


def _attributed(point: Mapping[str, Any]) -> str:
    return f"{point['text']} – {point['sector']} sector" if point.get("sector") else str(point["text"])


def _section(title: str, kind: Kind, sentences: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    if sentences:
        yield _heading(title, 1)
        yield from _body(kind, sentences)


def _body(kind: Kind, sentences: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    texts = _texts(sentences)
    if kind == "list":
        yield Block(kind, texts)
    else:
        yield from (Block(kind, (text,)) for text in texts)


def _heading(title: str, level: int) -> Block:
    return Block("heading", (title,), level)


def _texts(sentences: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(sentence["text"]) for sentence in sentences)
