"""Word lists that ship with the package: names, places, public bodies, roles; each file's head names its source."""

from functools import cache
from importlib.resources import files

import yaml


@cache
def words(name: str) -> frozenset[str]:
    """The entries of gazetteers/NAME.txt: lower case, one a line, comments left out."""
    lines = files(__name__).joinpath(f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(entry for line in lines if (entry := line.strip()) and not entry.startswith("#"))


@cache
def sector_words() -> dict[str, frozenset[str]]:
    """The words in an organisation's name that tell its sector: sector → words, and "any" for those that don't tell."""
    source = files(__name__).joinpath("sectors.yaml").read_text("utf-8")
    return {sector: frozenset(map(str, entries)) for sector, entries in yaml.safe_load(source).items()}
