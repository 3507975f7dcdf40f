"""Charts of editions: the still picture, what a browser draws a moving one from, and the figures as a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlmodel import Session, col, select

from models.chart import Chart
from models.digest import Digest, DigestState, Edition
from service.auth import Reading

router = APIRouter()

OF_DIGEST = ("themes", "missions-by-sector", "agreement", "trends")
OF_THEME = ("agreement-{}", "trend-{}")
NOTES = {
    "themes": "The events at which each theme was raised, out of all events.",
    "missions-by-sector": "How many of a mission’s themes each sector raised; a theme can belong to several missions. "
    "“Not shown”: the sector may not be named, or was not heard where it may be.",
    "agreement": "The points of each sector, at events where it may be named.",
    "trend": "The events at which each theme was raised, out of those in the quarter that this digest tells of. Rising "
    "and fading compare the last three months with all before.",
}
"""How to read a chart, by the first part of its name."""
# Whoever has seen a picture may keep it, as with a file taken away; no cache that others share holds it when its
# note is withdrawn.
KEPT = "private, max-age=31536000, immutable"
SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True)
class Picture:
    """A chart as a page or a file shows it; its size in pixels lets a page keep room for it."""

    address: str
    title: str
    description: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    svg: str
    width: int
    height: int


@router.get("/charts/{edition_id}/{name}.{form}")
def chart(request: Request, edition_id: str, name: str, form: Literal["svg", "json"], session: Reading) -> Response:
    """The still picture as SVG, or its specification; 404 when its edition was withdrawn."""
    row = session.exec(
        select(Chart)
        .join(Edition, col(Edition.id) == Chart.edition_id)
        .join(Digest, col(Digest.id) == Edition.digest_id)
        .where(Chart.edition_id == edition_id, Chart.name == name)
        .where(col(Edition.withdrawn_at).is_(None), Digest.state != DigestState.withdrawn)
    ).first()
    if row is None:
        return PlainTextResponse("There is no chart at this address.", 404)
    headers = {"Cache-Control": KEPT, "ETag": f'"{edition_id}"'}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    if form == "json":
        return JSONResponse(row.spec, headers=headers)
    return Response(row.svg, media_type="image/svg+xml", headers=headers)


def of_digest(session: Session, edition_id: str) -> list[Picture]:
    """The charts of an edition as a whole, in their order; none for an edition of before there were charts."""
    return _pictures(session, edition_id, OF_DIGEST)


def of_theme(session: Session, edition_id: str, theme_id: str) -> list[Picture]:
    """The charts of one theme in an edition."""
    return _pictures(session, edition_id, [name.format(theme_id) for name in OF_THEME])


def _pictures(session: Session, edition_id: str, names: Sequence[str]) -> list[Picture]:
    query = select(Chart).where(Chart.edition_id == edition_id, col(Chart.name).in_(names))
    return [picture(row) for row in session.exec(query.order_by(col(Chart.place)))]


def picture(row: Chart) -> Picture:
    """A chart with its address and size."""
    width, height = SIZE.match(row.svg).groups()  # type: ignore[union-attr]
    return Picture(
        address=f"/charts/{row.edition_id}/{row.name}",
        title=row.title,
        description=row.description,
        note=next((note for kind, note in NOTES.items() if row.name.startswith(kind)), ""),
        columns=row.columns,
        rows=row.rows,
        svg=row.svg,
        width=round(float(width)),
        height=round(float(height)),
    )
