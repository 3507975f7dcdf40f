"""People: is everybody hidden, in every mention?"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from tests.evals.clock import timed
from tests.evals.figure import Figure
from tests.evals.interval import share
from tests.evals.masks import WORD, Hidden, hidden, hidden_by_presidio, is_hidden
from tests.evals.sets import Measure, Row, Sets

PRESIDIO = "Presidio default"
MOST_SNIPPETS = 1200
_GRAMMAR = "mr mrs ms no nr about a an the this that of in on at by for from to with and or s"
GRAMMAR = frozenset(_GRAMMAR.split())
Count = Callable[[Row, Hidden], tuple[int, int]]
"""How many of the row's cases are as they should be, and how many cases it has."""


def minutes(sets: Sets) -> Iterator[Figure]:
    """Share of mentions whose every letter is hidden, and of people none of whose mentions can be read."""
    rows = [{**row, "spans": row["name_spans"]} for row in sets.rows("uk_minutes")]
    counts = {
        "name mentions hidden": mentions(lambda span: span["type"] == "PERSON"),
        "initials hidden": mentions(lambda span: span["type"] == "INITIALS"),
        "people without a leak": entities(lambda span: True),
    }
    yield from compared(rows, "uk_minutes", counts)


def committee(sets: Sets) -> Iterator[Figure]:
    """Share of mentions in speech (first names, surnames, titles) whose every letter is hidden."""
    rows = sets.rows("anon_committee_names")
    yield from compared(rows, "anon_committee_names", {"name mentions hidden": mentions(_must)})


def judgments(sets: Sets) -> Iterator[Figure]:
    """Share of identifying entities all of whose mentions are hidden, titles and grammar aside (Pilán et al. 2022),
    and of hidden words that an annotator hid too.
    """
    counts = {
        "direct identifiers hidden": entities(lambda span: span["identifier"] == "DIRECT", GRAMMAR),
        "quasi identifiers hidden": entities(lambda span: span["identifier"] == "QUASI", GRAMMAR),
        "token precision": precision,
    }
    yield from compared(sets.rows("anon_tab"), "anon_tab", counts)


def tweets(sets: Sets) -> Iterator[Figure]:
    """People and organisations in tweets: share of mentions hidden, and of hidden words that are part of one."""
    yield from compared(sets.rows("anon_btc", MOST_SNIPPETS), "anon_btc", _REPORTED)


def emerging(sets: Sets) -> Iterator[Figure]:
    """The same for rare names in posts and comments."""
    yield from compared(sets.rows("anon_wnut17", MOST_SNIPPETS), "anon_wnut17", _REPORTED)


def compared(rows: Sequence[Row], name: str, counts: dict[str, Count]) -> Iterator[Figure]:
    """Each count over the rows, beside the same of Presidio."""
    ours, seconds = timed(lambda: [hidden(row["text"]) for row in rows])
    theirs = [hidden_by_presidio(row["text"]) for row in rows]
    for measure, count in counts.items():
        hits, totals = zip(*(count(row, cover) for row, cover in zip(rows, ours, strict=True)), strict=True)
        their_hits, theirs_of = zip(*(count(row, cover) for row, cover in zip(rows, theirs, strict=True)), strict=True)
        baseline = sum(their_hits) / max(sum(theirs_of), 1)
        if sum(totals):
            yield Figure(measure, name, share(hits, totals), sum(totals), seconds, baseline, PRESIDIO)


def mentions(wanted: Callable[[Row], bool]) -> Count:
    """Counts spans that are hidden."""

    def count(row: Row, cover: Hidden) -> tuple[int, int]:
        found = [is_hidden(cover, row["text"], span) for span in row["spans"] if wanted(span)]
        return sum(found), len(found)

    return count


def entities(wanted: Callable[[Row], bool], besides: Collection[str] = ()) -> Count:
    """Counts entities of which every span is hidden; one wanted span makes an entity count."""

    def count(row: Row, cover: Hidden) -> tuple[int, int]:
        spans: dict[str, list[Row]] = defaultdict(list)
        for span in row["spans"]:
            spans[span["entity_id"]].append(span)
        groups = (own for own in spans.values() if any(map(wanted, own)))
        found = [all(is_hidden(cover, row["text"], span, besides) for span in own) for own in groups]
        return sum(found), len(found)

    return count


def precision(row: Row, cover: Hidden) -> tuple[int, int]:
    """Counts the hidden words, and those that touch a span which must be hidden."""
    wanted = bytearray(len(row["text"]))
    for span in filter(_must, row["spans"]):
        wanted[span["start"] : span["end"]] = b"\1" * (span["end"] - span["start"])
    masked = [word.span() for word in WORD.finditer(row["text"]) if any(cover[word.start() : word.end()])]
    return sum(any(wanted[start:end]) for start, end in masked), len(masked)


def _must(span: Row) -> bool:
    return bool(span["must_mask"])


_REPORTED: dict[str, Count] = {"mentions hidden": mentions(_must), "token precision": precision}
MEASURES: dict[str, Measure] = {
    "uk_minutes": minutes,
    "anon_committee_names": committee,
    "anon_tab": judgments,
    "anon_btc": tweets,
    "anon_wnut17": emerging,
}
