"""The wordings of the briefing and the prompts of the optional writer, each a Markdown file with front matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml
from jinja2 import StrictUndefined
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

Folder = Literal["sentences", "writer"]
HERE = Path(__file__).parent
FENCE = "---\n"


@dataclass(frozen=True)
class Prompt:
    """One file: its name, version, the variables that it needs and its forms, which say the same in other words."""

    name: str
    version: int
    variables: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def reference(self) -> str:
        """The name with its version, as a sentence carries it."""
        return f"{self.name}@{self.version}"

    def render(self, values: Mapping[str, object], form: int = 0) -> str:
        """One form with its values filled in; forms are taken in turn. Raises ValueError when a value is missing."""
        absent = [name for name in self.variables if name not in values]
        if absent:
            raise ValueError(f"{self.reference} needs {listed(absent)}.")
        return _environment().from_string(self.forms[form % len(self.forms)]).render(values).strip()


@lru_cache
def load(folder: Folder) -> Mapping[str, Prompt]:
    """Every file of a folder by its name; raises ValueError naming the file that is not well formed."""
    found = [_read(path, split=folder == "sentences") for path in sorted((HERE / folder).glob("*.md"))]
    return MappingProxyType({prompt.name: prompt for prompt in found})


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "one event", "7 events"."""
    return f"one {one}" if number == 1 else f"{number:,} {many or one + 's'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """The items as English lists them: "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def raised(text: str) -> str:
    """The text with a capital at its start and nothing else changed."""
    return text[:1].upper() + text[1:]


@lru_cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters.update(counted=counted, listed=listed, raised=raised)
    return environment


def _read(path: Path, *, split: bool) -> Prompt:
    text = path.read_text(encoding="utf-8")
    parts = text.split(FENCE, 2)
    if not text.startswith(FENCE) or len(parts) < 3:
        raise ValueError(f"{path.name} needs front matter between two lines of three hyphens.")
    front = yaml.safe_load(parts[1])
    if not isinstance(front, dict) or set(front) != {"name", "version", "variables"}:
        raise ValueError(f"The front matter of {path.name} holds name, version and variables, and nothing else.")
    forms = _paragraphs(parts[2]) if split else (parts[2].strip(),)
    prompt = Prompt(str(front["name"]), int(front["version"]), tuple(map(str, front["variables"] or ())), forms)
    _check(prompt, path)
    return prompt


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _check(prompt: Prompt, path: Path) -> None:
    if prompt.name != path.stem or not prompt.forms or not all(prompt.forms):
        raise ValueError(f"{path.name} needs its own file name as name, and a text.")
    used = set().union(*(find_undeclared_variables(_environment().parse(form)) for form in prompt.forms))
    if used != set(prompt.variables):
        raise ValueError(f"{path.name} uses {sorted(used)} but declares {sorted(prompt.variables)}.")
