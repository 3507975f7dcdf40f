"""API keys: shown once, kept as a hash."""

import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel

from models.errors import NotSignedIn
from models.store import UtcDateTime, new_id, now


class Scope(StrEnum):
    """What a key may do."""

    read = "read"
    facilitate = "facilitate"
    edit = "edit"
    administer = "administer"


class ApiKey(SQLModel, table=True):
    """A key: who holds it, what it may do, until when."""

    id: str = Field(default_factory=lambda: new_id("key"), primary_key=True)
    name: str
    hash: str
    scopes: list[str] = Field(sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def hashed(secret: str) -> str:
    """The hex SHA-256 of a key's or a link's random secret: what is kept of it."""
    # A key is 256 random bits: a plain SHA-256 cannot be guessed backwards, a slow hash would only slow requests.
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(session: Session, name: str, scopes: list[Scope], expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key and the token to hand over, which cannot be shown again."""
    secret = secrets.token_urlsafe(32)
    key = ApiKey(name=name, hash=hashed(secret), scopes=[str(scope) for scope in scopes], expires_at=expires_at)
    session.add(key)
    session.flush()
    return key, f"{key.id}.{secret}"


def authenticate(session: Session, token: str) -> ApiKey:
    """The key of a token; raises NotSignedIn for one that is unknown, expired or revoked."""
    key_id, _, secret = token.partition(".")
    key = session.get(ApiKey, key_id)
    known = key.hash if key else hashed("")
    if not hmac.compare_digest(known, hashed(secret)) or key is None:
        raise NotSignedIn("This API key is not known. Check that it was copied whole.")
    if key.revoked_at or (key.expires_at and key.expires_at <= now()):
        raise NotSignedIn("This API key has expired or was revoked. Ask an administrator for a new one.")
    return key
