"""Tells the coordinator's administrators that the network's files were changed and could not be taken over."""

from __future__ import annotations

from pathlib import Path

from tocsin_alerting.directory_keeper import Refusal
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_schemas.clock import Clock

_FAULTS = 40
_CHARACTERS = 400


class RefusalTelling:
    """Posts each refusal once a day for the same faults, however many desks refuse the files."""

    def __init__(self, *, store: Store, network_dir: Path, clock: Clock) -> None:
        self._store = store
        self._network_dir = network_dir
        self._clock = clock

    def tell(self, refusal: Refusal, in_force: Directory) -> None:
        """Tell of a set of files that was refused, by the directory that stays in force.

        Raises:
            sqlalchemy.exc.OperationalError: the store is away.
        """
        now = self._clock()
        # Where the files lie is the business of who runs the services.
        faults = [fault.replace(f"{self._network_dir}/", "")[:_CHARACTERS] for fault in refusal.faults]
        with self._store.transaction() as session:
            for contact in in_force.administrators(in_force.coordinator):
                for at in contact.addresses:
                    key = f"policy_refused:{refusal.digest}:{now:%Y-%m-%d}"
                    post_bulletin(
                        session,
                        BulletinKind.POLICY_REFUSED,
                        key=f"{key}:{contact.id}:{at.channel}:{at.address}",
                        institute=contact.institute,
                        contact=contact.id,
                        channel=at.channel,
                        address=at.address,
                        content={
                            "faults": faults[:_FAULTS],
                            "more": max(len(faults) - _FAULTS, 0),
                            "in_force": in_force.version,
                        },
                        policy=in_force.version,
                        now=now,
                    )
