"""Tells what of a note is no statement: attendance, welcome and close, running of the meeting, asides, banter."""

import re
from typing import Literal

from nlp.sectors import SURROGATE

Section = Literal["attendance", "edge", "actions", "body"]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_ATTENDANCE = _any(
    r"(?:list of |who was |people |those |also |members? |in )?"
    r"(?:present|attend(?:ance|ees?|ed|ing)|participants?|there)(?: list| and apologies| for absence)?",
    r"apologies.*|in the (?:room|group)|(?:a?round|at) the table|met|who we met|walking|contributors|invited|"
    r"delegates",
    r"members|sign-in",
)
_EDGE = _any(
    r"(?:welcome|introductions?|opening(?: remarks)?|close|closing(?: remarks)?|housekeeping|matters arising|thanks|"
    r"previous minutes|minutes of|note of|next meeting|date of next|agenda|aob|any other business|about this note|"
    r"distribution|how this was written)(?:[ ,/&].*)?",
)
_ACTIONS = _any(
    r".*\bactions?\b.*",
    r"next steps.*|agreed|what was agreed|decisions.*|follow[- ]?up.*|commitments.*",
)
_NUMBER = _any(r"^(?:item |section |part )?[\dA-Z]{0,2}[.):]?\s+(?=\S)", r"^[\d.]+\s*", r"^question \d+[.:]?\s*")
_LABELLED = re.compile(
    r"^\**(?:(?:also )?present|(?:in )?attend\w*|apologies[\w ]*|chair(?:ed by|person)?|"
    r"note(?: taker|s by|s taken by)?|minutes(?: by| taken by)?|scribe|secretariat|date(?: of next meeting|"
    r" and time)?|time|venue|location|place|"
    r"where|when|next meeting|distribution|circulation|copied to|cc|in the (?:room|group)|met|walking|facilitat\w+|"
    r"observers?|papers?|marking|classification|any other business|aob|title|author|contact|enquiries|"
    r"recorded by|typed by|host\w*|"
    r"joined by|from|to|subject|status|version|ref(?:erence)?|campaign|event|format)\s*:",
    re.IGNORECASE,
)
_NOTE = (
    r"(?:(?:the|this|that|a) )?(?:draft )?"
    r"(?:notes?|minutes|record|summary|write-up|papers?|slides?|pack|agenda|presentation)"
)
_RUNNING = _any(
    r"(?<!was )(?<!were )\b(?:welcomed|thanked|greeted) (?:every(?:one|body)|all\b(?! round)|members|attendees|"
    r"colleagues|participants|those|the (?:group|table|room|hosts?|speakers?)|them|people|us|\[|guests|delegates)",
    r"\bthanks (?:to|were|from)\b|^thank you\b|\bvote of thanks",
    rf"^(?:\S+ ){{0,2}}{_NOTE}(?: \S+){{0,7}}? (?:agreed|approved|taken as (?:read|agreed)|circulated|tabled|"
    r"on request|attached|to follow|signed off|accepted as)",
    r"\bno (?:comments|corrections|amendments|changes|matters arising|conflicts|declarations)\b",
    rf"\b(?:circulate|send round|share|type up|write up) {_NOTE} (?:of (?:the meeting|today)|within|by|next|this|"
    r"to all|after|tomorrow|on|in)\b",
    r"\bchair will write\b|\bchatham house\b|\breminded (?:the (?:table|room|group)|all|everyone) of the rule",
    r"\b(?:next|following) meeting\b|\bdate of next\b|^(?:closed|adjourned|finished|broke)\b",
    r"\bmeeting (?:closed|ended|began|started|opened|finished|adjourned)\b",
    r"\b(?:tea|coffee|lunch|biscuits|sandwiches|refreshments)\b|\bfire (?:alarm|exits?|drill)\b",
    r"\b(?:on|in) the recording\b|\brecording(?:'s)? (?:is |was )?(?:on|running|for|started|paused|stopped)\b",
    r"\bphones? (?:off|on silent)\b|\bflip charts?\b|\bfed back by\b|\bwould like to meet again\b",
    r"\b(?:typed|written) (?:up )?(?:from|on|by|after)\b|\bquotes? are\b",
    r"\b(?:not|isn't|is not) recorded here\b|\bapologies (?:from|were|received|for)\b",
    r"^(?:round of |quick )?introductions\b|\bquick (?:hellos?|round)\b|\bdeclarations? of interest\b",
    r"\bquestions on this note\b",
    r"\b(?:list|transcript|notes?)\b.{0,30}\b(?:in the annex|available|on request|attached)",
    r"\battend(?:ing|ed) in (?:his|her|their) place\b",
    r"^(?:none|noted|agreed|nothing further|no other business|n/a)\.?$",
)
_LONGEST_RUNNING = 16
_ASIDE = re.compile(
    r"^[\[(](?:general |much |some |nervous |more )?(?:laughter|laughs?|pause|silence|applause|crosstalk|inaudible|"
    r"coughs?|sighs?|break|music)[^\])]*[\])]\.?$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"^\([^()]*\[(?:id|ref|case|number|contact|e-?mail|phone|company)[^()]*\)\.?$", re.IGNORECASE)
_LINK = re.compile(r"^\S*(?:https?://|www\.)\S+$")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CHAIRING = _any(
    r"\b(?:let's|let us|shall we|moving on|move on|over to|thank you|thanks|good (?:morning|afternoon|evening)|hello|"
    r"welcome|can we|can I (?:bring|ask)|you (?:wanted|had|were|said)|anyone|anybody|anything else|any other|"
    r"go ahead|"
    r"come in|next (?:item|up|one)|we're (?:on|at|nearly|running)|time for|last (?:word|one|few)|minutes left|"
    r"on tape|"
    r"your hand|hands up|good place to stop|wrap up|bring (?:in|you)|who's next|first up|quick|noted|brilliant|"
    r"lovely|"
    r"that's helpful)\b",
)
_BANTER = _any(
    r"\b(?:can (?:everyone|you|people) (?:hear|see)|hear me|see my (?:screen|slides)|on mute|your card|"
    r"take (?:the|that|your|it) (?:reference|card|details|offline|away)|catch you|speak after|after this|"
    r"somebody minute|minute that|my favourite|you first|sorry I'm late|internet|wi-?fi|dropped off|lost you|"
    r"good (?:morning|afternoon)|nice to meet|the sandwiches|the biscuits)\b",
)
_ACTING = _any(r"^(?:and |but )?(?:I|we)(?:['’](?:ll|d)| could| can| will| would) (?!have\b|be\b|say\b|not\b|think\b)")
_FILLED = re.compile(
    r"^(?:(?:um+|uh+|er+m?|ah|oh|hm+|mm+|yeah|yep|yes|no|ok(?:ay)?|right|well|so|look|sure|absolutely|exactly|indeed|"
    r"great|thanks?|thank you|sorry|I did|hi|hello|you are)\b[\s,.!…–-]*)+",
    re.IGNORECASE,
)
_INTRODUCES = _any(
    r"\b(?:I'm|I am|my name|name's|I run|I lead|I work (?:for|at)|we're a|we are a|I chair|and I|from)\b",
    r"\bhere (?:for|from|on behalf)\b",
    r"^\W*(?:and |hi\W+|hello\W+)*\[Person",
)


def section_of(heading: str) -> Section:
    """What a heading opens: the list of those present, the welcome or close, the actions, or the body of the note."""
    title = _NUMBER.sub("", heading).strip(" :.–-*")
    if _ATTENDANCE.fullmatch(title):
        return "attendance"
    if _EDGE.fullmatch(title):
        return "edge"
    return "actions" if _ACTIONS.fullmatch(title) else "body"


def opens_attendance(text: str) -> bool:
    """True for a line of its own, such as "Present:", below which the attendance list stands."""
    return len(text.split()) <= 4 and _ATTENDANCE.fullmatch(text.strip(" :*")) is not None


def leads(label: str) -> bool:
    """True where the label of a turn is that of whoever leads the meeting."""
    return (
        re.match(r"(?:co-)?(?:chair|facilitator|moderator|host|convenor|interviewer)", label, re.IGNORECASE) is not None
    )


def is_furniture(text: str) -> bool:
    """True for a line about the meeting itself: "Present: …", "Date of next meeting: …", a link."""
    return bool(_LABELLED.match(text) or _LINK.match(text))


def is_running(sentence: str) -> bool:
    """True for a sentence that runs the meeting or its note and states nothing of its subject, and for an aside."""
    if _ASIDE.match(sentence) or _REFERENCE.match(sentence):
        return True
    return words_of(sentence) <= _LONGEST_RUNNING and _RUNNING.search(sentence) is not None


def is_chairing(sentence: str) -> bool:
    """True for a sentence of the chair that gives the word, greets or keeps time, or is too short to state anything."""
    return sentence.endswith("?") or words_of(sentence) < 9 or _CHAIRING.search(sentence) is not None


def is_banter(text: str) -> bool:
    """True for a turn that answers, jokes or arranges something among those present."""
    bare = without_filler(text)
    if words_of(bare) < 20 and _BANTER.search(bare):
        return True
    return words_of(bare) < (6 if _ACTING.match(bare) else 9)


def is_introduction(text: str) -> bool:
    """True for a speaker's first turn when all it does is say who they are."""
    opening = SURROGATE.search(text[:90])
    return words_of(text) <= 45 and opening is not None and _INTRODUCES.search(text) is not None


def without_filler(text: str) -> str:
    """The text without the "um", "yeah, no," and "OK." at its start."""
    return text[len(match[0]) :] if (match := _FILLED.match(text)) else text


def words_of(text: str) -> int:
    """How many words the text has, surrogates left out."""
    return len(_WORD.findall(SURROGATE.sub(" ", text)))
