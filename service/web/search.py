"""Search over the themes and points that published digests tell of, for whoever may reach the service."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from starlette.responses import Response

from models.account import Account
from models.errors import NotFound
from models.standing import latest
from models.store import now
from models.vault import fingerprint
from service.api.search import Question, ask, asked, outcome
from service.auth import Reading, Writing
from service.throttle import place, throttle
from service.web.front import strictest
from service.web.person import Posted, Visitor, field
from service.web.render import browser_mark, page

router = APIRouter()

SEARCHES_FROM_ONE_PLACE, WINDOW = 20, 10 * 60
LATE = timedelta(minutes=1)
MOST = 20
KINDS = {
    "barrier": "Barrier",
    "enabler": "What helps",
    "evidence": "Evidence",
    "offer": "Offer",
    "ask": "Ask",
    "commitment": "Commitment",
}


@router.get("/search")
def search_page(request: Request, person: Visitor) -> HTMLResponse:
    """The form to ask a question with."""
    return page(request, "search.html", form={})


@router.post("/search")
def ask_question(request: Request, fields: Posted, session: Writing, person: Visitor) -> Response:
    """Has a question searched for; its page tells what was found."""
    form = {"question": field(fields, "question")}
    try:
        question = Question(question=form["question"])
    except ValidationError:
        session.info["turned down"] = True
        errors = {"question": "Enter what you want to know, in 2 to 300 characters."}
        return page(request, "search.html", status=422, form=form, errors=errors)
    if person is None:
        throttle("search from", place(request), SEARCHES_FROM_ONE_PLACE, WINDOW)
    search = ask(session, question, _asker(request, person), person.name if person else "a visitor")
    return RedirectResponse(f"/search/{search.id}", 303)


@router.get("/search/{search_id}")
def found_page(request: Request, search_id: str, session: Reading, person: Visitor) -> HTMLResponse:
    """What was found of one's own question, or that it is still searched for."""
    search = asked(session, search_id, _asker(request, person))
    found = outcome(session, search, published=True, most=MOST)
    told = latest(session, [theme.id for theme in found.themes])
    return page(
        request,
        "found.html",
        form={"question": search.question},
        id=search.id,
        state=search.state,
        late=search.asked_at < now() - LATE,
        themes=[told[theme.id] for theme in found.themes],
        titles={theme.id: theme.title for theme in told.values()},
        points=found.points,
        kinds=KINDS,
        marking=strictest(theme.marking for theme in told.values()),
    )


def _asker(request: Request, person: Account | None) -> str:
    """Who asks: an account's id, or a keyed hash of the cookie of a visit; raises NotFound without either."""
    if person:
        return person.id
    if not (mark := browser_mark(request)):
        raise NotFound("There is no search with this id.")
    return fingerprint(f"search {mark}".encode())
