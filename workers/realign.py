"""Works out anew what one theme aligns with, once an editor has taken an answer back."""

from sqlmodel import select

from models.framework import live
from models.job import Job
from models.store import transaction
from models.theme import Theme, ThemeState
from workers import discover


def realign(job: Job) -> None:
    """The theme's alignments with every live version, from its points and the answers that still stand."""
    with transaction() as session:
        theme = session.exec(select(Theme).where(Theme.id == job.subject).with_for_update()).one()
        if theme.state is not ThemeState.retired:
            for version in live(session):
                discover.realign(session, theme.id, version.id)
