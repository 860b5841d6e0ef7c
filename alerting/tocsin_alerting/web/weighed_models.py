"""How the reports of an alert bear on each other, and which alerts belong with it, as the API gives it."""

from __future__ import annotations

from collections.abc import Callable

from tocsin_alerting.messages import weighed
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_alerting.web.shown import Shown
from tocsin_schemas.vocabulary import Certainty


class Bearing(Shown):
    """What one current report adds to another one."""

    institute: str
    """Name of whose report it is."""
    report: str
    """Its event id."""
    verdict: Verdict
    other_institute: str | None
    other_report: str | None
    sentence: str | None
    """The same for people; null for the first report."""


class Corroboration(Shown):
    """How sure the current reports are together."""

    confirmed_by: tuple[str, ...]
    """Names of the institutes that confirm it independently."""
    reported_certainty: Certainty
    """What `certainty` would be without a confirmation."""
    reports: tuple[Bearing, ...]
    """In the order of arrival."""


class RelatedAlert(Shown):
    """Another alert that should be looked at as well."""

    relation: Relation
    sentence: str
    alert: str
    page: str
    """Where people look at it."""


def corroboration_of(view: AlertView) -> Corroboration | None:
    """How sure the reports are together; None where none is current, or the reader may not know."""
    if view.reported_certainty is None:
        return None
    return Corroboration(
        confirmed_by=view.confirmed_by,
        reported_certainty=view.reported_certainty,
        reports=tuple(
            Bearing(
                institute=each.institute,
                report=each.report,
                verdict=each.verdict,
                other_institute=each.other_institute,
                other_report=each.other_report,
                sentence=None if each.verdict is Verdict.FIRST else weighed.bearing(ENGLISH, each),
            )
            for each in view.verdicts
        ),
    )


def related_to(view: AlertView, page: Callable[[str], str]) -> tuple[RelatedAlert, ...]:
    """The alerts that belong with one; `page` gives an alert's address."""
    return tuple(
        RelatedAlert(
            relation=each.relation,
            sentence=weighed.relation(ENGLISH, each.relation),
            alert=each.alert,
            page=page(each.alert),
        )
        for each in view.relations
    )
