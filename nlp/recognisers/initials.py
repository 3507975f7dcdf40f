"""Finds initials that stand for people whom the note never names in full: "AB to follow up", "TKe said"."""

import re

from nlp.gazetteers import words
from nlp.recognisers.kinds import is_readable_place
from nlp.recognisers.note_text import NoteText, is_english

_REPORTS = (
    "said|says|noted|notes|asked|asks|reported|reports|agreed|agrees|thanked|thanks|welcomed|raised|explained|explains|"
    "commented|suggested|suggests|felt|thought|confirmed|outlined|presented|updated|advised|highlighted|stated|added|opened|"
    "proposed|queried|responded|replied|mentioned|stressed|argued|offered|undertook|conceded|admitted|observed|remarked|"
    "cautioned|warned|wanted|described|pointed out|told|spoke|recommended|summarised|concluded|questioned|wondered|will"
)
_SUBJECT = re.compile(
    rf"(?:^|\n|\| |[.;:] |[-–—] |\()([A-Z]{{2}}|[A-Z]{{2}}[a-z]|[A-Z][a-z][A-Z])"
    rf"(?= (?:to [a-z]{{3,}}|{_REPORTS})\b|: ?[A-Za-z]| [-–—] [A-Za-z])"
)
_OBJECT = re.compile(r"(?:\b(?:with|by|and|from)\s|/ ?|, )([A-Z]{2})\b(?! [A-Z])(?!['-])")


def unknown_initials(note: NoteText) -> set[str]:
    """Letters that speak or have a task somewhere in the note, and are no acronym or word that we know."""
    found = {match[1] for match in _SUBJECT.finditer(note.folded) if not _means_something(match[1].lower())}
    if not found:
        return found
    # Where a note calls people by their initials, those they do things with are people, too.
    others = {match[1] for match in _OBJECT.finditer(note.folded) if not _means_something(match[1].lower())}
    return found | others


def _means_something(plain: str) -> bool:
    known = (words("terms"), words("public_bodies"), words("titles"))
    return any(plain in entries for entries in known) or is_english(plain) or is_readable_place(plain)
