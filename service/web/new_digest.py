"""The form for a new digest: what it can be about, what is wrong with it, and what it asks for."""

from datetime import date

from sqlmodel import Session, select

from models.campaign import Campaign
from service.api.digests import NewDigest, current_missions
from service.web.desk import MARKINGS
from service.web.period import LONGEST_TITLE, title

EDGES = {"start": "first", "end": "last"}
CAMPAIGN, MISSION = "campaign ", "mission "

Scopes = dict[str, dict[str, str]]


def scopes(session: Session) -> Scopes:
    """What a digest can be limited to: by kind, the words of each choice by its value in the form."""
    campaigns = session.exec(select(Campaign).order_by(Campaign.name))
    missions = current_missions(session).items()
    return {
        "One campaign": {f"{CAMPAIGN}{row.id}": row.name for row in campaigns},
        "One mission": {f"{MISSION}{key}": words for key, words in missions},
    }


def faults(session: Session, form: dict[str, str]) -> dict[str, str]:
    """What is wrong with a form, by field, in words that tell what to do."""
    errors = {}
    if len(form.get("title", "")) > LONGEST_TITLE:
        errors["title"] = f"Enter a title of at most {LONGEST_TITLE} characters, or none."
    days = {edge: _date(form, edge) for edge in EDGES}
    for edge, words in EDGES.items():
        if days[edge] is None:
            errors[edge] = f"Enter the {words} day of the period as a date, such as 31 3 2026."
    if days["start"] and days["end"] and days["end"] < days["start"]:
        errors["end"] = "The last day of the period must not be before its first."
    if form.get("scope") and not any(form["scope"] in choices for choices in scopes(session).values()):
        errors["scope"] = "Choose what the digest is about."
    if form.get("marking") not in MARKINGS:
        errors["marking"] = "Choose one of these markings."
    return errors


def new_digest_of(session: Session, form: dict[str, str]) -> NewDigest:
    """What a form without faults asks for; where it names no title, one is made of the period and the scope."""
    start, end = _date(form, "start"), _date(form, "end")
    if start is None or end is None:
        raise ValueError("a form without faults has a period")
    scope = form.get("scope", "")
    about = next((choices[scope] for choices in scopes(session).values() if scope in choices), "")
    return NewDigest(
        title=form.get("title") or title(start, end, about),
        period_start=start,
        period_end=end,
        campaign_id=scope.removeprefix(CAMPAIGN) if scope.startswith(CAMPAIGN) else None,
        mission=scope.removeprefix(MISSION) if scope.startswith(MISSION) else None,
        marking=form["marking"],
    )


def _date(form: dict[str, str], edge: str) -> date | None:
    parts = [form.get(f"{edge}_{part}", "") for part in ("year", "month", "day")]
    try:
        return date(*map(int, parts)) if len(parts[0]) == 4 and all(part.isdecimal() for part in parts) else None
    except (ValueError, OverflowError):
        return None
