"""The digest desk: editors have digests drafted, change their words, approve, publish, correct and withdraw them."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from starlette.responses import Response

from models import release, withheld
from models.account import Account
from models.campaign import SECTORS, Campaign
from models.digest import Digest, DigestState, Edition
from models.errors import Conflict, NotFound
from models.store import now
from service.api import digests
from service.auth import Reading, Writing
from service.web import rewording
from service.web.audiences import breadths, openings
from service.web.desk import MARKINGS
from service.web.draft import draft_sections, troubles
from service.web.new_digest import faults, new_digest_of, scopes
from service.web.period import last_quarter
from service.web.person import EditingPerson, Posted, field
from service.web.render import page

router = APIRouter(prefix="/edit/digests")
router.include_router(rewording.router)

STATES = {
    DigestState.drafting: "Being drafted",
    DigestState.draft: "Draft",
    DigestState.approved: "Approved",
    DigestState.publishing: "Being published",
    DigestState.published: "Published",
    DigestState.corrected: "Corrected",
    DigestState.withdrawn: "Withdrawn",
    DigestState.failed: "Failed",
}
OVER = (DigestState.published, DigestState.corrected, DigestState.withdrawn, DigestState.failed)
ON_THE_WAY = tuple(state for state in STATES if state not in OVER)
WITHOUT_WORDS = (DigestState.drafting, DigestState.withdrawn)
LINES = 50


@router.get("")
def digest_desk_page(
    request: Request, session: Reading, _person: EditingPerson, after: int = Query(0, ge=0)
) -> Response:
    """The digests by how far they are: those that wait for somebody first, then the others, the latest first."""
    light = select(Digest).options(defer(Digest.facts), defer(Digest.briefing), defer(Digest.markdown))  # type: ignore[arg-type]
    latest = light.order_by(col(Digest.created_at).desc(), Digest.id)
    waiting = session.exec(latest.where(col(Digest.state).in_(ON_THE_WAY))).all() if not after else []
    over = session.exec(latest.where(col(Digest.state).in_(OVER)).offset(after).limit(LINES + 1)).all()
    found = [
        ("Waiting", sorted(waiting, key=lambda row: (ON_THE_WAY.index(row.state), not row.problems))),
        ("Done", sorted(over[:LINES], key=lambda row: OVER.index(row.state))),
    ]
    checking = {row.id for row in waiting if row.state is DigestState.draft and digests.being_checked(session, row)}
    context: dict[str, Any] = {"found": found, "states": STATES, "about": _scope_names(session), "checking": checking}
    return page(request, "digest_desk.html", **context, earlier=after + LINES if len(over) > LINES else None)


@router.get("/new")
def new_digest_page(request: Request, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """The form for a digest, filled in for the last quarter that is over."""
    dates = zip(("start", "end"), last_quarter(now().date()), strict=True)
    form = {f"{edge}_{part}": str(getattr(day, part)) for edge, day in dates for part in ("day", "month", "year")}
    return _new_digest_form(request, session, form, {})


@router.post("/new")
def new_digest(request: Request, fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Has a digest drafted, and leads to its page."""
    form = {name: field(fields, name) for name in fields}
    errors = faults(session, form)
    if not errors:
        made = digests.create_digest(new_digest_of(session, form), session, person)
        return RedirectResponse(f"/edit/digests/{made.id}", 303)
    session.info["turned down"] = True
    return _new_digest_form(request, session, form, errors, status=422)


@router.get("/{digest_id}")
def draft_page(request: Request, digest_id: str, session: Reading, person: EditingPerson) -> HTMLResponse:
    """A digest as it will look, what keeps it from being published, and what can be done with it."""
    return _draft_page(request, session, person, digest_id)


@router.get("/{digest_id}/withheld")
def withheld_page(request: Request, digest_id: str, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """What each audience gets of a digest, and what nobody does and why."""
    digest = _digest(session, digest_id)
    scope, rules = release.Scope(digest.campaign_id, digest.period_start, digest.period_end), release.policy()
    context: dict[str, Any] = {"themes": withheld.kept_back(session, scope, rules)}
    context["unnamed"] = withheld.unnamed(session, scope, rules)
    context["waiting"] = withheld.waiting(session, scope)
    context["released"] = release.release(session, scope, rules)
    context |= {"sectors": SECTORS, "breadths": breadths(digest), "openings": openings(digest)}
    return page(request, "withheld.html", digest=digest, **context)


@router.post("/{digest_id}/redraft")
def redraft(request: Request, digest_id: str, _fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Has a digest drafted again; of one that is published, this begins its corrected edition."""
    return _step(request, session, person, digest_id, digests.redraft)


@router.post("/{digest_id}/approval")
def approve_digest(
    request: Request, digest_id: str, _fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Approves a draft."""
    return _step(request, session, person, digest_id, digests.approve_digest)


@router.post("/{digest_id}/publication")
def publish_digest(
    request: Request, digest_id: str, _fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Has an approved digest published."""
    return _step(request, session, person, digest_id, digests.publish_digest)


@router.get("/{digest_id}/withdrawal")
def withdrawal_page(request: Request, digest_id: str, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """Asks once more, for it cannot be undone."""
    return page(request, "withdraw_digest.html", digest=_digest(session, digest_id))


@router.post("/{digest_id}/withdrawal")
def withdraw_digest(
    request: Request, digest_id: str, _fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Takes a published digest back for good."""
    return _step(request, session, person, digest_id, digests.withdraw_digest)


def _step(
    request: Request,
    session: Session,
    person: Account,
    digest_id: str,
    take: Callable[[str, Session, Account], digests.DigestOut],
) -> Response:
    """Leads back to a digest after a step; where that was refused, its page says why."""
    try:
        take(digest_id, session, person)
    except Conflict as problem:
        session.info["turned down"] = True
        return _draft_page(request, session, person, digest_id, problem.message, status=problem.status)
    return RedirectResponse(f"/edit/digests/{digest_id}", 303)


def _digest(session: Session, digest_id: str) -> Digest:
    # What it was made of is large: it is read where it is asked for.
    digest = session.get(Digest, digest_id, options=[defer(Digest.facts)])  # type: ignore[arg-type]
    if digest is None:
        raise NotFound("There is no digest at this address.")
    return digest


def _draft_page(
    request: Request, session: Session, person: Account, digest_id: str, refused: str = "", status: int = 200
) -> HTMLResponse:
    digest = _digest(session, digest_id)
    checking = digest.state is DigestState.draft and digests.being_checked(session, digest)
    sections = draft_sections(digest, checking) if digest.state not in WITHOUT_WORDS else []
    editions = select(Edition).where(Edition.digest_id == digest_id).order_by(col(Edition.number).desc())
    editions = editions.options(defer(Edition.briefing), defer(Edition.markdown))  # type: ignore[arg-type]
    told = [row for section in sections for row in section.told]
    context: dict[str, Any] = {"sections": sections, "checking": checking, "states": STATES}
    context["moving"] = checking or digest.state in (DigestState.drafting, DigestState.publishing)
    context["troubles"] = troubles(digest, sections)
    context["edition"] = session.exec(editions).first()
    context["changeable"] = digest.state in rewording.CHANGEABLE
    context["changed"] = sum(row.changed for row in told)
    context["another"] = digests.needs_another(digest, person)
    context["about"] = _scope_names(session).get(digest.campaign_id or digest.mission or "")
    return page(request, "draft.html", status=status, digest=digest, refused=refused, **context)


def _new_digest_form(
    request: Request, session: Session, form: dict[str, str], errors: dict[str, str], status: int = 200
) -> HTMLResponse:
    context = {"form": form, "errors": errors, "scopes": scopes(session), "markings": MARKINGS}
    return page(request, "new_digest.html", status=status, **context)


def _scope_names(session: Session) -> dict[str, str]:
    """What a digest can be limited to, in words, by the id of the campaign or the mission."""
    campaigns = {row.id: f"Campaign: {row.name}" for row in session.exec(select(Campaign))}
    return campaigns | {key: f"Mission: {title}" for key, title in digests.current_missions(session).items()}
