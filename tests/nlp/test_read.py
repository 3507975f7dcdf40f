import json
import os
import random
import re
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import docx
import pytest
import typst
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentText
from odf.text import P

from nlp.apart import pieces_apart, pieces_here
from nlp.piece import cleaned, typed
from nlp.read import Document, NoteRefused, read
from nlp.refuse import MOST_BYTES, decoded, kind_of

HOUSE = Path(__file__).resolve().parents[2]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LONG = "It was said that grid queues are long, and that a quicker way to connect would help the coastal towns."


def lines(document: Document) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, document.text[block.start : block.end]) for block in document.blocks]


def texts(document: Document) -> list[str]:
    return [text for _, _, text in lines(document)]


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(NoteRefused) as caught:
        read(data, name)
    error = caught.value
    assert error.message == str(error)
    assert error.message.endswith(".") and len(error.message) > 40 and name not in error.message
    assert error.__cause__ is None and error.__context__ is None
    return error.code


def sound(document: Document) -> None:
    at = 0
    for block in document.blocks:
        text = document.text[block.start : block.end]
        assert block.start == at and text and text == cleaned(text)
        assert block.end == len(document.text) or document.text[block.end] == "\n"
        assert (block.speaker_end is not None) == (block.kind == "turn")
        if block.speaker_end is not None:
            assert document.text[block.speaker_end] == ":" and block.start < block.speaker_end < block.end
        at = block.end + 1
    assert at == len(document.text) + 1
    assert unicodedata.is_normalized("NFC", document.text)


def word(*changes: str) -> bytes:
    """A DOCX; each of `changes` is the XML of a run or mark put at the end of its second paragraph."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Official: sensitive"
    document.add_heading("Connecting power", 0)
    document.add_heading("Discussion", 2)
    paragraph = document.add_paragraph("Grid & planning: <5 years at the R&D site.")
    for change in changes:
        paragraph._p.append(parse_xml(change))
    document.add_paragraph("First point", style="List Bullet")
    document.add_paragraph("Under it", style="List Bullet 2")
    document.add_paragraph("Step one", style="List Number")
    document.add_paragraph("•\tTyped bullet")
    table = document.add_table(0, 3)
    for cells in (("Action", "Owner", "By"), ("Send the paper", "", "May")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def opendocument(body: str, extra: dict[str, bytes] | None = None) -> bytes:
    made = OpenDocumentText()
    made.text.addElement(P(text="Last words."))
    stream = BytesIO()
    made.write(stream)
    section = f'<text:section xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">{body}</text:section>'
    return repacked(stream.getvalue(), {}, extra or {}, ("content.xml", b"<office:text>", section.encode()))


def repacked(
    data: bytes, replaced: dict[str, bytes], added: dict[str, bytes], inside: tuple[str, bytes, bytes] | None = None
) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = replaced.get(name, old.read(name))
            if inside and name == inside[0]:
                content = content.replace(inside[1], inside[1] + inside[2], 1)
            new.writestr(name, content)
        for name, content in added.items():
            new.writestr(name, content)
    return stream.getvalue()


NOTE = """#set page(header: [Official: sensitive], footer: context [Page #counter(page).display()])
#set text(lang: "en", hyphenate: true)
#set par(justify: true)
= Connecting power
== Discussion
The officers found the characteristically bureaucratic arrangements for connection internationally uncompetitive, and
felt that a long-term plan for transmission infrastructure would be preferable to the present uncertainty.

The second paragraph is quite short.
- First point
  - Under it
+ Step one
#table(columns: 3, [Action], [Owner], [By], [Send the paper], [], [May])
#pagebreak()
"""


def portable(source: str, tagged: bool = True) -> bytes:
    return typst.compile(source.encode(), pdf_tags=tagged)


def test_word_keeps_structure_and_signs():
    document = read(word(), "note.DOCX")
    sound(document)
    assert lines(document) == [
        ("heading", 1, "Connecting power"),
        ("heading", 2, "Discussion"),
        ("paragraph", 0, "Grid & planning: <5 years at the R&D site."),
        ("bullet", 1, "First point"),
        ("bullet", 2, "Under it"),
        ("bullet", 1, "Step one"),
        ("bullet", 1, "Typed bullet"),
        ("row", 0, "Action | Owner | By"),
        ("row", 0, "Send the paper | | May"),
    ]


def test_word_leaves_out_what_a_reader_does_not_see():
    data = word(
        f"<w:del {W}><w:r><w:delText>gone</w:delText></w:r></w:del>",
        f"<w:moveFrom {W}><w:r><w:t>moved away</w:t></w:r></w:moveFrom>",
        f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
        f'<w:ins {W}><w:r><w:t xml:space="preserve"> Inserted.</w:t></w:r></w:ins>',
        f'<w:r {W}><w:rPr><w:vanish w:val="0"/></w:rPr><w:t xml:space="preserve"> Shown.</w:t></w:r>',
        f"<w:r {W}><w:br/><w:t>A line of its own</w:t></w:r>",
    )
    document = docx.Document(BytesIO(data))
    document.add_comment(document.paragraphs[2].runs, text="a comment", author="someone")
    stream = BytesIO()
    document.save(stream)
    found = texts(read(stream.getvalue(), "note.docx"))
    assert found[2:4] == ["Grid & planning: <5 years at the R&D site. Inserted. Shown.", "A line of its own"]
    assert not re.search("gone|moved|hidden|comment|someone|Official", "\n".join(found))


def test_opendocument_keeps_structure_and_leaves_out_the_unseen():
    body = """<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>
    </text:changed-region></text:tracked-changes><text:h text:outline-level="2">Discussion</text:h>
    <text:p>One<text:s/>space, R&amp;D<office:annotation><text:p>a comment</text:p></office:annotation
    ><text:line-break/>own
    line<text:note><text:note-body><text:p>A footnote.</text:p></text:note-body></text:note></text:p>
    <text:list><text:list-item><text:p>First</text:p><text:list><text:list-item><text:p>Under</text:p></text:list-item>
    </text:list></text:list-item></text:list><table:table><table:table-header-rows><table:table-row><table:table-cell>
    <text:p>Action</text:p></table:table-cell><table:table-cell><text:p>By</text:p></table:table-cell></table:table-row>
    </table:table-header-rows><table:table-row><table:table-cell><text:p>Write</text:p><text:list><text:list-item>
    <text:p>and send</text:p></text:list-item></text:list></table:table-cell><table:table-cell/></table:table-row>
    </table:table>"""
    document = read(opendocument(body), "note.odt")
    sound(document)
    assert lines(document) == [
        ("heading", 2, "Discussion"),
        ("paragraph", 0, "One space, R&D"),
        ("paragraph", 0, "own line"),
        ("paragraph", 0, "A footnote."),
        ("bullet", 1, "First"),
        ("bullet", 2, "Under"),
        ("row", 0, "Action | By"),
        ("row", 0, "Write; and send |"),
        ("paragraph", 0, "Last words."),
    ]


@pytest.mark.parametrize("tagged", [True, False])
def test_pdf_keeps_structure_and_drops_headers_and_footers(tagged):
    second = NOTE.split("\n", 3)[3].replace("Connecting power", "The second day")
    document = read(portable(NOTE + second + LONG, tagged), "note.pdf")
    sound(document)
    once = [
        ("heading", 1, "Connecting power"),
        ("heading", 2, "Discussion"),
        ("paragraph", 0, " ".join(NOTE.split("\n")[5:7])),
        ("paragraph", 0, "The second paragraph is quite short."),
        ("bullet", 1, "First point"),
        ("bullet", 2, "Under it"),
        ("bullet", 1, "Step one"),
        ("row", 0, "Action | Owner | By"),
        ("row", 0, "Send the paper | | May"),
    ]
    assert lines(document) == [*once, ("heading", 1, "The second day"), *once[1:], ("paragraph", 0, LONG)]


@pytest.mark.parametrize("tagged", [True, False])
def test_pdf_paragraph_goes_on_over_the_page(tagged):
    source = f"#set page(height: 6cm, footer: context counter(page).display())\n#par[{LONG * 12}]"
    assert texts(read(portable(source, tagged), "note.pdf")) == [LONG * 12]


def test_markdown_keeps_every_item_and_no_markup():
    source = """---
event: E01
---
# Round *table*

Present: **Nia** and [a link](http://example.test)
goes on here
Apologies: none \\* yet
* first
  goes on
  1. under `it`

| Action | By |
|---|---|
| Send \\| post | <b>May</b> |

> Said & done<br>by <name withheld>
"""
    document = read(source.encode(), "note.md")
    sound(document)
    assert lines(document) == [
        ("heading", 1, "Round table"),
        ("paragraph", 0, "Present: Nia and a link goes on here"),
        ("paragraph", 0, "Apologies: none * yet"),
        ("bullet", 1, "first goes on"),
        ("bullet", 2, "under it"),
        ("row", 0, "Action | By"),
        ("row", 0, "Send | post | May"),
        ("paragraph", 0, "Said & done"),
        ("paragraph", 0, "by <name withheld>"),
    ]


def test_plain_text_joins_wrapped_lines_only():
    wrapped = "It was said that the queue for the grid is long and that it\nholds back new homes on the coast.\n\n"
    source = "NOTE OF MEETING\n\n" + wrapped + "- first\n    - under\n2) step\nShort line\nAnother line\n"
    document = read(source.encode("utf-16"), "note.txt")
    sound(document)
    assert lines(document) == [
        ("heading", 1, "NOTE OF MEETING"),
        (
            "paragraph",
            0,
            "It was said that the queue for the grid is long and that it holds back new homes on the coast.",
        ),
        ("bullet", 1, "first"),
        ("bullet", 2, "under"),
        ("bullet", 1, "step"),
        ("paragraph", 0, "Short line"),
        ("paragraph", 0, "Another line"),
    ]


def test_vtt_joins_cues_of_one_voice_and_parts_voices_in_one_cue():
    source = """WEBVTT - meeting

NOTE not spoken

STYLE
::cue { color: red }

1
00:01.000 --> 00:04.000
<v Nia Ap>The grid &amp;

2
00:04.000 --> 00:06.000
<v.loud Nia Ap>the <i>queue</i></v>

00:06.000 --> 00:07.000
<v Chair>Agreed.</v>
<v Nia Ap>Good: thanks.</v>

00:08.000 --> 00:09.000
Applause
"""
    document = read(("\ufeff" + source.replace("\n", "\r\n")).encode(), "note.vtt")
    sound(document)
    assert lines(document) == [
        ("turn", 0, "Nia Ap: The grid & the queue"),
        ("turn", 0, "Chair: Agreed."),
        ("turn", 0, "Nia Ap: Good: thanks."),
        ("paragraph", 0, "Applause"),
    ]
    assert document.text[: document.blocks[0].speaker_end] == "Nia Ap"


def test_srt_takes_typed_names_as_speakers_and_goes_on_without_one():
    source = "1\n00:00:01,000 --> 00:00:02,000\nNia: One thing:\n\n2\n00:00:02,000 --> 00:00:03,000\nmoney\n\n"
    source += "3\n00:00:04,000 --> 00:00:05,000\nChair: Thanks\n"
    assert texts(read(source.encode(), "note.srt")) == ["Nia: One thing: money", "Chair: Thanks"]


@pytest.mark.parametrize("name", ["note.txt", "note.md"])
def test_name_lines_are_turns_only_in_a_transcript(name):
    talk = "# Talk\n" * (name == "note.md") + "Nia: We need the grid\nChair: Go on\n" * 4
    document = read(talk.encode(), name)
    sound(document)
    assert [block.kind for block in document.blocks].count("turn") == 8
    note = f"Present: Nia\nDate: May\nAction: send\n{LONG}\nOne point: the grid is slow\nVenue: hall\n"
    assert "turn" not in {block.kind for block in read(note.encode(), name).blocks}


def test_meeting_software_stamps_become_turns():
    source = "".join(
        f"Nia Ap   0:{place:02}\nPoint {place}\nChair   0:{place:02}\nReply {place}\n" for place in range(4)
    )
    document = read(source.encode(), "note.txt")
    sound(document)
    assert texts(document)[:2] == ["Nia Ap: Point 0", "Chair: Reply 0"]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300), st.sampled_from("mt"))
def test_any_text_is_read_soundly_or_refused(text, kind):
    try:
        sound(read(text.encode(), {"m": "note.md", "t": "note.txt"}[kind]))
    except NoteRefused as refusal:
        assert refusal.code in {"empty", "wrong_type", "encoding", "language", "part_language"}


def test_text_is_composed_and_free_of_unseen_characters():
    source = "Cafe\u0301 \u200bow\u00adner\u202e o\ufb03ce\u00a0hours\u2028end"
    assert read(source.encode(), "note.txt").text == "Café owner office hours\nend"
    assert typed("2.4 GW were lost").text == "2.4 GW were lost"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    assert decoded("It’s £5 – fine\r\nnow".encode(encoding)) == "It’s £5 – fine\nnow"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b" \n--\n", "a.md", "empty"),
        (b"WEBVTT\n\n", "a.vtt", "empty"),
        (b"hello", "a.vtt", "wrong_type"),
        (b"hello", "a.srt", "wrong_type"),
        (b"hello", "a.rtf", "unsupported"),
        (b"hello", "minutes", "unsupported"),
        (b"PK\x03\x04", "a.docm", "macros"),
        (b"%PDF-1.7", "a.docx", "wrong_type"),
        (b"hello", "a.pdf", "wrong_type"),
        (b"{\\rtf1 hello}", "a.txt", "wrong_type"),
        (b"PK\x03\x04 hello", "a.md", "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Word", "a.docx", "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.docx", "password"),
        (b"PK\x03\x04 cut off", "a.docx", "damaged"),
        (b"\x00\x01\x02 binary \x00\xff", "a.txt", "wrong_type"),
        (b"caf\xe9 \x81\x8d", "a.txt", "encoding"),
        (b"x" * (MOST_BYTES + 1), "a.txt", "too_large"),
        (b"word " * 200_001, "a.txt", "too_long"),
    ],
)
def test_refusals_before_reading(data, name, code):
    assert refusal(data, name) == code


def test_packages_are_refused_for_what_they_hold():
    good = word()
    odt = opendocument("")
    assert refusal(good, "a.odt") == "wrong_type"
    assert refusal(odt, "a.docx") == "wrong_type"
    assert refusal(repacked(good, {}, {"word/vbaProject.bin": b"x"}), "a.docx") == "macros"
    assert refusal(repacked(odt, {}, {"Basic/Standard/Module1.xml": b"<x/>"}), "a.odt") == "macros"
    locked = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    assert refusal(repacked(odt, {"META-INF/manifest.xml": locked}, {}), "a.odt") == "password"
    assert refusal(repacked(good, {"word/document.xml": b"<w:document"}, {}), "a.docx") == "damaged"
    assert refusal(good[: len(good) // 2], "a.docx") == "damaged"


def test_bombs_are_refused_before_a_parser_sees_them():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    for encoded in (laughs, laughs.decode().encode("utf-16")):
        assert refusal(repacked(word(), {"word/document.xml": encoded}, {}), "a.docx") == "unsafe"
        assert refusal(repacked(opendocument(""), {"content.xml": encoded}, {}), "a.odt") == "unsafe"
    assert refusal(repacked(word(), {}, {"word/media/a.png": bytes(30_000_000)}), "a.docx") == "archive"
    assert refusal(repacked(word(), {}, {f"word/{n}.xml": b"<x/>" for n in range(3_000)}), "a.docx") == "archive"
    nested = b"words"
    for _ in range(4):
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as outer:
            outer.writestr("inner.zip", nested)
        nested = stream.getvalue()
    assert refusal(repacked(word(), {}, {"word/embeddings/a.zip": nested}), "a.docx") == "archive"


def test_an_entry_that_lies_about_its_size_is_not_believed():
    data = bytearray(repacked(word(), {}, {"word/media/a.bin": bytes(3_000_000)}))
    size = (3_000_000).to_bytes(4, "little")
    for at in [match.start() for match in re.finditer(re.escape(size), bytes(data))]:
        data[at : at + 4] = (10).to_bytes(4, "little")
    assert refusal(bytes(data), "a.docx") in {"damaged", "archive"}


def test_locked_pdf_is_refused():
    key = "<" + "00" * 32 + ">"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
        f"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O {key} /U {key} >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [<00><00>] >>\nstartxref\n{len(data)}\n%%EOF"
    assert refusal(data + f"xref\n0 4\n0000000000 65535 f \n{table}{trailer}".encode(), "a.pdf") == "password"


def picture(path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = (8).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    pixels = zlib.compress(b"\x00" + bytes(8) + (b"\x00" + b"\xff" * 8) * 7)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def test_pdf_with_a_scanned_page_is_refused(tmp_path):
    picture(tmp_path / "scan.png")
    page = '#image("scan.png", width: 100%, height: 100%)'
    for source in (page, f"{LONG}\n#pagebreak()\n{page}"):
        (tmp_path / "a.typ").write_text(source)
        assert refusal(typst.compile(tmp_path / "a.typ"), "a.pdf") == "scanned"
    assert refusal(portable("#rect()"), "a.pdf") == "empty"
    assert refusal(portable(LONG)[:-1500], "a.pdf") == "damaged"


def test_other_languages_are_refused_and_named():
    welsh = "Dywedodd y cadeirydd fod y ciw am gysylltiad yn hir iawn ac na fyddai'n gwella cyn y gaeaf nesaf."
    french = "Le président a noté que la file d'attente était longue et que les petites entreprises attendaient."
    with pytest.raises(NoteRefused, match="Welsh") as caught:
        read(f"{welsh}\n\n{welsh}".encode(), "a.md")
    assert caught.value.code == "language"
    with pytest.raises(NoteRefused, match=r"Welsh.*English part") as caught:
        read(f"{welsh}\n\n{LONG}\n\n{welsh}\n\n{LONG}".encode(), "a.md")
    assert caught.value.code == "part_language"
    assert refusal(f"{french} {french}".encode(), "a.txt") == "language"


@pytest.mark.parametrize(
    "note",
    [
        "Agreed.",
        "Cofion gorau",
        "Marged ap Rhys, Llanfair\nSiôn Llwyd, Cyngor y Dref\nEluned Wyn, Coleg Glan Hafren\n" + LONG,
        f"Croeso i bawb.\n{LONG}\nDiolch yn fawr i Marged am y croeso.",
    ],
)
def test_short_notes_and_welsh_names_are_read(note):
    assert len(read(note.encode(), "a.txt").blocks) == len(note.split("\n"))


def test_a_parser_that_fails_or_hangs_is_a_refusal():
    with pytest.raises(NoteRefused) as caught:
        pieces_apart(portable(LONG), "pdf", seconds=0.01)
    assert caught.value.code == "too_slow" and caught.value.__context__ is None
    with pytest.raises(NoteRefused) as caught:
        pieces_apart(b"%PDF-1.7 nothing", "pdf")
    assert caught.value.code == "damaged" and caught.value.__context__ is None


def test_an_error_that_quotes_the_note_does_not_get_out(monkeypatch):
    monkeypatch.setattr("nlp.piece._LIGATURES", 0)
    assert refusal(LONG.encode(), "a.txt") == "damaged"


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.pdf"])
def test_damaged_files_are_read_or_refused_without_a_trace(name):
    data = {"a.docx": word(), "a.odt": opendocument(""), "a.pdf": portable(LONG)}[name]
    chance = random.Random(7)
    endings = set()
    for turn in range(40):
        spoilt = bytearray(data[: chance.randrange(len(data))] if turn % 4 == 0 else data)
        for _ in range(chance.choice((1, 5, 50))):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            kind = kind_of(bytes(spoilt), name)
        except NoteRefused as error:
            assert error.__context__ is None
            endings.add(error.code)
            continue
        try:
            pieces_here(bytes(spoilt), kind)
            endings.add("read")
        except Exception as error:
            # In the child process each of these is an exit code; what must not happen is a crash past Python.
            endings.add(type(error).__name__)
    assert "damaged" in endings


def run(code: str, seed: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(HOUSE), "PYTHONHASHSEED": seed, "TMPDIR": str(folder)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_same_document_in_two_processes_and_nothing_left_behind(tmp_path):
    (tmp_path / "notes").mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name, data in {"a.docx": word(), "a.odt": opendocument(""), "a.pdf": portable(NOTE)}.items():
        (tmp_path / "notes" / name).write_bytes(data)
    code = (
        "import pathlib\nfrom nlp.read import read\n"
        f"for path in sorted(pathlib.Path({str(tmp_path / 'notes')!r}).iterdir()):\n"
        "    print(read(path.read_bytes(), path.name))"
    )
    assert run(code, "1", temporary) == run(code, "2", temporary) != ""
    assert not list(temporary.iterdir())


def test_importing_the_contract_loads_no_parser(tmp_path):
    loaded = json.loads(run("import sys, json, nlp.read; print(json.dumps(list(sys.modules)))", "0", tmp_path))
    assert not {"docx", "lxml", "pdfplumber", "pdfminer", "markdown_it", "lingua", "numpy"} & set(loaded)


def test_pdf_that_has_lost_a_part_is_refused():
    data = portable(f"{LONG}\n#pagebreak()\n{LONG}")
    assert refusal(data.replace(b"/Count 2", b"/Count 3"), "a.pdf") == "damaged"
    starts = [match.end() for match in re.finditer(rb"(?<!end)stream\n(?=x\x9c)", data)]
    printed = [start for start in starts if b"BT" in zlib.decompressobj().decompress(data[start:])]
    assert len(printed) == 2
    for start in printed:
        assert refusal(data[: start + 30] + bytes(20) + data[start + 50 :], "a.pdf") == "damaged"
