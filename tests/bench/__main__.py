"""Measures speed and memory, each beside what it is compared with in the same run: python -m tests.bench."""

import argparse
import importlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

GROUPS = ("start", "encoding", "cost", "straightforward", "memory", "soak", "pages")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a row a figure as soon as it is there; 1 where one misses its target, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=GROUPS, metavar="NAME", help=f"one group: {', '.join(GROUPS)}")
    only = parser.parse_args(arguments).only
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # As many threads as processors fight each other as soon as anything else runs.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from tests.bench import house
    from tests.bench.corpus import Corpora
    from tests.bench.figure import heading

    print(heading(), flush=True)
    missed = 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, house.valkey(Path(folder) / "queue") as queue_url:
        corpora = Corpora(Path(folder), queue_url)
        start = perf_counter()
        for group in [only] if only else GROUPS:
            for figure in importlib.import_module(f"tests.bench.{group}").measure(corpora):
                print(figure.row(perf_counter() - start), flush=True)
                start = perf_counter()
                missed += figure.met is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
