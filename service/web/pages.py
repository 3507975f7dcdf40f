"""Pages: published digests, for whoever may reach the service."""

from datetime import date
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.templating import Jinja2Templates
from sqlmodel import Session, col, select

from models.digest import Digest, DigestState, Edition
from service.auth import Reading

router = APIRouter()
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True


def _day(value: date | str) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{day.day} {day:%B %Y}"


templates.env.filters["day"] = _day


@router.get("/")
def home(request: Request, session: Reading) -> HTMLResponse:
    """The published digests, newest first."""
    latest: dict[str, tuple[Digest, Edition]] = {}
    query = (
        select(Digest, Edition)
        .join(Edition)
        .where(Digest.state != DigestState.withdrawn, col(Edition.withdrawn_at).is_(None))
        .order_by(col(Edition.published_at).desc())
    )
    for digest, edition in session.exec(query):
        latest.setdefault(digest.id, (digest, edition))
    return templates.TemplateResponse(request, "home.html", {"digests": list(latest.values())})


@router.get("/digests/{digest_id}.md")
def digest_markdown(digest_id: str, session: Reading) -> PlainTextResponse:
    """The latest edition as Markdown."""
    found = _latest(session, digest_id)
    if isinstance(found, str):
        return PlainTextResponse(found, 404, media_type="text/markdown; charset=utf-8")
    return PlainTextResponse(found.markdown, media_type="text/markdown; charset=utf-8")


@router.get("/digests/{digest_id}")
def digest_page(request: Request, digest_id: str, session: Reading) -> HTMLResponse:
    """The latest edition as a page."""
    found = _latest(session, digest_id)
    if isinstance(found, str):
        return templates.TemplateResponse(request, "absent.html", {"message": found}, status_code=404)
    briefing = found.briefing
    context = {"edition": found, "briefing": briefing, "evidence": _evidence(briefing)}
    return templates.TemplateResponse(request, "digest.html", context)


def _latest(session: Session, digest_id: str) -> Edition | str:
    """The edition that can be read, or why there is none."""
    digest = session.get(Digest, digest_id)
    editions = session.exec(
        select(Edition).where(Edition.digest_id == digest_id).order_by(col(Edition.number).desc())
    ).all()
    if digest is None or not editions:
        return "There is no digest at this address. It may not have been published yet."
    if digest.state is DigestState.withdrawn:
        return "This digest has been withdrawn."
    if editions[0].withdrawn_at is None:
        return editions[0]
    return "This digest is being corrected: a note it drew on was withdrawn. A new edition follows."


def _evidence(briefing: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The points behind each theme of an edition."""
    behind: dict[str, list[dict[str, Any]]] = {}
    for point in briefing.get("evidence", []):
        behind.setdefault(point["theme"], []).append(point)
    return behind
