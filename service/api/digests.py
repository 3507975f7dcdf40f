"""Digests: draft, edit, approve, publish, withdraw, and read an edition."""

from copy import deepcopy
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session, col, delete, select

from models.campaign import Campaign
from models.chart import Chart
from models.digest import Digest, DigestState, Edition, sentences
from models.errors import Conflict, Gone, Invalid, NotFound, Ungrounded
from models.framework import FrameworkVersion, VersionState
from models.job import Job, JobKind, JobState
from models.key import Scope
from models.settings import settings
from models.store import now
from service import problems
from service.auth import Actor, Editor, Reader, Reading, Writing
from workers.queue import submit

router = APIRouter(tags=["Digests"])

READABLE = (DigestState.published, DigestState.corrected, DigestState.withdrawn)
SETTLED = (DigestState.draft, DigestState.approved, DigestState.failed, DigestState.published, DigestState.corrected)
MISSIONS = "missions"


class NewDigest(BaseModel):
    """A digest to draft, of a period, and if wanted of one campaign or one mission."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "What leaders said, spring 2026",
                    "period_start": "2026-03-01",
                    "period_end": "2026-05-31",
                    "campaign_id": None,
                    "mission": None,
                }
            ]
        }
    )

    title: str = Field(min_length=1, max_length=200)
    period_start: date
    period_end: date
    campaign_id: str | None = None
    mission: str | None = None
    marking: str = Field(default="OFFICIAL", max_length=60)

    @model_validator(mode="after")
    def _in_order(self) -> "NewDigest":
        if self.period_end < self.period_start:
            raise ValueError("the period ends before it starts")
        return self


class SentenceOut(BaseModel):
    """A sentence with the ids of the points it cites."""

    number: int
    text: str
    points: list[str]
    theme: str | None


class ProblemOut(BaseModel):
    """Something that keeps the digest from being published: where it stands, its words, and why."""

    place: str
    text: str
    reasons: list[str]


class EditionOut(BaseModel):
    """A published edition; its words are gone once a note it cites was withdrawn."""

    number: int
    sha256: str
    published_at: datetime
    withdrawn_at: datetime | None


class DigestOut(BaseModel):
    """A digest."""

    id: str
    title: str
    period_start: date
    period_end: date
    campaign_id: str | None
    mission: str | None
    state: DigestState
    marking: str
    sentences: list[SentenceOut]
    problems: list[ProblemOut]
    markdown: str
    editions: list[EditionOut]
    approved_by: str | None


class NewWords(BaseModel):
    """An editor's words for a sentence, and the points they rest on; if told, the words that they replace."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "Firms wait years for a connection.", "points": ["point_0a1b2c_0007"]}]
        }
    )

    text: str = Field(min_length=1, max_length=1000)
    points: list[str] = Field(min_length=1, max_length=200)
    replaces: str | None = None


@router.post("/digests", status_code=202)
def create_digest(new: NewDigest, session: Writing, key: Editor) -> DigestOut:
    """Has a digest drafted; poll it until its state is draft."""
    if new.campaign_id and session.get(Campaign, new.campaign_id) is None:
        raise NotFound("There is no campaign with this id.")
    if new.mission and new.mission not in current_missions(session):
        raise NotFound("There is no mission with this id in the current framework.")
    digest = Digest(**new.model_dump(), created_by=key.name, written_by=[key.id])
    session.add(digest)
    session.flush()
    session.info["made"] = digest.id
    submit(session, JobKind.draft, digest.id, by=key.name)
    return _out(session, digest)


@router.get("/digests")
def list_digests(session: Reading, key: Reader) -> list[DigestOut]:
    """Digests, newest first; those not published only for editors."""
    query = select(Digest).order_by(col(Digest.created_at).desc()).limit(100)
    return [shown for digest in session.exec(query) if (shown := _shown(session, digest, key))]


@router.get("/digests/{digest_id}")
def get_digest(digest_id: str, session: Reading, key: Reader) -> DigestOut:
    """One digest, with every sentence and the points it cites."""
    digest = session.get(Digest, digest_id)
    shown = _shown(session, digest, key) if digest else None
    if shown is None:
        raise NotFound("There is no digest with this id.")
    return shown


@router.put("/digests/{digest_id}/sentences/{number}")
def edit_sentence(digest_id: str, number: int, new: NewWords, session: Writing, key: Editor) -> DigestOut:
    """Replaces a sentence of a draft, which is then checked against the points it cites, and again at publication."""
    digest = _in_state(session, digest_id, DigestState.draft, DigestState.approved)
    briefing = deepcopy(digest.briefing or {})
    found = next((sentence for place, sentence in enumerate(sentences(briefing)) if place == number), None)
    if found is None:
        raise Invalid("There is no sentence of this number.")
    if new.replaces is not None and new.replaces.split() != found["text"].split():
        raise Conflict("Somebody else changed this sentence meanwhile. Look at it again.")
    found.update(text=new.text, points=new.points, template="", values={})
    digest.briefing = briefing
    _rewritten(digest, DigestState.draft, key)
    submit(session, JobKind.check, digest.id, by=key.name)
    return _out(session, digest)


@router.post("/digests/{digest_id}/redraft", status_code=202)
def redraft(digest_id: str, session: Writing, key: Editor) -> DigestOut:
    """Drafts again from what stands in the database now; an editor's words are lost.

    What is published stays as it is until the draft is published as its corrected edition.
    """
    digest = _in_state(session, digest_id, *SETTLED)
    _rewritten(digest, DigestState.drafting, key)
    submit(session, JobKind.draft, digest.id, by=key.name)
    return _out(session, digest)


@router.post("/digests/{digest_id}/approval")
def approve_digest(digest_id: str, session: Writing, key: Editor) -> DigestOut:
    """Approves a draft whose every sentence is borne out; where a second person is needed, not one of one's own."""
    digest = _in_state(session, digest_id, DigestState.draft)
    if being_checked(session, digest):
        raise Conflict("This digest is being checked. Approve it once that is done, in a few seconds.")
    if digest.problems:
        count = len(digest.problems)
        told = "1 sentence is not borne out by its" if count == 1 else f"{count} sentences are not borne out by their"
        raise Ungrounded(f"{told} points. Mend that first.")
    if needs_another(digest, key):
        raise Conflict("You had this digest drafted or changed its words. Somebody else has to approve it.")
    digest.state, digest.approved_by, digest.approved_at = DigestState.approved, key.name, now()
    return _out(session, digest)


@router.post("/digests/{digest_id}/publication", status_code=202)
def publish_digest(digest_id: str, session: Writing, key: Editor) -> DigestOut:
    """Publishes an approved digest if every sentence is borne out; poll it until published, or draft with problems."""
    digest = _in_state(session, digest_id, DigestState.approved)
    digest.state = DigestState.publishing
    submit(session, JobKind.publish, digest.id, by=key.name)
    return _out(session, digest)


@router.post("/digests/{digest_id}/withdrawal")
def withdraw_digest(digest_id: str, session: Writing, _key: Editor) -> DigestOut:
    """Takes a published digest back: its editions can no longer be read, their numbers and hashes stay."""
    digest = _in_state(session, digest_id, *SETTLED)
    if not session.exec(select(Edition.id).where(Edition.digest_id == digest_id)).first():
        raise Conflict("This digest has not been published. There is nothing to withdraw.")
    digest.state = DigestState.withdrawn
    for edition in session.exec(select(Edition).where(Edition.digest_id == digest_id)):
        edition.withdrawn_at = edition.withdrawn_at or now()
        session.execute(delete(Chart).where(col(Chart.edition_id) == edition.id))
    return _out(session, digest)


@router.get("/digests/{digest_id}/editions/{number}", responses={410: problems.ANSWER})
def get_edition(digest_id: str, number: int, session: Reading, _key: Reader) -> dict[str, Any]:
    """An edition as it was published: the briefing, its Markdown, and the SHA-256 of the briefing's canonical JSON."""
    edition = session.exec(select(Edition).where(Edition.digest_id == digest_id, Edition.number == number)).first()
    if edition is None:
        raise NotFound("There is no such edition.")
    if edition.withdrawn_at:
        raise Gone("This edition was withdrawn. Look for a later edition of the same digest.")
    return edition.model_dump(mode="json", exclude={"id", "published_by", "withdrawn_at"})


def _in_state(session: Session, digest_id: str, *states: DigestState) -> Digest:
    fresh = select(Digest).where(Digest.id == digest_id).with_for_update()
    digest = session.exec(fresh.execution_options(populate_existing=True)).first()
    if digest is None:
        raise NotFound("There is no digest with this id.")
    if digest.state not in states:
        raise Conflict(f"This digest is {digest.state}; this needs it to be {' or '.join(states)}.")
    return digest


def current_missions(session: Session) -> dict[str, str]:
    """The titles of the missions by their ids, in the order of the current framework."""
    current = (FrameworkVersion.framework == MISSIONS, FrameworkVersion.state == VersionState.current)
    version = session.exec(select(FrameworkVersion).where(*current)).first()
    return {entry["id"]: entry["title"] for entry in version.entries} if version else {}


def being_checked(session: Session, digest: Digest) -> bool:
    """True while words that an editor changed have not been checked."""
    waiting = (Job.kind == JobKind.check, col(Job.state).in_((JobState.queued, JobState.running)))
    return session.exec(select(Job.id).where(Job.subject == digest.id, *waiting)).first() is not None


def needs_another(digest: Digest, key: Actor) -> bool:
    """True where only somebody who had no part in writing a digest may approve it, and this one had."""
    return settings().second_person and key.id in digest.written_by


def _rewritten(digest: Digest, state: DigestState, key: Actor) -> None:
    digest.state, digest.problems, digest.approved_by, digest.approved_at = state, [], None, None
    digest.written_by = [*digest.written_by, key.id] if key.id not in digest.written_by else digest.written_by


def _shown(session: Session, digest: Digest, key: Actor) -> DigestOut | None:
    """A digest as an editor may see it, or as it was last published; None where that leaves nothing to see."""
    if digest.state in READABLE or {Scope.edit, Scope.administer} & set(key.scopes):
        return _out(session, digest)
    query = select(Edition).where(Edition.digest_id == digest.id).order_by(col(Edition.number).desc())
    latest = session.exec(query).first()
    if latest is None or latest.withdrawn_at:
        return None
    # It is being corrected: what readers have stays, and the draft is not for them.
    state = DigestState.corrected if latest.number > 1 else DigestState.published
    published: dict[str, Any] = {"state": state, "problems": [], "approved_by": None}
    published |= {"briefing": latest.briefing, "markdown": latest.markdown}
    return _out(session, Digest(**(digest.model_dump() | published)))


def _out(session: Session, digest: Digest) -> DigestOut:
    editions = session.exec(select(Edition).where(Edition.digest_id == digest.id).order_by(col(Edition.number)))
    hidden = digest.state is DigestState.withdrawn
    return DigestOut(
        **digest.model_dump(include=set(DigestOut.model_fields) - {"sentences", "problems", "markdown"}),
        markdown="" if hidden else digest.markdown,
        sentences=[
            SentenceOut(number=number, text=row["text"], points=row["points"], theme=row["theme"])
            for number, row in enumerate(sentences(digest.briefing or {}) if not hidden else ())
        ],
        problems=[ProblemOut(**problem) for problem in digest.problems],
        editions=[EditionOut.model_validate(edition, from_attributes=True) for edition in editions],
    )
