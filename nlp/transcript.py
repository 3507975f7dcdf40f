"""Reads the turns of transcripts: WebVTT, SubRip, and notes whose lines are "Name: words"."""

import html
import re
from collections import Counter

from nlp.piece import Piece, cleaned

_TIMING = re.compile(r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s+-->\s")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z\d][^<>]*>")
_STAMP = r"(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\)?\]?\s+)?"
_LABELLED = re.compile(rf"{_STAMP}([^\W\d_][^:.?!;\n]{{0,58}}(?:\.[^:.?!;\n]{{1,30}}){{0,2}}|[^\W\d_]):\s+(\S.*)")
_STAMPED = re.compile(r"([^\W\d_][^:?!;\n]{0,60}?)\s+(?:\d{1,2}:)?\d{1,2}:\d{2}")
_SMALL = {"of", "the", "for", "and", "from", "de", "van", "der", "al", "ap", "at", "in", "on"}
_HEADWORDS = {
    *("action", "actions", "agenda", "apologies", "attendees", "background", "chaired by", "context", "date"),
    *("decision", "discussion", "event", "example", "format", "in attendance", "issue", "location", "next steps"),
    *("note", "note taker", "notes", "outcome", "present", "purpose", "subject", "summary", "time", "title"),
    *("to", "from", "cc", "topic", "venue", "http", "https", "warning", "question", "answer", "q", "a"),
}
_ROLES = {"chair", "chairman", "chairwoman", "facilitator", "host", "interviewer", "moderator", "secretary"}
_STOPS = ".?!…"


def cue_pieces(text: str) -> list[Piece]:
    """Turns of a VTT or SRT file; consecutive cues of one speaker are joined, unnamed speech is paragraphs."""
    cues = _labelled([line for block in re.split(r"\n[ \t]*\n", text) for line in _cue(block)])
    if not any(label for label, _ in cues):
        return _sentences([words for _, words in cues])
    voiced = _VOICE.search(text) is not None
    found: list[Piece] = []
    for label, words in cues:
        goes_on = found and found[-1].label == label
        # Where names are typed, a cue without one goes on with the one before; a file of voices names them all.
        if goes_on or (found and label is None and not voiced):
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {words}")
        else:
            found.append(Piece("turn" if label else "paragraph", words, 0, label))
    return found


def with_turns(pieces: list[Piece]) -> list[Piece]:
    """The pieces with "Name: words" paragraphs as turns, where most lines are such and the names recur."""
    pieces = _unstamped(pieces)
    matches = {
        index: match
        for index, piece in enumerate(pieces)
        if piece.kind == "paragraph" and (match := _LABELLED.fullmatch(piece.text.strip().replace("\n", " ")))
    }
    speakers = {index: label for index, match in matches.items() if _may_speak(label := cleaned(match[1]))}
    counts = Counter(speakers.values())
    lines = sum(piece.kind in ("paragraph", "bullet", "row") for piece in pieces)
    if len(speakers) < 5 or len(counts) < 2 or len(speakers) < 0.6 * lines or len(counts) * 1.5 > len(speakers):
        return pieces
    return [
        Piece("turn", matches[index][2], 0, speakers[index]) if index in speakers else piece
        for index, piece in enumerate(pieces)
    ]


def _may_speak(label: str) -> bool:
    return label.lower() not in _HEADWORDS and len(label.split()) <= 8


def _cue(block: str) -> list[tuple[str | None, str]]:
    """The (voice, words) of one cue; none for headers, notes and styles, which have no timing."""
    lines = block.strip("\n").split("\n")
    timing = next((index for index, line in enumerate(lines[:2]) if _TIMING.match(line.strip())), None)
    if timing is None:
        return []
    parts = _VOICE.split("\n".join(lines[timing + 1 :]))
    spoken: list[tuple[str | None, str]] = [(None, line) for line in parts[0].split("\n")]
    spoken += [(_plain(voice), words) for voice, words in zip(parts[1::2], parts[2::2], strict=True)]
    return [(voice or None, plain) for voice, words in spoken if (plain := _plain(words))]


def _plain(words: str) -> str:
    return cleaned(html.unescape(_TAG.sub("", words)))


def _labelled(cues: list[tuple[str | None, str]]) -> list[tuple[str | None, str]]:
    """Takes "Name: words" apart in cues that have no voice, where the name looks like one or comes back."""
    matches = [None if voice else _LABELLED.fullmatch(words) for voice, words in cues]
    counts = Counter(match[1] for match in matches if match)
    often = 2 * sum(counts.values()) >= len(cues)
    return [
        (match[1], match[2]) if match and _is_label(match[1], often or counts[match[1]] > 1) else cue
        for cue, match in zip(cues, matches, strict=True)
    ]


def _is_label(label: str, recurs: bool) -> bool:
    words = label.split()
    named = all(not word[0].islower() or word.lower() in _SMALL for word in words)
    return _may_speak(label) and (recurs or (named and len(words) > 1) or label.lower() in _ROLES)


def _sentences(words: list[str]) -> list[Piece]:
    """Paragraphs of about forty words that end where a sentence does."""
    found: list[Piece] = []
    open_words = ""
    for cue in words:
        open_words = f"{open_words} {cue}".strip()
        if open_words[-1] in _STOPS and len(open_words.split()) >= 40:
            found.append(Piece("paragraph", open_words))
            open_words = ""
    return [*found, Piece("paragraph", open_words)] if open_words else found


def _unstamped(pieces: list[Piece]) -> list[Piece]:
    """Joins the "Name  0:03" lines that meeting software writes to the words below them."""
    stamps = [_STAMPED.fullmatch(piece.text.strip()) if piece.kind == "paragraph" else None for piece in pieces]
    if sum(stamp is not None for stamp in stamps) < 5:
        return pieces
    found: list[Piece] = []
    speaker: str | None = None
    for piece, stamp in zip(pieces, stamps, strict=True):
        if stamp:
            speaker = cleaned(stamp[1])
        elif piece.kind == "paragraph" and speaker and found and found[-1].label == speaker:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {piece.text}")
        elif piece.kind == "paragraph" and speaker:
            found.append(Piece("turn", piece.text, 0, speaker))
        else:
            found.append(piece)
            speaker = None
    return found
