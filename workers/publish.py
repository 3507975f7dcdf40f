"""Drafts, checks and publishes digests."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, func, select

import prompts
from models import release
from models.campaign import Campaign
from models.digest import Digest, DigestState, Edition, cited
from models.framework import FrameworkVersion, VersionState
from models.job import Job, JobKind, Overtaken
from models.point import Point, PointState
from models.settings import settings
from models.store import new_id, now, reading, transaction
from models.theme import Lineage, LineageKind, Theme
from nlp.briefing import Briefing
from nlp.briefing_markdown import render_markdown
from nlp.digest import compose, disclosure
from nlp.facts import DigestFacts, PointFact, Previous, SectorFact, ThemeFact
from nlp.ground import Finding, check_briefing
from workers.charts import draw as draw_charts
from workers.discover import refresh
from workers.trends import quarters_of
from workers.writer import WriterSettings, write_briefing

log = structlog.get_logger()

MISSIONS = "missions"
AT = {
    JobKind.draft: DigestState.drafting,
    JobKind.check: DigestState.draft,
    JobKind.publish: DigestState.publishing,
}
"""Where a digest is while a job works on it."""


def draft(job: Job) -> None:
    """drafting → draft: what the release gate lets through, composed and checked."""
    with transaction() as session:
        _refresh_themes(session)
    with reading() as session:
        digest = session.get_one(Digest, job.subject)
        if digest.state is not DigestState.drafting:
            return
        facts = digest_facts(session, digest)
    briefing = compose(facts, prompts.load("sentences"))
    if writer := _writer():
        briefing, outcomes = write_briefing(briefing, facts, writer, disclosure(prompts.load("sentences")))
        log.info("digest.worded", digest=job.subject, outcomes=dict(outcomes))
    problems = check_briefing(briefing, facts, prompts.load("sentences"))
    with transaction() as session:
        digest = _held(session, job.subject, DigestState.drafting)
        digest.facts, digest.briefing = facts.to_dict(), briefing.to_dict()
        digest.markdown = render_markdown(briefing)
        digest.problems = _problems(problems)
        digest.state = DigestState.draft


def _writer() -> WriterSettings | None:
    chosen = settings()
    if not chosen.writer_url:
        return None
    key = chosen.writer_key.get_secret_value()
    return WriterSettings(
        chosen.writer_url, chosen.writer_model, key, timeout=chosen.writer_timeout, retries=chosen.writer_retries
    )


def recheck(job: Job) -> None:
    """Checks a draft again after an editor changed its words."""
    with reading() as session:
        digest = session.get_one(Digest, job.subject)
        if digest.state is not DigestState.draft or digest.briefing is None:
            return
        facts = digest_facts(session, digest)
    briefing = Briefing.from_dict(digest.briefing)
    problems = check_briefing(briefing, facts, prompts.load("sentences"))
    with transaction() as session:
        held = _held(session, job.subject, DigestState.draft)
        if held.briefing != digest.briefing:
            # The words were changed once more: the check that came with them is on its way.
            return
        held.problems, held.markdown = _problems(problems), render_markdown(briefing)


def publish(job: Job) -> None:
    """publishing → published, or back to draft with the sentences that the database does not bear out."""
    with reading() as session:
        digest = session.get_one(Digest, job.subject)
        if digest.state is not DigestState.publishing or digest.briefing is None:
            return
        facts = digest_facts(session, digest)
        quarters = quarters_of(session, facts)
    briefing = Briefing.from_dict(digest.briefing)
    problems = check_briefing(briefing, facts, prompts.load("sentences"))
    edition_id = new_id("edition")
    # Drawn before the transaction: it takes a second, in which nobody else could write to SQLite.
    charts = [] if problems else draw_charts(edition_id, facts, briefing, quarters)
    with transaction() as session:
        digest = _held(session, job.subject, DigestState.publishing)
        digest.problems = _problems(problems)
        if problems:
            digest.state = DigestState.draft
            log.warning("digest.refused", digest=digest.id, sentences=len(problems))
            return
        edition = _edition(session, digest, briefing, facts, job.by)
        edition.id = edition_id
        session.add(edition)
        session.flush()
        session.add_all(charts)
        digest.state = DigestState.corrected if edition.number > 1 else DigestState.published
        _settle(session, facts, edition)
    log.info("digest.published", digest=digest.id, edition=edition.number)


def give_up(job: Job, code: str, message: str) -> None:
    """Marks the digest as failed; one whose words could not be checked stays a draft, with that as its problem."""
    with transaction() as session:
        digest = session.get_one(Digest, job.subject)
        if digest.state is AT[job.kind]:
            digest.state = DigestState.draft if job.kind is JobKind.check else DigestState.failed
            digest.problems = [{"place": "", "text": "", "reasons": [message]}]


def digest_facts(session: Session, digest: Digest) -> DigestFacts:
    """What may be told in a digest, worked out from the database as it stands."""
    scope = release.Scope(digest.campaign_id, digest.period_start, digest.period_end)
    released = release.release(session, scope, release.policy())
    missions = session.exec(
        select(FrameworkVersion).where(
            FrameworkVersion.framework == MISSIONS, FrameworkVersion.state == VersionState.current
        )
    ).one()
    before = _previous(session, digest)
    campaign = session.get_one(Campaign, digest.campaign_id).name if digest.campaign_id else None
    themes = [_theme_fact(theme, missions.id, before) for theme in released.themes]
    return DigestFacts(
        title=digest.title,
        period_start=digest.period_start,
        period_end=digest.period_end,
        events=len(released.events),
        notes=released.notes,
        points_total=released.points_total,
        themed=released.themed,
        unthemed=released.unthemed,
        withheld=released.withheld,
        withdrawn=released.withdrawn,
        themes=tuple(theme for theme in themes if digest.mission is None or digest.mission in theme.missions),
        themes_withheld=released.themes_withheld,
        missions={entry["id"]: entry["title"] for entry in missions.entries},
        event_kinds=dict(sorted(Counter(str(event.kind) for event in released.events).items())),
        campaign=campaign,
        mission=digest.mission,
        previous=Previous(before.title, before.period_end) if before else None,
        marking=digest.marking,
    )


def _theme_fact(theme: release.ReleasedTheme, missions_id: str, before: Digest | None) -> ThemeFact:
    known = {row["id"] for row in (before.facts or {}).get("themes", ())} if before else set()
    change = "new" if (before and theme.id not in known) or theme.state == "emerging" else theme.state
    return ThemeFact(
        id=theme.id,
        title=theme.title,
        description=theme.description,
        keywords=theme.keywords,
        state=theme.state,  # type: ignore[arg-type]
        change=change,  # type: ignore[arg-type]
        missions=tuple(row.entry for row in theme.alignments if row.version_id == missions_id and row.sure),
        events=theme.events,
        events_total=theme.events_total,
        sectors=tuple(
            SectorFact(row.sector, row.events, row.present, row.supports, row.concerned, row.mixed)
            for row in theme.sectors
        ),
        points=tuple(
            PointFact(point.id, point.text, point.event_id, point.sector, point.kind, point.stance)  # type: ignore[arg-type]
            for point in theme.points
        ),
        quotes=tuple(point.id for point in theme.points),
    )


def _previous(session: Session, digest: Digest) -> Digest | None:
    """The published digest of the same scope before this one."""
    query = select(Digest).where(
        Digest.id != digest.id,
        Digest.campaign_id == digest.campaign_id,
        Digest.mission == digest.mission,
        Digest.period_end < digest.period_end,
        col(Digest.state).in_((DigestState.published, DigestState.corrected)),
    )
    return session.exec(query.order_by(col(Digest.period_end).desc(), col(Digest.id)).limit(1)).first()


def _refresh_themes(session: Session) -> None:
    active = select(Theme.id).where(col(Theme.state) != "retired")
    refresh(session, session.exec(active.order_by(Theme.id)).all())


def _edition(session: Session, digest: Digest, briefing: Briefing, facts: DigestFacts, by: str) -> Edition:
    held = session.exec(select(func.count()).select_from(Edition).where(Edition.digest_id == digest.id)).one()
    content = briefing.to_dict()
    content["evidence"] = _evidence(facts, cited(content))
    return Edition(
        digest_id=digest.id,
        number=held + 1,
        sha256=hashlib.sha256(canonical(content)).hexdigest(),
        briefing=content,
        markdown=render_markdown(briefing),
        published_by=by,
    )


def canonical(content: Mapping[str, Any]) -> bytes:
    """The JSON that an edition's hash is taken over: sorted keys, no spaces, UTF-8 (after RFC 8785)."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _evidence(facts: DigestFacts, points: set[str]) -> list[dict[str, Any]]:
    return [
        {"id": point.id, "theme": theme.id, "text": point.text, "sector": point.sector}
        for theme in facts.themes
        for point in theme.points
        if point.id in points
    ]


def _settle(session: Session, facts: DigestFacts, edition: Edition) -> None:
    """From here on the themes that readers have seen keep their ids, titles and points."""
    for fact in facts.themes:
        theme = session.get_one(Theme, fact.id)
        if theme.published_at is None:
            theme.published_at = now()
            detail = {"digest": edition.digest_id, "edition": edition.number}
            session.add(Lineage(theme_id=theme.id, kind=LineageKind.published, detail=detail, by=edition.published_by))
    told = [fact.id for fact in facts.themes]
    session.execute(
        update(Point).where(col(Point.theme_id).in_(told), col(Point.state) == PointState.themed).values(published=True)
    )


def _held(session: Session, digest_id: str, state: DigestState) -> Digest:
    digest = session.exec(select(Digest).where(Digest.id == digest_id).with_for_update()).one()
    if digest.state is not state:
        raise Overtaken
    return digest


def _problems(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"place": row.place, "text": row.text, "reasons": list(row.verdict.reasons)} for row in findings]
