"""The words for how the reports of an alert bear on each other, and for the alerts it belongs with.

Whoever may read an alert's text may read these.
"""

from __future__ import annotations

from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.messages.view import AlertView, VerdictView
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict

BEARING = phrase("How the reports bear on each other")
SEE_ALSO = phrase("See also")
_VERDICTS = {
    Verdict.CONFIRMS: phrase(
        "{who} confirms report {report} of {other}: evidence of its own, the same system and evaluation; it counts."
    ),
    Verdict.SAME_EVIDENCE: phrase("{who}: the same evidence as report {report} of {other}; counted once."),
    Verdict.DERIVED: phrase("{who}: repeats or builds on what report {report} of {other} rests on; counted once."),
    Verdict.THROUGH_OTHERS: phrase(
        "{who}: goes back to the same origin as report {report} of {other}, by way of further reports; counted once."
    ),
    Verdict.SAME_INSTITUTE: phrase(
        "{who}: the same institute stands behind this and report {report} of {other}; that confirms nothing."
    ),
    Verdict.OTHER_QUESTION: phrase("{who}: another evaluation than report {report} of {other}; that confirms nothing."),
    Verdict.OTHER_VERSION: phrase(
        "{who}: another version of the system than report {report} of {other}; that confirms nothing."
    ),
    Verdict.SEVERITY_APART: phrase(
        "{who}: graded more than one level away from report {report} of {other}; that confirms nothing."
    ),
    Verdict.RESULTS_DIFFER: phrase(
        "{who}: graded otherwise than report {report} of {other}, and the results differ by more than their "
        "uncertainties allow; that confirms nothing."
    ),
    Verdict.UNGRADED: phrase("{who}: one of the two reports could not be graded, so it does not confirm {other}."),
}
_RELATIONS = {
    Relation.SAME_EVENT: phrase("The same event or evidence is told under another label or status there"),
    Relation.SUPERSEDED_BY: phrase("A report of this alert was replaced; the newer one is told there"),
    Relation.SUPERSEDES: phrase("It takes the place of a report that was told there"),
    Relation.CONTINUED_BY: phrase("Later reports on the same are told there"),
    Relation.CONTINUES: phrase("Earlier reports on the same were told there"),
    Relation.INHIBITED_BY: phrase(
        "A confirmed incident about the same; while it is live, calls about this are kept back"
    ),
    Relation.INHIBITS: phrase("A hazard that this incident grew from; calls about it are kept back"),
}


def bearings(language: Language, view: AlertView) -> tuple[str, ...]:
    """Who confirms whom, what is counted once, and why something does not count; empty where a report stands alone."""
    return tuple(bearing(language, each) for each in view.verdicts if each.verdict is not Verdict.FIRST)


def related(language: Language, view: AlertView, alert_link: str) -> tuple[tuple[str, str], ...]:
    """What other alerts have to do with this one, each with the link to its page.

    Args:
        language: the reader's.
        view: the alert.
        alert_link: the link to its own page.
    """
    pages = alert_link.rsplit("/", 1)[0]
    return tuple((relation(language, each.relation), f"{pages}/{each.alert}") for each in view.relations)


def relation(language: Language, kind: Relation) -> str:
    """What another alert has to do with this one."""
    return language.say(_RELATIONS[kind])


def bearing(language: Language, verdict: VerdictView) -> str:
    """What one report adds to another."""
    return language.say(
        _VERDICTS[verdict.verdict],
        who=verdict.institute,
        other=verdict.other_institute or "",
        report=verdict.other_report or "",
    )
