"""Signing in and out: who gets in, how it ends, and what no form, link or log gives away."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from models import account
from models.account import Account, PasswordLink, Role, SignIn
from models.audit import AuditEntry
from models.store import now, reading, transaction
from service.app import create_app
from service.cli import app
from service.web import accounts, desk
from service.web.accounts import ATTEMPTS
from tests.service.web.conftest import HERE, PASSWORD, Browser, attempt
from workers.sweep import sweep


def done() -> list[tuple[str, str]]:
    with reading() as session:
        return [(row.name, row.action) for row in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def test_an_invitation_leads_to_a_password_once_and_signs_in(browser: Browser) -> None:
    with transaction() as session:
        made, secret = account.invite(session, "Ann", " Ann@Example.org ", Role.editor)
    assert made.email == "ann@example.org"
    assert "Ann" in browser.get(f"/join/{secret}").text
    weak = browser.send(f"/join/{secret}", "/join", secret=secret, password="short")
    assert weak.status_code == 422
    assert "at least 12 characters" in weak.text
    assert browser.send(f"/join/{secret}", "/join", secret=secret, password=PASSWORD).status_code == 303
    assert "ann@example.org, editor" in browser.get("/account").text
    assert browser.get(f"/join/{secret}").status_code == 410
    with reading() as session:
        kept = session.exec(select(Account)).one()
        assert kept.password is not None
        assert kept.password.startswith("$argon2id$")
        assert secret not in session.exec(select(PasswordLink.hash)).all()


def test_a_new_link_ends_the_one_before_and_every_sign_in(browser: Browser, enter: Callable[..., Account]) -> None:
    made = enter("Ben")
    with transaction() as session:
        first = account.new_link(session, made)
        second = account.new_link(session, made)
    with pytest.raises(account.Gone), transaction() as session:
        account.set_password(session, first, PASSWORD)
    with transaction() as session:
        account.set_password(session, second, PASSWORD)
    assert browser.get("/account").url.path == "/sign-in"


@pytest.mark.parametrize("password", ["aaaaaaaaaaaaaa", "x" * 201, "ben-and-nothing"])
def test_a_password_that_is_easily_guessed_or_endless_is_refused(database: str, password: str) -> None:
    with transaction() as session:
        _, secret = account.invite(session, "Ben", "ben@example.org", Role.reader)
    with pytest.raises(account.Invalid), transaction() as session:
        account.set_password(session, secret, password)


def test_wrong_password_and_unknown_address_read_alike(browser: Browser, person: Callable[..., Account]) -> None:
    made = person("Cas")
    wrong, unknown = attempt(browser, made.email, "no such words"), attempt(browser, "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong.text) == strip.sub("", unknown.text)
    assert "is not right" in wrong.text
    assert "There is a problem" in wrong.text


def test_after_a_few_attempts_even_the_right_password_waits(browser: Browser, person: Callable[..., Account]) -> None:
    made = person("Dee")
    for _ in range(ATTEMPTS):
        assert attempt(browser, made.email, "no such words").status_code == 401
    refused = attempt(browser, made.email)
    assert refused.status_code == 429
    assert "Wait 15 minutes" in refused.text


def test_attempts_elsewhere_keep_nobody_out(browser: Browser, person: Callable[..., Account]) -> None:
    made = person("Dee")
    for _ in range(ATTEMPTS + 1):
        refused = attempt(browser, made.email, "no such words")
    assert refused.status_code == 429
    with TestClient(create_app(), HERE, client=("192.0.2.7", 5000)) as http:
        assert attempt(Browser(http), made.email).status_code == 303


def test_only_failures_are_counted(browser: Browser, person: Callable[..., Account]) -> None:
    made = person("Dee")
    for _ in range(ATTEMPTS - 1):
        assert attempt(browser, made.email, "no such words").status_code == 401
    for _ in range(2):
        assert attempt(browser, made.email).status_code == 303
        browser.send("/account", "/sign-out")
    assert attempt(browser, made.email, "no such words").status_code == 401
    assert attempt(browser, made.email).status_code == 429


def test_one_place_may_not_try_address_after_address(
    browser: Browser, person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "ATTEMPTS_FROM_ONE_PLACE", 3)
    made = person("Dee")
    for number in range(3):
        assert attempt(browser, f"{number}@example.org").status_code == 401
    assert attempt(browser, made.email).status_code == 429


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("192.0.2.7", "192.0.2.8", False),
    ],
)
def test_a_subscriber_s_network_is_one_place(
    person: Callable[..., Account], first: str, second: str, same: bool
) -> None:
    made = person("Dee")
    with TestClient(create_app(), HERE, client=(first, 5000)) as http:
        for _ in range(ATTEMPTS):
            attempt(Browser(http), made.email, "no such words")
    with TestClient(create_app(), HERE, client=(second, 5000)) as http:
        assert attempt(Browser(http), made.email).status_code == (429 if same else 303)


def test_signing_out_ends_this_browser_or_all(browser: Browser, enter: Callable[..., Account]) -> None:
    made = enter("Eve")
    with TestClient(create_app(), HERE) as http:
        other = Browser(http)
        attempt(other, made.email)
        browser.send("/account", "/sign-out")
        assert browser.get("/account").url.path == "/sign-in"
        assert "Eve" in other.get("/account").text
        attempt(browser, made.email)
        browser.send("/account", "/sign-out", everywhere="yes")
        assert other.get("/account").url.path == "/sign-in"


def test_a_sign_in_that_is_left_alone_or_too_old_ends(browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Flo")
    for name, age in (("seen_at", account.IDLE), ("started_at", account.LONGEST_STAY)):
        with transaction() as session:
            row = session.exec(select(SignIn).where(SignIn.ended_at == None)).one()  # noqa: E711
            before = getattr(row, name)
            setattr(row, name, now() - age - timedelta(seconds=1))
        assert browser.get("/account").url.path == "/sign-in"
        with transaction() as session:
            setattr(session.get_one(SignIn, row.hash), name, before)
    assert browser.get("/account").url.path == "/account"


def test_what_opens_nothing_any_more_is_forgotten(browser: Browser, enter: Callable[..., Account]) -> None:
    made = enter("Fay")
    with transaction() as session:
        account.new_link(session, made)
    for age, left in ((timedelta(), 1), (account.LONGEST_STAY, 0)):
        with transaction() as session:
            for link in session.exec(select(PasswordLink)):
                link.expires_at -= age + timedelta(hours=1)
            session.exec(select(SignIn)).one().started_at -= age
        sweep()
        with reading() as session:
            assert len(session.exec(select(SignIn)).all()) == left
    with reading() as session:
        assert session.exec(select(PasswordLink)).all() == []


def test_cookies_are_kept_from_scripts_other_sites_and_plain_lines(person: Callable[..., Account]) -> None:
    made = person("Gus")
    for base, secure in ((HERE, False), ("https://example.org", True), ("http://example.org", True)):
        with TestClient(create_app(), base_url=base) as http:
            cookies = [http.get("/sign-in").headers["set-cookie"]]
            if base != "http://example.org":
                cookies += attempt(Browser(http), made.email).headers.get_list("set-cookie")[:1]
            for cookie in cookies:
                assert "HttpOnly" in cookie
                assert "SameSite=lax" in cookie
                assert ("Secure" in cookie) == secure


def test_no_form_is_taken_without_its_token(browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Hal", Role.administrator)
    routes = [*accounts.router.routes, *desk.router.routes]
    forms = [route.path for route in routes if isinstance(route, APIRoute) and "POST" in route.methods]
    assert len(forms) >= 10
    for path in forms:
        for token in ({}, {"form_proof": "0" * 64}):
            answer = browser.http.post(re.sub(r"{\w+}", "x", path), data=token, follow_redirects=False)
            assert answer.status_code == 422, path
            assert "This form" in answer.text
    assert [action for _, action in done()] == ["sign in"]


def test_files_of_strangers_are_not_taken_in(browser: Browser) -> None:
    answer = browser.send("/sign-in", "/sign-in", files={"email": ("large.bin", b"0" * 1000)})
    assert answer.status_code == 400


@pytest.mark.parametrize("onward", ["//evil.example", "/\\evil.example", "https://evil.example", "desk", "/a\nb", ""])
def test_signing_in_never_leads_to_another_site(browser: Browser, person: Callable[..., Account], onward: str) -> None:
    made = person("Ida")
    assert attempt(browser, made.email, next=onward).headers["location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(browser: Browser, person: Callable[..., Account]) -> None:
    made = person("Jan")
    asked = browser.get("/desk")
    assert str(asked.url).endswith("/sign-in?next=%2Fdesk")
    assert attempt(browser, made.email, next="/desk").headers["location"] == "/desk"


def test_only_administrators_see_people_and_the_log(browser: Browser, enter: Callable[..., Account]) -> None:
    for role in (Role.facilitator, Role.editor, Role.reader):
        enter(role.title(), role)
        assert browser.get("/people").status_code == browser.get("/audit").status_code == 403
        assert browser.get("/desk").status_code == (200 if role is Role.facilitator else 403)
        browser.send("/account", "/sign-out")


def test_an_administrator_invites_renews_and_closes(browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Kit", Role.administrator)
    new = {"name": "Lou", "email": "lou@example.org", "role": "reader"}
    shown = browser.send("/people", "/people", **new)
    secret = re.search(r"/join/([\w-]+)", shown.text)
    assert secret
    assert secret[1] not in browser.get("/people").text
    assert browser.send("/people", "/people", **new).status_code == 422
    for name, told in (("email", "Enter an e-mail address"), ("name", "Enter the person’s name")):
        refused = browser.send("/people", "/people", **new | {name: " "})
        assert refused.status_code == 422
        assert f'<a href="#{name}">{told}' in refused.text
    with transaction() as session:
        lou = session.exec(select(Account).where(Account.name == "Lou")).one()
        account.set_password(session, secret[1], PASSWORD)
    assert "/join/" in browser.send("/people", f"/people/{lou.id}/link").text
    assert browser.send("/people", f"/people/{lou.id}/closure").status_code == 303
    assert browser.send("/people", f"/people/{lou.id}/closure").status_code == 404
    with TestClient(create_app(), HERE) as http:
        assert attempt(Browser(http), lou.email).status_code == 401
    assert [action for _, action in done()] == ["sign in", "invite person", "give new link", "close account"]
    assert "close account" in browser.get("/audit").text


def test_nobody_locks_the_last_administrator_out(browser: Browser, enter: Callable[..., Account]) -> None:
    made = enter("Mia", Role.administrator)
    assert browser.send("/people", f"/people/{made.id}/closure").status_code == 409


def test_an_administrator_gives_a_sector_and_another_role(browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Kit", Role.administrator)
    new = {"name": "Lou", "email": "lou@example.org", "role": "reader", "sector": "not-for-profit"}
    refused = browser.send("/people", "/people", **new | {"sector": "secret"})
    assert refused.status_code == 422
    assert "Choose one of these sectors: public, private, not-for-profit, higher education; or none." in refused.text
    assert "<td>not-for-profit</td>" in browser.send("/people", "/people", **new).text
    with reading() as session:
        lou = session.exec(select(Account).where(Account.name == "Lou")).one()
    form = browser.get(f"/people/{lou.id}").text
    assert '<option value="not-for-profit" selected>Not-for-profit</option>' in form
    assert '<option value="reader" selected>Reader</option>' in form
    for change, status in (
        ({"role": "editor", "sector": ""}, 303),
        ({"role": "reader", "sector": "higher education"}, 303),
        ({"role": "reader", "sector": "secret"}, 422),
        ({"role": "emperor", "sector": ""}, 404),
    ):
        answer = browser.send(f"/people/{lou.id}", f"/people/{lou.id}", **change)
        assert answer.status_code == status
        assert ("<title>Error: Change Lou" in answer.text) == (status == 422)
    with reading() as session:
        kept = session.get_one(Account, lou.id)
    assert (kept.role, kept.sector) == (Role.reader, "higher education")
    actions = [action for _, action in done()]
    assert actions == ["sign in", "invite person", *["change role and sector"] * 2]


def test_a_reader_s_own_page_tells_the_sector(browser: Browser, enter: Callable[..., Account]) -> None:
    made = enter("Lou", Role.reader)
    assert "You read for" not in browser.get("/account").text
    with transaction() as session:
        session.get_one(Account, made.id).sector = "higher education"
    assert "You read for the higher education sector." in browser.get("/account").text


def test_only_administrators_change_roles(
    browser: Browser, enter: Callable[..., Account], person: Callable[..., Account]
) -> None:
    other = person("Lou", Role.reader)
    for role in (Role.facilitator, Role.editor, Role.reader):
        enter(role.title(), role)
        assert browser.get(f"/people/{other.id}").status_code == 403
        assert browser.send("/account", f"/people/{other.id}", role="administrator").status_code == 403
        browser.send("/account", "/sign-out")
    with reading() as session:
        assert session.get_one(Account, other.id).role is Role.reader


def test_nobody_changes_their_own_role_but_their_sector(browser: Browser, enter: Callable[..., Account]) -> None:
    made = enter("Mia", Role.administrator)
    page = f"/people/{made.id}"
    assert '<select id="role"' not in browser.get(page).text
    refused = browser.send(page, page, role="reader", sector="")
    assert refused.status_code == 409
    assert '<a href="#role">You cannot change your own role.' in refused.text
    assert browser.send(page, page, sector="public").status_code == 303
    with reading() as session:
        kept = session.get_one(Account, made.id)
    assert (kept.role, kept.sector) == (Role.administrator, "public")


def test_two_administrators_cannot_take_the_role_from_each_other(person: Callable[..., Account]) -> None:
    """Both requests were let through before either was carried out."""
    ann, ben = person("Ann", Role.administrator), person("Ben", Role.administrator)

    def demote(whom: Account, by: Account) -> str:
        try:
            with transaction() as session:
                account.change(session, session.get_one(Account, whom.id), Role.reader, "", by=by)
        except account.Conflict as problem:
            return problem.message
        return "done"

    with ThreadPoolExecutor() as both:
        told = [both.submit(demote, ann, ben), both.submit(demote, ben, ann)]
    assert sorted(answer.result() for answer in told) == [
        "This is the last administrator. Make somebody else an administrator first.",
        "done",
    ]
    with transaction() as session, pytest.raises(account.Conflict):
        [left] = session.exec(select(Account).where(Account.role == Role.administrator))
        account.close(session, left)


def test_the_command_line_invites_for_a_sector(database: str) -> None:
    run = CliRunner()
    invite = ["account", "invite", "Lou", "lou@example.org", "--role", "reader", "--sector"]
    assert isinstance(run.invoke(app, [*invite, "secret"]).exception, account.Invalid)
    done = run.invoke(app, [*invite, "private"])
    assert "/join/" in done.output
    with reading() as session:
        assert session.exec(select(Account.sector)).one() == "private"


def test_the_log_tells_what_keys_did_and_holds_no_words(call: Any) -> None:
    made = call.done("POST", "/campaigns", "facilitate", json={"name": "Quiet harbours"})["id"]
    call("POST", "/campaigns", "facilitate", json={"name": "Quiet harbours"})
    with reading() as session:
        row = session.exec(select(AuditEntry)).one()
    assert (row.name, row.action, row.subject) == ("a facilitate key", "create campaign", made)


def test_errors_of_pages_are_pages_and_those_of_calls_are_not(browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Nia", Role.administrator)
    for path, status in (("/nowhere", 404), ("/audit?before=none", 422), ("/sign-out", 405), ("/desk/notes/x", 404)):
        answer = browser.http.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html"), path
    assert browser.http.get("/v1/nowhere").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("change", ["UPDATE auditentry SET action = 'nothing'", "DELETE FROM auditentry"])
def test_the_database_refuses_to_change_the_log(call: Any, change: str) -> None:
    call.done("POST", "/campaigns", "facilitate", json={"name": "Quiet harbours"})
    with pytest.raises(DBAPIError, match="cannot be changed"), transaction() as session:
        session.execute(text(change))
    assert done() == [("a facilitate key", "create campaign")]
