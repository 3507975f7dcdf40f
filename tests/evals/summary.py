"""Summary and evidence: what a meeting's own words say of it in short."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

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
HITS = SHORTEST = 5
SENTENCE = re.compile(r"(?<=[.?!])\s+")
DAY = date(2026, 1, 1)


def meetings(sets: Sets) -> Iterator[Figure]:
    """ROUGE F1 (Lin 2004) of what the digest of a meeting's themes quotes as said most, against the written summary,
    beside LexRank's sentences of as many words; and evidence: a query has a hit where one of five turns is gold.
    """
    from rouge_score.rouge_scorer import RougeScorer

    rows = sets.rows("qmsum")
    yield from _evidence(rows)
    rows = [row for row in sets.at_most(rows, MOST) if row["summary"]]
    scorer = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)
    extracts, seconds = timed(lambda: [extract(row) for row in rows])
    theirs = [lex_rank(row, sum(len(part.split()) for part in own)) for row, own in zip(rows, extracts, strict=True)]
    ours, rivals = (
        [scorer.score(row["summary"].replace(". ", ".\n"), "\n".join(own)) for row, own in zip(rows, made, strict=True)]
        for made in (extracts, theirs)
    )
    for kind, name in (("rouge1", "ROUGE-1"), ("rouge2", "ROUGE-2"), ("rougeLsum", "ROUGE-L")):
        rival = float(np.mean([score[kind].fmeasure for score in rivals]))
        spread = share([score[kind].fmeasure for score in ours])
        yield Figure(f"extractive {name}", "qmsum", spread, len(rows), seconds, rival, "LexRank of as many words")


def extract(row: Row) -> list[str]:
    """The quotations of a digest of one meeting's headline themes, each the point nearest to its theme's middle."""
    note = as_note("\n".join(f"{turn['speaker']}: {turn['text']}" for turn in row["turns"]))
    anonymised = anonymise(note)
    points = find_points(anonymised.document, anonymised.sectors)
    if not points:
        return []
    themes = discover([point.text for point in points], encode_in_context(anonymised.document, points))
    facts = [PointFact(str(n), p.text, "event", p.sector, p.kind, p.stance) for n, p in enumerate(points)]
    shown = _facts([_theme(number, theme, facts) for number, theme in enumerate(themes)])
    briefing = compose(shown, prompts.load("sentences"))
    said = (str(one.values["description"]) for one in briefing.sentences() if one.template.startswith("said@"))
    return [quote.removesuffix(ELLIPSIS) for text in said for quote in quoted(text)]


def lex_rank(row: Row, words: int) -> list[str]:
    """The most central sentences by sumy's LexRank (Erkan & Radev 2004), in their order, of at most so many words."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.lex_rank import LexRankSummarizer

    def within(rated: Sequence[Any]) -> list[Any]:
        lengths = np.cumsum([len(str(one.sentence).split()) for one in rated])
        return [one for one, length in zip(rated, lengths, strict=True) if length <= words]

    said = [sentence for turn in row["turns"] for sentence in SENTENCE.split(turn["text"])]
    sentences = [Sentence(sentence, _Words()) for sentence in said if len(sentence.split()) >= SHORTEST]
    return [str(one) for one in LexRankSummarizer()(ObjectDocumentModel([Paragraph(sentences)]), within)]


class _Words:
    """sumy's tokenizer would fetch data; blanks and stops do."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(text.split())


def _evidence(rows: Sequence[Row]) -> Iterator[Figure]:
    """The product finds no evidence for a question of a reader's own; TF-IDF shows what there is to beat."""
    hits = {row["id"]: _hits_by_words(row) for row in rows}
    committees = {row["id"] for row in rows if row["domain"] == "committee"}
    for measure, kept in (("evidence hit@5, committees", committees), ("evidence hit@5, all", set(hits))):
        own = [hit for id, found in hits.items() if id in kept for hit in found]
        if own:
            against = "TF-IDF cosine over turns"
            yield Figure(measure.replace(",", ""), "qmsum", None, len(own), 0.0, float(np.mean(own)), against)


def _hits_by_words(row: Row) -> list[bool]:
    weights = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    turns = weights.fit_transform([turn["text"] or "–" for turn in row["turns"]])
    likeness = (weights.transform([query["q"] for query in row["queries"]]) @ turns.T).toarray()
    best = np.argsort(-likeness, axis=1, kind="stable")[:, :HITS]
    return [
        any(start <= turn <= end for turn in turns for start, end in query["spans"])
        for turns, query in zip(best, row["queries"], strict=True)
    ]


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
