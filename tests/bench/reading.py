"""Prints how much of a note's structure and words each reader keeps, by format.

    .venv/bin/python tests/bench/reading.py [notes.jsonl]

Each line of the file has "paragraphs"; without a file, a small invented note is used. The paragraphs are given kinds
(heading, bullet, row, paragraph, turn) by rule, written as DOCX, ODT, PDF with and without tags, Markdown and VTT, and
read back. kreuzberg and markitdown are not dependencies of the project: one that is not installed is named as missing.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nlp.apart import pieces_here
from nlp.markdown import pieces as markdown_pieces
from nlp.piece import Piece, cleaned, without_marker
from nlp.transcript import cue_pieces

INVENTED = [
    "Present:",
    "The chair of the water board",
    "Two officials & a note taker",
    "It was said that grid queues at the R&D site are now <5 years, which members thought was better than before.",
    "Funding",
    "Charities felt that one-year grants make it impossible to keep staff; private-sector colleagues disagreed.",
    "The group agreed to send the paper round before the next meeting and to ask the regulator for its view on it.",
]
MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "md": "text/markdown",
    "vtt": "text/vtt",
}
Reader = Callable[[bytes, str], list[Piece]]


def kinds_given(paragraphs: list[str]) -> list[Piece]:
    note = [Piece("heading", "Note of the meeting", 1)]
    for place, text in enumerate(
        filter(None, (cleaned(without_marker(text)[0].replace("|", " ")) for text in paragraphs))
    ):
        if len(text) < 50 and text[-1] not in ".;":
            note.append(Piece("heading", text.rstrip(":"), 2))
        elif place // 2 % 5 < 2:
            note.append(Piece("bullet", text, 1 + place % 2))
        elif place // 2 % 5 == 2:
            note.append(Piece("row", f"Item {place} | {text} | open"))
        else:
            note.append(Piece("paragraph", text))
    return note


def as_docx(note: list[Piece]) -> bytes:
    import docx

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Official: sensitive"
    for kind, group in groupby(note, key=lambda piece: piece.kind):
        pieces = list(group)
        if kind == "row":
            table = document.add_table(0, 3)
            for piece in pieces:
                for cell, text in zip(table.add_row().cells, piece.text.split(" | "), strict=True):
                    cell.text = text
            continue
        for piece in pieces:
            if kind == "heading":
                document.add_heading(piece.text, piece.level)
            else:
                styles = {"paragraph": "Normal", "bullet": "List Bullet" + (" 2" if piece.level == 2 else "")}
                document.add_paragraph(piece.text, styles[kind])
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_odt(note: list[Piece]) -> bytes:
    from odf.opendocument import OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import H, List, ListItem, P

    document = OpenDocumentText()
    for kind, group in groupby(note, key=lambda piece: piece.kind):
        table = Table()
        for piece in group:
            if kind == "row":
                line = TableRow()
                for text in piece.text.split(" | "):
                    cell = TableCell()
                    cell.addElement(P(text=text))
                    line.addElement(cell)
                table.addElement(line)
            elif kind == "bullet":
                element = P(text=piece.text)
                for _ in range(piece.level):
                    item, outer = ListItem(), List()
                    item.addElement(element)
                    outer.addElement(item)
                    element = outer
                document.text.addElement(element)
            else:
                made = H(outlinelevel=piece.level, text=piece.text) if kind == "heading" else P(text=piece.text)
                document.text.addElement(made)
        if kind == "row":
            document.text.addElement(table)
    stream = BytesIO()
    document.write(stream)
    return stream.getvalue()


def as_pdf(note: list[Piece], tagged: bool) -> bytes:
    import typst

    source = ["#set page(header: [Official: sensitive], footer: context [Page #counter(page).display()])"]
    source.append('#set text(lang: "en", hyphenate: true)\n#set par(justify: true)')
    for kind, group in groupby(note, key=lambda piece: piece.kind):
        pieces = [(piece, json.dumps(piece.text, ensure_ascii=False)) for piece in group]
        if kind == "heading":
            source += [f"#heading(level: {piece.level}, {text})" for piece, text in pieces]
        elif kind == "bullet":
            source += [f"#list({text})" if piece.level == 1 else f"#list(list({text}))" for piece, text in pieces]
        elif kind == "row":
            cells = [json.dumps(cell, ensure_ascii=False) for piece, _ in pieces for cell in piece.text.split(" | ")]
            source.append(f"#table(columns: (auto, 1fr, auto), {', '.join(cells)})")
        else:
            source += [f"#par({text})" for _, text in pieces]
    return typst.compile("\n".join(source).encode(), pdf_tags=tagged)


def as_markdown(note: list[Piece]) -> bytes:
    lines: list[str] = []
    for kind, group in groupby(note, key=lambda piece: piece.kind):
        for place, piece in enumerate(group):
            text = piece.text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
            if kind == "row":
                lines += [f"| {text} |"] + (["|---|---|---|"] if place == 0 else [])
            elif kind == "bullet":
                lines.append(f"{'  ' * (piece.level - 1)}- {text}")
            else:
                lines += [f"{'#' * piece.level} {text}" if kind == "heading" else text, ""]
        lines.append("")
    return "\n".join(lines).encode()


def as_vtt(note: list[Piece]) -> bytes:
    cues = ["WEBVTT\n"]
    for place, piece in enumerate(note):
        half = len(piece.text) // 2
        half = piece.text.find(" ", half) if piece.text.find(" ", half) > 0 else len(piece.text)
        for part in filter(str.strip, (piece.text[:half], piece.text[half:])):
            text = part.replace("&", "&amp;").replace("<", "&lt;")
            cues.append(
                f"00:{place % 60:02}:01.000 --> 00:{place % 60:02}:09.000\n<v {piece.label}>{text.strip()}</v>\n"
            )
    return "\n".join(cues).encode()


def turns_of(note: list[Piece]) -> list[Piece]:
    names = ("Asha Coll", "Chair", "Ben ap Rhys")
    words = [piece for piece in note if piece.kind == "paragraph"]
    return [Piece("turn", piece.text, 0, names[place % 3]) for place, piece in enumerate(words)]


def ours(data: bytes, kind: str) -> list[Piece]:
    if kind == "vtt":
        return cue_pieces(data.decode())
    return markdown_pieces(data.decode()) if kind == "md" else pieces_here(data, kind)


def with_kreuzberg(data: bytes, kind: str) -> list[Piece]:
    from kreuzberg import ExtractionConfig, extract_bytes_sync

    config = ExtractionConfig(
        output_format="markdown", use_cache=False, enable_quality_processing=False, disable_ocr=True
    )
    return markdown_pieces(extract_bytes_sync(data, MIME[kind], config).content)


def with_markitdown(data: bytes, kind: str) -> list[Piece]:
    from markitdown import MarkItDown, StreamInfo

    result = MarkItDown(enable_plugins=False).convert_stream(
        BytesIO(data), stream_info=StreamInfo(extension=f".{kind}")
    )
    return markdown_pieces(result.text_content)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def words(pieces: list[Piece]) -> Counter[str]:
    return Counter(
        word for piece in pieces for word in map(letters, f"{piece.label or ''} {piece.text}".split()) if word
    )


def table(notes: list[list[Piece]], readers: dict[str, Reader]) -> None:
    writers: dict[str, tuple[str, Callable[[list[Piece]], bytes]]] = {
        "DOCX": ("docx", as_docx),
        "ODT": ("odt", as_odt),
        "PDF, tagged": ("pdf", lambda note: as_pdf(note, True)),
        "PDF, untagged": ("pdf", lambda note: as_pdf(note, False)),
        "Markdown": ("md", as_markdown),
        "VTT": ("vtt", as_vtt),
    }
    columns = ("heading", "bullet", "row", "paragraph", "turn")
    print("| format | reader | headings | bullets | table rows | paragraphs | turns | words lost | added | ms a note |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, (kind, writer) in writers.items():
        expected = [turns_of(note) for note in notes] if kind == "vtt" else notes
        files = [writer(note) for note in expected]
        for reader_name, reader in readers.items():
            print(f"| {name} | {reader_name} | {' | '.join(figures(expected, files, reader, kind, columns))} |")


def figures(
    notes: list[list[Piece]], files: list[bytes], reader: Reader, kind: str, columns: tuple[str, ...]
) -> list[str]:
    wanted, kept = Counter[str](), Counter[str]()
    lost = added = total = 0
    start = time.perf_counter()
    try:
        found = [reader(data, kind) for data in files]
    except ImportError:
        return ["not installed"] + ["-"] * (len(columns) + 2)
    except Exception as error:  # whatever a library raises for a format it does not read
        return [f"not read ({type(error).__name__})"] + ["-"] * (len(columns) + 2)
    took = 1000 * (time.perf_counter() - start) / len(files)
    for note, pieces in zip(notes, found, strict=True):
        have = Counter((piece.kind, piece.label, letters(piece.text)) for piece in pieces)
        for key, count in Counter((piece.kind, piece.label, letters(piece.text)) for piece in note).items():
            wanted[key[0]] += count
            kept[key[0]] += min(count, have[key])
        before, after = words(note), words(pieces)
        lost += (before - after).total()
        added += (after - before).total()
        total += before.total()
    shares = [f"{kept[column] / wanted[column]:.1%}" if wanted[column] else "-" for column in columns]
    return [*shares, f"{lost / total:.2%}", f"{added / total:.2%}", f"{took:.0f}"]


def costs(modules: list[str]) -> None:
    code = (
        "import re, time; t = time.perf_counter(); import {0}; took = time.perf_counter() - t; "
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024; "
        "print(f'| {0} | {{took:.2f}} | {{peak}} |')"
    )
    print("\n| import | seconds | peak MB |\n|---|---|---|")
    for module in modules:
        command = [sys.executable, "-c", code.format(module)]
        shown = subprocess.run(command, capture_output=True, text=True, check=False)
        print(shown.stdout.strip() or f"| {module} | missing | - |")


def main() -> None:
    notes = [kinds_given(INVENTED * 4)]
    if len(sys.argv) > 1:
        notes = [kinds_given(json.loads(line)["paragraphs"]) for line in Path(sys.argv[1]).read_text().splitlines()]
    table(notes, {"ours": ours, "kreuzberg": with_kreuzberg, "markitdown": with_markitdown})
    costs(["nlp.read", "docx", "pdfplumber", "markdown_it", "lxml.etree", "lingua", "kreuzberg", "markitdown"])


if __name__ == "__main__":
    main()
