"""Pages: published digests, for whoever may reach the service."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.templating import Jinja2Templates
from sqlmodel import Session, col, select

from models.digest import Digest, DigestState, Edition
from service.auth import Reading
from service.web.outline import dated, day, evidence
from service.web.pdf import pdf
from service.web.word import word

router = APIRouter()
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.filters["day"] = day

Form = Literal["md", "pdf", "docx"]
FORMS: dict[Form, tuple[str, Callable[[Edition], str | bytes]]] = {
    "md": ("text/markdown; charset=utf-8", lambda edition: edition.markdown),
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
}


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
        return templates.TemplateResponse(request, "absent.html", {"message": found}, status_code=404)
    briefing = found.briefing
    context = {"edition": found, "briefing": briefing, "dated": dated(found), "evidence": evidence(briefing)}
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
