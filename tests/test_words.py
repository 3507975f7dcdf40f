"""The style sheet of words, docs/words.md: what it rules out reaches no page, no sentence and no message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import errors
from nlp import refuse
from prompts import load

ROOT = Path(__file__).parents[1]
RULED_OUT = (ROOT / "docs" / "words.md").read_text("utf-8").split("## Never")[1].split("\n\n")[-1]
NEVER = re.compile(rf"\b({'|'.join(word.strip() for word in RULED_OUT.split(','))})", re.IGNORECASE)
PROBLEMS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Problem)}


def test_style_sheet_rules_out_what_the_design_does() -> None:
    for word in ("cluster", "embeddings", "cosine", "outlier", "NLP"):
        assert NEVER.search(word)
    assert not NEVER.search("a theme of three points")


@pytest.mark.parametrize("path", sorted((ROOT / "service" / "web" / "templates").iterdir()), ids=lambda path: path.name)
def test_page_spares_readers_the_machine_s_words(path: Path) -> None:
    assert not NEVER.findall(path.read_text("utf-8"))


def test_sentences_spare_readers_the_machine_s_words() -> None:
    told = [form for sentence in load("sentences").values() for form in sentence.forms]
    assert told
    assert not [form for form in told if NEVER.search(form)]


def test_messages_spare_readers_the_machine_s_words() -> None:
    told = [text for folder in ("service", "models", "workers") for text in messages(ROOT / folder)]
    told += refuse._MESSAGES.values()
    assert len(told) > 50
    assert not [text for text in told if NEVER.search(text)]


def messages(folder: Path) -> Iterator[str]:
    """The words of every problem that the modules of a folder make."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PROBLEMS:
                yield from (
                    part.value
                    for part in ast.walk(node)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
