"""Alignment with a framework: several, none and unsure are answers, and an edit falls back to the text."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from nlp.encode import encode
from nlp.missions import Alignment, Framework, align, align_theme, parse_framework
from nlp.trained import NONE, fit, trained
from tests.evals.notes import matched, sample_notes

MISSIONS = parse_framework((files("nlp.frameworks") / "missions.yaml").read_text("utf-8"))
PLAIN = {
    "clean_energy": "Offshore wind farms wait a decade for a grid connection.",
    "nhs": "Patients wait eighteen weeks for a hip operation at the hospital.",
    "streets": "Knife crime among teenagers needs more neighbourhood police officers.",
    "opportunity": "Half of our nursery places are lost because early years staff leave.",
    "growth": "Planning reform would let us build more homes and invest in infrastructure.",
}


def aligned(texts: Sequence[str], framework: Framework = MISSIONS) -> tuple[tuple[Alignment, ...], ...]:
    return align(texts, encode(texts), framework)


@pytest.mark.parametrize("framework", [MISSIONS, replace(MISSIONS, id="untrained")], ids=["learnt", "text alone"])
def test_plain_points_find_their_mission(framework: Framework) -> None:
    answers = aligned(list(PLAIN.values()), framework)
    assert [answer[0].entry for answer in answers] == list(PLAIN)
    assert all(answer[0].state == "aligned" for answer in answers)
    assert all(0 < one.score <= 1 for answer in answers for one in answer)


def test_none_and_unsure_are_answers() -> None:
    assert aligned(["Whales were counted off Iceland.", "The next meeting is on Tuesday."]) == ((), ())
    [answer] = aligned(["The museum bought a Bronze Age pot."])
    assert [one.state for one in answer] == ["unsure"]
    assert align([], encode([]), MISSIONS) == ()


def test_a_point_is_answered_alike_alone_and_among_others() -> None:
    texts = [*PLAIN.values(), "Whales were counted off Iceland."]
    together = aligned(texts)
    for text, answer in zip(texts, together, strict=True):
        [alone] = aligned([text])
        assert [one.entry for one in alone] == [one.entry for one in answer]
        np.testing.assert_allclose([one.score for one in alone], [one.score for one in answer], atol=0.01)


def test_missions_of_the_sample_notes() -> None:
    hits = told = wanted = 0
    for note in sample_notes():
        places = {point: place for place, point in enumerate(note.points)}
        answers = align([point.text for point in note.points], note.vectors(), MISSIONS)
        for key, point in matched(note):
            found = {one.entry for one in answers[places[point]] if one.state == "aligned"}
            hits, told, wanted = (
                hits + len(found & {*key["missions"]}),
                told + len(found),
                wanted + len(key["missions"]),
            )
    print(f"micro-F1 {2 * hits / (told + wanted):.3f} of {wanted} missions")
    assert 2 * hits / (told + wanted) >= 0.6


def test_an_edited_list_of_entries_has_its_text_alone() -> None:
    fewer = replace(MISSIONS, entries=tuple(entry for entry in MISSIONS.entries if entry.id != "nhs"))
    answers = aligned(list(PLAIN.values()), fewer)
    assert {one.entry for answer in answers for one in answer} == set(PLAIN) - {"nhs"}
    learnt = trained("missions")
    assert learnt is not None
    assert learnt.fits(list(PLAIN))
    assert not learnt.fits([entry.id for entry in fewer.entries])
    assert trained("collaboration") is None


def test_what_is_learnt_is_kept_and_read_back(tmp_path: Path) -> None:
    texts = [f"{text} This was said at table {number}." for number in range(6) for text in PLAIN.values()]
    answers = {"a": "growth", "b": "nhs", "c": NONE}
    classes = ["abc"[place % 5 % 3] for place in range(len(texts))]
    learnt = fit(texts, encode(texts), classes, answers)
    assert learnt.answers == ("growth", "nhs", NONE)
    learnt.save(tmp_path / "kept.npz")
    with np.load(tmp_path / "kept.npz") as kept:
        again = replace(learnt, **{name: kept[name].astype(np.float32) for name in ("rarity", "weights", "bias")})
    here, there = (one.log_probabilities(texts, encode(texts), ["growth", "nhs"]) for one in (learnt, again))
    np.testing.assert_allclose(np.exp(here).sum(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(here, there, atol=0.05)
    right = here.argmax(axis=1) == [["growth", "nhs", NONE].index(answers[name]) for name in classes]
    assert right.mean() > 0.9


def test_a_theme_has_what_enough_of_its_points_have() -> None:
    sure, unsure = Alignment("nhs", 0.9, "aligned"), Alignment("growth", 0.4, "unsure")
    answers = align_theme([(sure,), (unsure,), (replace(sure, score=0.95), unsure), ()])
    assert [(one.entry, one.state, place) for one, place in answers] == [("nhs", "aligned", 2), ("growth", "unsure", 1)]
    assert align_theme([()] * 9 + [(sure,)]) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("entries: [", "not YAML: look at line"),
        ("- one", "starts with id"),
        ("id: a\nversion: 1\ntitle: A\nsource: B\nentries: []", "at least one entry"),
        ("id: a\nversion: 1\ntitle: A\nsource: B\nentries: 5", "must be a list"),
        ("id: a\nversion: 1\ntitle: A\nsource: B\nentries: [{id: x, title: X}]", "“x” has no description"),
    ],
)
def test_text_that_is_no_framework_says_what_to_mend(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_framework(text)
