"""The words for how the reports of an alert bear on each other, and for the alerts it belongs with.

In English, like `words`; a further language is a further file. Whoever may read an alert's text may read these.
"""

from __future__ import annotations

from tocsin_alerting.messages.view import AlertView, VerdictView
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict

BEARING = "How the reports bear on each other"
SEE_ALSO = "See also"
_VERDICTS = {
    Verdict.CONFIRMS: (
        "{who} confirms report {report} of {other}: evidence of its own, the same system and evaluation; it counts."
    ),
    Verdict.SAME_EVIDENCE: "{who}: the same evidence as report {report} of {other}; counted once.",
    Verdict.DERIVED: "{who}: repeats or builds on what report {report} of {other} rests on; counted once.",
    Verdict.THROUGH_OTHERS: (
        "{who}: goes back to the same origin as report {report} of {other}, by way of further reports; counted once."
    ),
    Verdict.SAME_INSTITUTE: (
        "{who}: the same institute stands behind this and report {report} of {other}; that confirms nothing."
    ),
    Verdict.OTHER_QUESTION: "{who}: another evaluation than report {report} of {other}; that confirms nothing.",
    Verdict.OTHER_VERSION: (
        "{who}: another version of the system than report {report} of {other}; that confirms nothing."
    ),
    Verdict.SEVERITY_APART: (
        "{who}: graded more than one level away from report {report} of {other}; that confirms nothing."
    ),
    Verdict.RESULTS_DIFFER: (
        "{who}: graded otherwise than report {report} of {other}, and the results differ by more than their "
        "uncertainties allow; that confirms nothing."
    ),
    Verdict.UNGRADED: "{who}: one of the two reports could not be graded, so it does not confirm {other}.",
}
_RELATIONS = {
    Relation.SAME_EVENT: "The same event or evidence is told under another label or status there",
    Relation.SUPERSEDED_BY: "A report of this alert was replaced; the newer one is told there",
    Relation.SUPERSEDES: "It takes the place of a report that was told there",
    Relation.CONTINUED_BY: "Later reports on the same are told there",
    Relation.CONTINUES: "Earlier reports on the same were told there",
    Relation.INHIBITED_BY: "A confirmed incident about the same; while it is live, calls about this are kept back",
    Relation.INHIBITS: "A hazard that this incident grew from; calls about it are kept back",
}


def bearings(view: AlertView) -> tuple[str, ...]:
    """Who confirms whom, what is counted once, and why something does not count; empty where a report stands alone."""
    return tuple(bearing(each) for each in view.verdicts if each.verdict is not Verdict.FIRST)


def related(view: AlertView, alert_link: str) -> tuple[tuple[str, str], ...]:
    """What other alerts have to do with this one, each with the link to its page.

    Args:
        view: the alert.
        alert_link: the link to its own page.
    """
    pages = alert_link.rsplit("/", 1)[0]
    return tuple((_RELATIONS[each.relation], f"{pages}/{each.alert}") for each in view.relations)


def relation(kind: Relation) -> str:
    """What another alert has to do with this one."""
    return _RELATIONS[kind]


def bearing(verdict: VerdictView) -> str:
    """What one report adds to another."""
    return _VERDICTS[verdict.verdict].format(
        who=verdict.institute, other=verdict.other_institute or "", report=verdict.other_report or ""
    )
