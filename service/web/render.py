"""Makes pages: who is looking, the token of its forms, and the words of what went wrong."""

import secrets
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from models.account import Account
from models.vault import fingerprint
from service.web.outline import day

SIGN_IN = "crosscurrent"
VISIT = "crosscurrent_visit"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.filters["day"] = day


def page(request: Request, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as a page; a visitor who has no cookie yet gets one where the page holds a form."""
    person: Account | None = getattr(request.state, "person", None)
    mark = browser_mark(request) or secrets.token_urlsafe(32)
    forms = person is not None or context.get("form") is not None
    if forms:
        context["form_proof"] = form_proof(mark)
    answer = templates.TemplateResponse(request, name, {"person": person, "errors": {}, **context}, status_code=status)
    if forms:
        answer.headers["Cache-Control"] = "no-store"
        if not browser_mark(request):
            keep(request, answer, VISIT, mark)
    return answer


def browser_mark(request: Request) -> str:
    """What tells this browser from others: its sign-in's secret or, before it, that of its visit."""
    return request.cookies.get(SIGN_IN) or request.cookies.get(VISIT) or ""


def form_proof(mark: str) -> str:
    """The token that a form of a browser carries (HMAC-SHA-256 of its cookie, after OWASP's signed double submit)."""
    return fingerprint(f"form {mark}".encode())


def keep(request: Request, answer: Response, name: str, value: str) -> None:
    """Sets a cookie that no script reads and no other site sends; only this very machine may do without TLS."""
    secure = request.url.scheme == "https" or request.url.hostname not in LOOPBACK
    answer.set_cookie(name, value, httponly=True, secure=secure, samesite="lax")
