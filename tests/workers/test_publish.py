"""Digests from draft to publication and back: counts borne out, nothing invented let through, withdrawals followed."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pdfplumber
import pytest
from sqlmodel import col, select

from models import withdrawal
from models.digest import Digest, Edition
from models.framework import ThemeAlignment
from models.note import Note
from models.point import Point, PointState
from models.store import reading, transaction
from models.theme import Theme
from tests.workers import test_discover as discovery

PERIOD = {"title": "Coast and country", "period_start": "2026-01-01", "period_end": "2026-12-31"}


@pytest.fixture
def draft(library: Any, call: Any, work: Callable[[], None]) -> dict[str, Any]:
    made = call.done("POST", "/digests", "edit", json=PERIOD)
    assert made["state"] == "drafting"
    work()
    found: dict[str, Any] = call.done("GET", f"/digests/{made['id']}")
    assert (found["state"], found["problems"]) == ("draft", [])
    return found


@pytest.fixture
def publish(call: Any, work: Callable[[], None]) -> Callable[[str], dict[str, Any]]:
    def carry(digest_id: str) -> dict[str, Any]:
        call.done("POST", f"/digests/{digest_id}/approval", "edit")
        call.done("POST", f"/digests/{digest_id}/publication", "edit")
        work()
        found: dict[str, Any] = call.done("GET", f"/digests/{digest_id}")
        return found

    return carry


def taken_away(call: Any, digest_id: str) -> str:
    """The words of a digest's PDF and of its Word document."""
    word = docx.Document(BytesIO(call.http.get(f"/digests/{digest_id}.docx").content))
    with pdfplumber.open(BytesIO(call.http.get(f"/digests/{digest_id}.pdf").content)) as paper:
        pages = [page.extract_text().replace("\n", " ") for page in paper.pages]
    return "\n".join([*pages, *(paragraph.text for paragraph in word.paragraphs)])


def test_a_digest_cites_points_and_accounts_for_all_of_them(
    draft: dict[str, Any], publish: Callable[[str], dict[str, Any]], call: Any
) -> None:
    published = publish(draft["id"])
    assert (published["state"], len(published["editions"])) == ("published", 1)
    told = [row for row in published["sentences"] if row["theme"]]
    assert told
    assert all(row["points"] for row in told)
    shown = {point["id"] for point in call.done("GET", "/points?limit=200", "read")}
    assert {point for row in told for point in row["points"]} <= shown
    page = call.done("GET", "/themes", "read")
    assert page["themed"] + page["unthemed"] + page["withheld"] + page["withdrawn"] == page["points"]
    with reading() as session:
        states = Counter(point.state for point in session.exec(select(Point)))
    assert page["points"] == states.total()
    assert page["themed"] + page["withheld"] == states[PointState.themed]


def test_an_edition_can_be_checked_by_its_hash(
    draft: dict[str, Any], publish: Callable[[str], dict[str, Any]], call: Any
) -> None:
    publish(draft["id"])
    edition = call.done("GET", f"/digests/{draft['id']}/editions/1", "read")
    text = json.dumps(edition["briefing"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == edition["sha256"]
    cited = {point for row in draft["sentences"] for point in row["points"]}
    assert {row["id"] for row in edition["briefing"]["evidence"]} >= cited & {
        row["id"] for row in edition["briefing"]["evidence"]
    }
    assert "Ottoline" not in json.dumps(edition)


@pytest.mark.parametrize(
    "text",
    [
        "Forty-one of 52 events raised this.",
        "Ministers have promised to abolish the harbour dues by 2031.",
        "Every charity in the country agrees that grid connections are quick.",
    ],
)
def test_what_the_points_do_not_bear_out_is_not_published(
    draft: dict[str, Any], call: Any, work: Callable[[], None], text: str
) -> None:
    row = next(row for row in draft["sentences"] if row["theme"] and row["points"])
    path = f"/digests/{draft['id']}/sentences/{row['number']}"
    call.done("PUT", path, "edit", json={"text": text, "points": row["points"]})
    work()
    found = call.done("GET", f"/digests/{draft['id']}")
    assert [problem["text"] for problem in found["problems"]] == [text]
    assert found["problems"][0]["reasons"]
    refused = call("POST", f"/digests/{draft['id']}/approval", "edit")
    assert (refused.status_code, refused.json()["code"]) == (409, "ungrounded")
    assert call("GET", f"/digests/{draft['id']}", "read").status_code == 404


def test_an_edit_that_the_points_bear_out_is_published_in_the_editors_words(
    draft: dict[str, Any], call: Any, work: Callable[[], None], publish: Callable[[str], dict[str, Any]]
) -> None:
    points = {point["id"]: point["text"] for point in call.done("GET", "/points?limit=200")}
    row = next(row for row in draft["sentences"] if row["theme"] and len(row["points"]) == 1)
    words = points[row["points"][0]]
    path = f"/digests/{draft['id']}/sentences/{row['number']}"
    call.done("PUT", path, "edit", json={"text": words, "points": row["points"]})
    work()
    published = publish(draft["id"])
    assert published["state"] == "published"
    assert words in [row["text"] for row in published["sentences"]]


def test_what_changed_after_approval_is_seen_at_publication(
    draft: dict[str, Any], publish: Callable[[str], dict[str, Any]]
) -> None:
    cited = [point for row in draft["sentences"] if row["theme"] for point in row["points"]]
    with transaction() as session:
        row = session.get_one(Point, cited[0])
        session.exec(select(ThemeAlignment).where(col(ThemeAlignment.justified_by) == row.id))
        row.state, row.theme_id = PointState.unthemed, None
    found = publish(draft["id"])
    assert found["state"] == "draft"
    assert found["problems"]
    assert found["editions"] == []


def test_a_withdrawn_note_leaves_every_way_out_and_a_corrected_edition_follows(
    draft: dict[str, Any],
    publish: Callable[[str], dict[str, Any]],
    call: Any,
    work: Callable[[], None],
    library: Any,
) -> None:
    publish(draft["id"])
    note = library.notes["harbour"]
    words = [point["text"] for point in call.done("GET", f"/notes/{note}/points")]
    call.done("POST", f"/notes/{note}/withdrawal", "facilitate")
    gone = call("GET", f"/digests/{draft['id']}/editions/1", "read")
    assert (gone.status_code, gone.json()["code"]) == (410, "gone")
    assert {call.http.get(f"/digests/{draft['id']}.{form}").status_code for form in ("md", "pdf", "docx")} == {404}
    work()
    again = call.done("GET", f"/digests/{draft['id']}")
    assert again["state"] == "draft"
    corrected = publish(draft["id"])
    assert corrected["state"] == "corrected"
    assert [row["number"] for row in corrected["editions"]] == [1, 2]
    told = json.dumps(
        [
            call.done("GET", "/themes", "read"),
            call.done("GET", "/points?limit=200", "read"),
            call.done("GET", f"/digests/{draft['id']}", "read"),
            call.done("GET", f"/digests/{draft['id']}/editions/2", "read"),
            call.http.get(f"/digests/{draft['id']}").text,
            call.http.get(f"/digests/{draft['id']}.md").text,
            taken_away(call, draft["id"]),
        ],
        ensure_ascii=False,
    )
    assert not [text for text in words if text in told]
    with reading() as session:
        states = Counter(point.state for point in session.exec(select(Point).where(Point.note_id == note)))
        assert set(states) == {PointState.withdrawn}
        assert session.get_one(Note, note).redacted is None
    assert call.done("GET", "/themes")["withdrawn"] == states.total()


def test_point_that_no_sentence_cites_leaves_what_a_digest_was_made_of(draft: dict[str, Any]) -> None:
    with transaction() as session:
        digest = session.get_one(Digest, draft["id"])
        digest.briefing = {"opening": []}
        point = (digest.facts or {})["themes"][0]["points"][0]
    words, point_id = point["text"], point["id"]
    with transaction() as session:
        withdrawal.erase(session, [session.get_one(Point, point_id)])
        assert withdrawal.recall(session, {point_id}) == []
    with reading() as session:
        digest = session.get_one(Digest, draft["id"])
        assert words not in json.dumps(digest.facts, ensure_ascii=False)
        assert (digest.facts or {})["themes"][0]["points"]
        assert digest.briefing == {"opening": []}


def test_the_same_points_make_the_same_digest(draft: dict[str, Any], call: Any, work: Callable[[], None]) -> None:
    call.done("POST", f"/digests/{draft['id']}/redraft", "edit")
    work()
    again = call.done("GET", f"/digests/{draft['id']}")
    assert again["sentences"] == draft["sentences"]
    assert again["markdown"] == draft["markdown"]


def test_the_next_digest_says_what_is_new_since_the_last(
    library: Any, call: Any, work: Callable[[], None], publish: Callable[[str], dict[str, Any]]
) -> None:
    halves = ({"period_end": "2026-03-31"}, {"period_start": "2026-01-01", "period_end": "2026-12-31"})
    found = []
    for half in halves:
        made = call.done("POST", "/digests", "edit", json=PERIOD | half)["id"]
        work()
        found.append(publish(made))
    with reading() as session:
        facts = [session.get_one(Digest, row["id"]).facts for row in found]
    assert facts[0]["previous"] is None
    assert facts[1]["previous"]["date"] == "2026-03-31"
    told = {theme["id"] for theme in facts[0]["themes"]}
    assert told
    for theme in facts[1]["themes"]:
        assert (theme["change"] == "new") == (theme["id"] not in told or theme["state"] == "emerging")


def test_a_theme_that_readers_have_seen_keeps_its_name(
    draft: dict[str, Any], publish: Callable[[str], dict[str, Any]], library: Any
) -> None:
    publish(draft["id"])
    with reading() as session:
        edition = session.exec(select(Edition)).one()
        shown = {row["theme"] for row in edition.briefing["evidence"]}
        themes = session.exec(select(Theme).where(col(Theme.id).in_(shown))).all()
    assert shown
    assert all(theme.published_at for theme in themes)


def test_digest_of_one_mission_is_borne_out_and_published(library: Any, call: Any, work: Callable[[], None]) -> None:
    digest = discovery.publish(call, work, mission="clean_energy")
    told = call.done("GET", f"/digests/{digest}")["sentences"]
    assert told[0]["text"] == "This briefing is limited to the mission ‘Make Britain a clean energy superpower’."
