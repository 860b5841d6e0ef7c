"""Small networks with a rota, and a rota that says what it is told to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin_alerting.policy.directory import Address, Audience, Channel, Contact, Directory, Ladder, Route, Step
from tocsin_alerting.policy.oncall.duty import Duty, Rota
from tocsin_alerting.policy.oncall.feed import Feed
from tocsin_schemas import Tlp

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class FixedRota:
    """Always says the same."""

    answer: Duty
    always: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    feed: Feed | None = None

    def duty(self, at: datetime) -> Duty:
        assert at.tzinfo is not None
        return self.answer

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:
        assert begin < end
        return ()


def contact(
    name: str, *, team: str = "duty", clearance: Tlp = Tlp.AMBER_STRICT, named: bool = False, shared: bool = False
) -> Contact:
    """A contact of institute `jp` with one address, in Slack."""
    return Contact(
        id=f"jp.{name}",
        institute="jp",
        name=name.title(),
        team=team,
        clearance=clearance,
        named_person=named,
        addresses=(
            Address(channel=Channel.SLACK, address=f"U0{name.upper()}", shared=shared),
            Address(channel=Channel.EMAIL, address=f"{name}@jp.example", shared=shared),
        ),
    )


def directory_of(contacts: Iterable[Contact], rotas: Mapping[tuple[str, str], Rota] | None = None) -> Directory:
    """A network of one institute, whose one ladder calls `duty`, then `lead`."""
    return Directory(
        contacts=contacts,
        ladders=[
            Ladder(
                id="urgent",
                steps=(
                    Step(team="duty", wait=timedelta(minutes=15)),
                    Step(team="lead", wait=timedelta(minutes=15)),
                ),
            )
        ],
        routes=[Route(id="all", audience=Audience.ALL, ladder="urgent")],
        coordinator="jp",
        institute_names={"jp": "Japan AI Safety Institute"},
        operator_clearance=Tlp.AMBER,
        version="test-1",
        rotas=rotas,
    )
