"""Finding what the broker needs."""

from pathlib import Path

import pytest

from tocsin_deploy.toolchain import MissingToolError, find_java, kafka_classpath


def a_java(home: Path) -> Path:
    """An executable that stands for Java."""
    java = home / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.touch(mode=0o755)
    return java


def test_java_home_comes_first(tmp_path: Path) -> None:
    """JAVA_HOME's Java is taken before the one on PATH, and PATH's where JAVA_HOME holds none."""
    chosen, other = a_java(tmp_path / "chosen"), a_java(tmp_path / "other")
    path = str(other.parent)

    assert find_java({"JAVA_HOME": str(tmp_path / "chosen"), "PATH": path}) == chosen
    assert find_java({"JAVA_HOME": str(tmp_path / "empty"), "PATH": path}) == other
    assert find_java({"PATH": path}) == other


def test_without_java_the_error_says_what_to_install(tmp_path: Path) -> None:
    """No Java anywhere: the message names the version, the command and the package."""
    with pytest.raises(MissingToolError, match=r"Java 17.*make install.*openjdk-17-jre-headless"):
        find_java({"PATH": str(tmp_path)})


def test_jars_count_only_when_the_copy_was_finished(tmp_path: Path) -> None:
    """A folder that a broken-off download left is not taken for Kafka."""
    (tmp_path / "kafka-server.jar").touch()

    with pytest.raises(MissingToolError, match="make install"):
        kafka_classpath(tmp_path)

    (tmp_path / ".complete").touch()

    assert kafka_classpath(tmp_path) == f"{tmp_path}/*"
