"""Summary: what a meeting's own words say of it in short."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

import prompts
from nlp.anonymise import anonymise
from nlp.context import encode_in_context
from nlp.digest import compose
from nlp.excerpt import ELLIPSIS, quoted
from nlp.facts import DigestFacts, PointFact, ThemeFact
from nlp.points import find_points
from nlp.themes import FoundTheme, discover
from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import share
from tests.evals.masks import as_note
from tests.evals.sets import Measure, Row, Sets

MOST = 14
SHORTEST = 5
SENTENCE = re.compile(r"(?<=[.?!])\s+")
DAY = date(2026, 1, 1)


def meetings(sets: Sets) -> Iterator[Figure]:
    """ROUGE F1 (Lin 2004) of what the digest of a meeting's themes quotes as said most, against the written summary,
    beside LexRank's sentences of as many words.
    """
    rows = [row for row in sets.rows("qmsum", MOST) if row["summary"]]
    extracts, seconds = timed(lambda: [extract(row) for row in rows])
    lengths = [sum(len(part.split()) for part in own) for own in extracts]
    theirs = [within(lex_ranked(row), length) for row, length in zip(rows, lengths, strict=True)]
    yield from rouge("digest quotations", [row["summary"] for row in rows], extracts, theirs, seconds)


def extract(row: Row) -> list[str]:
    """The quotations of a digest of one meeting's headline themes, each the point nearest to its theme's middle."""
    note = as_note("\n".join(f"{turn['speaker']}: {turn['text']}" for turn in row["turns"]))
    anonymised = anonymise(note)
    points = find_points(anonymised.document, anonymised.sectors)
    if not points:
        return []
    themes = discover([point.text for point in points], encode_in_context(anonymised.document, points).in_context)
    facts = [PointFact(str(n), p.text, "event", p.sector, p.kind, p.stance) for n, p in enumerate(points)]
    shown = _facts([_theme(number, theme, facts) for number, theme in enumerate(themes)])
    briefing = compose(shown, prompts.load("sentences"))
    said = (str(one.values["description"]) for one in briefing.sentences() if one.template.startswith("said@"))
    return [quote.removesuffix(ELLIPSIS) for text in said for quote in quoted(text)]


def rouge(
    what: str, meant: Sequence[str], ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]], seconds: float
) -> Iterator[Figure]:
    """ROUGE-1, -2 and -L (F1, stemmed) of extracts against what was meant, beside LexRank's."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)
    own, rivals = (
        [scorer.score(text.replace(". ", ".\n"), "\n".join(parts)) for text, parts in zip(meant, made, strict=True)]
        for made in (ours, theirs)
    )
    for kind, name in (("rouge1", "ROUGE-1"), ("rouge2", "ROUGE-2"), ("rougeLsum", "ROUGE-L")):
        rival = float(np.mean([score[kind].fmeasure for score in rivals]))
        spread = share([score[kind].fmeasure for score in own])
        yield Figure(f"{name} of {what}", "qmsum", spread, len(meant), seconds, rival, "LexRank of as many words")


def lex_ranked(row: Row) -> list[tuple[int, str]]:
    """A meeting's sentences with their places, the most central first, by sumy's LexRank (Erkan & Radev 2004)."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.lex_rank import LexRankSummarizer

    said = [sentence for turn in row["turns"] for sentence in SENTENCE.split(turn["text"])]
    sentences = [Sentence(sentence, _Words()) for sentence in said if len(sentence.split()) >= SHORTEST]
    ranked: list[tuple[int, str]] = []

    def kept(rated: Sequence[Any]) -> list[Any]:
        ranked.extend((one.order, str(one.sentence)) for one in sorted(rated, key=lambda one: -one.rating))
        return []

    LexRankSummarizer()(ObjectDocumentModel([Paragraph(sentences)]), kept)
    return ranked


def within(ranked: Sequence[tuple[int, str]], words: int) -> list[str]:
    """The first texts that come to at most so many words together, in the order of their places."""
    lengths = np.cumsum([len(text.split()) for _, text in ranked])
    return [text for _, text in sorted(one for one, length in zip(ranked, lengths, strict=True) if length <= words)]


class _Words:
    """sumy's tokenizer would fetch data; blanks and stops do."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(text.split())


def _theme(number: int, theme: FoundTheme, points: Sequence[PointFact]) -> ThemeFact:
    order = [*theme.typical, *(place for place in theme.members if place not in theme.typical)]
    own = tuple(points[place] for place in order)
    return ThemeFact(
        id=f"theme_{number:04d}",
        title=theme.title,
        description=theme.description,
        keywords=theme.keywords,
        state="emerging",
        change="new",
        missions=(),
        sectors=(),
        events=1,
        events_total=1,
        points=own,
        quotes=tuple(point.id for point in own),
    )


def _facts(themes: Sequence[ThemeFact]) -> DigestFacts:
    themed = sum(len(theme.points) for theme in themes)
    return DigestFacts(
        title="",
        period_start=DAY,
        period_end=DAY,
        events=1,
        notes=1,
        points_total=themed,
        themed=themed,
        unthemed=0,
        withheld=0,
        withdrawn=0,
        themes=tuple(themes),
        themes_withheld=0,
        missions={},
    )


MEASURES: dict[str, Measure] = {"qmsum": meetings}
