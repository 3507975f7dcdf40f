"""Names themes in the words of their own points."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.encode import Vectors, encode
from nlp.phrases import noun_phrases
from nlp.topics import nearest_topics

READ, READ_AT_LEAST, READ_IN_ALL = 40, 8, 3000
"""How many of a theme's most central points are searched for phrases; fewer where the themes are many."""
CANDIDATES = 30
PAIRED = 4
CHOICES = 8
ALIKE = 0.9
LONGEST = 6
KEYWORDS = 8
QUOTED = 240
SHARED, COMMON, RARE, WORD = 0.2, 0.7, 0.1, 0.04
"""What likeness to another theme, a spread over all points, rarity among the themes and each further word weigh."""
TOLD = 0.35
"""The share of its points from which on a phrase names a theme better than a topic of the list would."""


@dataclass(frozen=True)
class Naming:
    """What a reader sees of a theme: title, one sentence, keywords."""

    title: str
    description: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class _Phrase:
    text: str
    score: float
    spread: float
    vector: NDArray[np.float32]


def name_themes(
    central: Sequence[Sequence[str]],
    centroids: Vectors,
    words: Sequence[Mapping[str, float]],
    model: str | None = None,
) -> tuple[Naming, ...]:
    """A naming for each theme from its points (most central first), its centroid and its words' c-TF-IDF weights.

    A title is a noun phrase of the points, or two of them, ranked by likeness to the theme, spread over its points and
    unlikeness to the other themes (KeyBERT, Grootendorst 2020); where no phrase is spread over enough of the points,
    as in talk, it is the nearest topic of nlp.topics if one is near. No two titles of a run are almost equal where the
    points leave a choice. `model` is the encoder that made the centroids.
    """
    share = min(READ, max(READ_AT_LEAST, READ_IN_ALL // max(1, len(central))))
    read = [texts[:share] for texts in central]
    found = iter(noun_phrases([text for texts in read for text in texts]))
    candidates = [
        _candidates([next(found) for _ in texts], weights) for texts, weights in zip(read, words, strict=True)
    ]
    phrases = _ranked(candidates, centroids, model)
    choices = [_titles(ranked) for ranked in phrases]
    for theme, topic in nearest_topics(centroids, model).items():
        if not phrases[theme] or phrases[theme][0].spread < TOLD:
            choices[theme].insert(0, topic)
    titles = _apart(choices, model)
    return tuple(
        Naming(title, _description(texts[0]), _keywords(ranked))
        for title, texts, ranked in zip(titles, central, phrases, strict=True)
    )


def _candidates(found: Sequence[Counter[str]], weights: Mapping[str, float]) -> dict[str, float]:
    """The phrases worth comparing, with the share of the points read that hold their words."""
    support = Counter(phrase for phrases in found for phrase in phrases)
    if not support:
        return dict.fromkeys(list(weights)[:CANDIDATES], 0.0)
    held = [{stem for phrase in phrases for stem in _stems(phrase)} for phrases in found]
    frequency = Counter(stem for stems in held for stem in stems)
    spread = {phrase: _spread(phrase, frequency) / len(found) for phrase in support}
    worth = {
        phrase: spread[phrase] * (1 + max((weights.get(word, 0.0) for word in _words(phrase)), default=0.0))
        for phrase in support
    }
    best = sorted(worth, key=lambda phrase: (-worth[phrase], phrase))[:CANDIDATES]
    return {phrase: spread[phrase] for phrase in best}


def _spread(phrase: str, frequency: Mapping[str, int]) -> float:
    counts = [frequency[stem] for stem in _stems(phrase)]
    return sum(counts) / len(counts) if counts else 0.0


def _ranked(candidates: Sequence[Mapping[str, float]], centroids: Vectors, model: str | None) -> list[list[_Phrase]]:
    """The phrases of each theme, best first."""
    texts = sorted({phrase for group in candidates for phrase in group})
    vectors = encode(texts, model)
    likeness = vectors @ centroids.T
    row = {text: place for place, text in enumerate(texts)}
    rarity = _rarity(candidates)
    ranked = []
    for theme, group in enumerate(candidates):
        phrases = [
            _Phrase(text, _score(text, likeness[row[text]], theme, spread, rarity), spread, vectors[row[text]])
            for text, spread in group.items()
        ]
        ranked.append(sorted(phrases, key=lambda phrase: (-round(phrase.score, 4), phrase.text)))
    return ranked


def _rarity(candidates: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """For each stem the logarithm of how few of the themes have it."""
    held = Counter(stem for group in candidates for stem in {stem for phrase in group for stem in _stems(phrase)})
    return {stem: float(np.log(len(candidates) / count)) for stem, count in held.items()}


def _score(text: str, likeness: NDArray[np.float32], theme: int, spread: float, rarity: Mapping[str, float]) -> float:
    others = np.delete(likeness, theme)
    shared = float(others.max()) if len(others) else 0.0
    stems = _stems(text)
    rare = sum(rarity[stem] for stem in stems) / max(1, len(stems))
    words = len(text.split()) - 1
    return float(likeness[theme] - SHARED * shared + COMMON * spread**0.5 + RARE * rare - WORD * words)


def _titles(phrases: Sequence[_Phrase]) -> list[str]:
    """Titles in order of preference: phrases and pairs of phrases, then single words that few points hold."""
    top = phrases[:PAIRED]
    scores = {phrase.text: phrase.score for phrase in phrases if " " in phrase.text or phrase.spread >= TOLD}
    for place, one in enumerate(top):
        for two in top[place + 1 :]:
            if _pairable(one.text, two.text):
                scores[f"{one.text} and {two.text}"] = (one.score + two.score) / 2
    best = sorted(scores, key=lambda title: (-round(scores[title], 4), title))
    return [*best, *(phrase.text for phrase in phrases if phrase.text not in scores)][:CHOICES]


def _pairable(one: str, two: str) -> bool:
    return len(one.split()) + len(two.split()) < LONGEST and not _stems(one) & _stems(two) and " and " not in one + two


def _apart(wanted: Sequence[Sequence[str]], model: str | None) -> list[str]:
    """The first title of each list that is not almost the title of an earlier theme."""
    names = sorted({title for choices in wanted for title in choices})
    vector = dict(zip(names, encode(names, model), strict=True))
    taken: list[NDArray[np.float32]] = []
    titles = []
    for choices in wanted:
        nearness = [max((float(vector[choice] @ other) for other in taken), default=-1.0) for choice in choices]
        free = [choice for choice, near in zip(choices, nearness, strict=True) if near <= ALIKE]
        title = free[0] if free else choices[int(np.argmin(nearness))]
        taken.append(vector[title])
        titles.append(title[:1].upper() + title[1:])
    return titles


def _keywords(phrases: Sequence[_Phrase]) -> tuple[str, ...]:
    """The best phrases that differ from one another (maximal marginal relevance, Carbonell & Goldstein 1998)."""
    chosen: list[_Phrase] = []
    left = list(phrases)
    while left and len(chosen) < KEYWORDS:
        best = max(left, key=lambda phrase: round(_margin(phrase, chosen), 4))
        chosen.append(best)
        left = [phrase for phrase in left if not _stems(phrase.text) <= _stems(best.text)]
    return tuple(phrase.text for phrase in chosen)


def _margin(phrase: _Phrase, chosen: Sequence[_Phrase]) -> float:
    return phrase.score - 0.5 * max((float(phrase.vector @ other.vector) for other in chosen), default=0.0)


def _description(central: str) -> str:
    """One sentence that quotes the most central point, shortened at a word where it is long."""
    text = " ".join(central.split())
    if len(text) > QUOTED:
        text = text[:QUOTED].rsplit(" ", 1)[0].rstrip(",;:–- ") + " …"
    return f"What was said most: “{text}”"


def _words(phrase: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", phrase.lower())


def _stems(phrase: str) -> set[str]:
    return {word[:5] for word in _words(phrase) if len(word) > 2}
