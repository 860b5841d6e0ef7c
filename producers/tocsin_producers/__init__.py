"""For institutes: publish findings and incidents to the network.

with Reporter.from_env() as reporter:
reporter.finding({"tlp": "TLP:AMBER", "status": "actual", …})
"""

from __future__ import annotations

from tocsin_producers.reporter import Outcome, Receipt, Reporter
from tocsin_producers.settings import ProducerSettings, SettingsError
from tocsin_producers.spool import Drained, Spool, SpoolError, Stop
from tocsin_producers.transports import Fault, Transport, TransportError
from tocsin_schemas import InvalidEvent, Problem

__all__ = [
    "Drained",
    "Fault",
    "InvalidEvent",
    "Outcome",
    "Problem",
    "ProducerSettings",
    "Receipt",
    "Reporter",
    "SettingsError",
    "Spool",
    "SpoolError",
    "Stop",
    "Transport",
    "TransportError",
]
