"""Identifiers found, and numbers that only look like one left alone."""

import pytest

from nlp.recognisers import contact, uk_identifiers

FOUND = [
    ("her NHS number 943 476 5919 was on it", "943 476 5919"),
    ("NI number QQ 12 34 56 C", "QQ 12 34 56 C"),
    ("nino ab 12 34 56 c", "ab 12 34 56 c"),
    ("drives AB51 ABC to work", "AB51 ABC"),
    ("licence SMITH802290AB1CD", "SMITH802290AB1CD"),
    ("passport 'XY9876543'", "XY9876543"),
    ("UTR: 1955839661", "1955839661"),
    ("VAT number GB 980 7806 84", "980 7806 84"),
    ("sort code 20-00-00, account 55779911", "20-00-00"),
    ("sort code 20-00-00, account 55779911", "55779911"),
    ("Company no. 09912345 (Cardiff)", "09912345"),
    ("case SWX/26/04417 is open", "SWX/26/04417"),
    ("planning T/2022/0719/F refused", "T/2022/0719/F"),
    ("D.O.B. 27/01/1989", "27/01/1989"),
    ("pupil B801200005001", "B801200005001"),
    ("IBAN GB33BUKB20201555555555", "GB33BUKB20201555555555"),
]


@pytest.mark.parametrize(("text", "words"), FOUND)
def test_identifiers_are_found(text: str, words: str) -> None:
    assert words in [text[hit.start : hit.end] for hit in uk_identifiers.find(text) if hit.type == "identifier"]


@pytest.mark.parametrize(
    "text",
    [
        "sample 943 476 5918",  # the check digit of an NHS number is wrong
        "UTR: 2955839661",
        "VAT number GB 802 311 781",
        "E801200005001",
        "iron 200 mg twice a day for 12 weeks",
        "the A40 and the M25 are shut, 9 of 10 trains run, 2026-27",
        "COVID-19, COP31, the 2024/25 budget of £1,250,000 and section 115",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert [text[hit.start : hit.end] for hit in [*uk_identifiers.find(text), *contact.find(text)]] == []


def test_a_postcode_is_a_place() -> None:
    assert [hit.type for hit in uk_identifiers.find("the depot (CA28 4ZZ)")] == ["place"]
