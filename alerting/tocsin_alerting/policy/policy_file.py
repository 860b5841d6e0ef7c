"""`contacts.yaml` and `policy.yaml` as operators write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tocsin_alerting.policy.budgets import Budgets
from tocsin_alerting.policy.contacts import Contact, PolicyId
from tocsin_alerting.policy.corroboration_rule import CorroborationPolicy
from tocsin_alerting.policy.directory import ADMINISTRATORS, Gathering
from tocsin_alerting.policy.muting.rules import MutingPolicy
from tocsin_alerting.policy.quorum import Quorum
from tocsin_alerting.policy.reach_policy import ReachPolicy
from tocsin_alerting.policy.reminders import Reminders
from tocsin_alerting.policy.routes import Ladder, Route
from tocsin_schemas.scalars import InstituteId, Record
from tocsin_schemas.vocabulary import Severity, Tlp

CONTACTS_FILE = "contacts.yaml"
POLICY_FILE = "policy.yaml"


class ContactsFile(Record):
    """`contacts.yaml`: who is told on behalf of each institute."""

    contacts: Annotated[tuple[Contact, ...], Field(min_length=1)]


class PolicyFile(Record):
    """`policy.yaml`: which alerts are told to whom, and how long an answer is awaited."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    """Name of the policy; its version is this and a digest of the files."""
    coordinator: InstituteId
    operator_clearance: Tlp
    administrators: PolicyId = ADMINISTRATORS
    """The team of each institute that is told of faults of its own contacts."""
    budgets: Budgets = Budgets()
    gathering: Gathering = Gathering()
    corroboration: CorroborationPolicy = CorroborationPolicy()
    muting: MutingPolicy = MutingPolicy()
    reach: ReachPolicy = ReachPolicy()
    quorum: dict[Severity, Quorum] = {}  # noqa: RUF012 - pydantic copies it
    """By severity: how many institutes must have answered by when."""
    reminders: dict[Severity, Reminders] = {}  # noqa: RUF012 - pydantic copies it
    """By severity: how forgotten acknowledgements are reminded."""
    ladders: Annotated[tuple[Ladder, ...], Field(min_length=1)]
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
