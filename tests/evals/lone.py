"""Texts that are each a point by themselves, as the worker encodes them."""

from collections.abc import Sequence
from importlib.resources import files

from nlp.encode import Vectors, encode
from nlp.missions import Framework, parse_framework
from nlp.phrases import plain


def vectors_of(texts: Sequence[str]) -> Vectors:
    """What nlp.context.encode_in_context gives for a note of one point without a heading, all in one call."""
    return encode([plain(text) for text in texts])


def missions() -> Framework:
    """The framework of missions that an installation starts with."""
    return parse_framework((files("nlp.frameworks") / "missions.yaml").read_text("utf-8"))
