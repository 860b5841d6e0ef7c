"""Reports to publish in tests, and everything the network refuses of them."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin_schemas import ProblemCode
from tocsin_schemas.examples import example

Data = dict[str, Any]


def finding(**changes: Any) -> Data:
    """The data of a finding by `gb`, an exercise."""
    return {**example("finding.reported.v1")["data"], **changes}


def incident(**changes: Any) -> Data:
    """The data of an incident by `fr`, an exercise."""
    return {**example("incident.reported.v1")["data"], **changes}


def event(**changes: Any) -> Data:
    """A finding as a whole CloudEvent."""
    return {**example("finding.reported.v1"), **changes}


def without(data: Data, *names: str) -> Data:
    """The data with some fields left out."""
    return {name: content for name, content in data.items() if name not in names}


@dataclass(frozen=True)
class Bad:
    """A finding that must be refused: where the fault is, its code, and a word of the fix."""

    name: str
    make: Callable[[], Data]
    field: str
    code: ProblemCode
    fix: str

    def __str__(self) -> str:
        return self.name


def _heavy() -> Data:
    line = "x" * 480
    return finding(evidence=[{"title": line, "uri": f"urn:example:{line[:400]}{number}"} for number in range(199)])


BAD_FINDINGS = (
    Bad(
        "an unknown field",
        lambda: finding(sumary="misspelt"),
        "sumary",
        ProblemCode.UNKNOWN_FIELD,
        "Did you mean 'summary'?",
    ),
    Bad("no TLP", lambda: without(finding(), "tlp"), "tlp", ProblemCode.MISSING, "TLP:CLEAR"),
    Bad("a wrong enum", lambda: finding(status="real"), "status", ProblemCode.INVALID_VALUE, "'exercise'"),
    Bad("a wrong label", lambda: finding(tlp="AMBER"), "tlp", ProblemCode.INVALID_VALUE, "TLP:AMBER"),
    Bad(
        "a NaN score",
        lambda: finding(measurements=[{"metric": "accuracy", "value": math.nan}]),
        "measurements.0.value",
        ProblemCode.INVALID_VALUE,
        "Leave the measurement out",
    ),
    Bad("no system", lambda: without(finding(), "system"), "system", ProblemCode.MISSING, "Name the AI system"),
    Bad(
        "an unknown institute",
        lambda: finding(institute="zz"),
        "institute",
        ProblemCode.UNKNOWN_INSTITUTE,
        "gb",
    ),
    Bad("more than 64 KiB", _heavy, "(event)", ProblemCode.TOO_LARGE, "Shorten"),
)


@dataclass(frozen=True)
class BadBytes:
    """Bytes that must be refused."""

    name: str
    value: bytes
    field: str
    code: ProblemCode
    fix: str

    def __str__(self) -> str:
        return self.name


_FUTURE = event(type="org.tocsin.finding.reported.v2")
BAD_EVENTS = (
    BadBytes("no JSON", b'{"specversion": "1.0", ', "(event)", ProblemCode.NOT_JSON, "Send"),
    BadBytes("no UTF-8", b'{"title": "\xff\xfe"}', "(event)", ProblemCode.NOT_UTF8, "UTF-8"),
    BadBytes("a future version", json.dumps(_FUTURE).encode(), "type", ProblemCode.FUTURE_VERSION, "v1"),
    BadBytes(
        "an unknown type",
        json.dumps(event(type="com.example.someevent")).encode(),
        "type",
        ProblemCode.UNKNOWN_TYPE,
        "org.tocsin.finding.reported.v1",
    ),
    BadBytes(
        "an event without id", json.dumps(without(event(), "id")).encode(), "id", ProblemCode.NOT_CLOUDEVENT, "id"
    ),
    BadBytes(
        "two labels that differ",
        json.dumps(event(tlp="TLP:CLEAR")).encode(),
        "tlp",
        ProblemCode.TLP_MISMATCH,
        "same label",
    ),
    BadBytes(
        "binary data",
        json.dumps({**without(event(), "data"), "data_base64": "eyAieHl6IjogMTIzIH0="}).encode(),
        "data_base64",
        ProblemCode.NOT_CLOUDEVENT,
        "JSON",
    ),
)
