"""Log lines: JSON where no person reads along, tied together by ids, without secrets and without anybody's data."""

import io
import json
import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.schemas.reports import minimal_finding
from tocsin_schemas import Finding
from tocsin_schemas.logs import configure_logging, get_logger, redact

SLACK = "xoxb-123456789012-abcdefABCDEF"
SENDGRID = "SG.abcdefghijklmnop.qrstuvwxyz0123456789"
LINK = "/a/eyJhbGVydCI6IjAxOTM1ZDNlIn0.Z0123.abcdefghijklmnop"
PERSON = "jane.doe+duty@aisi.example"


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> io.StringIO:
    """Where a process's lines go, at every level."""
    out = io.StringIO()
    configure_logging("grade", level="DEBUG", stream=out)
    return out


def fail(message: str, cause: Exception | None = None) -> NoReturn:
    """Break."""
    raise RuntimeError(message) from cause


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines written so far."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def cleaned(value: Any) -> str:
    """A value as a line would show it under a harmless name."""
    return json.dumps(redact(None, "info", {"detail": value})["detail"])


def test_a_line_is_json_with_service_level_time_and_ids(stream: io.StringIO) -> None:
    """What ties lines together stands in fields of its own."""
    get_logger(report="gb-1").bind(alert="a-1").info("alert raised", delivery="d-1", trace="4bf9")
    (line,) = lines(stream)
    datetime.fromisoformat(line.pop("timestamp"))

    assert line == {
        "event": "alert raised",
        "level": "info",
        "service": "grade",
        "report": "gb-1",
        "alert": "a-1",
        "delivery": "d-1",
        "trace": "4bf9",
    }


def test_a_terminal_gets_lines_for_people() -> None:
    """And still no secret; a traceback is told plainly."""
    out = Terminal()
    configure_logging("grade", stream=out)
    try:
        fail(f"refused Bearer {SENDGRID}")
    except RuntimeError:
        get_logger().exception("it broke", authorization="x")
    text = out.getvalue()

    assert not text.startswith("{")
    assert "it broke" in text
    assert "RuntimeError" in text
    assert SENDGRID not in text


def test_the_levels_below_are_not_shown() -> None:
    """INFO unless told otherwise."""
    out = io.StringIO()
    configure_logging("grade", stream=out)
    get_logger().debug("detail")
    logging.getLogger("sqlalchemy.engine").debug("detail")
    get_logger().info("shown")

    assert [line["event"] for line in lines(out)] == ["shown"]


def test_vendors_lines_are_alike(stream: io.StringIO) -> None:
    """A line by way of the standard library has the same fields and the same redaction."""
    logging.getLogger("vendor").warning("sending to %s with %s", PERSON, SLACK)
    (line,) = lines(stream)

    assert line["event"] == "sending to [mail] with [redacted]"
    assert line["service"] == "grade"
    assert line["level"] == "warning"
    assert "timestamp" in line


def test_vendors_tracebacks_are_redacted(stream: io.StringIO) -> None:
    """The text of an exception, and of its cause, is part of the line."""
    try:
        fail(f"POST https://tocsin.example{LINK} failed", cause=OSError(f"no route for {PERSON}"))
    except RuntimeError:
        logging.getLogger("vendor").exception("failed")
        get_logger().exception("failed")
    for line in lines(stream):
        assert "RuntimeError" in line["exception"]
        assert "OSError: no route for [mail]" in line["exception"]
        assert "/a/[redacted]" in line["exception"]
    assert len(lines(stream)) == 2
    assert PERSON not in stream.getvalue()
    assert LINK not in stream.getvalue()


def test_a_refused_report_is_not_quoted_by_its_traceback(stream: io.StringIO) -> None:
    """Validation errors would repeat their input; a report's input is protected text."""
    secret = "the weights left the building"
    try:
        Finding.model_validate(minimal_finding() | {"title": f"{secret}\nx", "zzz": secret})
    except ValidationError:
        get_logger().exception("refused")

    assert "zzz" in stream.getvalue()
    assert secret not in stream.getvalue()


def test_the_mail_client_never_prints_its_payload(stream: io.StringIO) -> None:
    """At DEBUG it would print the API key and the whole message: it is silent below WARNING, at any level of ours."""
    for name in ("python_http_client", "python_http_client.client"):
        logging.getLogger(name).debug("Authorization: Bearer %s", SENDGRID)
        logging.getLogger(name).info("payload")
    logging.getLogger("python_http_client.client").warning("slow")

    assert [line["event"] for line in lines(stream)] == ["slow"]


def test_lines_from_threads_name_their_service(stream: io.StringIO) -> None:
    """A thread starts without context; its lines still say whose they are."""
    thread = threading.Thread(target=lambda: get_logger().info("from a thread"))
    thread.start()
    thread.join(timeout=10)

    assert lines(stream)[0]["service"] == "grade"


def test_arguments_given_by_position_are_redacted(stream: io.StringIO) -> None:
    """The old style of logging works and leaks nothing."""
    get_logger().info("told %s", PERSON)

    assert lines(stream)[0]["event"] == "told [mail]"


@pytest.mark.parametrize(
    "key",
    ["token", "slack_bot_token", "SECRET_KEYS", "password", "Authorization", "api_key", "apikey", "x-api-key", "cookie",
     "signature", "email", "address", "recipient", "name", "title", "summary", "description", "text", "body", "Title"],
)  # fmt: skip
def test_fields_that_are_private_by_name_are_gone(key: str) -> None:
    """Whatever they hold, at any depth."""
    assert redact(None, "info", {key: "hush"}) == {key: "[redacted]"}
    assert redact(None, "info", {"x": {key: "hush"}}) == {"x": {key: "[redacted]"}}
    assert redact(None, "info", {"x": [{"y": ({key: ["hush"]},)}]}) == {"x": [{"y": [{key: "[redacted]"}]}]}


@pytest.mark.parametrize(
    "leak",
    [
        SLACK,
        "xoxp-1-2-3",
        SENDGRID,
        f"Bearer {SENDGRID}",
        "bearer abcdefgh12345678",
        "Basic dXNlcjpwYXNzd29yZA==",
        PERSON,
        LINK,
        "hunter2hunter2",
    ],
)
@pytest.mark.parametrize(
    "wrapped",
    [
        lambda leak: leak,
        lambda leak: [leak],
        lambda leak: (1, (leak,)),
        lambda leak: {leak},
        lambda leak: {"a": {"b": [leak]}},
        lambda leak: {leak: 1},
        RuntimeError,
        lambda leak: Path("/x") / leak,
        lambda leak: leak.encode(),
        lambda leak: [[[[[[[[[[leak]]]]]]]]]],
    ],
)
def test_secrets_in_texts_are_gone_wherever_they_lie(wrapped: Any, leak: str) -> None:
    """In lists, mappings, keys, exceptions, bytes and beyond the depth that is looked into piece by piece."""
    marked = f"password={leak}" if leak.startswith("hunter") else leak

    assert leak not in cleaned(wrapped(f"before {marked} after"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://tocsin:s3cret@localhost:5432/tocsin", "postgresql://[redacted]@localhost:5432/tocsin"),
        ("GET /x?token=abc123&page=2", "GET /x?token=[redacted]&page=2"),
        ("{'api_key': 'abc', 'page': 2}", "{'api_key': '[redacted]', 'page': 2}"),
        ('{"password": "abc", "page": 2}', '{"password": "[redacted]", "page": 2}'),
        ("x-slack-signature: v0=abc", "x-slack-signature: [redacted]"),
        ("tocsin.findings-2-41 at 10.0.0.1:9092", "tocsin.findings-2-41 at 10.0.0.1:9092"),
        ("12 signatures checked", "12 signatures checked"),
        ("urn:tocsin:institute:gb", "urn:tocsin:institute:gb"),
    ],
)
def test_what_surrounds_a_secret_stays_readable(text: str, shown: str) -> None:
    """A line keeps what helps, and loses what harms."""
    assert json.loads(cleaned(text)) == shown


def test_headers_as_pairs_lose_their_secret() -> None:
    """As clients print them: a list of names and values."""
    assert redact(None, "info", {"headers": [("X-Api-Key", "hush"), ("Accept", "*/*")]}) == {
        "headers": [["X-Api-Key", "[redacted]"], ["Accept", "*/*"]]
    }


def test_what_is_no_secret_keeps_its_form() -> None:
    """Numbers stay numbers; instants, ids and paths are written as people write them."""
    event = {
        "n": 3,
        "f": 0.5,
        "yes": True,
        "none": None,
        "at": datetime(2026, 11, 24, 9, tzinfo=UTC),
        "id": UUID(int=1),
        "path": Path("var/spool"),
        "_record": object,
    }

    assert redact(None, "info", event) == {
        "n": 3,
        "f": 0.5,
        "yes": True,
        "none": None,
        "at": "2026-11-24 09:00:00+00:00",
        "id": "00000000-0000-0000-0000-000000000001",
        "path": "var/spool",
        "_record": object,
    }


def test_a_line_is_bounded() -> None:
    """A megabyte that a vendor logs is cut."""
    assert len(cleaned("x" * 1_000_000)) < 21_000
    assert len(cleaned(["a@" * 500_000])) < 41_000


@given(text=st.text(st.sampled_from("ab.-@:/= \n\"'tokenpassword"), max_size=200))
def test_redaction_is_done_in_one_go(text: str) -> None:
    """What has been redacted is not changed by redacting it again: nothing was half taken out."""
    once = json.loads(cleaned(text))

    assert json.loads(cleaned(once)) == once


def test_the_callers_own_data_is_not_changed() -> None:
    """Logging an object does not alter it."""
    inner = {"token": "hush", "list": [PERSON]}
    redact(None, "info", {"detail": inner})

    assert inner == {"token": "hush", "list": [PERSON]}
