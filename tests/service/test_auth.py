from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from models.key import ApiKey, Scope, issue
from models.store import now, reading, transaction

READS = (
    "/campaigns",
    "/events",
    "/events/x",
    "/themes",
    "/themes/x",
    "/themes/x/points",
    "/themes/x/lineage",
    "/searches/x",
    "/points",
    "/frameworks",
    "/frameworks/missions/versions",
    "/frameworks/missions/versions/1",
    "/digests",
    "/digests/x",
    "/digests/x/editions/1",
    "/status",
)
FACILITATES = (
    ("POST", "/campaigns"),
    ("POST", "/events"),
    ("POST", "/events/x/notes"),
    ("GET", "/notes"),
    ("GET", "/notes/x"),
    ("GET", "/notes/x/review"),
    ("POST", "/notes/x/decisions"),
    ("POST", "/notes/x/approval"),
    ("POST", "/notes/x/retry"),
    ("POST", "/notes/x/withdrawal"),
    ("GET", "/notes/x/points"),
    ("POST", "/notes/x/points/y/clearance"),
    ("GET", "/jobs"),
    ("GET", "/jobs/x"),
)
EDITS = (
    ("POST", "/frameworks/missions/versions"),
    ("POST", "/frameworks/missions/versions/1/acceptance"),
    ("POST", "/frameworks/missions/versions/1/rejection"),
    ("POST", "/frameworks/missions/versions/1/comparison"),
    ("POST", "/digests"),
    ("PUT", "/digests/x/sentences/0"),
    ("POST", "/digests/x/redraft"),
    ("POST", "/digests/x/approval"),
    ("POST", "/digests/x/publication"),
    ("POST", "/digests/x/withdrawal"),
)
CALLS = {
    "read": {("GET", path) for path in READS} | {("POST", "/searches")},
    "facilitate": set(FACILITATES),
    "edit": set(EDITS),
}


def test_the_lists_above_are_the_whole_api(call: Any) -> None:
    described = call.http.get("/v1/openapi.json").json()["paths"]
    operations = sum(len(methods) for path, methods in described.items() if path.startswith("/v1"))
    assert operations == sum(len(calls) for calls in CALLS.values())


def test_every_call_needs_its_scope_and_administer_has_them_all(call: Any) -> None:
    for needed, calls in CALLS.items():
        for method, path in sorted(calls):
            for scope in Scope:
                status = call(method, path, str(scope)).status_code
                allowed = scope in (needed, Scope.administer)
                assert (status != 403) == allowed, (method, path, scope, status)
                assert status not in (401, 405, 500), (method, path, scope, status)


def test_no_call_is_answered_without_a_key(call: Any) -> None:
    for calls in CALLS.values():
        for method, path in sorted(calls):
            answer = call(method, path, scope="")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["code"] == "not-signed-in"


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic a2V5OnNlY3JldA==", "nonsense"])
def test_a_wrong_key_is_told_apart_from_no_key_by_its_message_only(call: Any, header: str) -> None:
    answer = call.http.get("/v1/themes", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not-signed-in"


def test_revoked_and_expired_keys_are_turned_away_at_once(call: Any) -> None:
    with transaction() as session:
        key, token = issue(session, "short", [Scope.read], now() + timedelta(hours=1))
    call.tokens["short"] = token
    assert call("GET", "/themes", "short").status_code == 200
    with transaction() as session:
        session.get_one(ApiKey, key.id).expires_at = now()
    assert call("GET", "/themes", "short").status_code == 401
    with transaction() as session:
        row = session.get_one(ApiKey, key.id)
        row.expires_at, row.revoked_at = None, now()
    assert call("GET", "/themes", "short").status_code == 401


def test_it_is_noted_when_a_key_was_last_used(call: Any) -> None:
    call.done("GET", "/themes", "read")
    with reading() as session:
        used = {row.name: row.last_used_at for row in session.exec(select(ApiKey))}
    first = used["a read key"]
    assert first is not None
    assert abs(first - now()) < timedelta(minutes=1)
    assert used["a edit key"] is None
    call.done("GET", "/themes", "read")
    with reading() as session:
        assert session.exec(select(ApiKey.last_used_at).where(ApiKey.name == "a read key")).one() == first
