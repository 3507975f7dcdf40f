"""The form of a framework: made of a version's text, changed without scripts, and made into a text again."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from starlette.datastructures import FormData

from models.errors import Invalid
from models.framework import FrameworkVersion
from service.web.person import field

LONGEST = 200_000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
KEY = re.compile(r"[A-Za-z0-9_]{1,60}")
TAKEN = {"decide"}
"""No entry is called like a page beside the entries' own."""


@dataclass(frozen=True)
class EntryForm:
    """One entry as it stands in the form; a new one has no id yet."""

    id: str = ""
    title: str = ""
    description: str = ""
    milestones: str = ""


@dataclass(frozen=True)
class FrameworkForm:
    """A framework as it stands in the form, and the version whose text it goes back to."""

    base: str
    version: str
    title: str
    entries: tuple[EntryForm, ...]


def form_of(row: FrameworkVersion, version: str) -> FrameworkForm:
    """The form of a version's text, under a new name; raises Invalid where the text is none."""
    content = _content(row.source)
    entries = content.get("entries")
    held = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return FrameworkForm(row.version, version, _plain(content.get("title")), tuple(_entry(entry) for entry in held))


def sent_form(fields: FormData) -> FrameworkForm:
    """The form as somebody sent it."""
    entries: list[EntryForm] = []
    while f"title-{len(entries) + 1}" in fields:
        number = len(entries) + 1
        names = ("id", "title", "description", "milestones")
        entries.append(EntryForm(*(field(fields, f"{name}-{number}") for name in names)))
    return FrameworkForm(field(fields, "base"), field(fields, "version"), field(fields, "title"), tuple(entries))


def arranged(form: FrameworkForm, wish: str) -> FrameworkForm:
    """The form with an entry added, taken out or moved by one place; anything else leaves it as it is."""
    entries = list(form.entries)
    act, _, number = wish.partition(" ")
    place = int(number) - 1 if number.isdecimal() else -1
    if act == "add":
        entries.append(EntryForm())
    elif act == "remove" and 0 <= place < len(entries):
        entries.pop(place)
    elif act == "up" and 0 < place < len(entries):
        entries.insert(place - 1, entries.pop(place))
    elif act == "down" and 0 <= place < len(entries) - 1:
        entries.insert(place + 1, entries.pop(place))
    return replace(form, entries=tuple(entries))


def faults(form: FrameworkForm, taken: Collection[str]) -> dict[str, str]:
    """What is missing, by field, in words that tell what to do."""
    errors = {}
    if not NAME.fullmatch(form.version):
        errors["version"] = "Enter a name for the version in letters, digits, dots and hyphens, such as 2025.1."
    elif form.version in taken:
        errors["version"] = "There is a version of this name already. Enter the next one."
    if not form.title:
        errors["title"] = "Enter what the whole list is called."
    if not form.entries:
        errors["add"] = "Add at least one entry."
    for number, entry in enumerate(form.entries, 1):
        if not entry.title:
            errors[f"title-{number}"] = f"Enter a title for number {number}, or remove it."
        if not entry.description:
            errors[f"description-{number}"] = f"Describe number {number} in one sentence."
    return errors


def text_of(form: FrameworkForm, base: FrameworkVersion) -> str:
    """The YAML of a form; whatever the base holds besides, such as further words of an entry, stays."""
    content = _content(base.source)
    known = {str(entry.get("id")): entry for entry in content.get("entries", []) if isinstance(entry, dict)}
    used = {*known, *TAKEN}
    entries = []
    for entry in form.entries:
        key = entry.id if entry.id in known else _key(entry.title, used)
        used.add(key)
        milestones = [" ".join(line.split()) for line in entry.milestones.splitlines() if line.strip()]
        shown = {"id": key, "title": entry.title, "description": " ".join(entry.description.split())}
        entries.append({**known.get(key, {}), **shown, "milestones": milestones})
    changed = {**content, "id": base.framework, "version": form.version, "title": form.title, "entries": entries}
    # The lines above the first key tell where the words come from and under which licence.
    head = "".join(re.findall(r"\A(?:#.*\n)*", base.source))
    return head + yaml.safe_dump(changed, sort_keys=False, allow_unicode=True, width=110)


def sent_version(text: bytes, framework: str, taken: Collection[str]) -> tuple[str, str]:
    """The name of an uploaded text's version, and the text; raises Invalid with what to mend."""
    if len(text) > LONGEST:
        raise Invalid("This file is too large for a framework.")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("This file is not text in UTF-8. Save it as UTF-8 and upload it again.") from None
    content = _content(decoded)
    version = _plain(content.get("version"))
    if _plain(content.get("id")) != framework:
        raise Invalid(f"This file is not of this framework: its id must be “{framework}”.")
    if not NAME.fullmatch(version):
        raise Invalid("Give the version in the file a name of letters, digits, dots and hyphens, such as 2025.1.")
    if version in taken:
        raise Invalid(f"There is a version {version} already. Change the version in the file to the next one.")
    entries = content.get("entries")
    keys = [_plain(entry.get("id")) for entry in entries or () if isinstance(entry, dict)]
    if any(not KEY.fullmatch(key) or key in TAKEN for key in keys):
        raise Invalid("Give each entry in the file an id of letters, digits and underscores, and none called “decide”.")
    return version, decoded


def next_name(version: str, taken: Collection[str]) -> str:
    """The name of the version after this one that nobody has taken yet."""
    name = version
    while name in taken or name == version:
        head, number = re.fullmatch(r"(.*?)(\d*)", name).groups()  # type: ignore[union-attr]
        name = f"{head}{int(number) + 1}" if number else f"{name}.2"
    return name


def changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """What an edit does to the entries, one sentence each."""
    old, new = {entry["id"]: entry for entry in before}, {entry["id"]: entry for entry in after}
    told = [f"Added: {entry['title']}." for key, entry in new.items() if key not in old]
    told += [f"Removed: {entry['title']}." for key, entry in old.items() if key not in new]
    for key in (key for key in new if key in old):
        if new[key]["title"] != old[key]["title"]:
            told.append(f"“{old[key]['title']}” is called “{new[key]['title']}”.")
        parts = [name for name in ("description", "milestones") if new[key][name] != old[key][name]]
        if parts:
            told.append(f"{new[key]['title']}: other {' and '.join(parts)}.")
    if [key for key in old if key in new] != [key for key in new if key in old]:
        told.append("The order is another one.")
    return told


def _content(text: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Invalid(f"This is not YAML: look at line {mark.line + 1 if mark else 1}.") from None
    if not isinstance(content, dict):
        raise Invalid("A framework starts with id, version, title, source and entries.")
    return content


def _entry(content: Mapping[str, Any]) -> EntryForm:
    milestones = content.get("milestones")
    lines = [_plain(line) for line in milestones] if isinstance(milestones, list) else []
    key, title, description = (_plain(content.get(name)) for name in ("id", "title", "description"))
    return EntryForm(key, title, description, "\n".join(lines))


def _plain(value: object) -> str:
    """A text or number on one line; of anything else nothing, for it may be without end."""
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def _key(title: str, used: Collection[str]) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40] or "entry"
    return key if key not in used else next_name(f"{key}_1", used)
