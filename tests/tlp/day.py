"""A day played by the real parts: desk, planner, queue, composer, pages. Whatever leaves the store is looked at."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.alerting.assessments import evidence, incident, retraction
from tests.alerting.measured import measured
from tests.alerting.store.desk import Desk
from tests.consumers.notifier.rig import Notifier
from tests.fakes import RecordingChannel
from tests.fixtures.clock import HandClock
from tests.tlp.entitled import may_carry_text, may_know_of, strictest
from tests.tlp.worlds import Act
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store import Store
from tocsin_alerting.store.answers import Via, give_answer
from tocsin_alerting.store.dissents import record_dissent
from tocsin_alerting.store.overrides import Wish, set_override
from tocsin_alerting.store.silence_bulletins import tell_silences
from tocsin_alerting.store.silences import SilenceOutcome, SilenceWish, create_silence
from tocsin_alerting.store.tables import OutboxRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.store.unmuting import settle_due
from tocsin_consumers.channels.outgoing import Outgoing, Receipt
from tocsin_schemas import Action, Assessment, Evidence, ReportKind, Tlp


class _Keeping(RecordingChannel):
    """A channel without a key: it keeps what it would have sent."""

    def send(self, outgoing: Outgoing[Any]) -> Receipt:
        super().send(outgoing)
        return Receipt(previewed=outgoing.message.as_dict())


class Day:
    """What happened, what was labelled how, and what was said where."""

    def __init__(self, store: Store, directory: Directory, clock: HandClock, *, previews: bool = False) -> None:
        """With `previews` nothing is sent and everything is kept for the outbox page."""
        self.store, self.directory, self.clock = store, directory, clock
        self.desk = Desk(store, directory, clock)
        self.notifiers = {
            # Destinations do not rest between posts: what matters here is what is said, not when.
            channel: Notifier(
                store=store,
                directory=directory,
                clock=clock,
                name=channel,
                channel=_Keeping() if previews else RecordingChannel(),
                previews=previews,
                pause=timedelta(0),
            )
            for channel in self._channels(directory)
        }
        self.labels: dict[str, list[Tlp]] = {}
        """By alert, the label of every report that it ever gathered."""
        self.said = 0
        """How many messages there were."""
        self.faults: list[str] = []
        """What should not have been said. Collected: what the queue itself catches is not lost by it."""
        self._series: list[Assessment] = []
        self._secrets: dict[str, Tlp | str] = {}
        """Each text that is protected: its own label, or the id of the alert whose label protects it."""
        self._systems: list[Tlp] = []
        for channel, notifier in self.notifiers.items():
            notifier.channel.before = lambda outgoing, channel=channel: self._look(channel, outgoing)

    @staticmethod
    def _channels(directory: Directory) -> list[Channel]:
        """Those that always have a notifier, and those that somebody is told by."""
        listed = {at.channel for contact in directory.contacts.values() for at in contact.addresses}
        return [channel for channel in Channel if channel in listed | {Channel.SLACK, Channel.EMAIL}]

    def play(self, acts: list[Act]) -> None:
        """Let everything happen, and at last everything be sent and every ladder run out."""
        for act in acts:
            getattr(self, f"_{act.deed}")(act)
            self._hear()
            if act.sends:
                self._send()
        for _ in range(2):
            self._wait(None)
            self._hear()
            self._send()

    def label_of(self, secret: str) -> Tlp:
        """What protects a text now."""
        label = self._secrets[secret]
        return label if isinstance(label, Tlp) else strictest(self.labels[label])

    def secrets_in(self, text: str) -> list[str]:
        """The protected texts that stand in a text."""
        return [secret for secret in self._secrets if secret in text]

    def published(self) -> str:
        """Everything that the relay would publish on `alerts`."""
        with self.store.read() as session:
            return "\n".join(session.scalars(select(OutboxRow.value)))

    def mails(self) -> list[Outgoing[Any]]:
        """The mails that were sent."""
        taken: list[Outgoing[Any]] = self.notifiers[Channel.EMAIL].channel.taken
        return taken

    def contact_of(self, delivery: str) -> str:
        """Whom a message was for."""
        with self.store.read() as session:
            return session.get_one(DeliveryRow, delivery).contact

    def _hear(self) -> None:
        for notifier in self.notifiers.values():
            notifier.hear()

    def _send(self) -> None:
        for notifier in self.notifiers.values():
            notifier.send()

    def _look(self, channel: Channel, outgoing: Outgoing[Any]) -> None:
        """The check: this message, to this address, now."""
        self.said += 1
        body = json.dumps(outgoing.message.as_dict(), ensure_ascii=False)
        for secret in self.secrets_in(body):
            label = self.label_of(secret)
            if not may_carry_text(self.directory, channel, outgoing.address, label):
                self.faults.append(f"a text labelled {label} went to {channel}:{outgoing.address}: {body}")
        if outgoing.alert_id not in self.labels:
            # A bulletin, or what compares reports: the alerts that it names are known there by their label.
            for alert, labels in self.labels.items():
                if alert in body and not may_know_of(self.directory, channel, outgoing.address, strictest(labels)):
                    self.faults.append(f"{channel}:{outgoing.address} learned of alert {alert}, {labels}: {body}")
        beginnings = [(text, _LABEL.match(text)) for text in _beginnings(outgoing.message.as_dict())]
        if "TLP:" not in body:
            if outgoing.kind is not DeliveryKind.EDIT:
                self.faults.append(f"only what takes a message away may go without a label: {body}")
            return
        # Of what compares the reports of several alerts only that there is a label is known here.
        known = self.labels.get(outgoing.alert_id)
        label_wanted = strictest(known) if known else None
        if label_wanted and not may_know_of(self.directory, channel, outgoing.address, label_wanted):
            self.faults.append(f"{channel}:{outgoing.address} learned of something labelled {label_wanted}: {body}")
        self.faults.extend(
            f"{text[:60]!r} does not begin with {label_wanted or 'a label'}"
            for text, found in beginnings
            if found is None or (label_wanted and found[1] != label_wanted.value)
        )

    def _secret(self, label: Tlp | str) -> str:
        secret = f"Kestrel{len(self._secrets):03d}x"
        self._secrets[secret] = label
        return secret

    def _texts(self, tlp: Tlp) -> dict[str, Any]:
        return {
            "title": f"{self._secret(tlp)} title",
            "summary": f"{self._secret(tlp)} summary",
        }

    def _take(self, assessment: Assessment) -> None:
        alert = self.desk.take(assessment).alert_id
        self.labels.setdefault(alert, []).append(assessment.tlp)

    def _measured(self, act: Act, report: str, series: str, action: Action) -> Assessment:
        """A finding whose every field that people wrote holds something to be leaked."""
        said = measured(
            report,
            0.2 + 0.3 * (act.pick % 2),
            institute=act.institute,
            series=series,
            action=action,
            severity=act.severity,
            tlp=act.tlp,
            status=act.status,
            elicitation=f"{self._secret(act.tlp)} prompting",
            scaffold=f"{self._secret(act.tlp)} agent",
            scorer=f"{self._secret(act.tlp)} scorer",
            evidence=evidence(report),
        )
        assert said.finding is not None
        assert said.grade is not None
        reason = said.grade.reasons[0].model_copy(update={"sentence": f"{self._secret(act.tlp)} is why."})
        return said.model_copy(
            update={
                "finding": said.finding.model_copy(update=self._texts(act.tlp)),
                "grade": said.grade.model_copy(update={"reasons": (reason,)}),
            }
        )

    def _finding(self, act: Act) -> None:
        report = f"r{len(self._series)}-{act.institute}"
        self._series.append(self._measured(act, report, report, Action.REPORT))
        self._take(self._series[-1])

    def _incident(self, act: Act) -> None:
        report = f"i{len(self._series)}-{act.institute}"
        said = incident(
            report,
            institute=act.institute,
            severity=act.severity,
            tlp=act.tlp,
            status=act.status,
            supporting_materials=(Evidence(title=f"{self._secret(act.tlp)} records"),),
        )
        assert said.incident is not None
        texts = {"title": f"{self._secret(act.tlp)} title", "description": f"{self._secret(act.tlp)} description"}
        self._series.append(said.model_copy(update={"incident": said.incident.model_copy(update=texts)}))
        self._take(self._series[-1])

    def _update(self, act: Act) -> None:
        old = self._series[act.pick % len(self._series)]
        if old.finding is None:
            return
        same = Act(act.deed, old.institute, act.tlp, act.severity, old.status, act.pick, act.answer, act.sends)
        self._take(self._measured(same, f"u{len(self._secrets)}", old.series, Action.UPDATE))

    def _retract(self, act: Act) -> None:
        old = self._series[act.pick % len(self._series)]
        said = retraction(
            f"t{len(self._secrets)}", old.series, institute=old.institute, kind=old.kind, tlp=act.tlp, status=old.status
        )
        assert said.retraction is not None
        why = said.retraction.model_copy(update={"reason": f"{self._secret(act.tlp)} was wrong."})
        self._take(said.model_copy(update={"retraction": why}))

    def _answer(self, act: Act) -> None:
        alert = self._alert(act)
        with self.store.transaction() as session:
            give_answer(
                session,
                alert_id=alert,
                institute=act.institute,
                answer=act.answer,
                by=next(iter(self.directory.contacts), "operator"),
                via=Via.PAGE,
                now=self.clock.advance(1),
                note=f"{self._secret(alert)} noted",
            )

    def _override(self, act: Act) -> None:
        alert = self._alert(act)
        with self.store.transaction() as session:
            set_override(
                session,
                alert_id=alert,
                wish=self._wish(act, alert),
                directory=self.directory,
                now=self.clock.advance(1),
            )

    def _dissent(self, act: Act) -> None:
        alert = self._alert(act)
        with self.store.transaction() as session:
            record_dissent(
                session,
                alert_id=alert,
                institute=act.institute,
                wish=self._wish(act, alert),
                now=self.clock.advance(1),
            )

    def _silence(self, act: Act) -> None:
        """Somebody wants quiet, and says why: that is the network's own business, and labelled so."""
        with self.store.transaction() as session:
            given = create_silence(
                session,
                SilenceWish(
                    institute=act.institute if act.pick % 2 else None,
                    match=Match(kinds=(ReportKind.FINDING,)),
                    reason=f"{self._secret(Tlp.AMBER)} is being looked at.",
                    by=next(iter(self.directory.contacts), "operator"),
                    starts_at=self.clock(),
                    ends_at=self.clock() + timedelta(minutes=20),
                ),
                directory=self.directory,
                now=self.clock(),
            )
        assert given.outcome is SilenceOutcome.RECORDED, given.problems

    def _wish(self, act: Act, alert: str) -> Wish:
        return Wish(
            severity=act.severity,
            why=f"{self._secret(alert)} says so, and at length.",
            evidence=(Evidence(title=f"{self._secret(alert)} review"),),
            by=f"institute:{act.institute}",
            via=Via.API,
        )

    def _wait(self, _act: Act | None) -> None:
        self.clock.advance(timedelta(minutes=16))
        self.desk.escalate()
        tell_silences(self.store, directory=self.directory, now=self.clock())
        settle_due(self.store, directory=self.directory, now=self.clock())

    def _alert(self, act: Act) -> str:
        alerts = list(self.labels)
        return alerts[act.pick % len(alerts)]


_LABEL = re.compile(r"\*?(TLP:[A-Z+]+)(?![A-Z+])")


def _beginnings(message: dict[str, Any]) -> list[str]:
    """What is read first of a message: a mail's subject and text; a post's fallback, and its first block."""
    if "subject" in message:
        return [message["subject"], message["text"].lstrip()]
    if "data" in message:
        return [message["data"]["tlp"]]
    first = message["blocks"][0]["text"]["text"]
    return [message["text"], first]
