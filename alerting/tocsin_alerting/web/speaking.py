"""Who may speak on an alert's severity. Never somebody unknown, and nobody who may not read what it is about."""

from __future__ import annotations

from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store.record import alert_record
from tocsin_alerting.web.bodies import no_such_alert
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.readers import Reader, ReaderKind
from tocsin_alerting.web.refusals import Refused


def actor(reader: Reader) -> str:
    """Who speaks, as it is recorded."""
    return "operator" if reader.kind is ReaderKind.OPERATOR else f"institute:{reader.institute}"


def may_override(web: Web, reader: Reader) -> None:
    """Let operators and the coordinating institute pass.

    Raises:
        Refused: 403, somebody else; institutes dissent.
    """
    coordinates = reader.kind is ReaderKind.INSTITUTE and reader.institute == web.directory.coordinator
    if reader.kind is not ReaderKind.OPERATOR and not coordinates:
        detail = (
            "Operators and the coordinating institute set a severity. An institute dissents: "
            "POST /v1/alerts/{id}/dissents."
        )
        raise Refused(403, "Forbidden", detail)


def may_speak_for(reader: Reader, institute: str) -> None:
    """Let an operator pass for any institute, a key for its own.

    Raises:
        Refused: 403, the key is another institute's.
    """
    if reader.kind is ReaderKind.INSTITUTE and institute != reader.institute:
        raise Refused(403, "Forbidden", f"This key speaks for '{reader.institute}' only.")


def must_read(web: Web, reader: Reader, alert_id: str) -> None:
    """Let those pass who may read the alert's text: a judgement of what one has not read is none.

    Raises:
        Refused: 404, there is no such alert; 403, the reader is not cleared for its label.
    """
    with web.store.read() as session:
        record = alert_record(session, alert_id, directory=web.directory)
    if record is None:
        raise no_such_alert(alert_id)
    if reader.level(record.label) is not Level.FULL:
        raise Refused(
            403,
            phrase("Forbidden"),
            phrase(
                "The text is labelled {label}, and you are cleared to {clearance}: "
                "who may not read an alert cannot judge it."
            ),
            values={"label": record.label, "clearance": reader.clearance},
        )
