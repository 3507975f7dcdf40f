"""pip install with one line of progress instead of hundreds: python .ci/install.py PIP-ARGUMENT…"""

import re
import subprocess
import sys
from pathlib import Path

WIDTH = 30
KEPT = 40
PIP = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]


def packages(arguments: list[str]) -> int:
    """How many packages the lock files among the arguments name, or else the arguments themselves."""
    locks = [Path(argument).read_text("utf-8") for argument in arguments if argument.endswith(".lock")]
    return sum(len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE)) for lock in locks) or 1


def main(arguments: list[str]) -> int:
    """Installs; draws the bar on a terminal only, and prints what pip said only where it failed."""
    total, got, said = packages(arguments), 0, []
    pip = subprocess.Popen([*PIP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in pip.stdout or ():
        said.append(line)
        got = min(total, got + line.startswith(("Collecting ", "Processing ", "Requirement already ")))
        step = "installing" if line.startswith("Installing collected") else "downloading"
        if sys.stdout.isatty():
            bar = "━" * (WIDTH * got // total)
            print(f"\r  {bar:<{WIDTH}} {got}/{total} {step:<12}", end="", flush=True)
    failed = pip.wait()
    if sys.stdout.isatty():
        print()
    if failed:
        print("".join(said[-KEPT:]), file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
