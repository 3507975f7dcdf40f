"""Who is at the browser, and what a form that they send must carry."""

import hmac
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from models.account import Account, SignIn, signed_in
from models.errors import Invalid, NotAllowed, NotSignedIn
from models.key import Scope
from models.store import now, reading, transaction
from service.auth import SEEN_EVERY
from service.web.render import SIGN_IN, browser_mark, form_proof

MOST_FILES, MOST_FIELDS = 50, 5000


def visitor(request: Request) -> Account | None:
    """Who is signed in, if anybody."""
    secret = request.cookies.get(SIGN_IN, "")
    if not secret:
        return None
    with reading() as session:
        found = signed_in(session, secret)
    if found is None:
        return None
    person, row = found
    if row.seen_at < now() - SEEN_EVERY:
        with transaction() as session:
            session.get_one(SignIn, row.hash).seen_at = now()
    request.state.person = request.state.actor = person
    return person


Visitor = Annotated[Account | None, Depends(visitor)]


def _needs(scope: Scope | None) -> Callable[[Account | None], Account]:
    def check(person: Visitor) -> Account:
        if person is None:
            raise NotSignedIn("Sign in to see this page.")
        if scope and scope not in person.scopes:
            raise NotAllowed("Your account does not allow this. An administrator can change what it allows.")
        return person

    return check


async def posted(request: Request, person: Visitor) -> FormData:
    """The fields of a form; raises Invalid where it did not come from a page of this browser's.

    Files are taken of those only who are signed in: nobody else can fill the disk.
    """
    fields = await request.form(max_files=MOST_FILES if person else 0, max_fields=MOST_FIELDS)
    mark, token = browser_mark(request), str(fields.get("form_proof", ""))
    if not mark or not hmac.compare_digest(form_proof(mark).encode(), token.encode()):
        raise Invalid(
            "This form was open for too long, or came from another page. Go back, reload it and send it again."
        )
    return fields


def field(fields: FormData, name: str) -> str:
    """The text of a field, without the spaces around it."""
    value = fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""


Posted = Annotated[FormData, Depends(posted)]
Person = Annotated[Account, Depends(_needs(None))]
FacilitatingPerson = Annotated[Account, Depends(_needs(Scope.facilitate))]
EditingPerson = Annotated[Account, Depends(_needs(Scope.edit))]
Administrator = Annotated[Account, Depends(_needs(Scope.administer))]
