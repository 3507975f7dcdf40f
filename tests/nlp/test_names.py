"""The pinned model: found, checked, refused when a file differs."""

from pathlib import Path

import pytest

from nlp import names


def test_entities_have_offsets_in_their_text() -> None:
    text = "Angela Merkel spoke in Berlin."
    (found,) = names.entities([text])
    assert ("Angela Merkel", "PERSON") in [(text[one.start : one.end], one.label) for one in found]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_text("[nlp]")
    with pytest.raises(names.ModelChanged, match=r"config\.cfg"):
        names._check(tmp_path)
