"""Search: a question goes to the worker, which finds the released points that answer it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from models import release
from models.errors import NotFound
from models.job import JobKind
from models.point import Point
from models.search import Search, SearchState
from models.standing import latest
from service.api.themes import PointOut
from service.auth import Reader, Reading, Writing
from workers.queue import submit

router = APIRouter(tags=["Search"])

SHOWN = 50


class Question(BaseModel):
    """What somebody wants to know, in words of their own."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "What keeps small firms from hiring apprentices?"}]}
    )

    question: Annotated[str, StringConstraints(strip_whitespace=True), Field(min_length=2, max_length=300)]


class FoundTheme(BaseModel):
    """A theme with a point that answers, in the order of its best point."""

    id: str
    title: str


class SearchOut(BaseModel):
    """A search: its state and, once done, what may be shown of what it found, best first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "search_0a1b2c",
                    "question": "What keeps small firms from hiring apprentices?",
                    "state": "searching",
                    "themes": [],
                    "points": [],
                }
            ]
        }
    )

    id: str
    question: str
    state: SearchState
    themes: list[FoundTheme]
    points: list[PointOut]


@router.post("/searches", status_code=202)
def create_search(new: Question, session: Writing, key: Reader) -> SearchOut:
    """Searches themes and points by word and by meaning; poll it until its state is done. Kept for a day."""
    return outcome(session, ask(session, new, key.id, key.name))


@router.get("/searches/{search_id}")
def get_search(search_id: str, session: Reading, key: Reader) -> SearchOut:
    """A search of this key, with what the release gate lets through today."""
    return outcome(session, asked(session, search_id, key.id))


def ask(session: Session, new: Question, asked_by: str, name: str) -> Search:
    """A new search of an asker's, sent to the worker."""
    search = Search(question=new.question, asked_by=asked_by)
    session.add(search)
    session.flush()
    session.info["made"] = search.id
    submit(session, JobKind.search, search.id, by=name)
    return search


def asked(session: Session, search_id: str, asked_by: str) -> Search:
    """A search of this asker's; raises NotFound for anybody else's."""
    search = session.get(Search, search_id)
    if search is None or search.asked_by != asked_by:
        raise NotFound("There is no search with this id.")
    return search


def outcome(session: Session, search: Search, *, published: bool = False, most: int = SHOWN) -> SearchOut:
    """What may be shown of a search today; with `published`, only what the digests that can be read have told of."""
    themes = release.release(session, release.Scope(), release.policy()).themes if search.found else ()
    points = {point.id: point for theme in themes for point in theme.points}
    found = [points[id] for id in search.found if id in points]
    if published:
        found = _told(session, found)
    found = found[:most]
    titles = {theme.id: theme.title for theme in themes}
    return SearchOut(
        id=search.id,
        question=search.question,
        state=search.state,
        themes=[FoundTheme(id=id, title=titles[id]) for id in dict.fromkeys(point.theme_id for point in found)],
        points=[PointOut.model_validate(point, from_attributes=True) for point in found],
    )


def _told(session: Session, found: Sequence[release.ReleasedPoint]) -> list[release.ReleasedPoint]:
    """Those that an edition has counted among the points of a theme which a digest that can be read has told of."""
    themes = latest(session, {point.theme_id for point in found})
    query = select(Point.id).where(col(Point.id).in_([point.id for point in found]), col(Point.published))
    counted = set(session.exec(query))
    return [point for point in found if point.theme_id in themes and point.id in counted]
