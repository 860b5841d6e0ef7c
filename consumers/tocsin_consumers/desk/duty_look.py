"""Looks at the rotas ahead, and tells administrators what is wrong with theirs before it happens."""

from __future__ import annotations

from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import CurrentDirectory, Directory
from tocsin_alerting.policy.oncall.faults import rota_faults
from tocsin_alerting.policy.oncall.feed_faults import feed_faults
from tocsin_alerting.policy.oncall.warnings import AHEAD, RotaWarning, rota_warnings, week_of
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.rota_feeds import StoredCopies
from tocsin_schemas.clock import Clock
from tocsin_schemas.logs import get_logger

_log = get_logger()


class DutyLook:
    """Posts what is to be told of the rotas, each once however often and by how many desks it is looked at."""

    def __init__(self, *, store: Store, directory: CurrentDirectory, clock: Clock) -> None:
        self._store = store
        self._directory = directory
        self._clock = clock

    def look(self) -> None:
        """Tell what is wrong this week and in the days ahead.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        directory, now = self._directory(), self._clock()
        if not directory.rotas:
            return
        ahead = rota_faults(directory, begin=week_of(now), end=now + 2 * AHEAD)
        away = feed_faults(directory, StoredCopies(self._store).away(), now=now)
        for warning in rota_warnings((*ahead, *away), now=now):
            _log.warning("rota_fault", key=warning.key, fault=warning.kind.value, first=warning.spans[0][0].isoformat())
            self.tell(warning, directory)

    def tell(self, warning: RotaWarning, directory: Directory) -> None:
        """Have the administrators told of one fault, those of the coordinator where its institute has none.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        person = directory.contacts.get(warning.what)
        told = directory.administrators(warning.institute) or directory.administrators(directory.coordinator)
        with self._store.transaction() as session:
            for contact in told:
                for address in contact.addresses:
                    post_bulletin(
                        session,
                        BulletinKind.ON_CALL,
                        key=f"{warning.key}:{contact.id}:{address.channel}:{address.address}",
                        institute=contact.institute,
                        contact=contact.id,
                        channel=address.channel,
                        address=address.address,
                        content={
                            "institute": warning.institute,
                            "team": warning.team,
                            "fault": warning.kind.value,
                            "what": warning.what if person is None else person.name,
                            "spans": [[begin.isoformat(), end.isoformat()] for begin, end in warning.spans],
                        },
                        policy=directory.version,
                        now=self._clock(),
                    )
