"""What a press of each button of our Slack messages does, once it is known to be ours."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.answering import UNDONE_IN_SLACK
from tocsin_alerting.messages.slack import ACKNOWLEDGE_ACTION, OPEN_ACTION
from tocsin_alerting.messages.slack_answered import ACTING_ACTION, ASK_AGAIN_ACTION, NO_REMINDERS_ACTION
from tocsin_alerting.store.answers import Via, give_answer
from tocsin_alerting.store.asking_again import ask_again
from tocsin_alerting.store.looks import record_look
from tocsin_alerting.store.reminding import stop_reminding
from tocsin_alerting.store.tables import ChangeRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.web.context import Web
from tocsin_schemas.vocabulary import Answer

ANSWERS = {ACKNOWLEDGE_ACTION: Answer.ACKNOWLEDGE, ACTING_ACTION: Answer.ACTING}
ACTIONS = frozenset({*ANSWERS, OPEN_ACTION, ASK_AGAIN_ACTION, NO_REMINDERS_ACTION})


def press(web: Web, session: Session, delivery: DeliveryRow, *, action: str, by: str) -> str:
    """Do what a button of a message about an alert is for; what came of it, for the log.

    Whoever may read the channel of an institute's message may press for the institute.

    Args:
        web: the deployment.
        session: of the caller's transaction.
        delivery: the message, which is about an alert.
        action: one of `ACTIONS`.
        by: who pressed it, `slack:<team>:<user>`.
    """
    alert_id, institute = str(delivery.alert_id), delivery.institute
    if action in ANSWERS:
        given = give_answer(
            session,
            alert_id=alert_id,
            institute=institute,
            answer=ANSWERS[action],
            by=by,
            via=Via.SLACK,
            now=web.clock(),
            delivery_id=delivery.id,
            round=delivery.round,
        )
        return given.outcome.value
    if action == ASK_AGAIN_ACTION:
        # The button stands beneath one answer, and takes back no later one.
        shown = select(ChangeRow.at).where(ChangeRow.alert_id == alert_id, ChangeRow.revision == delivery.revision)
        again = ask_again(
            session,
            alert_id=alert_id,
            institute=institute,
            why=UNDONE_IN_SLACK.message,
            by=by,
            via=Via.SLACK,
            directory=web.directory,
            now=web.clock(),
            seen_at=session.scalars(shown).one(),
        )
        return again.outcome.value
    if action == NO_REMINDERS_ACTION:
        concerned = stop_reminding(session, alert_id=alert_id, institute=institute, by=by, now=web.clock())
    else:
        concerned = record_look(session, alert_id=alert_id, institute=institute, by=by, via=Via.SLACK, now=web.clock())
    return "recorded" if concerned else "not_concerned"
