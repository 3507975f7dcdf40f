from datetime import timedelta

import pytest
from sqlmodel import select

from models.errors import NotSignedIn
from models.key import ApiKey, Scope, authenticate, issue
from models.store import now, reading, transaction


def test_a_key_is_known_by_its_token_and_kept_as_a_hash(database: str) -> None:
    with transaction() as session:
        key, token = issue(session, "the growth team", [Scope.read, Scope.edit])
    with reading() as session:
        known = authenticate(session, token)
        stored = session.exec(select(ApiKey)).one()
    assert (known.id, known.name, known.scopes) == (key.id, "the growth team", ["read", "edit"])
    secret = token.partition(".")[2]
    assert len(secret) >= 43
    assert secret not in stored.model_dump_json()


@pytest.mark.parametrize(
    "change", [lambda token: token + "x", lambda token: token[:-1], lambda token: "key_1." + token]
)
def test_a_token_that_is_not_quite_right_is_unknown(database: str, change) -> None:
    with transaction() as session:
        _, token = issue(session, "a", [Scope.read])
    with reading() as session, pytest.raises(NotSignedIn):
        authenticate(session, change(token))


@pytest.mark.parametrize("token", ["", ".", "nobody.", "key_", "é.ü"])
def test_nonsense_is_unknown(database: str, token: str) -> None:
    with reading() as session, pytest.raises(NotSignedIn):
        authenticate(session, token)


def test_a_key_ends_at_its_time_and_when_it_is_revoked(database: str) -> None:
    with transaction() as session:
        _, ended = issue(session, "ended", [Scope.read], now() - timedelta(seconds=1))
        _, running = issue(session, "running", [Scope.read], now() + timedelta(hours=1))
        revoked, revoked_token = issue(session, "revoked", [Scope.read])
        revoked.revoked_at = now()
    with reading() as session:
        assert authenticate(session, running).name == "running"
        for token in (ended, revoked_token):
            with pytest.raises(NotSignedIn) as problem:
                authenticate(session, token)
            assert "expired or was revoked" in problem.value.message
