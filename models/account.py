"""People's accounts: passwords, one-time links to set them, and sign-ins that can be ended."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from models.campaign import SECTORS
from models.errors import Conflict, Gone, Invalid, NotSignedIn
from models.key import Scope, hashed
from models.store import UtcDateTime, new_id, now, word

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LINK_LASTS = timedelta(days=7)
IDLE = timedelta(hours=8)
LONGEST_STAY = timedelta(days=7)

# The library's defaults are the second recommended option of RFC 9106 for Argon2id.
hasher = PasswordHasher()


class Role(StrEnum):
    """What somebody is here for."""

    facilitator = "facilitator"
    editor = "editor"
    reader = "reader"
    administrator = "administrator"


SCOPES: dict[Role, list[Scope]] = {
    Role.facilitator: [Scope.read, Scope.facilitate],
    Role.editor: [Scope.read, Scope.edit],
    Role.reader: [Scope.read],
    Role.administrator: list(Scope),
}


class Account(SQLModel, table=True):
    """A person who signs in; without a password until the invitation is taken up."""

    id: str = Field(default_factory=lambda: new_id("account"), primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: Role = Field(sa_type=word(Role))
    password: str | None = None
    """An Argon2id hash in its PHC string form."""
    identity: str | None = Field(default=None, index=True, unique=True)
    """Who they are to the identity provider: its issuer and subject, with a space between."""
    sector: str | None = None
    """The sector that a reader reads for."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def scopes(self) -> list[Scope]:
        """What the role allows; a key has scopes of the same names."""
        return SCOPES[self.role]


class PasswordLink(SQLModel, table=True):
    """A link by which somebody sets a password, once; only its hash is kept."""

    hash: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """A browser in which somebody is signed in; only the hash of its cookie is kept."""

    hash: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    started_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CampaignFacilitator(SQLModel, table=True):
    """Who looks after a campaign's notes."""

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    account_id: str = Field(foreign_key="account.id", primary_key=True)


def invite(session: Session, name: str, email: str, role: Role, *, sector: str = "") -> tuple[Account, str]:
    """A new account and the secret of the link that sets its password; raises Conflict where the address has one."""
    if not name.strip():
        raise Invalid("Enter the person’s name.")
    address = _address(email)
    if not address:
        raise Invalid("Enter an e-mail address in the form name@example.com.")
    if session.exec(select(Account).where(Account.email == address)).first():
        raise Conflict("There is an account with this e-mail address already. Give that person a new link instead.")
    account = Account(email=address, name=name.strip(), role=role, sector=_sector(sector))
    session.add(account)
    session.flush()
    return account, new_link(session, account)


def change(session: Session, account: Account, role: Role, sector: str, *, by: Account) -> None:
    """Gives somebody another role and sector; raises Conflict for one's own role and for the last administrator's."""
    if account.id == by.id and role is not account.role:
        raise Conflict("You cannot change your own role. Another administrator can.")
    if role is not Role.administrator:
        _keep_an_administrator(session, account)
    account.role, account.sector = role, _sector(sector)


def new_link(session: Session, account: Account) -> str:
    """The secret of a fresh link for an account; the ones before it no longer work."""
    _use_up(session, account)
    secret = secrets.token_urlsafe(32)
    session.add(PasswordLink(hash=hashed(secret), account_id=account.id, expires_at=now() + LINK_LASTS))
    return secret


def linked(session: Session, secret: str) -> Account:
    """The account whose password a link may set; raises Gone for one that was used, has expired or never was."""
    return session.get_one(Account, _link(session, secret).account_id)


def set_password(session: Session, secret: str, password: str) -> Account:
    """Takes up a link: the password is set and every earlier sign-in ends; raises Invalid for a weak password."""
    link = _link(session, secret)
    account = session.get_one(Account, link.account_id)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(f"Your password must have at least {SHORTEST_PASSWORD} characters. Three random words do well.")
    if len(set(password)) < 5 or account.email.split("@")[0] in password.lower():
        raise Invalid("This password is too easy to guess. Three random words do well.")
    account.password, link.used_at = hasher.hash(password), now()
    sign_out(session, account)
    return account


def check_password(session: Session, email: str, password: str) -> Account:
    """The account of an address and its password; raises NotSignedIn, with the same words whatever is wrong."""
    account = session.exec(select(Account).where(Account.email == email.strip().lower())).first()
    known = account.password if account and account.closed_at is None else None
    try:
        hasher.verify(known or _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        known = None
    if account is None or known is None:
        raise NotSignedIn("The e-mail address or the password is not right.")
    if hasher.check_needs_rehash(known):
        account.password = hasher.hash(password)
    return account


def recognised(session: Session, identity: str, email: str, name: str, role: Role | None) -> Account:
    """The account of somebody for whom the identity provider vouches; raises NotSignedIn where there is none.

    They are known by the identity or, the first time, by an address that the provider has verified (else it is
    empty). With a role, somebody who has no account gets one.
    """
    account = session.exec(select(Account).where(Account.identity == identity)).first()
    if account is None:
        address = _address(email)
        if not address:
            raise NotSignedIn("Your e-mail address was not confirmed there, so we cannot tell which account is yours.")
        account = session.exec(select(Account).where(Account.email == address)).first()
        if account is None:
            if role is None:
                raise NotSignedIn("There is no account for your e-mail address. Ask an administrator to invite you.")
            account = Account(email=address, name=" ".join(name.split()) or address, role=role)
            session.add(account)
    if account.closed_at:
        raise NotSignedIn("Your account is closed. Ask an administrator if you still need it.")
    if account.identity != identity:
        _link_identity(session, account, identity)
    return account


def sign_in(session: Session, account: Account) -> str:
    """Starts a sign-in; the secret that its browser keeps."""
    secret = secrets.token_urlsafe(32)
    session.add(SignIn(hash=hashed(secret), account_id=account.id))
    return secret


def signed_in(session: Session, secret: str) -> tuple[Account, SignIn] | None:
    """Who is signed in by a browser's secret, and since when; None once that has ended or was left idle."""
    row = session.get(SignIn, hashed(secret)) if secret else None
    moment = now()
    if row is None or row.ended_at or row.seen_at < moment - IDLE or row.started_at < moment - LONGEST_STAY:
        return None
    account = session.get_one(Account, row.account_id)
    return None if account.closed_at else (account, row)


def sign_out(session: Session, account: Account, secret: str = "") -> None:
    """Ends the sign-in of one browser or, without its secret, of all."""
    ends = update(SignIn).where(col(SignIn.account_id) == account.id, col(SignIn.ended_at).is_(None))
    if secret:
        ends = ends.where(col(SignIn.hash) == hashed(secret))
    session.execute(ends.values(ended_at=now()))


def close(session: Session, account: Account) -> None:
    """Closes an account: it is signed out everywhere, and nothing opens it any more; raises Conflict for the last
    administrator's.
    """
    _keep_an_administrator(session, account)
    account.closed_at, account.password = now(), None
    _use_up(session, account)
    sign_out(session, account)


def forget_ended(session: Session) -> None:
    """Deletes the links and sign-ins whose time is over: they open nothing any more."""
    session.execute(delete(PasswordLink).where(col(PasswordLink.expires_at) < now()))
    session.execute(delete(SignIn).where(col(SignIn.started_at) < now() - LONGEST_STAY))


@lru_cache
def _nobody() -> str:
    """What is checked where there is no such account, so that the answer takes as long."""
    return hasher.hash(secrets.token_urlsafe())


def _address(email: str) -> str:
    """The e-mail address as it is kept; empty for what is none."""
    address = email.strip().lower()
    whole = address.count("@") == 1 and all(address.split("@")) and address.isprintable() and " " not in address
    return address if whole else ""


def _sector(word: str) -> str | None:
    if word and word not in SECTORS:
        raise Invalid(f"Choose one of these sectors: {', '.join(SECTORS)}; or none.")
    return word or None


def _keep_an_administrator(session: Session, account: Account) -> None:
    # Locked until the end: else two administrators could take the role from each other at the same moment.
    left = select(Account.id).where(Account.role == Role.administrator, col(Account.closed_at).is_(None))
    if session.exec(left.order_by(Account.id).with_for_update()).all() == [account.id]:
        raise Conflict("This is the last administrator. Make somebody else an administrator first.")


def _link_identity(session: Session, account: Account, identity: str) -> None:
    issuer = identity.split()[0]
    # An address that went to somebody else must not open what was its former owner's; a new provider may.
    if account.identity and account.identity.split()[0] == issuer:
        raise NotSignedIn("The account of your e-mail address is somebody else’s there. Ask an administrator.")
    account.identity = identity
    session.flush()
    _use_up(session, account)


def _use_up(session: Session, account: Account) -> None:
    unused = (col(PasswordLink.account_id) == account.id, col(PasswordLink.used_at).is_(None))
    session.execute(update(PasswordLink).where(*unused).values(used_at=now()))


def _link(session: Session, secret: str) -> PasswordLink:
    link = session.exec(select(PasswordLink).where(PasswordLink.hash == hashed(secret)).with_for_update()).first()
    if link is None or link.used_at or link.expires_at <= now():
        raise Gone("This link has been used or has expired. Ask an administrator for a new one.")
    return link
