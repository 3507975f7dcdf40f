"""Makes sure that Debian's Chromium is there for the browser tests: `python -m tests.browser.chromium`."""

import os
import shutil
import subprocess
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")


def main() -> None:
    """Installs the package where it is absent and this is root on Debian; else the browser tests say why they skip."""
    if CHROMIUM.exists() or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print("Installing Chromium for the browser tests…", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update"], check=True, **quiet)
    subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], check=True, **quiet)


if __name__ == "__main__":
    main()
