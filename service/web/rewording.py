"""Editors' own words for a sentence of a draft."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from sqlmodel import Session
from starlette.responses import Response

from models.digest import Digest, DigestState
from models.errors import Conflict, NotFound
from service.api import digests
from service.auth import Reading, Writing
from service.web.draft import Told, draft_sections, offered
from service.web.person import EditingPerson, Posted, field
from service.web.render import page

router = APIRouter()

CHANGEABLE = (DigestState.draft, DigestState.approved)
WORDS = {
    "text": "Enter the words of the sentence, in at most 1,000 characters.",
    "points": "Tick the points that these words rest on: at least one, and at most 200.",
}


@router.get("/{digest_id}/sentences/{number}")
def sentence_page(
    request: Request, digest_id: str, number: int, session: Reading, _person: EditingPerson
) -> HTMLResponse:
    """The form that changes a sentence of a draft."""
    return _sentence_page(request, session, digest_id, number)


@router.post("/{digest_id}/sentences/{number}")
def change_words(
    request: Request, digest_id: str, number: int, fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Puts an editor's words in a sentence's place; they are then checked against the points that were ticked."""
    text, points = " ".join(field(fields, "text").split()), [str(point) for point in fields.getlist("points")]
    try:
        new = digests.NewWords(text=text, points=points, replaces=field(fields, "replaces"))
        digests.edit_sentence(digest_id, number, new, session, person)
        return RedirectResponse(f"/edit/digests/{digest_id}#sentence-{number}", 303)
    except ValidationError as problem:
        errors = {str(fault["loc"][0]): WORDS[str(fault["loc"][0])] for fault in problem.errors()}
    except Conflict as problem:
        errors = {"text": problem.message}
    session.info["turned down"] = True
    return _sentence_page(request, session, digest_id, number, errors, text, set(points))


def _sentence_page(
    request: Request,
    session: Session,
    digest_id: str,
    number: int,
    errors: dict[str, str] | None = None,
    text: str | None = None,
    ticked: set[str] | None = None,
) -> HTMLResponse:
    digest = session.get(Digest, digest_id)
    if digest is None:
        raise NotFound("There is no digest at this address.")
    if digest.state not in CHANGEABLE:
        raise Conflict("The words of this digest cannot be changed now. Look at it again for what can be done.")
    checking = digests.being_checked(session, digest)
    told = _told(digest, number, checking)
    form = {"text": told.text if text is None else text}
    points = offered(digest, told)
    chosen = {point.id for point in points if point.cited} if ticked is None else ticked
    context = {"digest": digest, "told": told, "form": form, "points": points, "chosen": chosen}
    return page(request, "sentence.html", status=422 if errors else 200, errors=errors or {}, **context)


def _told(digest: Digest, number: int, checking: bool) -> Told:
    for section in draft_sections(digest, checking):
        for told in section.told:
            if told.number == number and told.changeable:
                return told
    raise NotFound("There is no sentence at this address whose words can be changed.")
