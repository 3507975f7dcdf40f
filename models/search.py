"""Searches: a reader's question, and the points that answer it, best first."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.store import UtcDateTime, new_id, now, word


class SearchState(StrEnum):
    """Where a search is."""

    searching = "searching"
    done = "done"
    failed = "failed"


class Search(SQLModel, table=True):
    """A question of one asker and the ids that answer it; what may be shown of them is decided when it is read."""

    id: str = Field(default_factory=lambda: new_id("search"), primary_key=True)
    question: str
    asked_by: str = Field(index=True)
    """The id of a key or an account, or a keyed hash of a visitor's cookie."""
    state: SearchState = Field(default=SearchState.searching, sa_type=word(SearchState))
    found: list[str] = Field(default_factory=list, sa_type=JSON)
    asked_at: datetime = Field(default_factory=now, index=True, sa_type=UtcDateTime)
