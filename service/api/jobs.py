"""Jobs and the state of the service."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel import col, func, select

from models.errors import NotFound
from models.job import Job, JobKind, JobState
from models.note import Note
from models.point import Point
from service.auth import Facilitator, Reader, Reading

router = APIRouter(tags=["Jobs"])


class JobOut(BaseModel):
    """A job and how it ended."""

    id: str
    kind: JobKind
    subject: str
    state: JobState
    attempts: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    finished_at: datetime | None


class Status(BaseModel):
    """How much is in which state; of the points, how many wait for the next search for themes."""

    notes: dict[str, int]
    points: dict[str, int]
    jobs: dict[str, int]


@router.get("/jobs")
def list_jobs(
    session: Reading, _key: Facilitator, subject: str | None = None, state: JobState | None = None
) -> list[JobOut]:
    """The latest hundred jobs."""
    query = select(Job).order_by(col(Job.created_at).desc(), col(Job.id)).limit(100)
    if subject:
        query = query.where(Job.subject == subject)
    if state:
        query = query.where(Job.state == state)
    return [JobOut.model_validate(row, from_attributes=True) for row in session.exec(query)]


@router.get("/jobs/{job_id}")
def get_job(job_id: str, session: Reading, _key: Facilitator) -> JobOut:
    """One job."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("There is no job with this id.")
    return JobOut.model_validate(job, from_attributes=True)


@router.get("/status")
def get_status(session: Reading, _key: Reader) -> Status:
    """Counts of notes and jobs by state, and of points that wait to be looked at."""
    notes = session.exec(select(Note.state, func.count()).group_by(Note.state)).all()
    jobs = session.exec(select(Job.state, func.count()).group_by(Job.state)).all()
    points = session.exec(select(Point.examined, func.count()).group_by(col(Point.examined))).all()
    return Status(
        notes={str(state): count for state, count in notes},
        jobs={str(state): count for state, count in jobs},
        points={"examined" if seen else "waiting": count for seen, count in points},
    )
