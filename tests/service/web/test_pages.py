"""What a reader meets: the themes of the latest digest, a theme through its digests, and what is there no more."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from models.digest import Digest, DigestState, Edition
from models.store import now, transaction
from models.theme import Theme, ThemeState

LATER = {"period_start": "2026-04-01", "period_end": "2026-06-30", "title": "What leaders said next"}


def published(edition: Edition, **changes: Any) -> Edition:
    """Another digest with an edition of the same words but for some, published."""
    briefing = deepcopy(edition.briefing) | changes
    start, end = (date.fromisoformat(briefing[name]) for name in ("period_start", "period_end"))
    digest = Digest(
        title=briefing["title"],
        period_start=start,
        period_end=end,
        state=DigestState.published,
        created_by="an editor",
    )
    with transaction() as session:
        session.add(digest)
        session.flush()
        words = {"sha256": edition.sha256, "markdown": edition.markdown, "published_by": edition.published_by}
        made = Edition(digest_id=digest.id, number=1, briefing=briefing, **words)
        session.add(made)
    return made


@pytest.fixture
def two(edition: Edition, database: str) -> tuple[Edition, Edition]:
    """Two digests on one theme, the later period published first."""
    missions = deepcopy(edition.briefing["missions"])
    missions[0]["themes"][0]["state"] = "fading"
    later = published(edition, **LATER, missions=missions)
    return published(edition), later


def test_home_leads_with_the_latest_period(two: tuple[Edition, Edition], call: Any) -> None:
    page = call.http.get("/").text
    earlier, later = two
    assert page.index(f"/digests/{later.digest_id}") < page.index(f"/digests/{earlier.digest_id}")
    assert 'href="/themes/theme_1"' in page
    assert "fading" in page
    assert "rising" not in page


def test_a_theme_is_told_through_its_digests(two: tuple[Edition, Edition], call: Any) -> None:
    page = call.http.get("/themes/theme_1").text
    earlier, later = two
    assert page.index(f"/digests/{later.digest_id}#theme_1") < page.index(f"/digests/{earlier.digest_id}#theme_1")
    assert "The 2 points behind this theme" in page
    assert "OFFICIAL-SENSITIVE" in page
    assert "&lt;w:p&gt;" in page


def test_what_was_withdrawn_is_told_nowhere(two: tuple[Edition, Edition], call: Any) -> None:
    for gone in two:
        assert gone.digest_id in call.http.get("/").text
        with transaction() as session:
            row = session.get_one(Edition, gone.id)
            row.withdrawn_at, row.briefing, row.markdown = now(), {}, ""
        assert gone.digest_id not in call.http.get("/").text + call.http.get("/themes/theme_1").text
    assert call.http.get("/themes/theme_1").status_code == 404
    assert "No digest has been published yet" in call.http.get("/").text


def test_an_older_edition_does_not_come_back_when_the_newest_is_withdrawn(
    two: tuple[Edition, Edition], call: Any
) -> None:
    earlier = two[0]
    with transaction() as session:
        correction = Edition(
            digest_id=earlier.digest_id, number=2, sha256="", briefing={}, markdown="", published_by="x"
        )
        correction.withdrawn_at = now()
        session.add(correction)
    assert earlier.digest_id not in call.http.get("/").text
    assert call.http.get(f"/digests/{earlier.digest_id}").status_code == 404


def test_a_merged_theme_leads_on_and_an_unknown_one_is_absent(two: tuple[Edition, Edition], call: Any) -> None:
    with transaction() as session:
        heir = Theme(id="theme_1", title="Grid connections", description="", centroid=b"")
        session.add(heir)
        session.flush()
        merged = Theme(title="Old", description="", centroid=b"", state=ThemeState.retired, merged_into=heir.id)
        session.add(merged)
    answer = call.http.get(f"/themes/{merged.id}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "/themes/theme_1")
    assert call.http.get("/themes/theme_none").status_code == 404
