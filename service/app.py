"""The web application: the API under /v1, the pages, and /health."""

from pathlib import Path
from typing import Literal

import redis
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from models.key import ApiKey
from models.store import reading
from service import problems
from service.api import digests, events, frameworks, jobs, notes, search, themes
from service.web import (
    accounts,
    attendee,
    campaigns,
    charts,
    clearance,
    curation,
    desk,
    digest_desk,
    missions,
    openid,
    pages,
)
from service.web import frameworks as framework_pages
from service.web import search as searching
from workers.queue import queue

DESCRIPTION = """
Themes from notes of cross-sector leadership meetings, without who said what.

Everything here has passed the release gate: a theme is shown when enough events or organisations support it,
a sector is named only where enough of its organisations were in the room, and what is withheld is counted.
"""
PAGES = (
    pages,
    searching,
    charts,
    accounts,
    openid,
    desk,
    campaigns,
    clearance,
    attendee,
    curation,
    missions,
    framework_pages,
    digest_desk,
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Health(BaseModel):
    """Whether the parts that the web process needs answer."""

    status: Literal["ok", "degraded"]
    database: bool
    queue: bool


def create_app() -> FastAPI:
    """The application; it loads no model."""
    app = FastAPI(
        title="Crosscurrent",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    problems.install(app)
    for module in (events, notes, themes, search, frameworks, digests, jobs):
        app.include_router(module.router, prefix="/v1", responses=problems.RESPONSES)
    for pages_of in PAGES:
        app.include_router(pages_of.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "web" / "static"), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=2000)
    app.middleware("http")(_secured)
    app.get("/health", tags=["Service"])(health)
    return app


def health(response: Response) -> Health:
    """Answers 200 when the database and the queue answer, else 503 with which does not."""
    state = Health(status="ok", database=_database_answers(), queue=_queue_answers())
    if not (state.database and state.queue):
        state.status = "degraded"
        response.status_code = 503
    return state


async def _secured(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _database_answers() -> bool:
    try:
        with reading() as session:
            session.exec(select(ApiKey.id).limit(1)).first()
    except SQLAlchemyError:
        return False
    return True


def _queue_answers() -> bool:
    try:
        return bool(queue().connection.ping())
    except redis.RedisError:
        return False
