"""The background process: what follows the change log, jobs, schedules. Run as many as you like beside each other.

Nothing here may end the process but a signal: a lost database or a dead search engine is waited for.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Sequence
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.accounts import second_factor
from market.accounts.letters import Post, letters_job
from market.accounts.one_time import forget_old_tokens
from market.agreements.anchors.publishing import (
    AnchorMail,
    AnchorSettings,
    anchor_mail_job,
    anchor_schedule,
)
from market.agreements.endings import LAPSE_SCHEDULE
from market.agreements.history.chain import chain_follower
from market.agreements.ledger.fulfilling import LET_PASS_SCHEDULE
from market.agreements.ledger.lot_news import lot_news
from market.agreements.ledger.news import OVERDUE_SCHEDULE, delivery_news
from market.agreements.news import agreement_news
from market.agreements.recounting import RECOUNT_JOB, REWEIGH_JOB, counting_follower
from market.agreements.reliance import agreements_relying
from market.attachments.files import blobs_of
from market.attachments.sweeping import sweep_schedule
from market.certificates.news import certificate_news
from market.certificates.schedules import CLAIM_SCHEDULE
from market.config import Settings
from market.core.child import Child
from market.core.db import create_engine, create_sessions
from market.core.eras import WHAT_TO_DO, LogAhead, require_own_log
from market.core.followers import Follower, run_follower
from market.core.garbage import settle_garbage
from market.core.idempotency import forget_old_answers
from market.core.job_queue import Sessions, run_jobs
from market.core.jobs import Job, Schedule
from market.core.logs import configure_logging
from market.core.mail import file_mail, smtp_mail
from market.core.sealing import secret_of
from market.core.shared_limits import forget_full_buckets
from market.core.signs_of_life import keep_beating
from market.core.sms import file_sms, http_sms
from market.core.traces import begin_traces, end_traces
from market.engine.gateway import Engine
from market.events.afterwards.reminding import REMINDERS
from market.events.meetings.making import timetable_job, timetable_planner
from market.events.news import event_news, registration_news
from market.imports.tasks import import_job
from market.indexes import INDEXES
from market.integrations.webhooks import signing
from market.integrations.webhooks.delivering import WEBHOOK_SCHEDULE, webhook_job
from market.integrations.webhooks.disabling import SWEEP_SCHEDULE
from market.integrations.webhooks.follower import webhooks_follower
from market.local.running import found_settings
from market.matching.alerts.follower import alerts_follower
from market.matching.alerts.queries import searches_without_mail
from market.matching.alerts.schedules import ALERT_SCHEDULES
from market.naming.rereading import REREAD_JOB, names_follower
from market.notifications.mail import MailSettings, mail_job
from market.notifications.news import NewsOf
from market.notifications.push.ringing import RingSettings, ring_job
from market.notifications.schedules import DIGEST_SCHEDULE
from market.notifications.text_messages import text_message_job
from market.organizations.account_news import account_news
from market.organizations.claims.news import claim_news
from market.organizations.letters import invitations_job, pins_job
from market.organizations.personal import let_go_of_old
from market.photos.uploads import UPLOAD_SCHEDULE
from market.quotes.expiry import expire_quotes
from market.quotes.news import message_news, quote_news
from market.quotes.reliance import quotes_relying
from market.reference.types import known_catalogue
from market.search.comparing import Walk, compare_all, compare_sample
from market.search.follower import search_follower
from market.search.rebuild import keep_indexes

log = structlog.get_logger(__name__)

SCHEDULES = (
    Schedule("forget_old_answers", "17 19 * * *", forget_old_answers),
    Schedule("let_go_of_old", "47 19 * * *", let_go_of_old),
    Schedule("forget_full_buckets", "41 * * * *", forget_full_buckets),
    Schedule("forget_old_tokens", "23 19 * * *", forget_old_tokens),
    Schedule("expire_quotes", "*/5 * * * *", expire_quotes),
    *ALERT_SCHEDULES,
    DIGEST_SCHEDULE,
    CLAIM_SCHEDULE,
    LAPSE_SCHEDULE,
    UPLOAD_SCHEDULE,
    LET_PASS_SCHEDULE,
    OVERDUE_SCHEDULE,
    WEBHOOK_SCHEDULE,
    SWEEP_SCHEDULE,
    *REMINDERS,
)
"""Crontabs are in UTC: 19:17 is 02:17 in Vietnam. With the settings `schedules_of` adds more."""

GRACE_SECONDS = 4.0
"""What is under way when the process is told to stop has so long to end; then it is broken off, to be repeated."""
INDEX_CHECK_SECONDS = 20.0
DATABASE_RETRY_SECONDS = 1.0
NICENESS = 5
"""Where processors are short, those whom somebody waits for go first: the API, and a command such as an import."""


NEWS: tuple[NewsOf, ...] = (
    quote_news,
    message_news,
    account_news,
    claim_news,
    certificate_news,
    registration_news,
    event_news,
    agreement_news,
    delivery_news,
    lot_news,
)
"""What rooms tell of what the log says of their own things."""


AFTERWARDS = (REREAD_JOB, RECOUNT_JOB, REWEIGH_JOB)
"""What a change of one row turns in many others, piece by piece."""


def followers_of(search: Engine | None, *, mails_a_day: int = 0, reached_at: str = "") -> list[Follower]:
    """Everything that follows the change log; the search follower only where there is an engine.

    `mails_a_day` bounds what an unverified organization may cause; 0: nothing does. `reached_at` is the market's own
    address.
    """
    alerts = alerts_follower([quotes_relying, agreements_relying], NEWS, mails_a_day=mails_a_day)
    searching = [search_follower(search, INDEXES)] if search is not None else []
    return [
        *searching,
        alerts,
        names_follower(),
        chain_follower(),
        counting_follower(),
        webhooks_follower(reached_at=reached_at),
    ]


def jobs_of(settings: Settings, *, planner: Child) -> list[Job]:
    """Everything that is done later; no notifications by mail without the key that signs the links in them.

    Args:
        planner: the process that plans timetables; whoever made it closes it.
    """
    files = import_job(partial(blobs_of, settings))
    timetables = timetable_job(planner)
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    send, sender, place = (
        smtp_mail(url) if url else file_mail(settings.data_dir / "outbox"),
        settings.mail_from,
        settings.reached_at(),
    )
    jobs = [anchor_mail_job(AnchorMail(send=send, sender=sender, public_url=place)), files, timetables, *AFTERWARDS]
    if settings.secret_key is None:
        return jobs
    secret = secret_of(settings.secret_key, settings.previous_secret_key)
    webhooks = webhook_job(loopback=settings.webhooks_to_loopback, key=secret)
    mail = MailSettings(send=send, sender=sender, public_url=place, secret=secret)
    sms_url = settings.sms_url.get_secret_value() if settings.sms_url else None
    sms = http_sms(sms_url, settings.sms_template) if sms_url else file_sms(settings.data_dir / "outbox")
    texts = text_message_job(sms, public_url=place)
    post = Post(
        mail=mail.send,
        sms=sms,
        sender=mail.sender,
        public_url=mail.public_url,
        secret=mail.secret,
    )
    rings = ring_job(_ring_settings(settings, secret))
    return [
        *jobs,
        webhooks,
        rings,
        mail_job(mail, muted=searches_without_mail),
        texts,
        letters_job(post),
        invitations_job(post),
        pins_job(post),
    ]


def _ring_settings(settings: Settings, secret: str) -> RingSettings:
    url = settings.messenger_url.get_secret_value() if settings.messenger_url else None
    place = settings.reached_at()
    return RingSettings(
        secret=secret,
        public_url=place,
        # Push services want to be able to write to whoever pushes.
        contact=place if place.startswith("https://") else f"mailto:{parseaddr(settings.mail_from)[1]}",
        gateway=http_sms(url, settings.messenger_template) if url else None,
        loopback=settings.webhooks_to_loopback,
    )


def schedules_of(settings: Settings) -> list[Schedule]:
    """Everything that is done by the clock."""
    directory, key_file = settings.anchors()
    anchors = AnchorSettings(directory=directory, key_file=key_file, market=settings.reached_at())
    compared = Schedule("compare_indexes", "7 20 * * *", partial(_compare_indexes, settings))
    made = [*SCHEDULES, anchor_schedule(anchors), sweep_schedule(partial(blobs_of, settings)), compared]
    if settings.secret_key is None:
        return made
    secret = secret_of(settings.secret_key, settings.previous_secret_key)
    return [*made, Schedule("seal_anew", "29 19 * * *", partial(_seal_anew, secret=secret))]


async def _seal_anew(session: AsyncSession, *, secret: str) -> None:
    """Everything sealed, under the market's secret of now: then the one before can be taken away."""
    await second_factor.seal_anew(session, secret=secret)
    await signing.seal_anew(session, secret=secret)


async def _compare_indexes(settings: Settings, _session: AsyncSession) -> None:
    """Every document with its row, on connections of their own: the schedule's would be held for minutes."""
    if (search := _search(settings)) is None:
        return
    engine = create_engine(settings.sqlalchemy_url(), pool_size=2, planned_anew=True)
    try:
        await compare_all(search, create_sessions(engine), INDEXES)
    finally:
        await search.close()
        await engine.dispose()


async def run(settings: Settings, *, stop: asyncio.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT (or until `stop` is set), then end within five seconds.

    Raises:
        ValueError: no database is configured.
        Exception: a part failed that should have gone on for ever.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    begin_traces(settings.traces_address(), share=settings.traces_share, role="worker")
    engine = create_engine(settings.sqlalchemy_url(), planned_anew=True)
    search, planner = _search(settings), timetable_planner()
    try:
        await _until_stopped(_tasks(settings, engine, search, planner, stop), stop)
    finally:
        await planner.close()
        await engine.dispose()
        if search is not None:
            await search.close()
        await asyncio.to_thread(end_traces)
        log.info("worker_stopped")


def _search(settings: Settings) -> Engine | None:
    if settings.meili_url is None:
        return None
    key = settings.meili_key.get_secret_value() if settings.meili_key else None
    return Engine(settings.meili_url, key=key, prefix=settings.meili_index_prefix)


async def _tasks(
    settings: Settings, engine: AsyncEngine, search: Engine | None, planner: Child, stop: asyncio.Event
) -> list[Coroutine[Any, Any, None]]:
    sessions = create_sessions(engine)
    if not await _database_answers(sessions, stop):
        return []
    # Otherwise more than half of a worker's time behind an import goes into looking for garbage.
    settle_garbage()
    followers, jobs, schedules = (
        followers_of(search, mails_a_day=settings.unverified_mails_a_day, reached_at=settings.reached_at().rstrip("/")),
        jobs_of(settings, planner=planner),
        schedules_of(settings),
    )
    database_url = settings.database_url.get_secret_value() if settings.database_url else ""
    tasks: list[Coroutine[Any, Any, None]] = [run_follower(engine, follower, stop=stop) for follower in followers]
    tasks.append(keep_beating(sessions, "worker", stop=stop))
    tasks.append(run_jobs(database_url, sessions, jobs=jobs, schedules=schedules, stop=stop))
    if search is not None:
        tasks.append(_keep_indexes(search, sessions, settings, stop))
    log.info(
        "worker_ready",
        followers=[follower.name for follower in followers],
        jobs=[job.name for job in jobs],
        schedules=[schedule.name for schedule in schedules],
        search="ok" if search is not None else "no engine configured",
    )
    return tasks


async def _database_answers(sessions: Sessions, stop: asyncio.Event) -> bool:
    """Wait until the database answers and the catalogue is known; False when told to stop before."""
    while not stop.is_set():
        try:
            async with sessions() as session:
                await require_own_log(session)
                await known_catalogue(session)
        except Exception as error:
            told = {"what_to_do": WHAT_TO_DO} if isinstance(error, LogAhead) else {}
            log.warning("waiting_for_database", reason=type(error).__name__, **told)
            await _sleep(stop, DATABASE_RETRY_SECONDS)
        else:
            return True
    return False


async def _keep_indexes(search: Engine, sessions: Sessions, settings: Settings, stop: asyncio.Event) -> None:
    """Make missing indexes at the start, bring back those an engine lost while we run, and compare some documents."""
    walks = {index.name: Walk() for index in INDEXES}
    while not stop.is_set():
        try:
            await _unless_stopped(keep_indexes(search, sessions, INDEXES, search_dir=settings.search_dir), stop)
            for index in INDEXES:
                await _unless_stopped(compare_sample(search, sessions, index, walks[index.name]), stop)
        except Exception as error:
            log.warning("indexes_not_checked", reason=f"{type(error).__name__}: {error}")
        await _sleep(stop, INDEX_CHECK_SECONDS)


async def _unless_stopped(work: Coroutine[Any, Any, Any], stop: asyncio.Event) -> None:
    """Do the work, or break it off at once when told to stop: a rebuild begins anew at the next start."""
    doing, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        doing.cancel()
    await asyncio.wait({doing})
    if not doing.cancelled():
        doing.result()


async def _until_stopped(
    starting: Coroutine[Any, Any, Sequence[Coroutine[Any, Any, None]]], stop: asyncio.Event
) -> None:
    running = [asyncio.create_task(work) for work in await starting]
    if not running:
        return
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, *running], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    _, late = await asyncio.wait(running, timeout=GRACE_SECONDS)
    for task in late:
        task.cancel()
    ended = await asyncio.gather(stopping, *running, return_exceptions=True)
    # None of the parts ends by itself: whoever runs this process has to know, and start another.
    if failures := [outcome for outcome in ended if isinstance(outcome, Exception)]:
        raise failures[0]


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def command(
    *,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")] = None,
) -> None:
    """Run the background process alone, on the database and engine of MARKET_* or of a running `market up`."""
    settings = found_settings(data_dir)
    configure_logging(style=settings.log_format, level=settings.log_level)
    os.nice(NICENESS)
    asyncio.run(run(settings))


def main() -> None:
    """The background process of the settings in the environment."""
    command(data_dir=None)
