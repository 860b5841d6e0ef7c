"""Which alerts belong together, without being one: each points to the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.store.tables import RelationRow

_OTHER_WAY = {
    Relation.SAME_EVENT: Relation.SAME_EVENT,
    Relation.SUPERSEDED_BY: Relation.SUPERSEDES,
    Relation.SUPERSEDES: Relation.SUPERSEDED_BY,
    Relation.CONTINUED_BY: Relation.CONTINUES,
    Relation.CONTINUES: Relation.CONTINUED_BY,
    Relation.INHIBITED_BY: Relation.INHIBITS,
    Relation.INHIBITS: Relation.INHIBITED_BY,
}


def relate(session: Session, alert: str, relation: Relation, other: str, now: datetime) -> None:
    """Let an alert point to another one, and that one back. The caller holds both; to say it twice changes nothing."""
    for one, kind, two in ((alert, relation, other), (other, _OTHER_WAY[relation], alert)):
        if session.get(RelationRow, (one, two, kind.value)) is None:
            session.add(RelationRow(alert_id=one, other_id=two, relation=kind.value, at=now))
