"""What happens in the small network so that each kind of bulletin is posted, by those who post them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.alerting.assessments import finding, incident, retraction
from tests.renderings.bulletins import Gallery, Shown
from tests.renderings.kinds import ZONES
from tocsin_alerting.directory_keeper import Refusal
from tocsin_alerting.policy.budgets import Budget, Budgets
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.marked import MarkReason
from tocsin_alerting.policy.muting.hiding import Hiding
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.oncall.faults import RotaFaultKind
from tocsin_alerting.policy.oncall.warnings import RotaWarning
from tocsin_alerting.policy.reaching import Judgement, Next, ReachReason
from tocsin_alerting.store import open_store
from tocsin_alerting.store.mark_telling import tell_coordinator_not_reached, tell_marks
from tocsin_alerting.store.marks import mark
from tocsin_alerting.store.reachability import post_trials
from tocsin_alerting.store.reaching import Reconsidered
from tocsin_alerting.store.schema import upgrade
from tocsin_alerting.store.silence_bulletins import tell_hidden, tell_silences
from tocsin_alerting.store.silences import SilenceWish, create_silence
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_consumers.desk.duty_look import DutyLook
from tocsin_consumers.desk.refusal_telling import RefusalTelling
from tocsin_schemas import Assessment, Severity, Status, Tlp

_HOUR = timedelta(hours=1)
_WINDOW = "maintenance:nightly@2026-11-25T11:00:00+00:00"
_TITLES = (
    ("en", "Model answers how to culture the organism"),
    ("sw", "Wakala wa AI alikwepa vizuizi vya mtandao"),
    ("ja", "評価環境で外部への送信を試みた"),
    ("fr", "L'agent contourne le bac à sable"),
)
_ABOUT = {
    RotaFaultKind.GAP: "",
    RotaFaultKind.UNKNOWN_PERSON: "Vertretung: k.neu@fr.example",
    RotaFaultKind.NO_COPY: "",
    RotaFaultKind.OVERLAP: "",
    RotaFaultKind.CANNOT_BE_REACHED: "fr.duty",
    RotaFaultKind.LABEL_REACHES_NOBODY: "TLP:RED ('urgent')",
    RotaFaultKind.FEED_AWAY: "https://calendar.fr.example/duty.ics answers 503 Service Unavailable.",
}
_FAULTS = (
    "contacts.yaml: contacts (3) 'fr.duty': addresses (1): address: is missing. Give a Slack id or a mail address.",
    "policy.yaml: routes (2) 'urgent': ladder: 'urgnt' is no ladder. Use one of: urgent, calm.",
)


@functools.cache
def bulletins() -> Mapping[str, Mapping[str, Shown]]:
    """Every bulletin, by language and name; in a store that is gone afterwards."""
    habits = {"fr.duty": {"digest_at": time(8)}}
    mail = Budget(messages=3, urgent_messages=4, every=_HOUR)
    with tempfile.TemporaryDirectory() as state:
        database = f"sqlite:///{Path(state) / 'tocsin.db'}"
        upgrade(database)
        store = open_store(database)
        gallery = Gallery(store, ZONES, habits=habits, budgets=Budgets(channels={Channel.EMAIL: mail}))
        for happening in (_storm, _urgent_storm, _digest, _files, _rotas, _trial, _silences, _addresses):
            gallery.clock.advance(1)
            happening(gallery)
        store.close()
    return gallery.shown


def _titled(assessment: Assessment, number: int) -> Assessment:
    body = assessment.finding or assessment.incident
    assert body is not None
    language, title = _TITLES[number % len(_TITLES)]
    said = body.model_copy(update={"title": title, "language": language})
    return assessment.model_copy(update={"finding" if assessment.finding else "incident": said, "language": language})


def _found(gallery: Gallery, name: str, count: int, **facts: Any) -> list[str]:
    """As many findings about as many systems, planned; their alerts."""
    taken = []
    for number in range(count):
        given: dict[str, Any] = {"severity": Severity.MODERATE, "institute": ("gb", "jp")[number % 2], **facts}
        report = finding(f"{name}-{number}", system=f"{name}-model-{number}", **given)
        taken.append(str(gallery.desk.take(_titled(report, number)).alert_id))
    gallery.mail.hear()
    return taken


def _storm(gallery: Gallery) -> None:
    """Too much for the duty desk's mailbox, still more, and then no more."""
    kind = BulletinKind.STORM_SUMMARY
    to: dict[str, Any] = {"contact": "gb.duty", "urgent": False, "status": Status.ACTUAL.value}
    _found(gallery, "storm", 9)
    _found(gallery, "grave", 2, tlp=Tlp.AMBER_STRICT)
    gallery.mail.send()
    gallery.show("storm_summary", kind, **to)
    gallery.clock.advance(120)
    gallery.mail.send()
    _found(gallery, "further", 5)
    gallery.desk.take(retraction("taken-back", "storm-4"))
    gallery.mail.hear()
    gallery.clock.advance(60)
    gallery.mail.send()
    gallery.show("storm_summary_more", kind, **to)
    for _ in range(8):
        gallery.clock.advance(_HOUR / 4)
        gallery.mail.send()
    gallery.show("storm_summary_over", kind, **to)
    _found(gallery, "drill", 5, status=Status.EXERCISE)
    gallery.mail.send()
    gallery.show("storm_summary_exercise", kind, contact="gb.duty", status=Status.EXERCISE.value)


def _urgent_storm(gallery: Gallery) -> None:
    """More that is critical than a person can be called for one by one, one of it for named people only."""
    for number in range(6):
        label = Tlp.RED if number == 3 else Tlp.AMBER
        gallery.desk.take(_titled(incident(f"critical-{number}", severity=Severity.CRITICAL, tlp=label), number))
    gallery.mail.hear()
    gallery.clock.advance(_HOUR / 4)
    gallery.desk.escalate()
    gallery.mail.hear()
    gallery.mail.send()
    gallery.show("storm_summary_urgent", BulletinKind.STORM_SUMMARY, contact="gb.lead", urgent=True)


def _digest(gallery: Gallery) -> None:
    """What was minor, at eight the next morning."""
    _found(gallery, "minor", 3, severity=Severity.MINOR, tlp=Tlp.GREEN)
    gallery.clock.advance(24 * _HOUR)
    gallery.mail.send()
    gallery.show("digest", BulletinKind.DIGEST)


def _files(gallery: Gallery) -> None:
    """The network's files were changed, and do not fit together."""
    telling = RefusalTelling(store=gallery.store, network_dir=Path("network"), clock=gallery.clock)
    for name, faults in (("policy_refused", _FAULTS), ("policy_refused_long", _FAULTS * 22)):
        telling.tell(Refusal(name, faults), gallery.directory)
        gallery.show(name, BulletinKind.POLICY_REFUSED)
        gallery.clock.advance(1)


def _rotas(gallery: Gallery) -> None:
    """Everything that can be wrong with a rota; one of it each night of the week."""
    look = DutyLook(store=gallery.store, directory=lambda: gallery.directory, clock=gallery.clock)
    begin = gallery.clock() + 24 * _HOUR
    for kind in RotaFaultKind:
        nights = 8 if kind is RotaFaultKind.GAP else 1
        spans = tuple((begin + night * 24 * _HOUR, begin + (night * 24 + 8) * _HOUR) for night in range(nights))
        look.tell(RotaWarning("fr", "duty", kind, _ABOUT[kind], spans), gallery.directory)
        gallery.show(f"on_call_{kind}", BulletinKind.ON_CALL, fault=kind.value)


def _trial(gallery: Gallery) -> None:
    """Somebody tries out whether people are reached."""
    with gallery.store.transaction() as session:
        contact = gallery.directory.contacts["jp.duty"]
        post_trials(session, [contact], run="r-1", policy=gallery.directory.version, now=gallery.clock())
    gallery.show("reach_check", BulletinKind.REACH_CHECK)


def _silences(gallery: Gallery) -> None:
    """Quiet for one institute and for all, asked for by a person, an operator and a system; what it keeps back."""
    kind = BulletinKind.SILENCE
    for name, institute, by in (
        ("", "gb", "gb.lead"),
        ("_for_all", None, "operator"),
        ("_by_system", "fr", "institute:fr"),
    ):
        _quiet(gallery, institute, by)
        tell_silences(gallery.store, directory=gallery.directory, now=gallery.clock())
        gallery.show(f"silence_begun{name}", kind, what="begun")
        gallery.clock.advance(1)
    alerts = _found(gallery, "quiet", 1, institute="jp")
    gallery.show(f"silence_hides_{Hiding.GRAVEST_SO_FAR}", kind, what="hides", why=Hiding.GRAVEST_SO_FAR.value)
    alerts += _found(gallery, "quieter", 1, institute="jp", severity=Severity.SEVERE)
    gallery.show(f"silence_hides_{Hiding.SEVERE}", kind, what="hides", why=Hiding.SEVERE.value)
    gallery.clock.advance(1)
    with gallery.store.transaction() as session:
        tell_hidden(
            session,
            _WINDOW,
            None,
            alert=alerts[0],
            institute="fr",
            severity=Severity.SEVERE,
            why=Hiding.SEVERE,
            directory=gallery.directory,
            now=gallery.clock(),
        )
    gallery.show("silence_hides_in_window", kind, cause=_WINDOW)
    gallery.clock.advance(_HOUR)
    tell_silences(gallery.store, directory=gallery.directory, now=gallery.clock())
    gallery.show("silence_over", kind, what="over")


def _quiet(gallery: Gallery, institute: str | None, by: str) -> None:
    with gallery.store.transaction() as session:
        given = create_silence(
            session,
            SilenceWish(
                institute=institute,
                match=Match(systems=("quiet*",)),
                reason="The model is being taken down; its makers expect noise.",
                by=by,
                starts_at=gallery.clock(),
                ends_at=gallery.clock() + _HOUR,
            ),
            directory=gallery.directory,
            now=gallery.clock(),
        )
    assert given.silence is not None, given.problems


def _addresses(gallery: Gallery) -> None:
    """One address after another stops working, until nobody of two institutes is reached, nor the coordinator."""
    kind = BulletinKind.NOT_REACHED
    for name, dead in (
        (MarkReason.OWN_ADDRESS, ("fr.duty",)),
        (MarkReason.NOBODY_TO_TELL, ("jp.lead",)),
        (MarkReason.INSTITUTE_UNREACHABLE, ("jp.duty",)),
    ):
        with gallery.store.transaction() as session:
            for at in (at for contact in dead for at in gallery.directory.contacts[contact].addresses):
                said = "550 5.1.1 The email account does not exist" if at.channel is Channel.EMAIL else "is_archived"
                mark(session, channel=at.channel.value, address=at.address, at=gallery.clock(), reason=said)
        tell_marks(gallery.store, directory=gallery.directory, now=gallery.clock())
        gallery.show(f"not_reached_{name}", kind, what=name.value)
        gallery.clock.advance(1)
    judgement = Judgement(Next.NEXT_PERSON, ReachReason.REFUSED)
    with gallery.store.transaction() as session:
        told = session.scalars(select(DeliveryRow).where(DeliveryRow.alert_id.is_not(None)).limit(1)).one()
        seen = Reconsidered(told.id, str(told.alert_id), "jp", judgement, (), hurried=False, coordinating=True)
        tell_coordinator_not_reached(session, seen, directory=gallery.directory, now=gallery.clock())
    gallery.show(f"not_reached_{MarkReason.COORDINATOR_NOT_REACHED}", kind, what="coordinator_not_reached")
