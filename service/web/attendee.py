"""What an attendee sees of an event and says of its points, behind a link and without an account."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from models import answers
from models.answers import LONGEST_WORDS, Said
from models.campaign import Event
from models.clearance import AnswerKind, linked
from models.errors import Gone, NotFound, Problem
from models.job import JobKind
from models.point import Point
from models.release import released_text
from models.vault import fingerprint
from service.auth import Reading, Writing
from service.throttle import place, throttle
from service.web.person import Posted, field
from service.web.render import page
from workers.queue import submit

router = APIRouter()

ATTEMPTS, WINDOW = 20, 15 * 60
KINDS = {
    "barrier": "Barriers: what stands in the way",
    "enabler": "Enablers: what helps",
    "evidence": "Evidence: what is known",
    "offer": "Offers: what somebody would give",
    "ask": "Asks: what somebody wants",
    "commitment": "Commitments: what somebody undertakes",
}
CHOICES = {
    "": "Leave it as it is",
    AnswerKind.soften: "Put it in other words",
    AnswerKind.object: "Object: say no more of it",
    AnswerKind.withdraw: "Take it out for good",
}


@dataclass(frozen=True)
class Row:
    """A point on the page: a mark that means nothing elsewhere, its words, and what the form says of it."""

    mark: str
    kind: str
    text: str
    said: Said
    error: str


@router.get("/clearance/{secret}")
def attendee_page(request: Request, secret: str, session: Reading) -> HTMLResponse:
    """The points of a link's event as they will appear, each with what can be said of it."""
    try:
        _, event = linked(session, secret)
    except (Gone, NotFound) as problem:
        return _closed(request, problem)
    points = _points(session, event)
    return _page(request, event, [_row(secret, point, Said(), "") for point in points])


@router.post("/clearance/{secret}")
def send_answers(request: Request, secret: str, fields: Posted, session: Writing) -> HTMLResponse:
    """Takes an attendee's answers in; of a point that was not on their page they have said nothing."""
    # Where somebody is signed in the log is not told: nobody learns whose answers these are.
    request.state.actor = request.state.person = None
    try:
        _, event = linked(session, secret, hold=True)
    except (Gone, NotFound) as problem:
        return _closed(request, problem)
    points = _points(session, event)
    said = {point.id: found for point in points if (found := _said(fields, _mark(secret, point)))}
    if any(answers.fault(point, said[point.id]) for point in points if point.id in said):
        told = [(point, said.get(point.id, Said())) for point in points]
        rows = [_row(secret, point, found, answers.fault(point, found)) for point, found in told]
        return _page(request, event, rows, status=422)
    for digest_id in answers.send(session, secret, said):
        submit(session, JobKind.draft, digest_id, by="an attendee")
    return _unkept(page(request, "clearance_sent.html", event=event, kinds={found.kind for found in said.values()}))


def _points(session: Session, event: Event) -> list[Point]:
    """The event's points, kind by kind."""
    places = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(answers.points_of(session, event.id), key=lambda point: places[point.kind])


def _row(secret: str, point: Point, said: Said, error: str) -> Row:
    return Row(_mark(secret, point), KINDS[point.kind], released_text(point.text), said, error)


def _page(request: Request, event: Event, rows: list[Row], status: int = 200) -> HTMLResponse:
    errors = [(f"words-{row.mark}", row.error) for row in rows if row.error]
    context = {"rows": rows, "choices": CHOICES, "longest": LONGEST_WORDS, "faults": errors}
    return page(request, "clearance_points.html", status=status, form={}, event=event, **context)


def _closed(request: Request, problem: Problem) -> HTMLResponse:
    """Why a link opens nothing; raises TooMany where too many that never were have been tried from one place."""
    if isinstance(problem, NotFound):
        throttle("clearance from", place(request), ATTEMPTS, WINDOW)
    return _unkept(page(request, "clearance_closed.html", status=problem.status, problem=problem))


def _unkept(answer: HTMLResponse) -> HTMLResponse:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _mark(secret: str, point: Point) -> str:
    """What stands for a point in one attendee's form: its id would tell which points are of one note."""
    return fingerprint(f"point {secret} {point.id}".encode())[:10]


def _said(fields: FormData, mark: str) -> Said | None:
    """What the form says of a point; None where the point was not on it."""
    if f"answer-{mark}" not in fields:
        return None
    choice, words = field(fields, f"answer-{mark}"), field(fields, f"words-{mark}")
    if choice not in CHOICES:
        raise NotFound("There is no such answer. Go back, reload the page and send it again.")
    plain = "".join(sign if sign.isprintable() else " " for sign in words)
    return Said(AnswerKind(choice) if choice else None, " ".join(plain.split()))
