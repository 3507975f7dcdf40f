"""The editor's themes: what each holds and why, and what an editor does to it, step by step."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, col, select
from starlette.datastructures import FormData
from starlette.responses import Response

from models import curation
from models.account import Account
from models.curation import Curation
from models.errors import Invalid, NotFound
from models.job import JobKind
from models.point import Point
from models.release import released_text
from models.theme import Theme, ThemeState
from service.api.digests import current_missions
from service.auth import Reading, Writing
from service.web import theme_view
from service.web.person import EditingPerson, Posted, field
from service.web.render import page
from workers.queue import submit

router = APIRouter(prefix="/edit/themes")

NEAREST, ANOTHER, NEW = "nearest", "another", "new"
STEPS = {
    "merged": "Merged into",
    "split": "Split off:",
    "renamed": "Renamed from",
    "retired": "Retired",
    "moved": "Points moved to",
    "founded": "Made of points that were in no theme",
}


@router.get("")
def themes_page(
    request: Request,
    session: Reading,
    _person: EditingPerson,
    title: str = "",
    state: str = "",
    mission: str = "",
    shown: str = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """Every theme that is not retired, the largest first, by title, movement, mission and whether readers see it."""
    wanted = theme_view.Filter(title.strip(), state, mission, shown)
    rows = theme_view.listed(session, wanted)
    part = rows[start : start + theme_view.ROWS]
    missions = current_missions(session)
    more = start + theme_view.ROWS if len(rows) > start + theme_view.ROWS else None
    unthemed = theme_view.count_unthemed(session)
    context: dict[str, Any] = {"rows": part, "count": len(rows), "missions": missions, "form": wanted, "more": more}
    states = [known for known in ThemeState if known is not ThemeState.retired]
    steps = _steps(session, select(Curation).order_by(col(Curation.at).desc(), col(Curation.id)).limit(5))
    return page(request, "themes_desk.html", states=states, unthemed=unthemed, steps=steps, words=STEPS, **context)


@router.get("/unthemed")
def unthemed_page(request: Request, session: Reading, _person: EditingPerson, after: str = "") -> HTMLResponse:
    """The points that are in no theme, with the theme each comes nearest to."""
    return _unthemed(request, session, after)


@router.post("/unthemed")
def gather_points(request: Request, fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Puts points that are in no theme into their nearest ones, into another, or into a new one."""
    try:
        _gather(session, _chosen(fields), fields, person)
    except Invalid as problem:
        session.info["turned down"] = True
        return _unthemed(request, session, "", {"points": problem.message}, 422)
    return RedirectResponse("/edit/themes/unthemed", 303)


@router.get("/merge")
def merge_page(
    request: Request, session: Reading, _person: EditingPerson, theme: Annotated[list[str] | None, Query()] = None
) -> HTMLResponse:
    """Asks which of the chosen themes is to stay."""
    rows = theme_view.rows(session, [theme_view.active(session, id) for id in dict.fromkeys(theme or ())])
    errors = {} if len(rows) > 1 else {"themes": "Go back and choose at least two themes to merge."}
    return page(request, "merge.html", status=200 if not errors else 422, rows=rows, errors=errors)


@router.post("/merge")
def merge_themes(fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Merges the themes into the one that stays."""
    into = field(fields, "into")
    curation.merge(session, {str(id) for id in fields.getlist("theme")}, into, person)
    return _done(session, person, into)


@router.get("/{theme_id}")
def theme_desk_page(
    request: Request, theme_id: str, session: Reading, _person: EditingPerson, after: str = ""
) -> Response:
    """A theme with its points, why it is one, what it comes near to, and what was done to it."""
    theme = session.get(Theme, theme_id)
    if theme and theme.merged_into:
        return RedirectResponse(f"/edit/themes/{theme.merged_into}", 303)
    return _theme(request, session, theme_id, after)


@router.post("/{theme_id}/title")
def rename_theme(request: Request, theme_id: str, fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Gives the theme another title."""
    try:
        curation.rename(session, theme_id, field(fields, "title"), person)
    except Invalid as problem:
        session.info["turned down"] = True
        return _theme(request, session, theme_id, errors={"title": problem.message}, fields=fields)
    return _done(session, person, theme_id)


@router.post("/{theme_id}/points")
def move_points(request: Request, theme_id: str, fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Moves the chosen points to another theme or makes a new one of them."""
    try:
        if field(fields, "into") == NEW:
            step = curation.split(session, theme_id, _chosen(fields), field(fields, "new_title"), person)
            return _done(session, person, theme_id, str(step.other_id))
        into = _into(session, fields)
        curation.move(session, _chosen(fields), into, person)
    except Invalid as problem:
        session.info["turned down"] = True
        return _theme(request, session, theme_id, errors={"points": problem.message}, fields=fields)
    return _done(session, person, theme_id, into)


@router.post("/{theme_id}/joined")
def add_points(request: Request, theme_id: str, fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Takes points that are in no theme into this one."""
    try:
        curation.move(session, _chosen(fields), theme_id, person)
    except Invalid as problem:
        session.info["turned down"] = True
        return _theme(request, session, theme_id, errors={"near": problem.message}, fields=fields)
    return _done(session, person, theme_id)


@router.get("/{theme_id}/retirement")
def retirement_page(request: Request, theme_id: str, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """Asks once more before a theme is retired."""
    return page(request, "retire.html", row=theme_view.rows(session, [theme_view.active(session, theme_id)])[0])


@router.post("/{theme_id}/retirement")
def retire_theme(theme_id: str, _fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Retires a theme; its points are in no theme then."""
    curation.retire(session, theme_id, person)
    return RedirectResponse("/edit/themes", 303)


@router.post("/steps/{step_id}/undoing")
def undo_step(step_id: str, _fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Takes a step back."""
    step = session.get(Curation, step_id)
    if step is None:
        raise NotFound("There is no such step.")
    return _done(session, person, *sorted(curation.undo(session, step, person)), at=step.theme_id)


def _done(session: Session, person: Account, *themes: str, at: str = "") -> Response:
    """Has the themes described anew, and shows one."""
    for theme_id in themes:
        submit(session, JobKind.gather, theme_id, by=person.name)
    return RedirectResponse(f"/edit/themes/{at or themes[0]}", 303)


def _chosen(fields: FormData) -> list[str]:
    chosen = [str(point) for point in fields.getlist("point")]
    if not chosen:
        raise Invalid("Tick at least one point.")
    return chosen


def _into(session: Session, fields: FormData) -> str:
    """The id of the theme that a form names, from its list or by its title."""
    into = field(fields, "into")
    return theme_view.titled(session, field(fields, "other_title")) if into == ANOTHER else into


def _gather(session: Session, points: Sequence[str], fields: FormData, person: Account) -> None:
    into = field(fields, "into")
    if into == NEW:
        themes: Mapping[str, Sequence[str]] = {
            curation.found(session, points, field(fields, "new_title"), person).theme_id: points
        }
    elif into == NEAREST:
        themes = theme_view.by_nearest(session, points)
    else:
        themes = {_into(session, fields): points}
    for theme_id, some in themes.items():
        if into != NEW:
            curation.move(session, some, theme_id, person)
        submit(session, JobKind.gather, theme_id, by=person.name)


def _unthemed(
    request: Request, session: Session, after: str, errors: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    rows, more = theme_view.unthemed(session, after)
    return page(request, "unthemed.html", status=status, rows=rows, more=more, form={}, errors=errors or {})


def _theme(
    request: Request,
    session: Session,
    theme_id: str,
    after: str = "",
    errors: dict[str, str] | None = None,
    fields: FormData | None = None,
) -> HTMLResponse:
    theme = theme_view.active(session, theme_id)
    points, more = theme_view.points(session, Point.theme_id == theme_id, after)
    mine = (Curation.theme_id == theme_id) | (Curation.other_id == theme_id)
    context: dict[str, Any] = {
        "row": theme_view.rows(session, [theme])[0],
        "description": released_text(theme.description),
        "points": points,
        "more": more,
        "near": theme_view.near(session, theme_id),
        "nearest": theme_view.rows(session, curation.nearest(session, theme, 5)),
        "missions": theme_view.missions_of(session, theme_id),
        "steps": _steps(session, select(Curation).where(mine).order_by(col(Curation.at).desc(), col(Curation.id))),
        "words": STEPS,
        "form": fields or {},
    }
    return page(request, "theme_desk.html", status=422 if errors else 200, errors=errors or {}, **context)


def _steps(session: Session, query: Any) -> list[tuple[Curation, Theme, Theme | None]]:
    """Steps with the themes that they were about."""
    return [
        (step, session.get_one(Theme, step.theme_id), session.get(Theme, step.other_id) if step.other_id else None)
        for step in session.exec(query).all()
    ]
