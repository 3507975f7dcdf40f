"""Who looks after a campaign: its facilitators share it among themselves."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from models.account import Account, CampaignFacilitator
from models.campaign import Campaign, Event
from models.errors import Conflict, Invalid, NotFound
from models.key import Scope
from service.auth import Reading, Writing
from service.web.desk import REVIEWS, own_campaigns
from service.web.person import FacilitatingPerson, Posted, field
from service.web.render import page

router = APIRouter(prefix="/desk/campaigns")


@router.get("/{campaign_id}")
def campaign_page(request: Request, campaign_id: str, session: Reading, person: FacilitatingPerson) -> HTMLResponse:
    """A campaign's events, and who looks after it."""
    return _page(request, session, _own(session, person, campaign_id))


@router.post("/{campaign_id}/facilitators")
def share_campaign(
    request: Request, campaign_id: str, fields: Posted, session: Writing, person: FacilitatingPerson
) -> Response:
    """Lets a colleague look after the campaign too."""
    campaign, email = _own(session, person, campaign_id), field(fields, "email")
    try:
        colleague = _facilitator(session, email)
    except Invalid as problem:
        session.info["turned down"] = True
        return _page(request, session, campaign, {"email": email}, {"email": problem.message})
    if session.get(CampaignFacilitator, (campaign_id, colleague.id)) is None:
        session.add(CampaignFacilitator(campaign_id=campaign_id, account_id=colleague.id))
    return RedirectResponse(f"/desk/campaigns/{campaign_id}", 303)


@router.post("/{campaign_id}/facilitators/{account_id}/removal")
def stop_sharing_campaign(
    campaign_id: str, account_id: str, _fields: Posted, session: Writing, person: FacilitatingPerson
) -> Response:
    """Ends that somebody looks after the campaign; the last one stays, so that it is never without."""
    _own(session, person, campaign_id)
    rows = session.exec(
        select(CampaignFacilitator).where(CampaignFacilitator.campaign_id == campaign_id).with_for_update()
    ).all()
    leaving = next((row for row in rows if row.account_id == account_id), None)
    if leaving is None:
        raise NotFound("This person does not look after the campaign.")
    if len(rows) == 1:
        raise Conflict("Somebody must look after the campaign. Add a colleague first.")
    session.delete(leaving)
    return RedirectResponse("/desk" if account_id == person.id else f"/desk/campaigns/{campaign_id}", 303)


def _own(session: Session, person: Account, campaign_id: str) -> Campaign:
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign_id not in own_campaigns(session, person):
        raise NotFound("There is no campaign at this address among yours.")
    return campaign


def _facilitator(session: Session, email: str) -> Account:
    """The open account of a facilitator by its address; raises Invalid, with the same words whatever is wrong."""
    found = session.exec(select(Account).where(func.lower(col(Account.email)) == email.lower())).first()
    if found is None or found.closed_at or Scope.facilitate not in found.scopes:
        raise Invalid("No facilitator has this e-mail address. An administrator can invite them.")
    return found


def _page(
    request: Request,
    session: Session,
    campaign: Campaign,
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> HTMLResponse:
    shared = select(Account).join(CampaignFacilitator).where(CampaignFacilitator.campaign_id == campaign.id)
    events = select(Event).where(Event.campaign_id == campaign.id).order_by(col(Event.held_on).desc())
    return page(
        request,
        "campaign.html",
        status=422 if errors else 200,
        campaign=campaign,
        facilitators=session.exec(shared.order_by(Account.name)).all(),
        events=session.exec(events).all(),
        reviewed=REVIEWS[campaign.review],
        form=form or {},
        errors=errors or {},
    )
