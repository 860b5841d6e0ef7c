"""What an operator at the deployment's own machine does to silences, straight in the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.muting.silences import Silence
from tocsin_alerting.policy.muting.windows import occurrences
from tocsin_alerting.store import Store
from tocsin_alerting.store.silences import (
    GivenSilence,
    SilenceOutcome,
    SilenceWish,
    create_silence,
    end_silence,
    extend_silence,
    silence_changes,
    silences,
)
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow
from tocsin_alerting.web.silence_models import shown
from tocsin_deploy.at_hand import store_and_policy
from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import system_clock
from tocsin_schemas.clock import Clock
from tocsin_schemas.errors import problems_of

_BY = "operator"
Said = dict[str, Any]


@contextmanager
def silencer(settings: DeploySettings, clock: Clock = system_clock) -> Iterator[Silencer]:
    """An operator with the deployment's policy and store at hand.

    Raises:
        RuntimeError, ValueError: see `store_and_policy`.
    """
    with store_and_policy(settings) as (store, directory):
        yield Silencer(store, directory, clock())


class Silencer:
    """Does what the commands say; a refusal is a ValueError that says what to do."""

    def __init__(self, store: Store, directory: Directory, now: datetime) -> None:
        self._store = store
        self._directory = directory
        self.now = now

    def add(
        self,
        *,
        institute: str | None,
        match: Mapping[str, Any],
        reason: str,
        starts_at: datetime | None,
        ends_at: datetime,
    ) -> Said:
        """Ask for quiet."""
        if institute is not None and institute not in self._directory.institute_names:
            known = ", ".join(sorted(self._directory.institute_names))
            raise ValueError(f"institute: '{institute}' is no member. Use one of: {known}.")
        try:
            meant = Match.model_validate(dict(match))
        except ValidationError as error:
            raise ValueError("; ".join(str(each) for each in problems_of(error, Match))) from error
        wish = SilenceWish(
            institute=institute, match=meant, reason=reason, by=_BY, starts_at=starts_at or self.now, ends_at=ends_at
        )
        with self._store.transaction() as session:
            given = create_silence(session, wish, directory=self._directory, now=self.now)
            return self._said(session, given)

    def extend(self, silence: str, *, ends_at: datetime, why: str) -> Said:
        """Give a silence another end."""
        with self._store.transaction() as session:
            given = extend_silence(
                session, silence, ends_at=ends_at, by=_BY, why=why, directory=self._directory, now=self.now
            )
            return self._said(session, given)

    def end(self, silence: str, *, why: str) -> Said:
        """End a silence now."""
        with self._store.transaction() as session:
            return self._said(session, end_silence(session, silence, by=_BY, why=why, now=self.now))

    def list(self, *, past: bool) -> list[Said]:
        """The silences, and the windows that are open now."""
        with self._store.read() as session:
            rows = [self._shown(session, row) for row in silences(session, now=self.now, past=past)]
        return [*rows, *(_window(one) for one in occurrences(self._directory.muting.maintenance, self.now))]

    def show(self, silence: str) -> Said:
        """One silence, with what it keeps from whom."""
        with self._store.read() as session:
            row = session.get(SilenceRow, silence)
            if row is None:
                raise _unknown()
            kept = session.scalars(
                select(MutingRow).where(MutingRow.source_id == silence).order_by(MutingRow.at, MutingRow.institute)
            )
            alerts = [
                {
                    "alert": one.alert_id,
                    "institute": one.institute,
                    "effect": one.effect,
                    "aftermath": one.aftermath or "not settled yet",
                }
                for one in kept
            ]
            return {**self._shown(session, row), "alerts": alerts}

    def _said(self, session: Session, given: GivenSilence) -> Said:
        if given.outcome is SilenceOutcome.INVALID:
            raise ValueError("; ".join(str(each) for each in given.problems))
        if given.silence is None:
            raise _unknown()
        if given.outcome is SilenceOutcome.OVER:
            raise ValueError("the silence is over; ask for a new one with `tocsinctl silence add`")
        return self._shown(session, given.silence)

    def _shown(self, session: Session, row: SilenceRow) -> Said:
        changes = silence_changes(session, [row.id])[row.id]
        silence = shown(row, changes, self._directory, self.now)
        return {
            **silence.model_dump(mode="json"),
            "match": silence.match.model_dump(mode="json", exclude_defaults=True),
        }


def _window(one: Silence) -> Said:
    return {
        "id": one.cause,
        "institute": one.institute,
        "match": one.match.model_dump(mode="json", exclude_defaults=True),
        "by": one.by,
        "reason": one.reason,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "over": False,
    }


def _unknown() -> ValueError:
    return ValueError("there is no such silence; `tocsinctl silence list --past` lists them")
