"""The grounding check: may this sentence stand on the points it cites?"""

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.briefing import Briefing, Sentence
from nlp.claims import Comparison, compare, split
from nlp.digest import compose, disclosure
from nlp.excerpt import quoted, verbatim
from nlp.facts import DigestFacts
from nlp.section import named_sector
from nlp.wording import Wording

WEIGHTS: Mapping[str, float] = {
    "all": -1.45,
    "coverage": 0.9,
    "likeness": 1.8,
    "numbers": -1.0,
    "names": -0.5,
    "turned": -0.9,
    "negations": -0.3,
}
"""Of a logistic regression on published sets of checked claims, rounded. Those of tests/evals/train_grounding.py judge
conversations better, and let a sentence pass that goes beyond the few points it cites."""
AT_MOST = 3
"""More of a kind count no more than so many."""
FEW = 12
"""Sentences of evidence among which the place that a claim speaks of is found surely enough to refuse by it."""
ENOUGH = 0.5
ENOUGH_OF_FEW = 0.6
"""A sentence on a few points has fewer words to hide among, so more of it must be theirs."""
SECTORS = ("public sector", "private sector", "not-for-profit", "higher education")


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may stand, how well it is borne out (0–1), and why not, for an editor to read."""

    supported: bool
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something in a briefing that blocks its publication, and where it stands."""

    place: str
    text: str
    verdict: Verdict


def check(sentence: Sentence, evidence: Sequence[str], composed: Sequence[Sentence] = ()) -> Verdict:
    """One sentence against the texts of the points it cites.

    A sentence in a wording of the briefing must be one of `composed`, the sentences composed again from the facts as
    they are now. One that an editor (no wording) or a model ("writer/…") wrote is weighed against the evidence.
    """
    if is_free(sentence):
        if not sentence.points:
            return Verdict(False, 0.0, ("It cites no point.",))
        return check_claim(sentence.text, evidence)
    reasons = [*_recomposed(sentence, composed), *_misquoted(sentence.text, evidence)]
    return Verdict(not reasons, 0.0 if reasons else 1.0, tuple(reasons))


def check_claim(claim: str, evidence: Sequence[str], weights: Mapping[str, float] = WEIGHTS) -> Verdict:
    """A free text, sentence by sentence, against the evidence; the weakest sentence decides.

    Numbers, names, sectors and quoted words must stand in the evidence; a word turned into its opposite or a negation
    put in or taken out refuses it; the rest is weighed by how much of it the evidence says, in words and in sense.
    """
    verdicts = [_check_sentence(part, evidence, weights) for part in split(claim)]
    if not verdicts:
        return Verdict(False, 0.0, ("It is empty.",))
    reasons = tuple(dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons))
    return Verdict(all(v.supported for v in verdicts), min(v.score for v in verdicts), reasons)


def check_briefing(briefing: Briefing, facts: DigestFacts, wordings: Mapping[str, Wording]) -> tuple[Finding, ...]:
    """What in a briefing the facts, as the database gives them now, do not bear out; empty when all of it stands."""
    fresh = compose(facts, wordings)
    composed = [*fresh.sentences(), disclosure(wordings)]
    texts = {p.id: f"{p.text} ({named_sector(p.sector)})" for theme in facts.themes for p in theme.points}
    titles = {theme.id: theme.title for theme in facts.themes}
    found = list(_frame(briefing, fresh))
    for place, sentence in _places(briefing):
        evidence = [texts[point] for point in sentence.points if point in texts]
        if is_free(sentence) and sentence.theme in titles:
            evidence.append(titles[str(sentence.theme)])
        verdict = check(sentence, evidence, composed)
        unknown = [point for point in sentence.points if point not in texts]
        if unknown:
            verdict = Verdict(False, 0.0, ("It cites a point that may not be shown.", *verdict.reasons))
        if not verdict.supported:
            found.append(Finding(place, sentence.text, verdict))
    return tuple(found)


def is_free(sentence: Sentence) -> bool:
    """True where an editor or a model wrote the sentence."""
    return not sentence.template or sentence.template.startswith("writer/")


def measures(found: Comparison) -> dict[str, float]:
    """What the weights weigh: of each kind of difference how many, shares and likeness as they are."""
    counted = ("numbers", "miscounted", "names", "turned", "negations")
    return {
        "all": 1.0,
        **{name: float(min(len(getattr(found, name)), AT_MOST)) for name in counted},
        "coverage": found.coverage,
        "likeness": found.likeness,
        "unknown": found.unknown,
        "spoken": float(found.spoken),
        "speakers": float(bool(found.speakers)),
        "lead": found.lead,
    }


def _check_sentence(claim: str, evidence: Sequence[str], weights: Mapping[str, float]) -> Verdict:
    found = compare(claim, evidence)
    few = sum(len(split(text)) for text in evidence) <= FEW
    reasons = [*_misquoted(claim, evidence), *_unheard_sectors(claim, evidence)]
    reasons += [f"The number {value} is not in the points cited." for value in found.numbers]
    reasons += [f"The points cited do not give {value} of this." for value in found.miscounted if few]
    reasons += [f"“{name}” is not in the points cited." for name in found.names if few]
    reasons += [f"The points cited say the opposite of “{word}”." for word in found.turned if few]
    reasons += [f"“{word}” is denied on one side and not on the other." for word in found.negations if few]
    values = measures(found)
    score = 1 / (1 + math.exp(-sum(weight * values[name] for name, weight in weights.items())))
    if not reasons and score < (ENOUGH_OF_FEW if few else ENOUGH):
        reasons = ["Too little of it is in the points cited."]
    return Verdict(not reasons, min(score, ENOUGH - 0.01) if reasons else score, tuple(reasons))


def _misquoted(text: str, evidence: Sequence[str]) -> list[str]:
    wrong = [quote for quote in quoted(text) if not verbatim(quote, evidence)]
    reasons = [f"“{quote}” is not in the points cited, word for word." for quote in wrong]
    if text.count("“") != text.count("”"):
        reasons.append("A quotation mark is opened or closed alone.")
    return reasons


def _unheard_sectors(claim: str, evidence: Sequence[str]) -> list[str]:
    heard = " ".join(evidence).lower()
    named = [sector for sector in SECTORS if sector in claim.lower() and sector not in heard]
    return [f"None of the points cited is of the {sector.removesuffix(' sector')} sector." for sector in named]


def _recomposed(sentence: Sentence, composed: Sequence[Sentence]) -> list[str]:
    if any(_same(sentence, other) for other in composed):
        return []
    alike = [o for o in composed if (o.template, o.theme) == (sentence.template, sentence.theme)]
    if not alike:
        return ["The facts no longer give a sentence of this kind here."]
    nearest = max(alike, key=lambda other: difflib.SequenceMatcher(None, sentence.text, other.text).ratio())
    if nearest.text == sentence.text:
        return ["It cites other points, or carries other values, than the facts give."]
    return [_difference(sentence.text, nearest.text)]


def _difference(text: str, expected: str) -> str:
    said, right = (re.findall(r"\s+|[^\s]+", part) for part in (text, expected))
    for step, start, end, other_start, other_end in difflib.SequenceMatcher(None, said, right).get_opcodes():
        if step != "equal":
            here, there = "".join(said[start:end]).strip(), "".join(right[other_start:other_end]).strip()
            return f"It says “{here}” where the facts give “{there}”."
    return "It differs from what the facts give."


def _same(sentence: Sentence, other: Sentence) -> bool:
    named = (sentence.text, sentence.template, sentence.theme) == (other.text, other.template, other.theme)
    return named and sentence.points == other.points and dict(sentence.values) == dict(other.values)


def _frame(briefing: Briefing, fresh: Briefing) -> list[Finding]:
    wrong = Verdict(False, 0.0, ("It is not what the facts give.",))
    pairs = [
        ("Title", briefing.title, fresh.title),
        ("Period", f"{briefing.period_start} – {briefing.period_end}", f"{fresh.period_start} – {fresh.period_end}"),
        ("Marking", briefing.marking, fresh.marking),
    ]
    found = [Finding(place, text, wrong) for place, text, expected in pairs if text != expected]
    titles = {(theme.id, theme.title) for mission in fresh.missions for theme in mission.themes}
    missions = {(mission.id, mission.title) for mission in fresh.missions}
    for mission in briefing.missions:
        if (mission.id, mission.title) not in missions:
            found.append(Finding("Mission", mission.title, wrong))
        found += [
            Finding("Theme", theme.title, wrong) for theme in mission.themes if (theme.id, theme.title) not in titles
        ]
    account = Verdict(False, 0.0, ("The account of what became of every point is missing.",))
    if not any(sentence.template.startswith("account@") for sentence in briefing.withheld):
        found.append(Finding("What was withheld", "", account))
    return found


def _places(briefing: Briefing) -> list[tuple[str, Sentence]]:
    sections: dict[str, Sequence[Sentence]] = {"Summary": briefing.opening}
    for mission in briefing.missions:
        for theme in mission.themes:
            sections |= {f"{theme.title}, {part.heading.lower()}": part.sentences for part in theme.parts}
    sections |= {"Also raised": briefing.also_raised, "New, rising and fading": briefing.movement}
    sections |= {"How this was made": briefing.made, "What was withheld": briefing.withheld}
    return [
        (f"{place}, sentence {number}", sentence)
        for place, sentences in sections.items()
        for number, sentence in enumerate(sentences, 1)
    ]
