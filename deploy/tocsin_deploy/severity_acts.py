"""What an operator at the deployment's own machine does to an alert's severity, straight in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.dissent import DissentOutcome
from tocsin_alerting.policy.evidence_lines import evidence_of
from tocsin_alerting.policy.overrides import OverrideOutcome
from tocsin_alerting.store import Store
from tocsin_alerting.store.answers import Via
from tocsin_alerting.store.asking_again import ask_again
from tocsin_alerting.store.dissents import GivenDissent, record_dissent, withdraw_dissent
from tocsin_alerting.store.overrides import GivenOverride, Wish, set_override, withdraw_override
from tocsin_alerting.store.record import alert_record
from tocsin_alerting.web.asked_again import status_and_words
from tocsin_alerting.web.note import Note
from tocsin_deploy.at_hand import store_and_policy
from tocsin_deploy.settings import DeploySettings
from tocsin_schemas import system_clock
from tocsin_schemas.clock import Clock
from tocsin_schemas.errors import Problem
from tocsin_schemas.vocabulary import Severity

_BY = "operator"
_note: TypeAdapter[str] = TypeAdapter(Note)


@contextmanager
def operator(settings: DeploySettings, clock: Clock = system_clock) -> Iterator[Operator]:
    """An operator with the deployment's policy and store at hand.

    Raises:
        RuntimeError, ValueError: see `store_and_policy`.
    """
    with store_and_policy(settings) as (store, directory):
        yield Operator(store, directory, clock)


class Operator:
    """Does what the commands say; a refusal is a ValueError that says what to do."""

    def __init__(self, store: Store, directory: Directory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def override(
        self, alert: str, *, severity: Severity, why: str, evidence: Iterable[str], revision: int | None
    ) -> dict[str, str]:
        """Set the severity."""
        wish = _wish(severity, why, evidence)
        with self._store.transaction() as session:
            self._must_read(session, alert)
            given = set_override(
                session,
                alert_id=alert,
                wish=wish,
                directory=self._directory,
                now=self._clock(),
                seen_revision=revision,
            )
        return _overridden(given)

    def withdraw_override(self, alert: str, override: str, *, why: str) -> dict[str, str]:
        """Take an override back."""
        said = _text(why)
        with self._store.transaction() as session:
            self._must_read(session, alert)
            given = withdraw_override(
                session,
                alert_id=alert,
                override_id=override,
                why=said,
                by=_BY,
                directory=self._directory,
                now=self._clock(),
            )
        return _overridden(given)

    def dissent(
        self, alert: str, *, institute: str, severity: Severity, why: str, evidence: Iterable[str]
    ) -> dict[str, str]:
        """Record what an institute holds."""
        wish = _wish(severity, why, evidence)
        self._must_be_member(institute)
        with self._store.transaction() as session:
            self._must_read(session, alert)
            given = record_dissent(session, alert_id=alert, institute=institute, wish=wish, now=self._clock())
        return _dissented(given)

    def withdraw_dissent(self, alert: str, *, institute: str, why: str) -> dict[str, str]:
        """Record that an institute holds it no longer."""
        said = _text(why) if why.strip() else None
        self._must_be_member(institute)
        with self._store.transaction() as session:
            self._must_read(session, alert)
            given = withdraw_dissent(session, alert_id=alert, institute=institute, why=said, by=_BY, now=self._clock())
        return _dissented(given)

    def repage(self, alert: str, *, institute: str, why: str) -> dict[str, str]:
        """Withdraw an institute's answer and begin its ladder again."""
        said = _text(why)
        self._must_be_member(institute)
        with self._store.transaction() as session:
            asked = ask_again(
                session,
                alert_id=alert,
                institute=institute,
                why=said,
                by=_BY,
                via=Via.COMMAND,
                directory=self._directory,
                now=self._clock(),
            )
        status, sentence = status_and_words(asked, self._directory.institute_name(institute))
        if status != 200:
            raise ValueError(sentence)
        return {"outcome": asked.outcome.value, "institute": institute, "step": str(asked.step or "")}

    def _must_be_member(self, institute: str) -> None:
        if institute not in self._directory.institute_names:
            known = ", ".join(self._directory.institute_names)
            raise ValueError(f"--institute: '{institute}' is not a member of this network; members: {known}")

    def _must_read(self, session: Session, alert: str) -> None:
        record = alert_record(session, alert, directory=self._directory)
        if record is None:
            raise ValueError(f"there is no alert '{alert}'; GET /v1/alerts and the pages show their ids")
        if not self._directory.operator_clearance.allows(record.label):
            raise ValueError(
                f"the alert is labelled {record.label}, operators are cleared to "
                f"{self._directory.operator_clearance}: who may not read an alert cannot judge it"
            )


def _wish(severity: Severity, why: str, evidence: Iterable[str]) -> Wish:
    found, faults = evidence_of(evidence)
    if faults:
        raise ValueError(_sentences(faults))
    return Wish(severity=severity, why=_text(why), evidence=found, by=_BY, via=Via.COMMAND)


def _text(why: str) -> str:
    try:
        return _note.validate_python(why)
    except ValidationError as error:
        raise ValueError(f"--why: {error.errors()[0]['msg']}. Say it in at most 1,000 characters.") from error


def _sentences(problems: Sequence[Problem]) -> str:
    return " ".join(f"--{problem}" for problem in problems)


def _overridden(given: GivenOverride) -> dict[str, str]:
    severity = given.severity.value if given.severity is not None else ""
    match given.outcome:
        case OverrideOutcome.RECORDED | OverrideOutcome.REPEATED if given.override is not None:
            return {"outcome": given.outcome.value, "severity": severity, "override": given.override.id}
        case OverrideOutcome.INVALID:
            raise ValueError(_sentences(given.problems))
        case OverrideOutcome.UNCHANGED:
            raise ValueError(f"the alert is {severity} already")
        case OverrideOutcome.CHANGED_SINCE:
            raise ValueError("a report that came since that revision outweighs it; look at the alert again")
        case OverrideOutcome.RETRACTED:
            raise ValueError("the alert was retracted: there is nothing left to judge")
        case _:
            raise ValueError("the alert has no such override; its page and GET /v1/alerts/{id} list them")


def _dissented(given: GivenDissent) -> dict[str, str]:
    severity = given.severity.value if given.severity is not None else ""
    match given.outcome:
        case DissentOutcome.RECORDED | DissentOutcome.REPEATED if given.dissent is not None:
            return {"outcome": given.outcome.value, "severity": severity, "dissent": given.dissent.id}
        case DissentOutcome.INVALID:
            raise ValueError(_sentences(given.problems))
        case DissentOutcome.AGREES:
            raise ValueError(f"the alert is {severity}, as the institute says")
        case DissentOutcome.RETRACTED:
            raise ValueError("the alert was retracted: there is nothing left to differ about")
        case _:
            raise ValueError(f"the institute '{given.institute}' has no dissent to withdraw")
