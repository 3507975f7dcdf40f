"""Reads Markdown with markdown-it-py, and plain text by its blank lines, indents and line lengths."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nlp.piece import Piece, row, typed, without_marker

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Only the tags that people write in notes: "<name withheld>" is text.
_TAG = re.compile(
    r"</?(?:a|b|blockquote|code|del|details|div|em|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|s|small|span|"
    r"strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?/?>|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LABEL = re.compile(r"[A-Z][^.?!:]{0,50}:(?:\s|$)")
_RULE = re.compile(r"\s*([=\-_*~])\1{2,}\s*")
_WIDEST_WRAP = 100


def pieces(text: str) -> list[Piece]:
    """The pieces of a Markdown note, its markup and its YAML front matter removed."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    return list(_walk(parser.parse(_FRONT_MATTER.sub("", text))))


def plain_pieces(text: str) -> list[Piece]:
    """The pieces of a plain text: lines wrapped by an editor are joined, other lines stand alone."""
    lines = text.splitlines()
    width = max((len(line) for line in lines), default=0)
    found: list[Piece] = []
    before = ""
    for line in lines:
        if _RULE.fullmatch(line):
            if before and found and found[-1].kind == "paragraph" and line.strip()[0] in "=-":
                found[-1] = Piece("heading", found[-1].text, 1 if "=" in line else 2)
            before = ""
            continue
        if before and line.strip() and _continues(before, line, width):
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {line.strip()}")
        elif line.strip():
            indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
            found.append(typed(line.lstrip(" "), 1 + indent // 4 if indent < 24 else 1))
        before = line.rstrip()
    return [_capitals(piece) for piece in found]


def _continues(before: str, line: str, width: int) -> bool:
    if without_marker(line)[1]:
        return False
    if without_marker(before)[1] and line[0] in " \t" and line.lstrip()[0].islower():
        return True
    # The line before was full when the first word of this one would not have fitted in.
    return 40 <= width <= _WIDEST_WRAP and len(before) + 1 + len(line.split()[0]) > width


def _capitals(piece: Piece) -> Piece:
    is_title = piece.kind == "paragraph" and piece.text.isupper() and piece.text.strip()[-1].isalnum()
    return Piece("heading", piece.text, 1) if is_title and 3 < len(piece.text) < 60 else piece


def _walk(tokens: list["Token"]) -> Iterator[Piece]:
    depth = level = 0
    cells: list[list[str]] | None = None
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield row(cells or [])
            cells = None
        elif token.type in ("fence", "code_block"):
            yield from (typed(line) for line in token.content.splitlines())
        elif token.type == "inline":
            text = _inline(token.children or [])
            if cells is not None:
                cells.append(text.split("\n"))
            else:
                yield from _lines(text, level, depth)


def _lines(text: str, level: int, depth: int) -> Iterator[Piece]:
    for line in filter(str.strip, text.split("\n")):
        if level:
            yield Piece("heading", line, level)
        else:
            yield typed(line)._replace(kind="bullet", level=depth) if depth else typed(line)


def _inline(children: list["Token"]) -> str:
    text = ""
    for position, child in enumerate(children):
        if child.type == "softbreak":
            rest = "".join(later.content for later in children[position + 1 : position + 4])
            # "Present: ..." above "Apologies: ..." is two lines, and so are the turns of a transcript.
            text += "\n" if _LABEL.match(rest) else " "
        elif child.type == "hardbreak":
            text += "\n"
        else:
            text += child.content
    return _TAG.sub("", _BREAK.sub("\n", text))
