"""Signing in and out, and what administrators do with accounts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, col, select
from starlette.responses import Response

from models import account
from models.account import Account, Role
from models.audit import AuditEntry
from models.campaign import SECTORS
from models.errors import Conflict, Invalid, NotFound, NotSignedIn
from models.settings import settings
from service.auth import Reading, Writing
from service.throttle import few_failures, place
from service.web.person import Administrator, Person, Posted, Visitor, field
from service.web.render import SIGN_IN, VISIT, keep, page

router = APIRouter()

ATTEMPTS, ATTEMPTS_FROM_ONE_PLACE, WINDOW = 8, 60, 15 * 60
LINES = 50
ROLES = {
    Role.facilitator: "Facilitator: uploads and clears notes",
    Role.editor: "Editor: themes and digests",
    Role.reader: "Reader",
    Role.administrator: "Administrator",
}
SECTOR_CHOICES = [("", "None"), *((sector, sector.capitalize()) for sector in SECTORS)]


@router.get("/sign-in")
def sign_in_page(request: Request, person: Visitor, next: str = "") -> Response:
    """The form to sign in with."""
    return RedirectResponse(local(next), 303) if person else sign_in_form(request, {"next": next})


@router.post("/sign-in")
def sign_in(request: Request, fields: Posted, session: Writing) -> Response:
    """Signs somebody in, or says that the two do not fit."""
    email, onward = field(fields, "email"), field(fields, "next")
    here = place(request)
    try:
        # An address is counted for each place apart: else anybody who knows it could keep its owner out.
        with (
            few_failures("sign in from", here, ATTEMPTS_FROM_ONE_PLACE, WINDOW),
            few_failures("sign in as", f"{email.lower()} {here}", ATTEMPTS, WINDOW),
        ):
            person = account.check_password(session, email, str(fields.get("password", "")))
    except NotSignedIn as problem:
        form = {"next": onward, "email": email}
        return sign_in_form(request, form, status=401, errors={"email": problem.message})
    return let_in(request, session, person, local(onward))


@router.post("/sign-out")
def sign_out(request: Request, person: Person, fields: Posted, session: Writing) -> Response:
    """Signs this browser out, or with `everywhere` every browser of this person."""
    account.sign_out(session, person, "" if field(fields, "everywhere") else request.cookies[SIGN_IN])
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(SIGN_IN)
    return answer


@router.get("/account")
def account_page(request: Request, person: Person) -> HTMLResponse:
    """Who is signed in, and the ways out."""
    return page(request, "account.html")


@router.get("/join/{secret}")
def join_page(request: Request, secret: str, session: Reading) -> HTMLResponse:
    """The form that sets a password, behind an invitation or a reset link."""
    return page(request, "join.html", form={"secret": secret}, joining=account.linked(session, secret))


@router.post("/join")
def set_password(request: Request, fields: Posted, session: Writing) -> Response:
    """Sets the password of a link's account, and signs in."""
    secret = field(fields, "secret")
    joining = account.linked(session, secret)
    try:
        person = account.set_password(session, secret, str(fields.get("password", "")))
    except Invalid as problem:
        errors = {"password": problem.message}
        return page(request, "join.html", status=422, form={"secret": secret}, joining=joining, errors=errors)
    return let_in(request, session, person, "/")


@router.get("/people")
def people_page(request: Request, session: Reading, _person: Administrator) -> HTMLResponse:
    """Every account, and a form to invite somebody."""
    return _people(request, session, form={})


@router.post("/people")
def invite_person(request: Request, fields: Posted, session: Writing, _person: Administrator) -> HTMLResponse:
    """Makes an account, and shows its link once."""
    form = {name: field(fields, name) for name in ("name", "email", "role", "sector")}
    role = _role(form["role"])
    try:
        invited, secret = account.invite(session, form["name"], form["email"], role, sector=form["sector"])
    except (Invalid, Conflict) as problem:
        session.info["turned down"] = True
        errors = {"email" if form["name"] else "name": problem.message}
        return _people(request, session, status=422, form=form, errors=errors)
    session.info["made"] = invited.id
    return _with_link(request, session, invited, secret)


@router.get("/people/{account_id}")
def person_page(request: Request, account_id: str, session: Reading, _person: Administrator) -> HTMLResponse:
    """The form that changes somebody's role and sector."""
    return _person_form(request, _account(session, account_id))


@router.post("/people/{account_id}")
def change_role_and_sector(
    request: Request, account_id: str, fields: Posted, session: Writing, person: Administrator
) -> Response:
    """Changes somebody's role and sector, or says why not; nobody can change their own role."""
    row = _account(session, account_id)
    role = _role(field(fields, "role") or row.role)
    try:
        account.change(session, row, role, field(fields, "sector"), by=person)
    except (Invalid, Conflict) as problem:
        session.info["turned down"] = True
        errors = {"sector" if isinstance(problem, Invalid) else "role": problem.message}
        return _person_form(request, row, status=problem.status, errors=errors)
    return RedirectResponse("/people", 303)


@router.post("/people/{account_id}/link")
def give_new_link(
    request: Request, account_id: str, _fields: Posted, session: Writing, _person: Administrator
) -> HTMLResponse:
    """A link to set a new password, shown once."""
    row = _account(session, account_id)
    return _with_link(request, session, row, account.new_link(session, row))


@router.post("/people/{account_id}/closure")
def close_account(account_id: str, _fields: Posted, session: Writing, person: Administrator) -> Response:
    """Closes an account; nobody can close their own, so that one administrator is always left."""
    if account_id == person.id:
        raise Conflict("You cannot close your own account. Another administrator can.")
    account.close(session, _account(session, account_id))
    return RedirectResponse("/people", 303)


@router.get("/audit")
def audit_page(
    request: Request, session: Reading, _person: Administrator, before: Annotated[int | None, Query(gt=0)] = None
) -> HTMLResponse:
    """What was done, the latest first."""
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(LINES)
    if before:
        query = query.where(col(AuditEntry.id) < before)
    return page(request, "audit.html", entries=session.exec(query).all(), lines=LINES)


def sign_in_form(
    request: Request, form: dict[str, str], *, status: int = 200, errors: dict[str, str] | None = None
) -> HTMLResponse:
    """The form to sign in with, under the way through the organisation's identity provider where there is one."""
    openid = settings().openid
    return page(request, "sign_in.html", status=status, form=form, errors=errors or {}, openid=openid)


def let_in(request: Request, session: Session, person: Account, onward: str) -> Response:
    """Signs this browser in, and leads it on."""
    request.state.actor, session.info["made"] = person, person.id
    answer = RedirectResponse(onward, 303)
    keep(request, answer, SIGN_IN, account.sign_in(session, person))
    answer.delete_cookie(VISIT)
    return answer


def local(path: str) -> str:
    """The path, if it is one of this service; a browser takes // and /\\ for the start of another site's address."""
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable() else "/"


def _role(word: str) -> Role:
    if word not in set(Role):
        raise NotFound("There is no such role.")
    return Role(word)


def _people(request: Request, session: Session, *, status: int = 200, **context: Any) -> HTMLResponse:
    rows = session.exec(select(Account).order_by(col(Account.closed_at).is_not(None), Account.name)).all()
    choices = {"roles": ROLES.items(), "sectors": SECTOR_CHOICES}
    return page(request, "people.html", status=status, people=rows, **choices, **context)


def _person_form(request: Request, row: Account, *, status: int = 200, **context: Any) -> HTMLResponse:
    form = {"role": row.role, "sector": row.sector or ""}
    choices = {"roles": ROLES.items(), "sectors": SECTOR_CHOICES}
    return page(request, "person.html", status=status, row=row, form=form, **choices, **context)


def _account(session: Session, account_id: str) -> Account:
    row = session.get(Account, account_id)
    if row is None or row.closed_at:
        raise NotFound("There is no open account at this address.")
    return row


def _with_link(request: Request, session: Session, row: Account, secret: str) -> HTMLResponse:
    link = str(request.url_for("join_page", secret=secret))
    return _people(request, session, form={}, link=link, invited=row)
