"""Composes a digest from what the release gate lets through."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from nlp.briefing import Briefing, MissionSection, Sentence, Value
from nlp.facts import DigestFacts, PointFact, Previous, SectorFact, ThemeFact
from nlp.section import Section, Writing, named_sector, theme_section
from nlp.wording import Wording

__all__ = ["Briefing", "DigestFacts", "PointFact", "Previous", "SectorFact", "ThemeFact", "compose", "disclosure"]

HEADLINES = 7
IN_SUMMARY = 3
OUTSIDE = "Outside the missions"
EVENT_KINDS = {
    "roundtable": ("roundtable", "roundtables"),
    "ceo-permanent-secretary-dialogue": ("CEO–Permanent Secretary dialogue", "CEO–Permanent Secretary dialogues"),
    "cpo-roundtable": ("chief people officer roundtable", "chief people officer roundtables"),
    "board-discussion": ("board discussion", "board discussions"),
    "survey": ("survey", "surveys"),
    "case-study": ("case study", "case studies"),
}
MOVES = {"emerging": 2, "rising": 2, "steady": 1, "fading": 0}


def compose(facts: DigestFacts, wordings: Mapping[str, Wording]) -> Briefing:
    """The briefing of the facts, in the wordings of prompts/sentences; the same facts give the same briefing.

    Raises ValueError where the four counts of points do not add up to their total.
    """
    if facts.themed + facts.unthemed + facts.withheld + facts.withdrawn != facts.points_total:
        raise ValueError("Themed, unthemed, withheld and withdrawn points do not add up to the points in all.")
    writing = Writing(wordings)
    headlines = choose_headlines(facts.themes)
    chosen = {theme.id for theme in headlines}
    sections = {theme.id: theme_section(theme, facts, writing) for theme in headlines}
    return Briefing(
        title=facts.title,
        period_start=facts.period_start,
        period_end=facts.period_end,
        marking=facts.marking,
        opening=tuple(_opening(facts, headlines, sections, writing)),
        missions=_missions(facts, headlines, sections),
        also_raised=tuple(_named(theme, writing) for theme in by_breadth(facts.themes) if theme.id not in chosen),
        movement=tuple(_movement(facts, writing)),
        made=tuple(_made(facts, len(headlines), writing)),
        withheld=tuple(_withheld(facts, writing)),
    )


def disclosure(wordings: Mapping[str, Wording]) -> Sentence:
    """The sentence to add to `made` where a language model worded some of the briefing."""
    return Writing(wordings).sentence("made_writer", ())


def by_breadth(themes: Iterable[ThemeFact]) -> list[ThemeFact]:
    """The themes, widest first: by events, then sectors that raised them, then how they move, then points."""
    return sorted(
        themes,
        key=lambda theme: (
            -theme.events,
            -sum(sector.events > 0 for sector in theme.sectors),
            -MOVES[theme.state],
            -len(theme.points),
            theme.title,
            theme.id,
        ),
    )


def choose_headlines(themes: Iterable[ThemeFact]) -> list[ThemeFact]:
    """At most seven themes to set out in full: the widest of those with a point that may be shown."""
    return [theme for theme in by_breadth(themes) if theme.points][:HEADLINES]


def day(value: date) -> str:
    """A date as British English writes it: 4 May 2026."""
    return f"{value.day} {value:%B %Y}"


def _opening(
    facts: DigestFacts, headlines: Sequence[ThemeFact], sections: Mapping[str, Section], writing: Writing
) -> Iterable[Sentence]:
    """What leaders should know comes first, how it came about last."""
    if facts.mission in facts.missions:
        yield writing.sentence("mission_focus", _witnesses(facts.themes), mission=facts.missions[str(facts.mission)])
    widest = headlines[:IN_SUMMARY]
    if widest:
        themes = tuple(f"‘{theme.title}’ ({theme.events} of {_events(theme)})" for theme in widest)
        yield writing.sentence("widest", _all_points(widest), themes=themes)
    yield from _shared(headlines, sections, writing)
    open_ = [theme for theme in headlines if sections[theme.id].meets]
    if open_:
        cited = tuple(id for theme in open_ for id in sections[theme.id].meets)
        yield writing.sentence("openings_summary", cited, titles=_titles(open_[:IN_SUMMARY]))
    yield from _moving(facts, writing)
    yield from _touched(facts, headlines, writing)
    yield _scope(facts, writing)


def _scope(facts: DigestFacts, writing: Writing) -> Sentence:
    values: dict[str, Value] = {
        "start": day(facts.period_start),
        "end": day(facts.period_end),
        "events": facts.events,
        "kinds": _kinds(facts.event_kinds),
        "notes": facts.notes,
        "total": facts.points_total,
    }
    if facts.campaign:
        return writing.sentence("scope_campaign", _witnesses(facts.themes), campaign=facts.campaign, **values)
    return writing.sentence("scope", _witnesses(facts.themes), **values)


def _kinds(counts: Mapping[str, int]) -> tuple[str, ...]:
    held = sorted((kind for kind in counts if counts[kind]), key=lambda kind: (-counts[kind], kind))
    if sum(counts[kind] for kind in held) < 2:
        return ()
    words = {kind: EVENT_KINDS.get(kind, (kind.replace("-", " "), kind.replace("-", " ") + "s")) for kind in held}
    return tuple(f"one {words[kind][0]}" if counts[kind] == 1 else f"{counts[kind]} {words[kind][1]}" for kind in held)


def _touched(facts: DigestFacts, headlines: Sequence[ThemeFact], writing: Writing) -> Iterable[Sentence]:
    counts = Counter(place for theme in headlines if (place := home(theme, facts)))
    if len(headlines) > 1 and counts and not facts.mission:
        missions = tuple(_under(counts[id], facts.missions[id]) for id in facts.missions if counts[id])
        cited = _all_points([theme for theme in headlines if home(theme, facts)])
        yield writing.sentence("touched", cited, headlines=len(headlines), missions=missions)


def _under(count: int, mission: str) -> str:
    return f"{count} {'falls' if count == 1 else 'fall'} under ‘{mission}’"


def _shared(headlines: Sequence[ThemeFact], sections: Mapping[str, Section], writing: Writing) -> Iterable[Sentence]:
    shared = [theme for theme in headlines if len(sections[theme.id].concerned) >= 2]
    if shared:
        theme = max(shared, key=lambda theme: len(sections[theme.id].concerned))
        concerned = sections[theme.id].concerned
        cited = tuple(p.id for p in theme.points if p.stance == "is concerned" and p.sector in concerned)
        sectors = tuple(named_sector(sector) for sector in concerned)
        yield writing.sentence("shared_concern", cited, title=f"‘{theme.title}’", sectors=sectors)


def _moving(facts: DigestFacts, writing: Writing) -> Iterable[Sentence]:
    if not facts.previous:
        return
    moved = {change: [t for t in by_breadth(facts.themes) if t.change == change][:IN_SUMMARY] for change in _CHANGES}
    clauses = []
    for change, word in _CHANGES.items():
        if moved[change]:
            verb = "is" if len(moved[change]) == 1 else "are"
            clauses.append(f"{_join(_titles(moved[change]))} {verb} {word}")
    if clauses:
        cited = _all_points([theme for themes in moved.values() for theme in themes])
        yield writing.sentence("moving", cited, clauses=tuple(clauses))


_CHANGES = {"new": "new since the last digest", "rising": "rising", "fading": "fading"}


def _movement(facts: DigestFacts, writing: Writing) -> Iterable[Sentence]:
    ranked = by_breadth(facts.themes)
    new = [theme for theme in ranked if theme.change == "new"]
    if facts.previous and new:
        since = day(facts.previous.date)
        yield writing.sentence("new", _all_points(new), titles=_titles(new), since=since)
    emerging = [theme for theme in ranked if theme.state == "emerging"]
    if not facts.previous and emerging:
        yield writing.sentence("emerging", _all_points(emerging), titles=_titles(emerging))
    for change in ("rising", "fading"):
        moved = [theme for theme in ranked if (theme.change if facts.previous else theme.state) == change]
        if moved:
            yield writing.sentence(change, _all_points(moved), titles=_titles(moved))


def _missions(
    facts: DigestFacts, headlines: Sequence[ThemeFact], sections: Mapping[str, Section]
) -> tuple[MissionSection, ...]:
    places = [*facts.missions.items(), (None, OUTSIDE)]
    held = {id: tuple(sections[t.id].theme for t in headlines if home(t, facts) == id) for id, _ in places}
    return tuple(MissionSection(id, title, held[id]) for id, title in places if held[id])


def home(theme: ThemeFact, facts: DigestFacts) -> str | None:
    """The mission under which a theme is set out: the digest's own where it fits, else its best."""
    fitting = [mission for mission in theme.missions if mission in facts.missions]
    return facts.mission if facts.mission in fitting else next(iter(fitting), None)


def _named(theme: ThemeFact, writing: Writing) -> Sentence:
    return writing.about(theme).sentence(
        "also_raised",
        _all_points([theme]),
        title=theme.title,
        raised_at=theme.events,
        held=theme.events_total,
    )


def _made(facts: DigestFacts, headlines: int, writing: Writing) -> Iterable[Sentence]:
    cited = _witnesses(facts.themes)
    yield writing.sentence("made", cited, events=facts.events, notes=facts.notes)
    if headlines:
        yield writing.sentence("made_choice", cited, headlines=headlines, themes=len(facts.themes))
        yield writing.sentence("made_quotes", cited)
        yield writing.sentence("made_sectors", cited)


def _withheld(facts: DigestFacts, writing: Writing) -> Iterable[Sentence]:
    counts = Counter(total=facts.points_total, themed=facts.themed, unthemed=facts.unthemed)
    counts.update(withheld=facts.withheld, withdrawn=facts.withdrawn)
    yield writing.sentence("account", _witnesses(facts.themes), **counts)
    if facts.themes_withheld:
        yield writing.sentence("themes_withheld", (), themes=facts.themes_withheld)


def _witnesses(themes: Iterable[ThemeFact]) -> tuple[str, ...]:
    """One point of each theme: the points of a whole digest are cited by the sentences of its themes."""
    return tuple(theme.points[0].id for theme in by_breadth(themes) if theme.points)


def _all_points(themes: Sequence[ThemeFact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(point.id for theme in themes for point in theme.points))


def _titles(themes: Sequence[ThemeFact]) -> tuple[str, ...]:
    return tuple(f"‘{theme.title}’" for theme in themes)


def _events(theme: ThemeFact) -> str:
    return "one event" if theme.events_total == 1 else f"{theme.events_total} events"


def _join(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
