import pytest

from nlp.sectors import sector_of

SECTORS = {"Person A": "public", "[Person B]": "private", "private-sector organisation 2": "private"}


@pytest.mark.parametrize(
    ("words", "sector"),
    [
        ("[Person A]", "public"),
        ("[Person B]", "private"),
        ("[private-sector organisation 2]", "private"),
        ("[private-sector organisation 9]", "private"),
        ("charities", "not-for-profit"),
        ("A vice-chancellor", "higher education"),
        ("private sector colleagues", "private"),
        ("permanent secretaries", "public"),
        ("The council", "public"),
        ("employers", "private"),
        ("a police charity", "not-for-profit"),
        ("Answer from the voluntary side", "not-for-profit"),
        ("One of the officials", "public"),
        ("NICE", "public"),
    ],
)
def test_the_sector_of_a_speaker(words: str, sector: str) -> None:
    assert sector_of(words, SECTORS) == sector


@pytest.mark.parametrize(
    "words",
    ["[Person Z]", "It", "Three members", "Universities and charities", "nice people", "[Person A] and [Person B]"],
)
def test_no_sector_where_the_words_do_not_tell_one(words: str) -> None:
    assert sector_of(words, SECTORS) is None
