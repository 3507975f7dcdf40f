"""Renders a briefing as Markdown."""

import re
from collections.abc import Iterable
from datetime import date

from nlp.briefing import Briefing, Part, Sentence, ThemeSection

LISTED = frozenset({"barriers", "enablers", "asks and offers", "openings", "quotes"})
MARKS = re.compile(r"[\\`*_<>|~#&]|^\[|\](?=[(\[])|^[-+](?=\s)|^\d+[.)](?=\s)")


def render_markdown(briefing: Briefing) -> str:
    """The briefing as CommonMark, nothing in its text taken for a mark; ends with a line break."""
    blocks = [f"# {escaped(briefing.title)}", f"{_day(briefing.period_start)} to {_day(briefing.period_end)}"]
    blocks.append(f"**{escaped(briefing.marking)}**")
    if briefing.opening:
        blocks += ["## Summary", _prose(briefing.opening)]
    for mission in briefing.missions:
        blocks.append(f"## {escaped(mission.title)}")
        for theme in mission.themes:
            blocks += _theme(theme)
    for heading, sentences in (
        ("Also raised", briefing.also_raised),
        ("New, rising and fading", briefing.movement),
        ("How this was made", briefing.made),
        ("What was withheld", briefing.withheld),
    ):
        if sentences:
            blocks += [f"## {heading}", _list(sentences) if heading == "Also raised" else _prose(sentences)]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """The text with every character that CommonMark would take for a mark escaped."""
    return MARKS.sub(lambda match: "\\" + match[0] if len(match[0]) == 1 else match[0][:-1] + "\\" + match[0][-1], text)


def _theme(theme: ThemeSection) -> list[str]:
    blocks = [f"### {escaped(theme.title)}"]
    for part in theme.parts:
        blocks += [f"#### {part.heading}", _part(part)]
    return blocks


def _part(part: Part) -> str:
    return _list(part.sentences) if part.key in LISTED else _prose(part.sentences)


def _prose(sentences: Iterable[Sentence]) -> str:
    return " ".join(escaped(sentence.text) for sentence in sentences)


def _list(sentences: Iterable[Sentence]) -> str:
    return "\n".join(f"- {escaped(sentence.text)}" for sentence in sentences)


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
