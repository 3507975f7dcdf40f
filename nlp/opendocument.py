"""Reads ODT from its content.xml: what a reader of the page sees, without deleted or hidden text or comments."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from nlp.piece import Piece, row, typed

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _STYLE = (f"{{{_SPACE}{name}:1.0}}" for name in ("text", "table", "style"))
_OFFICE, _DRAW = (f"{{{_SPACE}{name}:1.0}}" for name in ("office", "drawing"))
_UNREAD = {
    *(_TEXT + name for name in ("tracked-changes", "note", "hidden-text", "ruby-text", "table-of-content")),
    *(_TEXT + name for name in ("alphabetical-index", "sequence-decls", "variable-decls", "user-field-decls")),
    *(_OFFICE + name for name in ("annotation", "annotation-end", "forms")),
    _DRAW + "frame",
    _DRAW + "custom-shape",
}
_ROWS = {_TABLE + "table-header-rows", _TABLE + "table-rows", _TABLE + "table-row-group"}


def pieces(data: bytes) -> list[Piece]:
    """The pieces of an ODT in order; raises what zipfile, lxml or a missing part raise on a damaged file."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("content.xml"), parser)
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise ValueError("no text body")
    return list(_Reader(root).blocks(body, 0))


class _Reader:
    """Walks one document with what its styles hide and which of them are titles."""

    def __init__(self, root: "_Element") -> None:
        self.hidden: set[str] = set()
        self.titles = {"Title": 1, "Subtitle": 2}
        for style in root.iter(_STYLE + "style"):
            name, parent = style.get(_STYLE + "name", ""), style.get(_STYLE + "parent-style-name", "")
            if parent in self.titles:
                self.titles[name] = self.titles[parent]
            if any(part.get(_TEXT + "display") == "none" for part in style):
                self.hidden.add(name)

    def blocks(self, parent: "_Element", depth: int) -> Iterator[Piece]:
        for child in parent:
            if child.tag in (_TEXT + "p", _TEXT + "h"):
                yield from self._paragraph(child, depth)
            elif child.tag == _TEXT + "list":
                yield from self.blocks(child, depth + 1)
            elif child.tag == _TABLE + "table":
                yield from self._table(child)
            elif child.tag == _DRAW + "frame" or (child.tag not in _UNREAD and child.get(_TEXT + "display") != "none"):
                yield from self.blocks(child, depth)

    def _paragraph(self, element: "_Element", depth: int) -> Iterator[Piece]:
        style = element.get(_TEXT + "style-name", "")
        marker = element.find(f".//{_TEXT}hidden-paragraph")
        hides = marker is not None and marker.get(_TEXT + "is-hidden") == "true"
        if style not in self.hidden and not hides:
            level = self.titles.get(style, 0)
            if element.tag == _TEXT + "h":
                level = int(element.get(_TEXT + "outline-level", "1"))
            # A line that the typist broke by hand is a line of its own: joining could run two points together.
            for line in filter(str.strip, self._text(element).split("\n")):
                if level:
                    yield Piece("heading", line, level)
                else:
                    yield typed(line)._replace(kind="bullet", level=depth) if depth else typed(line)
        for inner in element.iter(_DRAW + "text-box", _DRAW + "custom-shape", _TEXT + "note-body"):
            yield from self.blocks(inner, 0)

    def _text(self, element: "_Element") -> str:
        parts = [element.text or ""]
        for child in element:
            if child.tag == _TEXT + "line-break":
                parts.append("\n")
            elif child.tag in (_TEXT + "s", _TEXT + "tab"):
                parts.append("\t" if child.tag == _TEXT + "tab" else " ")
            elif (
                isinstance(child.tag, str)
                and child.tag not in _UNREAD
                and child.get(_TEXT + "style-name", "") not in self.hidden
            ):
                parts.append(self._text(child))
            # Line ends in the file are only layout of the XML.
            parts.append((child.tail or "").replace("\n", " "))
        parts[0] = parts[0].replace("\n", " ")
        return "".join(parts)

    def _table(self, table: "_Element") -> Iterator[Piece]:
        rows = [[cell for cell in line if cell.tag == _TABLE + "table-cell"] for line in _rows(table)]
        if all(len(cells) <= 1 for cells in rows):
            # A table of one column is a box round ordinary paragraphs.
            for cells in rows:
                for cell in cells:
                    yield from self.blocks(cell, 0)
            return
        for cells in rows:
            yield row([[piece.text for piece in self.blocks(cell, 0)] for cell in cells])


def _rows(parent: "_Element") -> Iterator["_Element"]:
    for child in parent:
        if child.tag == _TABLE + "table-row":
            yield child
        elif child.tag in _ROWS:
            yield from _rows(child)
