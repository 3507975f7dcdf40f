"""An edition as a Word document."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from models.digest import Edition
from service.web.charts import Picture
from service.web.outline import Block, dated, outline

FONT = "Arial"
DEEP = RGBColor(0x0E, 0x4A, 0x5A)
SOFT = RGBColor(0x47, 0x56, 0x5F)
STYLES = {"paragraph": "Normal", "list": "List Bullet", "quotation": "Quote"}
CONTENTS_DEPTH = 2


def word(edition: Edition, charts: Sequence[Picture] = ()) -> bytes:
    """The edition as DOCX on A4: styled headings, a table of contents that links, its marking on every page.

    It has its charts as tables, which Word’s readers can sort, restyle and have read to them.
    """
    document = docx.Document()
    _prepare(document, edition)
    document.add_paragraph(str(edition.briefing["title"]), "Title")
    document.add_paragraph().add_run(dated(edition)).font.color.rgb = SOFT
    blocks = list(outline(edition, "In figures" if charts else ""))
    for number, block in enumerate(blocks):
        if block.kind == "heading":
            _heading(document, block, number)
        elif block.kind == "contents":
            _contents(document, block.texts[0], blocks)
        elif block.kind == "charts":
            for chart in charts:
                _table(document, chart)
        else:
            for text in block.texts:
                document.add_paragraph(text, STYLES[block.kind])
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _prepare(document: Document, edition: Edition) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = edition.briefing["title"], "Crosscurrent", "en-GB"
    properties.created = properties.modified = edition.published_at.replace(tzinfo=None)
    properties.comments = ""
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(11)
    _set(normal.element.get_or_add_rPr(), "w:lang", val="en-GB")
    for heading, size in (("Title", 26), ("Heading 1", 18), ("Heading 2", 14), ("Heading 3", 11)):
        style: Any = document.styles[heading]
        style.font.size, style.font.color.rgb = Pt(size), DEEP
        style.font.name, style.paragraph_format.space_after = FONT, Pt(6)
        # What the template takes from its theme would win over what is set here.
        for element in (style.element.rPr.rFonts, style.element.rPr.find(qn("w:color"))):
            for name in [name for name in element.attrib if "heme" in name]:
                del element.attrib[name]
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    for line in (header, footer):
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(str(edition.briefing["marking"])).bold = True
    footer.add_run("   Page ")
    _field(footer, "PAGE", "1")


def _contents(document: Document, title: str, blocks: list[Block]) -> None:
    """A table of contents that Word and LibreOffice can bring up to date, filled in with links from the start."""
    document.add_paragraph(title).runs[0].bold = True
    entries = [
        (number, block)
        for number, block in enumerate(blocks)
        if block.kind == "heading" and block.level <= CONTENTS_DEPTH
    ]
    for place, (number, block) in enumerate(entries):
        line = document.add_paragraph()
        line.paragraph_format.left_indent = Cm(0.8 * (block.level - 1))
        line.paragraph_format.space_after = Pt(2)
        if place == 0:
            _mark(line, "begin")
            _code(line, rf'TOC \o "1-{CONTENTS_DEPTH}" \h')
            _mark(line, "separate")
        run = line.add_run(block.texts[0])._r
        link = _set(line._p, "w:hyperlink", anchor=f"part{number}")
        link.append(run)
        if place == len(entries) - 1:
            _mark(line, "end")


def _table(document: Document, chart: Picture) -> None:
    """The figures of a chart; its head is repeated where the table goes on over the page."""
    title = document.add_paragraph()
    title.add_run(chart.title).bold = True
    title.paragraph_format.keep_with_next = True
    note = document.add_paragraph()
    note.add_run(chart.note).font.color.rgb = SOFT
    note.paragraph_format.keep_with_next = True
    table = document.add_table(1, len(chart.columns), "Table Grid")
    for cell, column in zip(table.rows[0].cells, chart.columns, strict=True):
        cell.paragraphs[0].add_run(column).bold = True
    _set(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader", val="true")
    for row in chart.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)
    document.add_paragraph()


def _heading(document: Document, block: Block, number: int) -> None:
    heading = document.add_heading(block.texts[0], block.level)
    if block.aside:
        aside = heading.add_run(f"  {block.aside}")
        aside.bold, aside.font.size, aside.font.color.rgb = False, Pt(10), SOFT
    start = OxmlElement("w:bookmarkStart", {qn("w:id"): str(number), qn("w:name"): f"part{number}"})
    heading._p.insert(1, start)
    _set(heading._p, "w:bookmarkEnd", id=str(number))


def _field(line: Paragraph, code: str, shown: str) -> None:
    _mark(line, "begin")
    _code(line, code)
    _mark(line, "separate")
    line.add_run(shown)
    _mark(line, "end")


def _mark(line: Paragraph, kind: str) -> None:
    _set(line.add_run()._r, "w:fldChar", fldCharType=kind)


def _code(line: Paragraph, code: str) -> None:
    element = _set(line.add_run()._r, "w:instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = code


def _set(parent: Any, tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag, {qn(f"w:{name}"): value for name, value in attributes.items()})
    parent.append(element)
    return element
