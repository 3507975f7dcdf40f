"""Reads a PDF that carries no structure by its layout: sizes, gaps, indents and ruled tables."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from nlp.piece import Piece, row, typed, without_marker

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF
    from pdfplumber.table import Table

_PAGE_NUMBER = re.compile(r"(?:page\s+)?\W?\d{1,4}\W?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_MARGIN = 0.12


@dataclass(frozen=True)
class _Line:
    """One line of print, or a table row in its place (`cells` set)."""

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    in_margin: bool
    first_width: float
    cells: tuple[str, ...] = ()


def laid_out(pdf: "PDF") -> list[Piece]:
    """The pieces of a PDF of one column, page headers, footers and page numbers left out."""
    lines = _without_furniture([line for page in pdf.pages for line in _lines(page)], len(pdf.pages))
    printed = [line for line in lines if not line.cells]
    if not printed:
        return [_row(line.cells) for line in lines if line.cells]
    body = _body_size(printed)
    sizes = sorted({line.size for line in printed if line.size > 1.1 * body}, reverse=True)
    indents = _ranks([line.x0 for line in printed if without_marker(line.text)[1]])
    words = words_of([line.text for line in printed])
    found: list[Piece] = []
    for group in _groups(lines, printed):
        first = group[0]
        if first.cells:
            found.append(_row(tuple(" ".join(filter(None, column)) for column in _columns(group))))
            continue
        text = mended([line.text for line in group], words)
        if first.size in sizes:
            found.append(Piece("heading", text, min(6, sizes.index(first.size) + 1)))
        else:
            found.append(typed(text, indents.get(round(first.x0), 1)))
    return found


def mended(lines: list[str], words: set[str]) -> str:
    """The lines as one; a soft hyphen goes, a hard one goes when the whole word occurs elsewhere in the note."""
    text = ""
    for line in (line.strip() for line in lines):
        last, first = text.rsplit(" ", 1)[-1], line.split(" ", 1)[0]
        if text.endswith("\u00ad"):
            text = text[:-1] + line
        elif last[-1:] == "-" and last[-2:-1].isalpha() and first[:1].islower():
            whole = (last[:-1] + first).lower().strip(".,;:")
            text = (text[:-1] if whole in words else text) + line
        else:
            text = f"{text} {line}" if text else line
    return text


def words_of(lines: list[str]) -> set[str]:
    """The words that stand whole in the lines, in lower case: what a hyphen at a line's end is mended by."""
    return {word.strip(".,;:()").lower() for line in lines for word in line.split()[:-1]}


def _lines(page: "Page") -> list[_Line]:
    tables = [table for table in page.find_tables() if _is_table(table)]
    words = page.extract_words(x_tolerance_ratio=0.18, y_tolerance=2, extra_attrs=["size", "fontname"])
    free = [word for word in words if not any(_within(word, table) for table in tables)]
    lines = [_line(found, page) for found in _by_height(free)]
    for table in tables:
        for cells, text in zip(table.rows, table.extract(x_tolerance_ratio=0.18, y_tolerance=2), strict=True):
            x0, top, x1, bottom = cells.bbox
            cut = tuple(mended((cell or "").split("\n"), set()) for cell in text)
            lines.append(_Line("", page.page_number, x0, x1, top, bottom, 0, False, False, 0, cut))
    page.close()
    return sorted(lines, key=lambda line: (line.top, line.x0))


def _row(cells: tuple[str, ...]) -> Piece:
    return row([[cell] for cell in cells])


def _columns(group: list[_Line]) -> list[tuple[str, ...]]:
    return list(zip(*(line.cells for line in group), strict=True))


def _is_table(table: "Table") -> bool:
    return len(table.columns) > 1


def _within(word: dict[str, Any], table: "Table") -> bool:
    """Whether the middle of a word lies in a cell: a word that no cell has is read as a line."""
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return any(x0 <= across <= x1 and top <= down <= bottom for x0, top, x1, bottom in table.cells)


def _by_height(words: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The words by line: those whose middles lie within half of the line's size."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["bottom"], word["x0"])):
        if lines and abs(word["bottom"] - lines[-1][0]["bottom"]) < 0.4 * word["size"]:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word["x0"]) for line in lines]


def _line(words: list[dict[str, Any]], page: "Page") -> _Line:
    sizes = Counter[float]()
    for word in words:
        sizes[round(word["size"], 1)] += len(word["text"])
    top, bottom = min(word["top"] for word in words), max(word["bottom"] for word in words)
    height = float(page.height)
    return _Line(
        " ".join(word["text"] for word in words),
        page.page_number,
        words[0]["x0"],
        max(word["x1"] for word in words),
        top,
        bottom,
        sizes.most_common(1)[0][0],
        all("bold" in word["fontname"].lower() for word in words),
        bottom < _MARGIN * height or top > (1 - _MARGIN) * height,
        words[0]["x1"] - words[0]["x0"],
    )


def _without_furniture(lines: list[_Line], pages: int) -> list[_Line]:
    """Leaves out what stands at one height in the margin of at least half the pages, and lone page numbers."""
    numberless = [(re.sub(r"\d+", "#", line.text), round(line.top)) for line in lines]
    counts = Counter(
        place
        for place, line in zip(numberless, lines, strict=True)
        if line.in_margin and not line.cells and not without_marker(line.text)[1]
    )
    often = {place for place, count in counts.items() if count >= max(2, pages / 2)}
    return [
        line
        for place, line in zip(numberless, lines, strict=True)
        if line.cells or not (line.in_margin and (place in often or _PAGE_NUMBER.fullmatch(line.text)))
    ]


def _body_size(lines: list[_Line]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _ranks(indents: list[float]) -> dict[int, int]:
    """The depth of each indent (in whole points) at which bullets begin; those within 6 points are one."""
    ranks: dict[int, int] = {}
    depth, before = 0, float("-inf")
    for indent in sorted(indents):
        depth += indent - before > 6
        before = indent
        ranks[round(indent)] = depth
    return ranks


def _groups(lines: list[_Line], printed: list[_Line]) -> list[list[_Line]]:
    steps = [
        round(after.top - before.top, 1)
        for before, after in pairwise(printed)
        if before.page == after.page and before.size == after.size and 0 < after.top - before.top < 4 * after.size
    ]
    step = min(median(steps), Counter(steps).most_common(1)[0][0]) if steps else 0.0
    right = max(line.x1 for line in printed)
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and _goes_on(groups[-1], line, step, right):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(group: list[_Line], line: _Line, step: float, right: float) -> bool:
    first, before = group[0], group[-1]
    if before.cells and line.cells and not line.cells[0] and len(before.cells) == len(line.cells):
        # A row that a page's end cut in two goes on with an empty first cell.
        return before.page + 1 == line.page
    # The next word would have fitted in: the line was broken on purpose.
    broken = before.x1 + 0.3 * before.size + line.first_width < right and not line.text[:1].islower()
    same_type = before.size == line.size and before.bold == line.bold
    if before.cells or line.cells or not same_type or without_marker(line.text)[1]:
        return False
    if before.page != line.page:
        return before.text.rstrip()[-1:] not in ".?!:;" and line.text[:1].islower()
    if line.top - before.top > 1.25 * step or broken:
        return False
    # A bullet's text hangs to the right of its marker: a line back at the margin is not the bullet's.
    return not (without_marker(first.text)[1] and len(group) == 1 and line.x0 < first.x0 - 2)
