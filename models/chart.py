"""Charts of an edition: one specification each, drawn once."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Chart(SQLModel, table=True):
    """A chart of an edition: what a browser draws from, the still picture, and what it shows in words and figures."""

    edition_id: str = Field(foreign_key="edition.id", primary_key=True)
    name: str = Field(primary_key=True)
    """Such as themes, missions-by-sector, or trend-THEME."""
    place: int
    """Where it stands among the edition's charts."""
    title: str
    description: str
    """One sentence that says what is to be seen: the picture's text alternative."""
    spec: dict[str, Any] = Field(sa_type=JSON)
    """A Vega-Lite specification, its data included."""
    svg: str
    columns: list[str] = Field(sa_type=JSON)
    rows: list[list[Any]] = Field(sa_type=JSON)
    """The same figures as a table."""
