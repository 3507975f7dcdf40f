"""Finds where what one sector needs meets what another has."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.excerpt import readability
from nlp.facts import DigestFacts, Kind, PointFact, ThemeFact

MOST = 2
SHARED_HERE = 2
SHARED_ELSEWHERE = 3
"""Words that two points must share: within a theme they speak of one thing already, across themes they must show it."""
STEM = 5
WORD = re.compile(r"[a-z]{4,}")
EMPTY_WORDS = (
    "about after again also back been before being between both could does doing done each even every from give given"
    " good have having here into just know like made make many more most much must need needs never only other over"
    " people really same should some such take than that their them then there these they thing things this those"
    " through time under very want well were what when where which while will with without work working would year"
    " years your offer offers asked asks help helps happy"
)
EMPTY = frozenset(EMPTY_WORDS.split())


@dataclass(frozen=True)
class Pair:
    """A need (an ask or a barrier) of one sector and its answer (an offer or an enabler) by another.

    `elsewhere` is the title of the theme where the answer stands, None for the same theme.
    """

    need: PointFact
    answer: PointFact
    elsewhere: str | None = None


def pairs(theme: ThemeFact, facts: DigestFacts) -> tuple[Pair, ...]:
    """At most two pairs for a theme, an ask with an offer first, which may come from a theme of the same mission."""
    offered = _best(_matches(theme, "ask", theme, "offer", SHARED_HERE))
    if not offered:
        offered = _best(match for other in _neighbours(theme, facts) for match in _elsewhere(theme, other))
    helped = _best(_matches(theme, "barrier", theme, "enabler", SHARED_HERE))
    return tuple(pair for pair in (offered, helped) if pair)[:MOST]


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words that carry meaning."""
    return frozenset(word[:STEM] for word in WORD.findall(text.lower()) if word not in EMPTY)


def _elsewhere(theme: ThemeFact, other: ThemeFact) -> Iterable[tuple[int, Pair]]:
    for shared, pair in _matches(theme, "ask", other, "offer", SHARED_ELSEWHERE):
        yield shared, Pair(pair.need, pair.answer, other.title)


def _matches(theme: ThemeFact, need: Kind, other: ThemeFact, answer: Kind, at_least: int) -> Iterable[tuple[int, Pair]]:
    answers = [(point, stems(point.text)) for point in _quotable(other, answer)]
    for point in _quotable(theme, need):
        words = stems(point.text)
        for candidate, others in answers:
            shared = len(words & others)
            if shared >= at_least and candidate.sector != point.sector:
                yield shared, Pair(point, candidate)


def _best(matches: Iterable[tuple[int, Pair]]) -> Pair | None:
    ranked = sorted(
        matches,
        key=lambda match: (-match[0], *readability(match[1].need), *readability(match[1].answer)),
    )
    return ranked[0][1] if ranked else None


def _quotable(theme: ThemeFact, kind: Kind) -> Sequence[PointFact]:
    allowed = set(theme.quotes)
    return [point for point in theme.points if point.kind == kind and point.sector and point.id in allowed]


def _neighbours(theme: ThemeFact, facts: DigestFacts) -> Iterable[ThemeFact]:
    return (t for t in facts.themes if t.id != theme.id and set(t.missions) & set(theme.missions))
