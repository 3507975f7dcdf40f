"""Signing in through an organisation’s own identity provider."""

import secrets
import time
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from models import account
from models.account import Role
from models.errors import NotFound, NotSignedIn
from models.settings import settings
from service import provider
from service.auth import Writing
from service.provider import ProviderAway
from service.throttle import few_failures, place
from service.web.accounts import ATTEMPTS_FROM_ONE_PLACE, WINDOW, let_in, local, sign_in_form
from service.web.person import Visitor
from service.web.render import keep

router = APIRouter()

ATTEMPT = "crosscurrent_openid"
LASTS = 10 * 60
SHORT_WINDOW = 2 * 60


@router.get("/sign-in/openid")
def begin_sign_in(request: Request, person: Visitor, next: str = "") -> Response:
    """Leads to the provider, and leaves in a cookie what its answer must fit."""
    _set_up()
    onward = local(next)
    if person:
        return RedirectResponse(onward, 303)
    attempt = f"{secrets.token_urlsafe(32)}.{int(time.time())}.{quote(onward, safe='')}"
    try:
        with few_failures("begin to sign in from", place(request), ATTEMPTS_FROM_ONE_PLACE, SHORT_WINDOW):
            answer = RedirectResponse(provider.way_in(attempt, _back(request)), 303)
    except ProviderAway as problem:
        return _refused(request, onward, problem)
    keep(request, answer, ATTEMPT, attempt)
    return answer


# The name is that of signing in with a password, so that the audit log has one word for both.
@router.get("/sign-in/openid/answer", name="sign in")
def end_sign_in(request: Request, session: Writing, state: str = "", code: str = "", error: str = "") -> Response:
    """Signs in whom the provider vouches for, or says why not."""
    _set_up()
    attempt = request.cookies.get(ATTEMPT, "")
    onward = local(unquote(attempt.rpartition(".")[2]))
    role = Role(settings().openid_role) if settings().openid_role else None
    try:
        with few_failures("sign in elsewhere from", place(request), ATTEMPTS_FROM_ONE_PLACE, WINDOW):
            _check(attempt, state, error)
            # Before the database is first asked: a slow provider must not keep others from writing.
            who = provider.vouched(attempt, _back(request), code)
            person = account.recognised(session, who.identity, who.email, who.name, role)
        answer = let_in(request, session, person, onward)
    except (NotSignedIn, ProviderAway) as problem:
        session.info["turned down"] = True
        answer = _refused(request, onward, problem)
    answer.delete_cookie(ATTEMPT)
    return answer


def _set_up() -> None:
    if not settings().openid:
        raise NotFound("Signing in through an organisation is not set up here. Sign in with your password.")


def _back(request: Request) -> str:
    return str(request.url_for("sign in"))


def _check(attempt: str, state: str, error: str) -> None:
    """Raises NotSignedIn unless the provider's answer is a good one, and to what this browser asked lately."""
    if error == "access_denied":
        raise NotSignedIn(f"You cancelled, or {settings().openid} did not let you in. You are not signed in.")
    if error:
        raise NotSignedIn(f"Signing in with {settings().openid} did not work. Try again, or tell an administrator.")
    if not attempt or not provider.fits(attempt, state) or int(attempt.split(".")[1]) < time.time() - LASTS:
        raise NotSignedIn("This sign-in took too long, was used already, or began in another browser. Start again.")


def _refused(request: Request, onward: str, problem: NotSignedIn | ProviderAway) -> Response:
    return sign_in_form(request, {"next": onward}, status=problem.status, errors={"openid": problem.message})
