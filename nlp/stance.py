"""Tells how a statement stands to what it speaks of: it supports, is concerned, or is mixed."""

import re
from typing import Literal

from nlp.cues import plain, strength
from nlp.kinds import Kind
from nlp.valence import leaning_of

Stance = Literal["supports", "is concerned", "mixed"]
# What each kind leans to before a word is weighed: who offers supports, who names a barrier is concerned.
_PRIOR: dict[Kind, float] = {
    "offer": 4.0,
    "commitment": 3.0,
    "enabler": 3.0,
    "ask": 1.2,
    "evidence": -0.3,
    "barrier": -4.0,
}
BALANCED = re.compile(
    r"\b(?:conceded|admitted|accepted|acknowledged|granted|both sides|not (?:so )?sure|more careful|less sure|"
    r"credit where|to be fair|in part|up to a point|(?:was|were|is|are) doubtful|proviso|with caveats?|"
    r"cautioned|divided|"
    r"split (?:the|on)|on the other hand|even so|two minds|mixed|disagreed)\b|\bwelcomed\b.{0,80}\b(?:but|"
    r"though|with|however)\b",
    re.IGNORECASE,
)
TURNS = re.compile(r"(?:[,;.–-] )(?:but|though|although|however|yet|while|whereas|provided|if only)\b", re.IGNORECASE)


def stance_of(text: str, kind: Kind) -> Stance:
    """The stance of a statement of that kind, by what its words lean to and where they turn round."""
    words = plain(text)
    turn = TURNS.search(words)
    cut = turn.start() if turn else len(words)
    before, after = leaning_of(words[:cut]), leaning_of(words[cut:])
    takes_sides = turn is not None and (min(before, after) < 0 or max(before, after) >= 1)
    if kind not in ("offer", "commitment") and (takes_sides or BALANCED.search(words)):
        return "mixed"
    cues = 0.6 * (strength("enabler", words) - strength("barrier", words))
    return "supports" if _PRIOR[kind] + before + after + cues > 0 else "is concerned"
