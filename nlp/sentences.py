"""Splits a line of a note into sentences, as a tired secretary types them."""

import re

# Where a sentence may end: a stop, with what closes a quotation or an aside, before a space.
_STOP = re.compile(r"""(?P<stop>[.?!…]+)["'”’)\]]*(?=\s+(?P<next>\S+))""")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[\"'“‘])(?:mr|mrs|ms|mx|dr|prof|rev|revd|hon|rt|sir|st|ste|insp|sgt|supt|cllr|col|capt|lt|gen|maj|"
    r"no|nos|vs|cf|e\.?g|i\.?e|etc|approx|c|ca|dept|govt|min|max|fig|figs|para|paras|ref|refs|tel|ext|pp|vol|ed|eds|"
    r"al|inc|ltd|co|corp|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|"
    r"[ap]\.m|avg|est|incl|excl|resp|temp|tbc|dob|p|pt)\.$",
    re.IGNORECASE,
)
# "etc." or "a.m." may close a sentence as well as stand inside one.
_MAY_CLOSE = re.compile(r"(?:etc|ltd|inc|co|govt|dept|\b[ap]\.m|[\d ](?:no|min|max|sat|sun))\.$", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)")
_INITIAL = re.compile(r"(?:^|[\s(\[.])[A-Z]\.$")
_OPENS = re.compile(r"""["'“‘(\[]*(?:[A-Z0-9£$€À-Þ]|\[)""")


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of one line, in order, without the spaces between them."""
    found: list[tuple[int, int]] = []
    start = 0
    asides = [match.span() for match in _ASIDE.finditer(text)]
    for match in _STOP.finditer(text):
        inside = any(opens < match.start() and match.end() < closes for opens, closes in asides)
        if not inside and _ends(
            text[max(start, match.start() - 60) : match.start("stop") + 1], match["stop"], match["next"]
        ):
            found.append((start, match.end()))
            start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    rest = text[start:].rstrip()
    return [*found, (start, start + len(rest))] if rest else found


def _ends(so_far: str, stop: str, following: str) -> bool:
    opens = _OPENS.match(following) is not None
    if stop != ".":
        return opens
    if _INITIAL.search(so_far):
        return False
    if _ABBREVIATED.search(so_far):
        return opens and _MAY_CLOSE.search(so_far) is not None and not following[0].isdigit()
    # People who type in lower case still put a space after the stop of a sentence of some length.
    return opens or (following[0].isalpha() and len(so_far.split()) >= 4)
