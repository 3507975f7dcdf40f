"""An edition as a Word document, opened again."""

from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from models.digest import Edition, sentences
from service.web.word import word


@pytest.fixture
def document(edition: Edition) -> Document:
    return docx.Document(BytesIO(word(edition)))


def test_word_tells_every_sentence_in_the_words_of_the_edition(document: Document, edition: Edition) -> None:
    told = [paragraph.text for paragraph in document.paragraphs]
    for sentence in sentences(edition.briefing):
        assert told.count(sentence["text"]) == 1


def test_headings_lists_and_quotations_have_their_styles(document: Document) -> None:
    style_of = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert style_of["What leaders said & did #1"] == "Title"
    assert style_of["Clean energy"] == "Heading 1"
    assert style_of["Grid connections  rising"] == "Heading 2"
    assert style_of["Barriers"] == "Heading 3"
    assert style_of["The queue is long."] == "List Bullet"
    assert style_of["“We wait nine years.”"] == "Quote"


def test_contents_lead_to_headings_and_can_be_brought_up_to_date(document: Document) -> None:
    body = document.element.body
    links = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert len(links) >= 4
    assert set(links) <= marks
    kinds = [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert next(body.iter(qn("w:instrText"))).text.startswith("TOC ")


def test_marking_title_and_language_are_set(document: Document) -> None:
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    assert section.footer.paragraphs[0].text.startswith("OFFICIAL-SENSITIVE")
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    properties = document.core_properties
    assert (properties.title, properties.author) == ("What leaders said & did #1", "Crosscurrent")
    assert properties.language == "en-GB"
