"""What is wrong with the policy as a whole: names that stand twice or mean nothing, gaps, people nobody can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tocsin_alerting.policy.contacts import Contact
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.policy_file import POLICY_FILE, ContactsFile, PolicyFile
from tocsin_alerting.policy.quorum import quorum_faults
from tocsin_alerting.policy.reach import anybody_may_be_told
from tocsin_alerting.policy.routes import Route, taken_by
from tocsin_schemas.institutes import FILE as INSTITUTES_FILE
from tocsin_schemas.institutes import Institutes


def _twice(ids: Iterable[str]) -> list[str]:
    return sorted(identifier for identifier, count in Counter(ids).items() if count > 1)


def contact_faults(file: ContactsFile, institutes: Institutes) -> Iterator[str]:
    """Contacts that cannot be told apart, or name what is not there."""
    for twice in _twice(contact.id for contact in file.contacts):
        yield f"contacts ({twice}).id: stands twice. Give each contact an id of its own."
    for twice in _twice(contact.slack_user for contact in file.contacts if contact.slack_user is not None):
        yield f"contacts.slack_user: '{twice}' stands twice. A click would not tell who it was: keep one."
    known = ", ".join(sorted(institute.id for institute in institutes))
    regions = sorted({institute.region for institute in institutes if institute.region is not None})
    for contact in file.contacts:
        if contact.institute not in institutes:
            yield (
                f"contacts ({contact.id}).institute: '{contact.institute}' is not in {INSTITUTES_FILE}. "
                f"Use one of: {known}."
            )
        for number, wish in enumerate(contact.subscriptions):
            field = f"contacts ({contact.id}).subscriptions.{number}"
            for institute in wish.institutes:
                if institute not in institutes:
                    yield f"{field}.institutes: '{institute}' is not in {INSTITUTES_FILE}. Use one of: {known}."
            for region in wish.regions:
                if region not in regions:
                    yield (
                        f"{field}.regions: no institute lies in '{region}', as {INSTITUTES_FILE} has it. "
                        f"Use one of: {', '.join(regions) or '(none is named there)'}."
                    )


def policy_faults(file: PolicyFile, institutes: Institutes, contacts: Iterable[Contact]) -> Iterator[str]:
    """What does not fit in a policy, in itself and with the members and contacts."""
    if file.coordinator not in institutes:
        yield f"coordinator: '{file.coordinator}' is not in {INSTITUTES_FILE}. Name a member."
    for twice in _twice(ladder.id for ladder in file.ladders):
        yield f"ladders ({twice}).id: stands twice. Give each ladder an id of its own."
    for twice in _twice(route.id for route in file.routes):
        yield f"routes ({twice}).id: stands twice. Give each route an id of its own."
    yield from file.corroboration.faults()
    yield from file.budgets.faults(
        (contact.id for contact in contacts), (at.address for contact in contacts for at in contact.addresses)
    )
    yield from quorum_faults(file.quorum, len(institutes))
    if "administrators" in file.model_fields_set and file.administrators not in {each.team for each in contacts}:
        yield (
            f"administrators: no contact is in team '{file.administrators}'. Use one of: "
            f"{', '.join(sorted({contact.team for contact in contacts}))}."
        )
    yield from file.muting.faults({institute.id for institute in institutes})
    ladders = {ladder.id for ladder in file.ladders}
    for route in file.routes:
        if route.ladder not in ladders:
            yield (
                f"routes ({route.id}).ladder: there is no ladder '{route.ladder}'. "
                f"Use one of: {', '.join(sorted(ladders))}."
            )
    for unused in sorted(ladders - {route.ladder for route in file.routes}):
        yield f"ladders ({unused}): no route uses it. Remove it, or name it in a route."
    yield from _gaps(file.routes)


def _gaps(routes: tuple[Route, ...]) -> Iterator[str]:
    """Alerts that no route takes, and routes that take none."""
    taken = taken_by(routes)
    if taken.gaps:
        more = f" and {len(taken.gaps) - 1} more" if len(taken.gaps) > 1 else ""
        yield f"routes: none takes {taken.gaps[0]}{more}. Add a route at the end that does."
    for identifier, labels in taken.labels.items():
        if not labels:
            yield f"routes ({identifier}): is never taken; earlier routes take all it would. Move it up or remove it."


def reach_faults(directory: Directory, institutes: Institutes) -> Iterator[str]:
    """Institutes that an alert would not reach: no contact in a team, or nobody who may be told; each said once."""
    missing: dict[tuple[str, str], set[str]] = {}
    unheard: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    taken = taken_by(directory.routes).labels
    for route in directory.routes:
        ladder = directory.ladders[route.ladder]
        for institute in institutes:
            for step in ladder.steps:
                if not directory.members(institute.id, step.team):
                    missing.setdefault((institute.id, step.team), set()).add(ladder.id)
            untold = tuple(
                tlp.value
                for tlp in sorted(taken[route.id], key=lambda label: label.rank)
                if not any(
                    anybody_may_be_told(directory.members(institute.id, step.team), tlp) for step in ladder.steps
                )
            )
            if untold and not any(institute.id == known for known, _ in missing):
                unheard.setdefault((institute.id, untold), {}).setdefault(ladder.id, route.id)
    for (institute_id, labels), of_ladders in unheard.items():
        (first, route_id), *others = of_ladders.items()
        nor = f", nor on {_quoted(other for other, _ in others)}" if others else ""
        yield (
            f"contacts of '{institute_id}': nobody on ladder '{first}' may be told {', '.join(labels)}, "
            f"which route '{route_id}' takes{nor}. Add a contact to one of its teams who is cleared for it "
            "(for TLP:RED a named person with an address that is not shared)."
        )
    for (institute_id, team), ladders in sorted(missing.items()):
        named = _quoted(sorted(ladders))
        calling = f"ladder {named} calls" if len(ladders) == 1 else f"ladders {named} call"
        yield (
            f"contacts of '{institute_id}': none is in team '{team}', which {calling}. "
            f"Add a contact with that institute and team, or correct the ladder in {POLICY_FILE}."
        )


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
