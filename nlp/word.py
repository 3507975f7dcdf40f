"""Reads DOCX with python-docx: what a reader of the page sees, without deleted, moved or hidden text."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from nlp.piece import Piece, row, typed

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = _W + "txbxContent"
_UNREAD = {_W + name for name in ("del", "moveFrom", "pPr", "rPr", "txbxContent", "rt")} | {_FALLBACK}
_BREAKS = {_W + "br", _W + "cr"}
_WRAPPERS = {_W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def pieces(data: bytes) -> list[Piece]:
    """The pieces of a DOCX in order, footnotes last; raises what python-docx raises on a damaged file."""
    import docx

    document = docx.Document(BytesIO(data))
    styles = _Styles(document.styles.element)
    found = list(_blocks(document.element.body, styles))
    for notes in _footnotes(document.part):
        found += _blocks(notes, styles)
    return found


class _Styles:
    """What paragraph and character styles say, each through the styles it is based on."""

    def __init__(self, root: "_Element") -> None:
        self._by_id = {str(style.get(_W + "styleId")): style for style in root.iter(_W + "style")}

    def chain(self, style_id: str | None) -> list["_Element"]:
        chain: list[_Element] = []
        while style_id in self._by_id and len(chain) < 20:
            chain.append(self._by_id[style_id])
            style_id = _value(chain[-1], "basedOn")
        return chain

    def hidden(self, properties: "_Element | None", style_id: str | None) -> bool:
        """Whether text with those run properties and that style is hidden; the nearest word on it counts."""
        chain = self.chain(style_id)
        marks = [_find(properties, "vanish"), *(_find(style, "rPr", "vanish") for style in chain)]
        first = next((mark for mark in marks if mark is not None), None)
        return first is not None and first.get(_W + "val") not in ("0", "false", "off")


def _find(element: "_Element | None", *path: str) -> "_Element | None":
    for tag in path:
        element = None if element is None else element.find(_W + tag)
    return element


def _value(element: "_Element | None", *path: str) -> str | None:
    found = _find(element, *path)
    return None if found is None else found.get(_W + "val")


def _blocks(parent: "_Element", styles: _Styles) -> Iterator[Piece]:
    for child in parent:
        if child.tag == _W + "p":
            yield from _paragraph(child, styles)
        elif child.tag == _W + "tbl":
            yield from _table(child, styles)
        elif child.tag in _WRAPPERS:
            yield from _blocks(child, styles)


def _paragraph(element: "_Element", styles: _Styles) -> Iterator[Piece]:
    properties = _find(element, "pPr")
    chain = styles.chain(_value(properties, "pStyle"))
    names = [(_value(style, "name") or "").lower() for style in chain]
    hidden = styles.hidden(None, _value(properties, "pStyle"))
    # A table of contents repeats the headings with page numbers.
    if not hidden and not any(name.startswith("toc ") for name in names):
        heading = _heading_level(properties, chain, names)
        depth = _bullet_depth(properties, chain, names)
        # A line that the typist broke by hand is a line of its own: joining could run two points together.
        for line in filter(str.strip, _text(element, styles).split("\n")):
            if heading:
                yield Piece("heading", line, heading)
            else:
                yield typed(line)._replace(kind="bullet", level=depth) if depth else typed(line)
    for box in element.iter(_BOX):
        if not any(parent.tag in (_FALLBACK, _BOX) for parent in box.iterancestors()):
            yield from _blocks(box, styles)


def _heading_level(properties: "_Element | None", chain: list["_Element"], names: list[str]) -> int:
    outlines = [_value(properties, "outlineLvl"), *(_value(style, "pPr", "outlineLvl") for style in chain)]
    outline = next((int(level) for level in outlines if level is not None), 9)
    if outline < 9:
        return outline + 1
    for name in names:
        if name.startswith("heading ") and name[8:].isdigit():
            return int(name[8:])
    return 1 if "title" in names else 2 if "subtitle" in names else 0


def _bullet_depth(properties: "_Element | None", chain: list["_Element"], names: list[str]) -> int:
    """Depth from 1 of a list paragraph, 0 for others; numId 0 takes a paragraph out of its style's list."""
    sources = [properties, *(_find(style, "pPr") for style in chain)]
    numbers = [number for source in sources if (number := _find(source, "numPr")) is not None]
    ids = [value for number in numbers if (value := _value(number, "numId")) is not None]
    levels = [value for number in numbers if (value := _value(number, "ilvl")) is not None]
    if not ids or ids[0] == "0":
        return 0
    # "List Bullet 2" has a numbering of its own, of which it is the first level.
    named = next((int(n[-1]) for n in names if n.startswith("list ") and n[-1:].isdigit()), 1)
    return max(int(levels[0]) + 1 if levels else 1, named)


def _text(element: "_Element", styles: _Styles) -> str:
    parts: list[str] = []
    for child in element:
        if child.tag in (_W + "t", _MATH_TEXT):
            parts.append(child.text or "")
        elif child.tag in _BREAKS:
            parts.append("\n")
        elif child.tag in (_W + "tab", _W + "ptab"):
            parts.append("\t")
        elif child.tag == _W + "noBreakHyphen":
            parts.append("-")
        elif child.tag not in _UNREAD and not _is_hidden(child, styles):
            parts.append(_text(child, styles))
    return "".join(parts)


def _is_hidden(element: "_Element", styles: _Styles) -> bool:
    return styles.hidden(_find(element, "rPr"), _value(element, "rPr", "rStyle"))


def _table(table: "_Element", styles: _Styles) -> Iterator[Piece]:
    rows = [list(_cells(line)) for line in _inside(table, "tr") if _find(line, "trPr", "del") is None]
    if all(len(cells) <= 1 for cells in rows):
        # A table of one column is a box round ordinary paragraphs.
        for cells in rows:
            for cell in cells:
                yield from _blocks(cell, styles)
        return
    for cells in rows:
        yield row([[piece.text for piece in _blocks(cell, styles)] for cell in cells])


def _cells(line: "_Element") -> Iterator["_Element"]:
    return _inside(line, "tc")


def _inside(parent: "_Element", tag: str) -> Iterator["_Element"]:
    for child in parent:
        if child.tag == _W + tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, tag)


def _footnotes(part: Any) -> Iterator["_Element"]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for relation in part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")):
            for note in etree.fromstring(relation.target_part.blob, parser):
                if note.get(_W + "type") is None:
                    yield note
