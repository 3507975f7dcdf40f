"""The editions that can be read: of each digest the newest, unless its words were taken back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, count
from typing import Any, NamedTuple

from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from models.digest import Digest, DigestState, Edition

BATCH = 20
KEPT = 4
# Their words are large: what lists do not need is not read.
LISTED = (Digest.title, Digest.period_start, Digest.period_end, Digest.campaign_id, Digest.mission)
DATED = (Edition.digest_id, Edition.number, Edition.published_at, Edition.withdrawn_at)


@dataclass(frozen=True)
class Standing:
    """A digest that can be read and its newest edition, as far as lists tell of them."""

    digest_id: str
    title: str
    period_start: date
    period_end: date
    campaign_id: str | None
    mission: str | None
    edition_id: str
    number: int
    published_at: datetime


@dataclass(frozen=True)
class ToldTheme:
    """A theme with a section of its own in an edition: its title and state there, the mission's title, the marking."""

    id: str
    title: str
    state: str
    mission: str
    marking: str
    breadth: str
    """How widely it was raised, such as 4 of 12 events; empty where an editor put it in other words."""


class Telling(NamedTuple):
    """A digest that can be read, and what it tells of one theme."""

    digest: Standing
    theme: ToldTheme


# An edition never changes, so it is read once, and with its words it is forgotten: the last few whole, and of each
# what it tells of.
_whole: dict[tuple[str, str], Edition] = {}
_told: dict[tuple[str, str], Mapping[str, ToldTheme]] = {}


def standing(session: Session) -> Iterator[Standing]:
    """The digests that can be read, the latest period first; a batch is looked up only when it is asked for.

    Of digests whose periods end on one day, those on everything lead.
    """
    return chain.from_iterable(_batches(session))


def tellings(session: Session, theme_ids: Collection[str]) -> Iterator[Telling]:
    """What the digests that can be read tell of the themes that have a section in them, the latest period first."""
    for rows in _batches(session):
        known = _known(session, rows)
        for row in rows:
            yield from (Telling(row, theme) for id, theme in known[row.edition_id].items() if id in theme_ids)


def latest(session: Session, theme_ids: Collection[str]) -> dict[str, ToldTheme]:
    """Each of the themes that a digest has a section on, as the latest such digest has it."""
    found: dict[str, ToldTheme] = {}
    for telling in tellings(session, theme_ids) if theme_ids else ():
        found.setdefault(telling.theme.id, telling.theme)
        if len(found) == len(theme_ids):
            break
    return found


def breadth(theme: Mapping[str, Any]) -> str:
    """How widely the section of an edition says a theme was raised, such as 4 of 12 events."""
    for sentence in (row for part in theme["parts"] if part["key"] == "breadth" for row in part["sentences"]):
        values = sentence.get("values", {})
        if "raised_at" in values and "held" in values:
            return f"{values['raised_at']} of {values['held']} event{'s' if values['held'] != 1 else ''}"
    return ""


def whole(session: Session, edition_id: str) -> Edition:
    """An edition that can be read, with all its words; those read last are kept, for an edition never changes."""
    key = _key(session, edition_id)
    known = _whole.pop(key, None)
    if known is None:
        query = select(Edition).where(Edition.id == edition_id).execution_options(populate_existing=True)
        known = session.exec(query).one()
        session.expunge(known)
    while len(_whole) >= KEPT:
        _whole.pop(next(iter(_whole), key), None)
    _whole[key] = known
    return known


def newest(session: Session, digest_id: str) -> Edition | None:
    """A digest's newest edition, with all its words; None where there is none, or where they were taken back."""
    row = _newest(session, [digest_id]).get(digest_id)
    return whole(session, row.id) if row else None


def _key(session: Session, edition_id: str) -> tuple[str, str]:
    return str(session.get_bind().engine.url), edition_id


def _batches(session: Session) -> Iterator[list[Standing]]:
    query = select(Digest).options(load_only(*LISTED)).where(Digest.state != DigestState.withdrawn)  # type: ignore[arg-type]
    query = query.order_by(
        col(Digest.period_end).desc(),
        col(Digest.campaign_id).is_not(None),
        col(Digest.mission).is_not(None),
        col(Digest.id),
    )
    for start in count(0, BATCH):
        digests = session.exec(query.offset(start).limit(BATCH)).all()
        last = _newest(session, [digest.id for digest in digests])
        found = [_standing(digest, last[digest.id]) for digest in digests if digest.id in last]
        yield sorted(found, key=_recency, reverse=True)
        if len(digests) < BATCH:
            return


def _recency(row: Standing) -> tuple[date, bool, bool, datetime]:
    return row.period_end, row.campaign_id is None, row.mission is None, row.published_at


def _newest(session: Session, digest_ids: Sequence[str]) -> dict[str, Edition]:
    """The newest edition of each digest, without its words, where they still stand."""
    query = select(Edition).options(load_only(*DATED)).where(col(Edition.digest_id).in_(digest_ids))  # type: ignore[arg-type]
    editions = session.exec(query.order_by(col(Edition.number))).all()
    for edition in editions:
        if edition.withdrawn_at:
            _told.pop(_key(session, edition.id), None)
            _whole.pop(_key(session, edition.id), None)
    last = {edition.digest_id: edition for edition in editions}
    return {id: edition for id, edition in last.items() if edition.withdrawn_at is None}


def _standing(digest: Digest, edition: Edition) -> Standing:
    return Standing(
        digest_id=digest.id,
        title=digest.title,
        period_start=digest.period_start,
        period_end=digest.period_end,
        campaign_id=digest.campaign_id,
        mission=digest.mission,
        edition_id=edition.id,
        number=edition.number,
        published_at=edition.published_at,
    )


def _known(session: Session, rows: Sequence[Standing]) -> dict[str, Mapping[str, ToldTheme]]:
    """The themes of each of the editions, by their ids."""
    keys = {row.edition_id: _key(session, row.edition_id) for row in rows}
    known = {id: told for id, key in keys.items() if (told := _told.get(key)) is not None}
    unknown = [id for id in keys if id not in known]
    for id, briefing in session.exec(select(Edition.id, Edition.briefing).where(col(Edition.id).in_(unknown))):
        known[id] = _told[keys[id]] = _themes(briefing)
    return known


def _themes(briefing: Mapping[str, Any]) -> dict[str, ToldTheme]:
    return {
        theme["id"]: ToldTheme(
            theme["id"], theme["title"], theme["state"], mission["title"], briefing["marking"], breadth(theme)
        )
        for mission in briefing.get("missions", ())
        for theme in mission["themes"]
    }
