import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import prompts
from nlp.briefing import Briefing, Sentence, ThemeSection
from nlp.briefing_markdown import escaped, render_markdown
from nlp.digest import HEADLINES, choose_headlines, compose
from nlp.excerpt import ELLIPSIS, best_quotes, excerpt, quoted, verbatim
from nlp.facts import DigestFacts, PointFact, SectorFact, ThemeFact
from nlp.section import lean_of

HERE = Path(__file__).parent
FACTS = DigestFacts.from_dict(json.loads((HERE / "digest_facts.json").read_text(encoding="utf-8")))
WORDINGS = prompts.load("sentences")
BRIEFING = compose(FACTS, WORDINGS)
TEXTS = {point.id: point.text for theme in FACTS.themes for point in theme.points}
UNCITED = {"made_quotes@1", "made_sectors@1", "themes_withheld@1"}


def point(id: str, text: str, kind: str = "evidence", sector: str | None = "public", event: str = "E1", **more: str):
    return PointFact(id, text, event, sector, kind, more.get("stance", "supports"))


def theme(*points: PointFact, **changes: object) -> ThemeFact:
    whole = ThemeFact(
        id="theme-1",
        title="Shared registers",
        description="",
        keywords=("registers", "projects"),
        state="emerging",
        change="new",
        missions=("growth",),
        events=2,
        events_total=3,
        sectors=(),
        points=points,
        quotes=tuple(point.id for point in points),
    )
    return replace(whole, **changes)


def facts(*themes: ThemeFact, **changes: object) -> DigestFacts:
    count = sum(len(theme.points) for theme in themes)
    whole = DigestFacts(
        title="Digest",
        period_start=date(2026, 5, 1),
        period_end=date(2026, 7, 31),
        events=3,
        notes=4,
        points_total=count,
        themed=count,
        unthemed=0,
        withheld=0,
        withdrawn=0,
        themes=themes,
        themes_withheld=0,
        missions={"growth": "Kickstart economic growth", "nhs": "Build an NHS fit for the future"},
    )
    return replace(whole, **changes)


def part(section: ThemeSection, key: str) -> tuple[Sentence, ...]:
    return next((part.sentences for part in section.parts if part.key == key), ())


def only_section(*points: PointFact, **changes: object) -> ThemeSection:
    return compose(facts(theme(*points, **changes)), WORDINGS).missions[0].themes[0]


def texts(sentences: tuple[Sentence, ...]) -> list[str]:
    return [sentence.text for sentence in sentences]


def test_every_sentence_cites_points_that_exist():
    for sentence in BRIEFING.sentences():
        assert sentence.points or sentence.template in UNCITED, sentence.text
        assert set(sentence.points) <= set(TEXTS)
        assert len(set(sentence.points)) == len(sentence.points)


def test_every_quoted_word_stands_in_a_cited_point():
    found = 0
    for sentence in BRIEFING.sentences():
        for quote in quoted(sentence.text):
            assert verbatim(quote, [TEXTS[point] for point in sentence.points]), quote
            found += 1
    assert found > 50


def test_every_point_of_a_theme_is_cited_where_it_is_counted():
    cited = {point for sentence in BRIEFING.sentences() for point in sentence.points}

    assert cited == set(TEXTS)


def test_at_most_seven_headlines_and_the_rest_by_name():
    headlines = [theme.id for mission in BRIEFING.missions for theme in mission.themes]

    assert len(headlines) == HEADLINES == len(set(headlines))
    assert {sentence.theme for sentence in BRIEFING.also_raised} == {t.id for t in FACTS.themes} - set(headlines)


def test_headlines_are_the_widest():
    narrow = theme(point("a", "A."), id="narrow", events=1)
    wide = theme(point("b", "B."), id="wide", events=3)
    heard = theme(point("c", "C."), id="heard", sectors=(SectorFact("public", 2, 3, 1, 0, 0),))
    silent = theme(id="silent", events=3)

    assert [t.id for t in choose_headlines([narrow, heard, theme(point("d", "D."), id="plain"), silent, wide])] == [
        "wide",
        "heard",
        "plain",
        "narrow",
    ]


def test_each_headline_has_three_different_quotes_where_it_has_the_points():
    for mission in BRIEFING.missions:
        for section in mission.themes:
            quotes = texts(part(section, "quotes"))
            assert len(set(quotes)) == 3


def test_no_point_is_quoted_twice_in_a_section_with_points_to_spare():
    for mission in BRIEFING.missions:
        for section in mission.themes:
            quotes = [quote for part in section.parts for sentence in part.sentences for quote in quoted(sentence.text)]
            assert len(quotes) == len(set(quotes))


def test_the_four_counts_are_stated_and_add_up():
    account = BRIEFING.withheld[0]
    numbers = [int(number) for number in re.findall(r"\d+", account.text)]

    assert numbers[0] == sum(numbers[1:]) == FACTS.points_total
    assert BRIEFING.withheld[1].text.startswith("2 themes are withheld")


def test_counts_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        compose(replace(FACTS, withheld=FACTS.withheld + 1), WORDINGS)


def test_breadth_is_told_in_plain_words():
    sectors = (SectorFact("not-for-profit", 0, 2, 0, 0, 0), SectorFact("private", 4, 4, 1, 3, 0))
    section = only_section(point("a", "A register helps."), events=7, events_total=9, sectors=sectors)

    assert "7 of 9 events: private sector 4 of 4 and not-for-profit sector 0 of 2." in part(section, "breadth")[0].text


def test_where_sectors_differ_both_sides_are_told():
    sectors = (SectorFact("private", 2, 2, 0, 3, 0), SectorFact("public", 2, 2, 4, 1, 0))
    told = texts(part(only_section(point("a", "A register helps."), sectors=sectors), "agreement"))

    assert told == ["They differ: the private sector is mostly concerned, the public sector mostly supportive."]


def test_where_sectors_agree_they_share_common_ground():
    sectors = (SectorFact("private", 2, 2, 0, 3, 0), SectorFact("public", 2, 2, 0, 2, 1))
    section = only_section(point("a", "Nobody keeps it.", stance="is concerned"), sectors=sectors)

    assert texts(part(section, "agreement")) == [
        "The private sector and the public sector agree: both are mostly concerned."
    ]
    assert "common ground" in part(section, "openings")[0].text


@pytest.mark.parametrize(
    ("counts", "lean"),
    [((2, 0, 0), "supports"), ((1, 2, 0), "is concerned"), ((1, 1, 0), None), ((1, 0, 0), None), ((0, 0, 2), "mixed")],
)
def test_a_sector_leans_by_more_than_half_of_at_least_two_points(counts: tuple[int, int, int], lean: str | None):
    assert lean_of(SectorFact("public", 1, 1, *counts)) == lean


def test_an_ask_of_one_sector_meets_the_offer_of_another():
    ask = point("a", "Please lend us one planning officer for the coastal register.", "ask", "not-for-profit")
    offer = point("b", "We would second a planning officer to any coastal partnership.", "offer", "private", "E2")
    own = point("c", "Our council could lend a planning officer to the coastal register.", "offer", "not-for-profit")
    section = only_section(ask, offer, own)

    opening = part(section, "openings")[0]
    assert opening.points == ("a", "b")
    assert "the private sector offers" in opening.text.lower()


def test_an_offer_on_another_matter_meets_nothing():
    ask = point("a", "Please lend us one planning officer.", "ask", "public")
    offer = point("b", "Our kitchens are open to apprentices.", "offer", "private")

    assert part(only_section(ask, offer), "openings") == ()


def test_an_offer_may_come_from_another_theme_of_the_mission():
    ask = point("a", "Lend us a planning officer for the coastal housing register.", "ask", "public")
    offer = point("b", "We can second planning officers to a coastal housing register.", "offer", "private")
    there = theme(offer, id="theme-2", title="Secondments", events=1)

    briefing = compose(facts(theme(ask), there), WORDINGS)

    assert "Under ‘Secondments’, the private sector offers" in part(briefing.missions[0].themes[0], "openings")[0].text


def test_a_barrier_one_sector_names_meets_what_helped_another():
    barrier = point("a", "Insurance rules stop volunteers from driving patients home.", "barrier", "not-for-profit")
    enabler = point(
        "b", "Insurance for volunteers was covered by the trust, so patients get home.", "enabler", "public"
    )

    assert part(only_section(barrier, enabler), "openings")[0].points == ("a", "b")


def test_only_points_that_may_be_quoted_are_quoted():
    shut = point("a", "Insurance rules stop volunteers from driving.", "barrier", "private")
    section = only_section(shut, point("b", "A plain statement about registers."), quotes=("b",))

    assert not [q for p in section.parts for s in p.sentences for q in quoted(s.text) if "Insurance" in q]


def test_quotes_are_free_of_surrogates_and_of_different_sectors_where_that_can_be():
    said = "who runs the register said that it works for every landlord"
    points = [
        point("a", f"[a participant], {said}."),
        point("b", f"The person {said}.", sector="public"),
        point("c", f"Somebody {said} too.", sector="public", event="E2"),
        point("d", f"Everyone {said} here.", sector="private"),
    ]

    assert [p.id for p in best_quotes(points, {p.id for p in points}, (), 3)] == ["b", "d", "c"]


def test_a_long_point_is_cut_at_a_clause_and_says_so():
    text = (
        "27. The council spends four months on each lease, which no charity can wait for, because its reserves last "
        "for ten weeks and its trustees will not sign a loan; and then the officer changes."
    )

    short = excerpt(text, longest=16)

    assert short == "The council spends four months on each lease, which no charity can wait for" + ELLIPSIS
    assert verbatim(short, [text])


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_an_excerpt_is_always_verbatim(text: str):
    short = excerpt(text)

    assert not re.search(r"\w", short) or verbatim(short, [text])
    assert not set('“”"') & set(short)


def test_singular_and_plural_agree():
    lonely = theme(point("a", "A register helps every landlord."), events=1, events_total=1)
    briefing = compose(facts(lonely, events=1, notes=1, unthemed=1, points_total=2, themes_withheld=1), WORDINGS)
    told = " ".join(sentence.text for sentence in briefing.sentences())

    assert "one event produced 2 points in one note" in told
    assert "1 of one event" in told
    assert "The one point cited is supportive." in told
    assert "1 is in the themes named here, 1 fits no theme yet, 0 are withheld and 0 were withdrawn" in told
    assert "One theme is withheld because too few events or organisations raised it." in told
    assert not re.search(r"\b(1|one) (events|points|notes|themes)\b", told)


def test_nothing_is_said_of_nothing():
    briefing = compose(facts(), WORDINGS)

    assert briefing.missions == briefing.also_raised == briefing.movement == ()
    assert len(briefing.opening) == 1
    markdown = render_markdown(briefing)
    assert "Also raised" not in markdown
    assert "New, rising" not in markdown


def test_a_theme_whose_points_are_all_hidden_is_named_and_no_more():
    briefing = compose(facts(theme(id="hidden")), WORDINGS)

    assert briefing.missions == ()
    assert texts(briefing.also_raised) == ["Shared registers (2 of 3 events)"]


def test_a_theme_stands_under_the_mission_of_the_digest():
    both = theme(point("a", "A register helps."), missions=("growth", "nhs"))

    assert compose(facts(both), WORDINGS).missions[0].id == "growth"
    assert compose(facts(both, mission="nhs"), WORDINGS).missions[0].id == "nhs"
    assert compose(facts(replace(both, missions=())), WORDINGS).missions[0].title == "Outside the missions"


def test_the_first_digest_calls_nothing_new():
    told = render_markdown(compose(facts(theme(point("a", "A register helps."))), WORDINGS))

    assert "First raised in the last three months: ‘Shared registers’." in told
    assert "last digest" not in told


def test_forms_of_sentences_take_turns():
    breadths = [s.text.split(" at ")[0] for s in BRIEFING.sentences() if s.template.startswith("breadth")]

    assert len(set(breadths[:3])) == 3


def test_a_reader_meets_none_of_the_machine_s_words():
    told = " ".join(s.text for s in BRIEFING.sentences() if not quoted(s.text)).lower()

    assert not [word for word in ("cluster", "embedding", "cosine", "outlier", "centroid", "none") if word in told]


def test_the_stored_form_gives_the_briefing_back():
    stored = json.dumps(BRIEFING.to_dict(), sort_keys=True)

    assert Briefing.from_dict(json.loads(stored)) == BRIEFING
    assert json.dumps(Briefing.from_dict(json.loads(stored)).to_dict(), sort_keys=True) == stored
    assert DigestFacts.from_dict(json.loads(json.dumps(FACTS.to_dict()))) == FACTS


def test_another_process_composes_the_same():
    code = (
        "import json, prompts; from pathlib import Path; from nlp.digest import compose, DigestFacts;"
        f"f = DigestFacts.from_dict(json.loads(Path({str(HERE / 'digest_facts.json')!r}).read_text(encoding='utf-8')));"
        "print(json.dumps(compose(f, prompts.load('sentences')).to_dict(), sort_keys=True))"
    )
    env = os.environ | {"PYTHONHASHSEED": "7"}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)

    assert json.loads(out.stdout) == BRIEFING.to_dict()


def test_composing_loads_no_model():
    code = "import sys, nlp.digest, nlp.briefing_markdown; print([m for m in ('torch', 'spacy') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=60))
def test_markdown_takes_no_mark_from_a_participant_s_words(text: str):
    said = " ".join(f"x {text} x".split())
    html = MarkdownIt().render(f"- {escaped(said)}")

    plain = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert html == f"<ul>\n<li>{plain}</li>\n</ul>\n"


@pytest.mark.parametrize("text", ["[a](http://x)", "- a", "1. a", "# a", "[a]: http://x", "> a", "`a`", "+ a", "=a"])
def test_markdown_takes_no_mark_from_the_start_of_a_line(text: str):
    html = MarkdownIt().render(f"Before\n\n{escaped(text)}\n")

    assert html == f"<p>Before</p>\n<p>{text.replace('>', '&gt;')}</p>\n"


def test_the_markdown_reads_in_order():
    markdown = render_markdown(BRIEFING)
    headings = re.findall(r"^## (.+)$", markdown, re.MULTILINE)

    assert headings[0] == "Summary"
    assert headings[-3:] == ["New, rising and fading", "How this was made", "What was withheld"]
    assert markdown.endswith(".\n")
    assert all(escaped(sentence.text) in markdown for sentence in BRIEFING.sentences())
