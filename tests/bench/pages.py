"""How long the pages take on the samples and 1,000 events more, each beside a bare page of the same app."""

import re
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from sqlmodel import select
from starlette.testclient import TestClient

from models import account
from models.account import Role
from models.campaign import Event
from models.digest import Edition
from models.store import reading, transaction
from service.app import create_app
from service.web.render import SIGN_IN
from tests.bench import house
from tests.bench.corpus import Corpora
from tests.bench.figure import Figure, at_most, grows

NOTES = 2024
"""The 24 samples and 2,000 more, two of them an event."""
TURNS = 25
MOST = 4.0
WHOLE = 100
"""The most kilobytes of a page without its charts."""
CHART = re.compile("<figure.*?</figure>", re.DOTALL)
BARE = "/account"
TITLE, PERIOD = "What leaders said", {"period_start": "2026-01-01", "period_end": "2026-03-31"}


def measure(corpora: Corpora) -> Iterator[Figure]:
    """The median of each page's time, as often as the bare page is asked for, turn and turn about."""
    corpora.of(NOTES)
    house.move_in(corpora.folder / str(NOTES), corpora.queue_url)
    digest = _publish()
    with TestClient(create_app(), "http://localhost") as http:
        http.cookies.set(SIGN_IN, _signed_in())
        for path in _paths(digest):
            whole = len(CHART.sub("", http.get(path).text).encode()) / 1024
            bare, page = _times(http, path)
            words = f"{page * 1000:.1f} ms"
            yield grows(f"page {_plain(path)}", words, f"{BARE}: {bare * 1000:.1f} ms", page / bare, MOST)
            yield at_most(f"page {_plain(path)}, without charts", whole, WHOLE, "kB")


def _publish() -> str:
    service = house.client()
    digest = str(service.post("/digests", {"title": TITLE, **PERIOD})["id"])
    for step in ("approval", "publication"):
        house.do_due_jobs()
        service.post(f"/digests/{digest}/{step}")
    house.do_due_jobs()
    return digest


def _signed_in() -> str:
    """The secret of the cookie of an administrator, who may open every page."""
    with transaction() as session:
        person, _ = account.invite(session, "Bench", "bench@example.org", Role.administrator)
        return account.sign_in(session, person)


def _times(http: TestClient, path: str) -> tuple[float, float]:
    seconds: dict[str, list[float]] = {BARE: [], path: []}
    for _ in range(TURNS):
        for asked, taken in seconds.items():
            start = perf_counter()
            assert http.get(asked).is_success, asked
            taken.append(perf_counter() - start)
    return median(seconds[BARE]), median(seconds[path])


def _paths(digest: str) -> list[str]:
    with reading() as session:
        told = session.exec(select(Edition).where(Edition.digest_id == digest)).one().briefing["missions"]
        event = session.exec(select(Event.id)).first()
    theme = told[0]["themes"][0]["id"]
    return [
        "/",
        f"/digests/{digest}",
        f"/themes/{theme}",
        "/digests",
        "/search",
        "/desk",
        f"/desk/events/{event}",
        "/edit/themes",
        f"/edit/themes/{theme}",
        "/edit/themes/unthemed",
        "/edit/missions",
        "/edit/missions/decide",
        "/edit/frameworks",
        "/edit/digests",
        f"/edit/digests/{digest}",
        f"/edit/digests/{digest}/withheld",
        "/people",
        "/audit",
    ]


def _plain(path: str) -> str:
    return "/".join(part if "_" not in part else "…" for part in path.split("/"))
