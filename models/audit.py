"""The audit log: who did what to what, and when. The database itself refuses to change or delete a line."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.store import UtcDateTime, now


class AuditEntry(SQLModel, table=True):
    """One thing that a person or a key did. Ids only: it never holds a word of a note."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, index=True, sa_type=UtcDateTime)
    by: str = Field(index=True)
    """The id of the account or of the key."""
    name: str
    """What it was called at the time."""
    action: str
    subject: str = Field(default="", index=True)
