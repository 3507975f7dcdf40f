"""Writes a sample note as DOCX, ODT or PDF: real headings, lists, tables and bold, the same bytes each time."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import docx
import typst
from docx.text.paragraph import Paragraph
from odf import style, table, text
from odf.opendocument import OpenDocumentText

from tests.samples.marks import Block, Item, Note, plain

MARKING = "OFFICIAL"


def runs(marked: str) -> list[tuple[str, bool]]:
    """The (words, bold) runs of a line."""
    parts = marked.split("**")
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def _day(note: Note) -> datetime:
    day: date = note.event["date"]
    return datetime(day.year, day.month, day.day, 17, 30, tzinfo=UTC)


def _zipped_again(data: bytes, day: datetime) -> bytes:
    """The same archive with one time for all entries, so that two builds agree."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            fresh = zipfile.ZipInfo(entry.filename, day.timetuple()[:6])
            fresh.compress_type, fresh.external_attr = entry.compress_type, entry.external_attr
            new.writestr(fresh, old.read(entry))
    return out.getvalue()


def word(note: Note) -> bytes:
    """The note as DOCX, with the styles and lists of Word's own."""
    document = docx.Document()
    properties = document.core_properties
    properties.author = properties.comments = ""
    properties.title = note.title
    properties.created = properties.modified = _day(note).replace(tzinfo=None)
    document.sections[0].header.paragraphs[0].text = MARKING
    for block in note.blocks:
        if block.kind == "heading":
            _run_on(document.add_heading(level=block.level - 1), block.text)
        elif block.kind == "paragraph":
            _run_on(document.add_paragraph(), block.text)
        elif block.kind == "table":
            grid = document.add_table(len(block.rows), len(block.rows[0]), "Table Grid")
            for line, cells in zip(grid.rows, block.rows, strict=True):
                for cell, words in zip(line.cells, cells, strict=True):
                    _run_on(cell.paragraphs[0], words)
        else:
            numbering = _numbering_from(document, block.first) if block.kind == "numbers" else None
            for item in block.items:
                paragraph = document.add_paragraph(style="List Number" if numbering else "List Bullet")
                if numbering:
                    paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering
                _run_on(paragraph, item.text)
                for line in item.below:
                    _run_on(document.add_paragraph(style="List Bullet 2"), line)
    out = BytesIO()
    document.save(out)
    return _zipped_again(out.getvalue(), _day(note))


def _run_on(paragraph: Paragraph, marked: str) -> None:
    for words, bold in runs(marked):
        paragraph.add_run(words).bold = True if bold else None


def _numbering_from(document: Any, first: int) -> int:
    """A numbering of the "List Number" style that begins at `first`; Word else goes on from the last list."""
    numbering = document.part.numbering_part.element
    of_style = document.styles["List Number"].element.pPr.numPr.numId.val
    fresh = numbering.add_num(numbering.num_having_numId(of_style).abstractNumId.val)
    fresh.add_lvlOverride(ilvl=0).add_startOverride(first)
    return int(fresh.numId)


def opendocument(note: Note) -> bytes:
    """The note as ODT."""
    document = OpenDocumentText()
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        heading = style.Style(name=name.replace(" ", "_20_"), displayname=name, family="paragraph")
        heading.addElement(style.TextProperties(fontweight="bold", fontsize="16pt" if name == "Title" else "12pt"))
        document.styles.addElement(heading)
    bold = style.Style(name="Strong", family="text")
    bold.addElement(style.TextProperties(fontweight="bold"))
    document.automaticstyles.addElement(bold)
    bullets, numbers = text.ListStyle(name="Bullets"), text.ListStyle(name="Numbers")
    for level in (1, 2):
        bullets.addElement(text.ListLevelStyleBullet(level=level, bulletchar="•"))
        numbers.addElement(text.ListLevelStyleNumber(level=level, numformat="1", numsuffix="."))
    for lists in (bullets, numbers):
        document.automaticstyles.addElement(lists)
    for block in note.blocks:
        for element in _odf_elements(block):
            document.text.addElement(element)
    out = BytesIO()
    document.write(out)
    return _zipped_again(out.getvalue(), _day(note))


def _odf_elements(block: Block) -> Iterator[Any]:
    if block.kind == "heading" and block.level == 1:
        yield _spans(text.P(stylename="Title"), block.text)
    elif block.kind == "heading":
        level = block.level - 1
        yield _spans(text.H(outlinelevel=level, stylename=f"Heading_20_{level}"), block.text)
    elif block.kind == "paragraph":
        yield _spans(text.P(), block.text)
    elif block.kind == "table":
        grid = table.Table()
        grid.addElement(table.TableColumn(numbercolumnsrepeated=len(block.rows[0])))
        for cells in block.rows:
            line = table.TableRow()
            for words in cells:
                cell = table.TableCell(valuetype="string")
                cell.addElement(_spans(text.P(), words))
                line.addElement(cell)
            grid.addElement(line)
        yield grid
    else:
        yield _odf_list(block)


def _odf_list(block: Block) -> Any:
    whole = text.List(stylename="Numbers" if block.kind == "numbers" else "Bullets")
    for index, item in enumerate(block.items):
        starts = {"startvalue": block.first} if block.kind == "numbers" and not index else {}
        entry = text.ListItem(**starts)
        entry.addElement(_spans(text.P(), item.text))
        if item.below:
            below = text.List()
            for line in item.below:
                lower = text.ListItem()
                lower.addElement(_spans(text.P(), line))
                below.addElement(lower)
            entry.addElement(below)
        whole.addElement(entry)
    return whole


def _spans(element: Any, marked: str) -> Any:
    for words, bold in runs(marked):
        if bold:
            element.addElement(text.Span(stylename="Strong", text=words))
        else:
            element.addText(words)
    return element


def pdf(note: Note) -> bytes:
    """The note as a tagged PDF. Words reach Typst as strings, in which nothing is markup."""
    page = (
        f"#set document(title: {_typst_string(note.title)}, date: none)\n"
        f'#set page(paper: "a4", margin: 2.2cm, header: align(center, "{MARKING}"), numbering: "1")\n'
        '#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en", region: "GB", hyphenate: false)\n'
    )
    source = page + "\n".join(map(_typst_block, note.blocks))
    moment = int(_day(note).timestamp())
    made = typst.compile(source.encode(), ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=moment)
    return bytes(made)


def _typst_block(block: Block) -> str:
    if block.kind == "heading":
        return f"#heading(level: {block.level}, {_typst_content(block.text)})"
    if block.kind == "table":
        head, *rows = [", ".join(map(_typst_content, cells)) for cells in block.rows]
        lines = ", ".join(rows)
        return f"#table(columns: ({'auto, ' * len(block.rows[0])}), table.header({head}), {lines})"
    if block.kind in ("bullets", "numbers"):
        call = "list(" if block.kind == "bullets" else f"enum(start: {block.first}, "
        return f"#{call}{', '.join(map(_typst_item, block.items))})"
    return f"#par({_typst_content(block.text)})"


def _typst_item(item: Item) -> str:
    below = f"list({', '.join(map(_typst_content, item.below))})" if item.below else "[]"
    return f"{_typst_content(item.text)} + {below}"


def _typst_content(marked: str) -> str:
    parts = [f"#strong({_typst_string(words)})" if bold else f"#{_typst_string(words)}" for words, bold in runs(marked)]
    return f"[{';'.join(parts)}]"


def _typst_string(words: str) -> str:
    return '"' + plain(words).replace("\\", "\\\\").replace('"', '\\"') + '"'
