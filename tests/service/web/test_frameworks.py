"""The editor of frameworks: the form without scripts, what a version would change, and who decides when."""

import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
import yaml
from sqlmodel import col, select

from models.account import Account, Role
from models.audit import AuditEntry
from models.framework import FrameworkVersion, ThemeAlignment, VersionState
from models.job import Job, JobKind
from models.store import reading, transaction
from models.theme import Theme
from service.web.framework_text import changes, next_name
from tests.service.web.conftest import Browser
from tests.service.web.test_missions import placed, theme_of, words
from tests.test_words import NEVER

SOURCE = (files("nlp.frameworks") / "missions.yaml").read_text("utf-8")
MISSIONS = yaml.safe_load(SOURCE)
NEW = "/edit/frameworks/missions/new"
ARRANGE = "/edit/frameworks/missions/arrangement"


@pytest.fixture(autouse=True)
def editor(library: Any, enter: Callable[..., Account]) -> Account:
    return enter("Edith", Role.editor)


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    from html import unescape

    form = page.split(f'action="{NEW}"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]+>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        found[name[1]] = unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = unescape(value)
    found.pop("form_proof")
    return found


def send(browser: Browser, **changed: str) -> Any:
    return browser.send(NEW, NEW, **fields(browser.get(NEW).text) | changed)


def version(name: str) -> FrameworkVersion:
    with reading() as session:
        return session.exec(
            select(FrameworkVersion).where(FrameworkVersion.framework == "missions", FrameworkVersion.version == name)
        ).one()


def path(name: str) -> str:
    return f"/edit/frameworks/missions/versions/{name}"


def without(number: int, form: dict[str, str]) -> dict[str, str]:
    """The form without an entry; the others move up."""
    kept = [n for n in range(1, 6) if n != number]
    names = ("id", "title", "description", "milestones")
    rest = {name: value for name, value in form.items() if not re.search(r"-\d$", name)}
    return rest | {f"{name}-{new}": form[f"{name}-{old}"] for new, old in enumerate(kept, 1) for name in names}


def propose_without_clean_energy(browser: Browser, work: Callable[[], None], name: str = "2024.2") -> str:
    form = fields(browser.get(NEW).text)
    number = next(n for n in range(1, 6) if form[f"id-{n}"] == "clean_energy")
    answer = browser.send(NEW, NEW, **without(number, form) | {"version": name})
    assert answer.headers["location"] == path(name), answer.text
    work()
    return path(name)


def test_the_list_tells_the_versions_in_use_and_their_themes(browser: Browser) -> None:
    page = words(browser.get("/edit/frameworks").text)
    assert "Version 2024.1: 5 entries, 3 themes under them." in page
    assert "Barriers and enablers of collaboration" in page
    assert page.count("Came with Crosscurrent") == 2
    assert not NEVER.search(page)


def test_the_form_keeps_what_it_does_not_show(browser: Browser) -> None:
    form = fields(browser.get(NEW).text)
    assert form["version"] == "2024.2"
    assert form["title-1"] == MISSIONS["entries"][0]["title"]
    assert form["milestones-1"].split("\n") == MISSIONS["entries"][0]["milestones"]
    answer = send(browser, **{"title-1": "Grow, “together”: 100% & more", "milestones-1": " One thing \r\n\r\nTwo "})
    assert answer.status_code == 303
    kept = version("2024.2")
    text = yaml.safe_load(kept.source)
    first = MISSIONS["entries"][0] | {"title": "Grow, “together”: 100% & more", "milestones": ["One thing", "Two"]}
    assert text == MISSIONS | {"version": "2024.2", "entries": [first, *MISSIONS["entries"][1:]]}
    assert kept.source.startswith("# The five missions of the UK Government (2024)")
    assert "Open Government Licence" in kept.source
    with reading() as session:
        done = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert done
    assert (done.name, done.action, done.subject) == ("Edith", "propose framework", "missions 2024.2")


@pytest.mark.parametrize(
    ("wish", "order"),
    [
        ("up 2", [2, 1, 3, 4, 5]),
        ("down 1", [2, 1, 3, 4, 5]),
        ("remove 3", [1, 2, 4, 5]),
        ("add", [1, 2, 3, 4, 5, 0]),
        ("up 1", [1, 2, 3, 4, 5]),
        ("down 5", [1, 2, 3, 4, 5]),
        ("remove 9", [1, 2, 3, 4, 5]),
        ("up x", [1, 2, 3, 4, 5]),
        ("", [1, 2, 3, 4, 5]),
    ],
)
def test_entries_are_added_taken_out_and_moved_without_scripts(browser: Browser, wish: str, order: list[int]) -> None:
    typed = fields(browser.get(NEW).text) | {"description-1": "Typed, and not sent off yet."}
    answer = browser.send(NEW, ARRANGE, **typed, wish=wish)
    assert answer.status_code == 200
    after = fields(answer.text)
    names = ("id", "title", "description", "milestones")
    for place, number in enumerate(order, 1):
        for name in names:
            assert after[f"{name}-{place}"] == (typed[f"{name}-{number}"] if number else "")
    assert f"title-{len(order) + 1}" not in after
    with reading() as session:
        assert len(session.exec(select(FrameworkVersion)).all()) == 2


def test_a_new_entry_gets_an_id_of_its_own(browser: Browser) -> None:
    more = {"id-6": "", "title-6": "Decide", "description-6": "How things are decided.", "milestones-6": ""}
    more |= {"id-7": "", "title-7": "Growth", "description-7": "Another growth.", "milestones-7": ""}
    more |= {"id-8": "made up", "title-8": "Улица!", "description-8": "A street.", "milestones-8": ""}
    assert send(browser, **more).status_code == 303
    keys = [entry["id"] for entry in yaml.safe_load(version("2024.2").source)["entries"]]
    assert keys == [*(entry["id"] for entry in MISSIONS["entries"]), "decide_2", "growth_2", "entry"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": "2024.1"}, "There is a version of this name already."),
        ({"version": ""}, "Enter a name for the version"),
        ({"version": "../1"}, "Enter a name for the version"),
        ({"title": " "}, "Enter what the whole list is called."),
        ({"title-2": ""}, "Enter a title for number 2, or remove it."),
        ({"description-3": ""}, "Describe number 3 in one sentence."),
        ({"description-3": "x" * 200_000}, "This is too long for a framework."),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_proposed(browser: Browser, changed: dict[str, str], told: str) -> None:
    answer = send(browser, **changed)
    assert answer.status_code == 422
    assert told in answer.text
    assert "<title>Error: " in answer.text
    target = re.search(r'role="alert".*?<a href="#([\w-]+)"', answer.text, re.S)
    assert target
    assert f'id="{target[1]}"' in answer.text
    with reading() as session:
        assert len(session.exec(select(FrameworkVersion)).all()) == 2


def test_a_form_without_entries_is_turned_down(browser: Browser) -> None:
    form = {name: value for name, value in fields(browser.get(NEW).text).items() if not re.search(r"-\d$", name)}
    answer = browser.send(NEW, NEW, **form)
    assert answer.status_code == 422
    assert "Add at least one entry." in answer.text


def test_a_version_tells_in_plain_words_what_it_would_change(browser: Browser, work: Callable[[], None]) -> None:
    theme_id = theme_of("clean_energy")
    form = fields(browser.get(NEW).text)
    number = next(n for n in range(1, 6) if form[f"id-{n}"] == "clean_energy")
    browser.send(NEW, NEW, **without(number, form))
    waiting = browser.get(path("2024.2")).text
    assert 'data-moving="yes"' in waiting
    assert "Being compared" in waiting
    work()
    page = browser.get(path("2024.2")).text
    told = words(page)
    assert "data-moving" not in page
    assert "Removed: Make Britain a clean energy superpower." in told
    assert "2 themes keep their place." in told
    with reading() as session:
        title = session.get_one(Theme, theme_id).title
    assert f"{title} Make Britain a clean energy superpower" in told
    assert "Waits for your decision" in words(browser.get("/edit/frameworks").text)
    assert "clean_energy" in placed(theme_id)
    assert not NEVER.search(told)


def test_accepting_makes_it_the_one_in_use_and_says_who_did(browser: Browser, work: Callable[[], None]) -> None:
    where = propose_without_clean_energy(browser, work)
    assert browser.send(where, f"{where}/acceptance").status_code == 303
    assert version("2024.2").state is VersionState.current
    assert version("2024.1").state is VersionState.superseded
    page = words(browser.get("/edit/frameworks").text)
    assert "Version 2024.2: 4 entries" in page
    assert "Was in use" in page
    assert "Accepted by Edith" in words(browser.get(where).text)
    assert "Make Britain a clean energy superpower" not in words(browser.get("/edit/missions").text)
    assert "version 2024.2" in words(browser.get("/edit/missions").text)
    again = browser.send("/account", f"{where}/acceptance")
    assert again.status_code == 409
    assert "This version is current." in again.text


def test_turning_down_changes_nothing_and_the_work_can_be_taken_up(browser: Browser, work: Callable[[], None]) -> None:
    where = propose_without_clean_energy(browser, work)
    assert browser.send(where, f"{where}/rejection").status_code == 303
    assert version("2024.2").state is VersionState.rejected
    assert version("2024.1").state is VersionState.current
    page = browser.get(where).text
    assert "Turned down by Edith" in words(page)
    assert "acceptance" not in page
    form = fields(browser.get(f"{NEW}?base=2024.2").text)
    assert (form["base"], form["version"]) == ("2024.2", "2024.3")
    assert "title-5" not in form
    assert browser.send(NEW, NEW, **form).status_code == 303


def test_a_version_compared_with_another_one_is_compared_again_before_it_is_accepted(
    browser: Browser, work: Callable[[], None]
) -> None:
    mine = propose_without_clean_energy(browser, work)
    send(browser, version="2024.3", **{"title-1": "Grow"})
    work()
    theirs = path("2024.3")
    assert browser.send(theirs, f"{theirs}/acceptance").status_code == 303
    page = browser.get(mine).text
    assert "Compare it again first" in page
    assert f'action="{mine}/acceptance"' not in page
    refused = browser.send(mine, f"{mine}/acceptance")
    assert refused.status_code == 409
    assert "Another version was accepted since this one was compared." in refused.text
    assert "<title>Error: " in refused.text
    assert version("2024.3").state is VersionState.current
    assert browser.send(mine, f"{mine}/comparison").status_code == 303
    assert version("2024.2").state is VersionState.proposed
    work()
    told = words(browser.get(mine).text)
    assert "“Grow” is called “Kickstart economic growth”." in told
    assert "Compare it again first" not in told
    assert browser.send(mine, f"{mine}/acceptance").status_code == 303
    assert version("2024.2").state is VersionState.current
    with reading() as session:
        actions = session.exec(select(AuditEntry.action).where(AuditEntry.name == "Edith")).all()
    assert actions.count("accept framework") == 2
    assert actions.count("compare framework again") == 1


def test_the_api_refuses_and_compares_again_too(browser: Browser, work: Callable[[], None], call: Any) -> None:
    propose_without_clean_energy(browser, work)
    send(browser, version="2024.3")
    work()
    call.done("POST", "/frameworks/missions/versions/2024.3/acceptance", "edit")
    stale = "/frameworks/missions/versions/2024.2"
    assert call("POST", f"{stale}/acceptance", "edit").status_code == 409
    assert call.done("POST", f"{stale}/comparison", "edit")["state"] == "proposed"
    assert call("POST", f"{stale}/comparison", "edit").status_code == 409
    work()
    assert call.done("POST", f"{stale}/acceptance", "edit")["state"] == "current"


def test_two_that_are_accepted_at_once_leave_one_in_use(browser: Browser, work: Callable[[], None], call: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    propose_without_clean_energy(browser, work)
    send(browser, version="2024.3")
    work()
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(
                lambda name: call("POST", f"/frameworks/missions/versions/{name}/acceptance", "edit").status_code,
                ("2024.2", "2024.3"),
            )
        )
    assert sorted(answers) == [200, 409]
    with reading() as session:
        current = select(FrameworkVersion).where(
            FrameworkVersion.framework == "missions", FrameworkVersion.state == VersionState.current
        )
        assert len(session.exec(current).all()) == 1


def upload(browser: Browser, text: str | bytes) -> Any:
    return browser.send(NEW, "/edit/frameworks/missions/upload", files={"file": ("missions.yaml", text)})


def test_a_text_is_taken_away_changed_and_uploaded(browser: Browser, work: Callable[[], None]) -> None:
    taken = browser.get(f"{path('2024.1')}/text")
    assert taken.text == SOURCE
    assert 'filename="missions-2024.1.yaml"' in taken.headers["content-disposition"]
    answer = upload(browser, SOURCE.replace('"2024.1"', '"2025.1"'))
    assert answer.headers["location"] == path("2025.1")
    work()
    told = words(browser.get(path("2025.1")).text)
    assert "3 themes keep their place." in told
    assert "No theme changes its place." in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "A framework starts with"),
        ("entries: [", "This is not YAML: look at line"),
        ("[" * 5000, "This is not YAML"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        ("id: other\nversion: 2\n", "its id must be “missions”"),
        ("id: missions\nversion: [1, 2]\n", "Give the version in the file a name"),
        ("id: missions\nversion: 2024.1\n", "There is a version 2024.1 already."),
        ("id: missions\nversion: 3\nentries:\n- id: a/b\n", "Give each entry in the file an id"),
        ("id: missions\nversion: 3\nentries:\n- id: decide\n", "none called “decide”"),
        ("x" * 200_001, "too large"),
    ],
)
def test_a_file_that_is_no_framework_is_turned_down_at_once(browser: Browser, text: str | bytes, told: str) -> None:
    answer = upload(browser, text)
    assert answer.status_code == 422
    assert told in answer.text
    with reading() as session:
        assert len(session.exec(select(FrameworkVersion)).all()) == 2
        assert session.exec(select(Job).where(Job.kind == JobKind.remap)).all() == []


def test_no_file_is_told_of(browser: Browser) -> None:
    answer = browser.send(NEW, "/edit/frameworks/missions/upload")
    assert answer.status_code == 422
    assert "Choose a file to upload." in answer.text


def test_a_text_that_could_not_be_compared_says_what_to_mend(browser: Browser, work: Callable[[], None]) -> None:
    source = yaml.safe_dump(MISSIONS | {"version": "3", "entries": [{"id": "a", "title": "A"}]})
    assert upload(browser, source).status_code == 303
    work()
    page = words(browser.get(path("3")).text)
    assert "It could not be compared" in page
    assert "The entry “a” has no description." in page
    assert "Could not be compared" in words(browser.get("/edit/frameworks").text)
    form = fields(browser.get(f"{NEW}?base=3").text)
    assert (form["title-1"], form["description-1"], form["version"]) == ("A", "", "2024.2")


def test_what_an_editor_decided_of_a_theme_holds_in_the_next_version(
    browser: Browser, work: Callable[[], None]
) -> None:
    theme_id = theme_of("clean_energy")
    decide = f"/edit/missions/decide/{theme_id}"
    browser.send(decide, decide, **{"belongs clean_energy": "no", "belongs streets": "yes"})
    assert send(browser, **{"description-1": "Another description."}).status_code == 303
    work()
    told = words(browser.get(path("2024.2")).text)
    assert "other description" in told
    with reading() as session:
        rows = session.exec(select(ThemeAlignment).where(ThemeAlignment.version_id == version("2024.2").id)).all()
    assert {(row.entry, row.sure) for row in rows if row.theme_id == theme_id} == {("streets", True)}


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    for where in ("/edit/frameworks/none/new", path("0"), f"{path('0')}/text", f"{NEW}?base=0"):
        assert browser.get(where).status_code == 404, where
    for where in (f"{path('0')}/acceptance", "/edit/frameworks/none/new", "/edit/frameworks/none/arrangement"):
        assert browser.send(NEW, where).status_code == 404, where
    assert send(browser, base="0").status_code == 404


@pytest.mark.parametrize("role", [Role.facilitator, Role.reader])
def test_only_editors_change_frameworks(browser: Browser, enter: Callable[..., Account], role: Role) -> None:
    browser.send("/account", "/sign-out")
    assert browser.get("/edit/frameworks").url.path == "/sign-in"
    enter("Rhea", role)
    for where in ("/edit/frameworks", NEW, path("2024.1"), f"{path('2024.1')}/text"):
        assert browser.get(where).status_code == 403, where
    decisions = (f"{path('2024.1')}/{word}" for word in ("acceptance", "rejection", "comparison"))
    for where in (NEW, ARRANGE, "/edit/frameworks/missions/upload", *decisions):
        assert browser.send("/account", where).status_code == 403, where


def test_no_form_is_taken_without_its_proof(browser: Browser) -> None:
    decisions = (f"{path('2024.1')}/{word}" for word in ("acceptance", "rejection", "comparison"))
    for where in (NEW, ARRANGE, "/edit/frameworks/missions/upload", *decisions):
        assert "This form was open for too long" in browser.http.post(where, data={"title": "x"}).text, where


@pytest.mark.parametrize(
    ("name", "taken", "following"),
    [
        ("2024.1", set(), "2024.2"),
        ("2024.1", {"2024.2", "2024.3"}, "2024.4"),
        ("2024.9", set(), "2024.10"),
        ("spring", {"spring"}, "spring.2"),
        ("spring", {"spring.2"}, "spring.3"),
    ],
)
def test_the_next_version_has_the_next_number(name: str, taken: set[str], following: str) -> None:
    assert next_name(name, taken) == following


def test_changes_are_told_one_by_one() -> None:
    one, two = ({"id": key, "title": key.upper(), "description": "D", "milestones": ["M"]} for key in "ab")
    three = {**one, "id": "c", "title": "C"}
    assert changes([one, two], [one, two]) == []
    assert changes([one, two], [two, one]) == ["The order is another one."]
    assert changes([one, two], [one, three]) == ["Added: C.", "Removed: B."]
    assert changes([one], [one | {"title": "Z", "milestones": []}]) == ["“A” is called “Z”.", "Z: other milestones."]


def test_the_link_that_starts_a_version_is_there_with_its_own_versions_only(browser: Browser) -> None:
    with transaction() as session:
        session.add(FrameworkVersion(framework="missions", version="<b>", title="T", source="- 1", by="a key"))
    page = browser.get("/edit/frameworks").text
    assert "<b>" not in page
    assert browser.get(f"{NEW}?base=%3Cb%3E").status_code == 422
