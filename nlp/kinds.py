"""Tells of what kind a statement is: a barrier, an enabler, evidence, an offer, an ask or a commitment."""

from typing import Literal

from nlp.cues import plain, strength
from nlp.valence import leaning_of

Kind = Literal["barrier", "enabler", "evidence", "offer", "ask", "commitment"]
_ACTS: tuple[Kind, ...] = ("offer", "ask", "commitment")
_CLEAR = 2.4
"""What the cues of an act must add up to: one clear cue, or two that point to it."""


def kind_of(text: str, *, is_action: bool = False) -> Kind:
    """The kind of a statement by the cues of its wording; an entry of an action table is a commitment.

    What somebody asks, offers or commits to goes before what they report: of the acts the strongest counts, else the
    statement is a barrier, an enabler or evidence by how it leans and how factual it is.
    """
    if is_action:
        return "commitment"
    words = plain(text)
    act = max(_ACTS, key=lambda kind: strength(kind, words))
    return act if strength(act, words) >= _CLEAR else _report(words)


def _report(words: str) -> Kind:
    """Evidence is the sum of its figures; a barrier is what is left where nothing speaks for another kind."""
    leaning = leaning_of(words)
    scores: dict[Kind, float] = {
        "barrier": 1.2 + 0.6 * strength("barrier", words),
        "evidence": strength("evidence", words) + 0.3 * max(-leaning, 0.0),
        "enabler": 0.9 * strength("enabler", words) + 0.3 * leaning,
    }
    return max(scores, key=lambda kind: scores[kind])
