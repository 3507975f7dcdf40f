"""Jobs: the row is the truth, the queue only carries its id."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.store import UtcDateTime, new_id, now, word


class Overtaken(Exception):
    """What a job works on was changed by somebody meanwhile; its next run starts from what is there."""


class JobKind(StrEnum):
    """One kind a module of workers/."""

    ingest = "ingest"
    discover = "discover"
    draft = "draft"
    check = "check"
    publish = "publish"
    remap = "remap"
    search = "search"
    gather = "gather"
    realign = "realign"
    rephrase = "rephrase"


class JobState(StrEnum):
    """Where a job is."""

    queued = "queued"
    running = "running"
    done = "done"
    failed = "failed"


class Job(SQLModel, table=True):
    """A piece of work on one row."""

    id: str = Field(default_factory=lambda: new_id("job"), primary_key=True)
    kind: JobKind = Field(sa_type=word(JobKind))
    subject: str = Field(default="", index=True)
    by: str = "service"
    state: JobState = Field(default=JobState.queued, index=True, sa_type=word(JobState))
    lock: str | None = Field(default=None, unique=True)
    """Held while queued or running: two jobs with one lock cannot both wait."""
    step: str = ""
    attempts: int = 0
    run_after: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    sent_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    """When its id last went to the queue."""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker: str | None = Field(default=None, index=True)
    error_code: str | None = None
    error_message: str | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
