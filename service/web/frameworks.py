"""Editing a framework: the form, what a new version would change, and the word that makes it current or not."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session, col, func, select
from starlette.datastructures import UploadFile
from starlette.responses import Response

from models.account import Account
from models.errors import Conflict, Invalid, NotFound
from models.framework import FrameworkVersion, ThemeAlignment, VersionState
from models.theme import Theme, ThemeState
from service.api import frameworks
from service.auth import Reading, Writing
from service.web.framework_text import (
    LONGEST,
    FrameworkForm,
    arranged,
    faults,
    form_of,
    next_name,
    sent_form,
    sent_version,
    text_of,
)
from service.web.framework_view import seen
from service.web.person import EditingPerson, Posted, field
from service.web.render import page

router = APIRouter(prefix="/edit/frameworks")

STATES = {
    VersionState.proposed: "Being compared",
    VersionState.compared: "Waits for your decision",
    VersionState.current: "In use",
    VersionState.superseded: "Was in use",
    VersionState.rejected: "Turned down",
}


@router.get("")
def frameworks_page(request: Request, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """Each framework: the version in use with its themes, those that wait, and the earlier ones."""
    rows = session.exec(select(FrameworkVersion).order_by(col(FrameworkVersion.created_at).desc())).all()
    current = [row for row in rows if row.state is VersionState.current]
    found = [
        (row, _themes(session, row), [other for other in rows if other.framework == row.framework])
        for row in sorted(current, key=lambda row: row.framework != "missions")
    ]
    return page(request, "frameworks.html", found=found, states=STATES)


@router.get("/{framework}/new")
def edit_framework_page(
    request: Request, framework: str, session: Reading, _person: EditingPerson, base: str = ""
) -> HTMLResponse:
    """The form, filled with the version in use or another one."""
    current = _current(session, framework)
    row = frameworks.find_version(session, framework, base) if base else current
    form = form_of(row, next_name(current.version, _names(session, framework)))
    return _form_page(request, current, form)


@router.post("/{framework}/arrangement")
def arrange_entries(
    request: Request, framework: str, fields: Posted, session: Reading, _person: EditingPerson
) -> HTMLResponse:
    """The form with an entry added, taken out or moved; nothing is kept yet."""
    return _form_page(request, _current(session, framework), arranged(sent_form(fields), field(fields, "wish")))


@router.post("/{framework}/new")
def propose_framework(
    request: Request, framework: str, fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Proposes what stands in the form; its page tells what it would change."""
    current, form = _current(session, framework), sent_form(fields)
    errors = faults(form, _names(session, framework))
    if not errors:
        text = text_of(form, frameworks.find_version(session, framework, form.base))
        try:
            return _propose(session, framework, form.version, text, person)
        except Conflict as problem:
            errors["version"] = problem.message
        except Invalid as problem:
            errors["title"] = problem.message
    session.info["turned down"] = True
    return _form_page(request, current, form, status=422, errors=errors)


@router.post("/{framework}/upload")
def upload_framework(
    request: Request, framework: str, fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Proposes a text that somebody wrote elsewhere."""
    current, taken, file = _current(session, framework), _names(session, framework), fields.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid("Choose a file to upload.")
        version, text = sent_version(file.file.read(LONGEST + 1), framework, taken)
    except Invalid as problem:
        session.info["turned down"] = True
        form = form_of(current, next_name(current.version, taken))
        return _form_page(request, current, form, status=422, errors={"file": problem.message})
    return _propose(session, framework, version, text, person)


@router.get("/{framework}/versions/{version}")
def framework_version_page(
    request: Request, framework: str, version: str, session: Reading, _person: EditingPerson
) -> HTMLResponse:
    """A version: what it would change or did, and what can be done with it."""
    return _version_page(request, session, frameworks.find_version(session, framework, version))


@router.get("/{framework}/versions/{version}/text")
def take_text(framework: str, version: str, session: Reading, _person: EditingPerson) -> PlainTextResponse:
    """A version's text, to change elsewhere and upload again."""
    row = frameworks.find_version(session, framework, version)
    name = f"{framework}-{version}.yaml" if f"{framework}{version}".isascii() else "framework.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(row.source, media_type="application/yaml", headers=headers)


@router.post("/{framework}/versions/{version}/acceptance")
def accept_framework(
    request: Request, framework: str, version: str, _fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Makes a compared version the one in use, unless another one came in between."""
    return _decided(request, session, frameworks.accept_version, framework, version, person)


@router.post("/{framework}/versions/{version}/rejection")
def turn_framework_down(
    request: Request, framework: str, version: str, _fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Turns a compared version down."""
    return _decided(request, session, frameworks.reject_version, framework, version, person)


@router.post("/{framework}/versions/{version}/comparison")
def compare_framework_again(
    request: Request, framework: str, version: str, _fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Has a version compared with the one that is in use now."""
    return _decided(request, session, frameworks.compare_again, framework, version, person)


def _decided(request: Request, session: Session, act: Any, framework: str, version: str, person: Account) -> Response:
    try:
        act(framework, version, session, person)
    except Conflict as problem:
        session.info["turned down"] = True
        row = frameworks.find_version(session, framework, version)
        return _version_page(request, session, row, status=409, errors={"decision": problem.message})
    return RedirectResponse(f"/edit/frameworks/{framework}/versions/{version}", 303)


def _propose(session: Session, framework: str, version: str, text: str, person: Account) -> Response:
    if len(text) > LONGEST:
        raise Invalid("This is too long for a framework. Shorten descriptions and milestones.")
    new = frameworks.NewVersion(version=version, source=text)
    frameworks.propose_version(framework, new, session, person)
    session.info["made"] = f"{framework} {version}"
    return RedirectResponse(f"/edit/frameworks/{framework}/versions/{version}", 303)


def _current(session: Session, framework: str) -> FrameworkVersion:
    row = frameworks.current_version(session, framework)
    if row is None:
        raise NotFound("There is no framework at this address.")
    return row


def _names(session: Session, framework: str) -> set[str]:
    return set(session.exec(select(FrameworkVersion.version).where(FrameworkVersion.framework == framework)))


def _themes(session: Session, row: FrameworkVersion) -> int:
    """How many themes are sure of one of the version's entries."""
    sure = (
        select(func.count(func.distinct(ThemeAlignment.theme_id)))
        .join(Theme)
        .where(
            ThemeAlignment.version_id == row.id, col(ThemeAlignment.sure).is_(True), Theme.state != ThemeState.retired
        )
    )
    return session.exec(sure).one()


def _form_page(
    request: Request,
    current: FrameworkVersion,
    form: FrameworkForm,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    context = {"current": current, "form": form, "errors": errors or {}}
    return page(request, "framework_edit.html", status=status, **context)


def _version_page(
    request: Request,
    session: Session,
    row: FrameworkVersion,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    current = _current(session, row.framework)
    context = {"row": row, "current": current, "states": STATES, "errors": errors or {}}
    return page(request, "framework_version.html", status=status, **context, **seen(session, row, current))
