"""Themes, points, frameworks, jobs and status as consumers pull them."""

from typing import Any

from sqlmodel import func, select

from models.campaign import Event
from models.point import Point
from models.store import reading, transaction
from models.theme import Theme, ThemeState


def test_themes_come_widest_first_with_missions_that_name_their_point(library: Any, call: Any) -> None:
    page = call.done("GET", "/themes", "read")
    themes = page["themes"]
    assert themes
    assert [theme["events"] for theme in themes] == sorted((theme["events"] for theme in themes), reverse=True)
    assert all(2 <= theme["events"] <= theme["events_total"] == 3 for theme in themes)
    grid = next(theme for theme in themes if "grid" in " ".join([theme["title"], *theme["keywords"]]).lower())
    assert call.done("GET", f"/themes/{grid['id']}", "read") == grid
    energy = next(row for row in grid["alignments"] if row["entry"] == "clean_energy")
    points = {point["id"]: point for point in call.done("GET", f"/themes/{grid['id']}/points", "read")}
    assert energy["sure"]
    assert energy["justified_by"] in points
    assert grid in call.done("GET", "/themes?mission=clean_energy", "read")["themes"]
    assert len(points) == grid["points"]


def test_themes_are_paged_and_narrowed(library: Any, call: Any) -> None:
    everything = call.done("GET", "/themes", "read")["themes"]
    paged = [call.done("GET", f"/themes?limit=1&offset={place}", "read")["themes"] for place in range(len(everything))]
    assert [theme for page in paged for theme in page] == everything
    assert call.done("GET", "/themes?since=2027-01-01", "read")["points"] == 0
    narrowed = call.done("GET", "/themes?until=2026-03-31", "read")
    assert 0 < narrowed["points"] < call.done("GET", "/themes", "read")["points"]
    assert call.done("GET", "/themes?mission=nowhere", "read")["themes"] == []


def test_a_theme_of_one_event_is_nowhere_to_be_seen(library: Any, call: Any) -> None:
    with transaction() as session:
        shown = {theme["id"] for theme in call.done("GET", "/themes", "read")["themes"]}
        theme = session.exec(select(Theme).where(Theme.id.in_(shown)).order_by(Theme.id)).first()  # type: ignore[attr-defined]
        event = session.exec(select(Event.id).order_by(Event.id)).first()
        for point in session.exec(select(Point).where(Point.theme_id == theme.id, Point.event_id != event)):
            point.theme_id, point.state = None, "unthemed"
        session.flush()
        left = len(session.exec(select(Point).where(Point.theme_id == theme.id)).all())
        theme_id = theme.id
    for path in ("", "/points", "/lineage"):
        assert call("GET", f"/themes/{theme_id}{path}", "read").status_code == 404
    page = call.done("GET", "/themes", "read")
    assert theme_id not in {theme["id"] for theme in page["themes"]}
    assert theme_id not in {point["theme_id"] for point in call.done("GET", "/points", "read")}
    assert page["withheld"] >= left


def test_a_merged_theme_leads_to_the_one_that_took_its_place(library: Any, call: Any) -> None:
    with transaction() as session:
        heir = call.done("GET", "/themes", "read")["themes"][0]["id"]
        old = Theme(title="Old", description="", centroid=b"", state=ThemeState.retired, merged_into=heir)
        session.add(old)
        session.flush()
        old_id = old.id
    answer = call("GET", f"/themes/{old_id}", "read")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/v1/themes/{heir}")


def test_points_hold_no_surrogate_that_could_be_followed(library: Any, call: Any) -> None:
    points = call.done("GET", "/points?limit=200", "read")
    assert points
    assert not any("[Person" in point["text"] or "organisation 1]" in point["text"] for point in points)


def test_frameworks_are_told_with_their_entries(library: Any, call: Any) -> None:
    frameworks = {row["framework"]: row for row in call.done("GET", "/frameworks", "read")}
    assert set(frameworks) == {"missions", "collaboration"}
    assert len(frameworks["missions"]["entries"]) == 5
    assert all(entry["milestones"] for entry in frameworks["missions"]["entries"])
    version = frameworks["missions"]["version"]
    assert call.done("GET", f"/frameworks/missions/versions/{version}", "read") == frameworks["missions"]


def test_jobs_and_status_add_up(library: Any, call: Any) -> None:
    status = call.done("GET", "/status", "read")
    assert status["notes"] == {"themed": 4}
    with reading() as session:
        assert status["points"] == {"examined": session.exec(select(func.count()).select_from(Point)).one()}
    jobs = call.done("GET", "/jobs", "facilitate")
    assert status["jobs"] == {"done": len(jobs)}
    assert call.done("GET", f"/jobs/{jobs[0]['id']}", "facilitate") == jobs[0]
    assert {row["kind"] for row in jobs} == {"ingest", "discover"}
    assert call.done("GET", "/jobs?state=failed", "facilitate") == []
