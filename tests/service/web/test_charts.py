"""Charts on the pages, at their own addresses, and in the files that are taken away."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
from docx.oxml.ns import qn
from lxml import html
from sqlmodel import col, select

import prompts
from models.chart import Chart
from models.digest import Digest, DigestState, Edition
from models.store import now, reading, transaction
from nlp.digest import compose
from nlp.facts import DigestFacts
from service.web.charts import OF_DIGEST, picture
from service.web.pdf import pdf
from workers.charts import draw


@pytest.fixture(scope="module")
def facts() -> DigestFacts:
    path = Path(__file__).parents[2] / "nlp" / "digest_facts.json"
    return DigestFacts.from_dict(json.loads(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def told(facts: DigestFacts) -> dict[str, Any]:
    briefing = compose(facts, prompts.load("sentences"))
    events = sorted({point.event for theme in facts.themes for point in theme.points})
    charts = draw("edition_1", facts, briefing, {event: (2026, place % 3) for place, event in enumerate(events)})
    rows = [{"id": p.id, "theme": t.id, "text": p.text, "sector": p.sector} for t in facts.themes for p in t.points]
    return {"briefing": briefing.to_dict() | {"evidence": rows}, "charts": [chart.model_dump() for chart in charts]}


@pytest.fixture
def published(database: str, facts: DigestFacts, told: dict[str, Any]) -> Iterator[Edition]:
    """An edition with its charts."""
    digest = Digest(
        id="digest_1",
        title=facts.title,
        period_start=facts.period_start,
        period_end=facts.period_end,
        state=DigestState.published,
        created_by="an editor",
    )
    words = {"sha256": "ab" * 32, "markdown": "# Words\n", "published_by": "an editor"}
    edition = Edition(id="edition_1", digest_id=digest.id, number=1, briefing=told["briefing"], **words)
    for rows in ([digest], [edition], [Chart(**chart) for chart in told["charts"]]):
        with transaction() as session:
            session.add_all(rows)
    yield edition


def test_each_chart_is_a_picture_with_words_and_a_table(published: Edition, browser: Any) -> None:
    page = html.fromstring(browser.get(f"/digests/{published.digest_id}").content)
    figures = page.findall(".//figure")
    assert len(figures) == len(OF_DIGEST)
    with reading() as session:
        charts = {chart.name: chart for chart in session.exec(select(Chart))}
    for name, figure in zip(OF_DIGEST, figures, strict=True):
        chart, image = charts[name], figure.find("img")
        assert figure.find("figcaption").text.strip() == chart.title
        assert (image.get("src"), image.get("alt")) == (f"/charts/edition_1/{name}.svg", chart.description)
        assert int(image.get("width")) < int(image.get("height")) * 1.2
        assert [cell.text for cell in figure.findall(".//thead//th[@scope='col']")] == chart.columns
        rows = [[cell.text for cell in row] for row in figure.findall(".//tbody/tr")]
        assert rows == [[str(value) for value in row] for row in chart.rows]
        assert len(figure.findall(".//tbody//th[@scope='row']")) == len(chart.rows)
    assert page.find(".//script").get("src") == "/static/charts.js"


def test_a_theme_has_its_own_charts(published: Edition, browser: Any) -> None:
    theme = published.briefing["missions"][0]["themes"][0]
    page = html.fromstring(browser.get(f"/themes/{theme['id']}").content)
    sources = [image.get("src") for image in page.findall(".//figure/img")]
    assert sources == [f"/charts/edition_1/{kind}-{theme['id']}.svg" for kind in ("agreement", "trend")]
    assert {browser.get(source).status_code for source in sources} == {200}


def test_pictures_are_kept_by_who_saw_them_and_carry_the_strict_headers(published: Edition, browser: Any) -> None:
    answer = browser.get("/charts/edition_1/themes.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    # What the policy would block in a picture that is opened by itself.
    assert not [part for part in ("<script", "<style", " style=", "href=", "<image") if part in answer.text]
    again = browser.http.get("/charts/edition_1/themes.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    spec = browser.get("/charts/edition_1/themes.json").json()
    assert "vega-lite" in spec["$schema"]


@pytest.mark.parametrize(
    "path",
    [
        "/charts/edition_1/none.svg",
        "/charts/none/themes.svg",
        "/charts/edition_1/themes.svg%00",
        "/charts/edition_1/..%2Fthemes.svg",
    ],
)
def test_there_is_nothing_at_other_addresses(published: Edition, browser: Any, path: str) -> None:
    assert browser.get(path).status_code in {404, 422}


@pytest.mark.parametrize("way", ["digest", "edition"])
def test_charts_of_what_was_withdrawn_are_absent(published: Edition, browser: Any, way: str) -> None:
    known = browser.get("/charts/edition_1/themes.svg").headers["ETag"]
    with transaction() as session:
        if way == "digest":
            session.get_one(Digest, published.digest_id).state = DigestState.withdrawn
        else:
            session.get_one(Edition, published.id).withdrawn_at = now()
    for form in ("svg", "json"):
        answer = browser.http.get(f"/charts/edition_1/themes.{form}", headers={"If-None-Match": known})
        assert answer.status_code == 404
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_an_edition_of_before_there_were_charts_reads_as_it_did(published: Edition, browser: Any) -> None:
    with transaction() as session:
        for chart in session.exec(select(Chart)):
            session.delete(chart)
    page = browser.get(f"/digests/{published.digest_id}").text
    assert "<figure" not in page
    assert "In pictures" not in page
    assert "charts.js" not in page
    assert browser.get(f"/digests/{published.digest_id}.pdf").content[:5] == b"%PDF-"
    assert "In figures" not in words(browser.get(f"/digests/{published.digest_id}.docx").content)


def test_pdf_carries_the_charts_with_their_words_and_is_the_same_each_time(published: Edition, browser: Any) -> None:
    with reading() as session:
        rows = session.exec(select(Chart).where(col(Chart.name).in_(OF_DIGEST)).order_by(col(Chart.place))).all()
        charts = [picture(row) for row in rows]
        edition = session.get_one(Edition, published.id)
    made = pdf(edition, charts)
    assert made == pdf(edition, charts)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert browser.get(f"/digests/{published.digest_id}.pdf").content == made
    with pdfplumber.open(BytesIO(made)) as document:
        alternatives = set(figures(document.structure_tree))
        text = "".join("".join(page.extract_text().split()) for page in document.pages)
    assert alternatives == {chart.description for chart in charts}
    for words_of in ("In pictures", "Apr–Jun", "not shown", "is concerned"):
        assert "".join(words_of.split()) in text


def figures(parts: list[Any]) -> Iterator[str]:
    """The text alternatives of the figures of a PDF."""
    for part in parts:
        if part.get("type") == "Figure":
            yield part["alt_text"]
        yield from figures(part.get("children", []))


def test_word_carries_the_charts_as_tables(published: Edition, browser: Any) -> None:
    content = browser.get(f"/digests/{published.digest_id}.docx").content
    document = docx.Document(BytesIO(content))
    assert len(document.tables) == len(OF_DIGEST)
    with reading() as session:
        charts = {chart.name: chart for chart in session.exec(select(Chart))}
    for name, table in zip(OF_DIGEST, document.tables, strict=True):
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert rows == [charts[name].columns, *([str(value) for value in row] for row in charts[name].rows)]
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert charts[name].title in words(content)
    links = [link.get(qn("w:anchor")) for link in document.element.body.iter(qn("w:hyperlink"))]
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    assert set(links) <= marks


def words(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs]
