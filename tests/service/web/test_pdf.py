"""An edition as PDF, read back."""

from io import BytesIO

import pdfplumber

from models.digest import Edition, sentences
from service.web.pdf import pdf


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_pdf_tells_every_sentence_in_the_words_of_the_edition(edition: Edition) -> None:
    with pdfplumber.open(BytesIO(pdf(edition))) as document:
        text = squeezed("".join(page.extract_text() for page in document.pages))
    for sentence in sentences(edition.briefing):
        assert squeezed(sentence["text"]) in text


def test_each_page_is_a4_and_carries_the_marking_twice(edition: Edition) -> None:
    with pdfplumber.open(BytesIO(pdf(edition))) as document:
        assert len(document.pages) >= 2
        for number, page in enumerate(document.pages, 1):
            assert (round(page.width), round(page.height)) == (595, 842)
            text = page.extract_text()
            assert text.count("OFFICIAL-SENSITIVE") == 2
            assert f"Page {number} of {len(document.pages)}" in text


def test_pdf_is_tagged_titled_and_the_same_each_time(edition: Edition) -> None:
    made = pdf(edition)
    assert made == pdf(edition)
    with pdfplumber.open(BytesIO(made)) as document:
        catalog = document.doc.catalog
        assert catalog["MarkInfo"]["Marked"]
        assert catalog["Lang"] == b"en-GB"
        assert "Outlines" in catalog
        assert document.metadata["Title"] == edition.briefing["title"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
