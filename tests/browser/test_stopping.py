"""Stopping the demonstration and running it once more; by its name the last file here, for the others need it."""

import subprocess

from tests.browser.conftest import CROSSCURRENT, Demo


def test_second_run_uses_what_is_there_and_ctrl_c_stops_all(demo: Demo) -> None:
    first = demo.process
    first.send_signal(2)
    assert first.wait(40) == 0
    again = subprocess.run(
        [CROSSCURRENT, "demo", "--exit"], env=demo.environment, capture_output=True, text=True, timeout=120
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "published already" in again.stdout
    assert demo.digest in again.stdout
    left = subprocess.run(["pgrep", "-f", demo.environment["CROSSCURRENT_DATA_DIR"]], capture_output=True, text=True)
    assert left.stdout == ""
