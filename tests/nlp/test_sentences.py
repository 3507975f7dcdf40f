import pytest

from nlp.sentences import sentences


def parted(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. [Person A] met the port authority at 10 a.m. on the quay",
        "It costs £1.2m, i.e. more than the boat itself.",
        "No. 10 asked for a note (see para. 4. It was sent) before the talk.",
        "J. T. [Person B] spoke first.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert parted(text) == [text]


def test_sentences_end_with_their_quotes_and_brackets() -> None:
    text = 'They call us "partners." We nod. (Laughter.) £4m was spent… [Person A] left? Yes!'
    assert parted(text) == [
        'They call us "partners."',
        "We nod.",
        "(Laughter.)",
        "£4m was spent…",
        "[Person A] left?",
        "Yes!",
    ]


def test_lower_case_typing_still_parts() -> None:
    assert parted("the boat left without us again. nobody had told the crew.") == [
        "the boat left without us again.",
        "nobody had told the crew.",
    ]


def test_an_empty_line_has_none() -> None:
    assert parted("") == []
