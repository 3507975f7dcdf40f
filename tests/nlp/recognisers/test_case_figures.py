"""Figures of a case found whole, and those of laws and measures left alone."""

import pytest

from nlp.read import Block, Document
from nlp.recognisers import case_figures
from nlp.recognisers.note_text import NoteText


def _found(text: str, kind: str) -> list[str]:
    note = NoteText(Document(text, (Block("paragraph", 0, len(text)),)))
    spans = sorted({(hit.start, hit.end) for hit in case_figures.find(note) if hit.type == kind})
    whole = [
        one for one in spans if not any(one != other and other[0] <= one[0] <= one[1] <= other[1] for other in spans)
    ]
    return [text[start:end] for start, end in whole]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("on Monday, 3rd May 1999, and", ["Monday, 3rd May 1999"]),
        ("on May 3, 1999 and", ["May 3, 1999"]),
        ("on 26 and 27 October 1994.", ["26 and 27 October 1994"]),
        ("held between 1985 and 1994 there", ["between 1985 and 1994"]),
        ("in the summer of 1998, he", ["the summer of 1998"]),
        ("by the end of March 2011.", ["the end of March 2011"]),
        ("in early 2003 and in April, when", ["early 2003", "April"]),
        ("on 03/05/1999, on 2001-04-05", ["03/05/1999", "2001-04-05"]),
        ("from 30 September/1 October 2002", ["30 September", "1 October 2002"]),
        ("under the Housing Act 1988 and the 1992 Act", []),
        ("two days later, the following spring, at 3 Marble Row", []),
        ("an area of 2,019 sq. m and 1999 sq. m", []),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    assert _found(text, "date") == dates


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (
            "a 63-year-old man, aged 63, at the age of thirty-nine",
            "age",
            ["63-year-old", "63", "the age of thirty-nine"],
        ),
        ("when she was 17 and he was 9 per cent over", "age", ["17"]),
        ("sentenced him to ten years' imprisonment", "duration", ["ten years"]),
        ("a term of one year and nineteen days", "duration", ["one year and nineteen days"]),
        ("waited for two years", "duration", []),
        (
            "paid £1,250.50, EUR 4,000 and 2 million kronor (SEK)",
            "amount",
            ["£1,250.50", "EUR 4,000", "2 million kronor (SEK)"],
        ),
        ("about 62% of it", "amount", ["about 62%"]),
        ("tried with sixteen other suspects", "group", ["sixteen other suspects"]),
        ("application nos. 123/04, 456/05 and 789/06", "identifier", ["123/04", "456/05", "789/06"]),
        ("plot no. 900 of block D", "identifier", ["plot no. 900 of block D"]),
        ("Protocol No. 11, Law no. 3953, Article 12/3", "identifier", []),
    ],
)
def test_other_figures(text: str, kind: str, words: list[str]) -> None:
    assert _found(text, kind) == words
