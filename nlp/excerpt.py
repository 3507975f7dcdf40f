"""Quotes from points, shortened at a clause and never altered."""

import re
from collections.abc import Collection, Iterable, Sequence

from nlp.facts import PointFact

LONGEST = 34
SHORTEST = 8
"""In words."""
ELLIPSIS = " …"
MARKER = re.compile(r"^(?:[\s•‣▪*·–—-]+|\d{1,3}[.)]\s+|[A-Z]{0,2}\d{1,3}\s*\|\s*)+(?=\S)")
"""A bullet, a paragraph's number or the number of a table's row."""
LEANING = "he she they it his her their its that this these those and but so same also hm"
DANGLING = frozenset(LEANING.split())
"""A point that starts so leans on what was said before it."""
CLAUSE = re.compile(
    r"(?<=[.;?!])\s|\s[–—]\s|,\s(?=(?:but|and|so|because|which|while|though|although|where|when|yet)\b)"
)
OPENERS, CLOSERS = '“"«„', '”"»'
GLYPHS = str.maketrans({"‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "«": "'", "»": "'", "„": "'"})
SURROGATE = re.compile(r"\[[^\[\]\n]{1,60}\]")
QUOTED = re.compile("“([^“”]*)”")


def excerpt(text: str, longest: int = LONGEST) -> str:
    """The text, or its first clauses with an ellipsis where it has more words than `longest`."""
    tidy = _single_quoted(MARKER.sub("", " ".join(text.split())))
    if len(tidy.split()) <= longest:
        return tidy
    cuts = [match.start() for match in CLAUSE.finditer(tidy)]
    kept = [tidy[:cut] for cut in cuts if SHORTEST <= len(tidy[:cut].split()) <= longest]
    return kept[-1].rstrip(" ,;–—") + ELLIPSIS if kept else tidy


def verbatim(quote: str, texts: Iterable[str]) -> bool:
    """True where the quoted words stand in one of the texts as they are, whatever the shape of its quote marks."""
    wanted = plain(quote.removesuffix(ELLIPSIS.strip())).strip()
    return bool(wanted) and any(_stands(wanted, plain(text)) for text in texts)


def quoted(text: str) -> list[str]:
    """What stands between double quotation marks."""
    return QUOTED.findall(text)


def plain(text: str) -> str:
    """The text with one kind of space and one kind of quote mark."""
    return " ".join(text.translate(GLYPHS).split())


def best_quotes(
    points: Sequence[PointFact], allowed: Collection[str], used: Collection[str], wanted: int
) -> list[PointFact]:
    """Up to `wanted` points to quote: of different sectors and events, not used before, free of surrogates."""
    left = [point for point in points if point.id in allowed]
    chosen: list[PointFact] = []
    while left and len(chosen) < wanted:
        ranks = {point.id: _awkwardness(point, chosen, used) for point in left}
        best = min(left, key=lambda point: ranks[point.id])
        chosen.append(best)
        left = [point for point in left if plain(point.text) != plain(best.text)]
    return chosen


def readability(point: PointFact) -> tuple[bool, bool]:
    """Sorts first what reads well alone: no surrogate, a whole sentence, and neither a snippet nor a speech."""
    words = excerpt(point.text).split()
    whole = bool(words) and words[0][0].isupper() and words[0].lower() not in DANGLING
    return (bool(SURROGATE.search(point.text)), not (whole and SHORTEST <= len(words) <= LONGEST))


def _awkwardness(point: PointFact, chosen: Sequence[PointFact], used: Collection[str]) -> tuple[bool, ...]:
    surrogate, length = readability(point)
    sectors = {other.sector for other in chosen}
    return (
        point.id in used,
        surrogate,
        point.sector in sectors or point.sector is None,
        point.event in {other.event for other in chosen},
        length,
    )


def _single_quoted(text: str) -> str:
    """Inner quotation marks made single, as British printing sets them inside double ones."""
    opened = re.sub(rf"(^|[\s(\[])[{OPENERS}]", r"\1‘", text)
    return re.sub(rf"[{CLOSERS}]", "’", opened).replace("“", "‘")


def _stands(wanted: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None
