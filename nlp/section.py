"""Composes the section of one headline theme."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nlp.briefing import Key, Part, Sentence, ThemeSection, Value
from nlp.excerpt import best_quotes, excerpt
from nlp.facts import DigestFacts, Kind, PointFact, SectorFact, ThemeFact
from nlp.openings import Pair, pairs
from nlp.wording import Wording

QUOTES = 3
OF_A_KIND = 2
KEYWORDS = 5
LEANS = {"is concerned": "concerned", "supports": "supportive", "mixed": "mixed"}
SECTORS = {
    "public": "the public sector",
    "private": "the private sector",
    "not-for-profit": "the not-for-profit sector",
    "higher education": "higher education",
}
UNKNOWN = "one participant"
HEADINGS: dict[Key, str] = {
    "said": "What was said",
    "breadth": "How widely",
    "agreement": "Where sectors agree and differ",
    "barriers": "Barriers",
    "enablers": "What helps",
    "asks and offers": "Asks and offers",
    "openings": "Openings to work together",
    "quotes": "In participants’ words",
}
KINDS: dict[Key, tuple[Kind, ...]] = {
    "barriers": ("barrier",),
    "enablers": ("enabler",),
    "asks and offers": ("ask", "offer", "commitment"),
}


@dataclass
class Writing:
    """Renders sentences, taking the forms of each wording in turn so that neighbours read differently."""

    wordings: Mapping[str, Wording]
    turns: Counter[str] = field(default_factory=Counter)
    theme: str | None = None

    def about(self, theme: ThemeFact) -> "Writing":
        """The same, for sentences of one theme."""
        return replace(self, theme=theme.id)

    def sentence(self, name: str, points: Iterable[str], **values: Value) -> Sentence:
        """A sentence of the wording called `name`, citing the points."""
        wording = self.wordings[name]
        text = wording.render(values, self.turns[name])
        self.turns[name] += 1
        return Sentence(text, tuple(points), wording.reference, values, self.theme)


@dataclass(frozen=True)
class Section:
    """A theme's section, the sectors that are mostly concerned, and the points in which two sectors meet."""

    theme: ThemeSection
    concerned: tuple[str, ...]
    meets: tuple[str, ...]


def theme_section(theme: ThemeFact, facts: DigestFacts, writing: Writing) -> Section:
    """The section of a theme that has at least one point; parts with nothing to say are left out."""
    writing = writing.about(theme)
    leans = {sector.sector: lean for sector in theme.sectors if (lean := lean_of(sector))}
    concerned = tuple(sector for sector, lean in leans.items() if lean == "is concerned")
    met = pairs(theme, facts)
    used = {point.id for pair in met for point in (pair.need, pair.answer)}
    meets = tuple(sorted(used))
    told: dict[Key, Sequence[Sentence]] = {
        "said": [*_said(theme, writing), *_stances(theme, writing)],
        "breadth": list(_breadth(theme, facts, writing)),
        "agreement": list(_agreement(theme, leans, writing)),
    }
    for key, kinds in KINDS.items():
        told[key] = [sentence for kind in kinds for sentence in _of_kind(theme, kind, used, writing)]
        used |= {id for sentence in told[key] for id in sentence.points}
    told["openings"] = [*_meeting(met, theme, writing), *_common_ground(theme, concerned, writing)]
    told["quotes"] = list(_quotes(theme, used, writing))
    parts = tuple(Part(key, HEADINGS[key], tuple(sentences)) for key, sentences in told.items() if sentences)
    return Section(ThemeSection(theme.id, theme.title, theme.state, parts), concerned, meets)


def lean_of(sector: SectorFact) -> str | None:
    """The stance that more than half of a sector's points take, of at least two."""
    counts = {"is concerned": sector.concerned, "supports": sector.supports, "mixed": sector.mixed}
    lean = max(counts, key=lambda stance: counts[stance])
    return lean if sector.points >= 2 and 2 * counts[lean] > sector.points else None


def named_sector(sector: str | None) -> str:
    """The sector as a sentence names it, or one participant where it is not known."""
    return UNKNOWN if sector is None else SECTORS.get(sector, f"the {sector} sector")


def _said(theme: ThemeFact, writing: Writing) -> Iterable[Sentence]:
    cited = [point.id for point in theme.points]
    if theme.description:
        yield writing.sentence("said", cited, description=theme.description)
    elif theme.keywords:
        yield writing.sentence("said_keywords", cited, keywords=theme.keywords[:KEYWORDS])


def _stances(theme: ThemeFact, writing: Writing) -> Iterable[Sentence]:
    counts = Counter(point.stance for point in theme.points).most_common()
    total, (lead, most) = len(theme.points), counts[0]
    cited = [point.id for point in theme.points]
    if most == total:
        yield writing.sentence("stances_all", cited, total=total, lean=LEANS[lead])
    elif 2 * most > total:
        others = tuple(f"{count} {LEANS[stance]}" for stance, count in counts[1:])
        yield writing.sentence("stances_most", cited, total=total, most=most, lean=LEANS[lead], others=others)
    else:
        parts = tuple(f"{count} {'is' if count == 1 else 'are'} {LEANS[stance]}" for stance, count in counts)
        yield writing.sentence("stances_divided", cited, total=total, parts=parts)


def _breadth(theme: ThemeFact, facts: DigestFacts, writing: Writing) -> Iterable[Sentence]:
    ranked = sorted((s for s in theme.sectors if s.present), key=lambda s: (-s.events, s.present, s.sector))
    sectors = tuple(f"{named_sector(s.sector).removeprefix('the ')} {s.events} of {s.present}" for s in ranked)
    cited = [point.id for point in theme.points]
    yield writing.sentence("breadth", cited, raised_at=theme.events, held=theme.events_total, sectors=sectors)
    others = tuple(f"‘{facts.missions[id]}’" for id in theme.missions if id in facts.missions)
    if len(others) > 1:
        yield writing.sentence("also_bears", cited, missions=others)


def _agreement(theme: ThemeFact, leans: Mapping[str, str], writing: Writing) -> Iterable[Sentence]:
    sides: dict[str, list[str]] = {}
    for sector, lean in leans.items():
        sides.setdefault(lean, []).append(sector)
    ranked = sorted(sides.items(), key=lambda side: (-len(side[1]), side[0]))
    cited = [point.id for point in theme.points if point.sector in leans]
    if len(ranked) == 1 and len(leans) >= 2:
        yield writing.sentence("agree", cited, sectors=tuple(map(named_sector, leans)), lean=LEANS[ranked[0][0]])
    elif len(ranked) >= 2:
        (lean, sectors), (other_lean, others) = ranked[:2]
        yield writing.sentence(
            "differ",
            cited,
            one=tuple(map(named_sector, sectors)),
            one_lean=LEANS[lean],
            other=tuple(map(named_sector, others)),
            other_lean=LEANS[other_lean],
        )


def _of_kind(theme: ThemeFact, kind: Kind, used: set[str], writing: Writing) -> Iterable[Sentence]:
    fresh = [point for point in theme.points if point.kind == kind and point.id not in used]
    for point in best_quotes(fresh, set(theme.quotes), used, OF_A_KIND):
        quote = excerpt(point.text)
        yield writing.sentence(kind, [point.id], who=named_sector(point.sector), quote=quote)


def _meeting(met: Sequence[Pair], theme: ThemeFact, writing: Writing) -> Iterable[Sentence]:
    for pair in met:
        one, other = named_sector(pair.need.sector), named_sector(pair.answer.sector)
        need, answer = excerpt(pair.need.text), excerpt(pair.answer.text)
        cited = [pair.need.id, pair.answer.id]
        values: dict[str, Value]
        if pair.need.kind == "barrier":
            values = {"one": one, "barrier": need, "other": other, "enabler": answer}
            yield writing.sentence("barrier_meets_enabler", cited, **values)
            continue
        values = {"asker": one, "ask": need, "offerer": other, "offer": answer}
        if pair.elsewhere:
            yield writing.sentence("ask_meets_offer_elsewhere", cited, elsewhere=f"‘{pair.elsewhere}’", **values)
        else:
            yield writing.sentence("ask_meets_offer", cited, **values)


def _common_ground(theme: ThemeFact, concerned: Sequence[str], writing: Writing) -> Iterable[Sentence]:
    if len(concerned) >= 2:
        cited = [p.id for p in theme.points if p.sector in concerned and p.stance == "is concerned"]
        yield writing.sentence("common_ground", cited, sectors=tuple(map(named_sector, concerned)))


def _quotes(theme: ThemeFact, used: set[str], writing: Writing) -> Iterable[Sentence]:
    points: list[PointFact] = best_quotes(theme.points, set(theme.quotes), used, QUOTES)
    for point in points:
        who = named_sector(point.sector).removeprefix("the ")
        yield writing.sentence("quote", [point.id], quote=excerpt(point.text, longest=60), who=who)
