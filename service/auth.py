"""Who is calling, and what they may do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from models.errors import NotAllowed, NotSignedIn
from models.key import ApiKey, Scope, authenticate
from models.store import now, reading, transaction

SEEN_EVERY = timedelta(minutes=1)

bearer = HTTPBearer(auto_error=False, description="An API key: `crosscurrent key create NAME --scope read`")


def reader() -> Iterator[Session]:
    """A session for a request that changes nothing."""
    with reading() as session:
        yield session


def writer() -> Iterator[Session]:
    """A session that commits when the request went well."""
    with transaction() as session:
        yield session


Reading = Annotated[Session, Depends(reader, scope="function")]
Writing = Annotated[Session, Depends(writer, scope="function")]


def caller(token: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> ApiKey:
    """The key of the request; raises NotSignedIn."""
    if token is None:
        raise NotSignedIn("Send an API key in the Authorization header: Bearer KEY.")
    with reading() as session:
        key = authenticate(session, token.credentials)
    if key.last_used_at is None or key.last_used_at < now() - SEEN_EVERY:
        with transaction() as session:
            session.get_one(ApiKey, key.id).last_used_at = now()
    return key


def _needs(scope: Scope) -> Callable[[ApiKey], ApiKey]:
    def check(key: Annotated[ApiKey, Depends(caller)]) -> ApiKey:
        if scope not in key.scopes and Scope.administer not in key.scopes:
            raise NotAllowed(f"This needs a key with the scope “{scope}”. Ask an administrator for one.")
        return key

    return check


Reader = Annotated[ApiKey, Depends(_needs(Scope.read))]
Facilitator = Annotated[ApiKey, Depends(_needs(Scope.facilitate))]
Editor = Annotated[ApiKey, Depends(_needs(Scope.edit))]
