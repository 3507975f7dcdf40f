"""Who is calling, and what they may do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from models.account import Account
from models.audit import AuditEntry
from models.errors import NotAllowed, NotSignedIn
from models.key import ApiKey, Scope, authenticate
from models.store import now, reading, transaction

Actor = ApiKey | Account

SEEN_EVERY = timedelta(minutes=1)

bearer = HTTPBearer(auto_error=False, description="An API key: `crosscurrent key create NAME --scope read`")


def reader() -> Iterator[Session]:
    """A session for a request that changes nothing."""
    with reading() as session:
        yield session


def writer(request: Request) -> Iterator[Session]:
    """A session that commits when the request went well, with a line in the audit log on who did what.

    What was done is the name of the function that did it, to what is in the request's path; one that makes
    something new puts its id into the session's info, and one that turned a form down says so there.
    """
    with transaction() as session:
        yield session
        actor: Actor | None = getattr(request.state, "actor", None)
        if actor and not session.info.get("turned down"):
            subject = session.info.get("made") or " ".join(map(str, request.path_params.values()))
            action = request.scope["route"].name.replace("_", " ")
            session.add(AuditEntry(by=actor.id, name=actor.name, action=action, subject=subject))


Reading = Annotated[Session, Depends(reader, scope="function")]
Writing = Annotated[Session, Depends(writer, scope="function")]


def caller(request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> ApiKey:
    """The key of the request; raises NotSignedIn."""
    if token is None:
        raise NotSignedIn("Send an API key in the Authorization header: Bearer KEY.")
    with reading() as session:
        key = authenticate(session, token.credentials)
    if key.last_used_at is None or key.last_used_at < now() - SEEN_EVERY:
        with transaction() as session:
            session.get_one(ApiKey, key.id).last_used_at = now()
    request.state.actor = key
    return key


def _needs(scope: Scope) -> Callable[[ApiKey], ApiKey]:
    def check(key: Annotated[ApiKey, Depends(caller)]) -> ApiKey:
        if scope not in key.scopes and Scope.administer not in key.scopes:
            raise NotAllowed(f"This needs a key with the scope “{scope}”. Ask an administrator for one.")
        return key

    return check


Reader = Annotated[Actor, Depends(_needs(Scope.read))]
Facilitator = Annotated[Actor, Depends(_needs(Scope.facilitate))]
Editor = Annotated[Actor, Depends(_needs(Scope.edit))]
