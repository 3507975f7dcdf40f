"""What a facilitator does about attendees: links to an event's points, how long they last, and each answer."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from models import answers, clearance
from models.account import Account
from models.campaign import Event
from models.clearance import Answer, AnswerKind
from models.errors import Invalid, NotFound
from models.job import JobKind
from models.release import released_text
from service.auth import Reading, Writing
from service.web.desk import own_event
from service.web.person import FacilitatingPerson, Posted, field
from service.web.render import page
from workers.queue import submit

router = APIRouter(prefix="/desk/events/{event_id}/clearance")

ASKED = {
    AnswerKind.soften: "Asks for other words",
    AnswerKind.object: "Objects to it",
    AnswerKind.withdraw: "Took it out",
}


@router.get("")
def clearance_page(request: Request, event_id: str, session: Reading, person: FacilitatingPerson) -> HTMLResponse:
    """How far the attendees of an event are, and what they say of its points."""
    return _page(request, session, own_event(session, person, event_id))


@router.post("")
def ask_attendees(
    request: Request, event_id: str, fields: Posted, session: Writing, person: FacilitatingPerson
) -> HTMLResponse:
    """Opens an event to its attendees and shows their links, once."""
    event = own_event(session, person, event_id)
    form, errors = _form(fields, "until", "count")
    if errors:
        return _turned_down(request, session, event, form, errors)
    made = clearance.start(session, event_id, _day(form), int(form["count"]), person.name)
    return _with_links(request, session, event, made)


@router.post("/links")
def make_more_links(
    request: Request, event_id: str, fields: Posted, session: Writing, person: FacilitatingPerson
) -> HTMLResponse:
    """Makes further links and shows them, once."""
    event = own_event(session, person, event_id)
    form, errors = _form(fields, "count")
    if errors:
        return _turned_down(request, session, event, form, errors)
    return _with_links(
        request, session, event, clearance.more_links(session, event_id, int(form["count"]), person.name)
    )


@router.post("/deadline")
def give_more_time(
    request: Request, event_id: str, fields: Posted, session: Writing, person: FacilitatingPerson
) -> Response:
    """Moves the deadline to a later day."""
    event = own_event(session, person, event_id)
    form, errors = _form(fields, "until")
    if not errors:
        try:
            clearance.give_more_time(session, event_id, _day(form))
        except Invalid as problem:
            errors["until"] = problem.message
    return _turned_down(request, session, event, form, errors) if errors else _back(event_id)


@router.post("/end")
def end_clearance(event_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson) -> Response:
    """Ends the time for answers: what nobody objected to circulates from now on."""
    own_event(session, person, event_id)
    clearance.end(session, event_id)
    return _back(event_id)


@router.post("/answers/{answer_id}/acceptance")
def accept_answer(
    event_id: str, answer_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson
) -> Response:
    """Does what an attendee asked for."""
    answer = _answer(session, person, event_id, answer_id)
    for digest_id in answers.accept(session, answer, person.name):
        submit(session, JobKind.draft, digest_id, by=person.name)
    if answer.kind is AnswerKind.soften:
        submit(session, JobKind.rephrase, answer.id, by=person.name)
    return _back(event_id)


@router.post("/answers/{answer_id}/refusal")
def set_answer_aside(
    event_id: str, answer_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson
) -> Response:
    """Keeps the point as it is."""
    answers.set_aside(session, _answer(session, person, event_id, answer_id), person.name)
    return _back(event_id)


def _answer(session: Session, person: Account, event_id: str, answer_id: str) -> Answer:
    own_event(session, person, event_id)
    answer = session.get(Answer, answer_id)
    if answer is None or answer.event_id != event_id:
        raise NotFound("There is no answer at this address among those of your events.")
    return answer


def _back(event_id: str) -> Response:
    return RedirectResponse(f"/desk/events/{event_id}/clearance", 303)


def _form(fields: FormData, *wanted: str) -> tuple[dict[str, str], dict[str, str]]:
    """What was entered, and what is wrong with what is wanted of it."""
    form = {name: field(fields, name) for name in ("day", "month", "year", "count")}
    checks = {"until": lambda: clearance.check_day(_day(form)), "count": lambda: _check_count(form["count"])}
    errors = {}
    for name in wanted:
        try:
            checks[name]()
        except Invalid as problem:
            errors[name] = problem.message
    return form, errors


def _day(form: dict[str, str]) -> date:
    try:
        return date(int(form["year"]), int(form["month"]), int(form["day"]))
    except (ValueError, OverflowError):
        raise Invalid("Enter the last day for answers as a date, such as 27 3 2027.") from None


def _check_count(entered: str) -> None:
    if not entered.isdecimal() or len(entered) > 4:
        raise Invalid("Enter how many links you need as a whole number, such as 8.")
    clearance.check_count(int(entered))


def _turned_down(
    request: Request, session: Session, event: Event, form: dict[str, str], errors: dict[str, str]
) -> HTMLResponse:
    session.info["turned down"] = True
    return _page(request, session, event, status=422, form=form, errors=errors)


def _with_links(request: Request, session: Session, event: Event, made: list[str]) -> HTMLResponse:
    session.flush()
    return _page(request, session, event, links=[str(request.url_for("attendee_page", secret=one)) for one in made])


def _page(request: Request, session: Session, event: Event, *, status: int = 200, **more: Any) -> HTMLResponse:
    told = [(answer, released_text(point.text)) for answer, point in answers.answers_of(session, event.id)]
    answered, waiting, lost = clearance.links_of(session, event.id)
    context: dict[str, Any] = {"event": event, "open": clearance.is_open(event), "asked": ASKED, "form": {}, **more}
    context |= {"answered": answered, "waiting": waiting, "lost": lost}
    context |= {
        "to_decide": [one for one in told if one[0].decided_at is None],
        "decided": [one for one in told if one[0].decided_at is not None],
    }
    return page(request, "clearance_event.html", status=status, **context)
