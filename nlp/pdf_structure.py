"""Reads a PDF by the structure tree that the program which made it wrote (ISO 32000, 14.7)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from nlp.pdf_layout import mended, words_of
from nlp.piece import Piece, cleaned, row, typed

if TYPE_CHECKING:
    from pdfplumber.pdf import PDF

Key = tuple[int, int]
"""Marked content: the page's number and the number of the run on that page."""

_INLINE = {"Span", "Link", "Strong", "Em", "Quote", "Code", "Reference", "Annot", "Sub", "Sup", "NonStruct"}
_HEADING = re.compile(r"H[1-6]?|Title")
_OUTSIDE, _ARTIFACT = -1, -2
_DEEPEST = 150


class Sign(NamedTuple):
    """A character where it is printed, with the number and the tag of its marked content."""

    text: str
    x0: float
    x1: float
    top: float
    size: float
    mcid: int | None
    tag: str | None


def sign_of(char: dict[str, Any]) -> Sign:
    """What is wanted of a character as pdfplumber gives it."""
    place = (char["text"], char["x0"], char["x1"], char["top"], char["size"] or 1.0)
    return Sign(*place, char.get("mcid"), char.get("tag"))


@dataclass
class _Node:
    """An element of the tree; its content is marked text and elements in order."""

    type: str
    content: list["Key | _Node"] = field(default_factory=list)

    def nodes(self) -> list["_Node"]:
        return [part for part in self.content if isinstance(part, _Node)]

    def keys(self, inline_only: bool) -> list[Key]:
        """Its marked text in order, without that of the blocks inside it if `inline_only`."""
        found: list[Key] = []
        for part in self.content:
            if not isinstance(part, _Node):
                found.append(part)
            elif not inline_only or part.type in _INLINE:
                found += part.keys(inline_only)
        return found


def structured(pdf: "PDF", printed: dict[int, list[Sign]]) -> list[Piece] | None:
    """The pieces by the file's own structure, or None when it has none or leaves a letter out of it."""
    root = _tree(pdf)
    if root is None:
        return None
    signs: dict[Key, list[Sign]] = defaultdict(list)
    reached = set(root.keys(inline_only=False))
    for page, run in printed.items():
        for sign, mcid in _marked(run):
            if (page, mcid) in reached:
                signs[page, mcid].append(sign)
            elif mcid != _ARTIFACT and sign.text.isalnum():
                return None
    return list(_Walk(signs).pieces(root, 0))


def _marked(signs: list[Sign]) -> Iterator[tuple[Sign, int]]:
    """Each character of a page, in the order of the file, with the number of its marked content.

    pdfminer forgets that number after a span inside marked content, such as a hyphen at a line's end, so what stands
    next to numbered text and has no number of its own belongs to it.
    """
    mcid, before = _OUTSIDE, None
    for sign in signs:
        if sign.mcid is not None:
            mcid = sign.mcid
        elif sign.tag == "Artifact":
            mcid = _ARTIFACT
        elif before is None or abs(sign.top - before.top) > 2.5 * sign.size:
            mcid = _OUTSIDE
        before = sign
        yield sign, mcid


class _Walk:
    """Turns nodes into pieces with the characters of their marked content."""

    def __init__(self, signs: dict[Key, list[Sign]]) -> None:
        self.signs = signs
        self.words = words_of([line for run in signs.values() for line in lines_of(run)])

    def pieces(self, parent: _Node, depth: int) -> Iterator[Piece]:
        for node in parent.nodes():
            if node.type == "Table":
                yield from self._table(node)
            elif node.type not in ("TOC", "Lbl"):
                text = self._text(node.keys(inline_only=True))
                if text and _HEADING.fullmatch(node.type):
                    digit = node.type[1:]
                    yield Piece("heading", text, int(digit) if digit.isdigit() else 1)
                elif text:
                    yield typed(text)._replace(kind="bullet", level=depth) if depth else typed(text)
                blocks = _Node(node.type, [part for part in node.nodes() if part.type not in _INLINE])
                yield from self.pieces(blocks, depth + (node.type == "L"))

    def _text(self, keys: list[Key]) -> str:
        return cleaned(mended(lines_of([sign for key in keys for sign in self.signs.get(key, ())]), self.words))

    def _table(self, table: _Node) -> Iterator[Piece]:
        for node in table.nodes():
            if node.type != "TR":
                yield from self._table(node)
                continue
            cells = [cell for cell in node.nodes() if cell.type in ("TH", "TD")]
            if len(cells) > 1:
                yield row([self._paragraphs(cell) for cell in cells])
            else:
                yield from self.pieces(node, 0)

    def _paragraphs(self, cell: _Node) -> list[str]:
        return [piece.text for piece in self.pieces(_Node("TR", [cell]), 0)]


def lines_of(signs: list[Sign]) -> list[str]:
    """The lines that characters in reading order make; a gap is a space, a step down or back is a new line."""
    lines: list[str] = []
    before: Sign | None = None
    for sign in signs:
        size = sign.size
        if before is None or abs(sign.top - before.top) > 0.6 * size or sign.x0 < before.x0 - size:
            lines.append("")
        elif sign.x0 - before.x1 > 0.18 * size and not lines[-1].endswith(" "):
            lines[-1] += " "
        lines[-1] += sign.text
        before = sign
    return [line for line in lines if line.strip()]


def _tree(pdf: "PDF") -> _Node | None:
    """The file's structure tree, its own names for elements mapped to the standard ones."""
    from pdfminer.pdftypes import resolve1

    root = resolve1(pdf.doc.catalog.get("StructTreeRoot"))
    if not isinstance(root, dict):
        return None
    pages = {page.page_obj.pageid: page.page_number for page in pdf.pages}
    tree = _Node("Document")
    roles = resolve1(root.get("RoleMap")) or {}
    _add(tree, root.get("K"), 0, _Source(pages, {str(k): _name(v) for k, v in roles.items()}), 0)
    return tree


@dataclass
class _Source:
    pages: dict[Any, int]
    roles: dict[str, str]
    seen: set[int] = field(default_factory=set)


def _name(literal: Any) -> str:
    name = getattr(literal, "name", literal)
    return name.decode("latin-1") if isinstance(name, bytes) else str(name)


def _add(parent: _Node, child: Any, page: int, source: _Source, depth: int) -> None:
    from pdfminer.pdftypes import PDFObjRef, resolve1

    if depth > _DEEPEST:
        raise ValueError("structure too deep")
    if isinstance(child, PDFObjRef):
        # A damaged tree may lead back to itself.
        if isinstance(resolve1(child), dict) and child.objid in source.seen:
            return
        source.seen.add(child.objid)
        child = resolve1(child)
    if isinstance(child, list):
        for part in child:
            _add(parent, part, page, source, depth + 1)
    elif isinstance(child, int):
        parent.content.append((page, child))
    elif isinstance(child, dict) and "Obj" not in child:
        place = child.get("Pg")
        page = source.pages.get(place.objid, page) if isinstance(place, PDFObjRef) else page
        if "MCID" in child:
            parent.content.append((page, int(resolve1(child["MCID"]))))
            return
        kind = _name(resolve1(child.get("S")))
        for _ in range(10):
            kind = source.roles.get(kind, kind)
        node = _Node(kind)
        parent.content.append(node)
        _add(node, child.get("K"), page, source, depth + 1)
