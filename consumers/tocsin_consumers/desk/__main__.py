"""Runs the desk: `tocsin-desk`. Several may run, each with its own TOCSIN_DESK_INSTANCE."""

from __future__ import annotations

import os
import sys
from threading import Event

from pydantic import ValidationError

from tocsin_alerting.directory_keeper import DirectoryKeeper
from tocsin_alerting.kept_network import KeptNetwork
from tocsin_alerting.settings import AlertingSettings
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_alerting.store.schema import check_revision
from tocsin_consumers.dead_letter_writer import DeadLetterWriter
from tocsin_consumers.desk.background import repeating
from tocsin_consumers.desk.calendar_fetch import fetch
from tocsin_consumers.desk.desk import Desk
from tocsin_consumers.desk.duty_look import DutyLook
from tocsin_consumers.desk.reach_trials import ReachTrials
from tocsin_consumers.desk.refusal_telling import RefusalTelling
from tocsin_consumers.desk.rota_feeds import RotaFeeds
from tocsin_consumers.kafka_sink import KafkaSink
from tocsin_consumers.kafka_source import KafkaSource
from tocsin_consumers.loop import ConsumeLoop
from tocsin_consumers.precedence import urgent_assessment
from tocsin_consumers.stopping import stop_on_signals
from tocsin_consumers.ticks import Tick
from tocsin_schemas.clock import system_clock
from tocsin_schemas.logs import configure_logging, get_logger
from tocsin_schemas.topics import ASSESSMENTS, DEAD_LETTERS

SOURCE = "urn:tocsin:desk"
_TIMER_SECONDS = 0.25
_SILENCES_SECONDS = 5
_FEED_SECONDS = 20.0
"""A feed that was only just named is fetched soon; each is fetched every few minutes."""
_DUTY_SECONDS = 3600.0
_TRIAL_SECONDS = 60.0


def main() -> None:
    """Work until told to stop by SIGTERM or SIGINT; the message in hand is finished first."""
    try:
        settings = AlertingSettings()
    except ValidationError as error:
        sys.exit(f"tocsin-desk: {error}")
    configure_logging("desk", level=settings.log_level)
    log = get_logger()
    stop = stop_on_signals()
    store = open_store(settings.store_url())
    try:
        try:
            check_revision(store)
            refusals = RefusalTelling(store=store, network_dir=settings.network_dir, clock=system_clock)
            keeper = DirectoryKeeper(
                settings.network_dir,
                copies=StoredCopies(store),
                kept=KeptNetwork(settings.kept_network_dir()),
                on_refusal=refusals.tell,
            )
            loop, letters = _wire(settings, store, keeper, stop)
            feeds = _rota_feeds(settings, store, keeper)
            trials = ReachTrials(store=store, directory=keeper, clock=system_clock)
            duty = DutyLook(store=store, directory=keeper, clock=system_clock)
        except (ValueError, RuntimeError, OSError) as error:
            log.error("not_started", reason=str(error))  # noqa: TRY400 - the message says all
            sys.exit(2)
        log.info("starting", instance=settings.desk_instance, store=store.dialect)
        try:
            with (
                keeper.watching(),
                repeating("rota-feeds", feeds.refresh, seconds=_FEED_SECONDS),
                repeating("duty-look", duty.look, seconds=_DUTY_SECONDS),
                repeating("reach-trials", trials.look, seconds=_TRIAL_SECONDS),
            ):
                loop.run()
        finally:
            letters.close()
    finally:
        store.close()
    log.info("stopped")


def _rota_feeds(settings: AlertingSettings, store: Store, keeper: DirectoryKeeper) -> RotaFeeds:
    return RotaFeeds(
        store=store,
        directory=keeper,
        fetch=lambda url, etag: fetch(url, etag=etag),
        environment=os.environ,
        clock=system_clock,
        owner=f"desk-{settings.desk_instance}",
    )


def _wire(
    settings: AlertingSettings, store: Store, keeper: DirectoryKeeper, stop: Event
) -> tuple[ConsumeLoop, DeadLetterWriter]:
    desk = Desk(store=store, directory=keeper, clock=system_clock)
    group = f"{settings.topic_prefix}desk"
    letters = DeadLetterWriter(
        open_sink=lambda: KafkaSink(
            bootstrap_servers=settings.kafka_bootstrap_servers, client_id=f"{group}-{settings.desk_instance}-refused"
        ),
        topic=DEAD_LETTERS.name(settings.topic_prefix),
        stage="desk",
        source=SOURCE,
        clock=system_clock,
    )
    loop = ConsumeLoop(
        open_source=lambda: KafkaSource(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            topics=(ASSESSMENTS.name(settings.topic_prefix),),
            group=group,
            instance=settings.desk_instance,
        ),
        handle=desk.handle,
        first=urgent_assessment,
        refuse=letters.write,
        stop=stop,
        # Who was not told is told before the next are called.
        ticks=(
            Tick("unmuting", _TIMER_SECONDS, desk.unmute),
            Tick("silences", _SILENCES_SECONDS, desk.tell_silences),
            Tick("reaching", _TIMER_SECONDS, desk.reach),
            Tick("escalations", _TIMER_SECONDS, desk.escalate),
            Tick("deadlines", _TIMER_SECONDS, desk.pass_deadlines),
            Tick("reminders", _TIMER_SECONDS, desk.remind),
        ),
    )
    return loop, letters


if __name__ == "__main__":
    main()
