"""Invented points on known subjects, for tests of themes: as many as are wanted, each with its subject's number."""

import itertools

WHO = ("Councils", "Small firms", "Charities", "Employers", "Universities", "Hospitals", "Regulators", "Suppliers")
WHEN = ("this winter", "since the spring", "in rural areas", "in the north", "on the coast", "for years", "again")
SUBJECTS = (
    (
        "wait for grid connections",
        "say the electricity grid is full",
        "cannot plug in wind farms",
        "ask for substations",
    ),
    ("lack welding apprentices", "want the apprenticeship levy back", "train apprentices", "pay for college courses"),
    ("see shop theft rise", "report shoplifting to police", "hire guards against shoplifters", "lose stock to thieves"),
    ("wait for doctors' appointments", "ask for evening surgeries", "queue for a family doctor", "need more GPs"),
    ("build too few homes", "see house prices rise", "want social housing", "cannot rent an affordable flat"),
    ("buy artificial intelligence tools", "test chatbots", "worry about algorithms", "use machine learning models"),
    ("open youth clubs", "mentor teenagers at risk of knife crime", "fund youth workers", "keep boys from gangs"),
    ("lose nursery places", "open childcare for toddlers", "fund early years teachers", "see nurseries close"),
)


def points(count: int) -> tuple[list[str], list[int]]:
    """Different sentences that cycle through the eight subjects, and the subject of each."""
    texts, subjects = [], []
    wordings = itertools.product(range(10_000), WHEN, WHO, range(4), range(len(SUBJECTS)))
    for number, when, who, verb, subject in itertools.islice(wordings, count):
        amount = f" and lost £{number},000 by it" if number else ""
        texts.append(f"{who} {SUBJECTS[subject][verb]} {when}{amount}.")
        subjects.append(subject)
    return texts, subjects
