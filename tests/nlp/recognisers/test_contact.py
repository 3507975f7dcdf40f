"""Contact details found; public websites left readable."""

import pytest

from nlp.recognisers import contact


@pytest.mark.parametrize(
    "words",
    [
        "j.o'tew+x@tarn-power.example",
        "07700 900417",
        "+44 20 7946 0018",
        "01632 960188",
        "https://tarn.example/people?id=4",
        "www.tarn.example",
        "192.168.10.4",
        "@tarnpower",
        "jo (at) tarn (dot) example",
    ],
)
def test_contact_details_are_found(words: str) -> None:
    text = f"Write to {words}, please."
    assert words in [text[hit.start : hit.end] for hit in contact.find(text)]


def test_public_websites_stay_readable() -> None:
    assert contact.find("See https://www.gov.uk/missions and found at www.nhs.uk today") == []
