"""Finds in a redacted note what could still identify by combination, for its reviewer."""

import re
from collections.abc import Iterator

_PATTERNS = (
    (
        re.compile(
            r"\b(?:the|their|our|we(?:'|’)re the|I(?:'|’)m the) (?:only|sole|lone) (?:[\w'’-]+ ){1,6}[\w'’-]+",
            re.IGNORECASE,
        ),
        "Says that somebody or something is the only one of its kind.",
    ),
    (
        re.compile(
            r"\b(?:the )?(?:world|country|nation|uk|britain|europe|england|scotland|wales|region|city|county)(?:'|’)s "
            r"(?:first|only|largest|biggest|oldest|smallest|last|leading|newest) (?:[\w'’-]+ ?){1,4}",
            re.IGNORECASE,
        ),
        "A superlative that fits one organisation or place.",
    ),
    (
        re.compile(
            r"\bthe (?:first|largest|biggest|oldest|smallest|last|newest|second[- ]largest) (?:[\w'’-]+ ){1,5}"
            r"(?:in|of) (?:the )?(?:uk|country|world|europe|britain|england|scotland|wales|region|north|south|county|city)\b",
            re.IGNORECASE,
        ),
        "A superlative that fits one organisation or place.",
    ),
    (
        re.compile(
            r"\b(?:used to (?:run|chair|lead|work at|be)|formerly (?:of|at|with)|before (?:joining|moving to)|in (?:his|her|my) (?:last|previous) (?:job|role))\b[^.;\n]{0,60}",
            re.IGNORECASE,
        ),
        "Tells somebody's career.",
    ),
    (
        re.compile(
            r"\b(?:my|his|her) (?:late )?(?:wife|husband|son|daughter|mother|father|brother|sister|partner|diagnosis|illness|cancer|disability)\b[^.;\n]{0,40}",
            re.IGNORECASE,
        ),
        "Tells about somebody's health or family.",
    ),
    (
        re.compile(
            r"\b(?:our|its|their|the) (?:new |own |flagship )?(?:[A-Z][\w-]+ ){1,3}(?:app|platform|product|service|tool|device|drug|vaccine|turbine|engine|model|brand|festival|conference|awards?)\b"
        ),
        "Names a product or an event that may belong to one organisation.",
    ),
    (
        re.compile(
            r"\b(?:fire|flood|explosion|strike|inquest|murder|stabbing|derailment|collapse|outbreak|scandal) (?:at|in|of|on) (?:the )?(?:\[[^\]\n]+\]|[A-Z][\w'’-]+|(?:January|February|March|April|May|June|July|August|September|October|November|December))",
            re.IGNORECASE,
        ),
        "An event that can be looked up.",
    ),
)


def residual_risks(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of the redacted text (start, end) and why each may still identify, in order of the reasons."""
    seen: list[tuple[int, int]] = []
    for pattern, reason in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.start(), match.start() + len(match[0].rstrip())
            if not any(start < other_end and other_start < end for other_start, other_end in seen):
                seen.append((start, end))
                yield start, end, reason
