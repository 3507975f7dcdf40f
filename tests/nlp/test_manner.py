"""Kind and stance as the worker judges them, with what was learnt."""

import numpy as np
import pytest

from nlp.encode import encode
from nlp.manner import KINDS, STANCES, judged
from nlp.points import Point

PLAIN = {
    "My depot would take four of them a year, vans and tutors included, if a college sends us the names.": "offer",
    "The council undertook to publish the waiting list by ward before Easter.": "commitment",
    "Please stop changing the form in the middle of the financial year.": "ask",
    "Of 212 families who were rehoused, 61 had moved again within the twelve months.": "evidence",
    "The rules stop us from hiring drivers, the backlog is worse than ever, and firms have given up.": "barrier",
    "It works because the nurse and the housing officer share a desk and a kettle.": "enabler",
}


def points(texts: list[str], is_action: bool = False) -> list[Point]:
    return [Point(0, len(text), text, "barrier", "mixed", None, None, is_action) for text in texts]


def test_plain_points_of_each_kind() -> None:
    found = judged(points(list(PLAIN)), encode(list(PLAIN)))
    assert [point.kind for point in found] == list(PLAIN.values())
    assert {point.stance for point in found if point.kind in ("offer", "commitment")} == {"supports"}
    assert {point.stance for point in found if point.kind == "barrier"} == {"is concerned"}


def test_only_kind_and_stance_are_judged_and_an_action_stays_one() -> None:
    (before,) = points(["Somebody is worried that nobody answers the telephone."], is_action=True)
    (after,) = judged([before], encode([before.text]))
    assert after.kind == "commitment"
    assert (after.start, after.end, after.text, after.is_action) == (before.start, before.end, before.text, True)


def test_the_same_points_are_judged_the_same_twice() -> None:
    texts = [*PLAIN, *(f"{text} Again." for text in PLAIN)]
    vectors = encode(texts)
    assert judged(points(texts), vectors) == judged(points(texts), vectors)


@pytest.mark.parametrize("width", [128, 768])
def test_with_another_encoder_the_cues_decide(width: int) -> None:
    before = points(list(PLAIN))
    assert judged(before, np.ones((len(before), width), np.float32)) == tuple(before)


def test_no_points() -> None:
    assert judged((), np.empty((0, 384), np.float32)) == ()
    assert len(KINDS) == 6
    assert len(STANCES) == 3
