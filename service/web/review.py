"""What a facilitator sees of a note and says of it, between the review and its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from starlette.datastructures import FormData

from models.errors import Invalid
from models.note import DecisionKind
from models.review import Review
from service.api.notes import NewDecision
from service.web.person import field

TYPES = {
    "person": "a person",
    "organisation": "an organisation",
    "role": "a role that tells who it is",
    "place": "a place",
    "contact": "contact details",
    "identifier": "a number or reference",
}


@dataclass(frozen=True)
class Stretch:
    """A stretch of a line: its words and, where they were replaced, the number of the redaction."""

    text: str
    number: int | None = None


@dataclass(frozen=True)
class Row:
    """A line of the original beside the line that will be circulated."""

    original: tuple[Stretch, ...]
    redacted: tuple[Stretch, ...]


@dataclass(frozen=True)
class Replaced:
    """The same words, replaced by the same: a facilitator looks at them once, wherever they stand."""

    original: str
    surrogate: str
    type: str
    doubtful: bool
    own: bool
    """The facilitator asked for it."""
    accepted: bool
    numbers: tuple[int, ...]


def replaced(review: Review) -> list[Replaced]:
    """What was replaced, each run of words once, in the order in which they first occur."""
    alike: dict[tuple[str, str, str], list[int]] = {}
    for number, row in enumerate(review.redactions):
        alike.setdefault((row.original, row.surrogate, row.type), []).append(number)
    return [
        Replaced(
            *words,
            doubtful=any(review.redactions[number].doubtful for number in numbers),
            own=any(review.redactions[number].decision is DecisionKind.add for number in numbers),
            accepted=all(review.redactions[number].decision is DecisionKind.accept for number in numbers),
            numbers=tuple(numbers),
        )
        for words, numbers in alike.items()
    ]


def rows(review: Review) -> list[Row]:
    """The note line by line, both as it was and as it will be."""
    before = _lines(review.original, [(row.start, row.end) for row in review.redactions])
    after = _lines(review.redacted, [(row.redacted_start, row.redacted_end) for row in review.redactions])
    return [Row(old, new) for old, new in zip_longest(before, after, fillvalue=()) if old or new]


def decisions(fields: FormData, review: Review) -> list[NewDecision]:
    """What a form says: words to show again and words to mask; raises Invalid where none can be acted on."""
    shown, kept = ({str(value) for value in fields.getlist(name)} for name in ("show", "keep"))
    if shown & kept:
        raise Invalid("Some words are ticked both to stay replaced and to be shown again. Choose one.")
    taken = []
    for replacement in replaced(review):
        first = str(replacement.numbers[0])
        kind = DecisionKind.reject if first in shown else DecisionKind.accept if first in kept else None
        again = [review.redactions[number] for number in replacement.numbers if kind]
        taken += [NewDecision(kind=kind, start=row.start, end=row.end) for row in again if kind]
    words = field(fields, "words")
    if words:
        start = review.original.find(words)
        if start < 0:
            raise Invalid("These words are not in the note. Copy them exactly as they stand in the note.")
        sort = field(fields, "type")
        if sort not in TYPES:
            raise Invalid("Say what kind of thing these words are.")
        everywhere = bool(field(fields, "everywhere"))
        end = start + len(words)
        add = NewDecision(kind=DecisionKind.add, start=start, end=end, type=sort, everywhere=everywhere)
        taken = [decision for decision in taken if (decision.start, decision.end) != (start, end)] + [add]
    if not taken:
        raise Invalid(
            "Nothing was changed. Tick words to keep or to show again, or enter words to mask; or clear the note."
        )
    return taken


def _lines(text: str, replaced: Sequence[tuple[int, int]]) -> Iterator[tuple[Stretch, ...]]:
    line: list[Stretch] = []
    for stretch in _stretches(text, replaced):
        first, *rest = stretch.text.split("\n")
        line += [Stretch(first, stretch.number)] if first else []
        for part in rest:
            yield tuple(line)
            line = [Stretch(part, stretch.number)] if part else []
    yield tuple(line)


def _stretches(text: str, replaced: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    place = 0
    for number, (start, end) in enumerate(replaced):
        yield Stretch(text[place:start])
        yield Stretch(text[start:end], number)
        place = end
    yield Stretch(text[place:])
