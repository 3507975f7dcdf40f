"""Missions by sectors, and an editor's word on which missions a theme belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, col, select
from starlette.datastructures import FormData
from starlette.responses import Response

from models import alignment
from models.account import Account
from models.campaign import SECTORS, Campaign
from models.curation import AlignmentDecision
from models.errors import Invalid, NotFound
from models.framework import FrameworkVersion
from models.job import JobKind
from models.release import Scope, policy, release
from service.auth import Reading, Writing
from service.web import board
from service.web.answers import ANSWERS, evidence, history, subject
from service.web.person import EditingPerson, Posted, field
from service.web.render import page
from workers.queue import submit

router = APIRouter()

LISTED = 100
HEADS = {sector: sector.capitalize() for sector in SECTORS}


@dataclass(frozen=True)
class Filter:
    """What the board is asked for, as it was typed, and what of it makes no sense."""

    form: dict[str, str]
    scope: Scope
    errors: dict[str, str]

    def link(self, key: str = "", sector: str = "") -> str:
        """The address of the themes behind a cell or, without a row, of the board."""
        asked = urlencode({name: value for name, value in {**self.form, "sector": sector}.items() if value})
        return "/edit/missions" + (f"/{quote(key)}" if key else "") + (f"?{asked}" if asked else "")


def wanted(since: str = "", until: str = "", campaign_id: str = "", withheld: str = "") -> Filter:
    """The filter of a page's address; a day that is none is told of, and left out."""
    form = {"since": since.strip(), "until": until.strip(), "campaign_id": campaign_id, "withheld": withheld}
    days: dict[str, date | None] = {}
    errors = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(form[name]) if form[name] else None
        except ValueError:
            days[name], errors[name] = None, "Enter a day as year-month-day, such as 2026-03-27."
    if days["since"] and days["until"] and days["since"] > days["until"]:
        errors["until"] = "Enter a last day that is not before the first."
    return Filter(form, Scope(campaign_id or None, days["since"], days["until"]), errors)


Wanted = Annotated[Filter, Depends(wanted)]


@router.get("/edit/missions")
def missions_page(request: Request, session: Reading, wanted: Wanted, _person: EditingPerson) -> HTMLResponse:
    """The board: how many themes of each mission each sector raised."""
    version = board.missions_now(session)
    found = board.view(session, wanted.scope, version, withheld=bool(wanted.form["withheld"]))
    return page(
        request,
        "missions.html",
        status=422 if wanted.errors else 200,
        version=version,
        rows=board.board(found, version),
        heads=HEADS,
        hidden=[head for sector, head in HEADS.items() if sector not in found.sectors],
        found=found,
        waiting=len(_waiting(session, version)),
        campaigns=session.exec(select(Campaign).order_by(Campaign.name)).all(),
        wanted=wanted,
        form=wanted.form,
        errors=wanted.errors,
    )


@router.get("/edit/missions/decide")
def decide_page(request: Request, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """The themes that wait for an editor's word, the most widely raised first."""
    version = board.missions_now(session)
    found = _waiting(session, version)
    circulated = {theme.id for theme in release(session, Scope(), policy()).themes}
    context: dict[str, Any] = {
        "themes": found[:LISTED],
        "count": len(found),
        "circulated": circulated,
        "titles": _titles(version),
    }
    return page(request, "mission_decisions.html", **context)


@router.get("/edit/missions/decide/{theme_id}")
def theme_missions_page(request: Request, theme_id: str, session: Reading, _person: EditingPerson) -> HTMLResponse:
    """A theme with what it rests on, and the form that says where it belongs."""
    return _theme_page(request, session, theme_id)


@router.post("/edit/missions/decide/{theme_id}")
def decide_missions(
    request: Request, theme_id: str, fields: Posted, session: Writing, person: EditingPerson
) -> Response:
    """Keeps the answers of the form; those that let the points decide again take back what was said."""
    version = board.missions_now(session)
    standing = alignment.decisions_on(session, theme_id, board.MISSIONS)
    said = _said(fields, version, standing)
    if not said:
        session.info["turned down"] = True
        first = version.entries[0]["id"]
        errors = {f"{first}-yes": "Nothing was changed. Say yes or no for at least one mission."}
        return _theme_page(request, session, theme_id, status=422, errors=errors)
    for entry in (entry for entry, answer in said.items() if answer == "open"):
        _take_back(session, theme_id, entry, person)
    answers = {entry: answer == "yes" for entry, answer in said.items() if answer != "open"}
    alignment.decide_alignment(session, theme_id, board.MISSIONS, answers, person)
    session.info["made"] = subject(theme_id, said)
    session.flush()
    onward = theme_id
    if field(fields, "next"):
        onward = next((theme.id for theme in _waiting(session, version) if theme.id != theme_id), "")
    return RedirectResponse(f"/edit/missions/decide/{onward}".rstrip("/"), 303)


@router.post("/edit/missions/decide/{theme_id}/return")
def take_back_decision(theme_id: str, fields: Posted, session: Writing, person: EditingPerson) -> Response:
    """Forgets what was said of a theme and a mission; a worker looks at its points again."""
    entry = field(fields, "entry")
    _take_back(session, theme_id, entry, person)
    session.info["made"] = subject(theme_id, {entry: "open"})
    return RedirectResponse(f"/edit/missions/decide/{theme_id}", 303)


@router.get("/edit/missions/{key}")
def mission_themes_page(
    request: Request, key: str, session: Reading, wanted: Wanted, _person: EditingPerson, sector: str = ""
) -> HTMLResponse:
    """The themes behind a cell of the board."""
    version = board.missions_now(session)
    titles = _titles(version) | board.BESIDE
    if key not in titles or sector not in {"", *SECTORS}:
        raise NotFound("There is no such mission or sector on the board.")
    found = board.view(session, wanted.scope, version, withheld=bool(wanted.form["withheld"]))
    own = [theme for theme in found.themes if key in theme.rows and (not sector or sector in theme.sectors)]
    return page(
        request,
        "mission_themes.html",
        title=titles[key],
        themes=own[:LISTED],
        count=len(own),
        sector=sector,
        heads=HEADS,
        titles=titles,
        circulated=found.circulated,
        form=wanted.form,
        back=wanted.link(),
    )


def _waiting(session: Session, version: FrameworkVersion) -> list[board.Raised]:
    of_missions = select(AlignmentDecision.theme_id).where(
        AlignmentDecision.framework == board.MISSIONS, col(AlignmentDecision.entry).in_(_titles(version))
    )
    decided = set(session.exec(of_missions))
    return board.waiting(board.everything(session, Scope(), version), decided)


def _said(fields: FormData, version: FrameworkVersion, standing: Mapping[str, AlignmentDecision]) -> dict[str, str]:
    """What a form changes, by entry: yes, no, or open where the points shall decide again."""
    said = {}
    for entry in _titles(version):
        answer = field(fields, f"belongs {entry}")
        row = standing.get(entry)
        before = "open" if row is None else ("yes" if row.belongs else "no")
        if answer and answer not in ANSWERS:
            raise Invalid("Say yes or no, or let the points decide.")
        if answer and answer != before:
            said[entry] = answer
    return said


def _take_back(session: Session, theme_id: str, entry: str, person: Account) -> None:
    alignment.take_back_decision(session, theme_id, board.MISSIONS, entry)
    submit(session, JobKind.realign, theme_id, by=person.name)


def _titles(version: FrameworkVersion) -> dict[str, str]:
    return {entry["id"]: entry["title"] for entry in version.entries}


def _theme_page(request: Request, session: Session, theme_id: str, status: int = 200, **context: Any) -> HTMLResponse:
    version = board.missions_now(session)
    context |= {
        "found": evidence(session, theme_id, version),
        "standing": alignment.decisions_on(session, theme_id, board.MISSIONS),
        "steps": history(session, theme_id, _titles(version)),
        "others": any(theme.id != theme_id for theme in _waiting(session, version)),
        "entries": version.entries,
        "answers": ANSWERS,
    }
    return page(request, "theme_missions.html", status=status, **context)
