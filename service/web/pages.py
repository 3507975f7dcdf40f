"""Pages: published digests and the themes they tell of, for whoever may reach the service."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session, col, select

from models.digest import Digest, DigestState, Edition
from models.standing import Telling, latest, newest, standing, tellings, whole
from models.theme import Theme
from service.auth import Reading
from service.throttle import place, throttle
from service.web.charts import Picture, of_digest, of_theme
from service.web.front import changed, front, named, openings
from service.web.outline import dated, evidence
from service.web.pdf import pdf
from service.web.person import Visitor, visitor
from service.web.render import page
from service.web.word import word

router = APIRouter(dependencies=[Depends(visitor)])

Form = Literal["md", "pdf", "docx"]
FORMS: dict[Form, tuple[str, Callable[[Edition, Sequence[Picture]], str | bytes]]] = {
    "md": ("text/markdown; charset=utf-8", lambda edition, charts: edition.markdown),
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
}
FILES_FROM_ONE_PLACE, WINDOW = 30, 10 * 60
LOOKED_AT, NEWEST, SHELF = 20, 5, 50
"""How many digests home looks at and lists, and how many the archive has on a page."""
OPENINGS, OPENINGS_FOR_A_SECTOR = 3, 10
TELLINGS = 12


@router.get("/")
def home(request: Request, session: Reading, person: Visitor) -> HTMLResponse:
    """What changed, the themes of each mission, openings to work together, and the latest digests."""
    recent = list(islice(standing(session), LOOKED_AT))
    told = front(session, recent)
    sector = person.sector if person else None
    return page(
        request,
        "home.html",
        form={},
        recent=recent[:NEWEST],
        front=told,
        changed=changed(told.themes),
        moved=sum(bool(theme.change) for theme in told.themes),
        sector=sector,
        named=named(sector) if sector else "",
        openings=openings(told.themes, sector)[: OPENINGS_FOR_A_SECTOR if sector else OPENINGS],
        raised=[theme for theme in told.themes if sector in theme.sectors],
    )


@router.get("/digests")
def archive(request: Request, session: Reading, page_number: Annotated[int, Query(alias="page", ge=1)] = 1) -> Response:
    """Every digest that can be read, the latest period first, fifty on a page."""
    start = (page_number - 1) * SHELF
    found = list(islice(standing(session), start, start + SHELF + 1))
    if page_number > 1 and not found:
        return page(request, "absent.html", status=404, message="The list of digests ends before this page.")
    more = len(found) > SHELF
    return page(request, "archive.html", digests=found[:SHELF], number=page_number, more=more)


@router.get("/themes/{theme_id}")
def theme_page(request: Request, theme_id: str, session: Reading) -> Response:
    """A theme as the latest digest tells it, with its history; a merged one's address leads on."""
    row = session.get(Theme, theme_id)
    told, names = _history(session, theme_id)
    if row and row.merged_into and (not told or latest(session, [row.merged_into])):
        return RedirectResponse(f"/themes/{row.merged_into}", 308)
    if not told:
        message = "No published digest tells of a theme at this address."
        return page(request, "absent.html", status=404, message=message)
    edition = whole(session, told[0].digest.edition_id)
    mission, theme = next(
        (mission, theme)
        for mission in edition.briefing["missions"]
        for theme in mission["themes"]
        if theme["id"] == theme_id
    )
    return page(
        request,
        "theme.html",
        edition=edition,
        mission=mission["title"],
        theme=theme,
        tellings=told[:TELLINGS],
        more=len(told) > TELLINGS,
        names=names,
        marking=edition.briefing["marking"],
        points=evidence(edition.briefing).get(theme_id),
        charts=of_theme(session, edition.id, theme_id),
    )


@router.get("/digests/{digest_id}.{form}")
def take_away(request: Request, digest_id: str, form: Form, session: Reading, person: Visitor) -> Response:
    """The latest edition as a file: Markdown, a tagged PDF, or a Word document."""
    if person is None and form != "md":
        throttle("take away from", place(request), FILES_FROM_ONE_PLACE, WINDOW)
    found = _latest(session, digest_id)
    if isinstance(found, str):
        return PlainTextResponse(found, 404)
    media_type, made = FORMS[form]
    name = f"digest-{found.briefing['period_start']}-to-{found.briefing['period_end']}-edition-{found.number}.{form}"
    return Response(
        made(found, of_digest(session, found.id)),
        media_type=media_type,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@router.get("/digests/{digest_id}")
def digest_page(request: Request, digest_id: str, session: Reading) -> HTMLResponse:
    """The latest edition as a page."""
    found = _latest(session, digest_id)
    if isinstance(found, str):
        return page(request, "absent.html", status=404, message=found)
    briefing = found.briefing
    behind = evidence(briefing)
    charts = of_digest(session, found.id)
    return page(
        request, "digest.html", edition=found, briefing=briefing, dated=dated(found), evidence=behind, charts=charts
    )


def _history(session: Session, theme_id: str) -> tuple[list[Telling], list[str]]:
    """The latest tellings of a theme, one more than are shown; and what it, or one merged into it, was called before.

    Names come from digests that can be read alone: not every name that the registry holds was ever published.
    """
    ids, wave = [theme_id], [theme_id]
    while wave:
        query = select(Theme.id).where(col(Theme.merged_into).in_(wave), col(Theme.id).not_in(ids))
        wave = list(session.exec(query.order_by(Theme.id)))
        ids += wave
    told: list[Telling] = []
    names: dict[str, None] = {}
    for telling in tellings(session, ids):
        names.setdefault(telling.theme.title)
        told += [telling] if telling.theme.id == theme_id else []
        if len(told) > TELLINGS:
            break
    return told, [name for name in names if told and name != told[0].theme.title]


def _latest(session: Session, digest_id: str) -> Edition | str:
    """The edition that can be read, or why there is none."""
    found = newest(session, digest_id)
    state = session.exec(select(Digest.state).where(Digest.id == digest_id)).first()
    published = session.exec(select(Edition.id).where(Edition.digest_id == digest_id).limit(1)).first()
    if state is None or published is None:
        return "There is no digest at this address. It may not have been published yet."
    if state == DigestState.withdrawn:
        return "This digest has been withdrawn."
    return found or "This digest is being corrected: what it drew on was taken back. A new edition follows."
