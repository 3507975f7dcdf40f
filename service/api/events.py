"""Campaigns and events."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col, select

from models import release
from models.campaign import Campaign, Event, EventKind, EventSector, ReviewPolicy, Sector
from models.errors import Conflict, NotFound
from service.auth import Facilitator, Reader, Reading, Writing

router = APIRouter(tags=["Events"])


class NewCampaign(BaseModel):
    """A campaign to create."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Growth Together", "review": "dialogues"}]})

    name: str = Field(min_length=1, max_length=200)
    review: ReviewPolicy = ReviewPolicy.dialogues


class CampaignOut(BaseModel):
    """A campaign."""

    id: str
    name: str
    review: ReviewPolicy


class NewEvent(BaseModel):
    """An event to create; `sectors` says how many organisations of each were present."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "campaign_id": "campaign_1f0c2d",
                    "title": "Connecting clean power faster",
                    "kind": "roundtable",
                    "held_on": "2026-01-20",
                    "sectors": {"public": 4, "private": 6, "not-for-profit": 2, "higher education": 1},
                }
            ]
        }
    )

    campaign_id: str
    title: str = Field(min_length=1, max_length=300)
    kind: EventKind
    held_on: date
    attribution: str = Field(default="chatham-house", max_length=60)
    marking: str = Field(default="OFFICIAL", max_length=60)
    sectors: dict[Sector, Annotated[int, Field(ge=0, le=10_000)]]


class EventOut(BaseModel):
    """An event as readers may see it: only sectors with enough organisations in the room are named."""

    id: str
    campaign_id: str
    title: str
    kind: EventKind
    held_on: date
    attribution: str
    marking: str
    sectors: dict[str, int]


@router.post("/campaigns", status_code=201)
def create_campaign(new: NewCampaign, session: Writing, _key: Facilitator) -> CampaignOut:
    """Creates a campaign; its name must be new."""
    if session.exec(select(Campaign).where(Campaign.name == new.name)).first():
        raise Conflict("There is a campaign of this name already. Use it, or choose another name.")
    campaign = Campaign(name=new.name, review=new.review)
    session.add(campaign)
    session.info["made"] = campaign.id
    return CampaignOut.model_validate(campaign, from_attributes=True)


@router.get("/campaigns")
def list_campaigns(session: Reading, _key: Reader) -> list[CampaignOut]:
    """Every campaign, by name."""
    rows = session.exec(select(Campaign).order_by(Campaign.name))
    return [CampaignOut.model_validate(row, from_attributes=True) for row in rows]


@router.post("/events", status_code=201)
def create_event(new: NewEvent, session: Writing, _key: Facilitator) -> EventOut:
    """Creates an event of a campaign."""
    if session.get(Campaign, new.campaign_id) is None:
        raise NotFound("There is no campaign with this id. Create it first.")
    event = Event(**new.model_dump(exclude={"sectors"}))
    session.add(event)
    session.flush()
    session.info["made"] = event.id
    rows = [EventSector(event_id=event.id, sector=name, organisations=count) for name, count in new.sectors.items()]
    release.name_sectors(rows, release.policy().sector_floor, first=True)
    session.add_all(rows)
    return _out(event, rows)


@router.get("/events")
def list_events(
    session: Reading,
    _key: Reader,
    campaign_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[EventOut]:
    """Events by id; `after` is the last id of the page before."""
    query = select(Event).where(Event.id > after).order_by(Event.id).limit(limit)
    if campaign_id:
        query = query.where(Event.campaign_id == campaign_id)
    if since:
        query = query.where(Event.held_on >= since)
    if until:
        query = query.where(Event.held_on <= until)
    events = session.exec(query).all()
    rooms = session.exec(select(EventSector).where(col(EventSector.event_id).in_([event.id for event in events]))).all()
    return [_out(event, [row for row in rooms if row.event_id == event.id]) for event in events]


@router.get("/events/{event_id}")
def get_event(event_id: str, session: Reading, _key: Reader) -> EventOut:
    """One event."""
    event = session.get(Event, event_id)
    if event is None:
        raise NotFound("There is no event with this id.")
    return _out(event, session.exec(select(EventSector).where(EventSector.event_id == event_id)).all())


def _out(event: Event, rows: Sequence[EventSector]) -> EventOut:
    return EventOut(**event.model_dump(exclude={"created_at"}), sectors=release.room(rows))
