"""Signing in through an identity provider: a real one on a port of its own, that can be made to answer wrongly."""

import base64
import hashlib
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import oidc_provider_mock
import pytest
from authlib import jose
from pydantic import ValidationError
from sqlmodel import select
from starlette.testclient import TestClient
from werkzeug.serving import make_server

from models import account
from models.account import Account, Role
from models.audit import AuditEntry
from models.settings import Settings
from models.store import reading, transaction
from service import provider as asking
from service.app import create_app
from service.web.accounts import ATTEMPTS_FROM_ONE_PLACE
from service.web.openid import ATTEMPT, LASTS
from tests.service.web.conftest import HERE, Browser, attempt

NAME, CLIENT, SECRET = "the Harbour Board", "crosscurrent", "kept to ourselves"
BACK = f"{HERE}/sign-in/openid/answer"
ANN = {"email": "ann@example.org", "email_verified": True, "name": "Ann"}

Spoil = Callable[[str, dict[str, Any]], dict[str, Any]]


class Provider:
    """Serves OpenID Connect, checks PKCE and the client's secret, and counts what it is asked for."""

    def __init__(self, port: int = 0) -> None:
        app = oidc_provider_mock.app(require_nonce=True)
        app.before_request(self._before)
        app.after_request(self._after)
        self.server = make_server("127.0.0.1", port, app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.port}"
        self.asked: list[str] = []
        self.spoil: Spoil = lambda path, answer: answer
        self.new_key: Any = None
        self.challenge = ""

    def knows(self, subject: str, **claims: Any) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def _before(self) -> Any:
        request = flask.request
        self.asked.append(request.path)
        if self.new_key:
            flask.g.oidc_provider_mock_storage.jwk = self.new_key
        if request.path == "/oauth2/authorize":
            assert request.args["code_challenge_method"] == "S256"
            self.challenge = request.args["code_challenge"]
        if request.path == "/oauth2/token":
            given = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
            fits = base64.urlsafe_b64encode(given).rstrip(b"=").decode() == self.challenge
            known = request.authorization and request.authorization.password == SECRET
            if not (fits and known):
                return flask.jsonify({"error": "invalid_grant" if known else "invalid_client"}), 400
        return None

    def _after(self, response: flask.Response) -> flask.Response:
        if response.is_json and isinstance(response.json, dict):
            response.data = json.dumps(self.spoil(flask.request.path, response.json))
        return response


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, database: str, setting: Callable[..., None]) -> Iterator[Provider]:
    """A provider that the service is set to ask, and that knows Ann as one-1."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    made.knows("one-1", **ANN)
    setting(openid_issuer=made.issuer, openid_client=CLIENT, openid_secret=SECRET, openid_name=NAME)
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def ann(database: str) -> Account:
    """An account that was invited and has no password yet."""
    with transaction() as session:
        return account.invite(session, "Ann", ANN["email"], Role.editor)[0]


def leave(browser: Browser, subject: str = "one-1", onward: str = "") -> str:
    """Leaves for the provider, and signs in there or, without a subject, cancels; the address that it leads back to."""
    begun = browser.http.get("/sign-in/openid", params={"next": onward}, follow_redirects=False)
    assert begun.status_code == 303, begun.text
    said = {"sub": subject} if subject else {"action": "deny"}
    back = str(httpx.post(begun.headers["location"], data=said).headers["location"])
    assert back.startswith(f"{BACK}?")
    return back


def come_back(browser: Browser, address: str) -> Any:
    return browser.http.get(address, follow_redirects=False)


def through(browser: Browser, subject: str = "one-1", onward: str = "") -> Any:
    return come_back(browser, leave(browser, subject, onward))


def assert_refused(browser: Browser, answer: Any, told: str, status: int = 401) -> None:
    """A clear page with the form to sign in, and nobody signed in."""
    assert answer.status_code == status, answer.text
    assert f'<a href="#openid">{told}' in answer.text
    assert "<title>Error: Sign in – Crosscurrent</title>" in answer.text
    assert 'name="password"' in answer.text
    assert browser.get("/account").url.path == "/sign-in"
    with reading() as session:
        assert session.exec(select(account.SignIn)).all() == []


def only() -> Account:
    with reading() as session:
        return session.exec(select(Account)).one()


def test_without_a_provider_there_is_no_button_and_no_way(browser: Browser) -> None:
    assert "openid" not in browser.get("/sign-in").text
    for path in ("/sign-in/openid", "/sign-in/openid/answer?state=a&code=b"):
        answer = browser.http.get(path)
        assert answer.status_code == 404
        assert "is not set up here" in answer.text


def test_somebody_invited_signs_in_and_is_known_from_then_on(browser: Browser, provider: Provider) -> None:
    with transaction() as session:
        made, secret = account.invite(session, "Ann", " Ann@Example.org", Role.editor)
    assert f'href="/sign-in/openid?next=/edit/themes">Sign in with {NAME}</a>' in browser.get("/edit/themes").text
    answer = through(browser, onward="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    page = browser.get("/account").text
    assert "ann@example.org, editor" in page
    assert only().identity == f"{provider.issuer} one-1"
    assert browser.get(f"/join/{secret}").status_code == 410
    with reading() as session:
        lines = [(line.by, line.action, line.subject) for line in session.exec(select(AuditEntry))]
    assert lines == [(made.id, "sign in", made.id)]
    browser.send("/account", "/sign-out")
    provider.knows("one-1", email="ann@elsewhere.example", email_verified=False)
    assert through(browser).status_code == 303
    assert "ann@example.org" in browser.get("/account").text


def test_who_has_a_password_keeps_it(browser: Browser, provider: Provider, person: Callable[..., Account]) -> None:
    made = person("Ann")
    assert through(browser).status_code == 303
    assert only().identity == f"{provider.issuer} one-1"
    browser.send("/account", "/sign-out")
    assert attempt(browser, made.email).status_code == 303


def test_the_provider_is_asked_with_fresh_state_nonce_and_challenge(browser: Browser, provider: Provider) -> None:
    asked = []
    for _ in range(2):
        begun = browser.http.get("/sign-in/openid", follow_redirects=False)
        address = urlsplit(begun.headers["location"])
        assert f"{address.scheme}://{address.netloc}" == provider.issuer
        asked.append({name: value[0] for name, value in parse_qs(address.query).items()})
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith(f"{ATTEMPT}=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert not any(asked[-1][name] in cookie for name in ("state", "nonce", "code_challenge"))
    fixed = {"response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "code_challenge_method": "S256"}
    assert asked[0].items() >= fixed.items()
    assert asked[0]["scope"].split() == ["openid", "email", "profile"]
    assert all(asked[0][name] != asked[1][name] for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize(
    "claims",
    [
        {"email": ANN["email"]},
        {"email": ANN["email"], "email_verified": False},
        {"email": ANN["email"], "email_verified": "no"},
        {"email": ANN["email"], "xms_edov": 0},
        {"email": "not an address", "email_verified": True},
        {"email_verified": True},
    ],
)
def test_an_address_that_was_not_verified_opens_nothing(
    browser: Browser, provider: Provider, ann: Account, setting: Callable[..., None], claims: dict[str, Any]
) -> None:
    setting(openid_role="reader")
    provider.knows("one-1", **claims)
    assert_refused(browser, through(browser), "Your e-mail address was not confirmed there")
    assert only().identity is None


@pytest.mark.parametrize("word", [{"email_verified": "true"}, {"xms_edov": True}, {"xms_edov": "1"}])
def test_other_words_for_a_verified_address_count(
    browser: Browser, provider: Provider, ann: Account, word: dict[str, Any]
) -> None:
    provider.knows("one-1", email=ANN["email"], **word)
    assert through(browser).status_code == 303


def test_somebody_unknown_is_let_in_only_with_a_role_by_setting(
    browser: Browser, provider: Provider, setting: Callable[..., None]
) -> None:
    assert_refused(browser, through(browser), "There is no account for your e-mail address.")
    setting(openid_role="reader")
    assert through(browser).status_code == 303
    made = only()
    assert (made.name, made.email, made.role, made.password) == ("Ann", ANN["email"], Role.reader, None)
    assert browser.get("/people").status_code == 403


def test_what_cannot_be_set(database: str, setting: Callable[..., None]) -> None:
    for name, value in (
        ("openid_role", "administrator"),
        ("openid_issuer", "http://identity.example.org"),
        ("openid_issuer", "http://localhost.example.org"),
        ("openid_name", ""),
    ):
        with pytest.raises(ValidationError, match=name):
            Settings(**{name: value})  # type: ignore[arg-type]
    assert Settings(openid_issuer="https://identity.example.org").openid == ""


def test_a_closed_account_stays_closed(
    browser: Browser, provider: Provider, ann: Account, setting: Callable[..., None]
) -> None:
    setting(openid_role="reader")
    with transaction() as session:
        account.close(session, session.get_one(Account, ann.id))
    assert_refused(browser, through(browser), "Your account is closed.")
    assert only().identity is None
    with transaction() as session:
        session.get_one(Account, ann.id).identity = f"{provider.issuer} one-1"
    assert_refused(browser, through(browser), "Your account is closed.")


def test_an_address_that_went_to_somebody_else_does_not_open_the_account(
    browser: Browser, provider: Provider, ann: Account
) -> None:
    with transaction() as session:
        session.get_one(Account, ann.id).identity = f"{provider.issuer} one-0"
    assert_refused(browser, through(browser), "The account of your e-mail address is somebody else’s there.")
    assert only().identity == f"{provider.issuer} one-0"


def test_who_was_known_to_a_former_provider_is_known_to_the_new_one(
    browser: Browser, provider: Provider, ann: Account
) -> None:
    with transaction() as session:
        session.get_one(Account, ann.id).identity = "https://former.example.org one-1"
    assert through(browser).status_code == 303
    assert only().identity == f"{provider.issuer} one-1"


def test_cancelling_and_the_provider_s_refusals_are_told(browser: Browser, provider: Provider, ann: Account) -> None:
    assert_refused(browser, through(browser, subject=""), f"You cancelled, or {NAME} did not let you in.")
    failed = re.sub("code=[^&]+", "error=server_error&error_description=Send+money", leave(browser))
    answer = come_back(browser, failed)
    assert_refused(browser, answer, f"Signing in with {NAME} did not work.")
    assert "Send money" not in answer.text


def test_an_answer_must_fit_what_this_browser_asked(browser: Browser, provider: Provider, ann: Account) -> None:
    told = "This sign-in took too long, was used already, or began in another browser."
    back = leave(browser)
    with TestClient(create_app(), HERE) as http:
        assert_refused(Browser(http), come_back(Browser(http), back), told)
        leave(Browser(http))
        assert_refused(Browser(http), come_back(Browser(http), back), told)
    assert_refused(browser, come_back(browser, re.sub("state=[^&]+", "state=other", back)), told)
    assert_refused(browser, come_back(browser, back), told)
    assert_refused(browser, come_back(browser, f"{BACK}?code=x"), told)


def test_an_answer_that_took_too_long_is_turned_down(browser: Browser, provider: Provider, ann: Account) -> None:
    for age, status in ((LASTS + 5, 401), (LASTS - 60, 303)):
        begun = f"{secrets.token_urlsafe(32)}.{int(time.time()) - age}.%2F"
        back = httpx.post(asking.way_in(begun, BACK), data={"sub": "one-1"}).headers["location"]
        browser.http.cookies.set(ATTEMPT, begun)
        assert come_back(browser, back).status_code == status


def test_an_answer_counts_once(browser: Browser, provider: Provider, ann: Account) -> None:
    back = leave(browser)
    kept = browser.http.cookies[ATTEMPT]
    assert come_back(browser, back).status_code == 303
    assert ATTEMPT not in browser.http.cookies
    browser.send("/account", "/sign-out", everywhere="yes")
    assert "This sign-in took too long" in come_back(browser, back).text
    browser.http.cookies.set(ATTEMPT, kept)
    assert "could not be checked" in come_back(browser, back).text
    assert browser.get("/account").url.path == "/sign-in"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"]},
        {"aud": "another client", "azp": CLIENT},
        {"azp": "another client"},
        {"iss": "https://another.example.org"},
        {"at_hash": "another"},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_us_now_signs_nobody_in(
    browser: Browser, provider: Provider, ann: Account, claims: dict[str, Any]
) -> None:
    provider.knows("one-1", **ANN, **claims)
    assert_refused(browser, through(browser), f"What {NAME} sent could not be checked, so you are not signed in.")


def signed_by(key: Any, header: dict[str, str]) -> Spoil:
    def spoil(path: str, answer: dict[str, Any]) -> dict[str, Any]:
        if path != "/oauth2/token":
            return answer
        claims = answer["id_token"].split(".")[1]
        if key is None:
            head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
            return answer | {"id_token": f"{head}.{claims}."}
        payload = json.loads(base64.urlsafe_b64decode(claims + "=="))
        return answer | {"id_token": jose.jwt.encode(header, payload, key).decode()}

    return spoil


@pytest.mark.parametrize(
    ("key", "header"),
    [
        (None, {"alg": "none"}),
        (jose.RSAKey.generate_key(is_private=True), {"alg": "RS256"}),
        (jose.OctKey.import_key(SECRET * 2), {"alg": "HS256"}),
    ],
    ids=["none", "another key", "shared secret"],
)
def test_only_the_provider_s_own_signature_counts(
    browser: Browser, provider: Provider, ann: Account, key: Any, header: dict[str, str]
) -> None:
    provider.spoil = signed_by(key, header)
    assert_refused(browser, through(browser), f"What {NAME} sent could not be checked")


def test_a_provider_may_change_its_keys_within_the_hour(browser: Browser, provider: Provider, ann: Account) -> None:
    assert through(browser).status_code == 303
    browser.send("/account", "/sign-out")
    provider.new_key = jose.RSAKey.generate_key(is_private=True)
    assert through(browser).status_code == 303


def test_what_the_provider_publishes_is_asked_for_once(browser: Browser, provider: Provider, ann: Account) -> None:
    for _ in range(3):
        assert through(browser).status_code == 303
        browser.send("/account", "/sign-out")
    for path in ("/.well-known/openid-configuration", "/jwks"):
        assert provider.asked.count(path) == 1, path


def without_address(path: str, answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"sub": "one-2"} if path == "/userinfo" else answer


@pytest.mark.parametrize(("spoil", "status"), [(lambda path, answer: answer, 303), (without_address, 401)])
def test_an_address_may_come_apart_from_the_id_token(
    browser: Browser, provider: Provider, ann: Account, spoil: Spoil, status: int
) -> None:
    bare = jose.RSAKey.generate_key(options={"kid": "one"}, is_private=True)

    def told_apart(path: str, answer: dict[str, Any]) -> dict[str, Any]:
        if path == "/jwks":
            return {"keys": [bare.as_dict(is_private=False)]}
        if path == "/oauth2/token":
            claims = json.loads(base64.urlsafe_b64decode(answer["id_token"].split(".")[1] + "=="))
            bared = {name: value for name, value in claims.items() if name not in ANN}
            return answer | {"id_token": jose.jwt.encode({"alg": "RS256", "kid": "one"}, bared, bare).decode()}
        return spoil(path, answer)

    provider.spoil = told_apart
    assert through(browser).status_code == status
    assert "/userinfo" in provider.asked


def test_another_issuer_s_document_is_not_believed(browser: Browser, provider: Provider, ann: Account) -> None:
    provider.spoil = lambda path, answer: {**answer, "issuer": "https://another.example.org"}
    assert_refused(browser, browser.http.get("/sign-in/openid"), f"Signing in with {NAME} does not work", 503)


def test_a_provider_that_is_away_keeps_nobody_from_the_password(
    browser: Browser, provider: Provider, person: Callable[..., Account], setting: Callable[..., None]
) -> None:
    made = person("Ann")
    back = leave(browser)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        setting(openid_issuer=f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert_refused(browser, browser.http.get("/sign-in/openid"), f"Signing in with {NAME} does not work", 503)
        assert time.monotonic() - started < asking.TIMEOUT + 3
    assert_refused(browser, browser.http.get("/sign-in/openid"), f"Signing in with {NAME} does not work", 503)
    assert_refused(browser, come_back(browser, back), f"Signing in with {NAME} does not work", 503)
    assert attempt(browser, made.email).status_code == 303


def test_failures_from_one_place_are_counted_and_successes_are_not(
    browser: Browser, provider: Provider, person: Callable[..., Account]
) -> None:
    made = person("Ann")
    for _ in range(ATTEMPTS_FROM_ONE_PLACE - 1):
        assert browser.http.get("/sign-in/openid/answer").status_code == 401
    for _ in range(2):
        assert through(browser).status_code == 303
        browser.send("/account", "/sign-out")
    assert browser.http.get("/sign-in/openid/answer").status_code == 401
    assert through(browser).status_code == 429
    with TestClient(create_app(), HERE, client=("192.0.2.7", 5000)) as http:
        assert through(Browser(http)).status_code == 303
    assert attempt(browser, made.email).status_code == 303


@pytest.mark.parametrize("onward", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_way_back_leads_to_no_other_site(browser: Browser, provider: Provider, ann: Account, onward: str) -> None:
    assert through(browser, onward=onward).headers["location"] == "/"


def test_who_is_signed_in_goes_on(browser: Browser, provider: Provider, enter: Callable[..., Account]) -> None:
    enter("Ann")
    answer = browser.http.get("/sign-in/openid?next=/account", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


def test_people_and_account_pages_tell_the_account_in_use_from_the_invited(
    browser: Browser, provider: Provider, ann: Account, enter: Callable[..., Account]
) -> None:
    with transaction() as session:
        account.invite(session, "Bea", "bea@example.org", Role.reader)
    assert through(browser).status_code == 303
    browser.send("/account", "/sign-out")
    enter("Cas", Role.administrator)
    shown = browser.get("/people").text
    assert "editor</td>" in shown
    assert "reader (invited)</td>" in shown
