"""`tocsin-door`: runs the door."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import uvicorn
from pydantic import Field, ValidationError

from tocsin_producers.gateway.app import create_app
from tocsin_producers.gateway.publisher import KafkaPublisher
from tocsin_producers.transports.kafka_writer import KafkaWriter
from tocsin_schemas import TocsinSettings, Tokens, load_institutes, system_clock
from tocsin_schemas.logs import configure_logging, get_logger


class DoorSettings(TocsinSettings):
    """What the door is told beside what every service knows."""

    door_host: str = "127.0.0.1"
    door_port: int = Field(default=8081, ge=0, le=65535)
    door_kafka_timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    """Longest wait for Kafka's acknowledgement before the sender is told 503."""
    door_concurrency: int = Field(default=200, ge=1)
    """Requests served at once; more are told 503."""


def serve(settings: DoorSettings) -> None:
    """Run the door until it is told to stop.

    Raises:
        ValueError: the institutes or the secret keys cannot be used.
    """
    timeout = settings.door_kafka_timeout_seconds
    writer = KafkaWriter(settings.kafka_bootstrap_servers, timeout_seconds=timeout, client_id="tocsin-door")
    app = create_app(
        publisher=KafkaPublisher(writer, timeout_seconds=timeout),
        institutes=load_institutes(settings.network_dir),
        tokens=Tokens(settings.plain_secret_keys()),
        clock=system_clock,
        topic_prefix=settings.topic_prefix,
    )
    # uvicorn gives a signal on to the former handler once it has shut down in order; by default that would kill us.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _already_stopped)
    uvicorn.run(
        app,
        host=settings.door_host,
        port=settings.door_port,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=settings.door_concurrency,
        timeout_graceful_shutdown=10,
    )


def _already_stopped(_number: int, _frame: FrameType | None) -> None:
    """Nothing is left to do: before uvicorn has begun as after it has ended."""
    sys.exit(0)


def main() -> None:
    """Run the door as the environment says."""
    configure_logging("door")
    try:
        settings = DoorSettings()
        configure_logging("door", level=settings.log_level)
        serve(settings)
    except ValidationError as error:
        faults = [f"TOCSIN_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors(include_input=False)]
        get_logger().critical("settings cannot be used", faults=faults)
        sys.exit(2)
    except ValueError as error:
        get_logger().critical("the door cannot start", reason=str(error))
        sys.exit(2)


if __name__ == "__main__":
    main()
