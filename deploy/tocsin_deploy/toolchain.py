"""What a local broker needs from the machine: a Java and Kafka's jars."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

__all__ = ["KAFKA_DIR", "KAFKA_LIB", "MissingToolError", "find_java", "kafka_classpath"]

KAFKA_DIR = Path(__file__).resolve().parents[1] / "local-kafka"
"""Where the checkout keeps the broker's templates (server.properties, log4j2.properties).

Not named `kafka`: mypy would take the folder for the package of that name.
"""

KAFKA_LIB = KAFKA_DIR / "lib"
"""Where `make install` puts Kafka's jars."""

_COMPLETE = ".complete"
"""The file deploy/bootstrap.sh writes last into the folder of jars."""


class MissingToolError(RuntimeError):
    """The machine lacks something the local broker needs; the message says what and how to get it."""


def find_java(environ: Mapping[str, str] = os.environ) -> Path:
    """The Java that runs the broker: JAVA_HOME's, then the first on PATH.

    Raises:
        MissingToolError: There is none.
    """
    home = environ.get("JAVA_HOME")
    if home and os.access(Path(home) / "bin" / "java", os.X_OK):
        return Path(home) / "bin" / "java"
    found = shutil.which("java", path=environ.get("PATH"))
    if found is None:
        raise MissingToolError(
            "Kafka needs Java 17 or later, and no java is on PATH or under JAVA_HOME: run `make install`, "
            "or install a JRE (Debian: openjdk-17-jre-headless)"
        )
    return Path(found)


def kafka_classpath(lib: Path = KAFKA_LIB) -> str:
    """Kafka's jars as Java wants them named.

    Raises:
        MissingToolError: The folder is not there, or its copy was never finished.
    """
    if not (lib / _COMPLETE).is_file():
        raise MissingToolError(f"Kafka's jars are not in {lib}: run `make install`")
    return str(lib / "*")
