"""Refuses, before any reader opens it, an upload that is the wrong kind, locked, unsafe or too large."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

MOST_BYTES = 25_000_000
MOST_WORDS = 200_000
_MOST_ENTRIES = 3_000
_MOST_UNPACKED = 200_000_000
_MOST_XML = 40_000_000
_MOST_RATIO = 150
_SMALL_ENTRY = 10_000_000
_DEEPEST_ARCHIVE = 2
_CHUNK = 65_536

KINDS = {
    ".docx": "docx",
    ".odt": "odt",
    ".pdf": "pdf",
    ".md": "md",
    ".markdown": "md",
    ".txt": "txt",
    ".vtt": "vtt",
    ".srt": "srt",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INDEX_PARTS = {"[Content_Types].xml", "META-INF/manifest.xml", "mimetype"}
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")

_MESSAGES = {
    "empty": "This file holds no words. Check that it is the right file, then upload it again.",
    "scanned": "This PDF, or a page of it, is only a picture of text, such as a scan. Upload the Word file it was "
    "made from, or run OCR (text recognition) on the PDF and upload the result.",
    "password": "This file is protected with a password. Open it, remove the password, save it and upload it again.",
    "wrong_type": "What is in this file does not match the ending of its name. Open it in the program it was made "
    "with, save it as Word (.docx), ODT, PDF, Markdown or plain text, and upload that file.",
    "unsupported": "This kind of file cannot be read. Save the note as Word (.docx), ODT, PDF, Markdown (.md), plain "
    "text (.txt) or a transcript (.vtt, .srt) and upload it again.",
    "macros": "This file holds macros (small programs), which are not accepted. Save it as a plain Word document "
    "(.docx) or ODT without macros and upload it again.",
    "archive": "This file unpacks to far more than a note should hold, so it was not opened. Copy the text into a "
    "new document, save it and upload that.",
    "unsafe": "This file is built in a way that can harm the service, so it was not opened. Copy the text into a new "
    "document, save it and upload that.",
    "too_large": "This file is over 25 MB. Remove the pictures, or split the note into parts, and upload it again.",
    "too_long": "This note is over 200,000 words. Split it into parts, such as one for each session, and upload each.",
    "encoding": "The letters in this file are stored in a way that cannot be read. Save it as plain text with the "
    "UTF-8 encoding and upload it again.",
    "damaged": "This file is damaged and could not be read. Open it in the program it was made with, save a fresh "
    "copy and upload that.",
    "too_slow": "Reading this file took too long. Save the note as Word (.docx) or plain text, without pictures and "
    "drawings, and upload it again.",
    "language": "This note seems to be in {language}. Only English can be read: upload an English version.",
    "part_language": "A large part of this note seems to be in {language}. Only English can be read: upload the "
    "English part alone.",
}


class NoteRefused(Exception):
    """A note that cannot be read: a code for machines, a message that tells the facilitator what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def refused(code: str, **words: str) -> NoteRefused:
    """The refusal with that code; `words` fill its message (only the name of a language)."""
    return NoteRefused(code, _MESSAGES[code].format(**words))


def kind_of(data: bytes, filename: str) -> str:
    """The kind of note (docx, odt, pdf, md, txt, vtt, srt) once name, size and content agree; or NoteRefused."""
    ending = filename[filename.rfind(".") :].lower() if "." in filename else ""
    if ending in (".docm", ".dotm"):
        raise refused("macros")
    if ending not in KINDS:
        raise refused("unsupported")
    if len(data) > MOST_BYTES:
        raise refused("too_large")
    if not data.strip():
        raise refused("empty")
    kind = KINDS[ending]
    if kind in ("docx", "odt"):
        _check_package(data, kind)
    elif kind == "pdf":
        if b"%PDF-" not in data[:1024]:
            raise refused("wrong_type")
        # A file cut short on its way may still open, with its last pages gone.
        if b"%%EOF" not in data[-2048:]:
            raise refused("damaged")
    elif data.startswith((_OLE, b"PK\x03\x04", b"%PDF-", b"{\\rtf")):
        raise refused("wrong_type")
    return kind


def decoded(data: bytes) -> str:
    """The text of UTF-8, UTF-16 or Windows-1252 bytes with "\\n" line ends; NoteRefused for anything else."""
    text = next(_decodings(data), None)
    if text is None:
        raise refused("encoding")
    if _CONTROLS.search(text):
        raise refused("wrong_type")
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decodings(data: bytes) -> Iterator[str]:
    even, odd = data[0:2000:2].count(0), data[1:2000:2].count(0)
    half = min(len(data), 2000) // 2
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif half and max(even, odd) > 0.4 * half and min(even, odd) < 0.1 * half:
        # English in UTF-16 without a byte-order mark has a zero in every other byte.
        encodings = ["utf-16-be" if even > odd else "utf-16-le"]
    for encoding in encodings:
        try:
            yield data.decode(encoding)
        except UnicodeDecodeError:
            continue


def _check_package(data: bytes, kind: str) -> None:
    if data.startswith(_OLE):
        # Word keeps a document that has a password as this stream in an old-style container.
        raise refused("password" if "EncryptedPackage".encode("utf-16-le") in data else "wrong_type")
    if not data.startswith(b"PK\x03\x04"):
        raise refused("wrong_type")
    try:
        names, small = _unpacked(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, LookupError):
        names, small = set(), None
    if small is None:
        raise refused("damaged")
    types, manifest = small.get("[Content_Types].xml", b""), small.get("META-INF/manifest.xml", b"")
    is_word = b"wordprocessingml" in types
    is_text = small.get("mimetype", b"").strip().startswith(b"application/vnd.oasis.opendocument.text")
    if not (is_word if kind == "docx" else is_text):
        raise refused("wrong_type")
    if b"encryption-data" in manifest:
        raise refused("password")
    lowered = {name.lower() for name in names}
    if b"macroEnabled" in types or any(_is_macro(name, kind) for name in lowered):
        raise refused("macros")


def _is_macro(name: str, kind: str) -> bool:
    if kind == "docx":
        return name.endswith(("vbaproject.bin", "vbadata.xml"))
    return name.startswith(("basic/", "scripts/")) and not name.endswith("/")


def _unpacked(data: bytes) -> tuple[set[str], dict[str, bytes]]:
    """Names of a package and its small index parts; every entry is unpacked once within bounds to be counted."""
    budget = _Budget()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        small = {name: content for name, content in _entries(archive, budget) if name in _INDEX_PARTS}
        return set(archive.namelist()), small


class _Budget:
    """What may still be unpacked of one upload, over all of its archives."""

    def __init__(self) -> None:
        self.entries = _MOST_ENTRIES
        self.bytes = _MOST_UNPACKED

    def spend(self, entries: int, size: int) -> None:
        self.entries -= entries
        self.bytes -= size
        if self.entries < 0 or self.bytes < 0:
            raise refused("archive")


def _entries(archive: zipfile.ZipFile, budget: _Budget, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    infos = archive.infolist()
    budget.spend(len(infos), 0)
    for info in infos:
        if info.flag_bits & 0x1:
            raise refused("password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused("damaged")
        content = _content(archive, info, budget)
        if info.filename.lower().endswith((".xml", ".rels")) and b"<!ENTITY" in content.replace(b"\0", b""):
            raise refused("unsafe")
        if content.startswith(b"PK\x03\x04"):
            if depth == _DEEPEST_ARCHIVE:
                raise refused("archive")
            with zipfile.ZipFile(BytesIO(content)) as inner:
                for _ in _entries(inner, budget, depth + 1):
                    pass
        yield info.filename, content


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """An entry unpacked piece by piece: what it says of its own size is not believed."""
    content = bytearray()
    is_xml = info.filename.lower().endswith((".xml", ".rels"))
    with archive.open(info) as stream:
        while piece := stream.read(_CHUNK):
            content += piece
            budget.spend(0, len(piece))
            if len(content) > _SMALL_ENTRY and len(content) > _MOST_RATIO * max(1, info.compress_size):
                raise refused("archive")
            if is_xml and len(content) > _MOST_XML:
                raise refused("archive")
    return bytes(content)
