"""One person's case told from its look-alikes, and what then is hidden besides names; all cases are invented."""

import pytest

from nlp.anonymise import anonymise
from nlp.attendance import read_attendance
from nlp.read import read
from nlp.recognisers.case_narrative import is_case
from nlp.recognisers.note_text import NoteText

CHARITY = """Case study: how our outreach team helped Grace

Grace Adebowale was born in Lagos in 1987 and came to the United Kingdom on 14 March 2011. She is a Nigerian national
and worked as a care assistant in Walsall until she was injured on 3 June 2018. She was admitted to Manor Hospital and
discharged on 21 June 2018 with a fractured hip. Her employer stopped her pay and she lost £4,350 in wages.

In September 2018 her landlord served notice. She applied to Walsall Council for housing (case no. 2018/4417) and was
refused on 9 January 2019. She was evicted on 2 February 2019, aged 31, with two children. She moved to a hostel
in Dudley.

We met Grace in March 2019. She appealed, and on 17 July 2019 the Birmingham County Court quashed the decision and
ordered the council to pay her £1,200. She was rehoused in the autumn of 2019.
"""
HOSPITAL = """Patient story for the quality committee

The patient, a 67-year-old retired bus driver, was referred to the Royal Ambleford Infirmary by his GP on 4 April 2022
with chest pain. He was born in Jamaica and has lived in Ambleford since 1974. He was examined on 19 April 2022 and sent
home. On 2 May 2022 he collapsed and was admitted. He was diagnosed with a pulmonary embolism and treated.

He was discharged on 16 May 2022 and readmitted on 30 May 2022. The patient suffered a fall on the ward on June 1, 2022
and was transferred to the Harbourne Clinic the day after 1 June 2022. His claim was lodged in October 2022 and he was
awarded £18,500 in March 2023. He died on 11 August 2023 at the age of 68.
"""
JUDGMENT = """The appellant, a Ruritanian national, was born in 1961 and lives in Zenda. On 3 May 1994 he was arrested
and charged under section 12 of the Theft Act 1968. On 7 June 1995 the Zenda Regional Court (Obergericht) convicted him,
together with four other persons, and sentenced him to two years and six months' imprisonment and a fine of 20,000 euros
(EUR). He appealed to the Supreme Court, which dismissed the appeal on 9 February 1996 (decision no. 114/96). He served
his sentence in Streslau prison between 1 March 1996 and 12 April 1998, and was released. The appellant, who is a
teacher, lodged a complaint under Article 6 of the Convention in the summer of 1998.
"""
ASYLUM = """Hassan's story. Hassan fled Sudan in June 2016 when he was 17 and reached Dover in October 2016. His
claim was refused in March 2017. He was detained in May 2017 and released in July 2017. He appealed and
was heard in Bradford in January 2018. His appeal was dismissed. A solicitor from our charity lodged a
fresh claim in November 2018 and he was granted leave in August 2019. He enrolled at Leeds City College
in September 2019, trained as a plumber, and moved to Hull in 2021. His mother, F.A., died in 2020 and he
was informed two weeks later by his uncle.
"""
VISIT = """Notes from the visit to the Redbrook clinic, 3 March 2026. The manager told us that referrals fell in
2024 and rose in 2025. She said her team lost two nurses in November 2025. He, the practice lead, said
that patients are seen within 9 days. They were asked about data. She felt the new system, introduced on
4 April 2025, stopped calls being lost. His view was that the grant, awarded in June 2025, should be
extended. She will send figures. The clinic was moved to the high street in 2019 and he thought footfall
had suffered. We left with a list of three asks for the board.
"""
BIOGRAPHY = """Our speaker, Dame Ruth Penhaligon, was born in Truro and studied history at Leeds. She joined the civil
service in 1991 and served in three departments. She was appointed director general in 2012 and led the
reform of local growth funding. She has chaired the Cornish Maritime Trust since 2019. Her book on
devolution was published in 2021. She will speak about what leaders of public, private and charitable
bodies can learn from one another when they work on the same place, and will take questions from the room
after the talk, which her office has asked us to keep short.
"""
MINUTES = """Minutes of the housing panel, 4 May 2026

Present: Ana Whitlow (chair), Tom Quist (Hollowbrook Homes), Priya Nandra (Shelter Link), Joe Orme (council)

The chair said that the scheme opened on 3 March 2025, was moved to 9 June 2025 and closed on 12 December 2025. She had
been informed on 4 January 2026 that the grant of £40,000 was refused. He applied again in February 2026 and was heard
on 2 March 2026. A tenant had complained; the tenant was rehoused on 6 April 2026. She represented the council in Leeds.
She was asked to report. He was appointed to lead, and she resigned as secretary on 1 May 2026.
"""
ANSWER = """To ask the Secretary of State for Justice, how many people were convicted of fraud in 2019, 2020 and 2021.

The Minister said that in 2019 some 4,100 people were convicted, in 2020 some 3,800 and in 2021 some 4,000. He announced
on 4 March 2022 that the number of appeals heard by the courts fell. The department published figures on 12 May 2022,
14 July 2022 and 1 September 2022. The scheme was extended from April 2022 until March 2023 and the grant of £4 million
was awarded to councils in Kent, Leeds and Wales. The Secretary of State has asked officials to report by 1 June 2023.
"""
TRANSCRIPT = """Ana: She was born in 1980 and was admitted on 3 May 2019, I think, and discharged on 6 May 2019.
Tom: He was refused on 9 June 2019. We appealed for him and on 4 July 2019 he was heard, you remember.
Ana: I do. She was evicted on 2 August 2019 and moved to Leeds in September 2019. He was moved on 8 August 2019.
Tom: We lodged his complaint on 9 September 2019 and it was rejected on 1 October 2019. She was told on 3 October 2019.
"""
ARGUMENT = """Nobody who was convicted at the age of 16 should have to name it when he or she is 40. In 1974 the law was
changed, in 2012 it was changed again, and in 2020 the courts upheld it. She has served her sentence; he has paid his
fine. A record that is never spent keeps people out of work, and their children pay for it as well as they do.
"""


def _is_case(text: str) -> bool:
    document = read(text.encode(), "note.txt")
    return is_case(NoteText(document), read_attendance(document))


def _redacted(text: str) -> str:
    return anonymise(read(text.encode(), "note.txt")).document.text


@pytest.mark.parametrize(
    "text", [CHARITY, HOSPITAL, JUDGMENT, ASYLUM], ids=["charity", "hospital", "judgment", "asylum"]
)
def test_one_persons_case_is_told(text: str) -> None:
    assert _is_case(text)


@pytest.mark.parametrize(
    "text",
    [MINUTES, ANSWER, TRANSCRIPT, ARGUMENT, VISIT, BIOGRAPHY],
    ids=["minutes", "answer", "transcript", "argument", "visit", "biography"],
)
def test_look_alikes_keep_their_dates(text: str) -> None:
    assert not _is_case(text)
    assert "[date" not in _redacted(text)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (
            CHARITY,
            ["Grace", "Lagos", "1987", "14 March", "Nigerian", "care assistant", "Walsall", "4,350", "2018", "4417"],
        ),
        (CHARITY, ["Dudley", "aged 31", "Birmingham", "autumn", "1,200", "Manor", "United Kingdom"]),
        (HOSPITAL, ["67", "bus driver", "Ambleford", "2022", "Jamaica", "1974", "Harbourne", "18,500", "age of 68"]),
        (JUDGMENT, ["Ruritanian", "1961", "Zenda", "Obergericht", "1994", "two years", "20,000", "euros", "114/96"]),
        (ASYLUM, ["Hassan", "17", "Sudan", "2016", "Dover", "Bradford", "Leeds", "plumber", "Hull", "F.A"]),
        (JUDGMENT, ["Streslau", "1996", "teacher", "summer of 1998", "four other persons"]),
    ],
)
def test_what_tells_whose_case_it_is_is_hidden(text: str, hidden: list[str]) -> None:
    redacted = _redacted(text)
    assert [words for words in hidden if words in redacted] == []


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        (
            JUDGMENT,
            ["Theft Act 1968", "section 12", "Article 6 of the Convention", "the Supreme Court, which dismissed"],
        ),
        (HOSPITAL, ["chest pain", "a pulmonary embolism", "the day after"]),
        (ASYLUM, ["fled", "enrolled at [", "granted leave"]),
        (CHARITY, ["a fractured hip", "with two children", "served notice"]),
    ],
)
def test_law_and_story_stay_readable(text: str, readable: list[str]) -> None:
    redacted = _redacted(text)
    assert [words for words in readable if words not in redacted] == []


def test_the_same_date_has_the_same_surrogate_however_it_is_written() -> None:
    found = anonymise(read(HOSPITAL.encode(), "note.txt")).originals
    assert ("June 1, 2022", "1 June 2022") in found.values()


def test_sentences_read_on() -> None:
    redacted = _redacted(CHARITY)
    assert "She is a [nationality 1] national" in redacted
    assert "She was evicted on [date" in redacted
    assert "aged [age 1], with two children" in redacted
