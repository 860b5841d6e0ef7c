"""Runs a notifier: `tocsin-notify slack`, `email`, `webhook` or `apprise`."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread

from pydantic import ValidationError

from tocsin_alerting.directory_keeper import DirectoryKeeper
from tocsin_alerting.kept_network import KeptNetwork
from tocsin_alerting.policy.directory import Channel as ChannelName
from tocsin_alerting.policy.directory import CurrentDirectory
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_alerting.store.schema import check_revision
from tocsin_consumers.dead_letter_writer import DeadLetterWriter
from tocsin_consumers.kafka_sink import KafkaSink
from tocsin_consumers.kafka_source import KafkaSource
from tocsin_consumers.loop import ConsumeLoop
from tocsin_consumers.notifier.bulletin_composer import BulletinComposer
from tocsin_consumers.notifier.channels import channel_for, entries_of, previews
from tocsin_consumers.notifier.composer import Composer
from tocsin_consumers.notifier.drain import Drain
from tocsin_consumers.notifier.outcome_writer import OutcomeWriter
from tocsin_consumers.notifier.planner import Planner
from tocsin_consumers.notifier.settings import NotifierSettings
from tocsin_consumers.precedence import urgent_event
from tocsin_consumers.stopping import stop_on_signals
from tocsin_schemas.clock import system_clock
from tocsin_schemas.logs import configure_logging, get_logger
from tocsin_schemas.tokens import Tokens
from tocsin_schemas.topics import ALERTS, DEAD_LETTERS

_USAGE = f"usage: tocsin-notify {{{'|'.join(ChannelName)}}}"


def main() -> None:
    """Work until told to stop by SIGTERM or SIGINT; messages under way are finished and recorded first."""
    try:
        (name,) = sys.argv[1:]
        channel = ChannelName(name)
    except ValueError:
        sys.exit(_USAGE)
    try:
        settings = NotifierSettings()
    except ValidationError as error:
        sys.exit(f"tocsin-notify: {error}")
    configure_logging(f"notify-{channel}", level=settings.log_level)
    log = get_logger()
    stop = stop_on_signals()
    store = open_store(settings.store_url())
    pool = ThreadPoolExecutor(settings.notifier_workers, thread_name_prefix="send")
    try:
        try:
            check_revision(store)
            keeper = DirectoryKeeper(
                settings.network_dir, copies=StoredCopies(store), kept=KeptNetwork(settings.kept_network_dir())
            )
            loop, drain, letters = wire(settings, channel, store=store, directory=keeper, pool=pool, stop=stop)
        except (ValueError, RuntimeError, OSError) as error:
            log.error("not_started", reason=str(error))  # noqa: TRY400 - the message says all
            sys.exit(2)
        log.info(
            "starting",
            channel=channel.value,
            previews=previews(settings, channel, entries_of(settings)),
            store=store.dialect,
        )
        try:
            with keeper.watching():
                healthy = _run(loop, drain, stop)
        finally:
            letters.close()
    finally:
        pool.shutdown(wait=True)
        store.close()
    if not healthy:
        sys.exit(1)
    log.info("stopped")


def _run(loop: ConsumeLoop, drain: Drain, stop: Event) -> bool:
    """Consume in this thread and send in another; when one ends, so does the other. Whether both ended well."""
    failed = Event()

    def send() -> None:
        try:
            drain.run(stop)
        except Exception:  # noqa: BLE001 - whatever it was, the process ends with it and is started anew
            get_logger().exception("drain_died")
            failed.set()
        finally:
            stop.set()

    sender = Thread(target=send, name="drain")
    sender.start()
    try:
        loop.run()
    finally:
        stop.set()
        sender.join()
    return not failed.is_set()


def wire(
    settings: NotifierSettings,
    name: ChannelName,
    *,
    store: Store,
    directory: CurrentDirectory,
    pool: ThreadPoolExecutor,
    stop: Event,
) -> tuple[ConsumeLoop, Drain, DeadLetterWriter]:
    """Put a notifier together.

    Raises:
        ValueError: a setting cannot be used; the message says which and why.
    """
    # Kafka knows the process by the same name, and throws out the elder of two that share it.
    owner = f"{name}-{settings.notifier_instance}"
    entries = entries_of(settings)
    drain = Drain(
        store=store,
        directory=directory,
        name=name,
        channel=channel_for(settings, name, entries),
        previews=previews(settings, name, entries),
        composer=Composer(
            directory=directory,
            tokens=Tokens(settings.plain_secret_keys()),
            public_url=settings.public_url,
            mail_from=settings.mail_from,
        ),
        bulletins=BulletinComposer(
            store=store, directory=directory, public_url=settings.public_url, mail_from=settings.mail_from
        ),
        writer=OutcomeWriter(owner=owner, pause=timedelta(seconds=settings.slack_seconds_between_posts)),
        owner=owner,
        clock=system_clock,
        pool=pool,
        workers=settings.notifier_workers,
    )
    planner = Planner(store=store, directory=directory, channel=name, clock=system_clock, transact=drain.transact)
    group = f"{settings.topic_prefix}notify-{name}"
    letters = DeadLetterWriter(
        open_sink=lambda: KafkaSink(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            client_id=f"{group}-{settings.notifier_instance}-refused",
        ),
        topic=DEAD_LETTERS.name(settings.topic_prefix),
        stage="notify",
        source=f"urn:tocsin:notify-{name}",
        clock=system_clock,
    )
    loop = ConsumeLoop(
        open_source=lambda: KafkaSource(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            topics=(ALERTS.name(settings.topic_prefix),),
            group=group,
            instance=settings.notifier_instance,
        ),
        handle=planner.handle,
        handle_many=planner.handle_many,
        first=urgent_event,
        refuse=letters.write,
        stop=stop,
    )
    return loop, drain, letters


if __name__ == "__main__":
    main()
