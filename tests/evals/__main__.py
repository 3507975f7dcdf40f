"""Measures every stage on labelled sets beside its baselines: python -m tests.evals --data FOLDER."""

import argparse
import importlib
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from tests.evals.figure import Figure, heading
from tests.evals.sets import Sets

GROUPS = (
    *(
        "speed",
        "people",
        "restraint",
        "identifiers",
        "combinations",
        "points",
        "missions",
        "stance",
        "assignment",
        "grounding",
    ),
    *("themes", "rooms", "growth", "summary", "evidence"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a figure as soon as it is there; 2 where --only names nothing, else 0."""
    options = _options(arguments)
    # The models come with the packages; nothing may be fetched.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    groups = [group for group in GROUPS if options.only in (None, group)] or list(GROUPS)
    wanted = None if options.only in GROUPS else options.only
    print(heading(), flush=True)
    figures: list[Figure] = []
    absent: dict[str, None] = {}
    is_known = wanted is None
    for group in groups:
        for name, measure in importlib.import_module(f"tests.evals.{group}").MEASURES.items():
            if wanted not in (None, name):
                continue
            is_known = True
            if not options.sets.has(name):
                absent[name] = None
                continue
            for figure in _printed(measure(options.sets)):
                figures.append(figure)
                _save(options.json, figures, list(absent))
    for name in absent:
        print(f"{name}: absent, skipped", flush=True)
    _save(options.json, figures, list(absent))
    if not is_known:
        print(f"There is no group and no set called {options.only}. Groups: {', '.join(GROUPS)}.", file=sys.stderr)
    return 0 if is_known else 2


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets, each with its dev.jsonl")
    parser.add_argument("--only", metavar="NAME", help="one group of measures, or one set")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as JSON too")
    parser.add_argument("--full", action="store_true", help="every row of every set, however long it takes")
    options = parser.parse_args(arguments)
    options.sets = Sets(options.data, options.full)
    return options


def _printed(figures: Iterator[Figure]) -> Iterator[Figure]:
    for figure in figures:
        print(figure.line(), flush=True)
        yield figure


def _save(path: Path | None, figures: Sequence[Figure], absent: Sequence[str]) -> None:
    if path:
        content = {"figures": [figure.content() for figure in figures], "absent": absent}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
