"""An editor's work in a browser without scripts: a digest from its form to its last edition, and what is refused."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlmodel import col, select

from models.account import Account, Role
from models.audit import AuditEntry
from models.campaign import Campaign, EventSector
from models.digest import Digest, DigestState, Edition, sentences
from models.job import Job, JobKind, JobState
from models.store import reading, transaction
from tests.conftest import Library
from tests.service.web.conftest import Browser
from tests.test_words import NEVER

DESK = "/edit/digests"
START = {"start_day": "1", "start_month": "1", "start_year": "2026"}
END = {"end_day": "31", "end_month": "12", "end_year": "2026"}
FORM = {**START, **END, "title": "", "scope": "", "marking": "OFFICIAL"}
FORGED = "Forty-one of 52 events raised this."


@pytest.fixture
def path(library: Library, browser: Browser, enter: Callable[..., Account], work: Callable[[], None]) -> str:
    """A draft of an editor who is signed in; the path of its page."""
    enter("Ede", Role.editor)
    answer = browser.send(f"{DESK}/new", f"{DESK}/new", **FORM)
    assert answer.status_code == 303, answer.text
    assert 'data-moving="yes"' in browser.get(answer.headers["location"]).text
    work()
    return str(answer.headers["location"])


def digest() -> Digest:
    with reading() as session:
        return session.exec(select(Digest)).one()


def words(browser: Browser, path: str) -> str:
    """What a page says, in one line."""
    text = re.sub(r"<[^>]+>", " ", browser.get(path).text.split("<main")[1].split("</main>")[0])
    return re.sub(r"\s+", " ", unescape(text))


def step(browser: Browser, path: str, name: str) -> Any:
    return browser.send("/account", f"{path}/{name}")


def publish(browser: Browser, path: str, work: Callable[[], None]) -> None:
    assert step(browser, path, "approval").status_code == 303
    assert step(browser, path, "publication").status_code == 303
    work()


def row_of(theme: bool = True) -> tuple[int, dict[str, Any]]:
    """A sentence of a theme that rests on one point, with its number."""
    rows = enumerate(sentences(digest().briefing))
    return next((n, row) for n, row in rows if bool(row["theme"]) is theme and len(row["points"]) == 1)


def reword(browser: Browser, path: str, number: int, text: str, points: list[str], **fields: str) -> Any:
    form = f"{path}/sentences/{number}"
    shown = browser.get(form).text
    replaces = unescape(re.search(r'name="replaces" value="([^"]*)"', shown)[1])  # type: ignore[index]
    return browser.send(form, form, **{"text": text, "points": points, "replaces": replaces, **fields})


def told(browser: Browser, path: str, number: int) -> str:
    """What stands on a draft's page about how one sentence stands with the check."""
    found = re.search(rf'id="standing-{number}" data-follows>(.*?)</span> <a', browser.get(path).text)
    assert found
    return re.sub(r"<[^>]+>", " ", unescape(found[1]))


def log() -> list[tuple[str, str]]:
    with reading() as session:
        return [(row.action, row.subject) for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]


def test_one_form_has_a_digest_drafted_and_the_desk_leads_to_it(path: str, browser: Browser) -> None:
    made = digest()
    assert path == f"{DESK}/{made.id}"
    assert (made.title, made.created_by) == ("What leaders said, January to December 2026", "Ede")
    assert log()[-1] == ("new digest", made.id)
    assert f'<a href="{path}">{made.title}</a>' in browser.get(DESK).text
    assert "Draft: ready to approve" in words(browser, DESK)
    shown = words(browser, path)
    assert "1 January 2026 to 31 December 2026. All campaigns and missions. Drafted for Ede" in shown
    places = [shown.find(row["text"]) for row in sentences(made.briefing)]
    assert min(places) > 0
    assert places == sorted(places)


def test_a_digest_can_be_of_one_campaign_or_one_mission(
    library: Library, browser: Browser, enter: Callable[..., Account]
) -> None:
    enter("Ede", Role.editor)
    with reading() as session:
        campaign = session.exec(select(Campaign)).one()
    for scope, about in (
        (f"campaign {campaign.id}", "Campaign: Coast and country"),
        ("mission clean_energy", "Mission: Make Britain a clean energy superpower"),
    ):
        answer = browser.send(f"{DESK}/new", f"{DESK}/new", **FORM | {"scope": scope, "marking": "OFFICIAL-SENSITIVE"})
        shown = browser.get(answer.headers["location"]).text
        assert about in shown
        assert f"What leaders said, January to December 2026: {about.split(': ')[1]}</h1>" in shown
        assert '<strong class="marking">OFFICIAL-SENSITIVE</strong>' in shown
    with reading() as session:
        limits = {(row.campaign_id, row.mission) for row in session.exec(select(Digest))}
    assert limits == {(campaign.id, None), (None, "clean_energy")}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"start_day": ""}, "Enter the first day of the period as a date"),
        ({"end_month": "13"}, "Enter the last day of the period as a date"),
        ({"end_day": "9" * 30}, "Enter the last day of the period as a date"),
        ({"start_year": "26"}, "Enter the first day of the period as a date"),
        ({"end_year": "2025"}, "must not be before its first"),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"scope": "campaign elsewhere"}, "Choose what the digest is about."),
        ({"scope": "clean_energy"}, "Choose what the digest is about."),
        ({"marking": "SECRET"}, "Choose one of these markings."),
    ],
)
def test_what_is_wrong_with_a_form_is_told_and_nothing_is_drafted(
    browser: Browser, enter: Callable[..., Account], change: dict[str, str], told: str
) -> None:
    enter("Ede", Role.editor)
    answer = browser.send(f"{DESK}/new", f"{DESK}/new", **FORM | change)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert "There is a problem" in answer.text
    assert told in answer.text
    field = re.search(r'<li><a href="#(\w+)">', answer.text)
    assert field
    assert f'id="{field[1]}"' in answer.text
    with reading() as session:
        assert not session.exec(select(Digest)).all()
    assert log()[1:] == []


def test_words_that_the_points_bear_out_go_to_readers(path: str, browser: Browser, work: Callable[[], None]) -> None:
    number, row = row_of()
    point = next(p for t in (digest().facts or {})["themes"] for p in t["points"] if p["id"] == row["points"][0])
    answer = reword(browser, path, number, point["text"], row["points"])
    assert answer.headers["location"] == f"{path}#sentence-{number}"
    assert "being checked" in told(browser, path, number)
    assert 'data-moving="yes"' in browser.get(path).text
    assert "Draft: being checked" in words(browser, DESK)
    work()
    assert told(browser, path, number).strip() == "borne out"
    assert 'data-moving="yes"' not in browser.get(path).text
    publish(browser, path, work)
    assert "Published" in words(browser, path)
    assert point["text"] in words(browser, f"/digests/{digest().id}")
    assert [action for action, _ in log()[-4:]] == ["new digest", "change words", "approve digest", "publish digest"]
    assert digest().approved_by == "Ede"


def test_words_that_go_beyond_the_points_are_told_of_and_not_approved(
    path: str, browser: Browser, work: Callable[[], None]
) -> None:
    number, row = row_of()
    reword(browser, path, number, FORGED, row["points"])
    work()
    page = browser.get(path).text
    assert "What keeps it from being published" in page
    assert re.search(rf'<a href="#sentence-{number}">[^<]+sentence \d+: [^<]+</a>', page)
    assert f'id="sentence-{number}"' in page
    assert "not borne out" in told(browser, path, number)
    assert "52" in told(browser, path, number)
    assert "/approval" not in page
    assert "Draft: 1 to mend" in words(browser, DESK)
    assert "Not borne out: " in words(browser, f"{path}/sentences/{number}")
    refused = step(browser, path, "approval")
    assert refused.status_code == 409
    assert "1 sentence is not borne out by its points." in refused.text
    assert digest().state is DigestState.draft
    reword(browser, path, number, row["text"].replace("“", "").replace("”", ""), row["points"])
    assert "52" not in words(browser, path)


@pytest.mark.parametrize("state", [JobState.queued, JobState.running])
def test_nothing_is_approved_while_words_are_being_checked(
    path: str, browser: Browser, call: Any, state: JobState
) -> None:
    number, row = row_of()
    reword(browser, path, number, FORGED, row["points"])
    with transaction() as session:
        session.exec(select(Job).where(Job.kind == JobKind.check)).one().state = state
    assert "/approval" not in browser.get(path).text
    refused = step(browser, path, "approval")
    assert refused.status_code == 409
    assert "<title>Error: " in refused.text
    assert "This digest is being checked." in refused.text
    assert call("POST", f"/digests/{digest().id}/approval", "edit").json()["code"] == "conflict"
    assert digest().state is DigestState.draft
    assert log()[-1][0] == "change words"


def test_a_check_that_a_later_change_overtook_says_nothing_of_it(
    path: str, browser: Browser, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers import publish as publishing

    number, row = row_of()
    reword(browser, path, number, row["text"].replace("“", "").replace("”", ""), row["points"])
    check, jobs = publishing.check_briefing, []

    def overtaken(*sent: Any) -> Any:
        if not jobs:
            jobs.append(reword(browser, path, number, FORGED, row["points"]))
        return check(*sent)

    monkeypatch.setattr(publishing, "check_briefing", overtaken)
    with reading() as session:
        first = session.exec(select(Job).where(Job.kind == JobKind.check)).one()
    publishing.recheck(first)
    assert jobs[0].status_code == 303
    work()
    publishing.recheck(first)
    assert [problem["text"] for problem in digest().problems] == [FORGED]
    assert FORGED in digest().markdown


def test_words_that_could_not_be_checked_are_not_approved(path: str, browser: Browser) -> None:
    from workers.publish import give_up

    number, row = row_of()
    reword(browser, path, number, row["text"], row["points"])
    with transaction() as session:
        job = session.exec(select(Job).where(Job.kind == JobKind.check)).one()
        job.state = JobState.failed
    give_up(job, "gave-up", "This did not work in 5 tries.")
    assert "This did not work in 5 tries." in words(browser, path)
    assert step(browser, path, "approval").status_code == 409
    assert digest().state is DigestState.draft


def test_a_digest_that_failed_says_why_and_can_be_drafted_again(
    path: str, browser: Browser, work: Callable[[], None]
) -> None:
    with transaction() as session:
        row = session.exec(select(Digest)).one()
        row.state, row.problems = DigestState.failed, [{"place": "", "text": "", "reasons": ["It took too long."]}]
    assert "It took too long." in words(browser, path)
    assert "Failed" in words(browser, DESK)
    assert step(browser, path, "redraft").status_code == 303
    work()
    assert (digest().state, digest().problems) == (DigestState.draft, [])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": " "}, "Enter the words of the sentence"),
        ({"text": "x" * 1001}, "at most 1,000 characters"),
        ({"points": []}, "Tick the points that these words rest on"),
        ({"replaces": "What stood here before somebody else came."}, "Somebody else changed this sentence meanwhile."),
    ],
)
def test_words_that_cannot_be_taken_are_kept_in_the_form(
    path: str, browser: Browser, change: dict[str, Any], told: str
) -> None:
    number, row = row_of()
    sent = {"text": "The queue is long, some said.", "points": row["points"]} | change
    answer = reword(browser, path, number, **sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert f"{sent['text'].strip()}</textarea>" in answer.text
    assert answer.text.count(" checked") == len(sent["points"])
    assert row_of() == (number, row)
    assert log()[-1][0] == "new digest"


def test_words_are_shown_as_words(path: str, browser: Browser) -> None:
    number, row = row_of()
    reword(browser, path, number, "<script>alert(1)</script> & {{ 7 * 7 }}", row["points"])
    for shown in (browser.get(path).text, browser.get(f"{path}/sentences/{number}").text):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)" in shown
        assert "{{ 7 * 7 }}" in shown


def test_what_was_counted_is_not_for_anybody_to_reword(path: str, browser: Browser) -> None:
    rows = enumerate(sentences(digest().briefing))
    counted = [number for number, row in rows if row["template"].startswith(("made", "account"))]
    assert counted
    for number in [*counted, 10_000]:
        assert browser.get(f"{path}/sentences/{number}").status_code == 404
        assert f"{path}/sentences/{number}" not in browser.get(path).text
    assert browser.get(f"{DESK}/digest_none").status_code == 404
    assert browser.get(f"{DESK}/digest_none/sentences/0").status_code == 404


def test_drafting_again_says_that_words_are_lost(path: str, browser: Browser, work: Callable[[], None]) -> None:
    number, row = row_of()
    assert "lost" not in words(browser, path)
    reword(browser, path, number, FORGED, row["points"])
    work()
    assert "The sentence that an editor changed is lost." in words(browser, path)
    assert step(browser, path, "redraft").status_code == 303
    assert "Being drafted" in words(browser, path)
    again = step(browser, path, "redraft")
    assert again.status_code == 409
    assert "There is a problem" in again.text
    work()
    assert row_of() == (number, row)
    assert digest().problems == []


def test_changing_words_takes_an_approval_back(path: str, browser: Browser) -> None:
    number, row = row_of()
    step(browser, path, "approval")
    assert "Approved By Ede" in words(browser, path)
    assert reword(browser, path, number, "Other words.", row["points"]).status_code == 303
    assert (digest().state, digest().approved_by) == (DigestState.draft, None)
    refused = step(browser, path, "publication")
    assert refused.status_code == 409
    assert "There is a problem" in refused.text


def test_readers_keep_an_edition_until_its_correction_is_published(
    path: str, browser: Browser, work: Callable[[], None], call: Any
) -> None:
    publish(browser, path, work)
    number, row = row_of()
    refused = browser.get(f"{path}/sentences/{number}")
    assert refused.status_code == 409
    assert "cannot be changed now" in refused.text
    assert "Readers keep edition 1" in words(browser, path)
    before = call.done("GET", f"/digests/{digest().id}", "read")
    assert step(browser, path, "redraft").status_code == 303
    work()
    reword(browser, path, number, f"{FORGED} So it is.", row["points"])
    work()
    assert "Readers keep edition 1 until this is published" in words(browser, path)
    assert FORGED not in words(browser, f"/digests/{digest().id}")
    assert "Edition 1, published" in words(browser, f"/digests/{digest().id}")
    meanwhile = call.done("GET", f"/digests/{digest().id}", "read")
    assert meanwhile == before | {"approved_by": None}
    assert meanwhile in call.done("GET", "/digests", "read")
    assert call.done("GET", f"/digests/{digest().id}", "administer")["state"] == "draft"
    step(browser, path, "redraft")
    work()
    publish(browser, path, work)
    assert digest().state is DigestState.corrected
    assert "Edition 2, as readers see it" in words(browser, path)
    assert call.done("GET", f"/digests/{digest().id}", "read")["state"] == "corrected"
    with reading() as session:
        assert sorted(row.number for row in session.exec(select(Edition))) == [1, 2]


@pytest.mark.parametrize("correcting", [False, True])
def test_a_published_digest_is_withdrawn_after_asking_once_more(
    path: str, browser: Browser, work: Callable[[], None], call: Any, correcting: bool
) -> None:
    refused = browser.send(f"{path}/withdrawal", f"{path}/withdrawal")
    assert refused.status_code == 409
    assert "has not been published" in refused.text
    assert f"{path}/withdrawal" not in browser.get(path).text
    publish(browser, path, work)
    if correcting:
        step(browser, path, "redraft")
        work()
    assert f"{path}/withdrawal" in browser.get(path).text
    assert "This cannot be undone" in browser.get(f"{path}/withdrawal").text
    assert browser.send(f"{path}/withdrawal", f"{path}/withdrawal").status_code == 303
    assert browser.get(f"/digests/{digest().id}").status_code == 404
    assert call("GET", f"/digests/{digest().id}/editions/1", "read").status_code == 410
    shown = words(browser, path)
    assert "Nobody can read it any more." in shown
    assert next(sentences(digest().briefing))["text"] not in shown
    assert step(browser, path, "redraft").status_code == 409


def test_who_wrote_a_digest_cannot_approve_it_where_a_second_person_has_to(
    path: str,
    browser: Browser,
    work: Callable[[], None],
    call: Any,
    setting: Callable[..., None],
    enter: Callable[..., Account],
    person: Callable[..., Account],
) -> None:
    setting(second_person=True)
    assert "somebody else has to approve it" in words(browser, path)
    assert "/approval" not in browser.get(path).text
    refused = step(browser, path, "approval")
    assert refused.status_code == 409
    assert "Somebody else has to approve it." in refused.text
    browser.send("/account", "/sign-out")
    bob = enter("Bob", Role.editor)
    number, row = row_of()
    reword(browser, path, number, row["text"].replace("“", "").replace("”", ""), row["points"])
    work()
    assert digest().problems == []
    assert step(browser, path, "approval").status_code == 409
    assert len(digest().written_by) == 2
    assert digest().written_by[1] == bob.id
    browser.send("/account", "/sign-out")
    enter("Cleo", Role.editor)
    assert step(browser, path, "approval").status_code == 303
    assert digest().approved_by == "Cleo"
    call.done("POST", f"/digests/{digest().id}/redraft", "edit")
    work()
    assert "Somebody else" in call("POST", f"/digests/{digest().id}/approval", "edit").json()["detail"]
    assert call("POST", f"/digests/{digest().id}/approval", "administer").status_code == 200


@pytest.mark.parametrize("role", [Role.facilitator, Role.reader, None])
def test_only_editors_come_near_the_desk(
    path: str, browser: Browser, enter: Callable[..., Account], role: Role | None
) -> None:
    number, row = row_of()
    browser.send("/account", "/sign-out")
    if role:
        enter("Rae", role)
        assert "Digest desk" not in browser.get("/").text
    start = "/account" if role else "/sign-in"
    for page in (DESK, f"{DESK}/new", path, f"{path}/withheld", f"{path}/withdrawal", f"{path}/sentences/{number}"):
        answer = browser.http.get(page, follow_redirects=False)
        assert answer.status_code == (403 if role else 303), page
    for action in ("new", "sentences/0", "redraft", "approval", "publication", "withdrawal"):
        place = f"{DESK}/new" if action == "new" else f"{path}/{action}"
        answer = browser.send(start, place, **FORM, text="Mine now.", points=row["points"])
        assert answer.status_code == (403 if role else 303), action
        assert not answer.headers.get("location", "/sign-in").startswith(DESK)
    assert digest().state is DigestState.draft
    assert row_of() == (number, row)


def test_a_form_from_elsewhere_is_refused(path: str, browser: Browser) -> None:
    for action in ("redraft", "approval", "publication", "withdrawal", "sentences/0"):
        assert browser.http.post(f"{path}/{action}", data={"text": "x"}, follow_redirects=False).status_code == 422
    assert digest().state is DigestState.draft


def test_the_desk_shows_first_what_waits(database: str, browser: Browser, enter: Callable[..., Account]) -> None:
    enter("Ede", Role.editor)
    states = ["drafting", "draft", "draft", "approved", "publishing", "published", "corrected", "withdrawn", "failed"]
    days = {"period_start": date(2026, 1, 1), "period_end": date(2026, 3, 31), "created_by": "Ede"}
    problem = {"place": "", "text": "", "reasons": ["It is too long."]}
    with transaction() as session:
        for place, state in reversed(list(enumerate(states))):
            made = Digest(title=f"Digest {place}", state=DigestState(state), **days)
            made.problems = [problem] if place == 1 else []
            session.add(made)
        session.add_all(Digest(title="Older", state=DigestState.withdrawn, **days) for _ in range(60))
    shown = words(browser, DESK)
    assert re.findall(r"Digest \d", shown) == [f"Digest {place}" for place in range(9)][: shown.count("Digest ") - 1]
    assert "Draft: 1 to mend" in shown
    later = browser.get(f"{DESK}?after=50").text
    assert f'href="{DESK}?after=50"' in browser.get(DESK).text
    assert "Older" in later
    assert "Waiting" not in later
    assert "after=" not in later


def test_what_is_withheld_is_told_with_the_reason(
    path: str, browser: Browser, library: Library, setting: Callable[..., None]
) -> None:
    assert "Themes that are not circulated None." in words(browser, f"{path}/withheld")
    setting(min_events=3)
    with transaction() as session:
        room = select(EventSector).where(EventSector.event_id == library.events["harbour"])
        for row in session.exec(room):
            row.organisations = 2 if row.sector == "private" else row.organisations
            row.named = row.sector not in ("private", "higher education")
    shown = words(browser, f"{path}/withheld")
    assert "Hospital waiting lists , 7 points. Raised at 2 events and by " in shown
    assert "by no organisation that is known; it takes 3 events or 3 organisations." in shown
    assert "7 are withheld" in shown
    assert "harbour, 20 January 2026 Higher education Hidden with another one" in shown
    assert "Private 2 organisations in the room; it takes 3." in shown
    assert "Grid connections 2 of 3 1 of 3 1 of 3 0 of 3" in shown
    assert "Public sector: 1 opening to work together The not-for-profit sector names a barrier" in shown
    assert "Higher education: " not in shown


def test_pages_are_light_and_spare_editors_the_machine_s_words(path: str, browser: Browser) -> None:
    number, _ = row_of()
    for page in (DESK, f"{DESK}/new", path, f"{path}/withheld", f"{path}/sentences/{number}"):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert len(answer.content) < 100_000
        assert answer.text.count("<h1") == 1
        assert not NEVER.search(words(browser, page)), page
        assert 'style="' not in answer.text


def test_a_mission_that_is_not_in_the_framework_is_refused(call: Any, library: Library) -> None:
    body = {"title": "A", "period_start": "2026-01-01", "period_end": "2026-03-31", "mission": "more_of_everything"}
    assert call("POST", "/digests", "edit", json=body).status_code == 404
    assert call("POST", "/digests", "edit", json=body | {"mission": "clean_energy"}).status_code == 202
