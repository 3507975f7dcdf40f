import pytest

from nlp.kinds import kind_of
from nlp.stance import stance_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[Person A] offered to host two trainees at the boatyard.", "offer"),
        ("[Person B] would lend a van for the winter, provided somebody insures it.", "offer"),
        ("[Person A] asked government to publish the ferry subsidy each spring.", "ask"),
        ("[Person C] would like one form for every island.", "ask"),
        ("Ministers should let islands keep the fuel levy.", "ask"),
        ("[Person A] undertook to report back in May.", "commitment"),
        ("[Person A] will publish the winter timetable by October.", "commitment"),
        ("A survey found that 41% of islanders had missed an appointment last year, up from 30%.", "evidence"),
        ("Slow permits and a lack of crews have blocked every new route.", "barrier"),
        (
            "What worked was a shared desk: harbour and council sit in the same room and know each other by name.",
            "enabler",
        ),
    ],
)
def test_the_kind_of_a_statement(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_an_action_is_a_commitment_whatever_its_words() -> None:
    assert kind_of("Ask the council for a second boat", is_action=True) == "commitment"


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("[Person A] offered to host two trainees at the boatyard.", "supports"),
        ("Slow permits and a lack of crews have blocked every new route.", "is concerned"),
        ("What worked was a shared desk in the same room.", "supports"),
        ("[Person A] admitted that the boatyard had been too slow to answer, and welcomed the new desk.", "mixed"),
        ("The new route was welcomed, but the crews are tired and two have resigned.", "mixed"),
    ],
)
def test_the_stance_of_a_statement(text: str, stance: str) -> None:
    assert stance_of(text, kind_of(text)) == stance


def test_typographic_quotes_change_nothing() -> None:
    plain, curly = "They can't train crews and don't know why.", "They can’t train crews and don’t know why."
    assert kind_of(plain) == kind_of(curly)
    assert stance_of(plain, "evidence") == stance_of(curly, "evidence")
