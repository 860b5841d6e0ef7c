"""The SDK: an institute's programs say what they found, and the network has it, or the spool does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from tocsin_producers.adapters.protocol import Draft
from tocsin_producers.connect import connect
from tocsin_producers.handover import Handover, Outcome, Receipt
from tocsin_producers.kinds import infer_kind, read_body
from tocsin_producers.outgoing import Outgoing, outgoing
from tocsin_producers.settings import load_settings
from tocsin_producers.spool import Drained, Spool
from tocsin_producers.transports import Transport
from tocsin_schemas import (
    Action,
    Body,
    Clock,
    Finding,
    Incident,
    Institutes,
    ProblemCode,
    Report,
    ReportKind,
    Status,
    Tlp,
    envelope_for,
    invalid,
    load_institutes,
    system_clock,
)
from tocsin_schemas.signatures import ATTRIBUTE as SIGNATURE
from tocsin_schemas.signatures import sign

__all__ = ["Outcome", "Receipt", "Reporter"]


class Reporter:
    """Publishes an institute's reports: checks each, hands it over, and keeps on disk what cannot be handed over now.

    Safe to use from several threads; several processes may share a spool. A report is taken at least once: it may
    arrive twice with the same id, and counts once.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        institute: str | None = None,
        spool: Spool | None = None,
        clock: Clock = system_clock,
        source: str | None = None,
        institutes: Institutes | None = None,
        signing_key: Mapping[str, str] | None = None,
    ) -> None:
        """Publish over `transport`.

        Args:
            transport: the way to the network.
            institute: who reports; fills in reports that do not say it, and refuses those that say another.
            spool: keeps what cannot be sent now; None: such a report is raised as a `TransportError`.
            clock: the time of day.
            source: CloudEvents source; None: `urn:tocsin:institute:<id>`.
            institutes: the members of the network, where they are known: strangers are refused before sending.
            signing_key: private Ed25519 key (JWK) that signs what is not signed yet.
        """
        self._institute = institute
        self._clock = clock
        self._source = source
        self._institutes = institutes
        self._signing_key = signing_key
        self._handover = Handover(transport, spool=spool, clock=clock)

    @classmethod
    def from_env(cls, *, clock: Clock = system_clock) -> Reporter:
        """The reporter that the environment describes (`ProducerSettings`); nothing is connected yet.

        Raises:
            SettingsError: a variable cannot be used.
        """
        settings = load_settings()
        return cls(
            transport=connect(settings, clock=clock),
            institute=settings.institute_id(),
            spool=Spool(settings.spool_path(), clock=clock),
            clock=clock,
            source=settings.source,
            institutes=None if settings.network_dir is None else load_institutes(settings.network_dir),
            signing_key=settings.signing_key(),
        )

    def finding(
        self, report: Finding | Mapping[str, Any], *, series: str | None = None, event_id: str | None = None
    ) -> str:
        """Publish a finding; gives the event's id.

        Args:
            report: what was found.
            series: name of the series it opens; None: the event's id.
            event_id: the same id for the same report makes publishing it twice harmless; None: a random one.

        Raises:
            InvalidEvent: the report is wrong; each problem names its field and its fix.
            TransportError: the network refuses it for good, or there is no spool to keep it.
            SpoolError: it could neither be sent nor kept.
        """
        return self._say(report, kind=ReportKind.FINDING, action=Action.REPORT, series=series, event_id=event_id)

    def incident(
        self, report: Incident | Mapping[str, Any], *, series: str | None = None, event_id: str | None = None
    ) -> str:
        """Publish an incident; arguments, result and errors as for `finding`."""
        return self._say(report, kind=ReportKind.INCIDENT, action=Action.REPORT, series=series, event_id=event_id)

    def update(
        self,
        series: str,
        report: Finding | Incident | Mapping[str, Any],
        *,
        kind: ReportKind | None = None,
        event_id: str | None = None,
    ) -> str:
        """Correct a series: the report, whole, as it is now. Everybody who was told learns of it.

        Args:
            series: the series that is corrected: the id of its first report, or the name it was opened with.
            report: what holds now.
            kind: finding or incident; None: told by the report's fields.
            event_id: as for `finding`.

        Raises:
            InvalidEvent, TransportError, SpoolError: as for `finding`.
        """
        return self._say(report, kind=kind, action=Action.UPDATE, series=_named(series), event_id=event_id)

    def retract(
        self,
        series: str,
        *,
        reason: str,
        kind: ReportKind,
        tlp: Tlp,
        status: Status = Status.ACTUAL,
        language: str = "en",
        institute: str | None = None,
        event_id: str | None = None,
    ) -> str:
        """Take a series back, with the reason. Everybody who was told learns of it.

        Args:
            series: the series that is taken back.
            reason: why, for people.
            kind: whether the series is about a finding or an incident.
            tlp: how far the reason may travel.
            status: as in the report that is taken back.
            language: language of the reason.
            institute: who takes it back; None: the reporter's.
            event_id: as for `finding`.

        Raises:
            InvalidEvent, TransportError, SpoolError: as for `finding`.
        """
        said = {"tlp": tlp, "status": status, "language": language, "reason": reason}
        if institute is not None:
            said["institute"] = institute
        return self._say(said, kind=kind, action=Action.RETRACT, series=_named(series), event_id=event_id)

    def publish(self, draft: Draft) -> Receipt:
        """Publish a report read by an adapter, and say where it is now.

        Raises:
            InvalidEvent, TransportError, SpoolError: as for `finding`.
        """
        return self._handover.take(self.prepare(draft))

    def prepare(self, draft: Draft) -> Outgoing:
        """The report as it would leave, checked, and not sent: a dry run.

        Raises:
            InvalidEvent: the report is wrong; each problem names its field and its fix.
        """
        institute = draft.body.institute
        source = draft.source or self._source or f"urn:tocsin:institute:{institute}"
        self._check_speaker(institute, source)
        envelope = draft.envelope or envelope_for(
            draft.body,
            kind=draft.kind,
            action=draft.action,
            source=source,
            event_id=draft.event_id or str(uuid.uuid4()),
            time=draft.time or self._clock(),
            series=draft.series,
        )
        if self._signing_key is not None and SIGNATURE not in envelope.extensions:
            envelope = sign(envelope, self._signing_key)
        return outgoing(Report(kind=draft.kind, action=draft.action, body=draft.body, envelope=envelope))

    def flush(self) -> Drained:
        """Send what waits on the spool, now; says what it came to.

        Raises:
            SpoolError: the spool cannot be read.
        """
        return self._handover.flush()

    def close(self) -> None:
        """Send what waits, unless the network failed a moment ago, and let go of connections. Nothing is lost by it."""
        self._handover.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _say(
        self,
        report: Body | Mapping[str, Any],
        *,
        kind: ReportKind | None,
        action: Action,
        series: str | None,
        event_id: str | None,
    ) -> str:
        known = {} if self._institute is None else {"institute": self._institute}
        if isinstance(report, Mapping):
            kind = kind or infer_kind(report)
            body = read_body({**known, **report}, kind=kind, action=action)
        else:
            kind = _kind_of(report, kind)
            body = report
        draft = Draft(body=body, kind=kind, action=action, event_id=event_id, series=series)
        return self.publish(draft).event_id

    def _check_speaker(self, institute: str, source: str) -> None:
        if self._institute is not None and institute != self._institute:
            raise invalid(
                "institute",
                f"is '{institute}', but this reporter speaks for '{self._institute}'.",
                f"Say '{self._institute}', or set TOCSIN_INSTITUTE to '{institute}'.",
                ProblemCode.NOT_ITS_SOURCE,
            )
        if self._institutes is not None:
            self._institutes.check_speaker(institute=institute, source=source)


def _named(series: str) -> str:
    if not series:
        raise invalid("series", "is required.", "Name the series: the id of its first report.", ProblemCode.MISSING)
    return series


_ARTICLES = {ReportKind.FINDING: "a finding", ReportKind.INCIDENT: "an incident"}


def _kind_of(report: Body, kind: ReportKind | None) -> ReportKind:
    actual = ReportKind.INCIDENT if isinstance(report, Incident) else ReportKind.FINDING
    if kind is not None and kind is not actual:
        raise invalid(
            "(event)",
            f"is {_ARTICLES[actual]}, not {_ARTICLES[kind]}.",
            "Call the other method.",
            ProblemCode.WRONG_TOPIC,
        )
    return actual
