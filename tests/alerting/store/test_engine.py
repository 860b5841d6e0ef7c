"""How the store is opened: writers take turns, and what cannot be had is said as everybody expects it."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tocsin_alerting.store import Store, open_store


@pytest.fixture
def counter(tmp_path: Path) -> str:
    """A SQLite database with one number in it."""
    url = f"sqlite:///{tmp_path / 'counter.db'}"
    store = open_store(url)
    with store.transaction() as session:
        session.execute(text("CREATE TABLE counter (value INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    store.close()
    return url


def _add(store: Store) -> None:
    """Read, then write what was read and one more: two at a time would count one."""
    with store.transaction() as session:
        value = session.execute(text("SELECT value FROM counter")).scalar_one()
        session.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})


def _change_and_fail(store: Store) -> None:
    with store.transaction() as session:
        session.execute(text("UPDATE counter SET value = 99"))
        raise ZeroDivisionError


def test_writers_take_turns_and_none_is_turned_away(counter: str) -> None:
    """Four that read and write at the same time lose no count, and none gives up while the others write."""
    failures: list[Exception] = []

    def count() -> None:
        store = open_store(counter)
        try:
            for _ in range(50):
                _add(store)
        except OperationalError as error:
            failures.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    store = open_store(counter)
    with store.read() as session:
        value = session.execute(text("SELECT value FROM counter")).scalar_one()
    store.close()

    assert failures == []
    assert value == 200


def test_a_transaction_that_fails_leaves_the_lock_to_the_next(counter: str) -> None:
    """What an exception interrupted is rolled back, and another connection may write at once."""
    store, other = open_store(counter), open_store(counter)
    with pytest.raises(ZeroDivisionError):
        _change_and_fail(store)
    _add(other)
    with other.read() as session:
        value = session.execute(text("SELECT value FROM counter")).scalar_one()
    store.close()
    other.close()

    assert value == 1


def test_a_database_that_cannot_be_written_is_said_as_the_library_says_it(counter: str) -> None:
    """Consumers wait on SQLAlchemy's OperationalError; the driver's own would end them."""
    store = open_store(f"{counter.replace('sqlite:///', 'sqlite:///file:')}?mode=ro&uri=true")

    with pytest.raises(OperationalError):
        _add(store)
    store.close()
