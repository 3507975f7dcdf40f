"""Settles which finding holds where several overlap, so that nothing found is left open and nothing is masked twice."""

import itertools
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Sequence

from nlp.read import Document
from nlp.recognisers.found import SURE, Found

_TOUCHING = re.compile(r"[\s'’.-]{0,2}")


def settle(document: Document, found: Iterable[Found], rejected: Collection[tuple[int, int]]) -> list[Found]:
    """Findings in order, none overlapping, none across the edge of a block; the rest of one half covered stays masked."""
    text = document.text
    best = sorted(
        set(found),
        key=lambda hit: (
            hit.score < SURE,
            hit.start - hit.end,
            -hit.score,
            hit.start,
            hit.type,
            hit.key,
            hit.detector,
            hit.sector or "",
        ),
    )
    taken: list[tuple[int, int]] = sorted({span for span in rejected if span[0] < span[1]})
    edges = _edges(document)
    kept: list[Found] = []
    for hit in best:
        for start, end in _free(hit.start, hit.end, taken, edges):
            start, end = _stripped(text, start, end)
            whole = (start, end) == (hit.start, hit.end)
            if start < end and (whole or _says_something(text[start:end])):
                kept.append(hit._replace(start=start, end=end))
                insort(taken, (start, end))
    kept.sort()
    return _joined(text, kept, edges)


def _edges(document: Document) -> list[int]:
    """Offsets that no stretch may cross: the ends of blocks and of speakers' labels."""
    edges: set[int] = set()
    for block in document.blocks:
        edges |= {block.start, block.end}
        if block.speaker_end is not None:
            edges.add(block.speaker_end)
    return sorted(edges)


def _free(start: int, end: int, taken: Sequence[tuple[int, int]], edges: Sequence[int]) -> list[tuple[int, int]]:
    """The parts of a stretch that nothing has taken, cut at the edges."""
    parts: list[tuple[int, int]] = []
    at = start
    first = max(0, bisect_left(taken, (start, start)) - 1)
    for other_start, other_end in taken[first:]:
        if other_start >= end:
            break
        if other_end > at:
            if other_start > at:
                parts.append((at, other_start))
            at = max(at, other_end)
    if at < end:
        parts.append((at, end))
    cut = []
    for part_start, part_end in parts:
        inner = edges[bisect_right(edges, part_start) : bisect_left(edges, part_end)]
        points = [part_start, *inner, part_end]
        cut += list(itertools.pairwise(points))
    return cut


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum() and text[start] not in "(+@£":
        start += 1
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in ")":
        end -= 1
    if text[start:end].count(")") > text[start:end].count("(") and text[end - 1] == ")":
        end -= 1
    return start, end


def _says_something(text: str) -> bool:
    """Whether what is left of a stretch still names something: a capital or a digit, not just "of the"."""
    return any(sign.isupper() or sign.isdigit() for sign in text)


def _joined(text: str, kept: Sequence[Found], edges: Sequence[int]) -> list[Found]:
    """Neighbours of one key become one stretch."""
    joined: list[Found] = []
    for hit in kept:
        last = joined[-1] if joined else None
        if last and last.key == hit.key and _TOUCHING.fullmatch(text, last.end, hit.start):
            inner = bisect_left(edges, hit.start + 1) - bisect_right(edges, last.end - 1)
            if inner <= 0:
                joined[-1] = last._replace(end=hit.end, score=max(last.score, hit.score))
                continue
        joined.append(hit)
    return joined
