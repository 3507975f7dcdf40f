"""The optional writer: asks an OpenAI-compatible endpoint to word a theme's first sentence, and trusts nothing it says.

Only points that the release gate lets through are sent, in their redacted words. What comes back replaces the built-in
sentence only when the grounding check passes it.
"""

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from nlp.briefing import Briefing, Sentence, ThemeSection
from nlp.excerpt import best_quotes
from nlp.facts import DigestFacts, PointFact, ThemeFact
from nlp.ground import check
from prompts import load

Outcome = Literal["written", "away", "slow", "failing", "rubbish", "refused"]

log = structlog.get_logger()

STATEMENTS = 8
LONGEST = 60
"""In words."""
TOKENS = 160
THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
DEAD = frozenset({"away", "slow", "failing"})
WORTH_ANOTHER = frozenset({408, 409, 425, 429})
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
LARGEST = 1_000_000


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Reply(BaseModel):
    """What is read of an answer of /chat/completions."""

    choices: list[_Choice]


class _NoAnswer(Exception):
    def __init__(self, outcome: "Outcome") -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True)
class WriterSettings:
    """Where the model is. Each of the attempts, one more than `retries`, may take `timeout` seconds."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout: float = 20.0
    retries: int = 2


@dataclass(frozen=True)
class Written:
    """The sentence to use for a theme, what happened, and why the check refused the model's where it did."""

    sentence: Sentence
    outcome: Outcome
    reasons: tuple[str, ...] = ()


def write_briefing(
    briefing: Briefing, facts: DigestFacts, settings: WriterSettings, told: Sentence
) -> tuple[Briefing, Counter[str]]:
    """The briefing with the model's sentences where they pass, and how often each outcome came.

    `told` is the sentence of nlp.digest.disclosure, added where a model's sentence is used.
    Stops asking once the endpoint is away, slow or failing, so that a dead endpoint costs one sentence's attempts.
    """
    themes = {theme.id: theme for theme in facts.themes}
    replaced: dict[str, Sentence] = {}
    outcomes: Counter[str] = Counter()
    for sentence in briefing.sentences():
        if not sentence.template.startswith("said") or sentence.theme not in themes:
            continue
        written = write(sentence, themes[sentence.theme], settings)
        outcomes[written.outcome] += 1
        if written.outcome == "written":
            replaced[sentence.theme] = written.sentence
        elif written.outcome in DEAD:
            break
    return (_with(briefing, replaced, told) if replaced else briefing), outcomes


def write(sentence: Sentence, theme: ThemeFact, settings: WriterSettings) -> Written:
    """The model's sentence for a theme in place of the built-in one, or the built-in one with what went wrong."""
    points = best_quotes(theme.points, set(theme.quotes), (), STATEMENTS)
    written = _ask(sentence, theme, points, settings)
    log.info("writer.sentence", theme=theme.id, outcome=written.outcome, points=[point.id for point in points])
    return written


def _ask(sentence: Sentence, theme: ThemeFact, points: Sequence[PointFact], settings: WriterSettings) -> Written:
    prompt = load("writer")["theme"]
    question = prompt.render({"title": theme.title, "statements": [point.text for point in points]})
    try:
        answer = _answer(question, settings)
    except _NoAnswer as reason:
        return Written(sentence, reason.outcome)
    if not _is_sentence(answer):
        return Written(sentence, "rubbish")
    cited = tuple(point.id for point in points)
    offered = Sentence(answer, cited, f"writer/{prompt.reference}", {"model": settings.model}, theme.id)
    verdict = check(offered, [*(point.text for point in points), theme.title])
    return Written(offered, "written") if verdict.supported else Written(sentence, "refused", verdict.reasons)


def _answer(question: str, settings: WriterSettings) -> str:
    outcome: Outcome = "away"
    for attempt in range(settings.retries + 1):
        time.sleep(min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) if attempt else 0)
        try:
            return _said(_post(question, settings))
        except httpx.TimeoutException:
            outcome = "slow"
        except (httpx.TransportError, httpx.InvalidURL):
            outcome = "away"
        except httpx.HTTPStatusError as error:
            outcome = "failing"
            if error.response.status_code < 500 and error.response.status_code not in WORTH_ANOTHER:
                break
    raise _NoAnswer(outcome)


def _post(question: str, settings: WriterSettings) -> bytes:
    content = {
        "model": settings.model,
        "messages": [
            {"role": "system", "content": load("writer")["system"].render({})},
            {"role": "user", "content": question},
        ],
        "temperature": 0,
        "seed": 1,
        "max_tokens": TOKENS,
    }
    headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
    deadline = time.monotonic() + settings.timeout
    url = f"{settings.base_url.rstrip('/')}/chat/completions"
    body = bytearray()
    with httpx.stream("POST", url, json=content, headers=headers, timeout=settings.timeout) as response:
        response.raise_for_status()
        for chunk in response.iter_bytes():
            body += chunk
            # httpx times each read, not the whole answer: an endpoint that drips would hold the worker for ever
            if time.monotonic() > deadline or len(body) > LARGEST:
                raise httpx.ReadTimeout("The answer takes too long.")
    return bytes(body)


def _said(body: bytes) -> str:
    try:
        reply = _Reply.model_validate_json(body, strict=True)
    except ValidationError:
        return ""
    text = (reply.choices[0].message.content or "") if reply.choices else ""
    return " ".join(THINKING.sub("", text).split())


def _is_sentence(answer: str) -> bool:
    words = answer.split()
    return 4 <= len(words) <= LONGEST and answer[0].isalnum() and answer.endswith((".", "”", "’"))


def _with(briefing: Briefing, replaced: Mapping[str, Sentence], told: Sentence) -> Briefing:
    missions = tuple(
        replace(mission, themes=tuple(_rewritten(theme, replaced) for theme in mission.themes))
        for mission in briefing.missions
    )
    return replace(briefing, missions=missions, made=(*briefing.made, told))


def _rewritten(theme: ThemeSection, replaced: Mapping[str, Sentence]) -> ThemeSection:
    if theme.id not in replaced:
        return theme
    parts = tuple(
        replace(
            part, sentences=tuple(replaced[theme.id] if s.template.startswith("said") else s for s in part.sentences)
        )
        for part in theme.parts
    )
    return replace(theme, parts=parts)
