"""A facilitator's desk: own events, uploads, and the review of each note."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from sqlmodel import Session, col, select
from starlette.datastructures import UploadFile
from starlette.responses import Response

from models.account import Account, CampaignFacilitator, Role
from models.answers import to_decide
from models.campaign import SECTORS, Campaign, Event, EventKind, ReviewPolicy
from models.errors import Conflict, Invalid, NotFound, Problem
from models.note import Note, NoteState
from models.review import review
from service.api import events, notes
from service.auth import Reading, Writing
from service.web.person import FacilitatingPerson, Posted, field
from service.web.render import page
from service.web.review import TYPES, decisions, replaced, rows

router = APIRouter()

LISTED = 50

KINDS = {
    EventKind.roundtable: "Roundtable",
    EventKind.dialogue: "CEO–Permanent Secretary dialogue",
    EventKind.cpo: "Chief people officers’ roundtable",
    EventKind.board: "Board discussion",
    EventKind.survey: "Survey",
    EventKind.case_study: "Case study",
}
MARKINGS = {"OFFICIAL": "OFFICIAL", "OFFICIAL-SENSITIVE": "OFFICIAL-SENSITIVE"}
ATTRIBUTIONS = {"chatham-house": "Chatham House Rule", "on the record": "On the record (names go all the same)"}
REVIEWS = {
    ReviewPolicy.dialogues: "Dialogues’, and doubtful ones",
    ReviewPolicy.always: "All of them",
    ReviewPolicy.doubtful: "Doubtful ones only",
}
STAGES = {
    NoteState.received: "Waiting its turn",
    NoteState.reading: "Reading",
    NoteState.redacting: "Removing names",
    NoteState.awaiting_review: "Awaiting your review",
    NoteState.approved: "Finding points",
    NoteState.themed: "Done",
    NoteState.failed: "Could not be read",
    NoteState.withdrawn: "Withdrawn",
}
MOVING = {NoteState.received, NoteState.reading, NoteState.redacting, NoteState.approved}
FAULTS = {
    "title": "Enter what the event was about, in at most 300 characters.",
    "name": "Enter the name of the campaign, in at most 200 characters.",
    "held_on": "Enter the day of the event as a date, such as 27 3 2026.",
    "sectors": "Enter how many organisations there were, at most 10,000 of a sector.",
}


@router.get("/desk")
def desk_page(
    request: Request, session: Reading, person: FacilitatingPerson, start: Annotated[int, Query(ge=0)] = 0
) -> HTMLResponse:
    """The events of one's campaigns, the latest first, with how many notes wait for what."""
    query = select(Event, Campaign).join(Campaign).order_by(col(Event.held_on).desc(), col(Event.title), Event.id)
    query = query.where(col(Campaign.id).in_(own_campaigns(session, person))).offset(start).limit(LISTED + 1)
    rows = session.exec(query).all()
    found, more = rows[:LISTED], start + LISTED if len(rows) > LISTED else None
    held: dict[str, Counter[str]] = {}
    states = select(Note.event_id, Note.state).where(col(Note.event_id).in_([event.id for event, _ in found]))
    for event_id, state in session.exec(states):
        held.setdefault(event_id, Counter())[STAGES[NoteState(state)]] += 1
    return page(request, "desk.html", found=found, held=held, kinds=KINDS, more=more)


@router.get("/desk/new")
def new_event_page(request: Request, session: Reading, person: FacilitatingPerson) -> HTMLResponse:
    """The form for an event and, where it is the first, its campaign."""
    return _event_form(request, session, person, {}, {})


@router.post("/desk/new")
def new_event(request: Request, fields: Posted, session: Writing, person: FacilitatingPerson) -> Response:
    """Creates the event, and its campaign where a new one is named; whoever makes a campaign looks after it."""
    form = {name: field(fields, name) for name in fields}
    day, month, year = (form.get(part, "") for part in ("day", "month", "year"))
    form["held_on"] = f"{year}-{month:0>2}-{day:0>2}" if day or month or year else ""
    errors = _faults(form)
    if not errors:
        try:
            with session.begin_nested():
                made = _create(session, person, form)
            return RedirectResponse(f"/desk/events/{made}", 303)
        except ValidationError as problem:
            for fault in problem.errors():
                name = str(fault["loc"][0])
                errors["campaign_name" if name == "name" else name] = FAULTS.get(name, "Choose one of these.")
        except Conflict as problem:
            errors["campaign_name"] = problem.message
    session.info["turned down"] = True
    return _event_form(request, session, person, form, errors, status=422)


@router.get("/desk/events/{event_id}")
def event_page(request: Request, event_id: str, session: Reading, person: FacilitatingPerson) -> HTMLResponse:
    """An event: where each note is on its way, and the form to upload more."""
    return _event_page(request, session, own_event(session, person, event_id))


@router.post("/desk/events/{event_id}/notes")
def upload_notes(
    request: Request, event_id: str, fields: Posted, session: Writing, person: FacilitatingPerson
) -> Response:
    """Takes the notes in; each that cannot be taken is named with what to do, and does not keep the others out."""
    event = own_event(session, person, event_id)
    sent = [file for file in fields.getlist("files") if isinstance(file, UploadFile) and file.filename]
    refused = [] if sent else [("files", "Choose at least one note to upload.")]
    for file in sent:
        try:
            notes.upload_note(event_id, file, session, person, Response())  # type: ignore[arg-type]
        except Problem as problem:
            refused.append(("files", f"{file.filename}: {problem.message}"))
    session.info["made"] = event_id
    if refused:
        return _event_page(request, session, event, refused=refused, status=422)
    return RedirectResponse(f"/desk/events/{event_id}", 303)


@router.get("/desk/notes/{note_id}")
def note_page(request: Request, note_id: str, session: Reading, person: FacilitatingPerson) -> HTMLResponse:
    """A note side by side with what will be circulated of it."""
    return _note_page(request, session, _own_note(session, person, note_id))


@router.post("/desk/notes/{note_id}/decisions")
def decide(request: Request, note_id: str, fields: Posted, session: Writing, person: FacilitatingPerson) -> Response:
    """Records what the facilitator says of the replaced words and of those that were missed."""
    note = _own_note(session, person, note_id)
    try:
        taken = decisions(fields, review(session, note))
        notes.decide(note_id, notes.NewDecisions(decisions=taken), session, person)
    except Invalid as problem:
        session.info["turned down"] = True
        return _note_page(request, session, note, status=422, errors={"words": problem.message})
    return RedirectResponse(f"/desk/notes/{note_id}", 303)


@router.post("/desk/notes/{note_id}/approval")
def approve(note_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson) -> Response:
    """Clears a note; the event's page shows how it goes on."""
    note = _own_note(session, person, note_id)
    notes.approve(note_id, session, person)
    return RedirectResponse(f"/desk/events/{note.event_id}", 303)


@router.post("/desk/notes/{note_id}/retry")
def retry(note_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson) -> Response:
    """Has a failed note tried again."""
    note = _own_note(session, person, note_id)
    notes.retry(note_id, session, person)
    return RedirectResponse(f"/desk/events/{note.event_id}", 303)


@router.get("/desk/notes/{note_id}/withdrawal")
def withdrawal_page(request: Request, note_id: str, session: Reading, person: FacilitatingPerson) -> HTMLResponse:
    """Asks once more, for it cannot be undone."""
    return page(request, "withdraw.html", note=_own_note(session, person, note_id))


@router.post("/desk/notes/{note_id}/withdrawal")
def withdraw(note_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson) -> Response:
    """Takes a note back for good."""
    note = _own_note(session, person, note_id)
    notes.withdraw(note_id, session, person)
    return RedirectResponse(f"/desk/events/{note.event_id}", 303)


def own_campaigns(session: Session, person: Account) -> list[str]:
    """The ids of the campaigns that a person looks after; an administrator looks after all."""
    if person.role == Role.administrator:
        return list(session.exec(select(Campaign.id)))
    mine = CampaignFacilitator.account_id == person.id
    return list(session.exec(select(CampaignFacilitator.campaign_id).where(mine)))


def own_event(session: Session, person: Account, event_id: str) -> Event:
    """An event of a campaign that the person looks after; raises NotFound."""
    event = session.get(Event, event_id)
    if event is None or event.campaign_id not in own_campaigns(session, person):
        raise NotFound("There is no event at this address among your campaigns.")
    return event


def _own_note(session: Session, person: Account, note_id: str) -> Note:
    note = session.get(Note, note_id)
    if note is None:
        raise NotFound("There is no note at this address among your campaigns.")
    own_event(session, person, note.event_id)
    return note


def _faults(form: dict[str, str]) -> dict[str, str]:
    """What is missing, by field, in words that tell what to do."""
    errors = {}
    if not form.get("campaign_id") and not form.get("campaign_name"):
        errors["campaign_name"] = "Choose a campaign, or enter a name for a new one."
    wanted = {"title": "Enter what the event was about.", "held_on": "Enter the day of the event."}
    errors |= {name: words for name, words in wanted.items() if not form.get(name)}
    counts = [form.get(sector, "") for sector in SECTORS]
    if not all(count.isdecimal() or not count for count in counts):
        errors["sectors"] = "Enter how many organisations there were as whole numbers, such as 4."
    elif not any(int(count or 0) for count in counts):
        errors["sectors"] = "Enter how many organisations of at least one sector were in the room."
    return errors


def _create(session: Session, person: Account, form: dict[str, str]) -> str:
    campaign_id = form.get("campaign_id", "")
    if campaign_id and campaign_id not in own_campaigns(session, person):
        raise NotFound("There is no campaign at this address among yours.")
    if not campaign_id:
        new = events.NewCampaign.model_validate({"name": form["campaign_name"], "review": form.get("review")})
        campaign_id = events.create_campaign(new, session, person).id
        session.flush()
        session.add(CampaignFacilitator(campaign_id=campaign_id, account_id=person.id))
    event = events.NewEvent.model_validate(
        {
            "campaign_id": campaign_id,
            "title": form["title"],
            "kind": form.get("kind"),
            "held_on": form["held_on"],
            "attribution": form.get("attribution"),
            "marking": form.get("marking"),
            "sectors": {sector: int(form.get(sector) or 0) for sector in SECTORS},
        }
    )
    return events.create_event(event, session, person).id


def _event_form(
    request: Request, session: Session, person: Account, form: dict[str, str], errors: dict[str, str], status: int = 200
) -> HTMLResponse:
    mine = select(Campaign).where(col(Campaign.id).in_(own_campaigns(session, person))).order_by(Campaign.name)
    choices = {
        "kinds": KINDS,
        "markings": MARKINGS,
        "attributions": ATTRIBUTIONS,
        "sectors": SECTORS,
        "reviews": REVIEWS,
    }
    context = {"campaigns": session.exec(mine).all(), "form": form, "errors": errors, **choices}
    return page(request, "new_event.html", status=status, **context)


def _event_page(
    request: Request, session: Session, event: Event, refused: Sequence[tuple[str, str]] = (), status: int = 200
) -> HTMLResponse:
    held = session.exec(select(Note).where(Note.event_id == event.id).order_by(col(Note.received_at), Note.id)).all()
    context: dict[str, Any] = {"notes": held, "stages": STAGES, "refused": refused, "kinds": KINDS}
    context["moving"] = any(note.state in MOVING for note in held)
    context["campaign"] = session.get_one(Campaign, event.campaign_id)
    context["to_decide"] = to_decide(session, event.id)
    return page(request, "event.html", status=status, event=event, **context)


def _note_page(
    request: Request, session: Session, note: Note, status: int = 200, errors: dict[str, str] | None = None
) -> HTMLResponse:
    event = session.get_one(Event, note.event_id)
    context: dict[str, Any] = {"note": note, "event": event, "stage": STAGES[note.state], "errors": errors or {}}
    if note.state is NoteState.awaiting_review:
        found = review(session, note)
        context |= {"review": found, "rows": rows(found), "replaced": replaced(found), "types": TYPES}
    return page(request, "review.html", status=status, moving=note.state in MOVING, **context)
