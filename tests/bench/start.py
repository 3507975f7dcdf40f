"""`crosscurrent up` as it is started by hand: how soon it answers, and what its processes hold in memory."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import psutil
from rich.console import Console

from service.client import Client
from service.demo import demonstrate
from tests.bench import house
from tests.bench.corpus import Corpora
from tests.bench.figure import Figure, at_most

TURNS = 3
LONGEST = 120.0


def measure(corpora: Corpora) -> Iterator[Figure]:
    """Seconds until /health answers on a new data folder, the slowest of three; then the samples through it."""
    starts = [_start(corpora, turn)[:2] for turn in range(TURNS - 1)]
    *last, resident = _start(corpora, TURNS - 1, demo=True)
    seconds, busy = max([*starts, tuple(last)])
    shown = at_most(f"`crosscurrent up` to /health, slowest of {TURNS}", seconds, 3, "s")
    yield replace(shown, against=f"of which processor time of the web process: {busy:.2f} s")
    yield at_most("web process, resident, after the samples", resident["web"], 150, "MB")
    yield at_most("worker, peak resident, after the samples", resident["worker"], 1200, "MB")


def _start(corpora: Corpora, turn: int, demo: bool = False) -> tuple[float, float, dict[str, float]]:
    folder, port = corpora.folder / f"up-{turn}", _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | house.QUIET | {"CROSSCURRENT_DATA_DIR": str(folder), "CROSSCURRENT_PORT": str(port)}
    environment.pop("CROSSCURRENT_QUEUE_URL", None)
    started = time.perf_counter()
    command = [sys.executable, "-c", "from service.cli import main; main()", "up"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(address):
            assert process.poll() is None, "crosscurrent up ended by itself"
            assert time.perf_counter() - started < LONGEST, "crosscurrent up does not answer"
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        used = psutil.Process(process.pid).cpu_times()
        busy = used.user + used.system
        if not demo:
            return seconds, busy, {}
        house.move_in(folder, f"unix://{folder / 'valkey' / 'unused'}")
        demonstrate(Client(address, house.key()), Console(quiet=True))
        children = psutil.Process(process.pid).children()
        worker = next(child for child in children if "workers" in child.cmdline())
        return seconds, busy, {"web": house.resident(process.pid), "worker": house.peak(worker.pid)}
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
