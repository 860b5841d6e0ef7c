"""What a local broker needs to start: its configuration, storage that was formatted once, and its command."""

from __future__ import annotations

import base64
import os
import string
import subprocess
import uuid
from pathlib import Path

from tocsin_deploy.broker_settings import BrokerSettings
from tocsin_deploy.toolchain import KAFKA_DIR, find_java, kafka_classpath

_FORMAT_SECONDS = 60


class BrokerError(RuntimeError):
    """The local broker could not be started or did not stay up; the message says why and what to do."""


def broker_command(settings: BrokerSettings) -> list[str]:
    """The command that runs the broker in the foreground until SIGTERM, after `prepare_broker`.

    Raises:
        MissingToolError: Java or Kafka's jars are not there.
    """
    return [*_java(settings, heap_mb=settings.heap_mb), "kafka.Kafka", str(settings.properties_file)]


def broker_environment() -> dict[str, str]:
    """The environment for `broker_command`: this process's, without what would change the broker behind our back."""
    changed = {"CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"}
    return {name: value for name, value in os.environ.items() if name not in changed}


def prepare_broker(settings: BrokerSettings) -> None:
    """Write the configuration and, the first time, format the storage; cluster id and data survive later calls.

    Raises:
        MissingToolError: Java or Kafka's jars are not there.
        BrokerError: Formatting failed; the message holds Kafka's words.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    template = string.Template((KAFKA_DIR / "server.properties").read_text(encoding="utf-8"))
    settings.properties_file.write_text(
        template.substitute(
            port=settings.port, controller_port=settings.controller_port, data_dir=settings.data_dir.resolve()
        ),
        encoding="utf-8",
    )
    if (settings.data_dir / "meta.properties").exists():
        return
    command = [
        *_java(settings, heap_mb=128),
        *("kafka.tools.StorageTool", "format", "--ignore-formatted"),
        *("--cluster-id", _cluster_id(settings.home), "--config", str(settings.properties_file)),
    ]
    done = subprocess.run(  # noqa: S603 - a command of our own
        command, env=broker_environment(), capture_output=True, text=True, timeout=_FORMAT_SECONDS, check=False
    )
    if done.returncode != 0:
        raise BrokerError(f"Kafka could not format {settings.data_dir} (it needs Java 17 or later): {done.stderr}")


def _java(settings: BrokerSettings, *, heap_mb: int) -> list[str]:
    return [
        str(find_java()),
        f"-Xmx{heap_mb}m",
        "-Xms64m",
        "-XX:+UseSerialGC",
        # Half the time to be ready and less memory; a loopback broker never runs long or hot enough to miss C2.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        f"-Dtocsin.broker.home={settings.home.resolve()}",
        f"-Dlog4j2.configurationFile={KAFKA_DIR / 'log4j2.properties'}",
        "-cp",
        kafka_classpath(settings.lib),
    ]


def _cluster_id(home: Path) -> str:
    """This home's cluster id, chosen once; written before formatting, so that a format cut short is taken up again."""
    file = home / "cluster-id"
    if not file.exists():
        file.write_text(_new_cluster_id(), encoding="ascii")
    return file.read_text(encoding="ascii")


def _new_cluster_id() -> str:
    # Kafka writes its ids in URL-safe base64 and takes one that begins with a dash for an option.
    while (chosen := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")).startswith("-"):
        pass
    return chosen
