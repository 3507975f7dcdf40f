"""Pages: published digests and the themes they tell of, for whoever may reach the service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session, col, select

from models.digest import Digest, DigestState, Edition
from models.theme import Theme
from service.auth import Reading
from service.web.outline import dated, evidence
from service.web.pdf import pdf
from service.web.person import visitor
from service.web.render import page
from service.web.word import word

router = APIRouter(dependencies=[Depends(visitor)])

Form = Literal["md", "pdf", "docx"]
FORMS: dict[Form, tuple[str, Callable[[Edition], str | bytes]]] = {
    "md": ("text/markdown; charset=utf-8", lambda edition: edition.markdown),
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
}


@dataclass(frozen=True)
class Telling:
    """What one edition tells of one theme."""

    edition: Edition
    mission: str
    theme: dict[str, Any]


@router.get("/")
def home(request: Request, session: Reading) -> HTMLResponse:
    """The published digests, the latest period first, and the themes of the latest."""
    editions = _standing(session)
    missions = editions[0].briefing["missions"] if editions else []
    return page(request, "home.html", editions=editions, missions=missions)


@router.get("/themes/{theme_id}")
def theme_page(request: Request, theme_id: str, session: Reading) -> Response:
    """A theme as the latest digest tells it, and every digest that does; a merged one's address leads on."""
    tellings = [
        Telling(edition, mission["title"], theme)
        for edition in _standing(session)
        for mission in edition.briefing["missions"]
        for theme in mission["themes"]
        if theme["id"] == theme_id
    ]
    if tellings:
        briefing = tellings[0].edition.briefing
        points = evidence(briefing).get(theme_id)
        return page(request, "theme.html", tellings=tellings, marking=briefing["marking"], points=points)
    theme = session.get(Theme, theme_id)
    if theme and theme.merged_into:
        return RedirectResponse(f"/themes/{theme.merged_into}", 308)
    message = "No published digest tells of a theme at this address."
    return page(request, "absent.html", status=404, message=message)


@router.get("/digests/{digest_id}.{form}")
def take_away(digest_id: str, form: Form, session: Reading) -> Response:
    """The latest edition as a file: Markdown, a tagged PDF, or a Word document."""
    found = _latest(session, digest_id)
    if isinstance(found, str):
        return PlainTextResponse(found, 404)
    media_type, made = FORMS[form]
    name = f"digest-{found.briefing['period_start']}-to-{found.briefing['period_end']}-edition-{found.number}.{form}"
    return Response(made(found), media_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})


@router.get("/digests/{digest_id}")
def digest_page(request: Request, digest_id: str, session: Reading) -> HTMLResponse:
    """The latest edition as a page."""
    found = _latest(session, digest_id)
    if isinstance(found, str):
        return page(request, "absent.html", status=404, message=found)
    briefing = found.briefing
    behind = evidence(briefing)
    return page(request, "digest.html", edition=found, briefing=briefing, dated=dated(found), evidence=behind)


def _standing(session: Session) -> list[Edition]:
    """The edition of each digest that can be read, the latest period first."""
    newest: dict[str, Edition] = {}
    query = select(Edition).join(Digest).where(Digest.state != DigestState.withdrawn)
    for edition in session.exec(query.order_by(col(Edition.number).desc())):
        newest.setdefault(edition.digest_id, edition)
    standing = [edition for edition in newest.values() if edition.withdrawn_at is None]
    return sorted(standing, key=lambda edition: (edition.briefing["period_end"], edition.published_at), reverse=True)


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
