"""Reads the attendance lists of a note: who was there, with initials, role and organisation, in many layouts."""

import re
from collections.abc import Iterator

from nlp.attendees import CUE, Attendee, Slice, entries, stripped
from nlp.read import Block, Document
from nlp.recognisers.note_text import plain_words

_SENTENCE = re.compile(
    r"\b(?:was|were|is|are|has|have|had|would|said|says|noted|asked|to the|updated|reported|agreed|thanked|"
    r"welcomed|opened|presented|explained|should|could|can|must|outlined|commented|raised|will|may|they|we|he|she|it|The|This|These|There)\b"
)
_LEAD_IN = re.compile(r"[^:]{1,45}:\s+")
_BRACKETED = re.compile(r"[A-ZÀ-Ý][\w'’.-]+(?: [A-ZÀ-Ý][\w'’.-]+){0,3} \([^()]*[,A-Z][^()]*\)")
_TITLE = re.compile(r"(?:(?:[A-Za-z]+)\.?\s+)+?(?=\S)")
_COLUMNS = {
    "name": re.compile(r"names?|attendee|participant|who|member|person|delegate"),
    "role": re.compile(r"roles?|(?:job )?title|position|post|capacity"),
    "organisation": re.compile(r"organi[sz]ation|company|employer|affiliation|body|institution|from|representing"),
    "initials": re.compile(r"initials|abbreviation"),
}
_STRAYS = 3
_SENTENCES = re.compile(r"\s*[^\s.?!][^.?!]*(?:[.?!](?!\s|$)[^.?!]*)*[.?!]?")
_OPENING = re.compile(
    r"\s*(?:(?:Hi|Hello|Hiya|Morning|Afternoon|Good \w+|Thanks|So|And|Yes|Sure|OK|Right|Well|er|um)[,.!]?\s+(?:(?:everyone|all|chair)[,.]?\s+)?)*"
    r"(?:(?:I'm|I’m|I am|my name is|my name's|it's|this is)\s+)?"
)


def read_attendance(document: Document) -> tuple[Attendee, ...]:
    """The attendees in the order of their mention; those of every list in the note, and speakers who introduce themselves."""
    attendees: list[Attendee] = []
    columns: list[str | None] | None = None
    inside, strays = False, 0
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.speaker_end is not None:
            attendees += _speaker(document.text, block)
            inside = False
            continue
        header = _header(text) if block.kind == "row" else None
        cue = CUE.match(text) if len(text) < 60 or ":" in text[:60] else None
        if header:
            columns, inside, strays = header, True, 0
            continue
        if block.kind != "row":
            columns = None
        if cue:
            inside, strays = True, 0
            found = entries(document.text, block.start + cue.end(), block.end, inline=True)
            attendees += found
            continue
        if lead_in := _led_list(text, block):
            attendees += entries(document.text, block.start + lead_in, block.end, inline=True)
            continue
        if block.kind == "heading" or not inside:
            inside = False
            continue
        found = _row(document.text, block, columns) if columns else _listed(document.text, block)
        attendees += found
        strays = 0 if found else strays + 1
        # A sentence ends the list; a few odd lines (a time, a sub-heading) do not.
        inside = strays < _STRAYS and (bool(found) or len(text.split()) <= 6)
    return tuple(attendees)


def _led_list(text: str, block: Block) -> int | None:
    """Where a list of people begins that follows some other words and a colon: "Walking: Ann Tew (Warden, …); …"."""
    lead_in = _LEAD_IN.match(text)
    if block.kind == "row" or not lead_in:
        return None
    bracketed = len(_BRACKETED.findall(text[lead_in.end() :]))
    return lead_in.end() if bracketed > 1 and bracketed * 14 > len(text.split()) else None


def _header(text: str) -> list[str | None] | None:
    """The columns of a table of attendance, where this row heads one."""
    cells = [cell.strip().lower() for cell in text.split("|")]
    kinds = [next((kind for kind, words_ in _COLUMNS.items() if words_.fullmatch(cell)), None) for cell in cells]
    return kinds if "name" in kinds and len([kind for kind in kinds if kind]) > 1 else None


def _row(text: str, block: Block, columns: list[str | None]) -> list[Attendee]:
    cells = _cells(text, block)
    if len(cells) != len(columns):
        return entries(text, block.start, block.end, inline=False)
    by_kind = dict(zip(columns, cells, strict=True))
    name_cell = by_kind["name"]
    found = entries(text, name_cell.start, name_cell.end, inline=False)
    if len(found) != 1:
        return found
    person = found[0]
    for kind in ("role", "organisation", "initials"):
        cell = by_kind.get(kind)
        if cell and cell.text.strip(" -–—"):
            setattr(person, kind, cell)
    return found


def _cells(text: str, block: Block) -> list[Slice]:
    return [stripped(text, *span) for span in _parts(text, block.start, block.end, re.compile(r"\|"))]


def _listed(text: str, block: Block) -> list[Attendee]:
    """The attendees of one line of a list; none where the line is a sentence."""
    words_ = text[block.start : block.end]
    outside = re.sub(r"\([^)]*\)", "", words_)
    if _SENTENCE.search(outside) or (outside.rstrip().endswith((".", "?", "!")) and len(outside.split()) > 12):
        return []
    return entries(text, block.start, block.end, inline=False)


def _speaker(text: str, block: Block) -> list[Attendee]:
    """Who speaks in a turn, with organisation and role where the first sentence tells them."""
    assert block.speaker_end is not None
    label = entries(text, block.start, block.speaker_end, inline=False)
    if len(label) != 1:
        return label
    first = plain_words(label[0].name.text)[0]
    for sentence in list(_SENTENCES.finditer(text, block.speaker_end + 1, block.end))[:4]:
        opening = _OPENING.match(text, sentence.start(), sentence.end())
        start = opening.end() if opening else sentence.start()
        spoken = plain_words(text[start : sentence.end()])
        if not spoken or spoken[0] != first or not 1 < len(spoken) <= 24:
            continue
        stop = _second_name_end(text, sentence.end(), block.end) if len(spoken) < 6 else sentence.end()
        introduced = entries(text, start, stop, inline=True)
        return [*label, *introduced[:1]]
    return label


def _second_name_end(text: str, end: int, block_end: int) -> int:
    """Where an introduction ends that goes on after the name: "Ann Tew. Tew Ltd, I'm the founder"."""
    following = _SENTENCES.match(text, end, block_end)
    return (
        following.end() if following and len(following[0].split()) < 16 and following[0].strip()[0].isupper() else end
    )


def _parts(text: str, start: int, end: int, separator: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for match in separator.finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    yield at, end
