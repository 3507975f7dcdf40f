"""The run of headings and texts that the documents are made from."""

from itertools import pairwise

from models.digest import Edition, sentences
from service.web.outline import dated, outline


def test_every_sentence_and_every_point_is_told_once(edition: Edition) -> None:
    told = [text for block in outline(edition) for text in block.texts]
    for sentence in sentences(edition.briefing):
        assert told.count(sentence["text"]) == 1
    for point in edition.briefing["evidence"]:
        assert sum(text.startswith(point["text"]) for text in told) == 1


def test_headings_never_skip_a_level_and_empty_parts_have_none(edition: Edition) -> None:
    headings = [block for block in outline(edition) if block.kind == "heading"]
    for before, after in pairwise(headings):
        assert after.level <= before.level + 1
    assert "Also raised" not in {block.texts[0] for block in headings}
    assert [block.aside for block in headings if block.aside] == ["rising"]


def test_a_sector_is_told_only_where_the_edition_has_it(edition: Edition) -> None:
    points = list(outline(edition))[-1].texts
    assert points == ("The queue is nine years long. – private sector", "It is shorter elsewhere.")


def test_the_line_below_the_title(edition: Edition) -> None:
    assert dated(edition) == "1 January 2026 to 31 March 2026. Edition 2, published 1 April 2026."
