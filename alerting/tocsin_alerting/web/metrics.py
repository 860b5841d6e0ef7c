"""What the store says of the network's health, read when Prometheus asks. Counts and ages only, nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel, CurrentDirectory
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store import Store
from tocsin_alerting.store.audit import Invariant, audit
from tocsin_alerting.store.tables import AlertRow, OutboxRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_schemas.clock import Clock
from tocsin_schemas.logs import get_logger
from tocsin_schemas.vocabulary import AlertState, Severity

_OUTCOMES = frozenset(Outcome)
_OPEN = (AlertState.OPEN.value, AlertState.ACKNOWLEDGED.value)

_log = get_logger()


class StoreCollector(Collector):
    """Reads the store at each scrape."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of the first scrape: registering must not need the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges as they are now; `tocsin_store_up` is 0 and the others are absent without a store."""
        up = GaugeMetricFamily("tocsin_store_up", "Whether the store could be read.")
        now = self._clock()
        try:
            with self._store.read() as session:
                read = [
                    *_alerts(session),
                    *_ladders(session, now),
                    *_deliveries(session, now),
                    *_outbox(session, now),
                    *_violations(session, now),
                ]
        except SQLAlchemyError as error:
            _log.warning("store_unreachable", error=type(error).__name__)
            read = []
        up.add_metric([], 1 if read else 0)
        yield up
        yield from read


class DirectoryCollector(Collector):
    """Says which directory is in force, and whether what lies in its folder was refused."""

    def __init__(self, directory: CurrentDirectory, refused: Callable[[], bool]) -> None:
        self._directory = directory
        self._refused = refused

    def collect(self) -> Iterator[Metric]:
        """One gauge for each; the version is a digest of the files."""
        info = GaugeMetricFamily("tocsin_directory_info", "The network directory in force.", labels=["policy"])
        info.add_metric([self._directory().version], 1)
        yield info
        yield GaugeMetricFamily(
            "tocsin_directory_refused",
            "Whether the network's files were changed, have a fault and were not taken over.",
            value=int(self._refused()),
        )


def _alerts(session: Session) -> Iterator[Metric]:
    family = GaugeMetricFamily("tocsin_alerts", "Alerts by state and severity.", labels=["state", "severity"])
    counted: Counter[tuple[str, str]] = Counter(
        {(state.value, severity.value): 0 for state in AlertState for severity in Severity}
    )
    query = select(AlertRow.state, AlertRow.severity, func.count()).group_by(AlertRow.state, AlertRow.severity)
    for state, severity, count in session.execute(query):
        counted[_word(state, AlertState), _word(severity, Severity)] += count
    for labels, count in counted.items():
        family.add_metric(labels, count)
    yield family


def _ladders(session: Session, now: datetime) -> Iterator[Metric]:
    silent = and_(
        AlertRow.state.in_(_OPEN),
        ResponseRow.round == AlertRow.round,
        ResponseRow.answer.is_(None),
        ResponseRow.answer_required,
    )

    def count(name: str, text: str, *further: ColumnElement[bool]) -> Metric:
        query = (
            select(func.count()).select_from(ResponseRow).join(AlertRow, AlertRow.id == ResponseRow.alert_id)
        ).where(silent, *further)
        return GaugeMetricFamily(name, text, value=session.scalar(query) or 0)

    yield count("tocsin_responses_unanswered", "Institutes that owe an open alert an answer.")
    yield count(
        "tocsin_ladder_steps_overdue", "Steps of ladders that should have fired.", ResponseRow.next_step_at < now
    )
    yield count(
        "tocsin_ladders_exhausted", "Ladders that ran out without an answer.", ResponseRow.exhausted_at.is_not(None)
    )


def _deliveries(session: Session, now: datetime) -> Iterator[Metric]:
    family = GaugeMetricFamily("tocsin_deliveries", "Deliveries by outcome.", labels=["channel", "outcome"])
    counted: Counter[tuple[str, str]] = Counter()
    query = select(DeliveryRow.channel, DeliveryRow.outcome, func.count()).group_by(
        DeliveryRow.channel, DeliveryRow.outcome
    )
    for channel, outcome, count in session.execute(query):
        counted[_word(channel, Channel), outcome if outcome in _OUTCOMES else "other"] += count
    for labels, count in counted.items():
        family.add_metric(labels, count)
    yield family
    oldest = GaugeMetricFamily(
        "tocsin_delivery_oldest_due_seconds", "How long the oldest due delivery has been due.", labels=["channel"]
    )
    ages: dict[str, float] = dict.fromkeys((channel.value for channel in Channel), 0.0)
    due = (
        select(DeliveryRow.channel, func.min(DeliveryRow.next_attempt_at, type_=DeliveryRow.next_attempt_at.type))
        .where(DeliveryRow.outcome == "pending", DeliveryRow.next_attempt_at <= now)
        .group_by(DeliveryRow.channel)
    )
    for channel, since in session.execute(due):
        ages[_word(channel, Channel)] = _seconds(since, now)
    for channel, seconds in ages.items():
        oldest.add_metric([channel], seconds)
    yield oldest


def _outbox(session: Session, now: datetime) -> Iterator[Metric]:
    count, since = session.execute(
        select(func.count(), func.min(OutboxRow.created_at, type_=OutboxRow.created_at.type)).where(
            OutboxRow.published_at.is_(None)
        )
    ).one()
    yield GaugeMetricFamily("tocsin_outbox_unpublished", "Events committed and not published yet.", value=count)
    yield GaugeMetricFamily(
        "tocsin_outbox_oldest_unpublished_seconds",
        "How long the oldest unpublished event has waited.",
        value=_seconds(since, now),
    )


def _violations(session: Session, now: datetime) -> Iterator[Metric]:
    """What always holds, asked in production as in the tests: any number above 0 is a fault of ours."""
    family = GaugeMetricFamily(
        "tocsin_violations", "What must always hold of the store and does not, at most 20 each.", labels=["invariant"]
    )
    counted = Counter(violation.invariant for violation in audit(session, now))
    for invariant in Invariant:
        family.add_metric([invariant.value], counted[invariant])
    yield family


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else (now - since).total_seconds()


def _word(text: str, words: type[StrEnum]) -> str:
    """A label's value, bounded: what is not of the closed set is `other`."""
    return text if text in frozenset(words) else "other"
