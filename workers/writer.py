"""The optional writer: asks an OpenAI-compatible endpoint to word a theme's first sentence, and trusts nothing it says.

Only points that the release gate lets through are sent, in their redacted words. What comes back replaces the built-in
sentence only when the grounding check passes it.
"""

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import openai
import structlog

from nlp.briefing import Briefing, Sentence
from nlp.excerpt import best_quotes
from nlp.facts import DigestFacts, PointFact, ThemeFact
from nlp.ground import check
from prompts import load

Outcome = Literal["written", "away", "slow", "failing", "rubbish", "refused"]

log = structlog.get_logger()
logging.getLogger("openai").setLevel(logging.WARNING)  # at DEBUG the client would log what it sends

STATEMENTS = 8
LONGEST = 60
"""In words."""
TOKENS = 400
THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
DEAD = frozenset({"away", "slow", "failing"})


@dataclass(frozen=True)
class WriterSettings:
    """Where the model is. Each of the attempts, one more than `retries`, may take `timeout` seconds."""

    base_url: str
    model: str
    api_key: str = ""
    timeout: float = 20.0
    retries: int = 2


@dataclass(frozen=True)
class Written:
    """The sentence to use for a theme, what happened, and why the check refused the model's where it did."""

    sentence: Sentence
    outcome: Outcome
    reasons: tuple[str, ...] = ()


def write_briefing(
    briefing: Briefing, facts: DigestFacts, settings: WriterSettings
) -> tuple[Briefing, Counter[Outcome]]:
    """The briefing with the model's sentences where they pass, and how often each outcome came.

    Stops asking once the endpoint is away, slow or failing, so that a dead endpoint costs one sentence's attempts.
    """
    themes = {theme.id: theme for theme in facts.themes}
    said = [s for s in briefing.sentences() if s.theme in themes and s.template.startswith("said")]
    replaced: dict[Sentence | str, Sentence] = {}
    outcomes: Counter[Outcome] = Counter()
    for sentence in said:
        written = write(sentence, themes[str(sentence.theme)], settings)
        outcomes[written.outcome] += 1
        replaced[sentence.text] = written.sentence
        if written.outcome in DEAD:
            break
    if not outcomes["written"]:
        return briefing, outcomes
    return _with(briefing, replaced), outcomes


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
    except openai.APITimeoutError:
        return Written(sentence, "slow")
    except openai.APIConnectionError:
        return Written(sentence, "away")
    except openai.OpenAIError:
        return Written(sentence, "failing")
    if not _is_sentence(answer):
        return Written(sentence, "rubbish")
    cited = tuple(point.id for point in points)
    offered = Sentence(answer, cited, f"writer/{prompt.reference}", {"model": settings.model}, theme.id)
    verdict = check(offered, [*(point.text for point in points), theme.title])
    return Written(offered, "written") if verdict.supported else Written(sentence, "refused", verdict.reasons)


def _answer(question: str, settings: WriterSettings) -> str:
    client = openai.OpenAI(
        base_url=settings.base_url,
        api_key=settings.api_key or "none",
        timeout=settings.timeout,
        max_retries=settings.retries,
    )
    with client:
        reply = client.chat.completions.create(
            model=settings.model,
            messages=[
                {"role": "system", "content": load("writer")["system"].render({})},
                {"role": "user", "content": question},
            ],
            temperature=0,
            seed=1,
            max_tokens=TOKENS,
        )
    text = reply.choices[0].message.content if reply.choices else None
    return " ".join(THINKING.sub("", text or "").split())


def _is_sentence(answer: str) -> bool:
    words = answer.split()
    return 4 <= len(words) <= LONGEST and answer[0].isalnum() and answer.endswith((".", "”", "’"))
