import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import prompts
from nlp.briefing import Sentence
from nlp.digest import compose, disclosure
from nlp.excerpt import QUOTED
from nlp.facts import DigestFacts
from nlp.ground import check, check_briefing, check_claim
from nlp.section import named_sector

FACTS = DigestFacts.from_dict(json.loads((Path(__file__).parent / "digest_facts.json").read_text(encoding="utf-8")))
WORDINGS = prompts.load("sentences")
BRIEFING = compose(FACTS, WORDINGS)
SENTENCES = tuple(BRIEFING.sentences())
TEXTS = {p.id: f"{p.text} ({named_sector(p.sector)})" for theme in FACTS.themes for p in theme.points}
NUMBER = re.compile(r"\d+|\b[Oo]ne (?=event|point|note|theme|case|chief|board|survey|round)")
TOLD = {
    "public": "private",
    "private": "public",
    "not-for-profit": "private",
    "higher education": "the public sector",
    "concerned": "supportive",
    "supportive": "concerned",
    "January": "June",
    "September": "October",
    "May": "July",
    "‘": "‘Not ",
}

POINTS = (
    "Connection dates have slipped by 7 years for 40 schemes, and 9 firms have moved their money to Denmark.",
    "We support a single register of projects, published every month by the operator.",
    "The operator will not share its queue with local authorities.",
    "Waiting times fell after the second clinic opened in March.",
)


def evidence(sentence: Sentence) -> list[str]:
    return [TEXTS[point] for point in sentence.points]


def mutations(sentence: Sentence) -> Iterator[str]:
    text = sentence.text
    for match in NUMBER.finditer(text):
        changed = str(int(match[0]) + 1) if match[0].isdigit() else "two "
        yield text[: match.start()] + changed + text[match.end() :]
    for quote in QUOTED.finditer(text):
        for word in re.finditer(r"\w+", quote[1]):
            start, end = quote.start(1) + word.start(), quote.start(1) + word.end()
            yield text[:start] + "otherwise" + text[end:]
            yield text[:start] + text[end:]
    for word, other in TOLD.items():
        for match in re.finditer(rf"\b{word}\b" if word.isalpha() else word, text):
            yield text[: match.start()] + other + text[match.end() :]


def test_a_composed_briefing_stands():
    assert check_briefing(BRIEFING, FACTS, WORDINGS) == ()


def test_every_number_word_date_and_sector_that_is_changed_is_refused():
    tried = 0
    for sentence in SENTENCES:
        for text in set(mutations(sentence)):
            verdict = check(replace(sentence, text=text), evidence(sentence), SENTENCES)
            assert not verdict.supported, text
            assert verdict.score == 0
            assert verdict.reasons
            tried += 1
    assert tried > 1500


def test_a_changed_quote_is_refused_even_if_the_composer_itself_had_changed_it():
    tried = 0
    for sentence in SENTENCES:
        for quote in QUOTED.finditer(sentence.text):
            for word in re.finditer(r"\w+", quote[1]):
                start, end = quote.start(1) + word.start(), quote.start(1) + word.end()
                mutant = replace(sentence, text=sentence.text[:start] + "otherwise" + sentence.text[end:])
                assert not check(mutant, evidence(sentence), [mutant]).supported, mutant.text
                tried += 1
    assert tried > 800


def test_every_value_and_citation_that_is_changed_is_refused():
    for sentence in SENTENCES:
        for name, value in sentence.values.items():
            other = value + 1 if isinstance(value, int) else f"{value}x" if isinstance(value, str) else (*value, "x")
            mutant = replace(sentence, values={**sentence.values, name: other})
            assert not check(mutant, evidence(sentence), SENTENCES).supported
        if sentence.points:
            assert not check(replace(sentence, points=sentence.points[1:]), evidence(sentence), SENTENCES).supported


@pytest.mark.parametrize(
    "change",
    [
        {"notes": FACTS.notes + 1},
        {"events": FACTS.events + 1},
        {"withheld": FACTS.withheld + 1, "points_total": FACTS.points_total + 1},
        {"period_end": FACTS.period_end.replace(day=1)},
        {"themes": FACTS.themes[1:]},
        {"themes_withheld": 0},
        {"title": "Another"},
        {"marking": "OFFICIAL-SENSITIVE"},
        {"previous": None},
        {"missions": {"growth": "Grow"}},
    ],
)
def test_a_briefing_is_held_against_the_facts_as_they_are_now(change: dict[str, object]):
    assert check_briefing(BRIEFING, replace(FACTS, **change), WORDINGS)


def test_a_finding_tells_the_editor_where_and_why():
    breadth = next(s for s in SENTENCES if s.template.startswith("breadth"))
    held = breadth.values["held"]
    mutant = replace(breadth, text=breadth.text.replace(f"of {held} events", "of 99 events"))
    theme = BRIEFING.missions[0].themes[0]
    parts = tuple(replace(p, sentences=(mutant,)) if p.key == "breadth" else p for p in theme.parts)
    mission = replace(BRIEFING.missions[0], themes=(replace(theme, parts=parts),))

    findings = check_briefing(replace(BRIEFING, missions=(mission,)), FACTS, WORDINGS)

    assert [finding.place for finding in findings] == [f"{theme.title}, how widely, sentence 1"]
    assert "“99”" in findings[0].verdict.reasons[0]


def test_a_briefing_without_its_account_of_points_is_refused():
    findings = check_briefing(replace(BRIEFING, withheld=()), FACTS, WORDINGS)

    assert [finding.place for finding in findings] == ["What was withheld"]


def test_the_writers_disclosure_may_stand():
    assert check_briefing(replace(BRIEFING, made=(*BRIEFING.made, disclosure(WORDINGS))), FACTS, WORDINGS) == ()


def test_a_free_sentence_must_cite_points_that_may_be_shown():
    point = next(iter(TEXTS))
    text = TEXTS[point].split(" (")[0]
    free = Sentence(text, (), "")

    for sentence in (free, replace(free, points=("point-of-nobody",))):
        assert check_briefing(replace(BRIEFING, opening=(sentence,)), FACTS, WORDINGS)
    assert check_briefing(replace(BRIEFING, opening=(replace(free, points=(point,)),)), FACTS, WORDINGS) == ()


@pytest.mark.parametrize(
    "claim",
    [
        "Connection dates have slipped by 7 years for 40 schemes.",
        "9 firms have moved their money to Denmark.",
        "There is support for a single register of projects, published monthly by the operator.",
        "The operator will not share its queue with local authorities.",
        "Waiting times fell after the second clinic opened.",
        "It was said that “connection dates have slipped by 7 years”.".replace("connection", "Connection"),
    ],
)
def test_what_the_points_say_stands(claim: str):
    assert check_claim(claim, POINTS).supported, check_claim(claim, POINTS)


@pytest.mark.parametrize(
    ("claim", "because"),
    [
        ("Connection dates have slipped by 8 years for 40 schemes.", "number 8"),
        ("Connection dates have slipped by seventy years for 40 schemes.", "number 70"),
        ("Connection dates have slipped by 40 years for 7 schemes.", "do not give"),
        ("9 firms have moved their money to Sweden.", "Sweden"),
        ("There is no support for a single register of projects, published by the operator.", "denied"),
        ("The operator will share its queue with local authorities.", "denied"),
        ("Waiting times rose after the second clinic opened in March.", "opposite"),
        ("Waiting times fell before the second clinic opened in March.", "opposite"),
        ("Waiting times fell after the second clinic closed in March.", "opposite"),
        ("Waiting times fell after the second clinic opened in April.", "April"),
        ("The private sector supports a single register of projects.", "private sector"),
        ("It was said that “connection dates have improved”.", "word for word"),
        ("“Waiting times fell after the second clinic opened.", "alone"),
        ("Farmers want cheaper fertiliser and a longer harvest season.", "Too little"),
        ("", "empty"),
    ],
)
def test_what_the_points_do_not_say_is_refused(claim: str, because: str):
    verdict = check_claim(claim, POINTS)

    assert not verdict.supported
    assert 0 <= verdict.score < 0.6
    assert any(because in reason for reason in verdict.reasons), verdict.reasons


def test_one_bad_sentence_refuses_a_paragraph():
    claim = "Waiting times fell after the second clinic opened. Connection dates have slipped by 3 years."

    assert not check_claim(claim, POINTS).supported


def test_without_evidence_nothing_stands():
    assert not check_claim("Waiting times fell.", ()).supported
    assert not check_claim("Waiting times fell.", ("", "…")).supported
