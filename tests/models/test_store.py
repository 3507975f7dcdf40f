import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlmodel import select

from models.campaign import Campaign, EventKind, ReviewPolicy
from models.store import new_id, reading, transaction


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_told_in(database: str) -> None:
    told = datetime(2026, 3, 29, 12, 30, tzinfo=timezone(timedelta(hours=5)))
    with transaction() as session:
        session.add(Campaign(id="campaign_1", name="Harbours", created_at=told))
    with reading() as session:
        kept = session.get_one(Campaign, "campaign_1").created_at
    assert kept == told
    assert kept.tzinfo is UTC


def test_an_enum_is_kept_as_its_word(database: str) -> None:
    with transaction() as session:
        session.add(Campaign(id="campaign_1", name="Harbours", review=ReviewPolicy.always))
    with reading() as session:
        row = session.exec(select(Campaign).where(Campaign.review == ReviewPolicy.always)).one()
        assert row.review is ReviewPolicy.always
    assert EventKind("ceo-permanent-secretary-dialogue") is EventKind.dialogue


def test_nothing_stays_of_a_transaction_that_fails(database: str) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        session.add(Campaign(name="Harbours"))
        session.flush()
        raise RuntimeError
    with reading() as session:
        assert session.exec(select(Campaign)).all() == []


def test_what_is_changed_while_reading_is_not_kept(database: str) -> None:
    with reading() as session:
        session.add(Campaign(name="Harbours"))
        session.flush()
    with reading() as session:
        assert session.exec(select(Campaign)).all() == []


def test_writers_wait_for_one_another_and_readers_for_nobody(database: str) -> None:
    inside, finish = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction() as session:
            session.add(Campaign(name="slow"))
            session.flush()
            inside.set()
            finish.wait(10)

    def quick_writer() -> None:
        with transaction() as session:
            session.add(Campaign(name="quick"))

    writers = [threading.Thread(target=slow_writer), threading.Thread(target=quick_writer)]
    writers[0].start()
    assert inside.wait(10)
    writers[1].start()
    with reading() as session:
        assert "slow" not in session.exec(select(Campaign.name)).all()
    finish.set()
    for writer in writers:
        writer.join(30)
    with reading() as session:
        assert set(session.exec(select(Campaign.name))) == {"slow", "quick"}


def test_ids_say_nothing_and_do_not_repeat() -> None:
    ids = {new_id("note") for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(made) == len("note_") + 20 for made in ids)
