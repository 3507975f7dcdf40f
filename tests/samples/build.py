"""Builds the sample notes: the delivered files with their manifest, and the key to them.

In the key, masks come one a mention in the order of reading. The same sources give the same bytes.
"""

import argparse
import csv
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from html import escape
from pathlib import Path

import yaml

from tests.samples.documents import MARKING, opendocument, pdf, word
from tests.samples.marks import Block, Note, SourceWrong, parsed

HERE = Path(__file__).resolve().parent
DELIVERED = HERE.parents[1] / "service" / "samples"


def markdown(note: Note) -> bytes:
    """The note as plain Markdown."""
    return ("\n\n".join(map(_markdown_block, note.blocks)) + "\n").encode()


def _markdown_block(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * block.level} {block.text}"
    if block.kind == "table":
        head, *rows = [f"| {' | '.join(cells)} |" for cells in block.rows]
        return "\n".join([head, "|" + "---|" * len(block.rows[0]), *rows])
    if block.kind == "paragraph":
        return block.text
    lines = []
    for number, item in enumerate(block.items, start=block.first):
        lines.append(f"{number}. {item.text}" if block.kind == "numbers" else f"- {item.text}")
        lines += [f"    - {line}" for line in item.below]
    return "\n".join(lines)


def transcript(note: Note) -> bytes:
    """The note as WebVTT with voices, at the pace of people who talk over coffee."""
    cues, now = ["WEBVTT\n"], 3.2
    for block in note.blocks:
        speaker, _, said = block.text.partition("\t")
        for words in _breaths(said.split()):
            chance = zlib.crc32(words.encode()) / 2**32
            ends = now + 0.5 + 0.34 * len(words.split()) + chance
            cues.append(f"{_clock(now)} --> {_clock(ends)}\n<v {escape(speaker, False)}>{escape(words, False)}</v>\n")
            now = ends + 0.05
        now += 0.2 + chance
    return "\n".join(cues).encode()


def _breaths(words: list[str]) -> Iterator[str]:
    """The words in cues of a subtitle's length, parted after a stop where there is one."""
    cue: list[str] = []
    for word_ in words:
        cue.append(word_)
        if len(cue) >= 22 or (len(cue) >= 10 and word_[-1] in ".?!,;"):
            yield " ".join(cue)
            cue = []
    if cue:
        yield " ".join(cue)


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


WRITERS: dict[str, Callable[[Note], bytes]] = {
    "docx": word,
    "odt": opendocument,
    "pdf": pdf,
    "md": markdown,
    "vtt": transcript,
}


def build(sources: Path, into: Path, key_path: Path) -> list[Note]:
    """Writes every note, the manifest and the key; raises SourceWrong with all that is wrong in the sources."""
    events = {event["id"]: event for event in yaml.safe_load((HERE / "events.yaml").read_text(encoding="utf-8"))}
    notes, wrong = [], []
    for path in sorted(sources.glob("*.md")):
        try:
            notes.append(parsed(path, events))
        except SourceWrong as problem:
            wrong.append(str(problem))
    if wrong:
        raise SourceWrong("\n".join(wrong))
    into.mkdir(parents=True, exist_ok=True)
    for note in notes:
        (into / note.file).write_bytes(WRITERS[note.file.rpartition(".")[2]](note))
    _write_manifest(into / "manifest.csv", notes)
    key = [
        {"file": note.file, "event": note.event["id"], "masks": note.masks, "points": list(map(asdict, note.points))}
        for note in notes
    ]
    key_path.write_text(json.dumps(key, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return notes


def _write_manifest(path: Path, notes: list[Note]) -> None:
    columns = ["file", "event", "title", "kind", "date", "campaign", "attribution", "marking"]
    counts = {"public": "public", "private": "private", "not-for-profit": "not_for_profit"}
    counts["higher education"] = "higher_education"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow([*columns, *counts.values()])
        for note in notes:
            event = note.event
            facts = [event[name] for name in ("id", "title", "kind", "date", "campaign")]
            sheet.writerow([note.file, *facts, "chatham-house", MARKING, *(event["sectors"][name] for name in counts)])


def main() -> None:
    options = argparse.ArgumentParser(description="Builds the sample notes from their marked sources.")
    options.add_argument(
        "--from", type=Path, dest="sources", default=HERE / "source", help="folder of the marked sources"
    )
    options.add_argument("--into", type=Path, default=DELIVERED, help="folder for the notes and manifest.csv")
    options.add_argument("--key", type=Path, default=HERE / "key.json", help="where to write the key")
    chosen = options.parse_args()
    try:
        notes = build(chosen.sources, chosen.into, chosen.key)
    except SourceWrong as problem:
        sys.exit(str(problem))
    for note in notes:
        print(f"{note.file}: {len(note.points)} points, {len(note.masks)} masks")


if __name__ == "__main__":
    main()
