"""Digests: draft, edit, approve, publish, withdraw, and read an edition."""

from copy import deepcopy
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session, col, select

from models.campaign import Campaign
from models.digest import Digest, DigestState, Edition, sentences
from models.errors import Conflict, Gone, Invalid, NotFound, Ungrounded
from models.job import JobKind
from models.key import ApiKey, Scope
from models.store import now
from service import problems
from service.auth import Editor, Reader, Reading, Writing
from workers.queue import submit

router = APIRouter(tags=["Digests"])

READABLE = (DigestState.published, DigestState.corrected, DigestState.withdrawn)


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
    """An editor's words for a sentence, and the points they rest on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "Firms wait years for a connection.", "points": ["point_0a1b2c_0007"]}]
        }
    )

    text: str = Field(min_length=1, max_length=1000)
    points: list[str] = Field(min_length=1, max_length=200)


@router.post("/digests", status_code=202)
def create_digest(new: NewDigest, session: Writing, key: Editor) -> DigestOut:
    """Has a digest drafted; poll it until its state is draft."""
    if new.campaign_id and session.get(Campaign, new.campaign_id) is None:
        raise NotFound("There is no campaign with this id.")
    digest = Digest(**new.model_dump(), created_by=key.name)
    session.add(digest)
    session.flush()
    session.info["made"] = digest.id
    submit(session, JobKind.draft, digest.id, by=key.name)
    return _out(session, digest)


@router.get("/digests")
def list_digests(session: Reading, key: Reader) -> list[DigestOut]:
    """Digests, newest first; those not published only for editors."""
    query = select(Digest).order_by(col(Digest.created_at).desc()).limit(100)
    return [_out(session, digest) for digest in session.exec(query) if _may_see(digest, key)]


@router.get("/digests/{digest_id}")
def get_digest(digest_id: str, session: Reading, key: Reader) -> DigestOut:
    """One digest, with every sentence and the points it cites."""
    digest = session.get(Digest, digest_id)
    if digest is None or not _may_see(digest, key):
        raise NotFound("There is no digest with this id.")
    return _out(session, digest)


@router.put("/digests/{digest_id}/sentences/{number}")
def edit_sentence(digest_id: str, number: int, new: NewWords, session: Writing, _key: Editor) -> DigestOut:
    """Replaces a sentence of a draft; publication will check it against the points it cites."""
    digest = _in_state(session, digest_id, DigestState.draft, DigestState.approved)
    briefing = deepcopy(digest.briefing or {})
    found = next((sentence for place, sentence in enumerate(sentences(briefing)) if place == number), None)
    if found is None:
        raise Invalid("There is no sentence of this number.")
    found.update(text=new.text, points=new.points, template="", values={})
    digest.briefing, digest.state = briefing, DigestState.draft
    digest.problems = []
    submit(session, JobKind.check, digest.id, by=_key.name)
    return _out(session, digest)


@router.post("/digests/{digest_id}/redraft", status_code=202)
def redraft(digest_id: str, session: Writing, key: Editor) -> DigestOut:
    """Drafts again from what stands in the database now; an editor's words are lost."""
    digest = _in_state(session, digest_id, DigestState.draft, DigestState.approved, DigestState.failed)
    digest.state = DigestState.drafting
    submit(session, JobKind.draft, digest.id, by=key.name)
    return _out(session, digest)


@router.post("/digests/{digest_id}/approval")
def approve_digest(digest_id: str, session: Writing, key: Editor) -> DigestOut:
    """Approves a draft."""
    digest = _in_state(session, digest_id, DigestState.draft)
    if digest.problems:
        raise Ungrounded(f"{len(digest.problems)} sentences are not borne out by their points. Mend them first.")
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
    digest = _in_state(session, digest_id, DigestState.published, DigestState.corrected)
    digest.state = DigestState.withdrawn
    for edition in session.exec(select(Edition).where(Edition.digest_id == digest_id)):
        edition.withdrawn_at = edition.withdrawn_at or now()
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
    digest = session.exec(select(Digest).where(Digest.id == digest_id).with_for_update()).first()
    if digest is None:
        raise NotFound("There is no digest with this id.")
    if digest.state not in states:
        raise Conflict(f"This digest is {digest.state}; this needs it to be {' or '.join(states)}.")
    return digest


def _may_see(digest: Digest, key: ApiKey) -> bool:
    return digest.state in READABLE or bool({Scope.edit, Scope.administer} & set(key.scopes))


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
