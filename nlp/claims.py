"""Compares a claim with the text that should bear it out: quantities, names, directions, negation, words and sense."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.encode import encode

TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"‘'(\[])|\n+")
TURN = re.compile(r"([^:\n]{1,40}):(.*)")
SURROGATE = re.compile(r"\[[^\[\]\n]{1,60}\]")
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS: Mapping[str, str] = {
    **{word: str(number) for number, word in enumerate(f"{UNITS} eighteen nineteen".split())},
    **{word: str(10 * number) for number, word in enumerate(TENS.split(), 2)},
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    "dozen": "12",
    "half": "half",
    "halved": "half",
    "twice": "twice",
    "double": "twice",
    "doubled": "twice",
    "third": "third",
    "thirds": "third",
    "quarter": "quarter",
    "quarters": "quarter",
    "tenth": "tenth",
}
EMPTY_WORDS = """
a about above after again against all also although am an and any are as at be because been before being below between
both but by can cannot could did do does doing down during each either etc even few for from further get go going got
had has have having he her here hers him his how however i if in into is it its just may me might mine more most much
must my no nor not now of off on one only onto or other our out over own per quite rather really same shall she should
since so some such than that the their them then there these they this those though through to too under until up upon
us very was we well were what when where whether which while who whom whose why will with within without would yes yet
you your said say says added noted told asked felt thought
"""
EMPTY = frozenset(EMPTY_WORDS.split())
NEGATION_WORDS = "no not never none nobody nothing neither nor without cannot hardly barely unable"
NEGATORS = frozenset(NEGATION_WORDS.split())
SUFFIXES = """
isation ization fulness ousness iveness ations ements ation ement ingly edly ments ment ness ings ing ers ors ies ity
ive ion er or ed es al ly s
"""
ENDINGS = tuple(SUFFIXES.split())
IRREGULAR_FORMS = """
rose rise risen rise fell fall fallen fall grew grow grown grow shrank shrink shrunk shrink began begin begun begin
won win lost lose kept keep held hold gave give given give took take taken take sold sell bought buy
came come went go left leave led lead met meet paid pay sent send spent spend built build broke break broken break
chose choose chosen choose drew draw made make saw see seen see spoke speak spoken speak taught teach thought think
understood understand wrote write written write worse bad worst bad better good best good men man women woman
children child
"""
IRREGULAR = dict(zip(IRREGULAR_FORMS.split()[::2], IRREGULAR_FORMS.split()[1::2], strict=True))
REACH = 4
"""How many words after a "not" it still turns round; how near a number stands to what it counts."""
WIDTH = 1
"""Sentences each side that count as the same place."""
DAYS = "i monday tuesday wednesday thursday friday saturday sunday"
UNNAMED = frozenset(DAYS.split())


@dataclass(frozen=True)
class Reading:
    """A sentence as its words: the tokens, and for each its stem or number."""

    tokens: tuple[str, ...]
    stems: tuple[str, ...]

    @cached_property
    def content(self) -> frozenset[str]:
        """Stems that carry meaning."""
        return frozenset(s for t, s in zip(self.tokens, self.stems, strict=True) if carries(t))

    @cached_property
    def everything(self) -> frozenset[str]:
        """All stems."""
        return frozenset(self.stems)

    @cached_property
    def quantities(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each number, with the stems that follow it closely: what it counts."""
        found = []
        for place, token in enumerate(self.tokens):
            if is_number(token) and token.lower() != "one":
                found.append((self.stems[place], frozenset(self._counted(place))))
        return tuple(found)

    def _counted(self, place: int) -> list[str]:
        after = range(place + 1, min(place + 1 + REACH, len(self.tokens)))
        upto = next((p for p in after if is_number(self.tokens[p])), after.stop)
        return [self.stems[p] for p in range(after.start, upto) if carries(self.tokens[p])][:2]

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Words with a capital inside a sentence, as (word, stem)."""
        pairs = list(zip(self.tokens, self.stems, strict=True))[1:]
        return tuple((t, s) for t, s in pairs if t[0].isupper() and carries(t) and t.lower() not in UNNAMED)

    @cached_property
    def negated(self) -> frozenset[str]:
        """Content stems within reach of a negation before them."""
        places = [place for place, token in enumerate(self.tokens) if is_negation(token)]
        near = {p for place in places for p in range(place + 1, min(place + 1 + REACH, len(self.tokens)))}
        return frozenset(self.stems[p] for p in near if carries(self.tokens[p]))


@dataclass(frozen=True)
class Comparison:
    """How one claim stands to the evidence; words are given as the claim has them."""

    numbers: tuple[str, ...]
    """Numbers that the evidence lacks."""
    miscounted: tuple[str, ...]
    """Numbers that the evidence gives of something else."""
    names: tuple[str, ...]
    """Capitalised words that the evidence lacks."""
    turned: tuple[str, ...]
    """Words whose opposite stands in the evidence instead."""
    negations: tuple[str, ...]
    """Words that one of the two negates and the other does not."""
    coverage: float
    """Share of the claim's content words, weighted by rarity, in the place that fits best."""
    likeness: float
    """Highest cosine between the claim and a place of the evidence."""
    unknown: float = 0.0
    """Share of its words that carry meaning which the evidence lacks altogether."""
    spoken: bool = False
    """The evidence is a conversation: most lines begin with who speaks."""
    speakers: int = 0
    """Of a conversation: how many of those who speak the claim names."""
    lead: float = 0.0
    """Of a conversation: how much more of the claim the first speaker it names says than any other one, -1 to 1."""


def compare(claim: str, evidence: Sequence[str]) -> Comparison:
    """One sentence against the evidence. Evidence without a word gives coverage and likeness of 0."""
    sentences = [sentence for text in evidence for sentence in split(text)]
    readings = [reading for sentence in sentences if (reading := read(sentence)).content]
    sentences = [sentence for sentence in sentences if read(sentence).content]
    asked = read(claim)
    if not readings or not asked.content:
        return Comparison(_absent(asked, frozenset()), (), _unnamed(asked, frozenset()), (), (), 0.0, 0.0, 1.0)
    places = [readings[max(0, at - WIDTH) : at + WIDTH + 1] for at in range(len(readings))]
    coverages = _coverages(asked, readings, places)
    likenesses = _likenesses(claim, sentences)
    best = places[int(np.argmax(coverages + likenesses))]
    known = frozenset[str]().union(*(reading.everything for reading in readings))
    turns = _turns(evidence)
    named = [speaker for speaker in turns if speaker in claim.lower()]
    return Comparison(
        numbers=_absent(asked, known),
        miscounted=_miscounted(asked, readings),
        names=_unnamed(asked, known),
        turned=_turned(asked, best),
        negations=_negations(asked, best),
        coverage=float(coverages.max()),
        likeness=float(likenesses.max()),
        unknown=len(asked.content - known) / len(asked.content),
        spoken=bool(turns),
        speakers=len(named),
        lead=_lead(asked, turns, min(named, key=claim.lower().index)) if named else 0.0,
    )


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in SENTENCE.split(text) if part.strip()]


@lru_cache(maxsize=4096)
def read(sentence: str) -> Reading:
    """The words of a sentence; a surrogate is no word of it."""
    tokens = tuple(TOKEN.findall(SURROGATE.sub(" ", sentence).replace("’", "'")))
    return Reading(tokens, tuple(number(token) if is_number(token) else stem(token) for token in tokens))


def is_number(token: str) -> bool:
    """True for figures and number words."""
    return token[0].isdigit() or token.lower() in NUMBERS


def number(token: str) -> str:
    """The value of a figure or number word, written one way."""
    if token.lower() in NUMBERS:
        return NUMBERS[token.lower()]
    figure = token.replace(",", "")
    return figure.rstrip("0").rstrip(".") if "." in figure else figure


def is_negation(token: str) -> bool:
    """True for "not" and its kin."""
    return token.lower() in NEGATORS or token.lower().endswith("n't")


def carries(token: str) -> bool:
    """True for a word that carries meaning by itself."""
    return token.lower() not in EMPTY and not is_negation(token)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The word without its ending: its longest suffix off, four letters kept at least (as Lovins stems, lightly)."""
    root = re.sub(r"'(?:s|d|ll|re|ve|m)?$", "", word.lower())
    root = IRREGULAR.get(root, root)
    ending = next((e for e in ENDINGS if root.endswith(e) and len(root) - len(e) >= 4), "")
    root = root.removesuffix(ending)
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeousl":
        root = root[:-1]
    return root.rstrip("eyi") if len(root) > 4 else root


@lru_cache
def opposites() -> Mapping[str, frozenset[str]]:
    """The stems that mean the opposite of a stem."""
    pairs = (Path(__file__).parent / "gazetteers" / "opposites.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for one, other in (tuple(map(stem, pair.split())) for pair in pairs if pair.strip()):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


def _coverages(asked: Reading, readings: Sequence[Reading], places: Sequence[Sequence[Reading]]) -> NDArray[np.float32]:
    seen = Counter(word for reading in readings for word in reading.content)
    weights = {word: math.log(1 + (len(readings) + 1) / (seen[word] + 1)) for word in sorted(asked.content)}
    covered = [frozenset[str]().union(*(reading.content for reading in place)) for place in places]
    total = sum(weights.values())
    shares = [sum(weights[word] for word in weights if word in words) / total for words in covered]
    return np.array(shares, dtype=np.float32)


def _likenesses(claim: str, sentences: Sequence[str]) -> NDArray[np.float32]:
    vectors = encode([claim, *sentences])
    asked, said = vectors[0], vectors[1:]
    places = np.stack([said[max(0, at - WIDTH) : at + WIDTH + 1].sum(axis=0) for at in range(len(said))])
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    nearest: NDArray[np.float32] = np.maximum(said @ asked, places @ asked)
    return nearest


def _turns(evidence: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """What each speaker of a conversation says, as stems; empty where the evidence is none."""
    lines = [found for line in evidence if (found := TURN.match(line))]
    if len(lines) <= len(evidence) / 2:
        return {}
    said: dict[str, frozenset[str]] = {}
    for line in lines:
        speaker = line[1].strip().lower()
        said[speaker] = said.get(speaker, frozenset()) | read(line[2]).content
    return said


def _lead(asked: Reading, turns: Mapping[str, frozenset[str]], speaker: str) -> float:
    words = asked.content - read(" ".join(turns)).everything
    share = {name: len(words & said) / max(1, len(words)) for name, said in turns.items()}
    own = share.pop(speaker)
    return own - max(share.values(), default=0.0)


def _absent(asked: Reading, known: frozenset[str]) -> tuple[str, ...]:
    return tuple(value for value, _ in asked.quantities if value not in known)


def _unnamed(asked: Reading, known: frozenset[str]) -> tuple[str, ...]:
    return tuple(token for token, root in asked.names if root not in known)


def _miscounted(asked: Reading, readings: Sequence[Reading]) -> tuple[str, ...]:
    said = [quantity for reading in readings for quantity in reading.quantities]
    wrong = []
    for value, counted in asked.quantities:
        of_this = {other for other, things in said if counted & things}
        if counted and of_this and value not in of_this:
            wrong.append(value)
    return tuple(wrong)


def _turned(asked: Reading, place: Sequence[Reading]) -> tuple[str, ...]:
    words = frozenset[str]().union(*(reading.everything for reading in place))
    pairs = zip(asked.tokens, asked.stems, strict=True)
    against = opposites()
    return tuple(t for t, s in pairs if s not in words and against.get(s, frozenset()) & words)


def _negations(asked: Reading, place: Sequence[Reading]) -> tuple[str, ...]:
    plainly = frozenset[str]().union(*(reading.content - reading.negated for reading in place))
    negated = frozenset[str]().union(*(reading.negated for reading in place))
    turned = (asked.negated & plainly - negated) | ((asked.content - asked.negated) & negated - plainly)
    pairs = zip(asked.tokens, asked.stems, strict=True)
    return tuple(dict.fromkeys(token for token, root in pairs if root in turned))
