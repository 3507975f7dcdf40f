from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prompts
from prompts import counted, listed, load


@pytest.mark.parametrize("folder", ["sentences", "writer"])
def test_every_file_loads_and_declares_what_it_uses(folder: str):
    files = list((Path(prompts.__file__).parent / folder).glob("*.md"))
    loaded = load(folder)

    assert len(loaded) == len(files) > 0
    assert all(
        prompt.version >= 1 and prompt.reference == f"{name}@{prompt.version}" for name, prompt in loaded.items()
    )


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 events"), (1, "one event"), (2, "2 events"), (12345, "12,345 events")]
)
def test_counts_take_their_noun_with_them(number: int, text: str):
    assert counted(number, "event") == text


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_read_as_english(items: list[str], text: str):
    assert listed(items) == text


@given(st.text(min_size=1, max_size=80))
def test_what_a_participant_said_is_never_run_as_a_template(text: str):
    hostile = text + "{{ 7 * 7 }}{% for x in y %}"

    rendered = load("sentences")["barrier"].render({"who": "one participant", "quote": hostile})

    assert rendered == f"One participant: “{hostile}”".strip()


def test_forms_are_taken_in_turn():
    breadth = load("sentences")["breadth"]
    values = {"raised_at": 7, "held": 9, "sectors": ("private sector 4 of 4",)}

    texts = [breadth.render(values, form) for form in range(len(breadth.forms) + 1)]

    assert len(set(texts)) == len(breadth.forms) > 1
    assert texts[-1] == texts[0]
    assert all("7 of 9 events" in text for text in texts)


def test_a_missing_value_is_named():
    with pytest.raises(ValueError, match="raised_at and sectors"):
        load("sentences")["breadth"].render({"held": 3})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hello", "front matter"),
        ("---\nname: a\nversion: 1\n---\nHello", "holds name, version and variables"),
        ("---\nname: other\nversion: 1\nvariables: []\n---\nHello", "its own file name"),
        ("---\nname: a\nversion: 1\nvariables: []\n---\n\n", "a text"),
        ("---\nname: a\nversion: 1\nvariables: []\n---\nHello {{ who }}", "declares"),
        ("---\nname: a\nversion: 1\nvariables: [who]\n---\nHello", "declares"),
    ],
)
def test_a_file_that_is_not_well_formed_is_refused(tmp_path: Path, text: str, message: str):
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=message):
        prompts._read(path, split=True)
