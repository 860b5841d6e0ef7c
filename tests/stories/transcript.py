"""Who was told what and when: an alert's messages as they came to the providers, one line each, for people to read."""

from __future__ import annotations

from datetime import datetime

from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.alerts import deliveries_of
from tests.system.harness import System
from tocsin_alerting.store.tables import ChangeRow


def transcript(system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, alert: str) -> str:
    """The alert's time line, and beneath each change the messages that told of it, with their first words."""
    with system.read() as session:
        changes = {row.revision: row for row in session.query(ChangeRow).where(ChangeRow.alert_id == alert).all()}
    words = first_words(slack, sendgrid)
    lines = [f"Alert {alert}"]
    told = deliveries_of(system, alert)
    for revision, change in sorted(changes.items()):
        actor = f" by {change.actor}" if change.actor else ""
        severity = change.event["severity"]
        lines.append(f"{_at(change.at)}  {revision}. {change.change}: {change.reason}{actor}; it is {severity}")
        for row in told:
            if row.revision == revision:
                said = words.get(row.id)
                when = _at(row.sent_at) if row.sent_at else "        "
                what = f"{row.channel} {row.kind} to {row.contact}, {row.reason}"
                lines.append(f"    {when}  {what}: {row.outcome}" + (f"  | {said}" if said else ""))
    return "\n".join(lines)


def first_words(slack: SlackStandIn, sendgrid: SendGridStandIn) -> dict[str, str]:
    """How the messages begin that came to the providers, by delivery."""
    # As it was posted or edited then, and not as it stands now.
    posts = {
        call.arguments["metadata"]["event_payload"]["delivery"]: _second_line(str(call.arguments["text"]))
        for call in list(slack.calls)
        if "delivery" in call.arguments.get("metadata", {}).get("event_payload", {})
    }
    return posts | {mail.delivery: mail.subject for mail in list(sendgrid.mails)}


def _at(instant: datetime) -> str:
    return f"{instant:%H:%M:%S}"


def _second_line(text: str) -> str:
    """A post begins with its label; what it says comes after, or beside it."""
    lines = text.splitlines()
    return next(iter(lines[1:]), next(iter(lines), ""))
