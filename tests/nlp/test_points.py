"""Points of redacted notes: what is one, where it starts and ends, who said it."""

import subprocess
import sys
import time
from itertools import pairwise

import pytest

from nlp.points import Point, find_points
from nlp.read import Document, read

SECTORS = {"Person A": "public", "Person B": "private", "Person C": "not-for-profit"}


def note(*lines: str) -> Document:
    return read("\n\n".join(lines).encode(), "note.md")


def points(*lines: str) -> tuple[Point, ...]:
    return find_points(note(*lines), SECTORS)


def texts(*lines: str) -> list[str]:
    return [point.text for point in points(*lines)]


def bullets(*items: str) -> str:
    return "\n".join(f"- {item}" for item in items)


def test_a_bullet_is_a_point_with_exact_offsets() -> None:
    document = note(
        "# Ferries", "## Timetables", bullets("[Person B] said the last boat leaves before the shift ends.")
    )
    (point,) = find_points(document, SECTORS)
    assert document.text[point.start : point.end] == point.text
    assert point.text == "[Person B] said the last boat leaves before the shift ends."
    assert (point.voice, point.sector) == ("Person B", "private")


def test_two_short_sentences_of_one_speaker_stay_together() -> None:
    assert texts("## Staff", bullets("[Person C]: we lost four of our best teachers. Nobody replaced them.")) == [
        "[Person C]: we lost four of our best teachers. Nobody replaced them."
    ]


def test_two_speakers_in_a_bullet_are_two_points() -> None:
    found = points(
        "## Ferries",
        bullets(
            "[Person A] argued that the new timetable had been tested with residents. "
            "[Person B] disagreed, his drivers had not been asked at any time."
        ),
    )
    assert [point.voice for point in found] == ["Person A", "Person B"]


def test_opposite_views_around_a_semicolon_are_two_points() -> None:
    found = points(
        "## Ferries",
        bullets(
            "Employers felt that the new timetable gave their staff a fair start; "
            "charities felt the opposite, since carers would wait another hour."
        ),
    )
    assert [point.sector for point in found] == ["private", "not-for-profit"]


def test_prose_is_parted_where_the_speaker_changes_and_before_it_grows_long() -> None:
    found = points(
        "## Ferries",
        "[Person A] described how the harbour lost its morning boat when the subsidy ended without notice. "
        "[Person B] was not so sure. His crews had asked for a later start for years and were glad of it. "
        "He would lend a smaller boat for the winter if the pier is mended.",
    )
    assert [point.voice for point in found] == ["Person A", "Person B", "Person B"]
    assert found[1].text.startswith("[Person B] was not so sure. His crews")
    assert found[2].kind == "offer"


@pytest.mark.parametrize(
    "line",
    [
        "[Person A] welcomed everyone to the room.",
        "Minutes of the last meeting were agreed.",
        "Date of next meeting: 4 March",
        "(General laughter.)",
        "Any other business: none",
        "https://ferries.example/papers",
        "Tea.",
        "No matters arising.",
        "**Present:** [Person A] (Director, [public body 1]); [Person B] ([private-sector organisation 1])",
        "**Apologies:** [Person C]",
    ],
)
def test_the_running_of_a_meeting_is_no_point(line: str) -> None:
    statement = "[Person B] said the last boat leaves before the shift ends."
    assert texts("# Ferries", "## Timetables", bullets(statement), line) == [statement]


def test_an_attendance_list_is_no_point_in_any_layout() -> None:
    statement = bullets("[Person B] said the last boat leaves before the shift ends.")
    listed = bullets(
        "[Person A], Permanent Secretary, [public body 1]", "Dr [Person B], [private-sector organisation 1]"
    )
    table = "| Name | Role | Organisation |\n|---|---|---|\n| [Person A] | Director of Many Things | Home Office |"
    for attendance in (listed, table):
        assert len(texts("# Ferries", "**Present**", attendance, "## Timetables", statement)) == 1
        assert len(texts("# Ferries", "## Attendance", attendance, "## Timetables", statement)) == 1


def test_the_action_cell_of_a_row_is_a_commitment_of_its_owner() -> None:
    table = (
        "| No | Action | Owner | By |\n|---|---|---|---|\n| A1 | Publish the winter timetable | [Person A] | 4 March |"
    )
    (point,) = points("## Actions", table)
    assert (point.text, point.kind) == ("Publish the winter timetable", "commitment")
    assert (point.voice, point.sector) == ("Person A", "public")


def test_an_action_does_not_tell_the_sector_of_its_owner() -> None:
    table = "| Action | Owner |\n|---|---|\n| Ask the council for a second boat | [Person Q] |"
    (point,) = points("## Actions", table)
    assert (point.voice, point.sector) == ("Person Q", None)


def test_an_attendance_list_tells_the_sector_of_its_people() -> None:
    found = points(
        "## Present",
        bullets("[Person Q], Chief Executive, Harbour Charity"),
        "## Talk",
        bullets("[Person Q] said the last boat leaves before the class ends."),
    )
    assert [point.sector for point in found] == ["not-for-profit"]


def test_a_table_of_comments_takes_the_sector_from_its_row() -> None:
    table = "| Sector | Comment |\n|---|---|\n| Charities | The last boat leaves before the evening class ends |"
    (point,) = points("## Written answers", table)
    assert (point.text, point.sector) == ("The last boat leaves before the evening class ends", "not-for-profit")


def test_the_heading_can_tell_the_sector() -> None:
    found = points("## What universities said", bullets("The last boat leaves before the evening lecture has ended."))
    assert [point.sector for point in found] == ["higher education"]


def test_she_goes_on_with_the_speaker_before() -> None:
    found = points(
        "## Ferries",
        bullets("[Person C] runs the evening class.", "Her pupils leave early to catch the last boat home."),
    )
    assert [point.voice for point in found] == ["Person C", "Person C"]


def transcript(*turns: tuple[str, str]) -> tuple[Document, tuple[Point, ...]]:
    cues = [
        f"00:{place:02}:00.000 --> 00:{place:02}:50.000\n<v {label}>{words}</v>"
        for place, (label, words) in enumerate(turns)
    ]
    document = read(("WEBVTT\n\n" + "\n\n".join(cues) + "\n").encode(), "note.vtt")
    return document, find_points(document, SECTORS)


def test_turns_give_points_without_label_greeting_or_banter() -> None:
    document, found = transcript(
        ("Chair", "Good morning, can everyone hear me? Let's start with the boats."),
        ("[Person B]", "[Person B], I run [private-sector organisation 1] at the harbour."),
        ("[Person B]", "Yes."),
        ("[Person C]", "Our pupils leave the class an hour early because there is no later boat."),
        ("[Person B]", "I'd lend you my own boat on Fridays, crew and all, at no charge."),
        ("[Person C]", "Done. Somebody minute that!"),
        ("Chair", "Thank you, all. Tea is next door."),
    )
    assert [point.text for point in found] == [
        "Our pupils leave the class an hour early because there is no later boat.",
        "I'd lend you my own boat on Fridays, crew and all, at no charge.",
    ]
    assert [(point.voice, point.sector) for point in found] == [("Person C", "not-for-profit"), ("Person B", "private")]
    assert all(document.text[point.start : point.end] == point.text for point in found)


def test_a_speaker_who_introduces_a_charity_speaks_for_it() -> None:
    _, found = transcript(
        ("[Person Q]", "[Person Q], [organisation 4]. We're a charity, we teach people to read."),
        ("[Person C]", "Our pupils leave the class an hour early because there is no later boat."),
        ("[Person Q]", "Our volunteers walk home along the sea wall when it is dark and icy."),
    )
    assert found[-1].sector == "not-for-profit"


def test_points_lie_in_order_and_never_overlap() -> None:
    found = points("# Ferries", "## Talk", LONG)
    assert len(found) > 20
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_a_note_of_three_thousand_words_takes_well_under_a_second() -> None:
    document = note("# Ferries", "## Talk", LONG)
    find_points(document, SECTORS)
    started = time.perf_counter()
    find_points(document, SECTORS)
    assert time.perf_counter() - started < 1.5


def test_two_processes_find_the_same_points() -> None:
    program = (
        "from nlp.points import find_points; from nlp.read import read; import sys; "
        "print(find_points(read(sys.stdin.buffer.read(), 'note.md'), {'Person A': 'public'}))"
    )
    text = "## Talk\n\n" + bullets("[Person A] will publish the timetable by May.", "Charities said it is too late.")
    runs = {
        subprocess.run([sys.executable, "-c", program], input=text.encode(), capture_output=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


LONG = bullets(
    *(
        f"[Person {'ABC'[place % 3]}] said that boat number {place} had been late on {place % 9 + 2} days a month, "
        "because the crew waits for a permit that is signed on the other side of the bay. Nobody knows why it must be."
        for place in range(75)
    )
)
