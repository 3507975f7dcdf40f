"""The demonstration as a new user runs it, and a real browser to look at it with."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import CHROMIUM

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LONGEST = 500.0
CROSSCURRENT = Path(sys.executable).with_name("crosscurrent")
PASSWORD = "heron lantern gravel"
PATIENCE = 90_000
"""Milliseconds in which a worker reads, redacts and themes a note."""


@dataclass
class Demo:
    """A running demonstration: where its digest is, what it printed, its process and its data folder."""

    digest: str
    printed: str
    process: subprocess.Popen[str]
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    environment = {
        **os.environ,
        "CROSSCURRENT_DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "CROSSCURRENT_PORT": str(free_port()),
        "COLUMNS": "200",
    }
    process = subprocess.Popen(
        [CROSSCURRENT, "demo"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True).start()
    end = time.monotonic() + LONGEST
    while not any("The digest: http" in line for line in lines):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.fail(f"The demonstration ended with {process.poll()}:\n{''.join(lines)}")
        time.sleep(0.2)
    digest = next(line for line in lines if "The digest: http" in line).split("The digest: ")[1].strip()
    yield Demo(digest, "".join(lines), process, environment)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0, "".join(lines)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    folder = Path("test-artefacts")
    folder.mkdir(exist_ok=True)
    return folder


def join(page: Page, demo: Demo, name: str, role: str) -> None:
    """Invites somebody, and takes up the invitation by keyboard."""
    command = [CROSSCURRENT, "account", "invite", name, f"{name.lower()}@example.org", "--role", role]
    link = subprocess.run(command, env=demo.environment, capture_output=True, text=True, check=True).stdout.strip()
    page.goto(link)
    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=name)).to_be_visible()


def check(page: Page, name: str) -> None:
    """No barrier that axe finds, nothing to scroll sideways for at 200 % or on a phone; and pictures to look at."""
    found = Axe().run(page, options={}).response
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == [], name
    page.screenshot(path=f"test-artefacts/{name}.png", full_page=True)
    whole = page.viewport_size
    # At 200 % a window of 1,280 pixels has room for 640.
    page.set_viewport_size({"width": 640, "height": 400})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640, name
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    page.screenshot(path=f"test-artefacts/{name}-phone.png", full_page=True)
    page.set_viewport_size(whole or {"width": 1280, "height": 720})


def settle(demo: Demo) -> None:
    """Waits until the worker has done all that earlier tests gave it, so that nothing changes under the next one."""
    end = time.monotonic() + PATIENCE / 1000
    while True:
        command = [CROSSCURRENT, "status"]
        told = subprocess.run(command, env=demo.environment, capture_output=True, text=True, check=True).stdout
        if not re.search(r"queued|running|points\W+waiting", told):
            return
        assert time.monotonic() < end, told
        time.sleep(1)
