"""What the home page tells of the latest digests: what changed, the themes of each mission, where sectors can meet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import Session

from models.standing import Standing, breadth, whole

MOST_SCOPES = 12
MOST_CHANGES = 5
CHANGES = ("new", "rising", "fading")
PARTIES = ("asker", "offerer", "one", "other")
"""The values of an opening's sentence that name a sector; common ground has them in `sectors`."""


@dataclass(frozen=True)
class Current:
    """A theme as the latest digest that tells of it has it, the same for all readers."""

    id: str
    title: str
    state: str
    change: str
    """New, rising or fading; empty where it is as before."""
    mission: str
    breadth: str
    view: str
    """One sentence on how it is seen."""
    openings: tuple[Mapping[str, Any], ...]
    sectors: frozenset[str]
    """The sectors that raised it, as far as readers may know."""
    digest: Standing


class Opening(NamedTuple):
    """An opening to work together, and the theme that it is found under."""

    theme: Current
    text: str


@dataclass(frozen=True)
class Front:
    """The themes of the latest digests by mission, and how the page must be handled."""

    missions: Mapping[str, Sequence[Current]]
    marking: str
    lead: Standing | None
    """The digest that tells of most, where there is any, and how many more themes it names."""
    also_raised: int

    @property
    def themes(self) -> list[Current]:
        """All of them, mission by mission."""
        return [theme for themes in self.missions.values() for theme in themes]


def front(session: Session, recent: Sequence[Standing]) -> Front:
    """What the latest digest of each scope (all, a campaign, a mission) tells, of those for the latest period."""
    chosen = _latest_of_each_scope(recent)
    words = {row.edition_id: whole(session, row.edition_id).briefing for row in chosen}
    missions: dict[str, list[Current]] = {}
    seen: set[str] = set()
    for row in chosen:
        found = [theme for theme in _themes(row, words[row.edition_id]) if theme.id not in seen]
        seen.update(theme.id for theme in found)
        for theme in found:
            missions.setdefault(theme.mission, []).append(theme)
    return Front(
        missions=missions,
        marking=strictest(words[row.edition_id]["marking"] for row in chosen),
        lead=chosen[0] if chosen else None,
        also_raised=len(words[chosen[0].edition_id]["also_raised"]) if chosen else 0,
    )


def strictest(markings: Iterable[str]) -> str:
    """Of several markings the one that asks for most: any that says more than OFFICIAL; empty for none at all."""
    return max(markings, key=lambda marking: (marking != "OFFICIAL", len(marking), marking), default="")


def changed(themes: Sequence[Current]) -> list[Current]:
    """At most five themes that are new, rising or fading, the widest of each by turns: none crowds the others out."""
    widest = sorted(themes, key=lambda theme: -int(theme.breadth.split()[0]) if theme.breadth else 0)
    turns = [
        (turn, kind, theme)
        for kind, change in enumerate(CHANGES)
        for turn, theme in enumerate(theme for theme in widest if theme.change == change)
    ]
    chosen = sorted(turns, key=lambda row: row[:2])[:MOST_CHANGES]
    return [theme for _, _, theme in sorted(chosen, key=lambda row: (row[1], row[0]))]


def openings(themes: Iterable[Current], sector: str | None = None) -> list[Opening]:
    """The openings to work together that the themes hold, or those that name a sector: one of each theme first."""
    found = [
        (place, Opening(theme, sentence["text"]))
        for theme in themes
        for place, sentence in enumerate(theme.openings)
        if sector is None or _names(sentence, sector)
    ]
    return [opening for _, opening in sorted(found, key=lambda row: row[0])]


def named(sector: str) -> str:
    """A sector as sentences name it."""
    return sector if sector == "higher education" else f"the {sector} sector"


def _latest_of_each_scope(recent: Sequence[Standing]) -> list[Standing]:
    """Of the digests whose period overlaps the latest one's, the first of each scope; those on everything lead."""
    since = recent[0].period_start if recent else None
    scopes: dict[tuple[str | None, str | None], Standing] = {}
    for row in recent:
        if since and row.period_end >= since:
            scopes.setdefault((row.campaign_id, row.mission), row)
    ranked = sorted(scopes.values(), key=lambda row: (row.campaign_id is not None, row.mission is not None))
    return ranked[:MOST_SCOPES]


def _themes(row: Standing, briefing: Mapping[str, Any]) -> list[Current]:
    new = _called_new(briefing)
    heard: dict[str, set[str]] = {}
    for point in briefing.get("evidence", ()):
        heard.setdefault(point["theme"], set()).add(point["sector"])
    return [
        Current(
            id=theme["id"],
            title=theme["title"],
            state=theme["state"],
            change=_change(theme, new),
            mission=mission["title"],
            breadth=breadth(theme),
            view=_view(theme),
            openings=tuple(_sentences(theme, "openings")),
            sectors=frozenset(sector for sector in heard.get(theme["id"], ()) if sector),
            digest=row,
        )
        for mission in briefing.get("missions", ())
        for theme in mission["themes"]
    ]


def _called_new(briefing: Mapping[str, Any]) -> set[str]:
    """The titles, in quotation marks, that the edition calls new since the digest before it."""
    told = [row for row in briefing["movement"] if str(row.get("template")).startswith("new@")]
    return {title for row in told for title in row["values"].get("titles", ())}


def _change(theme: Mapping[str, Any], new: set[str]) -> str:
    if theme["state"] == "emerging" or f"‘{theme['title']}’" in new:
        return "new"
    return theme["state"] if theme["state"] in CHANGES else ""


def _view(theme: Mapping[str, Any]) -> str:
    """Where sectors agree or differ, else how the points lean; both name nobody and quote nobody."""
    stances = [row for row in _sentences(theme, "said") if str(row.get("template")).startswith("stances")]
    return next((str(row["text"]) for row in [*_sentences(theme, "agreement"), *stances]), "")


def _sentences(theme: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [row for part in theme["parts"] if part["key"] == key for row in part["sentences"]]


def _names(sentence: Mapping[str, Any], sector: str) -> bool:
    """Whether an opening names the sector as one that meets another, not only in what somebody said."""
    values = sentence.get("values") or {}
    parties = {*values.get("sectors", ()), *(values[key] for key in PARTIES if key in values)}
    return named(sector) in (parties or str(sentence["text"]).lower())
